//! What Trunk leaves to do: trims, names, minifies and compresses what is shipped, into `dist/`.

mod alike;
mod glue;
mod links;
mod module;
mod names;
mod optimise;
mod order;
mod plan;
mod proof;
mod script;
mod split;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use sha2::{Digest, Sha256, Sha384};

use crate::links::Links;
use crate::plan::Part;

/// What is fetched when first needed, by the functions through which it is entered. The program must have
/// waited for a part (`src/endpoint/part.rs`) before it calls one.
const PARTS: &[Part] = &[
    Part {
        name: "writing",
        doors: &[
            "jawjaw::ui::writing::open",
            "jawjaw::ui::writing::press",
            "jawjaw::ui::writing::resume",
            "jawjaw::ui::writing::seek_again",
            "jawjaw::ui::writing::bring",
            "jawjaw::ui::writing::offer_undo",
            "jawjaw::ui::writing::begin",
        ],
    },
    Part { name: "checks", doors: &["jawjaw::profile::grammar::check_all"] },
    Part { name: "markdown", doors: &["jawjaw::domain::markdown::read"] },
    Part { name: "finding", doors: &["jawjaw::ui::finding::open"] },
    Part { name: "following", doors: &["jawjaw::ui::following::begin"] },
    Part { name: "sources", doors: &["jawjaw::element::sources::add"] },
    Part { name: "data", doors: &["jawjaw::ui::linked_data::keep"] },
    Part {
        name: "bodies",
        doors: &[
            "jawjaw::domain::rich::html",
            "jawjaw::domain::rich::text",
            "jawjaw::domain::attached::whole",
            "jawjaw::domain::attached::signs",
            "<jawjaw::profile::Profile>::attach",
        ],
    },
];

fn main() -> Result<()> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is in the workspace")?;
    let staging = root.join("target/trunk");
    let dist = root.join("dist");
    // A half-written dist must not look like a whole one.
    let fresh = root.join("target/dist-fresh");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh)?;

    proof::known_bindgen(&read(&root.join("Cargo.lock"))?)?;
    let built = fs::read(staging.join("jawjaw_bg.wasm")).context("Trunk wrote no module")?;
    let module = module::trim(&built)?;
    let linked = fs::read(root.join("target/wasm32-unknown-unknown/wasm/jawjaw.wasm"))?;
    let mut links = Links::of(&linked).context("reading what the linker wrote")?;
    let is_door = |name: &str| {
        let path = format!("{:#}", rustc_demangle::demangle(name));
        PARTS.iter().any(|part| part.doors.contains(&path.as_str()))
    };
    let merged = alike::merge(&module.bytes, &mut links, is_door)?;
    let seal = format!("{:x}", Sha384::digest(&merged));
    let seal = &seal[..12];
    let modules = split::split(&merged, &links, PARTS, seal)?.into_iter();
    let small = modules.map(|module| order::order(&optimise::optimise(root, module)?));
    let mut modules = small.collect::<Result<Vec<_>>>()?;
    names::settle(&mut modules, seal)?;
    let names = std::iter::once("widget").chain(PARTS.iter().map(|part| part.name));
    for (name, module) in names.zip(modules) {
        let name = format!("jawjaw-{name}.wasm");
        proof::valid(&name, &module)?;
        fs::write(fresh.join(name), module)?;
    }
    // Each is checked by what fetches it: the parts by the glue, the module and the glue by the loader.
    let glue =
        glue::fit(&read(&staging.join("jawjaw.js"))?, &module, &read(&root.join("src/start.js"))?)?;
    let parts = PARTS.iter().map(|part| sum(&fresh.join(format!("jawjaw-{}.wasm", part.name))));
    let parts = serde_json::to_string(&parts.collect::<Result<Vec<_>>>()?)?;
    let glue = script::minify(&format!("const jawjawSums={parts};{glue}"), true)?;
    // Most of its functions run at once, and Chromium then compiles them beside the main thread
    // (V8's explicit compile hints).
    let glue = format!("//# allFunctionsCalledOnLoad\n{glue}");
    fs::write(fresh.join("jawjaw-widget.js"), glue)?;
    let mut loader = read(&root.join("src/loader.js"))?;
    for file in ["jawjaw-widget.js", "jawjaw-widget.wasm"] {
        let sum = sum(&fresh.join(file))?;
        let places = [format!("integrity = {file:?}"), format!("integrity: {file:?}")];
        let place = places.iter().find(|place| loader.contains(place.as_str()));
        let place =
            place.with_context(|| format!("the loader has no place for the sum of {file}"))?;
        let filled = place.replace(file, &format!("sha256-{sum}"));
        loader = loader.replace(place.as_str(), &filled);
    }
    fs::write(fresh.join("jawjaw.js"), script::minify(&loader, false)?)?;
    let counts = script::minify(&read(&root.join("src/counts.js"))?, true)?;
    fs::write(fresh.join("jawjaw-counts.js"), counts)?;
    for folder in ["profiles", "locales"] {
        pack(&root.join(folder), &fresh.join(folder))?;
    }
    fs::write(fresh.join("integrity.json"), integrity(&fresh)?)?;
    fs::create_dir_all(fresh.join("demo"))?;
    fs::write(fresh.join("demo/index.html"), demo(&read(&root.join("index.html"))?))?;
    for file in ["demo.css", "icon.svg"] {
        fs::copy(root.join("style").join(file), fresh.join("demo").join(file))?;
    }
    compress(&fresh)?;
    let _ = fs::remove_dir_all(&dist);
    fs::rename(&fresh, &dist).context("putting dist in place")?;
    Ok(())
}

/// The JSON files of a folder, without spare space. English is in the module already.
fn pack(from: &Path, into: &Path) -> Result<()> {
    fs::create_dir_all(into)?;
    for file in fs::read_dir(from)? {
        let file = file?.path();
        let name = file.file_name().context("a file has a name")?;
        if file.extension().is_some_and(|extension| extension == "json") && name != "en.json" {
            let tree: serde_json::Value = serde_json::from_str(&read(&file)?)
                .with_context(|| format!("{} is no JSON", file.display()))?;
            fs::write(into.join(name), tree.to_string())?;
        }
    }
    Ok(())
}

/// The demo page without what only Trunk reads. It is served beside what is shipped, and no part of it.
fn demo(page: &str) -> String {
    page.split_inclusive('\n').filter(|line| !line.contains("data-trunk")).collect()
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

/// Subresource Integrity (W3C SRI) of every script and module.
fn integrity(folder: &Path) -> Result<String> {
    let mut sums = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().context("a file has a name")?.to_string_lossy().into_owned();
        if !path.is_file() {
            continue;
        }
        let sum = Sha384::digest(fs::read(&path)?);
        sums.insert(
            name,
            format!("sha384-{}", base64::engine::general_purpose::STANDARD.encode(sum)),
        );
    }
    Ok(serde_json::to_string_pretty(&sums)?)
}

/// What a file must be, for the one that fetches it. SHA-256, for it stands in what is sent to readers.
fn sum(file: &Path) -> Result<String> {
    let sum = Sha256::digest(fs::read(file)?);
    Ok(base64::engine::general_purpose::STANDARD.encode(sum))
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
