//! A copy of the database that is whole, checked, and there at once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sqlx::ConnectOptions;

use crate::store::{article, engine};

/// What was copied.
#[derive(Debug)]
pub(crate) struct Copied {
    pub(crate) comments: i64,
    pub(crate) bytes: u64,
}

/// Copies a database that may be in use into `target`. The copy is made beside it under another name,
/// checked, brought to the disk, and only then given its name: a backup of that name is always whole.
pub(crate) async fn make(file: &Path, target: &Path) -> Result<Copied> {
    if !file.is_file() {
        bail!("there is no database {}; name it with --db", file.display());
    }
    if target.is_dir() {
        bail!("{} is a folder; name the file to make", target.display());
    }
    let same = fs::canonicalize(file).ok() == fs::canonicalize(target).ok();
    if same {
        bail!("the backup cannot be the database itself");
    }
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let name = target.file_name().context("name the file to make")?.to_string_lossy();
    let part = folder.join(format!(".{name}.{}.part", std::process::id()));
    let made = copy(file, &part).await;
    let copied = match made {
        Ok(copied) => copied,
        Err(error) => {
            let _ = fs::remove_file(&part);
            return Err(error);
        }
    };
    fs::rename(&part, target).with_context(|| format!("naming the copy {}", target.display()))?;
    // The name too is on the disk.
    File::open(&folder)?.sync_all().with_context(|| format!("writing {}", folder.display()))?;
    Ok(copied)
}

async fn copy(file: &Path, part: &Path) -> Result<Copied> {
    let mut connection = engine::options(file, false)
        .connect()
        .await
        .with_context(|| format!("opening the database {}", file.display()))?;
    let name = part.to_str().context("the name of the backup is not UTF-8")?;
    engine::copy_into(&mut connection, name)
        .await
        .with_context(|| format!("copying into {}", part.display()))?;
    let mut copy = engine::read_only(part).connect().await.context("opening the copy")?;
    let troubles = engine::troubles(&mut copy).await.context("checking the copy")?;
    if !troubles.is_empty() {
        bail!("the copy is damaged, and so may be the database: {}", troubles.join("; "));
    }
    let miscounted = article::miscounted(&mut copy).await.context("comparing the copy's counts")?;
    if !miscounted.is_empty() {
        tracing::warn!(articles = miscounted.len(), "stored counts differ from what is there");
    }
    let comments = article::all_comments(&mut copy).await.context("counting the copy")?;
    sqlx::Connection::close(copy).await?;
    let written = File::open(part)?;
    written.sync_all().context("writing the copy to the disk")?;
    Ok(Copied { comments, bytes: written.metadata()?.len() })
}
