//! How addresses name articles; and comments: as we write them, and as the service's own mails and its former client do.

use crate::domain::address::place;
use crate::domain::comment::CommentKey;
use crate::domain::permalink;
use crate::endpoint::{Endpoint, Given};
use crate::json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

impl Endpoint {
    /// Whether the same would be read on a page; if it is the page it was made for, what that is called now.
    pub fn fits(&self, page: &str, title: &str) -> bool {
        // Routers write the title last.
        if page == self.given.url && !title.is_empty() {
            self.variables.borrow_mut().set("title", Value::text(title));
        }
        let mut other = Given { url: page.to_owned(), ..self.given.clone() };
        if other.article.is_empty() {
            other.decoded = plain(place(page), false);
        }
        self.profile.fits(&self.given, &other)
    }

    /// The fragment of the page's address that names a comment.
    pub fn fragment(&self, key: CommentKey) -> String {
        self.fragment_of(self.keys.id(key).as_text().unwrap_or_default())
    }

    fn fragment_of(&self, id: &str) -> String {
        permalink::fragment(&[&self.beginning(), id].concat())
    }

    /// What stands before identifiers: those of several services may be the same.
    fn beginning(&self) -> String {
        let name = if self.source == 0 { "" } else { self.profile.name() };
        [name, if name.is_empty() { "" } else { "-" }].concat()
    }

    /// Whether the service has ways of its own to name comments in addresses.
    pub fn has_fragments(&self) -> bool {
        self.profile.fragments().next().is_some()
    }

    /// Whether an address fragment names a comment by what it looks like, read or not.
    pub fn may_name(&self, hash: &str) -> bool {
        self.each_said(hash, &mut |_, _| true)
    }

    /// The comment an address fragment names, if it has been read.
    pub fn named(&self, hash: &str) -> Option<CommentKey> {
        let mut found = None;
        self.each_said(hash, &mut |member, said| {
            let strange = |id: &str| id.bytes().any(|byte| byte > 127 || byte == b'%');
            let fits = |it: &str| it == said || strange(it) && plain(it, true) == said;
            found = self.keys.find(self.source, member, &fits);
            found.is_some()
        });
        found
    }

    /// Shows by which member of comments a fragment may name one, and what it says of that, until it is taken: first as
    /// we write it, then as the service does; decoded, as it is, and decoded twice, as programs on its way may have
    /// decoded it, or encoded it once more; and without what senders of mail put behind it.
    fn each_said(&self, hash: &str, takes: &mut dyn FnMut(&str, &str) -> bool) -> bool {
        let raw = hash.get(1..).unwrap_or_default();
        let once = plain(raw, true);
        let own = [permalink::PREFIX, &self.beginning(), "{id}"].concat();
        let bare = once.split(['?', '&', '/']).next().unwrap_or_default();
        for fragment in [&*once, raw, &plain(&once, true), bare] {
            if permalink::named(fragment, &own).is_some_and(|(_, id)| takes("id", id)) {
                return true;
            }
            for template in self.profile.fragments() {
                let named = permalink::named(fragment, template);
                if named.is_some_and(|(member, said)| takes(member, said)) {
                    return true;
                }
            }
        }
        false
    }
}

#[wasm_bindgen]
extern "C" {
    /// Of `src/start.js`; while one works on the program it is not there.
    #[wasm_bindgen(js_name = jawjawPlain, catch)]
    fn decoded(address: &str, whole: bool) -> Result<String, JsValue>;
}

/// An address with what is encoded in it decoded, all (`whole`) or but what means something there, and with its letters
/// in one of the ways to write them.
pub fn plain(address: &str, whole: bool) -> String {
    decoded(address, whole).unwrap_or_else(|_| address.to_owned())
}
