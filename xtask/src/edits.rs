//! Two libraries are compiled from edited copies, without what a page with one thread never needs.
//!
//! The copies are made of cargo's own under `target/edited`. While the widget is compiled, cargo runs this program in
//! the compiler's place ([`compile`]), which hands the compiler the copy. So `Cargo.lock` and the tests know the
//! libraries as they are published. A library of another version, or one whose text is not what is known, is left as
//! it is, and the widget is some kilobytes larger.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::run::{cargo, quietly, root};

/// Set while the widget is compiled: the folder of the copies.
pub(crate) const FOLDER: &str = "JAWJAW_EDITED";

struct Edit {
    package: &'static str,
    version: &'static str,
    file: &'static str,
    /// What is replaced begins with the first of these, and ends with the line that holds the second.
    marks: (&'static str, &'static str),
    ours: &'static str,
}

const EDITS: &[Edit] = &[
    // Each access of a node asked which thread it is in: 3 kB to send.
    Edit {
        package: "send_wrapper",
        version: "0.6.0",
        file: "src/lib.rs",
        marks: ("use std::thread::{self", "ThreadId};"),
        ours: include_str!("edits/one_thread.rs"),
    },
    // Two sets of a few elements each are hash tables: 3 kB to send.
    Edit {
        package: "reactive_graph",
        version: "0.2.16",
        file: "src/graph/sets.rs",
        marks: ("use indexmap::", "type FxIndexSet<T>"),
        ours: include_str!("edits/small_set.rs"),
    },
];

impl Edit {
    /// As cargo names the folder of the library.
    fn folder(&self) -> String {
        [self.package, "-", self.version].concat()
    }

    fn apply(&self, text: &str) -> Result<String> {
        let (first, last) = self.marks;
        let what = || format!("{} {} is not as it was: no {first:?}", self.package, self.version);
        let start = text.find(first).with_context(what)?;
        let end = start + text[start..].find(last).with_context(what)?;
        let end = text[end..].find('\n').map_or(text.len(), |line| end + line + 1);
        if text[end..].contains(first) {
            bail!("{} {} has {first:?} twice", self.package, self.version);
        }
        Ok([&text[..start], self.ours, &text[end..]].concat())
    }
}

/// Makes the copies anew; their folder.
pub(crate) fn prepare() -> Result<PathBuf> {
    let told = quietly(cargo().args(["metadata", "--format-version", "1", "--locked"]))?;
    let told: Value = serde_json::from_str(&told).context("what cargo says of the packages")?;
    let folder = root().join("target/edited");
    let _ = fs::remove_dir_all(&folder);
    for edit in EDITS {
        let is = |package: &&Value| {
            package["name"] == edit.package
                && package["version"] == edit.version
                && package["source"].as_str().is_some_and(|source| source.starts_with("registry+"))
        };
        let package = told["packages"].as_array().and_then(|all| all.iter().find(is));
        let manifest = package.and_then(|package| package["manifest_path"].as_str());
        let manifest = manifest.with_context(|| {
            let (name, version) = (edit.package, edit.version);
            format!("the edit of {name} was written for {version}; look at xtask/src/edits.rs")
        })?;
        let from = Path::new(manifest).parent().context("a manifest lies in a folder")?;
        let into = folder.join(edit.folder());
        copy(&from.join("src"), &into.join("src"))?;
        let file = into.join(edit.file);
        let text = fs::read_to_string(&file)?.replace("\r\n", "\n");
        fs::write(&file, edit.apply(&text)?)?;
    }
    Ok(folder)
}

fn copy(from: &Path, into: &Path) -> Result<()> {
    fs::create_dir_all(into)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = into.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            // Not `fs::copy`: cargo's files may be read-only.
            fs::write(&target, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

/// In the compiler's place: `arguments` are its path and what cargo wants of it.
pub(crate) fn compile(folder: &Path, mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(compiler) = arguments.next() else { return ExitCode::FAILURE };
    let arguments = arguments.map(|argument| edited(folder, &argument).unwrap_or(argument));
    let status = Command::new(compiler).args(arguments.collect::<Vec<_>>()).status();
    let code = status.ok().and_then(|status| u8::try_from(status.code()?).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The copy of a file of a library that is edited.
fn edited(folder: &Path, argument: &OsString) -> Option<OsString> {
    let path = Path::new(argument);
    let library = path.parent()?.parent()?;
    let name = library.file_name()?.to_str()?;
    let is_known = EDITS.iter().any(|edit| edit.folder() == name);
    let copy = folder.join(name).join(path.strip_prefix(library).ok()?);
    (is_known && path.ends_with("src/lib.rs") && copy.is_file()).then(|| copy.into_os_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, picture: &str) {
        let edit = Edit {
            package: "x",
            version: "1.0.0",
            file: "src/lib.rs",
            marks: ("use a", "type B"),
            ours: "ours\n",
        };
        let seen = edit.apply(text).unwrap_or_else(|error| error.to_string());
        assert_eq!(seen, picture);
    }

    #[test]
    fn what_lies_between_the_marks_is_replaced() {
        check("//! x\nuse a;\nuse c;\ntype B = c;\nfn d() {}\n", "//! x\nours\nfn d() {}\n");
        check("type B = c;\n", "x 1.0.0 is not as it was: no \"use a\"");
        check("use a;\nfn d() {}\n", "x 1.0.0 is not as it was: no \"use a\"");
        check("use a;\ntype B = c;\nuse a;\n", "x 1.0.0 has \"use a\" twice");
    }

    #[test]
    fn the_libraries_of_the_lock_file_can_be_edited() {
        let folder = prepare().expect("copies");
        for edit in EDITS {
            let lib = folder.join(edit.folder()).join("src/lib.rs");
            let asked = Path::new("/cargo/registry").join(edit.folder()).join("src/lib.rs");
            assert_eq!(edited(&folder, &asked.into_os_string()), Some(lib.into_os_string()));
        }
        assert_eq!(edited(&folder, &"/cargo/registry/serde-1.0.0/src/lib.rs".into()), None);
        assert_eq!(edited(&folder, &"--crate-name".into()), None);
    }
}
