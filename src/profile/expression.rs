//! What a profile says about where a value is: pointers, alternatives, constants, templates, steps and
//! tests. The language is on one page in `profiles/README.md`.

use std::borrow::Cow;

use crate::domain::letters;
use crate::domain::{decimal, token};
use crate::json::Value;
use crate::json::digits;
use crate::profile::template::{self, Variables};

/// What one answer brings along, for whoever reads values out of it.
pub struct Answer<'a> {
    pub value: &'a Value,
    /// The address it came from: relative addresses in it are relative to that.
    pub url: &'a str,
    pub headers: &'a dyn Headers,
    pub variables: &'a Variables,
    pub(crate) joins: Vec<Join<'a>>,
}

/// The headers of an answer, as far as the service lets us see them.
pub trait Headers {
    /// A header by its name; capitals do not count.
    fn header(&self, name: &str) -> Option<String>;
}

/// Lines as `Name: value`; none at all where there are no headers.
impl Headers for &[String] {
    fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.iter().filter_map(|line| line.split_once(':'));
        let found = lines.find(|(other, _)| other.trim().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().to_owned())
    }
}

/// Things that stand beside the comments, such as their authors, by the text of their key.
pub(crate) struct Join<'a> {
    pub(crate) name: String,
    /// Where a comment says which of them it means.
    pub(crate) equals: Value,
    pub(crate) rows: Vec<(String, &'a Value)>,
}

const NONE: &[String] = &[];

impl<'a> Answer<'a> {
    /// An answer with nothing but its body.
    pub fn new(value: &'a Value, variables: &'a Variables) -> Self {
        Self { value, url: "", headers: &NONE, variables, joins: Vec::new() }
    }
}

/// Where pointers start.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub item: &'a Value,
    pub answer: &'a Answer<'a>,
}

/// A list that is searched for every comment is looked at so far.
const LONGEST_SEARCH: usize = 1_000;

impl<'a> Scope<'a> {
    /// A scope for what is told once an answer.
    pub fn whole(answer: &'a Answer<'a>) -> Self {
        Self { item: answer.value, answer }
    }

