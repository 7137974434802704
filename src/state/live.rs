//! What others do meanwhile. Part of what is fetched once the discussion is there.

use leptos::prelude::{GetUntracked, Notify, With};

use crate::domain::comment::{Comment, CommentKey, Standing};
use crate::domain::markup;
use crate::domain::outbox::State;
use crate::domain::trouble::Trouble;
use crate::endpoint::live::Heard;
use crate::endpoint::{Placed, now};
use crate::state::discussion::Discussion;
use crate::state::entry::Deed;
use crate::state::load::Load;
use crate::state::memory;
use crate::state::news::News;

/// Looks until nothing is written meanwhile.
const TRIES: u32 = 3;
/// Characters of what is remembered to be folded: hundreds of threads.
const FOLDS: usize = 8_000;
/// Milliseconds in which a service may not list yet what it has taken.
const SETTLES: i64 = 60_000;
/// Milliseconds for which a list from before may be kept on the way.
const KEPT: i64 = 10 * 60_000;

impl Discussion {
    /// Where the services of the discussion tell what changes, and how often they may be looked at.
    pub fn followed(&self) -> Vec<(Option<String>, Option<u32>)> {
        let sources = self.0.sources.borrow();
        let endpoints = sources.iter().map(|source| &source.endpoint);
        endpoints.map(|endpoint| (endpoint.events(), endpoint.looks_every())).collect()
    }

    /// Takes in an event of a service. What is new is given back; `Err` where it only says that
    /// something changed.
    pub fn hear(&self, number: usize, data: &str) -> Result<Option<Placed>, Trouble> {
        let source = self.0.sources.borrow()[number].clone();
        match source.endpoint.heard(data) {
            // What one changed in another window comes without what it was written as.
            Some(Heard::Comment(placed)) if self.is_own_change(&placed) => Err(Trouble::Unreadable),
            Some(Heard::Comment(placed)) => Ok(self.take_in(number, *placed, false)),
            Some(Heard::Total(total)) if source.total.get() == Some(total) => Ok(None),
            _ => Err(Trouble::Unreadable),
        }
    }

    /// Looks at a service; what is new there.
    pub async fn catch_up(&self, number: usize) -> Result<Vec<Placed>, Trouble> {
        if !matches!(self.0.load.get_untracked(), Load::Ready) {
            return Ok(Vec::new());
        }
        let source = self.0.sources.borrow()[number].clone();
        let mut tries = 0;
        let (placed, whole) = loop {
            let before = self.0.writes.get();
            let found = source.endpoint.look().await?;
            tries += 1;
            // An answer from before a vote or an edit must not take it back.
            if self.0.writes.get() == before {
                break found;
            }
            if tries == TRIES {
                return Ok(Vec::new());
            }
        };
        if whole && !source.truncated.get() && !source.endpoint.has_more() {
            self.miss(number, &placed);
        }
        Ok(placed.into_iter().filter_map(|placed| self.take_in(number, placed, true)).collect())
    }

    fn is_own_change(&self, (key, _, comment): &Placed) -> bool {
        let own = |known: Comment| known.rights.edit && known.body != comment.body && !known.unsent;
        comment.standing == Standing::Published && self.peek(*key).is_some_and(own)
    }

    /// A comment as it is now: one that is here is changed where it stands, a new one is given back. What is
    /// told to everybody (`!mine`) says nothing of the viewer.
    fn take_in(
        &self,
        number: usize,
        (key, parent, mut comment): Placed,
        mine: bool,
    ) -> Option<Placed> {
        // One that was listed in another order is known, and comes again with its page.
        let Some(known) = self.peek(key) else {
            let source = self.0.sources.borrow()[number].clone();
            let waiting = || self.0.waiting.borrow_mut();
            let lost = |parent: CommentKey| {
                !self.0.forest.borrow().has(parent) && !waiting().contains(&parent)
            };
            // It comes with the page it stands on.
            let later = source.endpoint.has_more() && parent.is_some_and(lost);
            // One that was taken back while it waited is given back too, to be forgotten.
            let seen = comment.standing == Standing::Published || waiting().contains(&key);
            if seen && !later {
                waiting().push(key);
            }
            return (seen && !later).then_some((key, parent, comment));
        };
        // What the viewer is changing has the last word.
        if known.unsent || self.0.changing.borrow().iter().any(|(other, _)| *other == key) {
            return None;
        }
        if !mine {
            comment.rights = known.rights;
            comment.source = comment.source.or(known.source.clone());
        }
        if let (Some(told), Some(before)) = (&mut comment.tally, known.tally) {
            let voting = self.slot(key, |slot| slot.confirmed.is_some());
            if voting {
                *told = before;
            } else if !mine {
                told.mine = before.mine;
            }
        }
        if comment != known {
            self.replace(key, comment);
        }
        None
    }

