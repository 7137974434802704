//! The floor plan of ARCHITECTURE.md, as a test: who may import whom, and what may not occur at all.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and those it may import.
const PLAN: &[(&str, &[&str])] = &[
    ("json", &[]),
    ("domain", &[]),
    ("profile", &["json", "domain"]),
    ("endpoint", &["json", "domain", "profile"]),
    ("state", &["json", "domain", "endpoint"]),
    ("text", &["json", "domain"]),
    ("ui", &["json", "domain", "endpoint", "state", "text"]),
    ("element", &["domain", "endpoint", "state", "text", "ui"]),
];

/// What must not occur in a room, and why.
const BANNED: &[(&[&str], &[&str], &str)] = &[
    (
        &["json", "domain", "profile"],
        &["leptos", "web_sys", "wasm_bindgen", "js_sys", "gloo_net", "async "],
        "runs without a browser",
    ),
    (&["state", "ui"], &["\"http", "https://", "crate::profile"], "cannot name a service or a URL"),
    (
        &["json", "domain", "profile", "endpoint", "state", "text", "ui", "element"],
        &[
            "inner_html",
            "outer_html",
            "insert_adjacent_html",
            "set_html",
            "document_write",
            "view! {",
            "dangerously",
            "innerHTML",
            "outerHTML",
            "srcdoc",
            "DomParser",
            "create_contextual_fragment",
            "js_sys::eval",
            "js_sys::Function::new",
            "Function::new_",
            "new_no_args",
            "attr(\"style\"",
            "set(\"style\"",
            "set_attribute(\"style\"",
            "\"onclick\"",
            "unsafe ",
        ],
        "has no way from text to markup",
    ),
    (
        &["json", "domain", "profile", "endpoint", "text", "ui", "element"],
        &["local_storage"],
        "only state/memory.rs touches storage",
    ),
    (
        &["json", "domain", "profile", "endpoint", "state", "text", "ui", "element"],
        &[".unwrap()", "todo!", "unimplemented!"],
        "must not panic on what others sent",
    ),
];

/// The same for the server: `server/src`, where `http/support` is a room of its own.
const SERVER_PLAN: &[(&str, &[&str])] = &[
    ("limits", &[]),
    ("moment", &[]),
    ("text", &[]),
    ("pace", &[]),
    ("metrics", &[]),
    ("config", &[]),
    ("render", &["limits", "text"]),
    ("live", &["limits", "pace"]),
    ("logs", &["config"]),
    ("flags", &["config"]),
    ("store", &["limits"]),
    ("transfer", &["moment", "render", "store", "text"]),
    ("app", &["config", "limits", "live", "metrics", "pace", "store"]),
    ("support", &["app", "config", "limits", "live", "moment", "pace", "store", "text"]),
    ("http", &["app", "config", "limits", "live", "moment", "render", "store", "support", "text"]),
    ("jobs", &["app", "store"]),
    ("listen", &["config", "limits", "support"]),
    ("serve", &["app", "http", "jobs", "limits", "listen", "logs", "support"]),
    (
        "commands",
        &["app", "config", "flags", "listen", "logs", "moment", "serve", "store", "transfer"],
    ),
    ("main", &["commands", "flags"]),
];

/// What must not occur in the server, where it may all the same, and why.
const SERVER_BANNED: &[(&[&str], &[&str], &str)] = &[
    (
        &["store"],
        &["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "PRAGMA", "sqlx::query", "VACUUM"],
        "SQL stands in store only",
    ),
    (
        &[],
        &[".unwrap()", "todo!", "unimplemented!", "println!", "unsafe "],
        "nothing panics on what others send, nor when the terminal is gone",
    ),
];

/// Lines of a file, tests left out; longer files are two files.
const LONGEST_FILE: usize = 400;

struct Source {
    room: String,
    path: PathBuf,
    /// Without the tests at the end.
    code: String,
}

fn sources() -> Vec<Source> {
    sources_in("src")
}

fn sources_in(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut waiting = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                fs::read_dir(&path)
                    .expect("src can be read")
                    .map(|entry| entry.expect("entry").path()),
            );
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(&root).expect("under src");
            let first = inside.iter().next().expect("a name").to_string_lossy().replace(".rs", "");
            let text = fs::read_to_string(&path).expect("a source file");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            found.push(Source { room: first, path: inside.to_path_buf(), code });
        }
    }
    found
}

/// Breaches of the plan in a file.
fn breaches(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let Some((_, allowed)) = PLAN.iter().find(|(room, _)| *room == source.room) else {
        return if source.room == "lib" {
            found
        } else {
            vec![format!("{} is in no room", source.path.display())]
        };
    };
    for (number, line) in source.code.lines().enumerate() {
        let place = format!("src/{}:{}", source.path.display(), number + 1);
        // The name of SVG's namespace looks like an address and is none.
        if line.trim_start().starts_with("//") || line.contains("www.w3.org/2000/svg") {
            continue;
        }
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let room = rest.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
            if room != source.room && !allowed.contains(&room) {
                found.push(format!("{place}: {} may not import {room:?}", source.room));
            }
        }
        for (rooms, words, why) in BANNED {
            let word = words.iter().find(|word| line.contains(**word));
            if let Some(word) = word.filter(|_| rooms.contains(&source.room.as_str())) {
                found.push(format!("{place}: {word:?} may not stand here: {} {why}", source.room));
            }
        }
    }
    let length = source.code.lines().count();
    if length > LONGEST_FILE {
        found.push(format!(
            "src/{}: {length} lines; {LONGEST_FILE} are the most",
            source.path.display()
        ));
    }
    found
}

