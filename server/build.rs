//! Puts the built widget into the binary, for releases (`--features embed`).

use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=JAWJAW_DIST");
    let mut table = String::from("[\n");
    if env::var_os("CARGO_FEATURE_EMBED").is_some() {
        let dist = dist();
        println!("cargo::rerun-if-changed={}", dist.display());
        for file in files(&dist) {
            let (name, tag) = (name(&file, &dist), tag(&file));
            let path = file.to_str().expect("a path in UTF-8");
            let row = format!(
                "    File {{ name: {name:?}, tag: {tag:?}, bytes: include_bytes!({path:?}) }},\n"
            );
            table.push_str(&row);
        }
    }
    table.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("embedded.rs");
    fs::write(out, table).expect("the table is written");
}

/// The folder of the built widget: `JAWJAW_DIST`, or the one of this repository.
fn dist() -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    let dist = env::var_os("JAWJAW_DIST").map_or(ours, PathBuf::from);
    let Ok(loader) = dist.join("jawjaw.js").canonicalize() else {
        panic!(
            "--features embed needs the built widget, and {} has no jawjaw.js: run `cargo xtask build`, \
             or set JAWJAW_DIST to the folder that has it",
            dist.display()
        )
    };
    loader.with_file_name("")
}

/// All files below a folder, always in the same order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder that can be read");
            waiting.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// As it stands in an address: with slashes.
fn name(file: &Path, dist: &Path) -> String {
    let inside = file.strip_prefix(dist).expect("below the folder");
    let parts: Vec<_> = inside.iter().map(|part| part.to_str().expect("a name in UTF-8")).collect();
    parts.join("/")
}

/// An entity tag: other bytes have another one.
fn tag(file: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    fs::read(file).expect("a file that can be read").hash(&mut hasher);
    let mut tag = String::from("\"");
    write!(tag, "{:016x}\"", hasher.finish()).expect("text takes text");
    tag
}
