//! What the reader wrote and the endpoint does not have yet: kept on this device until it does, sent by
//! one tab at a time, one thing after the other.

use std::rc::Rc;

use js_sys::Math;
use leptos::prelude::{ArcRwSignal, GetUntracked, Set};

use crate::domain::comment::CommentKey;
use crate::domain::outbox::{Progress, State, Step};
use crate::domain::rating::Stars;
use crate::domain::said::Arrival;
use crate::domain::time::Time;
use crate::domain::trouble::Trouble;
use crate::endpoint::http::online;
use crate::endpoint::now;
use crate::json::Value;
use crate::state::alone::alone;
use crate::state::discussion::{Discussion, Open};
use crate::state::entry::{Deed, Entry};
use crate::state::memory;
use crate::state::news::News;
use crate::state::sources::Source;
use crate::state::writing::uuid;

/// So long a deletion can be taken back before it is sent, in milliseconds.
const SECOND_THOUGHTS: i64 = 5_000;

/// What became of something that was just sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// It stays in the outbox and is sent later.
    Kept,
    /// The endpoint does not take it; it is not in the outbox any more.
    Refused(Trouble),
}

impl Discussion {
    /// What waits to be sent, also from other tabs and earlier visits.
    pub fn outbox(&self) -> ArcRwSignal<Vec<Entry>> {
        self.0.outbox.clone()
    }

    /// Shows a comment as deleted, and deletes it unless the reader thinks better of it.
    pub fn begin_delete(&self, key: CommentKey) {
        self.set_open(key, Open::Delete);
        let uuid = uuid();
        self.put_unsent(&uuid, Deed::Delete { key });
        let due = Time(now().0 + SECOND_THOUGHTS);
        self.progress(&uuid, &|progress| progress.due = due);
    }

    /// Takes back a deletion that has not been sent.
    pub fn undo_delete(&self, key: CommentKey) {
        for entry in self.0.outbox.get_untracked() {
            if entry.deed == (Deed::Delete { key }) && entry.progress.state != State::Sending {
                self.discard(&entry.uuid);
            }
        }
    }

    /// Puts something into the outbox; the same `uuid` is the same thing.
    pub fn put_unsent(&self, uuid: &str, deed: Deed) {
        let entry = Entry {
            uuid: uuid.to_owned(),
            deed,
            progress: Progress::new(now()),
            trouble: None,
            since: now(),
        };
        let about = entry.deed.about();
        self.0.keys.mark(uuid);
        self.change(uuid, about, &mut |known| Some(known.unwrap_or_else(|| entry.clone())));
    }

    /// Sends what was put in, and says what became of it.
    pub async fn send(&self, uuid: &str) -> Outcome {
        self.flush().await;
        let left = self.unsent(uuid);
        match left.as_ref().map(|entry| entry.progress.state) {
            None => Outcome::Done,
            Some(State::Stopped) => {
                self.discard(uuid);
                Outcome::Refused(left.and_then(|entry| entry.trouble).unwrap_or(Trouble::Offline))
            }
            Some(_) => Outcome::Kept,
        }
    }

    /// Sends what may be sent now.
    pub async fn flush(&self) {
        let _turn = self.0.turns.take().await;
        let name = ["jaw-jaw ", &self.at(None).name].concat();
        let discussion = self.clone();
        alone(&name, Box::pin(async move { discussion.drain().await })).await;
    }

    /// Tries again what waits, and sooner than it would be.
    pub async fn hurry(&self) {
        self.read_outbox();
        for entry in self.0.outbox.get_untracked() {
            self.progress(&entry.uuid, &|progress| progress.hurry(now()));
        }
        self.flush().await;
    }

    /// Tries again what was stopped.
    pub async fn retry(&self, uuid: &str) {
        self.progress(uuid, &|progress| progress.retry(now()));
        self.flush().await;
    }

    /// Takes something out that the reader does not want any more; what it was.
    pub fn discard(&self, uuid: &str) -> Option<Entry> {
        let entry = self.take_out(uuid)?;
        self.show_undone(&entry.deed);
        Some(entry)
    }

    /// Takes something out; what it was.
    pub(super) fn take_out(&self, uuid: &str) -> Option<Entry> {
        let entry = self.unsent(uuid)?;
        self.change(uuid, entry.deed.about(), &mut |_| None);
        Some(entry)
    }

    /// Whether there is something of a kind in the outbox.
    fn waits(&self, fits: &dyn Fn(&Deed) -> bool) -> bool {
        self.0.outbox.get_untracked().iter().any(|entry| fits(&entry.deed))
    }

