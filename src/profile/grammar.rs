//! Which members a profile may have, and what may stand in each. An error names the JSON Pointer and,
//! where a word was misspelt, the nearest right one.
//!
//! The grammar is one text: a line a shape, `member=type`, `!` for what must be there, `+shape` for all
//! members of another. Types are `text`, `number`, `bool`, `any`, `pointer`, `value`, `template`,
//! `filled` (a template with names of its own), `time` (a value that may be the earliest of several), `body`, words (`a|b`), a list (`[type]`), a record with free names (`{type}`), or a shape. The JSON
//! Schema in `profiles/schema.json` is made from the same text.

use crate::json::Value;
use crate::json::digits;
use crate::profile::{sense, template};

/// Version 1 of the language.
pub const GRAMMAR: &str = include_str!("grammar.txt");

/// Variables that every profile has.
pub const VARIABLES: &str = "endpoint article url title path host sort name email website content parent \
     root id vote previous upvoteCount stars uuid now token secret csrf";

/// An expression has exactly one of these.
const HEADS: [&str; 8] = ["const", "href", "header", "from", "any", "all", "not", "earliest"];

/// The shape of a whole profile.
pub const ROOT: &str = "profile";

/// The members of a shape with their types, those it takes over included.
pub fn members(shape: &str) -> Option<Vec<(&'static str, &'static str)>> {
    let line = GRAMMAR.lines().find_map(|line| line.strip_prefix(shape)?.strip_prefix(": "))?;
    let mut found = Vec::new();
    for word in line.split(' ') {
        match word.split_once('=') {
            Some(member) => found.push(member),
            None => found.extend(members(word.trim_start_matches('+'))?),
        }
    }
    Some(found)
}

/// Checks all that can be wrong with a profile. A door (`xtask/src/finish/main.rs`): what only this needs
/// is fetched for a page's own profile alone.
#[inline(never)]
pub fn check_all(profile: &Value) -> Result<(), String> {
    check(profile)?;
    sense::check(profile)?;
    if profile.at("/list/href").or(profile.at("/list/script")).is_none() {
        return Err("/list/href is missing".to_owned());
    }
    Ok(())
}

/// Checks that a profile follows the grammar.
pub fn check(profile: &Value) -> Result<(), String> {
    let mut checker = Checker { names: Vec::new(), joins: Vec::new() };
    checker.collect(profile);
    checker.check(profile, ROOT, "")
}

struct Checker {
    /// Variables that templates and bodies may name.
    names: Vec<String>,
    joins: Vec<String>,
}

impl Checker {
    fn collect(&mut self, profile: &Value) {
        self.names.extend(VARIABLES.split_whitespace().map(str::to_owned));
        for at in [
            "/list/page/param",
            "/list/page/sizeParam",
            "/list/sort/param",
            "/operations/replies/page/param",
            "/operations/replies/page/sizeParam",
        ] {
            self.names.extend(profile.at(at).and_then(Value::as_str).map(str::to_owned));
        }
        for at in ["/variables", "/operations/resolve/result", "/operations/session/result"] {
            let members = profile.at(at).map_or(&[][..], Value::members);
            self.names.extend(members.iter().map(|(name, _)| name.clone()));
        }
        for (name, _) in profile.at("/comment/capture").map_or(&[][..], Value::members) {
            self.names.extend(["target.", "parent.", "root."].map(|of| [of, name].concat()));
        }
        let joins = profile.at("/joins").map_or(&[][..], Value::members);
        self.joins.extend(joins.iter().map(|(name, _)| name.clone()));
    }

