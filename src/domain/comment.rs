//! One comment. A reply is a comment with a parent, not another type.

use crate::domain::author::Author;
use crate::domain::body::{Body, Format};
use crate::domain::markup;
use crate::domain::said::{self, Likeness};
use crate::domain::time::Time;
use crate::domain::vote::Tally;

/// Our handle for a comment, good for the life of the page. It is given before the endpoint answers,
/// and no identifier of a service ever rises above `endpoint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommentKey(pub u32);

impl CommentKey {
    /// The place of this comment in a table that holds one entry a key.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a comment stands with its endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Published,
    /// Written, and waiting for somebody to allow it.
    Pending,
    /// Held back because it looks like spam.
    Spam,
    /// Held back by the endpoint; the reader may ask to see it.
    Hidden,
    /// Gone, but something hangs from it.
    Deleted,
}

/// What the viewer may do with a comment, as far as the endpoint or this device knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    pub edit: bool,
    pub delete: bool,
    /// Until when; `None` is without an end that we know of.
    pub until: Option<Time>,
}

impl Rights {
    /// The same rights as they are at this moment.
    #[must_use]
    pub fn at(self, now: Time) -> Self {
        if self.until.is_some_and(|until| until <= now) { Self::default() } else { self }
    }
}

/// One comment, ready to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comment {
    pub author: Author,
    pub body: Body,
    /// What it is written in, as a tag (BCP 47), where the endpoint says so.
    pub language: Option<String>,
    /// What an edit starts from, where the endpoint gives the text as it was typed.
    pub source: Option<String>,
    pub created: Option<Time>,
    pub edited: Option<Time>,
    /// Where the endpoint itself shows this comment.
    pub url: Option<String>,
    /// `None` hides the counter: absent is not zero.
    pub tally: Option<Tally>,
    pub standing: Standing,
    pub pinned: bool,
    /// Nobody can answer it, or what stands under it, any more.
    pub closed: bool,
    /// It shows what the endpoint does not have yet.
    pub unsent: bool,
    pub rights: Rights,
    /// How many replies the endpoint says there are, read or not.
    pub replies: Option<u32>,
}

impl Comment {
    /// What an edit starts from where the endpoint does not give it as it was typed: text and Markdown are that.
    /// HTML is not, and what an edit makes of nothing would take the place of all that was said.
    pub fn typed(&self) -> Option<&str> {
        let typed = (self.body.format != Format::Html).then_some(&self.body.text);
        self.source.as_ref().or(typed).map(String::as_str)
    }

    /// How far it says these words, however they are marked up. `plain` is described at
    /// [`said::likeness`].
    pub fn says(&self, text: &str, plain: &dyn Fn(&str) -> String) -> Likeness {
        let words = markup::words(&markup::read(&self.body));
        let shown = said::likeness(text, &words, plain);
        let source = self.source.as_deref();
        let typed = source.map_or(Likeness::Different, |it| said::likeness(text, it, plain));
        shown.max(typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_starts_from_what_was_typed() {
        use Format::{Html, Markdown, Plain};
        for (format, source, typed) in [
            (Plain, None, Some("<p>a")),
            (Markdown, None, Some("<p>a")),
            (Html, None, None),
            (Html, Some("a"), Some("a")),
            (Plain, Some("a"), Some("a")),
        ] {
            let body = Body { text: "<p>a".to_owned(), format, ..Body::default() };
            let source = source.map(str::to_owned);
            let comment = Comment { body, source, ..Comment::default() };
            assert_eq!(comment.typed(), typed, "{format:?} {:?}", comment.source);
        }
    }

    #[test]
    fn rights_end_with_their_window() {
        let rights = Rights { edit: true, delete: true, until: Some(Time(1_000)) };
        assert_eq!(rights.at(Time(999)), rights);
        assert_eq!(rights.at(Time(1_000)), Rights::default());
    }
}
