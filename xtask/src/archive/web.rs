//! `jawjaw-VERSION.zip`: a folder that works on any web space.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use time::OffsetDateTime;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::VERSION;
use crate::entry::{Entry, licences, read};

/// The folder in the zip, which is also its name on the web space.
const FOLDER: &str = "jawjaw/";

/// The built widget, the themes, the licences and a page of help.
pub(crate) fn entries(root: &Path) -> Result<Vec<Entry>> {
    let dist = root.join("dist");
    ensure!(dist.join("jawjaw.js").is_file(), "no dist/jawjaw.js: run cargo xtask build");
    let mut entries = licences(root, FOLDER)?;
    for name in files(&dist)?.into_iter().filter(|name| is_shipped(name)) {
        entries.push(Entry::new([FOLDER, &name].concat(), read(&dist.join(&name))?));
    }
    let is_theme = |name: &String| Path::new(name).extension().is_some_and(|end| end == "css");
    for name in files(&root.join("themes"))?.into_iter().filter(is_theme) {
        let inside = [FOLDER, "themes/", &name].concat();
        entries.push(Entry::new(inside, read(&root.join("themes").join(&name))?));
    }
    let help = include_str!("web.txt").replace("VERSION", VERSION);
    entries.push(Entry::new([FOLDER, "README.txt"].concat(), help));
    Ok(entries)
}

/// The demo is ours; all else is for readers, with its packed copies.
fn is_shipped(name: &str) -> bool {
    !name.starts_with("demo/")
}

/// Names of all files below a folder, with slashes.
fn files(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                waiting.push(entry?.path());
            }
        } else {
            let inside = path.strip_prefix(folder)?;
            let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
            found.push(parts.context("a name is not UTF-8")?.join("/"));
        }
    }
    Ok(found)
}

/// In the order of their names, all of one time. What is packed already is stored as it is.
pub(crate) fn zip(mut entries: Vec<Entry>, time: u32) -> Result<Vec<u8>> {
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    let time = clock(time)?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let packed = [".br", ".gz"].iter().any(|end| entry.name.ends_with(end));
        let method = if packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default()
            .last_modified_time(time)
            .unix_permissions(if entry.executable { 0o755 } else { 0o644 })
            .compression_level((!packed).then_some(9))
            .compression_method(method);
        zip.start_file(entry.name, options)?;
        zip.write_all(&entry.bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// A zip says the year, the month and so on, and knows none before 1980.
fn clock(time: u32) -> Result<DateTime> {
    let at = OffsetDateTime::from_unix_timestamp(i64::from(time))?;
    let (year, month) = (at.year().try_into()?, at.month().into());
    DateTime::from_date_and_time(year, month, at.day(), at.hour(), at.minute(), at.second())
        .with_context(|| format!("a zip cannot say {at}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip::ZipArchive;

    /// 2026-11-28 12:00:00.
    const NOON: u32 = 1_795_867_200;

    /// Each file of a zip as a line: name, how it is packed, rights, time.
    fn outline(bytes: Vec<u8>) -> String {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
        let files = zip.len();
        let line = |at| {
            let file = zip.by_index(at).expect("a file");
            let (rights, time) = (file.unix_mode().expect("rights"), file.last_modified());
            let time = time.expect("a time");
            let name = file.name().expect("a name");
            format!("{name} {} {:o} {time}\n", file.compression(), rights & 0o7777)
        };
        (0..files).map(line).collect()
    }

    #[test]
    fn a_zip_has_its_files_in_order_and_of_one_time() {
        let entry = |name: &str| Entry::new(name, "x".repeat(100));
        let entries = ["jawjaw/z.js", "jawjaw/z.js.br", "jawjaw/a.wasm.gz", "jawjaw/B"].map(entry);
        let there = zip(entries.to_vec(), NOON).expect("a zip");
        let mut backwards = entries.to_vec();
        backwards.reverse();
        assert!(there == zip(backwards, NOON).expect("a zip"), "the order of reading shows");
        assert_eq!(
            outline(there),
            "jawjaw/B Deflated 644 2026-11-28 12:00:00\n\
             jawjaw/a.wasm.gz Stored 644 2026-11-28 12:00:00\n\
             jawjaw/z.js Deflated 644 2026-11-28 12:00:00\n\
             jawjaw/z.js.br Stored 644 2026-11-28 12:00:00\n"
        );
    }

    #[test]
    fn a_time_that_a_zip_cannot_say_is_refused() {
        assert!(zip(Vec::new(), 0).is_err());
    }

    /// A repository with a built widget, in little.
    #[test]
    fn the_zip_is_all_that_readers_fetch_and_what_an_owner_needs() {
        let root = std::env::temp_dir().join(format!("jawjaw-zip-{}", std::process::id()));
        for file in [
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "README.md",
            "dist/demo/index.html",
            "dist/integrity.json",
            "dist/jawjaw.js",
            "dist/jawjaw.js.br",
            "dist/profiles/isso.json",
            "themes/card.css",
            "themes/README.md",
        ] {
            let file = root.join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("it is made");
            fs::write(file, "text").expect("it is written");
        }
        let entries = entries(&root);
        fs::remove_dir_all(&root).expect("ours");
        let mut names: Vec<String> =
            entries.expect("entries").into_iter().map(|entry| entry.name).collect();
        names.sort();
        assert_eq!(
            names,
            [
                "jawjaw/LICENSE-APACHE",
                "jawjaw/LICENSE-MIT",
                "jawjaw/README.txt",
                "jawjaw/integrity.json",
                "jawjaw/jawjaw.js",
                "jawjaw/jawjaw.js.br",
                "jawjaw/profiles/isso.json",
                "jawjaw/themes/card.css",
            ]
        );
    }

    #[test]
    fn the_help_fits_on_a_screen_and_has_the_tag() {
        let help = include_str!("web.txt");
        assert!(help.lines().count() <= 24, "{} lines", help.lines().count());
        assert!(help.contains("<script async src=\"/jawjaw/jawjaw.js\"></script>"));
        assert!(help.contains("<jaw-jaw endpoint="));
        assert!(help.lines().all(|line| line.chars().count() <= 80));
    }
}
