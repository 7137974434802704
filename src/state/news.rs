//! What just happened, for those who do not see it happen.

use crate::domain::comment::CommentKey;
use crate::domain::rating::Stars;
use crate::domain::trouble::Trouble;
use crate::domain::vote::Vote;

/// One announcement. The words for it are found in `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    Posted(CommentKey),
    /// Posted, and somebody has to allow it first.
    Held,
    /// Kept until it can be sent.
    Queued,
    /// Posted, but not to be seen among what was read.
    Sent,
    Edited(CommentKey),
    /// Deleted; the comment that now stands in its place is next in line for the focus.
    Deleted {
        key: CommentKey,
        next: Option<CommentKey>,
    },
    Rated(Option<Stars>),
    Voted(CommentKey, Vote),
    /// So many more comments are shown; the first of them.
    Read(usize, CommentKey),
    /// An address names a comment that is now shown.
    Named(CommentKey),
    /// Something shown at once had to be put back.
    Undone(Trouble),
}
