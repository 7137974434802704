//! What goes into an archive.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// A file in an archive.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// Its path, with slashes.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) executable: bool,
}

impl Entry {
    pub(crate) fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into(), executable: false }
    }

    pub(crate) fn program(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { executable: true, ..Self::new(name, bytes) }
    }
}

pub(crate) fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("reading {}", file.display()))
}

/// Both licences, for a folder of an archive.
pub(crate) fn licences(root: &Path, folder: &str) -> Result<Vec<Entry>> {
    let names = ["LICENSE-APACHE", "LICENSE-MIT"];
    let read = |name: &&str| Ok(Entry::new([folder, name].concat(), read(&root.join(name))?));
    names.iter().map(read).collect()
}
