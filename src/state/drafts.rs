//! What is being written, kept from the first letter.

use crate::domain::comment::CommentKey;
use crate::state::discussion::{Discussion, Open};
use crate::state::memory;

/// What the names of drafts begin with.
const REPLY: &str = "draft ";
const EDIT: &str = "edit ";

impl Discussion {
    /// Opens what was being written when the page was left, under the comments that are here.
    pub fn reopen_drafts(&self) {
        for (kind, open) in [(REPLY, Open::Reply), (EDIT, Open::Edit)] {
            for fragment in memory::names(&[kind, &self.at(None).name, " "].concat()) {
                let hash = ["#", &fragment].concat();
                let sources = self.0.sources.borrow().clone();
                let key = sources.iter().find_map(|source| source.endpoint.named(&hash));
                if let Some(key) = key.filter(|key| self.open(*key) == Open::Nothing) {
                    self.slot(key, |slot| slot.quiet = true);
                    self.set_open(key, open);
                }
            }
        }
    }

    /// Whether what is open under a comment was opened by nobody, so that it must not take the focus;
    /// asked once.
    pub fn opened_quietly(&self, key: CommentKey) -> bool {
        self.slot(key, |slot| std::mem::take(&mut slot.quiet))
    }

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
        let kind = if editing { EDIT } else { REPLY };
        [kind, &self.at(None).name, " ", &place].concat()
    }
}
