//! What an endpoint refused, and why.

use crate::domain::body::{Body, Format};
use crate::domain::letters;
use crate::domain::markup;
use crate::domain::trouble::Trouble;
use crate::json::Value;
use crate::profile::Profile;
use crate::profile::expression::{Answer, Scope};
use crate::profile::template::Variables;

/// A sentence or two; more would be a page of the server's, not a reason.
const LONGEST_REASON: usize = 300;

/// So many fields of a list of reasons are told.
const MOST_FIELDS: usize = 5;

impl Profile {
    /// Whether an answer with a success status is an error all the same.
    pub fn failed(&self, answer: &Answer) -> bool {
        self.at("/problem/when").is_some_and(|test| Scope::whole(answer).holds(test))
    }

    /// What to tell the reader of an answer that is no success. `wait` is `Retry-After` in seconds.
    pub fn trouble(&self, status: u16, body: &str, wait: Option<u32>) -> Trouble {
        let value = Value::parse(body).ok();
        let variables = Variables::default();
        let told = value.as_ref().and_then(|value| {
            let scope = Answer::new(value, &variables);
            let kind = Scope::whole(&scope).text(self.at("/problem/type"))?;
            self.at("/problem/types")?.get(&kind)?.as_str()
        });
        let reason = self.reason(value.as_ref(), body, &variables);
        let refused = |reason: Option<String>| match reason {
            Some(reason) => Trouble::Refused { reason },
            None => Trouble::NotAllowed,
        };
        match (told, status) {
            (Some("too-fast"), _) | (None, 429) => Trouble::TooFast { wait },
            (Some("gone"), _) | (None, 404 | 410) => Trouble::Gone,
            (Some("closed"), _) => Trouble::Closed,
            (Some("duplicate"), _) => Trouble::Duplicate { reason: reason.unwrap_or_default() },
            (Some("not-allowed"), _) => Trouble::NotAllowed,
            (Some("sign-in"), _) | (None, 401) => Trouble::SignIn,
            (Some("refused"), _) => refused(reason),
            (Some("broken"), _) => Trouble::Broken { status },
            // No API says so: a page of the server's, or of a firewall's before it.
            (_, 403 | 406) if value.is_none() && !body.trim().is_empty() => Trouble::Blocked,
            // A success that holds an error is as good as a refusal.
            (_, 200..=499) if reason.is_some() => refused(reason),
            (_, 403) => Trouble::NotAllowed,
            _ => Trouble::Broken { status },
        }
    }

    /// The service's own words, as plain text: from where the profile says, else the members of
    /// RFC 9457, else the first paragraph of an HTML page.
    fn reason(&self, value: Option<&Value>, body: &str, variables: &Variables) -> Option<String> {
        let told = match value {
            Some(value) => {
                let answer = Answer::new(value, variables);
                let scope = Scope::whole(&answer);
                let detail = match self.at("/problem/detail") {
                    Some(detail) => scope.find(detail),
                    None => {
                        ["#/detail", "#/title"].iter().find_map(|at| scope.find(&Value::text(at)))
                    }
                };
                words(detail.as_deref()?)
            }
            None => letters::cut(letters::cut(body, "<p>")?.1, "</p>")?.0.to_owned(),
        };
        let nodes = markup::read(&Body { text: told, format: Format::Html, ..Body::default() });
        let words: String = markup::words(&nodes).trim().chars().take(LONGEST_REASON).collect();
        (!words.is_empty()).then_some(words)
    }
}

/// A reason as words: text as it is, a list one after the other, a record with its names.
fn words(detail: &Value) -> String {
    let mut said = String::new();
    let mut say = |name: &str, between: &str, value: &Value| {
        let comma = if said.is_empty() { "" } else { ", " };
        said.push_str(&[comma, name, between, &words_of(value)].concat());
    };
    for value in detail.as_list().iter().take(MOST_FIELDS) {
        say("", "", value);
    }
    for (name, value) in detail.members().iter().take(MOST_FIELDS) {
        say(name, ": ", value);
    }
    if said.is_empty() { words_of(detail) } else { said }
}

fn words_of(value: &Value) -> String {
    let message = ["message", "detail", "title"].iter().find_map(|name| value.get(name));
    let first = value.as_list().first();
    message.or(first).unwrap_or(value).as_text().unwrap_or_default().to_owned()
}
