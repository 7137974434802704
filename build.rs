//! Prepares what is compiled in: style sheets and sentences without what only people read, those of
//! parts that are fetched later apart.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};

fn main() {
    let folder = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).expect("OUT_DIR is writable");
    };
    write("reading.css", &tight(&[read("style/tokens.css"), read("style/widget.css")].concat()));
    for part in ["writing.css", "following.css"] {
        write(part, &tight(&read(&["style/", part].concat())));
    }
    write("languages.txt", &languages());
    for (file, told) in sentences() {
        write(file, &told);
    }
    // By its relocations the module is split into parts (xtask/src/finish/split.rs).
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo:rustc-link-arg-cdylib=--emit-relocs");
    }
}

fn read(file: &str) -> String {
    println!("cargo:rerun-if-changed={file}");
    fs::read_to_string(file).expect("it is part of the source")
}

/// Tags of the languages there are, with a space between them.
fn languages() -> String {
    println!("cargo:rerun-if-changed=locales");
    let files = fs::read_dir("locales").expect("it is part of the source").filter_map(Result::ok);
    let tag =
        |file: fs::DirEntry| Some(file.file_name().to_str()?.strip_suffix(".json")?.to_owned());
    let mut tags: Vec<String> = files.filter_map(tag).collect();
    tags.sort();
    tags.join(" ")
}

/// English sentences as JSON: those that reading may say, and those that only a part says.
fn sentences() -> [(&'static str, String); 4] {
    let mut left: Map<String, Value> =
        serde_json::from_str(&read("locales/en.json")).expect("locales/en.json is a record");
    let code = |folder: &&str| {
        println!("cargo:rerun-if-changed={folder}");
        let files = fs::read_dir(folder).expect("the folder is part of the source");
        let files = files.filter_map(|file| fs::read_to_string(file.ok()?.path()).ok());
        files.collect::<String>()
    };
    let rooms: [(&str, &[&str]); 4] = [
        ("reading.json", &["src/ui", "src/text", "src/element"]),
        ("writing.json", &["src/ui/writing"]),
        ("finding.json", &["src/ui/finding"]),
        ("following.json", &["src/ui/following"]),
    ];
    let told = rooms.map(|(file, folders)| {
        let code: String = folders.iter().map(code).collect();
        let code = without_names(&code);
        // A name may be made of a beginning and a word.
        let is_said = |name: &str| {
            let begins = name.rsplit_once('-').map(|(start, _)| format!("\"{start}-\""));
            code.contains(&format!("\"{name}\"")) || begins.is_some_and(|it| code.contains(&it))
        };
        let (said, rest) =
            std::mem::take(&mut left).into_iter().partition(|(name, _)| is_said(name));
        left = rest;
        (file, Value::Object(said).to_string())
    });
    assert!(left.is_empty(), "nobody says {:?}", left.keys().collect::<Vec<_>>());
    told
}

/// Code without the names of elements, attributes, classes and parts, which may be those of sentences too.
fn without_names(code: &str) -> String {
    let mut out = code.to_owned();
    for call in [
        ".part(\"",
        ".class(\"",
        ".attr(\"",
        ".set(\"",
        ".toggle(\"",
        ".state(\"",
        ".find(\"",
        ".on(\"",
    ] {
        let mut pieces = out.split(call);
        let mut kept = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            kept += piece.split_once('"').map_or("", |(_, after)| after);
        }
        out = kept;
    }
    out
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
    of_the_page(&tight.replace(": ", ":").replace(";}", "}"))
}

/// Many pages make their `rem` 10 pixels, or 100. Ours is the size of the text where the tag stands
/// (`src/ui/palette.rs`).
fn of_the_page(css: &str) -> String {
    let mut heads = css.split('@').skip(1).filter_map(|rule| rule.split('{').next());
    assert!(heads.all(|head| !head.contains("rem")), "a condition knows no var(): write em");
    let (before, last) = css.rsplit_once("rem").expect("sizes are written in rem");
    let mut out = String::new();
    for piece in before.split("rem") {
        let words = piece.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
        let words = words.strip_suffix('-').filter(|_| words != piece).unwrap_or(words);
        let number = &piece[words.len()..];
        out += words;
        let size = ["calc(", number, "*var(--rem))"].concat();
        out += if number.is_empty() { "rem" } else { &size };
    }
    out + last
}
