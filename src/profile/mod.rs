//! How an endpoint talks, described by data. Pure: text in, domain values and requests out.

pub mod expression;
pub mod outline;
pub mod read;
pub mod template;
pub mod write;

use crate::domain::offers::{Asked, Offers};
use crate::json::Value;
use crate::profile::template::asks_for;

/// A profile that was read and holds what reading needs. The language is on one page in
/// `profiles/README.md`.
#[derive(Clone, Debug)]
pub struct Profile {
    tree: Value,
}

const MEMBERS: [&str; 11] = [
    "$schema",
    "profile",
    "version",
    "title",
    "security",
    "list",
    "comment",
    "rating",
    "operations",
    "problem",
    "own",
];

impl Profile {
    /// Reads a profile. The error is a sentence for the page's author, with a JSON Pointer.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tree = Value::parse(text).map_err(|at| {
            let before: String =
                text.get(..at).unwrap_or_default().chars().rev().take(20).collect();
            let before: String = before.chars().rev().collect();
            format!("it is no JSON: reading stopped at byte {at}, after `{before}`")
        })?;
        let profile = Self { tree };
        for needed in ["/list/href", "/list/items", "/comment/id", "/comment/text"] {
            if profile.at(needed).is_none() {
                return Err(format!("{needed} is missing"));
            }
        }
        match profile.at("/version").and_then(Value::as_text) {
            Some("1") => {}
            version => {
                let version = version.unwrap_or("missing");
                return Err(format!("/version is {version}; this widget reads version 1"));
            }
        }
        for (name, _) in profile.tree.members() {
            if !MEMBERS.contains(&name.as_str()) {
                return Err(format!("/{name} is not known; known are {}", MEMBERS.join(", ")));
            }
        }
        Ok(profile)
    }

    /// A part of the profile by its JSON Pointer.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Value> {
        self.tree.at(pointer)
    }

    fn operation(&self, name: &str) -> Option<&Value> {
        self.at("/operations")?.get(name)
    }

    /// What the service can do.
    pub fn offers(&self) -> Offers {
        let has = |name| self.operation(name).is_some();
        let asked = |name| self.asked(name);
        let longest = self.at("/operations/create/maxLength").and_then(Value::as_text);
        Offers {
            create: has("create"),
            edit: has("edit"),
            delete: has("delete"),
            upvote: has("upvote") || has("vote"),
            downvote: has("downvote") || has("vote"),
            unvote: has("unvote") || has("vote"),
            rate: has("rate"),
            unrate: has("unrate"),
            name: asked("name"),
            email: asked("email"),
            website: asked("website"),
            longest: longest.and_then(|n| n.parse().ok()).unwrap_or(0),
        }
    }

    fn asked(&self, name: &str) -> Asked {
        let body = self.at("/operations/create/body");
        if !body.is_some_and(|body| asks_for(body, name)) {
            return Asked::No;
        }
        let required = self.at("/operations/create/required").map_or(&[][..], Value::as_list);
        let required = required.iter().any(|needed| needed.as_str() == Some(name));
        if required { Asked::Required } else { Asked::Optional }
    }

    /// For how many seconds an author may change what they wrote, where answers do not tell.
    pub fn own_seconds(&self) -> i64 {
        let seconds = self.at("/own/seconds").and_then(Value::as_text);
        seconds.and_then(|seconds| seconds.parse().ok()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, error: &str) {
        let said = Profile::parse(text).map_or_else(|error| error, |_| String::new());
        assert!(said.contains(error), "{said}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        check("{\"profile\" 1}", "reading stopped at byte 11");
        check(r#"{"version":1}"#, "/list/href is missing");
        let good = r##""list":{"href":"x","items":"#"},"comment":{"id":"/id","text":"/t"}"##;
        check(&format!("{{{good}}}"), "/version is missing");
        check(&format!("{{\"version\":1,\"coment\":1,{good}}}"), "/coment is not known");
        assert!(Profile::parse(&format!("{{\"version\":1,{good}}}")).is_ok());
    }
}
