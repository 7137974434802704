//! Where things lie in the workspace.

use std::path::{Path, PathBuf};

/// The folder of the workspace, known since compile time.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Where cargo puts what it builds: `CARGO_TARGET_DIR`, else `target`.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The widget as shipped, made by `cargo xtask build`.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// Screenshots and console logs of scenarios that failed.
pub fn failures() -> PathBuf {
    root().join("target/e2e")
}

/// Tools such as the Python environment Isso runs in: `$JAWJAW_TOOLS`, else in this clone.
pub fn tools() -> PathBuf {
    std::env::var_os("JAWJAW_TOOLS").map_or_else(|| root().join("target/tools"), PathBuf::from)
}

/// The first of `names` that is a file in a folder of `PATH`.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |f| f.join(name))).find(|p| p.is_file())
}
