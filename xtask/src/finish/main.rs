//! What Trunk leaves to do: trims, names, minifies and compresses what is shipped, into `dist/`.

mod glue;
mod module;
mod optimise;
mod script;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use sha2::{Digest, Sha384};

fn main() -> Result<()> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is in the workspace")?;
    let staging = root.join("target/trunk");
    let dist = root.join("dist");
    // A half-written dist must not look like a whole one.
    let fresh = root.join("target/dist-fresh");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(fresh.join("profiles"))?;

    let loader = script::minify(&read(&root.join("src/loader.js"))?, false)?;
    fs::write(fresh.join("jawjaw.js"), loader)?;
    let built = fs::read(staging.join("jawjaw_bg.wasm")).context("Trunk wrote no module")?;
    let module = module::trim(&built)?;
    let glue = glue::fit(&read(&staging.join("jawjaw.js"))?, &module);
    fs::write(fresh.join("jawjaw-widget.js"), script::minify(&glue, true)?)?;
    fs::write(fresh.join("jawjaw-widget.wasm"), optimise::optimise(root, module.bytes)?)?;
    for profile in fs::read_dir(root.join("profiles"))? {
        let profile = profile?.path();
        if profile.extension().is_some_and(|extension| extension == "json") {
            let tree: serde_json::Value = serde_json::from_str(&read(&profile)?)
                .with_context(|| format!("{} is no JSON", profile.display()))?;
            let name = profile.file_name().context("a file has a name")?;
            fs::write(fresh.join("profiles").join(name), tree.to_string())?;
        }
    }
    fs::write(fresh.join("integrity.json"), integrity(&fresh)?)?;
    // The demo page is served beside what is shipped; it is no part of it.
    let page = read(&root.join("index.html"))?;
    let page: String = page
        .lines()
        .filter(|line| !line.contains("data-trunk"))
        .map(|l| format!("{l}\n"))
        .collect();
    fs::create_dir_all(fresh.join("demo"))?;
    fs::write(fresh.join("demo/index.html"), page)?;
    fs::copy(root.join("style/demo.css"), fresh.join("demo/demo.css"))?;
    compress(&fresh)?;
    let _ = fs::remove_dir_all(&dist);
    fs::rename(&fresh, &dist).context("putting dist in place")?;
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

/// Subresource Integrity (W3C SRI) of every script and module.
fn integrity(folder: &Path) -> Result<String> {
    let mut sums = BTreeMap::new();
    for name in ["jawjaw.js", "jawjaw-widget.js", "jawjaw-widget.wasm"] {
        let sum = Sha384::digest(fs::read(folder.join(name))?);
        sums.insert(
            name,
            format!("sha384-{}", base64::engine::general_purpose::STANDARD.encode(sum)),
        );
    }
    Ok(serde_json::to_string_pretty(&sums)?)
}

/// Writes a `.br` and a `.gz` beside every file, for servers that hand them out as they are.
fn compress(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            compress(&path)?;
            continue;
        }
        let plain = fs::read(&path)?;
        fs::write(with(&path, "br"), brotli_of(&plain)?)?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&plain)?;
        fs::write(with(&path, "gz"), gzip.finish()?)?;
    }
    Ok(())
}

fn with(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

/// Quality 11, window 24, as content networks do.
fn brotli_of(plain: &[u8]) -> Result<Vec<u8>> {
    let mut packed = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 24);
    packed.write_all(plain)?;
    Ok(packed.into_inner())
}
