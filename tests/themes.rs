//! Themes are made of the public face only, as a page's own style sheet would be.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).expect("a file of ours")
}

/// Names in a list of `<jaw-jaw>` in the manifest.
fn public(list: &str) -> BTreeSet<String> {
    let manifest: serde_json::Value =
        serde_json::from_str(&read("npm/custom-elements.json")).expect("JSON");
    let names = manifest["modules"][0]["declarations"][0][list].as_array().expect("a list");
    names.iter().map(|one| one["name"].as_str().expect("a name").to_owned()).collect()
}

/// What is wrong with a theme.
fn faults(css: &str) -> Vec<String> {
    let mut found = Vec::new();
    let parts = public("cssParts");
    for part in css.split("::part(").skip(1) {
        let part = part.split(')').next().unwrap_or_default();
        if !parts.contains(part) {
            found.push(format!("{part:?} is no part"));
        }
    }
    let properties = public("cssProperties");
    let names = css.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    for name in names.filter(|name| name.starts_with("--")) {
        if !properties.contains(name) {
            found.push(format!("{name} is no property of ours"));
        }
    }
    for word in ["!important", "url(", "@import", "position: fixed", "background"] {
        if css.contains(word) {
            found.push(format!("{word} may not stand in a theme"));
        }
    }
    let code = css.split("*/").map(|part| part.split("/*").next().unwrap_or_default());
    let code: String = code.collect();
    for rule in code.split('}') {
        let selectors = rule.rsplit_once('{').map_or("", |(selectors, _)| selectors);
        let selectors = selectors.rsplit('{').next().unwrap_or_default();
        for selector in selectors.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            if !selector.starts_with("jaw-jaw") {
                found.push(format!("{selector:?} is not the tag"));
            }
        }
    }
    found
}

#[test]
fn a_theme_uses_the_public_face_only() {
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(root().join("themes")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|end| end == "css") {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            let css = fs::read_to_string(&path).expect("a file");
            assert_eq!(faults(&css), Vec::<String>::new(), "{name}");
            assert!(css.contains(&format!("themes/{name}")), "{name} does not say how to use it");
            assert!(css.len() < 3_000, "{name} is no small file");
            seen.insert(name);
        }
    }
    let listed = read("themes/README.md");
    assert!(seen.len() >= 3, "{seen:?}");
    for name in &seen {
        assert!(listed.contains(&format!("({name})")), "themes/README.md does not list {name}");
    }
}

#[test]
fn what_a_theme_may_not_do_is_found() {
    let check = |css: &str, fault: &str| {
        let found = faults(css).join("\n");
        assert!(found.contains(fault), "{css}: {found}");
    };
    check("jaw-jaw::part(bubble) { border: 0 }", "\"bubble\" is no part");
    check("jaw-jaw { --ink: red }", "--ink is no property");
    check("jaw-jaw { --jawjaw-color: red }", "--jawjaw-color is no property");
    check("body { margin: 0 }", "\"body\" is not the tag");
    check("jaw-jaw, p { margin: 0 }", "\"p\" is not the tag");
    check("@media print { jaw-jaw { gap: 0 } em { gap: 0 } }", "\"em\" is not the tag");
    check("jaw-jaw { color: red !important }", "!important");
    check("jaw-jaw::part(body) { background: #eee }", "background may not");
    assert_eq!(faults("@media print { jaw-jaw::part(body) { border: 0 } }"), Vec::<String>::new());
}
