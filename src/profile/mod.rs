//! How an endpoint talks, described by data. Pure: text in, domain values and requests out.

pub mod attached;
pub mod expression;
pub mod grammar;
pub mod live;
mod next;
pub mod outline;
pub mod page;
pub mod read;
mod sense;
pub mod template;
pub mod trouble;
pub mod variables;
pub mod write;

use crate::domain::offers::{Asked, Offers};
use crate::json::Value;
use crate::json::digits;
use crate::profile::template::asks_for;

/// A profile that was read and checked. The language is on one page in `profiles/README.md`.
#[derive(Clone, Debug)]
pub struct Profile {
    tree: Value,
}

impl Profile {
    /// Reads a profile and checks every word of it. The error is a sentence for the page's author, with a
    /// JSON Pointer.
    pub fn parse(text: &str) -> Result<Self, String> {
        let profile = Self::read(text)?;
        profile.check()?;
        Ok(profile)
    }

    /// Says what is wrong with it. It can be used unchecked: what the engine does not know it passes over.
    pub fn check(&self) -> Result<(), String> {
        grammar::check_all(&self.tree)
    }

    /// Reads a profile as far as nothing can be done without.
    pub fn read(text: &str) -> Result<Self, String> {
        let tree = Value::parse(text).map_err(|at| {
            let before: String =
                text.get(..at).unwrap_or_default().chars().rev().take(20).collect();
            let before: String = before.chars().rev().collect();
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            let (line, at) = (digits(line as u64), digits(at as u64));
            let place = ["line ", &line, " at byte ", &at, ", after `", &before, "`"].concat();
            ["it is no JSON: reading stopped in ", &place].concat()
        })?;
        match tree.get("version").and_then(Value::as_text) {
            Some("1") | None => {}
            Some(version) => {
                return Err(["/version is ", version, "; this widget reads version 1"].concat());
            }
        }
        Ok(Self { tree })
    }

    /// What the service is called.
    pub fn title(&self) -> &str {
        let title = self.at("/title").or(self.at("/profile"));
        title.and_then(Value::as_str).unwrap_or_default()
    }

    /// A short name that tells its comments from those of other profiles.
    pub fn name(&self) -> &str {
        self.at("/profile").and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether comments stand in the page itself, in `script` elements of this type.
    pub fn script(&self) -> Option<&str> {
        self.at("/list/script")?.as_str()
    }

    /// A part of the profile by its JSON Pointer.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Value> {
        self.tree.at(pointer)
    }

    fn operation(&self, name: &str) -> Option<&Value> {
        self.at("/operations")?.get(name)
    }

    /// What the service can do for a viewer who has given a secret, or who has not.
    pub fn offers(&self, with_token: bool) -> Offers {
        let needs_token = self.at("/security/required").is_some_and(Value::is_truthy);
        let reads = ["rating", "replies"];
        let has = |name: &str| {
            self.operation(name).is_some() && (with_token || !needs_token || reads.contains(&name))
        };
        let asked = |name| self.asked(name);
        let longest = self.at("/operations/create/maxLength").and_then(Value::as_text);
        Offers {
            create: has("create"),
            edit: has("edit"),
            source: has("source"),
            delete: has("delete"),
            upvote: has("upvote") || has("vote"),
            downvote: has("downvote") || has("vote"),
            unvote: has("unvote") || has("vote") || has("unupvote"),
            rate: has("rate"),
            unrate: has("unrate"),
            rating: has("rating"),
            replies: has("replies"),
            session: has("session"),
            name: asked("name"),
            email: asked("email"),
            website: asked("website"),
            markdown: self.at("/operations/create/encodingFormat").and_then(Value::as_str)
                == Some("text/markdown"),
            longest: longest.and_then(|n| n.parse().ok()).unwrap_or(0),
        }
    }

    fn asked(&self, name: &str) -> Asked {
        let body = self.at("/operations/create/body");
        let session = self.at("/operations/session/href").and_then(Value::as_str);
        let session = session.is_some_and(|href| template::names(href).contains(&name));
        if !session && !body.is_some_and(|body| asks_for(body, name)) {
            return Asked::No;
        }
        let required = self.at("/operations/create/required").map_or(&[][..], Value::as_list);
        let required = required.iter().any(|needed| needed.as_str() == Some(name));
        if required { Asked::Required } else { Asked::Optional }
    }

    /// For how many seconds an author may change what they wrote on this device, where answers do not
    /// tell: `None` if the profile does not say that they may, 0 without an end.
    pub fn own_seconds(&self) -> Option<i64> {
        let seconds = self.at("/own")?.get("seconds").and_then(Value::as_text);
        Some(seconds.and_then(|seconds| seconds.parse().ok()).unwrap_or(0))
    }

    /// What stands for the parent of a comment that answers none, filled from variables.
    pub fn root_parent(&self, variables: &template::Variables) -> Value {
        let told = self.at("/operations/create/rootParent");
        told.and_then(|told| template::fill(told, variables)).unwrap_or_default()
    }

    /// Where a viewer can sign in.
    pub fn login(&self, variables: &template::Variables) -> Option<String> {
        let address = template::expand(self.at("/security/login")?.as_str()?, variables);
        crate::domain::markup::web_address(&address)
    }

    /// The name of the cookie whose value must be repeated in a header.
    pub fn csrf_cookie(&self) -> Option<&str> {
        self.at("/security/csrf/cookie")?.as_str()
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
        check("{\"profile\" 1}", "reading stopped in line 1 at byte 11");
        check(r#"{"version":1}"#, "/profile is missing");
        check(r#"{"version":2}"#, "/version is 2; this widget reads version 1");
        let good =
            r##""profile":"x","list":{"href":"x","items":"#"},"comment":{"id":"/id","text":"/t"}"##;
        check(&format!("{{{good}}}"), "/version is missing");
        assert!(Profile::parse(&format!("{{\"version\":1,{good}}}")).is_ok());
        let nowhere = r##"{"profile":"x","version":1,"list":{"items":"#"},"comment":{"id":"/id","text":"/t"}}"##;
        check(nowhere, "/list/href is missing");
    }
}
