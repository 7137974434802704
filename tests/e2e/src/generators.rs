//! Sites that others' generators build, from `tests/hosts/` and the package for npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::paths;
use crate::services::{npm_at, once, run};

/// What `tests/hosts` writes for the address of the comment server.
const ENDPOINT: &str = "https://comments.example";

/// The built site of a host, with its comments at this endpoint. `output` is where its generator puts it.
pub(crate) fn build(name: &str, output: &str, endpoint: &str) -> Result<TempDir> {
    let home = project(name)?;
    let _ = fs::remove_dir_all(home.join(output));
    run_build(&home)?;
    let site = tempfile::tempdir()?;
    copy(&home.join(output), site.path(), &|text| text.replace(ENDPOINT, endpoint))?;
    Ok(site)
}

pub(crate) fn run_build(home: &Path) -> Result<()> {
    let mut build = Command::new("npm");
    run(build
        .args(["run", "build"])
        .current_dir(home)
        .env("NEXT_TELEMETRY_DISABLED", "1")
        .env("ASTRO_TELEMETRY_DISABLED", "1"))
}

/// A project of `tests/hosts` in a folder of its own, with all that it needs and the package of this build.
pub(crate) fn project(name: &str) -> Result<PathBuf> {
    let template = paths::root().join("tests/hosts").join(name);
    let manifest = fs::read_to_string(template.join("package.json"))?;
    let home = once(&format!("host-{name}"), &manifest, |home| {
        fs::write(home.join("package.json"), &manifest)?;
        npm_at(home, &[])
    })?;
    let package = std::env::var("JAWJAW_PACKAGE")
        .context("JAWJAW_PACKAGE names no package; `cargo xtask test` makes it")?;
    npm_at(&home, &["--no-save", &package])?;
    copy(&template, &home, &|text| text)?;
    Ok(home)
}

/// Copies a folder; what is text goes through `change`.
fn copy(from: &Path, into: &Path, change: &dyn Fn(String) -> String) -> Result<()> {
    fs::create_dir_all(into)?;
    for entry in fs::read_dir(from)? {
        let path: PathBuf = entry?.path();
        let to = into.join(path.file_name().context("a file has a name")?);
        if path.is_dir() {
            copy(&path, &to, change)?;
        } else {
            match fs::read_to_string(&path) {
                Ok(text) => fs::write(to, change(text))?,
                Err(_) => drop(fs::copy(&path, to)?),
            }
        }
    }
    Ok(())
}
