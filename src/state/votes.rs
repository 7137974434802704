//! Votes and ratings: shown at once, sent by way of the outbox, put back when they are refused.

use leptos::prelude::{GetUntracked, Set};

use crate::domain::comment::{Comment, CommentKey};
use crate::domain::outbox::{Progress, State};
use crate::domain::rating::Stars;
use crate::domain::trouble::Trouble;
use crate::domain::vote::{Tally, Vote};
use crate::state::discussion::Discussion;
use crate::state::entry::{Deed, Entry};
use crate::state::news::News;
use crate::state::writing::uuid;

impl Discussion {
    /// Votes, or takes the vote back if it is the same.
    pub async fn vote(&self, key: CommentKey, pressed: Vote) {
        let Some(before) = self.peek(key).and_then(|comment| comment.tally) else { return };
        let vote = before.next(pressed);
        if vote == Vote::None && !self.offers(Some(key)).unvote {
            return;
        }
        self.show_vote(key, vote);
        let waiting = self.take_waiting(&|deed| deed.is_vote_for(key));
        let mut known = before.mine;
        if let Some(Entry { deed: Deed::Vote { before, .. }, progress, .. }) = waiting {
            known = before;
            if progress.tries == 0 && known == vote {
                // What was never sent need not be taken back. It may be from an earlier visit: then what was told
                // last counts as ours what is not.
                self.slot(key, |slot| {
                    slot.confirmed = slot.confirmed.map(|told| Tally { mine: vote, ..told });
                });
                return self.settle_vote(key);
            }
        }
        self.put_unsent(&uuid(), Deed::Vote { key, before: known, vote });
        self.flush().await;
    }

    /// Gives the article stars, or takes them back.
    pub async fn rate(&self, stars: Option<Stars>) {
        let Some(before) = self.0.rating.get_untracked() else { return };
        if before.mine == stars {
            return;
        }
        self.show_rating(stars);
        let waiting = self.take_waiting(&|deed| matches!(deed, Deed::Rate { .. }));
        let confirmed = self.0.confirmed.get().and_then(|rating| rating.mine);
        if waiting.is_some_and(|entry| entry.progress.tries == 0) && confirmed == stars {
            return self.0.rating.set(self.0.confirmed.take());
        }
        self.put_unsent(&uuid(), Deed::Rate { stars });
        self.flush().await;
    }

    /// Takes out what a newer press replaces, unless it may have arrived.
    fn take_waiting(&self, fits: &dyn Fn(&Deed) -> bool) -> Option<Entry> {
        let entries = self.0.outbox.get_untracked();
        let waits = |entry: &&Entry| {
            let Progress { state, tries, .. } = entry.progress;
            fits(&entry.deed) && (tries == 0 || state == State::Stopped)
        };
        let uuid = entries.iter().find(waits)?.uuid.clone();
        self.take_out(&uuid)
    }

    fn show_vote(&self, key: CommentKey, vote: Vote) {
        let Some(comment) = self.peek(key) else { return };
        let Some(before) = comment.tally else { return };
        self.slot(key, |slot| {
            slot.votes += 1;
            slot.confirmed.get_or_insert(before);
        });
        self.replace(key, Comment { tally: Some(before.after(vote)), ..comment });
        self.note_vote(key, vote);
    }

    /// Kept before it is sent: the page may be left before the answer comes.
    fn note_vote(&self, key: CommentKey, vote: Vote) {
        let source = self.at(Some(key));
        source.recall();
        source.endpoint.note_vote(key, vote);
        source.keep_memory();
    }

    /// Shows the tally that the endpoint told last.
    pub(super) fn settle_vote(&self, key: CommentKey) {
        let told = self.slot(key, |slot| slot.confirmed.take());
        if let (Some(tally), Some(comment)) = (told, self.peek(key)) {
            self.note_vote(key, tally.mine);
            self.replace(key, Comment { tally: Some(tally), ..comment });
        }
    }

