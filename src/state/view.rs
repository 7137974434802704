//! How the reader looks at the discussion: what is folded, what is new, and whether only one thread is shown.

use leptos::prelude::{Notify, Track};

use crate::domain::comment::{Comment, CommentKey, Rights, Standing};
use crate::domain::letters;
use crate::domain::permalink;
use crate::domain::thread::MOST_LEVELS;
use crate::domain::time::Time;
use crate::endpoint::now;
use crate::json::Value;
use crate::state::discussion::Discussion;
use crate::state::memory;

/// Milliseconds for which one visit goes on after the reader went away.
const VISIT: i64 = 30 * 60_000;

impl Discussion {
    /// What the viewer may do with a comment at this moment.
    pub fn rights(&self, key: CommentKey, comment: &Comment) -> Rights {
        let offers = self.offers(Some(key));
        let rights = comment.rights.at(now());
        Rights {
            edit: rights.edit && offers.edit && (offers.source || comment.typed().is_some()),
            delete: rights.delete && offers.delete,
            ..rights
        }
    }

    /// Whether it is worth looking for what an address fragment names.
    pub fn may_name(&self, hash: &str) -> bool {
        let others =
            || self.0.sources.borrow().iter().any(|source| source.endpoint.has_fragments());
        permalink::is_one(hash) || hash.len() > 1 && others()
    }

    /// Takes in what an earlier visit left on this device.
    pub(super) fn remember(&self) {
        let name = self.at(None).name.clone();
        let visit = memory::load(&["visit ", &name].concat());
        self.0.since.set(visit.and_then(|visit| last_visit(&visit, now())));
        *self.0.folds.borrow_mut() = memory::load(&["folds ", &name].concat()).unwrap_or_default();
    }

    /// Keeps on this device up to when everything was seen, where that is later than before.
    pub(super) fn keep_visit(&self, newest: Time) {
        let since = self.0.since.get().unwrap_or(newest);
        let newest = newest.max(since);
        let [since, newest, now] = [since, newest, now()].map(|time| Value::number(time.0).write());
        let kept = [&*since, &newest, &now].join(" ");
        memory::keep(&["visit ", &self.at(None).name].concat(), &kept);
    }

    /// When a comment was written.
    pub(super) fn created(&self, key: CommentKey) -> Option<Time> {
        self.0.slots.borrow().get(key.index())?.comment.as_ref()?.created
    }

    /// Whether somebody else wrote it since the viewer was here last.
    pub fn is_new(&self, comment: &Comment) -> bool {
        let since = self.0.since.get();
        comment.standing == Standing::Published
            && !comment.rights.edit
            && since.is_some_and(|since| comment.created > Some(since))
    }

    pub(super) fn was_folded(&self, key: CommentKey) -> bool {
        let folds = self.0.folds.borrow();
        !folds.is_empty()
            && letters::find(&folds, &[" ", &self.fragment(key), " "].concat()).is_some()
    }

    /// The only thread that is shown, if not all are; tracked.
    pub fn only(&self) -> Option<CommentKey> {
        self.0.roots.track();
        self.0.only.get().filter(|only| self.0.forest.borrow().has(*only))
    }

    /// Shows one thread only, or all again.
    pub fn show_only(&self, only: Option<CommentKey>) {
        if self.0.only.replace(only) != only {
            self.0.roots.notify();
        }
    }

    /// Levels of replies that are shown as levels.
    pub fn deepest(&self) -> usize {
        self.0.deepest.get()
    }

    /// Has fewer levels, or more; there is a limit.
    pub fn set_deepest(&self, levels: usize) {
        self.0.deepest.set(levels.clamp(1, MOST_LEVELS));
    }

    /// These comments, each followed by all under it.
    pub(super) fn with_replies(&self, roots: Vec<CommentKey>) -> Vec<CommentKey> {
        let forest = self.0.forest.borrow();
        let mut listed = Vec::with_capacity(roots.len());
        for root in roots {
            listed.push(root);
            listed.extend(forest.descendants(root));
        }
        listed
    }
}

/// What [`Discussion::keep_visit`] kept: up to when everything was seen before the present visit, which goes on
/// while the reader is away for less than half an hour.
fn last_visit(kept: &str, now: Time) -> Option<Time> {
    let mut numbers = letters::parts(kept, " ").map(|number| number.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    let (since, newest, at) = (next(), next(), next());
    Some(Time(if now.0 - at > VISIT { newest } else { since })).filter(|time| time.0 > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kept: &str, now: i64, since: Option<i64>) {
        assert_eq!(last_visit(kept, Time(now)).map(|time| time.0), since, "{kept:?} at {now}");
    }

    #[test]
    fn a_visit_goes_on_for_half_an_hour() {
        check("", 0, None);
        check("100 200 1000", 1_000 + VISIT, Some(100));
        check("100 200 1000", 1_001 + VISIT, Some(200));
        check("nonsense", 5, None);
    }
}