    fn check(&self, value: &Value, kind: &str, at: &str) -> Result<(), String> {
        let wrong = |wanted: &str| {
            Err([place(at), " is ", &short(value), ", where ", wanted, " must be"].concat())
        };
        if let Some(inner) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
            let Value::List(elements) = value else { return wrong("a list") };
            let mut numbered = elements.iter().enumerate();
            return numbered.try_for_each(|(n, element)| {
                self.check(element, inner, &step(at, &digits(n as u64)))
            });
        }
        if let Some(inner) = kind.strip_prefix('{').and_then(|kind| kind.strip_suffix('}')) {
            let Value::Record(members) = value else { return wrong("an object") };
            return members
                .iter()
                .try_for_each(|(name, value)| self.check(value, inner, &step(at, name)));
        }
        if kind.contains('|') {
            let words: Vec<&str> = kind.split('|').filter(|word| !word.is_empty()).collect();
            let said = value.as_text().unwrap_or_default();
            if words.contains(&said) {
                return Ok(());
            }
            return Err([
                place(at),
                " is ",
                &short(value),
                "; it may be ",
                &words.join(", "),
                &hint(said, &words),
            ]
            .concat());
        }
        match (kind, value) {
            ("any", _)
            | ("number", Value::Number(_))
            | ("bool", Value::Bool(_))
            // Its expression has checked it, with the names it fills it from; or it is filled by src/counts.js.
            | ("filled", Value::Text(_)) => Ok(()),
            ("number", _) => wrong("a number"),
            ("bool", _) => wrong("true or false"),
            ("pointer", Value::Text(pointer)) if is_pointer(pointer) => Ok(()),
            ("pointer", _) => wrong("a JSON Pointer such as \"/name\""),
            ("text" | "template", Value::Text(text)) => self.template(text, at, &[]),
            ("text" | "template" | "filled", _) => wrong("a string"),
            ("body", _) => self.body(value, at),
            ("value" | "words" | "time", Value::Text(pointer)) => self.pointer(pointer, at),
            ("value" | "words" | "time", Value::List(choices)) => {
                let mut numbered = choices.iter().enumerate();
                numbered
                    .try_for_each(|(n, choice)| self.check(choice, kind, &step(at, &digits(n as u64))))
            }
            ("value", _) => self.expression(value, "expression", at),
            ("words", _) => self.expression(value, "formatted", at),
            ("time", _) => self.expression(value, "moment", at),
            _ => self.shape(value, kind, at),
        }
    }

    fn shape(&self, value: &Value, shape: &str, at: &str) -> Result<(), String> {
        let known = members(shape).unwrap_or_default();
        let Value::Record(told) = value else {
            if ["expression", "formatted", "moment"].contains(&shape) {
                let wanted =
                    "a JSON Pointer such as \"/name\", a list of values, or {\"const\": …}";
                let is = short(value);
                return Err([place(at), " is ", &is, ", where a value must be: ", wanted].concat());
            }
            let known: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            return Err([
                place(at),
                " is ",
                &short(value),
                ", where an object must be, with ",
                &known.join(", "),
            ]
            .concat());
        };
        for (name, value) in told {
            let Some((_, kind)) = known.iter().find(|(known, _)| known == name) else {
                let known: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                return Err([
                    &step(at, name),
                    " is not known",
                    &hint(name, &known),
                    "; known here are ",
                    &known.join(", "),
                ]
                .concat());
            };
            self.check(value, kind.trim_end_matches('!'), &step(at, name))?;
        }
        let missing =
            known.iter().find(|(name, kind)| kind.ends_with('!') && value.get(name).is_none());
        missing.map_or(Ok(()), |(name, _)| Err([&step(at, name), " is missing"].concat()))
    }

    fn expression(&self, value: &Value, shape: &str, at: &str) -> Result<(), String> {
        for (pointer, _) in value.get("find").map_or(&[][..], Value::members) {
            if !pointer.starts_with('/') {
                return Err(
                    [place(at), "/find has \"", pointer, "\"; write \"/", pointer, "\""].concat()
                );
            }
        }
        if let Some(kind) = value.get("encodingFormat") {
            let at = step(at, "encodingFormat");
            match kind {
                Value::Text(text) if !text.starts_with(['/', '#']) => {
                    self.check(kind, "text/html|text/markdown|text/plain", &at)?;
                }
                _ => self.check(kind, "value", &at)?,
            }
        }
        let names: Vec<String> = value
            .get("templatePointers")
            .map_or(&[][..], Value::members)
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        if let Some(Value::Text(href)) = value.get("href") {
            self.template(href, &step(at, "href"), &names)?;
        }
        let heads =
            HEADS.iter().filter(|head| value.members().iter().any(|(name, _)| name == **head));
        self.shape(value, shape, at)?;
        match heads.count() {
            1 => Ok(()),
            _ => Err([place(at), " must have exactly one of ", &HEADS.join(", ")].concat()),
        }
    }

    fn pointer(&self, pointer: &str, at: &str) -> Result<(), String> {
        let (join, path) = pointer
            .split_once('#')
            .filter(|(name, _)| !name.contains('/'))
            .unwrap_or(("", pointer));
        if !is_pointer(path) {
            return Err([
                place(at),
                " is \"",
                pointer,
                "\", which is no JSON Pointer; write \"/",
                path,
                "\" for what is in the comment, \"#/",
                path,
                "\" for what is in the whole answer",
            ]
            .concat());
        }
        let joins: Vec<&str> = self.joins.iter().map(String::as_str).collect();
        if join.is_empty() || joins.contains(&join) {
            return Ok(());
        }
        Err([place(at), " names ", join, "#, which /joins does not have", &hint(join, &joins)]
            .concat())
    }

    fn template(&self, text: &str, at: &str, more: &[String]) -> Result<(), String> {
        if text.matches('{').count() != text.matches('}').count() {
            return Err([at, " has a brace without its other half: ", text].concat());
        }
        template::names(text).into_iter().try_for_each(|name| self.variable(name, at, more))?;
        let secret =
            template::names(text).into_iter().find(|name| template::SECRETS.contains(name));
        match secret.filter(|_| at.ends_with("/href")) {
            Some(secret) => {
                Err([at, " names {", secret, "}: a secret must not stand in an address"].concat())
            }
            None => Ok(()),
        }
    }

    fn variable(&self, name: &str, at: &str, more: &[String]) -> Result<(), String> {
        let known: Vec<&str> = self.names.iter().chain(more).map(String::as_str).collect();
        if known.contains(&name) {
            return Ok(());
        }
        Err([
            at,
            " names {",
            name,
            "}, which is no variable",
            &hint(name, &known),
            "; declare it in ",
            if name.contains('.') {
                "/comment/capture if comments have it"
            } else {
                "/variables if the page gives it"
            },
        ]
        .concat())
    }

    fn body(&self, value: &Value, at: &str) -> Result<(), String> {
        match value {
            Value::Text(text) => {
                template::slot(text).map_or(Ok(()), |name| self.variable(name, at, &[]))
            }
            Value::List(elements) => {
                let mut numbered = elements.iter().enumerate();
                numbered
                    .try_for_each(|(n, element)| self.body(element, &step(at, &digits(n as u64))))
            }
            _ => value
                .members()
                .iter()
                .try_for_each(|(name, value)| self.body(value, &step(at, name))),
        }
    }
}