    fn show_rating(&self, stars: Option<Stars>) {
        let Some(before) = self.0.rating.get_untracked() else { return };
        self.0.ratings.set(self.0.ratings.get() + 1);
        self.0.confirmed.set(self.0.confirmed.get().or(Some(before)));
        self.0.rating.set(Some(before.after(stars)));
    }

    /// Shows the rating that the endpoint told last.
    pub(super) fn settle_rating(&self) {
        if let Some(told) = self.0.confirmed.take() {
            self.0.rating.set(Some(told));
        }
    }

    /// Sends a vote. Only the newest press decides what is shown.
    pub(super) async fn send_vote(
        &self,
        key: CommentKey,
        before: Vote,
        vote: Vote,
        uuid: &str,
    ) -> Result<(), Trouble> {
        let tally = self.peek(key).and_then(|comment| comment.tally);
        let newer = self.is_replaced(uuid, &|deed| deed.is_vote_for(key));
        if tally.is_some_and(|tally| tally.mine != vote) && !newer {
            // It was pressed in an earlier visit.
            self.show_vote(key, vote);
        }
        let source = self.at(Some(key));
        // From what the endpoint told last: what is shown may have been read anew meanwhile.
        let told = self.slot(key, |slot| slot.confirmed).or(tally).unwrap_or_default();
        let shown = Tally { mine: before, ..told }.after(vote);
        let press = self.slot(key, |slot| slot.votes);
        let told = source.send(source.endpoint.vote(key, (before, vote), shown, uuid)).await?;
        self.slot(key, |slot| slot.confirmed = Some(told));
        if press == self.slot(key, |slot| slot.votes) && !newer {
            self.settle_vote(key);
            self.say(News::Voted(key, vote));
        }
        Ok(())
    }

    /// Sends a rating. Only the newest press decides what is shown.
    pub(super) async fn send_rating(
        &self,
        stars: Option<Stars>,
        uuid: &str,
    ) -> Result<(), Trouble> {
        let newer = self.is_replaced(uuid, &|deed| matches!(deed, Deed::Rate { .. }));
        let before = self.0.rating.get_untracked();
        if before.is_some_and(|before| before.mine != stars) && !newer {
            self.show_rating(stars);
        }
        let press = self.0.ratings.get();
        let rater = self.rater();
        let result = rater.send(rater.endpoint.rate(stars, uuid)).await;
        let guessed = before.map(|before| before.after(stars));
        self.0.confirmed.set(result?.or(guessed));
        if press == self.0.ratings.get() && !newer {
            self.settle_rating();
            self.say(News::Rated(stars));
        }
        Ok(())
    }

    /// Whether something newer of the same kind waits.
    fn is_replaced(&self, uuid: &str, fits: &dyn Fn(&Deed) -> bool) -> bool {
        let entries = self.0.outbox.get_untracked();
        entries.iter().rev().find(|entry| fits(&entry.deed)).is_some_and(|last| last.uuid != uuid)
    }

    /// Reads the votes again to see whether one arrived; whether it need not be sent again. Where nobody
    /// can know, it is not: counted twice is worse than lost.
    pub(super) async fn vote_arrived(&self, key: CommentKey, vote: Vote) -> Result<bool, Trouble> {
        let source = self.at(Some(key));
        self.slot(key, |slot| slot.confirmed = None);
        self.read_again(self.0.keys.source(key)).await;
        let mine = self.peek(key).and_then(|comment| comment.tally).map(|tally| tally.mine);
        Ok(!source.endpoint.remembers_votes() || mine == Some(vote))
    }

    /// The same for a rating.
    pub(super) async fn rating_arrived(&self, stars: Option<Stars>) -> Result<bool, Trouble> {
        let rater = self.rater();
        let told = rater.endpoint.rating().await?;
        self.0.confirmed.set(None);
        self.0.rating.set(told);
        let mine = told.and_then(|rating| rating.mine);
        Ok(!rater.endpoint.remembers_ratings() || mine == stars)
    }
}
