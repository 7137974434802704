//! What a comment says, before it is read into a tree.

use std::ops::Range;
use std::sync::Arc;

/// The media type a body comes in; schema.org calls it `encodingFormat`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Plain,
    Html,
    /// What reads it is fetched when there is some ([`crate::domain::markdown`]); until then it is shown as it
    /// was typed.
    Markdown,
}

/// The text of a comment as the endpoint sent it, and what hangs from it. Never trusted:
/// [`crate::domain::markup::read`] turns it into a closed tree when it is about to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    pub text: String,
    pub format: Format,
    /// Of plain text, which parts of it, in bytes from start to end, lead where. In order; addresses are
    /// checked.
    pub facets: Vec<(Range<usize>, String)>,
    /// The address of the answer: relative addresses in the text are relative to it.
    pub base: String,
    /// What hangs from it, where anything does.
    pub extras: Option<Arc<Extras>>,
}

/// What a comment has beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// What a reader is told before all the rest; empty for none.
    pub warning: String,
    /// Without a warning, pictures and attachments wait until they are asked for.
    pub sensitive: bool,
    pub attachments: Vec<Attachment>,
    /// Names of signs, which stand as `:name:` in the text, and where their pictures are.
    pub emojis: Vec<(String, String)>,
}

/// What hangs from a comment beside its text: a picture, a film, a link, a choice of a poll. Addresses are checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    pub href: Option<String>,
    /// Where a picture of it is.
    pub picture: Option<String>,
    /// Its description.
    pub words: String,
}
