//! What an answer tells of a comment beside its words: a warning, attachments, signs.

use std::sync::Arc;

use crate::domain::body::{Attachment, Extras};
use crate::json::Value;
use crate::profile::Profile;
use crate::profile::expression::Scope;
use crate::profile::read::address;

impl Profile {
    /// Whether comments may have more than words; nobody looks at what stands in the page itself.
    pub fn tells_more(&self) -> bool {
        let told = |at| self.at(at).is_some();
        told("/comment/attachments")
            || told("/comment/contentWarning")
            || told("/comment/sensitive")
            || told("/comment/emojis")
            || self.script().is_some()
    }

    /// Reads that; `None` where there is none of it. A door of its part ([`crate::domain::rich`]).
    #[inline(never)]
    pub fn attach(&self, scope: Scope) -> Option<Arc<Extras>> {
        let member = |name: &str| self.at("/comment")?.get(name);
        let warning = scope.text(member("contentWarning")).unwrap_or_default().trim().to_owned();
        let sensitive = member("sensitive").is_some_and(|test| scope.holds(test));
        let attachments = each(scope, member("attachments"), |item, told| {
            let href = address(item, told("contentUrl"));
            let kind = item.text(told("encodingFormat")).unwrap_or_default();
            let is_image = kind.starts_with("image");
            let image = || href.clone().filter(|_| is_image);
            let picture = address(item, told("thumbnailUrl")).or_else(image);
            let words = item.text(told("name")).unwrap_or_default();
            let there = href.is_some() || picture.is_some() || !words.is_empty();
            there.then_some(Attachment { href, picture, words })
        });
        let emojis = each(scope, member("emojis"), |item, told| {
            Some((item.text(told("shortcode"))?, address(item, told("image"))?))
        });
        let extras = Extras { warning, sensitive, attachments, emojis };
        (extras != Extras::default()).then(|| extras.into())
    }
}

/// Attachments of one kind that are shown: more than any service allows.
const ATTACHED: usize = 100;

/// What is told of each item of some lists, or of what stands in place of a list.
fn each<'a, T>(
    scope: Scope<'a>,
    told: Option<&'a Value>,
    read: impl Fn(Scope, &dyn Fn(&str) -> Option<&'a Value>) -> Option<T>,
) -> Vec<T> {
    let mut out = Vec::new();
    for told in told.map_or(&[][..], Value::as_list) {
        let found = told.get("items").and_then(|items| scope.find(items));
        let Some(found) = found.as_deref() else { continue };
        let items =
            if let Value::List(items) = found { items } else { std::slice::from_ref(found) };
        for item in items.iter().take(ATTACHED) {
            out.extend(read(Scope { item, answer: scope.answer }, &|name| told.get(name)));
        }
    }
    out
}
