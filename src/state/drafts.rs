//! What is being written, kept from the first letter.

use crate::domain::comment::CommentKey;
use crate::state::discussion::{Discussion, Open};
use crate::state::memory;

/// What the names of drafts begin with.
const REPLY: &str = "draft ";
const EDIT: &str = "edit ";
/// Before the name of a draft: what another tab had there.
const OTHER: &str = "other ";

impl Discussion {
    /// Whether replies or changes were being written when the page was left.
    pub fn has_drafts(&self) -> bool {
        let names = |kind: &str| memory::names(&[kind, &self.at(None).name, " "].concat());
        [REPLY, EDIT].into_iter().flat_map(names).any(|place| !place.is_empty())
    }

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
        let name = self.draft_name(place, editing);
        let draft = memory::load(&name);
        self.note_draft(name, draft.as_deref().unwrap_or_default());
        draft
    }

    /// Keeps a draft on this device; empty text forgets it. What another tab has written there since is not
    /// overwritten, but put beside it.
    pub fn keep_draft(&self, place: Option<CommentKey>, editing: bool, text: &str) {
        let name = self.draft_name(place, editing);
        let there = memory::load(&name).unwrap_or_default();
        let ours =
            self.0.drafts.borrow().iter().any(|(known, text)| *known == name && *text == there);
        if !ours && !there.is_empty() && !text.starts_with(&there) {
            let other = [OTHER, &name].concat();
            let before = memory::load(&other).filter(|before| !there.starts_with(before));
            let between = if before.is_some() { "\n\n" } else { "" };
            memory::keep(&other, &[&before.unwrap_or_default(), between, &there].concat());
        }
        memory::keep(&name, text);
        self.note_draft(name, text);
    }

    fn note_draft(&self, name: String, text: &str) {
        let mut drafts = self.0.drafts.borrow_mut();
        drafts.retain(|(known, _)| *known != name);
        drafts.push((name, text.to_owned()));
    }

    /// What another tab was writing at the same place; asked once.
    pub fn take_other_draft(&self, place: Option<CommentKey>, editing: bool) -> Option<String> {
        let name = [OTHER, &self.draft_name(place, editing)].concat();
        let other = memory::load(&name);
        memory::keep(&name, "");
        other
    }

    /// What another tab was writing at the same place.
    pub fn other_draft(&self, place: Option<CommentKey>, editing: bool) -> Option<String> {
        memory::load(&[OTHER, &self.draft_name(place, editing)].concat())
    }

    pub(super) fn draft_name(&self, place: Option<CommentKey>, editing: bool) -> String {
        let place = place.map(|key| self.fragment(key)).unwrap_or_default();
        let kind = if editing { EDIT } else { REPLY };
        [kind, &self.at(None).name, " ", &place].concat()
    }
}
