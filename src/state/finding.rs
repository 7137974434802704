//! Another order, and comments by their words. Part of what is fetched when it is first asked for.

use std::cmp::Reverse;

use js_sys::JsString;
use leptos::prelude::{GetUntracked, Notify, Set};

use crate::domain::comment::{Comment, CommentKey};
use crate::domain::letters;
use crate::domain::markup;
use crate::domain::order::Order;
use crate::domain::thread::Forest;
use crate::state::arrival::plain;
use crate::state::discussion::{Discussion, Sorter};
use crate::state::load::Load;

/// Words of comments as they are compared, so that not every key press reads all bodies anew.
#[derive(Default)]
pub struct Index {
    rows: Vec<Row>,
    /// Bytes of all words in it.
    size: usize,
}

/// So many bytes of words are kept; what is beyond is read at every press.
const KEPT: usize = 8_000_000;

#[derive(Clone, Default)]
struct Row {
    /// Of what it was made: where the text and the name lie, which stay there until the comment is replaced.
    of: Option<[(usize, usize); 2]>,
    words: String,
}

impl Discussion {
    /// Lists threads in another order; `None` is the services' own. Of what was not read to its end, the service
    /// sorts, if it can: then it is read anew.
    pub async fn order_by(&self, order: Option<Order>) {
        let word = Order::ALL.into_iter().find(|(known, _)| Some(*known) == order);
        let word = word.map_or("", |(_, word)| word);
        let sources = self.0.sources.borrow().clone();
        let mut anew = Vec::new();
        for (number, source) in sources.iter().enumerate() {
            let endpoint = &source.endpoint;
            if (endpoint.has_more() || endpoint.is_sorted()) && endpoint.sort_by(word) {
                anew.push(number);
            }
        }
        // What several services have is put into one order here.
        let own = !anew.is_empty() && sources.len() == 1;
        *self.0.sorter.borrow_mut() = order.filter(|_| !own).map(|order| -> Sorter {
            Box::new(move |discussion, roots| discussion.rank(order, roots))
        });
        self.forget(&anew);
        if anew.contains(&0) {
            self.0.load.set(Load::Waiting);
        }
        self.0.roots.notify();
        for number in anew {
            self.read_source(number).await;
        }
        self.0.roots.notify();
    }

    /// Lists nothing of these services any more.
    fn forget(&self, numbers: &[usize]) {
        let sources = self.0.sources.borrow();
        for number in numbers {
            sources[*number].unread.set(0);
        }
        let listed = self.with_replies(self.0.forest.borrow().roots());
        let mut left = Forest::default();
        for key in listed {
            if !numbers.contains(&self.0.keys.source(key)) {
                left.add(key, self.parent(key));
            }
        }
        *self.0.forest.borrow_mut() = left;
    }

    fn rank(&self, order: Order, roots: &mut [CommentKey]) {
        roots.sort_by_cached_key(|key| {
            let comment = self.peek(*key).unwrap_or_default();
            let replies = if order == Order::Discussed { self.reply_count(*key) } else { 0 };
            Reverse(order.rank(comment.created, comment.tally, replies))
        });
    }

    /// Comments that hold these words, or whose author does, in the order they are listed.
    pub fn find(&self, words: &str, index: &mut Index) -> Vec<CommentKey> {
        let words = plain(words.trim());
        if words.is_empty() || !matches!(self.0.load.get_untracked(), Load::Ready) {
            return Vec::new();
        }
        let mut listed = self.with_replies(self.roots());
        let slots = self.0.slots.borrow();
        listed.retain(|key| {
            let comment = slots.get(key.index()).and_then(|slot| slot.comment.as_ref());
            comment.is_some_and(|comment| index.holds(*key, comment, &words))
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

impl Index {
    /// Whether a comment, or its author's name, holds words.
    fn holds(&mut self, key: CommentKey, comment: &Comment, words: &str) -> bool {
        let place = |text: &str| (text.as_ptr().addr(), text.len());
        let of = Some([place(&comment.body.text), place(&comment.author.name)]);
        if self.rows.len() <= key.index() {
            self.rows.resize(key.index() + 1, Row::default());
        }
        let row = &mut self.rows[key.index()];
        if row.of != of {
            self.size -= row.words.len();
            let said = markup::excerpt(&markup::read(&comment.body));
            // Nobody looks for the mark between them.
            let said = plain(&[&said, "\n\n", &*comment.author.name].concat());
            let found = letters::find(&said, words).is_some();
            let kept = self.size + said.len() <= KEPT;
            *row = if kept { Row { of, words: said } } else { Row::default() };
            self.size += row.words.len();
            return found;
        }
        letters::find(&row.words, words).is_some()
    }
}

/// As a reader compares words; the browser knows how, and its tables need not be shipped.
pub(crate) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    JsString::from(text).to_lower_case().into()
}
