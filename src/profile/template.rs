//! URI templates (RFC 6570, levels 1 to 3) and bodies with `{names}` in them.

use crate::domain::letters;
use crate::json::Value;

/// Values by name. What is absent vanishes from templates and bodies.
#[derive(Clone, Debug, Default)]
pub struct Variables(Vec<(String, Value)>);

impl Variables {
    /// The same with one more, which hides an earlier one of that name.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.set(name, value);
        self
    }

    pub fn set(&mut self, name: &str, value: Value) {
        self.0.push((name.to_owned(), value));
    }

    /// All names that have a value, the newest last; a name may occur more than once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// `None` for what is absent or null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value).filter(|value| **value != Value::Null)
    }
}

/// Expands an RFC 6570 template.
pub fn expand(template: &str, variables: &Variables) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        literal_to(before, &mut out);
        let Some((expression, after)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        expression_to(expression, variables, &mut out);
        rest = after;
    }
    literal_to(rest, &mut out);
    out
}

/// Where a variable brought a query, such as the `?rest_route=` of `WordPress`, the template's own goes on with it.
fn literal_to(literal: &str, out: &mut String) {
    if out.contains('?') {
        out.push_str(&letters::replace(literal, "?", "&"));
    } else {
        out.push_str(literal);
    }
}

/// Names in all expressions of a template.
pub fn names(template: &str) -> Vec<&str> {
    let expressions = template.split('{').skip(1).filter_map(|part| part.split_once('}'));
    expressions
        .flat_map(|(expression, _)| expression.trim_start_matches(OPERATORS).split(','))
        .collect()
}

/// Variables that never stand in an address: addresses are logged, shared and sent along as referrers.
pub const SECRETS: [&str; 3] = ["token", "secret", "csrf"];

/// Names in a template that must have a value: without one the address is another place's.
pub fn needed(template: &str) -> Vec<&str> {
    let expressions = template.split('{').skip(1).filter_map(|part| part.split_once('}'));
    let bare = expressions.map(|(expression, _)| expression);
    let bare = bare.filter(|expression| !expression.starts_with(['?', '&', '/', '#']));
    bare.flat_map(|expression| expression.trim_start_matches('+').split(',')).collect()
}

const OPERATORS: [char; 5] = ['+', '#', '?', '&', '/'];

fn expression_to(expression: &str, variables: &Variables, out: &mut String) {
    let operator = expression.chars().next().filter(|c| OPERATORS.contains(c));
    let list = operator.map_or(expression, |operator| &expression[operator.len_utf8()..]);
    let named = matches!(operator, Some('?' | '&'));
    let plain = matches!(operator, Some('+' | '#'));
    let (mut first, between) = match operator {
        Some('?') if !out.contains('?') => ("?", "&"),
        Some('?' | '&') => ("&", "&"),
        Some('/') => ("/", "/"),
        Some('#') => ("#", ","),
        _ => ("", ","),
    };
    for name in list.split(',').filter(|name| !SECRETS.contains(name)) {
        let Some(value) = variables.get(name).and_then(Value::as_text) else { continue };
        out.push_str(first);
        first = between;
        if named {
            out.push_str(name);
            out.push('=');
        }
        encode(value, plain, out);
    }
}