    /// Comments that a whole list lacks are deleted, if it lacks them once more: a list may come from somebody
    /// in trouble, or from a time ago.
    fn miss(&self, number: usize, placed: &[Placed]) {
        let source = self.0.sources.borrow()[number].clone();
        let mut there: Vec<CommentKey> = placed.iter().map(|(key, ..)| *key).collect();
        there.sort_unstable();
        let newest = placed.iter().filter_map(|(.., comment)| comment.created).max();
        let (now, before) = (now(), source.missed.take());
        let mut missed = Vec::new();
        for key in self.all() {
            let Some(mut comment) = self.peek(key) else { continue };
            let old = comment.created.is_some_and(|created| created.0 < now.0 - SETTLES);
            let listed = self.0.keys.source(key) != number || there.binary_search(&key).is_ok();
            // What was written here is told by its service, not by a list.
            let own = source.endpoint.has_written(key);
            if listed || own || !old || comment.unsent || comment.standing != Standing::Published {
                continue;
            }
            let since = before.iter().find(|(other, _)| *other == key).map(|(_, since)| *since);
            // An older list lacks what is newer than all of it.
            let told = comment.created <= newest;
            if since.is_some_and(|since| told || since.0 < now.0 - KEPT) {
                comment.standing = Standing::Deleted;
                self.replace(key, comment);
            } else {
                missed.push((key, since.unwrap_or(now)));
            }
        }
        *source.missed.borrow_mut() = missed;
    }

    fn all(&self) -> Vec<CommentKey> {
        let roots = self.0.forest.borrow().roots();
        self.with_replies(roots)
    }

    /// Whether something of the viewer's own is on its way, which may come back as news of somebody else;
    /// tracked.
    pub fn is_posting(&self) -> bool {
        self.0.outbox.with(|entries| {
            entries.iter().any(|entry| {
                matches!(entry.deed, Deed::Create { .. }) && entry.progress.state != State::Stopped
            })
        })
    }

    /// Those that are still new: the viewer's own may have come by another way meanwhile.
    pub fn still_new(&self, placed: &[Placed]) -> usize {
        placed.iter().filter(|(key, ..)| self.peek(*key).is_none()).count()
    }

    /// All that is said in comments and under them, by whom, for a search.
    pub fn words_under(&self, keys: &[CommentKey]) -> String {
        let mut all = String::new();
        for key in self.with_replies(keys.to_vec()) {
            let Some(comment) = self.peek(key) else { continue };
            all += &comment.author.name;
            all.push(' ');
            all += &markup::excerpt(&markup::read(&comment.body));
            all.push(' ');
        }
        all
    }

    /// Lists what came while somebody read.
    pub fn show_new(&self, placed: Vec<Placed>) {
        let newest_first = {
            let roots = self.0.forest.borrow().roots();
            let time = |key: Option<&CommentKey>| key.and_then(|key| self.created(*key));
            time(roots.first()) > time(roots.last())
        };
        let (mut count, mut first) = (0, None);
        for placed in placed {
            let (key, parent, _) = placed;
            if self.peek(key).is_some() {
                continue;
            }
            let source = self.at(Some(key));
            if source.endpoint.has_more() {
                source.total.set(source.total.get().map(|total| total + 1));
            }
            self.put(placed, newest_first && parent.is_none());
            for above in self.line(key) {
                self.set_folded(above, false);
            }
            first = first.or(Some(key));
            count += 1;
        }
        self.0.waiting.take();
        self.0.only.set(None);
        self.0.roots.notify();
        if let Some(first) = first {
            self.say(News::Read(count, first));
        }
        self.note_visit();
    }

    /// Keeps on this device up to when everything was seen.
    pub fn note_visit(&self) {
        let newest = self.all().into_iter().filter_map(|key| self.created(key)).max();
        if let Some(newest) = newest {
            self.keep_visit(newest);
        }
    }

    /// Keeps on this device which comments are folded, for the next visit.
    pub fn keep_folds(&self) {
        let mut kept = String::from(" ");
        for key in self.all() {
            if self.0.slots.borrow()[key.index()].folded {
                kept += &self.fragment(key);
                kept.push(' ');
            }
            if kept.len() > FOLDS {
                break;
            }
        }
        let kept = if kept.len() > 1 { kept.as_str() } else { "" };
        memory::keep(&["folds ", &self.at(None).name].concat(), kept);
    }

    /// What came since the last visit, in the order it is listed.
    pub fn unseen(&self) -> Vec<CommentKey> {
        let Some(since) = self.0.since.get() else { return Vec::new() };
        // Most are not, and need not be looked at further.
        let is_new = |key: &CommentKey| {
            self.created(*key) > Some(since)
                && self.peek(*key).is_some_and(|comment| self.is_new(&comment))
        };
        self.with_replies(self.roots()).into_iter().filter(is_new).collect()
    }
}