fn is_pointer(text: &str) -> bool {
    text.is_empty() || text.starts_with('/')
}

fn step(at: &str, name: &str) -> String {
    [at, "/", &name.replace('~', "~0").replace('/', "~1")].concat()
}

fn place(at: &str) -> &str {
    if at.is_empty() { "the profile" } else { at }
}

fn short(value: &Value) -> String {
    value.write().chars().take(60).collect()
}

/// `; did you mean …?` for the nearest word, where one is near.
fn hint(word: &str, known: &[&str]) -> String {
    // Half a word is nearer than another word.
    let away = |other: &str| match other.strip_prefix(word) {
        Some(rest) if rest.starts_with('.') => 1,
        _ => distance(word, other),
    };
    let near = known.iter().map(|other| (away(other), other)).min_by_key(|(away, _)| *away);
    let near = near.filter(|(away, other)| *away <= 1 + other.len() / 3);
    near.map_or(String::new(), |(_, other)| ["; did you mean ", other, "?"].concat())
}

/// How many letters must be changed, put in or taken out (Levenshtein distance).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<u8> = right.bytes().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, l) in left.bytes().take(40).enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (place, r) in right.iter().enumerate() {
            let change = diagonal + usize::from(!l.eq_ignore_ascii_case(r));
            diagonal = row[place + 1];
            row[place + 1] = change.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::sense::check as check_sense;

    const GOOD: &str = r##"{"profile":"x","version":1,"list":{"href":"{+endpoint}/c","items":"#"},
        "comment":{"id":"/id","text":"/t"}"##;

    #[track_caller]
    fn check_error(more: &str, error: &str) {
        let text = [GOOD, more, "}"].concat();
        let profile = Value::parse(&text).expect("JSON");
        let said = check(&profile).map_or_else(|error| error, |()| String::new());
        assert!(if error.is_empty() { said.is_empty() } else { said.starts_with(error) }, "{said}");
    }

    #[test]
    fn what_is_wrong_is_named_with_the_nearest_right_word() {
        check_error("", "");
        check_error(
            r#","coment":1"#,
            "/coment is not known; did you mean comment?; known here are $schema",
        );
        check_error(
            r#","problem":{"detial":"/x"}"#,
            "/problem/detial is not known; did you mean detail?",
        );
        check_error(
            r#","operations":{"creat":{}}"#,
            "/operations/creat is not known; did you mean create?",
        );
        check_error(r#","rating":{}"#, "/rating/ratingCount is missing");
        check_error(
            r#","rating":{"ratingCount":"count"}"#,
            "/rating/ratingCount is \"count\", which is no JSON Pointer; write \"/count\"",
        );
        check_error(
            r#","security":{"credentials":"includes"}"#,
            "/security/credentials is \"includes\"; it may be omit, include; did you mean include?",
        );
        check_error(
            r#","own":{"seconds":"900"}"#,
            "/own/seconds is \"900\", where a number must be",
        );
        check_error(r#","joins":[]"#, "/joins is [], where an object must be");
        check_error(
            r#","problem":{"when":{"from":"/x","eqq":1}}"#,
            "/problem/when/eqq is not known; did you mean eq?",
        );
        check_error(
            r#","problem":{"when":{"eq":1}}"#,
            "/problem/when must have exactly one of const",
        );
        check_error(
            r##","problem":{"when":"athor#/x"},"joins":{"author":{"table":"#/a","equals":"/b"}}"##,
            "/problem/when names athor#, which /joins does not have; did you mean author?",
        );
        check_error(r#","$schema":5"#, "/$schema is 5, where a string must be");
    }

    #[test]
    fn variables_must_be_known() {
        let create = |inner: &str| [r#","operations":{"create":{"#, inner, "}}"].concat();
        check_error(
            &create(r#""href":"{+endpont}/x""#),
            "/operations/create/href names {endpont}, which is no variable; did you mean endpoint?",
        );
        check_error(
            &create(r#""href":"/x","body":{"a":[{"b":"{contents}"}]}"#),
            "/operations/create/body/a/0/b names {contents}, which is no variable; did you mean content?",
        );
        check_error(&create(r#""href":"/x","body":{"q":"query { a { b } }"}"#), "");
        check_error(
            &create(r#""href":"/x?key={token}""#),
            "/operations/create/href names {token}: a secret must not stand in an address",
        );
        check_error(&[&create(r#""href":"{site}""#), r#","variables":{"site":{}}"#].concat(), "");
        check_error(r#","problem":{"detail":{"href":"/{a}","templatePointers":{"a":"/b"}}}"#, "");
        check_error(
            r#","problem":{"detail":{"href":"/{c}","templatePointers":{"a":"/b"}}}"#,
            "/problem/detail/href names {c}",
        );
    }

    #[track_caller]
    fn check_sense_error(list: &str, error: &str) {
        let text = [r#"{"list":{"href":"/c{?page}","#, list, r##""items":"#"}}"##].concat();
        let said = check_sense(&Value::parse(&text).expect("JSON")).err().unwrap_or_default();
        assert!(said.starts_with(error) && said.is_empty() == error.is_empty(), "{said}");
    }

    #[test]
    fn members_that_need_each_other_are_missed() {
        check_sense_error(r#""page":{"mode":"number","param":"page"},"#, "");
        check_sense_error(
            r#""page":{"mode":"number"},"#,
            "/list/page/param is missing; mode number needs it",
        );
        check_sense_error(
            r#""page":{"mode":"cursor","param":"page"},"#,
            "/list/page/cursor is missing",
        );
        check_sense_error(r#""page":{"mode":"next"},"#, "/list/page/next is missing");
        let replies =
            r#"{"operations":{"replies":{"href":"/r","page":{"mode":"number","param":"p"}}}}"#;
        let said = check_sense(&Value::parse(replies).expect("JSON")).err().unwrap_or_default();
        assert!(said.starts_with("/operations/replies/page/param is \"p\", which"), "{said}");
        check_sense_error(
            r#""page":{"mode":"offset","param":"skip"},"#,
            "/list/page/param is \"skip\", which stands neither",
        );
        check_sense_error(r#""body":{"p":"{skip}"},"page":{"mode":"offset","param":"skip"},"#, "");
        let sense =
            |text: &str| check_sense(&Value::parse(text).expect("JSON")).err().unwrap_or_default();
        for (fragment, fits) in [
            ("x-{id}", true),
            ("x-{nr}", true),
            ("x-{no}", false),
            ("x", false),
            ("{id}{id}", false),
        ] {
            let text =
                ["{\"comment\":{\"capture\":{\"nr\":\"/n\"},\"fragments\":[\"", fragment, "\"]}}"];
            assert_eq!(sense(&text.concat()).is_empty(), fits, "{fragment}");
        }
        let form = r#"{"operations":{"create":{"mediaType":"application/x-www-form-urlencoded","body":{"a":{"b":1}}}}}"#;
        assert!(sense(form).starts_with("/operations/create/body/a is nested"));
        assert!(
            sense(r#"{"comment":{"dates":{"offset":"+1"}}}"#)
                .starts_with("/comment/dates/offset is \"+1\"")
        );
    }

    #[test]
    fn slips_are_met_with_the_right_word() {
        let with = |more: &str| [GOOD, more, "}"].concat();
        let said = |text: &str| check(&Value::parse(text).expect("JSON")).err().unwrap_or_default();
        let author = with("").replace(r#""id":"/id""#, r#""id":"/id","author":"/a""#);
        assert!(said(&author).contains("did you mean author.name?"), "{}", said(&author));
        assert!(
            said(&with(r#","rating":{"ratingCount":5}"#))
                .contains("where a value must be: a JSON Pointer")
        );
        assert!(said(&with(r#","own":900"#)).contains("where an object must be, with seconds"));
        let find = r#","problem":{"when":{"from":"/x","find":{"id":2}}}"#;
        assert!(said(&with(find)).contains("/problem/when/find has \"id\"; write \"/id\""));
        let brace = r#","operations":{"edit":{"href":"/{id"}}"#;
        assert!(said(&with(brace)).contains("a brace without its other half"));
        let kept = r#","operations":{"edit":{"href":"/{target.path}"}}"#;
        assert!(said(&with(kept)).contains("declare it in /comment/capture"));
        let format =
            with("").replace(r#""text":"/t""#, r#""text":{"from":"/t","encodingFormat":"html"}"#);
        assert!(said(&format).contains("it may be text/html, text/markdown"), "{}", said(&format));
    }

    #[test]
    fn every_type_of_the_grammar_is_one() {
        let simple = [
            "text", "number", "bool", "any", "pointer", "value", "words", "time", "template",
            "filled", "body",
        ];
        for line in GRAMMAR.lines() {
            let (shape, _) = line.split_once(": ").expect("a shape");
            for (member, kind) in members(shape).expect("members") {
                let kind = kind.trim_end_matches('!').trim_matches(['[', ']', '{', '}']);
                let known = kind.contains('|') || simple.contains(&kind) || members(kind).is_some();
                assert!(known, "{shape}.{member} is {kind}");
            }
        }
    }
}
