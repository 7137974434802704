//! What a profile says about where a value is: pointers, alternatives, constants, tests.
//!
//! `"/x"` is in the comment, `"#/x"` in the whole answer; a list is its first that is not empty;
//! `{"const": …}`, `{"href": template, "templatePointers": {name: …}}` and
//! `{"from": …, "take" | "count" | "decode" | "values" | "eq" | "in" | "exists": …}` do the rest.

use std::borrow::Cow;

use crate::domain::token;
use crate::json::Value;
use crate::profile::template::{self, Variables};

/// Where pointers start.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub item: &'a Value,
    pub answer: &'a Value,
}

impl<'a> Scope<'a> {
    /// A scope for what is told once an answer.
    pub fn whole(answer: &'a Value) -> Self {
        Self { item: answer, answer }
    }

    /// What an expression stands for; `None` for what is absent or null.
    pub fn find(self, expression: &Value) -> Option<Cow<'a, Value>> {
        let found = match expression {
            Value::Text(pointer) => Cow::Borrowed(self.pointed(pointer)?),
            Value::List(choices) => {
                let mut all = choices.iter().filter_map(|choice| self.find(choice));
                return all.find(|value| value.is_truthy());
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
        match pointer.strip_prefix('#') {
            Some(pointer) => self.answer.at(pointer),
            None => self.item.at(pointer),
        }
    }

    fn computed(self, expression: &Value) -> Option<Cow<'a, Value>> {
        if let Some(constant) = expression.get("const") {
            return Some(Cow::Owned(constant.clone()));
        }
        if let Some(href) = expression.get("href") {
            let mut variables = Variables::default();
            for (name, pointer) in
                expression.get("templatePointers").map_or(&[][..], Value::members)
            {
                // Half an address leads to the wrong place: all of it or none.
                variables.set(name, self.find(pointer)?.into_owned());
            }
            return Some(Cow::Owned(Value::Text(template::expand(href.as_str()?, &variables))));
        }
        let mut found = self.find(expression.get("from")?);
        for (name, step) in expression.members() {
            found = match name.as_str() {
                "take" => found.and_then(|list| taken(&list, step)),
                "count" => found.map(|list| number(list.as_list().len())),
                "decode" => found.map(|value| match value.as_str() {
                    Some(html) => Cow::Owned(Value::Text(token::decoded(html))),
                    None => value,
                }),
                "values" => found.map(|value| {
                    let listed = value.as_text().and_then(|text| step.get(text)).cloned();
                    listed.map_or(value, Cow::Owned)
                }),
                "eq" => truth(same(found.as_deref().unwrap_or(&Value::Null), step)),
                "in" => {
                    truth(found.is_some_and(|value| step.as_list().iter().any(|s| same(&value, s))))
                }
                "exists" => truth(found.is_some() == step.is_truthy()),
                _ => found,
            };
        }
        found
    }
}

/// Equal as JSON, or as text: services write the same identifier as number here and string there.
fn same(left: &Value, right: &Value) -> bool {
    left == right || left.as_text().is_some_and(|text| Some(text) == right.as_text())
}

#[expect(clippy::unnecessary_wraps, reason = "one arm of a match over options")]
fn truth<'a>(truth: bool) -> Option<Cow<'a, Value>> {
    Some(Cow::Owned(Value::Bool(truth)))
}

fn number<'a>(count: usize) -> Cow<'a, Value> {
    Cow::Owned(Value::Number(count.to_string()))
}

/// An element by its number, from the end if negative.
fn taken<'a>(list: &Value, step: &Value) -> Option<Cow<'a, Value>> {
    let number: isize = step.as_text()?.parse().ok()?;
    let list = list.as_list();
    let index =
        if number < 0 { list.len().checked_add_signed(number)? } else { number.unsigned_abs() };
    list.get(index).cloned().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, found: Option<&str>) {
        let parse = |text: &str| Value::parse(text).expect("JSON");
        let answer = parse(
            r#"{"n":7,"items":[{"id":1}],"author":"A &lt;b&gt;","mode":4,"refs":["a","b"],"no":null,"e":""}"#,
        );
        let scope =
            Scope { item: &answer.get("items").expect("items").as_list()[0], answer: &answer };
        let seen = scope.find(&parse(expression)).map(|value| value.write());
        assert_eq!(seen.as_deref(), found, "{expression}");
    }

    #[test]
    fn pointers_alternatives_constants() {
        check(r#""/id""#, Some("1"));
        check(r##""#/n""##, Some("7"));
        check(r##""#/no""##, None);
        check(r##"["#/no","#/e","/id"]"##, Some("1"));
        check(r#"{"const":"x"}"#, Some("\"x\""));
        check(r#"{"href":"/c/{id}","templatePointers":{"id":"/id"}}"#, Some("\"/c/1\""));
        check(r#"{"href":"/c/{id}","templatePointers":{"id":"/nothing"}}"#, None);
    }

    #[test]
    fn steps() {
        check(r##"{"from":"#/author","decode":"html"}"##, Some("\"A <b>\""));
        check(r##"{"from":"#/refs","take":-1}"##, Some("\"b\""));
        check(r##"{"from":"#/refs","take":5}"##, None);
        check(r##"{"from":"#/refs","count":true}"##, Some("2"));
        check(r##"{"from":"#/mode","values":{"4":"gone"}}"##, Some("\"gone\""));
        check(r##"{"from":"#/mode","values":{"5":"gone"}}"##, Some("4"));
        check(r##"{"from":"#/mode","eq":"4"}"##, Some("true"));
        check(r##"{"from":"#/mode","in":[1,2]}"##, Some("false"));
        check(r##"{"from":"#/no","exists":false}"##, Some("true"));
    }

    #[test]
    fn tests_combine() {
        let answer = Value::parse(r#"{"yes":true,"zero":0}"#).expect("JSON");
        let holds = |test: &str| Scope::whole(&answer).holds(&Value::parse(test).expect("JSON"));
        assert!(holds(r#"{"any":["/zero","/yes"]}"#) && holds(r#"{"not":"/zero"}"#));
        assert!(!holds(r#"{"all":["/zero","/yes"]}"#) && !holds(r#""/nothing""#));
    }
}