    /// Shows what there was before something was done.
    fn show_undone(&self, deed: &Deed) {
        match deed {
            Deed::Edit { key, .. } => self.show_unchanged(*key),
            Deed::Delete { key } => self.set_open(*key, Open::Nothing),
            // A newer press decides what is shown.
            Deed::Vote { key, .. } if !self.waits(&|deed| deed.is_vote_for(*key)) => {
                self.settle_vote(*key);
            }
            Deed::Rate { .. } if !self.waits(&|deed| matches!(deed, Deed::Rate { .. })) => {
                self.settle_rating();
            }
            Deed::Create { .. } | Deed::Vote { .. } | Deed::Rate { .. } => {}
        }
    }

    /// Takes out what has arrived though its answer did not; whether it had. After a clear no there is
    /// nothing to look for, and whoever was asked has looked.
    pub async fn has_arrived(&self, uuid: &str) -> bool {
        let lost = |entry: &Entry| entry.progress.maybe && !entry.progress.doubt;
        let Some(entry) = self.unsent(uuid).filter(lost) else { return false };
        let arrived = self.arrived(&entry).await == Ok(Arrival::Yes);
        if arrived {
            self.take_out(uuid);
        }
        arrived
    }

    /// When something is to be tried again by itself: the soonest of all.
    pub fn next_try(&self) -> Option<Time> {
        if !online() {
            return None;
        }
        let entries = self.0.outbox.get_untracked();
        let next = |place| match self.step(&entries, place) {
            Step::WaitUntil(time) => Some(time),
            Step::Send | Step::Look => Some(now()),
            Step::Nothing => None,
        };
        (0..entries.len()).filter_map(next).min()
    }

    pub(super) fn unsent(&self, uuid: &str) -> Option<Entry> {
        self.0.outbox.get_untracked().into_iter().find(|entry| entry.uuid == uuid)
    }

    /// Nobody else sends meanwhile.
    async fn drain(&self) {
        self.read_outbox();
        for entry in self.0.outbox.get_untracked() {
            // Where all see it: what is changed next starts from there.
            if entry.progress.state == State::Sending {
                self.progress(&entry.uuid, &Progress::reopen);
            }
        }
        while online() {
            let entries = self.0.outbox.get_untracked();
            let next = (0..entries.len()).find_map(|place| match self.step(&entries, place) {
                Step::Nothing | Step::WaitUntil(_) => None,
                step => Some((&entries[place], step)),
            });
            match next {
                None => return,
                Some((entry, Step::Look)) => self.look(entry).await,
                Some((entry, _)) => self.deliver(entry).await,
            }
        }
    }

    /// What is to be done about one of all that waits. What was tried and may have arrived is not
    /// overtaken by what is about the same, nor, as long as the service does not know the reader, by
    /// anything: its answer may say as whom.
    fn step(&self, entries: &[Entry], place: usize) -> Step {
        // Who takes ratings may not be here yet.
        let heard = |entry: &Entry| !matches!(entry.deed, Deed::Rate { .. }) || self.rates().0;
        let entry = &entries[place];
        let to = self.addressee(&entry.deed);
        let holds_back = |earlier: &Entry| {
            let tried = earlier.progress.tries > 0 && earlier.progress.state == State::Waiting;
            let stranger =
                || to.endpoint.awaits_token() && Rc::ptr_eq(&to, &self.addressee(&earlier.deed));
            tried && heard(earlier) && (earlier.deed.is_about_same(&entry.deed) || stranger())
        };
        if !heard(entry) || entries[..place].iter().any(holds_back) {
            return Step::Nothing;
        }
        entry.progress.step(now())
    }

    /// The service something is for.
    fn addressee(&self, deed: &Deed) -> Rc<Source> {
        match deed {
            Deed::Rate { .. } => self.rater(),
            deed => self.at(deed.about()),
        }
    }

    async fn deliver(&self, entry: &Entry) {
        let endpoint = &self.addressee(&entry.deed).endpoint;
        let knows_keys = match &entry.deed {
            Deed::Create { .. } => endpoint.knows_keys("create"),
            // The same change twice is one change.
            Deed::Edit { .. } | Deed::Delete { .. } => true,
            Deed::Vote { before, vote, .. } => endpoint.knows_vote_keys(*before, *vote),
            Deed::Rate { stars } => endpoint.knows_keys(rate_operation(*stars)),
        };
        self.progress(&entry.uuid, &|progress| progress.send(knows_keys));
        let result = match &entry.deed {
            Deed::Create { parent, text, by } => self.post(text, by, *parent, &entry.uuid).await,
            Deed::Edit { key, text } => self.edit(*key, text, &entry.uuid).await,
            Deed::Delete { key } => match self.delete(*key, &entry.uuid).await {
                // The answer to an earlier try was lost.
                Err(Trouble::Gone) if entry.progress.tries > 0 => Ok(()),
                result => result,
            },
            Deed::Vote { key, before, vote } => {
                self.send_vote(*key, *before, *vote, &entry.uuid).await
            }
            Deed::Rate { stars } => self.send_rating(*stars, &entry.uuid).await,
        };
        // What takes one press is tried again only where no answer came at all.
        let put_back = |trouble: &Trouble| {
            !matches!(trouble, Trouble::NoNetwork | Trouble::Offline | Trouble::Slow)
        };
        match result {
            Ok(()) => drop(self.take_out(&entry.uuid)),
            Err(trouble) if !entry.deed.has_words() && put_back(&trouble) => {
                self.discard(&entry.uuid);
                self.say(News::Undone(trouble));
            }
            Err(trouble) => self.change(&entry.uuid, entry.deed.about(), &mut |known| {
                let mut entry = known?;
                entry.progress.fail(&trouble, now(), chance());
                if matches!(entry.deed, Deed::Edit { .. }) && entry.progress.state == State::Stopped
                {
                    self.show_undone(&entry.deed);
                }
                entry.trouble = Some(trouble.clone());
                Some(entry)
            }),
        }
    }

