//! Our tokenizer against the tokenizer tests of html5lib, which all browsers share.
//!
//! They are not ours, so they are not here: `cargo xtask test tokens` gets them from PyPI and names
//! their folder in `HTML5LIB_TESTS`. Cases of our own in the same form are always tried.
//!
//! What is compared is what a comment can show. These differences are meant, for every case:
//!
//! - Comments, doctypes and parse errors give nothing, and neither do attributes of end tags and the
//!   stroke of `<br/>`: the tree has no use for them.
//! - The inside of raw text (`script`, `title`, …) gives nothing: it is never shown. A case that starts
//!   in such a state is begun with a tag that leads there, and what follows its end tag is compared. After
//!   `<plaintext>` nothing is.
//! - U+0000 in names and values stays itself, where others write U+FFFD: no name or address we let
//!   through has either.
//! - Half of a surrogate pair is U+FFFD in both, as no text of ours can hold it.
//! - Ends of lines are not made alike, as `markup` drops the carriage returns: cases are fed without.
//!
//! Where a case is still unlike, one of [`MEANT`] must be the reason.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jawjaw::domain::entity;
use jawjaw::domain::token::{Token, tokens};
use serde_json::{Value, json};

/// A reason for a case to be unlike.
type Reason = (&'static str, fn(&Case) -> bool);

const MEANT: [Reason; 1] = [("a CDATA section, which only SVG and MathML have", |case| {
    case.state == "CDATA section state"
})];

/// What names mean, with their `&`, and `;` where they have one. Those that we do not know ourselves are asked of the browser; here that
/// is this.
type Names = HashMap<String, String>;

thread_local! {
    static NAMES: RefCell<Names> = RefCell::default();
}

struct Case {
    title: String,
    state: String,
    html: String,
    expected: Vec<Token>,
}

/// What is compared: see above.
fn shape(all: Vec<Token>) -> Vec<Token> {
    let whole = |text: String| text.replace('\0', "\u{FFFD}");
    let shaped = all.into_iter().map(|token| match token {
        Token::Open { name, attributes } => {
            let mut attributes: Vec<_> =
                attributes.into_iter().map(|(name, value)| (whole(name), whole(value))).collect();
            attributes.sort();
            Token::Open { name: whole(name), attributes }
        }
        Token::Close(name) => Token::Close(whole(name)),
        text @ Token::Text(_) => text,
    });
    shaped.collect()
}

/// The cases of one entry: one for each state it starts in.
fn cases(test: &Value) -> Vec<Case> {
    let twice = test["doubleEscaped"] == true;
    let mut read = |text: &str| if twice { unescaped(text) } else { text.to_owned() };
    let input = read(test["input"].as_str().expect("an input"));
    let input = input.replace("\r\n", "\n").replace('\r', "\n");
    let output = test["output"].as_array().expect("an output");
    let output: Vec<Token> = output.iter().filter_map(|token| one(token, &mut read)).collect();
    let usual = json!(["Data state"]);
    let states = test.get("initialStates").unwrap_or(&usual).as_array().expect("states");
    let begun = |state: &Value| {
        let state = state.as_str().expect("a state").to_owned();
        let last = test["lastStartTag"].as_str();
        let tag = match state.as_str() {
            "Data state" | "CDATA section state" => "",
            "PLAINTEXT state" => "plaintext",
            "Script data state" => last.unwrap_or("script"),
            // With no tag before it no end tag is its own.
            _ => last.unwrap_or("noembed"),
        };
        let plain = Token::Open { name: "plaintext".to_owned(), attributes: Vec::new() };
        let output = output.split(|token| *token == plain).next().unwrap_or_default();
        let after = output.iter().position(|token| *token == Token::Close(tag.to_owned()));
        let after = match (tag, after) {
            ("", _) => 0,
            (_, Some(end)) if last.is_some() => end + 1,
            _ => output.len(),
        };
        let html = if tag.is_empty() { input.clone() } else { format!("<{tag}>{input}") };
        let title = test["description"].as_str().unwrap_or_default().to_owned();
        Case { title, state, html, expected: joined(&output[after..]) }
    };
    states.iter().map(begun).collect()
}

fn one(token: &Value, read: &mut impl FnMut(&str) -> String) -> Option<Token> {
    let mut text = |at: usize| read(token[at].as_str().unwrap_or_default());
    Some(match token[0].as_str()? {
        "Character" => Token::Text(text(1)),
        "EndTag" => Token::Close(text(1)),
        "StartTag" => {
            let name = text(1);
            let attributes = token[2].as_object().into_iter().flatten();
            let attributes = attributes
                .map(|(name, value)| (read(name), read(value.as_str().unwrap_or_default())));
            Token::Open { name, attributes: attributes.collect() }
        }
        _ => return None,
    })
}

/// Texts that nothing stands between are one.
fn joined(all: &[Token]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    for token in all {
        match (out.last_mut(), token) {
            (Some(Token::Text(before)), Token::Text(text)) => before.push_str(text),
            _ => out.push(token.clone()),
        }
    }
    out
}

/// `\uXXXX` as what it means; a surrogate alone is U+FFFD, as no text of ours can hold it.
fn unescaped(text: &str) -> String {
    let mut units = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let code = rest.strip_prefix("\\u").and_then(|code| code.get(..4));
        if let Some(code) = code.and_then(|code| u16::from_str_radix(code, 16).ok()) {
            units.push(code);
            rest = &rest[6..];
        } else {
            units.extend(c.encode_utf16(&mut [0; 2]).iter());
            rest = &rest[c.len_utf8()..];
        }
    }
    String::from_utf16_lossy(&units)
}

