//! `SHA256SUMS`, as `sha256sum --check` reads it.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::entry::read;

/// A line for each file of a folder, in the order of their names.
pub(crate) fn of(folder: &Path) -> Result<Vec<u8>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().into_string().ok().context("a name is not UTF-8")?;
        if name != "SHA256SUMS" {
            names.push(name);
        }
    }
    names.sort();
    let mut lines = String::new();
    for name in names {
        writeln!(lines, "{}  {name}", hex(&read(&folder.join(&name))?))?;
    }
    Ok(lines.into_bytes())
}

/// The SHA-256 of some bytes, in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Text takes all that is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
