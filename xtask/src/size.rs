//! What is shipped, weighed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

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

/// Prints each file and the three sums that matter, beside what they may be; whether all are.
pub(crate) fn print() -> Result<bool> {
    println!("{:<40} {:>9} {:>9} {:>9}", "bytes", "raw", "gzip -9", "brotli -11");
    let names = shipped()?;
    for name in &names {
        Weight::of(name)?.print(name);
    }
    let everything: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| !name.contains('/') || *name == FIRST_COMMENT[2])
        .collect();
    println!();
    let budget =
        fs::read_to_string(root().join("size-budget.toml")).context("no size-budget.toml")?;
    let budget: BTreeMap<String, Budget> = toml::from_str(&budget).context("size-budget.toml")?;
    let first = [BEFORE_SCROLL, FIRST_COMMENT].concat();
    let sums = [
        ("before-scroll", "before the reader scrolls to it", BEFORE_SCROLL),
        ("first-comment", "to show the first comment", &first),
        ("everything", "all modules, one profile", &everything),
    ];
    let mut kept = true;
    for (name, said, files) in sums {
        let weight = sum(files)?;
        weight.print(said);
        let budget =
            budget.get(name).with_context(|| format!("size-budget.toml has no [{name}]"))?;
        if let Some(trouble) = budget.exceeded(name, weight.brotli) {
            eprintln!("{trouble}");
            kept = false;
        }
    }
    Ok(kept)
}

/// What one of the sums may be, in bytes of brotli -11.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    most: u64,
    /// What it is to become.
    aim: u64,
}

impl Budget {
    /// What is wrong, if it is passed; or if it is so wide that it would not notice a kilobyte.
    fn exceeded(&self, name: &str, weight: u64) -> Option<String> {
        if weight > self.most {
            let over = weight - self.most;
            return Some(format!(
                "[{name}] is {weight} bytes: {over} more than size-budget.toml allows. Make something lighter, or \
                 fetch it later (docs/size.md says what has helped)"
            ));
        }
        (weight + 2_000 < self.most && self.most > self.aim).then(|| {
            format!(
                "[{name}] is {weight} bytes: lower its budget of {} in size-budget.toml",
                self.most
            )
        })
    }
}

fn sum(names: &[&str]) -> Result<Weight> {
    names.iter().try_fold(Weight::default(), |sum, name| Ok(sum.add(Weight::of(name)?)))
}

/// All files a page may fetch, in the order of their names. Of profiles and languages a reader needs one.
fn shipped() -> Result<Vec<String>> {
    let dist = root().join("dist");
    let mut names = Vec::new();
    for folder in ["", "profiles", "locales"] {
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

#[cfg(test)]
mod tests {
    use super::Budget;

    #[track_caller]
    fn check(most: u64, aim: u64, weight: u64, trouble: Option<&str>) {
        let said = Budget { most, aim }.exceeded("x", weight);
        assert_eq!(said.is_some(), trouble.is_some(), "{said:?}");
        assert!(trouble.is_none_or(|part| said.is_some_and(|said| said.contains(part))));
    }

    #[test]
    fn a_budget_is_neither_passed_nor_left_wide() {
        check(50_000, 40_000, 50_000, None);
        check(50_000, 40_000, 50_001, Some("1 more than"));
        check(50_000, 40_000, 47_999, Some("lower its budget"));
        check(50_000, 50_000, 40_000, None);
    }
}