    /// What an expression stands for; `None` for what is absent or null.
    pub fn find(self, expression: &Value) -> Option<Cow<'a, Value>> {
        let found = match expression {
            Value::Text(pointer) => Cow::Borrowed(self.pointed(pointer)?),
            Value::List(choices) => {
                let mut all = choices.iter().filter_map(|choice| self.find(choice));
                return all.find(|value| !value.is_empty());
            }
            Value::Record(_) => self.computed(expression)?,
            _ => return None,
        };
        (*found != Value::Null).then_some(found)
    }

    /// The same as text.
    pub fn text(self, expression: Option<&Value>) -> Option<String> {
        self.find(expression?)?.as_text().map(str::to_owned)
    }

    /// Whether an expression holds: a test, or any value that is not empty.
    pub fn holds(self, test: &Value) -> bool {
        if let Some(any) = test.get("any") {
            return any.as_list().iter().any(|test| self.holds(test));
        }
        if let Some(all) = test.get("all") {
            return all.as_list().iter().all(|test| self.holds(test));
        }
        if let Some(not) = test.get("not") {
            return !self.holds(not);
        }
        self.find(test).is_some_and(|value| value.is_truthy())
    }

    fn pointed(self, pointer: &str) -> Option<&'a Value> {
        match pointer.split_once('#') {
            Some(("", pointer)) => self.answer.value.at(pointer),
            Some((name, pointer)) if !name.contains('/') => self.joined(name)?.at(pointer),
            _ => self.item.at(pointer),
        }
    }

    fn joined(self, name: &str) -> Option<&'a Value> {
        let join = self.answer.joins.iter().find(|join| join.name == name)?;
        let key = self.text(Some(&join.equals))?;
        let place = join.rows.binary_search_by(|(other, _)| other.as_str().cmp(&key)).ok()?;
        Some(join.rows[place].1)
    }

    fn computed(self, expression: &Value) -> Option<Cow<'a, Value>> {
        if let Some(constant) = expression.get("const") {
            return Some(Cow::Owned(constant.clone()));
        }
        if let Some(name) = expression.get("header") {
            return Some(Cow::Owned(Value::Text(self.answer.headers.header(name.as_str()?)?)));
        }
        if let Some(href) = expression.get("href") {
            let href = href.as_str()?;
            let mut variables = self.answer.variables.clone();
            for (name, pointer) in
                expression.get("templatePointers").map_or(&[][..], Value::members)
            {
                variables.set(name, self.find(pointer)?.into_owned());
            }
            // Half an address leads to the wrong place: all of it or none.
            let whole = template::names(href).iter().all(|name| variables.get(name).is_some());
            return whole.then(|| Cow::Owned(Value::Text(template::expand(href, &variables))));
        }
        let found = Self::steps(expression, self.find(expression.get("from")?));
        let is = |truth: bool| Some(Cow::Owned(Value::Bool(truth)));
        let value = || found.as_deref().unwrap_or(&Value::Null);
        if let Some(wanted) = expression.get("eq") {
            return is(same(value(), wanted));
        }
        if let Some(list) = expression.get("in") {
            let listed = if let Value::List(_) = list { Some(Cow::Borrowed(list)) } else { None };
            let listed = listed.or_else(|| self.find(list).map(Cow::into_owned).map(Cow::Owned));
            let listed = listed.as_deref().map_or(&[][..], Value::as_list);
            let mut listed = listed.iter().take(LONGEST_SEARCH);
            return is(found.is_some() && listed.any(|other| same(value(), other)));
        }
        if let Some(exists) = expression.get("exists") {
            return is(found.is_some() == exists.is_truthy());
        }
        found
    }

    /// The steps after `from`, always in this order, whatever the order they are written in.
    fn steps(expression: &Value, found: Option<Cow<'a, Value>>) -> Option<Cow<'a, Value>> {
        let mut found = found?;
        let step = |name: &str| expression.get(name);
        if let Some(wanted) = step("find") {
            found = inside(found, |list| {
                let fits = |row: &&Value| {
                    let at = |(pointer, value): &(String, Value)| {
                        row.at(pointer).is_some_and(|found| same(found, value))
                    };
                    wanted.members().iter().all(at)
                };
                list.as_list().iter().take(LONGEST_SEARCH).find(fits)
            })?;
        }
        if let Some(mark) = step("split").and_then(Value::as_str).filter(|mark| !mark.is_empty()) {
            let parts = letters::parts(found.as_text()?, mark).take(LONGEST_SEARCH);
            let parts = parts.map(Value::text);
            found = Cow::Owned(Value::List(parts.collect()));
        }
        if let Some(number) = step("take") {
            let number: isize = number.as_text()?.parse().ok()?;
            found = inside(found, |list| {
                let list = list.as_list();
                let from_end = || list.len().checked_add_signed(number);
                list.get(if number < 0 { from_end()? } else { number.unsigned_abs() })
            })?;
        }
        if let Some(pointer) = step("at").and_then(Value::as_str) {
            found = inside(found, |value| value.at(pointer))?;
        }
        if step("count").is_some_and(Value::is_truthy) {
            let count = found.as_list().len() + found.members().len();
            found = Cow::Owned(Value::Number(digits(count as u64)));
        }
        if let (Some(_), Some(html)) = (step("decode"), found.as_str()) {
            found = Cow::Owned(Value::Text(token::decoded(html)));
        }
        if let Some(table) = step("values") {
            let listed = found.as_text().and_then(|text| table.get(text)).cloned();
            found = listed.map_or(found, Cow::Owned);
        }
        if let Some(more) = step("plus") {
            let sum = decimal::whole(found.as_text()?)?;
            found = Cow::Owned(Value::number(sum.checked_add(decimal::whole(more.as_text()?)?)?));
        }
        (*found != Value::Null).then_some(found)
    }
}

/// A part of a value, borrowed where the value is.
fn inside<'a>(
    value: Cow<'a, Value>,
    pick: impl for<'b> Fn(&'b Value) -> Option<&'b Value>,
) -> Option<Cow<'a, Value>> {
    match value {
        Cow::Borrowed(value) => pick(value).map(Cow::Borrowed),
        Cow::Owned(value) => pick(&value).cloned().map(Cow::Owned),
    }
}

