//! The verbs of a [`Discussion`] that write words: post, edit, delete.

use leptos::prelude::Notify;

use crate::domain::author::Signature;
use crate::domain::body::Body;
use crate::domain::comment::{Comment, CommentKey, Standing};
use crate::domain::trouble::Trouble;
use crate::endpoint::{Sent, now};
use crate::state::discussion::{Discussion, Open};
use crate::state::memory;
use crate::state::news::News;

impl Discussion {
    /// Posts a comment or a reply. `uuid` is the same for every try of the same words.
    pub async fn post(
        &self,
        text: &str,
        by: &Signature,
        parent: Option<CommentKey>,
        uuid: &str,
    ) -> Result<(), Trouble> {
        let source = self.at(parent);
        let sent = source.send(source.endpoint.create(text, by, parent, uuid)).await?;
        if let Some(parent) = parent {
            self.set_folded(parent, false);
        }
        let placed = match sent {
            Sent::Placed(placed) => *placed,
            Sent::Held => {
                self.say(News::Held);
                return Ok(());
            }
            Sent::Somewhere(key) => {
                let Some(placed) = self.look_for(key, text, by, parent).await else {
                    self.say(News::Sent);
                    return Ok(());
                };
                placed
            }
        };
        let key = placed.0;
        let held = placed.2.standing == Standing::Pending;
        if let Some(total) = source.total.get().filter(|_| !held && !self.has(key)) {
            source.total.set(Some(total + 1));
        }
        self.put(placed, parent.is_none());
        self.0.roots.notify();
        self.say(if held { News::Held } else { News::Posted(key) });
        Ok(())
    }

    /// All comments that are here.
    pub(super) fn keys_there(&self) -> Vec<CommentKey> {
        let slots = self.0.slots.borrow();
        let there = slots.iter().enumerate().filter(|(_, slot)| slot.comment.is_some());
        there.filter_map(|(place, _)| u32::try_from(place).ok().map(CommentKey)).collect()
    }

    fn has(&self, key: CommentKey) -> bool {
        self.0.forest.borrow().has(key)
    }

    /// What an edit starts from: the text as it was typed, where it can be had.
    pub async fn source(&self, key: CommentKey) -> Option<String> {
        let comment = self.peek(key)?;
        if comment.source.is_none() {
            let source = self.at(Some(key)).endpoint.source(key).await.ok().flatten();
            if source.is_some() {
                return source;
            }
        }
        comment.typed().map(str::to_owned)
    }

    /// Changes the viewer's own comment.
    pub async fn edit(&self, key: CommentKey, text: &str, uuid: &str) -> Result<(), Trouble> {
        let Some(comment) = self.peek(key) else { return Err(Trouble::Gone) };
        let source = self.at(Some(key));
        let by = Signature {
            name: comment.author.name.clone(),
            url: comment.author.url.clone().unwrap_or_default(),
            email: String::new(),
        };
        self.show_change(key, text);
        if let Some(edited) = source.send(source.endpoint.edit(key, text, &by, uuid)).await? {
            self.replace(key, edited);
        } else {
            let body = Body { text: text.to_owned(), ..Body::default() };
            let source = comment.source.as_ref().map(|_| text.to_owned());
            let unsent = false;
            self.replace(key, Comment { body, source, edited: Some(now()), unsent, ..comment });
            self.read_again(self.0.keys.source(key)).await;
        }
        self.0.changing.borrow_mut().retain(|(other, _)| *other != key);
        self.say(News::Edited(key));
        Ok(())
    }

    /// Shows a comment as it will be.
    pub fn show_change(&self, key: CommentKey, text: &str) {
        let Some(comment) = self.peek(key).filter(|comment| !comment.unsent) else { return };
        self.0.changing.borrow_mut().push((key, comment.clone()));
        let body = Body { text: text.to_owned(), ..Body::default() };
        self.replace(key, Comment { body, unsent: true, ..comment });
    }

    /// Shows a comment as the endpoint has it.
    pub(super) fn show_unchanged(&self, key: CommentKey) {
        let mut changing = self.0.changing.borrow_mut();
        let place = changing.iter().position(|(other, _)| *other == key);
        let before = place.map(|place| changing.remove(place).1);
        drop(changing);
        if let Some(before) = before {
            self.replace(key, before);
        }
    }

