//! A flat stream of comments to threads. Nothing here fails: orphans stand as roots until their
//! parent comes, cycles are cut, depth is capped where it is shown.

use crate::domain::comment::CommentKey;

/// Replies deeper than this are shown beside each other, each with a link to what it answers.
///
/// At 320 px a reply needs room; and about 1,500 nested lists crash a tab of Chromium.
pub const DEEPEST: usize = 6;
/// A page may ask for as many levels as this, and no more.
pub const MOST_LEVELS: usize = 8;

#[derive(Clone, Debug, Default)]
struct Place {
    present: bool,
    parent: Option<CommentKey>,
    replies: Vec<CommentKey>,
}

/// Which comment answers which, in the order the endpoint gave them.
#[derive(Clone, Debug, Default)]
pub struct Forest {
    places: Vec<Place>,
    order: Vec<CommentKey>,
}

impl Forest {
    /// Puts a comment under its parent, after those already there. A parent may come later, or never:
    /// until then its replies are roots. A comment that is there already stays where it is.
    pub fn add(&mut self, key: CommentKey, parent: Option<CommentKey>) {
        self.insert(key, parent, false);
    }

    /// The same, before those already there: what the viewer just wrote is seen at once.
    pub fn add_first(&mut self, key: CommentKey, parent: Option<CommentKey>) {
        self.insert(key, parent, true);
    }

    fn insert(&mut self, key: CommentKey, parent: Option<CommentKey>, first: bool) {
        if self.place(key).present {
            return;
        }
        // Only what is answered already can stand above what it answers.
        let answered = !self.place(key).replies.is_empty();
        let parent = parent.filter(|&parent| parent != key);
        let parent = parent.filter(|&parent| !answered || !self.is_under(parent, key));
        self.place(key).present = true;
        self.place(key).parent = parent;
        let siblings = match parent {
            Some(parent) => &mut self.place(parent).replies,
            None => &mut self.order,
        };
        siblings.insert(if first { 0 } else { siblings.len() }, key);
        if parent.is_some_and(|parent| !self.place(parent).present) {
            self.order.push(key);
        }
    }

    /// Takes a comment out; its replies become roots. One with replies is better kept as deleted.
    pub fn remove(&mut self, key: CommentKey) {
        let place = std::mem::take(self.place(key));
        self.order.retain(|&other| other != key);
        if let Some(parent) = place.parent {
            self.place(parent).replies.retain(|&other| other != key);
        }
        self.order.extend(place.replies.iter().copied());
        self.place(key).replies = place.replies;
    }

    fn place(&mut self, key: CommentKey) -> &mut Place {
        if self.places.len() <= key.index() {
            self.places.resize(key.index() + 1, Place::default());
        }
        &mut self.places[key.index()]
    }

    fn known(&self, key: CommentKey) -> Option<&Place> {
        self.places.get(key.index()).filter(|place| place.present)
    }

    /// Whether `key` is `other` or one of its descendants.
    pub fn is_under(&self, key: CommentKey, other: CommentKey) -> bool {
        self.line(key).any(|ancestor| ancestor == other)
    }

    /// A comment and its ancestors, nearest first.
    pub fn line(&self, key: CommentKey) -> impl Iterator<Item = CommentKey> {
        std::iter::successors(Some(key), |&key| self.places.get(key.index())?.parent)
    }

    /// Whether the comment is there.
    pub fn has(&self, key: CommentKey) -> bool {
        self.known(key).is_some()
    }

    /// The comment this one answers, if that one is there.
    pub fn parent(&self, key: CommentKey) -> Option<CommentKey> {
        self.known(key)?.parent.filter(|&parent| self.has(parent))
    }

    /// Comments that answer none that is there.
    pub fn roots(&self) -> Vec<CommentKey> {
        let is_root = |key: &CommentKey| self.parent(*key).is_none();
        self.order.iter().copied().filter(is_root).collect()
    }

    /// The direct replies to a comment.
    pub fn replies(&self, key: CommentKey) -> &[CommentKey] {
        self.known(key).map_or(&[], |place| &place.replies)
    }