/// Equal as JSON, or as text: services write the same identifier as number here and string there.
fn same(left: &Value, right: &Value) -> bool {
    left == right || left.as_text().is_some_and(|text| Some(text) == right.as_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"n":7,"items":[{"id":1,"path":"0.12.34","by":"u2"}],"mode":4,"zero":0,
        "author":"A &lt;b&gt;","refs":["a","b"],"no":null,"e":"","people":[{"id":"u1"},{"id":"u2",
        "name":"Ada"}],"actions":[{"id":1,"count":9},{"id":2,"count":3}]}"#;

    #[track_caller]
    fn check(expression: &str, found: Option<&str>) {
        let parse = |text: &str| Value::parse(text).expect("JSON");
        let value = parse(ANSWER);
        let variables = Variables::default().with("endpoint", Value::text("https://e.example"));
        let mut answer = Answer::new(&value, &variables);
        let lines = ["Content-Range: 0-49/57".to_owned()];
        let headers = &lines[..];
        answer.headers = &headers;
        let people = value.get("people").expect("people").as_list();
        let rows = people.iter().map(|row| (row.at("/id").expect("id").write(), row));
        let rows = rows.map(|(id, row)| (id.trim_matches('"').to_owned(), row)).collect();
        answer.joins = vec![Join { name: "author".to_owned(), equals: Value::text("/by"), rows }];
        let item = &value.get("items").expect("items").as_list()[0];
        let seen = Scope { item, answer: &answer }.find(&parse(expression)).map(|v| v.write());
        assert_eq!(seen.as_deref(), found, "{expression}");
    }

    #[test]
    fn pointers_alternatives_constants() {
        check(r#""/id""#, Some("1"));
        check(r##""#/n""##, Some("7"));
        check(r##""#/no""##, None);
        check(r##"["#/no","#/e","/id"]"##, Some("1"));
        check(r##"["#/no","#/zero","/id"]"##, Some("0"));
        check(r#"{"const":"x"}"#, Some("\"x\""));
        check(r#""author#/name""#, Some("\"Ada\""));
        check(r#""nobody#/name""#, None);
        check(r#"{"header":"Content-Range"}"#, Some("\"0-49/57\""));
        check(r#"{"header":"Link"}"#, None);
    }

    #[test]
    fn templates_are_filled_or_absent() {
        check(r#"{"href":"/c/{id}","templatePointers":{"id":"/id"}}"#, Some("\"/c/1\""));
        check(r#"{"href":"/c/{id}","templatePointers":{"id":"/nothing"}}"#, None);
        check(r#"{"href":"{+endpoint}/x"}"#, Some("\"https://e.example/x\""));
        check(r#"{"href":"{+endpoint}/{unknown}"}"#, None);
    }

    #[test]
    fn steps() {
        check(r##"{"from":"#/author","decode":"html"}"##, Some("\"A <b>\""));
        check(r##"{"from":"#/refs","take":-1}"##, Some("\"b\""));
        check(r##"{"from":"#/refs","take":5}"##, None);
        check(r##"{"from":"#/refs","take":-3}"##, None);
        check(r##"{"from":"#/refs","count":true}"##, Some("2"));
        check(r##"{"from":"#/mode","values":{"4":"gone"}}"##, Some("\"gone\""));
        check(r##"{"from":"#/mode","values":{"5":"gone"}}"##, Some("4"));
        check(r##"{"from":"#/mode","values":{"4":null}}"##, None);
        check(r##"{"from":"#/n","plus":-1}"##, Some("6"));
        check(r#"{"from":"/path","split":".","take":-2}"#, Some("\"12\""));
        check(r#"{"take":-2,"split":".","from":"/path"}"#, Some("\"12\""));
        check(r##"{"from":"#/actions","find":{"/id":2},"at":"/count"}"##, Some("3"));
        check(r##"{"from":"#/actions","find":{"/id":8},"at":"/count"}"##, None);
        let total = r#"{"from":{"header":"Content-Range"},"split":"/","take":-1}"#;
        check(total, Some("\"57\""));
    }

    #[test]
    fn tests_of_a_value() {
        check(r##"{"from":"#/mode","eq":"4"}"##, Some("true"));
        check(r##"{"from":"#/no","eq":null}"##, Some("true"));
        check(r##"{"from":"#/mode","in":[1,2]}"##, Some("false"));
        check(r##"{"from":{"const":"b"},"in":"#/refs"}"##, Some("true"));
        check(r##"{"from":"#/no","exists":false}"##, Some("true"));
        check(r##"{"from":"#/actions","find":{"/id":2},"exists":true}"##, Some("true"));
    }

    #[test]
    fn tests_combine() {
        let value = Value::parse(r#"{"yes":true,"zero":0}"#).expect("JSON");
        let variables = Variables::default();
        let answer = Answer::new(&value, &variables);
        let holds = |test: &str| Scope::whole(&answer).holds(&Value::parse(test).expect("JSON"));
        assert!(holds(r#"{"any":["/zero","/yes"]}"#) && holds(r#"{"not":"/zero"}"#));
        assert!(!holds(r#"{"all":["/zero","/yes"]}"#) && !holds(r#""/nothing""#));
    }
}
