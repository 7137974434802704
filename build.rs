//! Joins the style sheets and takes out what only people read.

use std::path::Path;

fn main() {
    let mut css = String::new();
    for file in ["style/tokens.css", "style/widget.css"] {
        println!("cargo:rerun-if-changed={file}");
        css += &std::fs::read_to_string(file).expect("the style sheet is part of the source");
    }
    // By its relocations the module is split into parts (xtask/src/finish/split.rs).
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo:rustc-link-arg-cdylib=--emit-relocs");
    }
    let folder = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&folder).join("style.css"), tight(&css)).expect("OUT_DIR is writable");
}

/// Without comments, and with one space where there were many.
fn tight(css: &str) -> String {
    let mut out = String::new();
    for (number, part) in css.split("/*").enumerate() {
        let kept =
            if number == 0 { part } else { part.split_once("*/").map_or("", |(_, after)| after) };
        out += kept;
    }
    let words: Vec<&str> = out.split_whitespace().collect();
    let mut tight = words.join(" ");
    for mark in ["{", "}", ";", ","] {
        tight = tight.replace(&format!(" {mark}"), mark).replace(&format!("{mark} "), mark);
    }
    // A colon with a space after it separates a property from its value; one without is a pseudo-class.
    tight.replace(": ", ":").replace(";}", "}")
}
