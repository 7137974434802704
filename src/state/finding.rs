//! Another order, and comments by their words. Part of what is fetched when it is first asked for.

use std::cmp::Reverse;

use js_sys::JsString;
use leptos::prelude::{GetUntracked, Notify, Set};

use crate::domain::comment::CommentKey;
use crate::domain::letters;
use crate::domain::markup;
use crate::domain::order::Order;
use crate::domain::thread::Forest;
use crate::state::discussion::{Discussion, Sorter};
use crate::state::load::Load;

impl Discussion {
    /// Lists threads in another order; `None` is the service's own. Where not all has been read, the service
    /// sorts, if it can: then the discussion is read anew.
    pub async fn order_by(&self, order: Option<Order>) {
        let word = Order::ALL.into_iter().find(|(known, _)| Some(*known) == order);
        let word = word.map_or("", |(_, word)| word);
        let source = self.at(None);
        let partly = source.endpoint.has_more() || source.endpoint.is_sorted();
        if partly && source.endpoint.sort_by(word) {
            *self.0.sorter.borrow_mut() = None;
            self.0.load.set(Load::Waiting);
            *self.0.forest.borrow_mut() = Forest::default();
            self.0.roots.notify();
            return self.read().await;
        }
        *self.0.sorter.borrow_mut() = order.map(|order| -> Sorter {
            Box::new(move |discussion, roots| discussion.rank(order, roots))
        });
        self.0.roots.notify();
    }

    fn rank(&self, order: Order, roots: &mut [CommentKey]) {
        roots.sort_by_cached_key(|key| {
            let comment = self.peek(*key).unwrap_or_default();
            let replies = if order == Order::Discussed { self.reply_count(*key) } else { 0 };
            Reverse(order.rank(comment.created, comment.tally, replies))
        });
    }

    /// Comments that hold these words, or whose author does, in the order they are listed.
    pub fn find(&self, words: &str) -> Vec<CommentKey> {
        let words = lower(words.trim());
        if words.is_empty() || !matches!(self.0.load.get_untracked(), Load::Ready) {
            return Vec::new();
        }
        let mut listed = self.with_replies(self.roots());
        listed.retain(|key| {
            self.peek(*key).is_some_and(|comment| {
                let said = markup::words(&markup::read(&comment.body));
                let holds = |text: &str| letters::find(&lower(text), &words).is_some();
                holds(&said) || holds(&comment.author.name)
            })
        });
        listed
    }

    /// Unfolds whatever hides a comment.
    pub fn unfold(&self, key: CommentKey) {
        for above in self.line(key) {
            self.set_folded(above, false);
        }
    }
}

/// As a reader compares words; the browser knows how, and its tables need not be shipped.
pub(crate) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    JsString::from(text).to_lower_case().into()
}