    /// Everything under a comment, each thread before the next.
    pub fn descendants(&self, key: CommentKey) -> Vec<CommentKey> {
        let mut found = Vec::new();
        let mut waiting: Vec<CommentKey> = self.replies(key).iter().rev().copied().collect();
        while let Some(next) = waiting.pop() {
            found.push(next);
            waiting.extend(self.replies(next).iter().rev());
        }
        found
    }

    /// What is listed under a comment at `depth` (a root has depth 0): its replies, or all its
    /// descendants where `deepest` is reached.
    pub fn listed(&self, key: CommentKey, depth: usize, deepest: usize) -> Vec<CommentKey> {
        if depth < deepest { self.replies(key).to_vec() } else { self.descendants(key) }
    }

    /// How many comments there are.
    pub fn len(&self) -> usize {
        self.places.iter().filter(|place| place.present).count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forest(flat: &[(u32, Option<u32>)]) -> Forest {
        let mut forest = Forest::default();
        for &(key, parent) in flat {
            forest.add(CommentKey(key), parent.map(CommentKey));
        }
        forest
    }

    fn outline(forest: &Forest) -> String {
        let mut out = String::new();
        let mut waiting: Vec<(CommentKey, usize)> =
            forest.roots().into_iter().rev().map(|key| (key, 0)).collect();
        while let Some((key, depth)) = waiting.pop() {
            out += &["-".repeat(depth), key.0.to_string(), " ".to_owned()].concat();
            if depth <= DEEPEST {
                let listed = forest.listed(key, depth, DEEPEST);
                waiting.extend(listed.into_iter().rev().map(|key| (key, depth + 1)));
            }
        }
        out.trim_end().to_owned()
    }

    #[track_caller]
    fn check(flat: &[(u32, Option<u32>)], picture: &str) {
        assert_eq!(outline(&forest(flat)), picture);
    }

    #[test]
    fn replies_stand_under_what_they_answer() {
        check(&[(1, None), (2, Some(1)), (3, None), (4, Some(2)), (5, Some(1))], "1 -2 --4 -5 3");
    }

    #[test]
    fn an_orphan_is_a_root_until_its_parent_comes() {
        check(&[(1, None), (2, Some(9))], "1 2");
        check(&[(1, None), (2, Some(9)), (9, Some(1))], "1 -9 --2");
    }

    #[test]
    fn cycles_are_cut() {
        check(&[(1, Some(1))], "1");
        check(&[(1, Some(2)), (2, Some(1))], "2 -1");
        check(&[(1, Some(2)), (2, Some(3)), (3, Some(1))], "3 -2 --1");
    }

    #[test]
    fn a_comment_is_shown_once() {
        check(&[(1, None), (2, Some(1)), (2, None), (1, Some(2))], "1 -2");
    }

    #[test]
    fn depth_is_capped_and_long_chains_are_harmless() {
        let chain: Vec<(u32, Option<u32>)> = (0..10).map(|n: u32| (n, n.checked_sub(1))).collect();
        check(&chain, "0 -1 --2 ---3 ----4 -----5 ------6 -------7 -------8 -------9");
        let long: Vec<(u32, Option<u32>)> =
            (0..20_000).map(|n: u32| (n, n.checked_sub(1))).collect();
        assert_eq!(forest(&long).descendants(CommentKey(0)).len(), 19_999);
    }

    #[test]
    fn removing_keeps_the_replies() {
        let mut threads = forest(&[(1, None), (2, Some(1)), (3, Some(2))]);
        threads.remove(CommentKey(2));
        assert_eq!((outline(&threads).as_str(), threads.len()), ("1 3", 2));
    }

    #[test]
    fn what_was_just_written_comes_first() {
        let mut threads = forest(&[(1, None), (2, Some(1))]);
        threads.add_first(CommentKey(3), Some(CommentKey(1)));
        threads.add_first(CommentKey(4), None);
        assert_eq!(outline(&threads), "4 1 -3 -2");
    }
}
