//! The JSON Schema of profiles is made from the grammar the engine checks with, and agrees with it.

use std::fs;
use std::path::Path;

use jawjaw::json::Value;
use jawjaw::profile::grammar::{self, GRAMMAR};
use serde_json::{Value as Json, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A type of the grammar as a schema.
fn schema_of(kind: &str) -> Json {
    let kind = kind.trim_end_matches('!');
    if let Some(inner) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
        return json!({ "type": "array", "items": schema_of(inner) });
    }
    if let Some(inner) = kind.strip_prefix('{').and_then(|kind| kind.strip_suffix('}')) {
        return json!({ "type": "object", "additionalProperties": schema_of(inner) });
    }
    if kind.contains('|') {
        let words: Vec<&str> = kind.split('|').filter(|word| !word.is_empty()).collect();
        return json!({ "enum": words });
    }
    match kind {
        "text" | "template" | "filled" => json!({ "type": "string" }),
        "number" => json!({ "type": "number" }),
        "bool" => json!({ "type": "boolean" }),
        "any" | "body" => json!(true),
        "pointer" => json!({ "type": "string", "pattern": "^(/|$)" }),
        shape => json!({ "$ref": format!("#/$defs/{shape}") }),
    }
}

fn schema() -> Json {
    let pointer = json!({ "type": "string", "pattern": "^([^/#]*#)?(/|$)" });
    let mut defs = serde_json::Map::new();
    for (kind, record) in [("value", "expression"), ("words", "formatted"), ("time", "moment")] {
        let list = json!({ "type": "array", "items": schema_of(kind) });
        defs.insert(kind.to_owned(), json!({ "anyOf": [pointer, list, schema_of(record)] }));
    }
    for line in GRAMMAR.lines() {
        let (shape, _) = line.split_once(": ").expect("a shape");
        let members = grammar::members(shape).expect("members");
        let properties: serde_json::Map<String, Json> =
            members.iter().map(|(name, kind)| ((*name).to_owned(), schema_of(kind))).collect();
        let required: Vec<&str> =
            members.iter().filter(|(_, kind)| kind.ends_with('!')).map(|(name, _)| *name).collect();
        let mut told =
            json!({ "type": "object", "properties": properties, "additionalProperties": false });
        if !required.is_empty() {
            told["required"] = json!(required);
        }
        if ["expression", "formatted", "moment"].contains(&shape) {
            let heads = ["const", "href", "header", "from", "any", "all", "not", "earliest"];
            // Only where a time is meant.
            let heads = heads.iter().filter(|head| members.iter().any(|(name, _)| name == *head));
            told["oneOf"] = heads.map(|head| json!({ "required": [head] })).collect();
        }
        if shape == "list" {
            told["anyOf"] = json!([{ "required": ["href"] }, { "required": ["script"] }]);
        }
        if shape == "profile" {
            told["properties"]["version"] = json!({ "const": 1 });
        }
        defs.insert(shape.to_owned(), told);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "How a comment service talks: a profile of <jaw-jaw>, version 1",
        "$ref": "#/$defs/profile",
        "$defs": defs,
    })
}

#[test]
fn the_schema_is_the_grammar() {
    let file = root().join("profiles/schema.json");
    let seen = serde_json::to_string_pretty(&schema()).expect("JSON") + "\n";
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &seen).expect("the schema can be written");
    }
    assert_eq!(fs::read_to_string(file).expect("a schema: BLESS=1 writes it"), seen);
}

#[test]
fn schema_and_engine_say_the_same() {
    let validator = jsonschema::draft202012::new(&schema()).expect("a schema");
    let agree = |text: &str| {
        let engine = grammar::check(&Value::parse(text).expect("JSON"));
        let json = serde_json::from_str(text).expect("JSON");
        assert_eq!(validator.is_valid(&json), engine.is_ok(), "{text}\n{engine:?}");
        engine.is_ok()
    };
    for file in fs::read_dir(root().join("profiles")).expect("profiles") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|end| end == "json") && !path.ends_with("schema.json") {
            assert!(agree(&fs::read_to_string(path).expect("a profile")));
        }
    }
    let good = r##""profile":"x","version":1,"list":{"href":"x","items":"#"},"comment":{"id":"/id","text":"/t"}"##;
    let with = |more: &str| ["{", good, more, "}"].concat();
    assert!(agree(&with("")));
    assert!(agree(&with(r#","rating":{"ratingCount":["/a",{"const":1}]}"#)));
    let dated = |date: &str| {
        with("").replace(r#""id":"/id""#, &[r#""id":"/id","dateCreated":"#, date].concat())
    };
    assert!(
        agree(&dated(r#"{"earliest":["/a",{"from":"/b"}]}"#)) && agree(&dated(r#"["/a","/b"]"#))
    );
    assert!(
        !agree(&dated(r#"{"earliest":"/a"}"#)) && !agree(&dated(r#"{"earliest":[],"from":"/a"}"#))
    );
    for bad in [
        r#","x":1"#,
        r#","title":1"#,
        r#","rating":{}"#,
        r#","rating":{"ratingCount":"a"}"#,
        r#","rating":{"ratingCount":{"from":"/a","const":1}}"#,
        r#","rating":{"ratingCount":{"form":"/a"}}"#,
        r#","rating":{"ratingCount":7}"#,
        r#","own":{"seconds":"1"}"#,
        r#","rating":{"ratingCount":{"earliest":["/a"]}}"#,
        r#","security":{"type":"oauth"}"#,
        r#","operations":{"create":{"required":["phone"]}}"#,
        r#","operations":{"resolve":{"href":"x"}}"#,
        r#","joins":{"a":{"table":"/x"}}"#,
    ] {
        assert!(!agree(&with(bad)), "{bad}");
    }
}