/// Percent-encodes all but the unreserved characters (RFC 3986 §2.3), and with `plain` all but the
/// reserved ones too.
pub(crate) fn encode(text: &str, plain: bool, out: &mut String) {
    for byte in text.bytes() {
        let kept = byte.is_ascii_alphanumeric()
            || b"-._~".contains(&byte)
            || (plain && b":/?#[]@!$&'()*+,;=%".contains(&byte));
        if kept {
            out.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// Fills a JSON body: a string that is exactly `{name}` becomes that variable's value, and where it
/// is absent the member vanishes, with the object it stands in if no other variable is in there. Other
/// strings stay as they are.
pub fn fill(body: &Value, variables: &Variables) -> Option<Value> {
    if let Value::Record(members) = body {
        return Some(Value::Record(fill_members(members, variables)));
    }
    fill_part(body, variables)
}

fn fill_members(members: &[(String, Value)], variables: &Variables) -> Vec<(String, Value)> {
    let filled = members.iter();
    filled.filter_map(|(name, value)| Some((name.clone(), fill_part(value, variables)?))).collect()
}

fn has_slot(value: &Value) -> bool {
    match value {
        Value::Text(text) => slot(text).is_some(),
        Value::List(elements) => elements.iter().any(has_slot),
        _ => value.members().iter().any(|(_, value)| has_slot(value)),
    }
}

fn fill_part(body: &Value, variables: &Variables) -> Option<Value> {
    match body {
        Value::Text(text) => match slot(text) {
            Some(name) => variables.get(name).cloned(),
            None => Some(body.clone()),
        },
        Value::List(elements) => Some(Value::List(
            elements.iter().filter_map(|element| fill_part(element, variables)).collect(),
        )),
        Value::Record(members) => {
            let filled = fill_members(members, variables);
            let kept = |(name, _): &(String, Value)| {
                members.iter().any(|(other, value)| other == name && has_slot(value))
            };
            let is_whole = filled.len() == members.len() || filled.iter().any(kept);
            is_whole.then_some(Value::Record(filled))
        }
        _ => Some(body.clone()),
    }
}

/// The name in a string that is exactly `{name}`. Anything else, such as a GraphQL query, stays.
pub fn slot(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// Whether a body asks for a variable.
pub fn asks_for(body: &Value, name: &str) -> bool {
    match body {
        Value::Text(text) => slot(text) == Some(name),
        Value::List(elements) => elements.iter().any(|element| asks_for(element, name)),
        Value::Record(members) => members.iter().any(|(_, value)| asks_for(value, name)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        Variables::default()
            .with("var", Value::text("value"))
            .with("hello", Value::text("Hello World!"))
            .with("path", Value::text("/foo/bar"))
            .with("x", Value::number(1024))
            .with("y", Value::number(768))
            .with("empty", Value::text(""))
            .with("null", Value::Null)
    }

    #[track_caller]
    fn check(template: &str, expanded: &str) {
        assert_eq!(expand(template, &variables()), expanded, "{template}");
    }

    #[test]
    fn the_examples_of_the_rfc() {
        // RFC 6570 §1.2 and §3.2, levels 1 to 3.
        check("{var}", "value");
        check("{hello}", "Hello%20World%21");
        check("{+hello}", "Hello%20World!");
        check("{+path}/here", "/foo/bar/here");
        check("X{#hello}", "X#Hello%20World!");
        check("map?{x,y}", "map?1024,768");
        check("{/var,x}/here", "/value/1024/here");
        check("{?x,y,empty}", "?x=1024&y=768&empty=");
        check("?fixed=yes{&x}", "?fixed=yes&x=1024");
        check("{?x,undef}", "?x=1024");
    }

    #[test]
    fn what_is_absent_or_broken_vanishes_or_stays() {
        check("a{?undef,null}b", "ab");
        check("a{b", "a{b");
        let secret = variables().with("token", Value::text("s"));
        assert_eq!(expand("a{?token,x}{token}", &secret), "a?x=1024");
        check("a}b", "a}b");
        assert_eq!(names("{+a}/x{?b,c}"), ["a", "b", "c"]);
    }

    #[test]
    fn bodies_are_filled() {
        let body = Value::parse(
            r#"{"a":"{x}","b":{"c":"{undef}","d":"{hello}"},"e":["{y}",1],"f":"a{x}","q":"{ me { id } }"}"#,
        );
        let body = body.expect("JSON");
        let filled = fill(&body, &variables()).map(|value| value.write());
        assert_eq!(
            filled.as_deref(),
            Some(
                r#"{"a":1024,"b":{"d":"Hello World!"},"e":[768,1],"f":"a{x}","q":"{ me { id } }"}"#
            )
        );
        let nested = r#"{"keep":1,"pid":{"data":{"type":"c","id":"{undef}"}},"to":{"n":1,"id":"{x}","w":"{undef}"}}"#;
        let nested = fill(&Value::parse(nested).expect("JSON"), &variables());
        let nested = nested.map(|value| value.write());
        assert_eq!(nested.as_deref(), Some(r#"{"keep":1,"to":{"n":1,"id":1024}}"#));
        assert!(asks_for(&body, "undef") && !asks_for(&body, "var"));
    }
}