/// What is meant by all names that are tried by themselves.
fn names(tests: &[Value]) -> Names {
    let named = |test: &Value| {
        let input = test["input"].as_str()?;
        let name = input.strip_prefix('&')?;
        let alone = name.trim_end_matches(';').chars().all(|c| c.is_ascii_alphanumeric());
        let [only] = test["output"].as_array()?.as_slice() else { return None };
        let means = only[1].as_str().filter(|means| alone && *means != input)?;
        Some((input.to_owned(), means.to_owned()))
    };
    tests.iter().filter_map(named).collect()
}

/// Tries all; what was counted, in words. Cases that are unlike for no reason fail.
#[track_caller]
fn check(tests: &[Value], counted: Option<&str>) {
    NAMES.set(names(tests));
    // As a browser reads a text that begins with a name, whatever comes after it.
    entity::ask(|whole| {
        NAMES.with_borrow(|names| {
            let known = |end: &usize| names.get(&whole[..*end]);
            let end = (2..=whole.len()).rev().find(|end| known(end).is_some())?;
            Some([known(&end)?, &whole[end..]].concat())
        })
    });
    let (mut all, mut alike, mut unlike) = (0, 0, Vec::new());
    let mut meant: BTreeMap<&str, usize> = BTreeMap::new();
    for case in tests.iter().flat_map(cases) {
        all += 1;
        let ours = shape(tokens(&case.html));
        let reason = || MEANT.iter().find(|(_, applies)| applies(&case));
        if ours == shape(case.expected.clone()) {
            alike += 1;
        } else if let Some((reason, _)) = reason() {
            *meant.entry(reason).or_default() += 1;
        } else {
            let Case { title, state, html, expected, .. } = &case;
            unlike.push(format!(
                "{title} ({state}): {html:?}\n  theirs {expected:?}\n  ours   {ours:?}"
            ));
        }
    }
    let reasons = meant.iter().map(|(reason, count)| format!("; {count} {reason}"));
    let said = format!("{all} cases: {alike} alike{}", reasons.collect::<String>());
    println!("html5lib tokenizer tests, {said}; {} unlike", unlike.len());
    assert!(unlike.is_empty(), "{} unlike\n{}", unlike.len(), unlike.join("\n"));
    if let Some(counted) = counted {
        assert_eq!(said, counted);
    }
}

#[test]
fn ours() {
    let character = |text: &str| json!([["Character", text]]);
    check(
        &[
            json!({ "input": "a<B C=d e>f</b>", "output": [["Character", "a"],
                ["StartTag", "b", { "c": "d", "e": "" }], ["Character", "f"], ["EndTag", "b"]] }),
            json!({ "input": "a<!-- b --><!doctype c>d", "output": [["Character", "a"],
                ["Comment", " b "], ["DOCTYPE", "c", null, null, true], ["Character", "d"]] }),
            json!({ "input": "a</b></title>c", "initialStates": ["RCDATA state", "RAWTEXT state"],
                "lastStartTag": "title", "output": [["Character", "a</b>"], ["EndTag", "title"],
                ["Character", "c"]] }),
            json!({ "input": "a", "initialStates": ["PLAINTEXT state"], "output": character("a") }),
            json!({ "input": "\\uD800", "doubleEscaped": true, "output": character("\\uD800") }),
            json!({ "input": "&copy", "output": character("©") }),
            json!({ "input": "&copy=", "output": character("©=") }),
            json!({ "input": "&nexist;", "output": character("∄") }),
            json!({ "input": "&not", "output": character("¬") }),
            json!({ "input": "&nexist", "output": character("&nexist") }),
            json!({ "input": "<a b='&copy=&nexist;&copyx'>&nexist;&notit;", "output":
                [["StartTag", "a", { "b": "&copy=∄&copyx" }], ["Character", "∄¬it;"]] }),
            json!({ "input": "a", "initialStates": ["CDATA section state"], "output": character("b") }),
        ],
        Some("13 cases: 12 alike; 1 a CDATA section, which only SVG and MathML have"),
    );
}

#[test]
#[should_panic(expected = "1 unlike")]
fn what_is_unlike_is_seen() {
    check(&[json!({ "input": "a<b>", "output": [["Character", "a"]] })], None);
}

#[test]
#[ignore = "their cases are got by `cargo xtask test tokens`"]
fn theirs() {
    let folder = std::env::var_os("HTML5LIB_TESTS").expect("HTML5LIB_TESTS names their folder");
    let mut tests = Vec::new();
    for file in std::fs::read_dir(Path::new(&folder)).expect("it is there") {
        let text = std::fs::read_to_string(file.expect("it is there").path()).expect("it is text");
        // What is for parsers that feed XML is under another name.
        if let Ok(mut file) = serde_json::from_str::<Value>(&text)
            && let Value::Array(more) = file["tests"].take()
        {
            tests.extend(more);
        }
    }
    assert!(tests.len() > 6_000, "only {} tests", tests.len());
    check(&tests, None);
}
