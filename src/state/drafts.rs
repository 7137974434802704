//! What is being written, kept from the first letter.

use crate::domain::comment::CommentKey;
use crate::state::discussion::Discussion;
use crate::state::memory;

impl Discussion {
    /// The draft for a place where one can write.
    pub fn draft(&self, place: Option<CommentKey>, editing: bool) -> Option<String> {
        memory::load(&self.draft_name(place, editing))
    }

    /// Keeps a draft on this device; empty text forgets it.
    pub fn keep_draft(&self, place: Option<CommentKey>, editing: bool, text: &str) {
        memory::keep(&self.draft_name(place, editing), text);
    }

    pub(super) fn draft_name(&self, place: Option<CommentKey>, editing: bool) -> String {
        let place = place.map(|key| self.fragment(key)).unwrap_or_default();
        let kind = if editing { "edit " } else { "draft " };
        [kind, &self.at(None).name, " ", &place].concat()
    }
}
