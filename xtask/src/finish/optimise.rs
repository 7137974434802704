//! The module through wasm-opt, where there is one.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::brotli_of;

/// What makes the transfer smallest; `-Oz` takes more off the raw size and less off this (docs/size.md).
const LEVEL: &[&str] = &[
    "-O2",
    "--shrink-level=1",
    "--converge",
    // One large function packs worse than a small one and its caller.
    "--one-caller-inline-max-function-size=20",
    "--always-inline-max-function-size=0",
    // The first kilobyte is the end of the stack, and no address of anything.
    "--low-memory-unused",
    "--code-folding",
    "--reorder-locals",
    // The same alignment everywhere; processors do not mind.
    "--dealign",
];

/// What the compiler uses, and no more: with all features wasm-opt writes what no browser reads yet.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The module through wasm-opt, if that makes it smaller to send; else as it is.
pub(crate) fn optimise(root: &Path, module: Vec<u8>) -> Result<Vec<u8>> {
    let folder = root.join("target/wasm-opt");
    fs::create_dir_all(&folder)?;
    let (before, after) = (folder.join("before.wasm"), folder.join("after.wasm"));
    fs::write(&before, &module)?;
    let run = Command::new("wasm-opt")
        .args(LEVEL)
        .args(FEATURES)
        .arg(&before)
        .arg("-o")
        .arg(&after)
        .output();
    let smaller = match run {
        Ok(output) if output.status.success() => {
            fs::read(&after).context("reading what wasm-opt wrote")?
        }
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().next().unwrap_or_default();
            eprintln!("wasm-opt cannot read the module, so it is left out ({said})");
            return Ok(module);
        }
        Err(_) => return Ok(module),
    };
    let gain = brotli_of(&module)?.len() > brotli_of(&smaller)?.len();
    Ok(if gain { smaller } else { module })
}
