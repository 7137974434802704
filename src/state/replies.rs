//! Replies that the pages of a list leave out.

use leptos::prelude::Notify;

use crate::domain::comment::CommentKey;
use crate::domain::trouble::Trouble;
use crate::endpoint::Placed;
use crate::state::discussion::Discussion;
use crate::state::news::News;

/// Pages of replies that are read by themselves.
const FAR: usize = 40;

impl Discussion {
    /// How many replies to a comment can be read that are not here, as far as that is known; tracked by the
    /// comment.
    pub fn replies_left(&self, key: CommentKey) -> usize {
        self.track(key);
        if !self.offers(Some(key)).replies || self.slot(key, |slot| slot.asked) {
            return 0;
        }
        let said = self.peek(key).and_then(|comment| comment.replies).unwrap_or(0);
        let left = (said as usize).saturating_sub(self.reply_count(key));
        left.max(usize::from(self.at(Some(key)).endpoint.has_more_replies(key)))
    }

    /// Reads replies that a page left out: the next of their own pages.
    pub async fn read_replies(&self, key: CommentKey) {
        if self.slot(key, |slot| std::mem::replace(&mut slot.asked, true)) {
            return;
        }
        self.changed(key);
        match self.at(Some(key)).endpoint.replies(key).await {
            Ok(placed) => {
                let (count, first) = self.put_replies(key, placed);
                if let Some(first) = first {
                    self.say(News::Read(count, first));
                }
            }
            Err(trouble) => {
                self.slot(key, |slot| slot.asked = false);
                self.say(News::Undone(trouble));
            }
        }
        self.changed(key);
    }

    /// Reads all replies to a comment, from where reading them had come to, and from the start once more
    /// where it had come to the end.
    pub(super) async fn read_all_replies(&self, key: CommentKey) -> Result<(), Trouble> {
        let source = self.at(Some(key));
        for _ in 0..FAR {
            let placed = source.endpoint.replies(key).await?;
            self.put_replies(key, placed);
            if !source.endpoint.has_more_replies(key) {
                break;
            }
        }
        self.changed(key);
        Ok(())
    }

    /// Takes in a page of replies; how many are new, and the first of them.
    fn put_replies(&self, key: CommentKey, placed: Vec<Placed>) -> (usize, Option<CommentKey>) {
        let forest = self.0.forest.borrow();
        let new = placed.iter().filter(|(key, ..)| !forest.has(*key));
        let read = (new.clone().count(), new.map(|(key, ..)| *key).next());
        drop(forest);
        for placed in placed {
            self.put(placed, false);
        }
        let more = self.at(Some(key)).endpoint.has_more_replies(key);
        self.slot(key, |slot| slot.asked = !more);
        // The heading counts them.
        self.0.roots.notify();
        read
    }
}
