//! What became of words whose answer did not show them, or was lost.

use js_sys::JsString;

use crate::domain::author::{Author, Signature};
use crate::domain::body::Body;
use crate::domain::comment::{Comment, CommentKey};
use crate::domain::said::{self, Age, Arrival, Likeness, Who, arrival};
use crate::domain::time::Time;
use crate::domain::trouble::Trouble;
use crate::endpoint::{Batch, Placed, now};
use crate::state::discussion::Discussion;
use crate::state::entry::{Deed, Entry};
use crate::state::news::News;

/// Services that tell whole seconds are behind by less, in milliseconds.
const SECOND: i64 = 1_000;
/// Clocks differ by no more.
const APART: i64 = 15 * 60_000;
/// Zones of time differ by no more.
const ZONES: i64 = 24 * 60 * 60_000;
/// Pages; comments are not kept further away from their first page.
const FAR: usize = 40;

impl Discussion {
    /// Reads again to see what became of words whose answer did not show them: the comment of that
    /// key, or else one that was not there before and says the same.
    pub(super) async fn look_for(
        &self,
        key: Option<CommentKey>,
        text: &str,
        by: &Signature,
        parent: Option<CommentKey>,
    ) -> Option<Placed> {
        let number = parent.map_or(0, |parent| self.0.keys.source(parent));
        let before: Vec<CommentKey> = self.keys_there();
        self.read_again(number).await;
        let fits = |key: &CommentKey| {
            let comment = self.peek(*key).unwrap_or_default();
            self.0.keys.source(*key) == number
                && self.who(by, *key, &comment) != Who::Other
                && comment.says(text, &plain) >= Likeness::Same
        };
        let new = self.keys_there().into_iter().find(|key| !before.contains(key) && fits(key));
        let source = self.at(parent);
        if let (None, Some(new)) = (key, new) {
            source.endpoint.claim(new);
            source.keep_memory();
        }
        let key = key.or(new)?;
        let comment = self.peek(key).unwrap_or_else(|| Comment {
            // What was typed, until a later page shows what became of it.
            author: Author::new(&by.name, None, false),
            body: Body { text: text.to_owned(), ..Body::default() },
            created: Some(now()),
            ..Comment::default()
        });
        Some((key, self.parent(key).or(parent), comment))
    }

    /// Reads until a comment is found that is what was sent; whether there is one.
    pub(super) async fn arrived(&self, entry: &Entry) -> Result<Arrival, Trouble> {
        let Deed::Create { parent, .. } = entry.deed else { return Ok(Arrival::No) };
        let number = parent.map_or(0, |parent| self.0.keys.source(parent));
        let source = self.at(parent);
        source.recall();
        // A list that was kept on the way would be from before.
        source.endpoint.wants_fresh();
        // From the start, wherever reading had come to: it may be on any page, and on one already read.
        let (mut pages, mut more) = (0, false);
        let mut found = loop {
            // Where something else began to read, it is looked again later.
            let batch = source.endpoint.read(more).await?.ok_or(Trouble::Offline)?;
            self.take(number, Batch { unread: 0, ..batch });
            let found = self.among(entry, number);
            pages += 1;
            more = source.endpoint.has_more();
            if found.0 == Arrival::Yes || !more || pages > FAR {
                break found;
            }
        };
        if found.0 < Arrival::Yes
            && let Some(parent) = parent.filter(|_| source.endpoint.offers().replies)
        {
            // Those that the list leaves out.
            self.read_all_replies(parent).await?;
            found = self.among(entry, number);
        }
        if let (Arrival::Yes, Some(key)) = found {
            // It is not what is sent next, even if that says the same.
            source.endpoint.claim(key);
            source.keep_memory();
            self.say(News::Posted(key));
        }
        // What was not read may be it.
        let unread = source.endpoint.has_more() || source.truncated.get();
        Ok(found.0.max(if unread { Arrival::Doubtful } else { Arrival::No }))
    }

    /// The comment that is most likely what was sent.
    fn among(&self, entry: &Entry, number: usize) -> (Arrival, Option<CommentKey>) {
        let mut best = (Arrival::No, None);
        for key in self.keys_there() {
            let found = self.judge(entry, number, key);
            if found > best.0 {
                best = (found, Some(key));
            }
        }
        best
    }

    fn judge(&self, entry: &Entry, number: usize, key: CommentKey) -> Arrival {
        let Deed::Create { parent, text, by } = &entry.deed else { return Arrival::No };
        let keys = &self.0.keys;
        let Some(comment) = self.peek(key) else { return Arrival::No };
        let age = age(entry.since, comment.created);
        let beside = keys.parent(key) == *parent || self.parent(key) == *parent;
        // Some services put a reply elsewhere in its thread.
        let below = parent.is_some_and(|parent| keys.root(parent) == keys.root(key));
        let known = keys.is_older(key, &entry.uuid) || self.at(Some(key)).endpoint.has_written(key);
        let here = keys.source(key) == number && (beside || below);
        if known || age == Age::Before || !here {
            return Arrival::No;
        }
        let likeness = comment.says(text, &plain);
        if likeness == Likeness::Different {
            return Arrival::No;
        }
        let found = arrival(likeness, self.who(by, key, &comment), age);
        if beside || likeness == Likeness::SameAndTelling {
            return found;
        }
        found.min(Arrival::Doubtful)
    }

    /// By whom a comment is, seen from who signs so. Where no name is asked for, the service knows who is signed
    /// in: then it is by whoever wrote what is known to be the viewer's.
    fn who(&self, by: &Signature, key: CommentKey, comment: &Comment) -> Who {
        let is = |name: &str| said::is_named(name, &comment.author.name, &plain);
        if comment.rights.edit || is(&by.name) {
            return Who::Same;
        }
        if !by.name.is_empty() {
            return Who::Other;
        }
        let endpoint = &self.at(Some(key)).endpoint;
        let mut who = Who::Unknown;
        for own in self.keys_there() {
            if endpoint.has_written(own)
                && let Some(own) = self.peek(own)
            {
                who = if is(&own.author.name) { Who::Same } else { Who::Other };
                if who == Who::Same {
                    break;
                }
            }
        }
        who
    }
}

fn age(since: Time, created: Option<Time>) -> Age {
    let Some(created) = created else { return Age::Near };
    match since.0.saturating_sub(created.0) {
        before if before <= SECOND => Age::After,
        before if before <= APART => Age::Near,
        before if before <= ZONES => Age::Doubtful,
        _ => Age::Before,
    }
}

/// As texts are compared, however their letters are written: the browser has the tables for it.
pub(super) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    JsString::from(text).normalize("NFKD").to_lower_case().into()
}
