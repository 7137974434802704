//! What a comment says, before it is read into a tree.

use std::ops::Range;

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

/// The text of a comment as the endpoint sent it. Never trusted: [`crate::domain::markup::read`]
/// turns it into a closed tree when it is about to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    pub text: String,
    pub format: Format,
    /// Of plain text, which parts of it, in bytes from start to end, lead where. In order; addresses are
    /// checked.
    pub facets: Vec<(Range<usize>, String)>,
}