    /// Opens a comment to be changed once more, and keeps why the change was refused.
    pub fn open_refused(&self, key: CommentKey, trouble: Trouble) {
        *self.0.refused.borrow_mut() = Some((key, trouble));
        self.set_open(key, Open::Edit);
    }

    /// Why the last change of a comment was refused; asked once.
    pub fn take_refusal(&self, place: Option<CommentKey>) -> Option<Trouble> {
        let mut refused = self.0.refused.borrow_mut();
        let known = refused.take_if(|(key, _)| Some(*key) == place);
        known.map(|(_, trouble)| trouble)
    }

    /// Names of those who have written here, those in the thread of `place` first.
    pub fn people(&self, place: Option<CommentKey>) -> Vec<String> {
        let root = place.and_then(|place| self.0.forest.borrow().line(place).last());
        let mut near: Vec<CommentKey> = place.into_iter().collect();
        if let Some(root) = root {
            near.push(root);
            near.extend(self.0.forest.borrow().descendants(root));
        }
        near.extend(self.keys_there());
        let mut names: Vec<String> = Vec::new();
        for name in near.into_iter().filter_map(|key| self.peek(key)).map(|c| c.author.name) {
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Where one can sign in to write.
    pub fn login(&self, place: Option<CommentKey>) -> Option<String> {
        self.at(place).endpoint.login()
    }

    /// Deletes the viewer's own comment.
    pub(super) async fn delete(&self, key: CommentKey, uuid: &str) -> Result<(), Trouble> {
        let source = self.at(Some(key));
        let left = source.send(source.endpoint.delete(key, uuid)).await?;
        self.set_open(key, Open::Nothing);
        let next = self.neighbour(key);
        if let Some(left) = left {
            self.replace(key, left);
            self.say(News::Deleted { key, next: Some(key) });
            return Ok(());
        }
        source.total.set(source.total.get().map(|total| total.saturating_sub(1)));
        if self.reply_count(key) > 0 {
            // Its place is kept for what hangs from it.
            let comment = self.peek(key).unwrap_or_default();
            self.replace(key, Comment { standing: Standing::Deleted, ..comment });
            self.say(News::Deleted { key, next: Some(key) });
            return Ok(());
        }
        let parent = self.parent(key);
        self.0.forest.borrow_mut().remove(key);
        self.slot(key, |slot| slot.comment = None);
        if let Some(parent) = parent {
            self.list_changed(parent);
        }
        self.0.roots.notify();
        self.say(News::Deleted { key, next });
        Ok(())
    }

    /// The comment after this one in its list, else the one before, else its parent.
    fn neighbour(&self, key: CommentKey) -> Option<CommentKey> {
        let forest = self.0.forest.borrow();
        let parent = forest.parent(key);
        let list = parent.map_or_else(|| forest.roots(), |parent| forest.replies(parent).to_vec());
        let at = list.iter().position(|&other| other == key)?;
        list.get(at + 1).or_else(|| list.get(at.checked_sub(1)?)).copied().or(parent)
    }

    /// Ends the writing of these words: forgets their draft, and closes where they were written. If
    /// other words stand there by now, both stay.
    pub fn sent(&self, place: Option<CommentKey>, editing: bool, text: &str) {
        let other = self.draft(place, editing).is_some_and(|draft| draft.trim() != text);
        self.keep_try(place, editing, "");
        if !other {
            self.keep_draft(place, editing, "");
            if let Some(place) = place {
                self.set_open(place, Open::Nothing);
            }
        }
    }

    /// What was tried last at a place, as opaque text: it outlives a reload, so that trying again is
    /// the same try.
    pub fn last_try(&self, place: Option<CommentKey>, editing: bool) -> Option<String> {
        memory::load(&["try ", &self.draft_name(place, editing)].concat())
    }

    /// Keeps what is being tried at a place.
    pub fn keep_try(&self, place: Option<CommentKey>, editing: bool, what: &str) {
        memory::keep(&["try ", &self.draft_name(place, editing)].concat(), what);
    }
}

/// 128 random bits as hexadecimal text. From `crypto.getRandomValues`, which also plain `http` pages
/// have.
pub fn uuid() -> String {
    let mut bytes = [0; 16];
    if let Some(crypto) = web_sys::window().and_then(|window| window.crypto().ok()) {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|d| char::from_digit(d.into(), 16))
        .collect()
}
