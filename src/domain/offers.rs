//! What can be done at an endpoint.

/// What a service can do, so that nothing is shown that cannot work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a list of abilities")]
pub struct Offers {
    pub create: bool,
    pub edit: bool,
    /// What a comment was typed as can be read by itself.
    pub source: bool,
    pub delete: bool,
    pub upvote: bool,
    pub downvote: bool,
    pub unvote: bool,
    pub rate: bool,
    pub unrate: bool,
    /// The article's rating is read by itself.
    pub rating: bool,
    /// Replies that a page left out can be read.
    pub replies: bool,
    /// A session is got before the first write.
    pub session: bool,
    /// What is written is read as Markdown.
    pub markdown: bool,
    pub name: Asked,
    pub email: Asked,
    pub website: Asked,
    /// Longest comment in characters; 0 if not known.
    pub longest: usize,
}

/// Whether the composer asks for something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asked {
    #[default]
    No,
    Optional,
    Required,
}