#[test]
fn imports_go_down_only() {
    let sources = sources();
    assert!(sources.len() > 30, "the walk found {} files", sources.len());
    let breaches: Vec<String> = sources.iter().flat_map(breaches).collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

/// The scripts that are written by hand, and the page we ship.
#[test]
fn scripts_have_no_way_from_text_to_markup_either() {
    let sinks = include_str!("sinks.txt").lines();
    let more = ["DOMParser", "setTimeout(\"", "style=", "onclick=", "javascript:"];
    let sinks: Vec<&str> = sinks.chain(more).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["src/loader.js", "src/start.js", "src/counts.js", "index.html"] {
        let text = fs::read_to_string(root.join(file)).expect("it ships");
        for sink in &sinks {
            assert!(!text.contains(sink), "{sink} is in {file}");
        }
    }
}

/// Breaches of the server's plan in a file.
fn server_breaches(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let path = source.path.display();
    let room = if source.path.starts_with("http/support") { "support" } else { &source.room };
    let Some((_, allowed)) = SERVER_PLAN.iter().find(|(known, _)| *known == room) else {
        return vec![format!("{path} is in no room")];
    };
    for (number, line) in source.code.lines().enumerate() {
        let place = format!("server/src/{path}:{}", number + 1);
        if line.trim_start().starts_with("//") {
            continue;
        }
        // Imports within the room itself, whose folder `support` is a lower one.
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let rest = rest
                .strip_prefix("http::")
                .filter(|rest| rest.starts_with("support"))
                .unwrap_or(rest);
            let other = rest.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
            if other != room && !allowed.contains(&other) {
                found.push(format!("{place}: {room} may not import {other:?}"));
            }
        }
        for (but, words, why) in SERVER_BANNED {
            let word = words.iter().find(|word| line.contains(**word));
            if let Some(word) = word.filter(|_| !but.contains(&room)) {
                found.push(format!("{place}: {word:?} may not stand here: {why}"));
            }
        }
    }
    let length = source.code.lines().count();
    if length > LONGEST_FILE {
        found.push(format!("server/src/{path}: {length} lines; {LONGEST_FILE} are the most"));
    }
    found
}

/// What a room may import leads down: no way leads back to it.
fn circle(plan: &[(&str, &[&str])]) -> Option<String> {
    let mut above: Vec<&str> = Vec::new();
    for (room, allowed) in plan {
        if let Some(later) = allowed.iter().find(|other| !above.contains(other)) {
            return Some(format!("{room} may import {later:?}, which stands after it"));
        }
        above.push(room);
    }
    None
}

#[test]
fn the_server_imports_down_only_and_has_its_sql_in_one_place() {
    let sources = sources_in("server/src");
    assert!(sources.len() > 30, "the walk found {} files", sources.len());
    let breaches: Vec<String> = sources.iter().flat_map(server_breaches).collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    assert_eq!(circle(SERVER_PLAN), None);
    assert_eq!(circle(PLAN), None);
}

#[test]
fn the_server_test_bites() {
    let check = |path: &str, code: &str, breach: &str| {
        let room = path.split(['/', '.']).next().unwrap_or_default().to_owned();
        let source = Source { room, path: path.into(), code: code.to_owned() };
        let found = server_breaches(&source).join("\n");
        assert!(found.contains(breach), "{path}: {code}: {found}");
    };
    check("store/vote.rs", "use crate::http::comments;", "store may not import \"http\"");
    check("http/support/ask.rs", "use crate::http::comments;", "support may not import \"http\"");
    check("http/rating.rs", "sqlx::query(\"SELECT 1\")", "SQL stands in store only");
    check("jobs.rs", "println!(\"x\")", "nothing panics");
    check("cellar.rs", "", "is in no room");
    assert!(circle(&[("a", &["b"]), ("b", &["a"])]).is_some());
}

#[test]
fn the_test_bites() {
    let check = |room: &str, code: &str, breach: &str| {
        let source = Source { room: room.to_owned(), path: "x.rs".into(), code: code.to_owned() };
        let found = breaches(&source).join("\n");
        assert!(found.contains(breach), "{room}: {code}: {found}");
    };
    check("domain", "use crate::ui::Scene;", "domain may not import \"ui\"");
    check("ui", "use crate::profile::Profile;", "ui may not import \"profile\"");
    check("state", "use crate::{domain, ui};", "may not import");
    check("ui", "element.set_inner_html(x)", "no way from text to markup");
    check("ui", "el.attr(\"style\", x)", "no way from text to markup");
    check("profile", "pub async fn x() {}", "runs without a browser");
    check("cellar", "", "is in no room");
}

#[test]
fn every_sentence_that_is_said_is_there() {
    let english = include_str!("../locales/en.json");
    let english: serde_json::Value = serde_json::from_str(english).expect("JSON");
    let mut said = 0;
    for source in
        sources().iter().filter(|source| matches!(source.room.as_str(), "ui" | "text" | "element"))
    {
        for call in [".say(\"", ".fill(\"", ".count(\"", "say(\""] {
            for (at, _) in source.code.match_indices(call) {
                let name = source.code[at + call.len()..].split('"').next().unwrap_or_default();
                said += 1;
                assert!(
                    english.get(name).is_some(),
                    "{}: {name:?} is not in locales/en.json",
                    source.path.display()
                );
            }
        }
    }
    assert!(said > 40, "only {said} sentences were found");
}