    /// Looks whether something arrived though its answer did not.
    async fn look(&self, entry: &Entry) {
        let told = |there| if there { Arrival::Yes } else { Arrival::No };
        let arrived = match &entry.deed {
            Deed::Vote { key, vote, .. } => self.vote_arrived(*key, *vote).await.map(told),
            Deed::Rate { stars } => self.rating_arrived(*stars).await.map(told),
            _ => self.arrived(entry).await,
        };
        match arrived {
            Ok(Arrival::Yes) => drop(self.take_out(&entry.uuid)),
            Ok(Arrival::No) => self.progress(&entry.uuid, &Progress::missed),
            Ok(Arrival::Doubtful) => self.progress(&entry.uuid, &Progress::doubt),
            Err(_) => self.progress(&entry.uuid, &|progress| progress.unseen(now(), chance())),
        }
    }

    fn progress(&self, uuid: &str, act: &dyn Fn(&mut Progress)) {
        let Some(entry) = self.unsent(uuid) else { return };
        self.change(uuid, entry.deed.about(), &mut |known| {
            let mut entry = known?;
            act(&mut entry.progress);
            Some(entry)
        });
    }

    /// Changes one entry where all tabs see it, and shows it.
    fn change(
        &self,
        uuid: &str,
        about: Option<CommentKey>,
        act: &mut dyn FnMut(Option<Entry>) -> Option<Entry>,
    ) {
        let number = about.map_or(0, |key| self.0.keys.source(key));
        let mut entries = self.kept(number);
        let place = entries.iter().position(|entry| entry.uuid == uuid);
        let changed = act(place.map(|place| entries[place].clone()));
        match (place, changed) {
            (Some(place), Some(entry)) => entries[place] = entry,
            (Some(place), None) => drop(entries.remove(place)),
            (None, Some(entry)) => entries.push(entry),
            (None, None) => {}
        }
        let source = self.0.sources.borrow().get(number).cloned();
        if let Some(source) = source {
            let written: Vec<Value> = entries.iter().map(|entry| self.write(entry)).collect();
            let text =
                if written.is_empty() { String::new() } else { Value::List(written).write() };
            memory::keep(&source.outbox_name(), &text);
        }
        if self.0.outbox.get_untracked() != entries {
            self.show(number, entries);
        }
    }

    /// Shows what is kept for a service among what is shown of the others.
    fn show(&self, number: usize, entries: Vec<Entry>) {
        let mut all = self.0.outbox.get_untracked();
        let of = |entry: &Entry| entry.deed.about().map_or(0, |key| self.0.keys.source(key));
        all.retain(|entry| of(entry) != number);
        all.extend(entries);
        self.0.writes.set(self.0.writes.get() + 1);
        self.0.outbox.set(all);
    }

    /// Shows what is kept on this device.
    pub fn read_outbox(&self) {
        let sources = self.0.sources.borrow().len();
        let entries: Vec<Entry> = (0..sources).flat_map(|number| self.kept(number)).collect();
        if self.0.outbox.get_untracked() != entries {
            self.0.outbox.set(entries);
        }
    }

    /// What is kept for one service. What cannot be read is left out.
    fn kept(&self, number: usize) -> Vec<Entry> {
        let Some(source) = self.0.sources.borrow().get(number).cloned() else { return Vec::new() };
        let kept = memory::load(&source.outbox_name()).and_then(|kept| Value::parse(&kept).ok());
        let kept = kept.unwrap_or_default();
        kept.as_list().iter().filter_map(|value| self.read_entry(number, value)).collect()
    }
}

/// What a rating is sent by.
fn rate_operation(stars: Option<Stars>) -> &'static str {
    if stars.is_some() { "rate" } else { "unrate" }
}

/// A number of 1,000.
fn chance() -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1,000")]
    let chance = (Math::random() * 1_000.0) as u32;
    chance
}
