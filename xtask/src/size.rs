//! What is shipped, weighed.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::run::root;

/// Fetched when the page loads, before the reader scrolls to the widget.
const BEFORE_SCROLL: &[&str] = &["jawjaw.js"];
/// Fetched on top of that to show the first comment.
const FIRST_COMMENT: &[&str] = &["jawjaw-widget.js", "jawjaw-widget.wasm", "profiles/native.json"];

#[derive(Clone, Copy, Default)]
struct Weight {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Weight {
    /// Of a file of `dist/`, from its packed copies (gzip -9, brotli -11).
    fn of(name: &str) -> Result<Self> {
        let length = |end: &str| {
            let file = root().join("dist").join([name, end].concat());
            fs::metadata(&file)
                .map(|meta| meta.len())
                .with_context(|| format!("no {}", file.display()))
        };
        Ok(Self { raw: length("")?, gzip: length(".gz")?, brotli: length(".br")? })
    }

    fn add(self, other: Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }

    fn print(self, name: &str) {
        println!("{name:<40} {:>9} {:>9} {:>9}", self.raw, self.gzip, self.brotli);
    }
}

/// Prints each file and the three sums that matter.
pub(crate) fn print() -> Result<()> {
    println!("{:<40} {:>9} {:>9} {:>9}", "bytes", "raw", "gzip -9", "brotli -11");
    let names = shipped()?;
    for name in &names {
        Weight::of(name)?.print(name);
    }
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    println!();
    sum(BEFORE_SCROLL)?.print("before the reader scrolls to it");
    sum(&[BEFORE_SCROLL, FIRST_COMMENT].concat())?.print("to show the first comment");
    sum(&all)?.print("everything");
    Ok(())
}

fn sum(names: &[&str]) -> Result<Weight> {
    names.iter().try_fold(Weight::default(), |sum, name| Ok(sum.add(Weight::of(name)?)))
}

/// All files a page may fetch, in the order of their names.
fn shipped() -> Result<Vec<String>> {
    let dist = root().join("dist");
    let mut names = Vec::new();
    for folder in ["", "profiles"] {
        for entry in fs::read_dir(dist.join(folder)).context("no dist/: run cargo xtask build")? {
            let path = entry?.path();
            let packed = path.extension().is_some_and(|end| end == "br" || end == "gz");
            if path.is_file() && !packed {
                names.push(relative(&path, &dist));
            }
        }
    }
    names.retain(|name| name != "integrity.json");
    names.sort();
    Ok(names)
}

fn relative(path: &Path, dist: &Path) -> String {
    path.strip_prefix(dist).unwrap_or(path).to_string_lossy().into_owned()
}
