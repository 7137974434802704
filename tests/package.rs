//! What editors and bundlers are told of the tags is what the tags do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn manifest() -> Value {
    serde_json::from_str(&read("npm/custom-elements.json")).expect("JSON")
}

/// Names in a list of the manifest, of the tag at this place.
fn names(tag: &str, list: &str) -> BTreeSet<String> {
    let manifest = manifest();
    let modules = manifest["modules"].as_array().expect("modules").iter();
    let mut all =
        modules.flat_map(|module| module["declarations"].as_array().expect("declarations"));
    let found = all.find(|one| one["tagName"] == tag).expect("the tag is declared");
    let list = found[list].as_array().expect("a list");
    list.iter().filter_map(|one| Some(one["name"].as_str()?.to_owned())).collect()
}

/// Words in backticks in the first cells of the table that follows a heading.
fn table(heading: &str) -> BTreeSet<String> {
    let readme = read("README.md");
    let (_, rest) = readme.split_once(heading).expect("the heading is there");
    let rows = rest.lines().skip_while(|line| !line.starts_with("| `"));
    let rows = rows.take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned)).collect()
}

#[track_caller]
fn same(one: &BTreeSet<String>, other: &BTreeSet<String>) {
    let apart: Vec<&String> = one.symmetric_difference(other).collect();
    assert!(!one.is_empty() && apart.is_empty(), "only in one of both: {apart:?}");
}

#[test]
fn the_manifest_knows_what_the_readme_says() {
    let mut attributes = table("## The tag");
    // What a profile names is not known beforehand.
    assert!(attributes.remove("var-…"));
    same(&attributes, &names("jaw-jaw", "attributes"));
    same(&table("The tag tells the page what happens"), &names("jaw-jaw", "events"));
}

#[test]
fn the_types_know_what_the_manifest_says() {
    let types = read("npm/index.d.ts");
    let (_, own) = types.split_once("interface JawJawAttributes {").expect("attributes");
    let (own, _) = own.split_once("[more:").expect("an end");
    for attribute in names("jaw-jaw", "attributes") {
        let told = [format!(" {attribute}?:"), format!("\"{attribute}\"?:")];
        assert!(told.iter().any(|told| own.contains(told)), "{attribute} has no type");
    }
    for event in names("jaw-jaw", "events") {
        assert!(types.contains(&format!("\"{event}\":")), "{event} has no type");
    }
}

/// Properties that are attributes too are those the loader makes.
#[test]
fn properties_are_those_of_the_loader() {
    let loader = read("src/loader.js");
    let (_, list) = loader.split_once("const names =").expect("a list");
    let list = list.split('"').nth(1).expect("in one text");
    let made: BTreeSet<String> = list.split(' ').map(str::to_owned).collect();
    let mut told = names("jaw-jaw", "members");
    assert!(told.remove("token") && told.remove("refresh"));
    same(&made, &told);
    let types = read("npm/index.d.ts");
    let (_, element) = types.split_once("interface JawJawElement").expect("the element");
    for name in &made {
        let get = [format!(" get {name}()"), format!(" get \"{name}\"()")];
        assert!(get.iter().any(|get| element.contains(get)), "{name} has no type");
    }
    let readme = read("README.md");
    let (_, apart) = readme.split_once("All attributes but ").expect("the sentence");
    let (apart, _) = apart.split_once(" are properties").expect("its end");
    let apart = apart.split('`').skip(1).step_by(2).map(str::to_owned);
    let whole = made.into_iter().chain(apart).collect();
    same(&table("## The tag"), &whole);
}

#[test]
fn the_manifest_knows_the_public_face() {
    let face = read("style/tokens.css");
    let (face, _) = face.split_once("*/").expect("its comment");
    let properties: BTreeSet<String> = face
        .split_whitespace()
        .filter(|word| word.starts_with("--jawjaw-"))
        .map(str::to_owned)
        .collect();
    same(&properties, &names("jaw-jaw", "cssProperties"));
    let (_, parts) = face.split_once("Parts for ::part():").expect("parts");
    let parts: BTreeSet<String> = parts
        .replace(['*', '\n', '.'], " ")
        .split(',')
        .map(|part| part.trim().to_owned())
        .collect();
    same(&parts, &names("jaw-jaw", "cssParts"));
}

/// Parts that the manifest names are in the program, and the other way round.
#[test]
fn parts_are_those_of_the_program() {
    let mut code = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                code.push_str(&fs::read_to_string(path).expect("a file"));
            }
        }
    }
    let mut made: BTreeSet<String> = BTreeSet::new();
    for part in code.split(".part(\"").skip(1) {
        made.extend(part.split('"').next().map(str::to_owned));
    }
    for constant in code.split(".attr(\"part\", \"").skip(1) {
        made.extend(constant.split('"').next().map(str::to_owned));
    }
    // A list is of threads, or of replies (`ui/branch.rs`).
    made.extend(["threads".to_owned(), "replies".to_owned()]);
    same(&made, &names("jaw-jaw", "cssParts"));
}

/// What readers of the documentation copy is what a test builds and visits.
#[test]
fn what_is_copied_is_what_is_tested() {
    for (page, file) in [
        ("docs/hosts/sveltekit.md", "tests/hosts/sveltekit/src/lib/Comments.svelte"),
        ("docs/hosts/next.md", "tests/hosts/next/components/comments.jsx"),
    ] {
        assert!(read(page).contains(&read(file)), "{page} does not show {file}");
    }
}

/// Without a link to an icon a browser asks the demo's server for a `favicon.ico` that is not there.
#[test]
fn the_demo_page_asks_for_nothing_that_is_not_there() {
    let page = read("index.html");
    // One that lies in an address (`data:`) is refused by the policy the demo is shown under.
    assert!(page.contains("<link rel=\"icon\" href=\"icon.svg\""), "{page}");
    let linked = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let is_file = |href: &&str| {
        Path::new(href).extension().is_some_and(|kind| kind == "css" || kind == "svg")
    };
    for file in linked.filter(is_file) {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("style").join(file).exists(), "{file}");
    }
}
