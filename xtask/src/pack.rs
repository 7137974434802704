//! The package for those who install from npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::build;
use crate::run::{quietly, root, step};

/// Puts `npm/` and what is built together; the packed file.
pub(crate) fn package() -> Result<PathBuf> {
    from(None)
}

/// The same, with the address of the source: npm's proof of where a package was built (provenance) compares it.
pub(crate) fn from(source: Option<&str>) -> Result<PathBuf> {
    build::if_stale()?;
    let into = root().join("target/npm");
    let _ = fs::remove_dir_all(&into);
    let folder = into.join("package");
    fs::create_dir_all(&folder)?;
    for file in fs::read_dir(root().join("npm"))? {
        let file = file?;
        fs::copy(file.path(), folder.join(file.file_name()))?;
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(root().join(licence), folder.join(licence))?;
    }
    let version = format!("\n  \"version\": \"{}\",", env!("CARGO_PKG_VERSION"));
    let source = source.map(|source| format!("\n  \"repository\": \"git+{source}.git\","));
    let manifest = folder.join("package.json");
    let told = fs::read_to_string(&manifest)?;
    fs::write(
        manifest,
        told.replacen('{', &["{", &version, &source.unwrap_or_default()].concat(), 1),
    )?;
    copy(&root().join("dist"), &folder.join("dist"))?;
    step("packing for npm", || {
        let mut npm = Command::new("npm");
        npm.current_dir(&into).args(["pack", "--silent", "./package"]);
        quietly(&mut npm)
    })?;
    let mut files = fs::read_dir(&into)?.filter_map(|file| Some(file.ok()?.path()));
    files
        .find(|file| file.extension().is_some_and(|end| end == "tgz"))
        .context("npm packed nothing")
}

/// All that readers may fetch: a server packs it anew, and the demo is ours.
fn copy(from: &Path, into: &Path) -> Result<()> {
    fs::create_dir_all(into)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().context("a file has a name")?;
        if path.is_dir() {
            if name != "demo" {
                copy(&path, &into.join(name))?;
            }
        } else if !path.extension().is_some_and(|end| end == "br" || end == "gz") {
            fs::copy(&path, into.join(name))?;
        }
    }
    Ok(())
}
