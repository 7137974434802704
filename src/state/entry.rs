//! What waits in the outbox, and how it is written down.

use crate::domain::author::Signature;
use crate::domain::comment::CommentKey;
use crate::domain::outbox::{Progress, State};
use crate::domain::rating::Stars;
use crate::domain::time::Time;
use crate::domain::trouble::Trouble;
use crate::domain::vote::Vote;
use crate::json::Value;
use crate::state::discussion::Discussion;

/// What is to be done at the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    Create {
        parent: Option<CommentKey>,
        text: String,
        by: Signature,
    },
    Edit {
        key: CommentKey,
        text: String,
    },
    Delete {
        key: CommentKey,
    },
    /// `before` is the vote that the endpoint knew of.
    Vote {
        key: CommentKey,
        before: Vote,
        vote: Vote,
    },
    Rate {
        stars: Option<Stars>,
    },
}

/// One thing in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The same for every try.
    pub uuid: String,
    pub deed: Deed,
    pub progress: Progress,
    /// Why the last try failed.
    pub trouble: Option<Trouble>,
    /// When it was put here.
    pub since: Time,
}

impl Deed {
    /// The comment it is about, if it is about one.
    pub fn about(&self) -> Option<CommentKey> {
        match self {
            Self::Create { parent, .. } => *parent,
            Self::Edit { key, .. } | Self::Delete { key } | Self::Vote { key, .. } => Some(*key),
            Self::Rate { .. } => None,
        }
    }

    /// Whether another change of the same thing has to keep its place.
    pub fn is_about_same(&self, other: &Self) -> bool {
        let is_new = |deed: &Self| matches!(deed, Self::Create { .. });
        self.about() == other.about() && !is_new(self) && !is_new(other)
    }

    pub fn is_vote_for(&self, comment: CommentKey) -> bool {
        matches!(self, Self::Vote { key, .. } if *key == comment)
    }

    /// Whether something was typed that must not be lost.
    pub fn has_words(&self) -> bool {
        matches!(self, Self::Create { .. } | Self::Edit { .. })
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Create { text, .. } | Self::Edit { text, .. } => text,
            Self::Delete { .. } | Self::Vote { .. } | Self::Rate { .. } => "",
        }
    }
}

impl Discussion {
    /// An entry as text for this device.
    pub(super) fn write(&self, entry: &Entry) -> Value {
        let text = Value::text;
        let name = |key: CommentKey| self.at(Some(key)).endpoint.name_of(key);
        let mut members = vec![
            ("uuid", text(&entry.uuid)),
            ("text", text(entry.deed.text())),
            ("since", Value::number(entry.since.0)),
            ("due", Value::number(entry.progress.due.0)),
            ("tries", Value::number(entry.progress.tries.into())),
            ("maybe", Value::Bool(entry.progress.maybe)),
            ("keyed", Value::Bool(entry.progress.keyed)),
            ("doubt", Value::Bool(entry.progress.doubt)),
            ("state", text(word(entry.progress.state))),
        ];
        match &entry.deed {
            Deed::Create { parent, by, .. } => {
                members.extend(parent.map(|parent| ("parent", name(parent))));
                members.push(("name", text(&by.name)));
                members.push(("email", text(&by.email)));
                members.push(("website", text(&by.url)));
            }
            Deed::Edit { key, .. } => members.push(("edit", name(*key))),
            Deed::Delete { key } => members.push(("delete", name(*key))),
            Deed::Vote { key, before, vote } => {
                members.push(("vote", name(*key)));
                members.push(("before", Value::number(before.sign())));
                members.push(("now", Value::number(vote.sign())));
            }
            Deed::Rate { stars } => {
                let stars = stars.map_or(0, |stars| i64::from(stars.count()));
                members.push(("rate", Value::number(stars)));
            }
        }
        Value::record(members)
    }

    /// What [`Discussion::write`] wrote; `number` is the service it is for.
    pub(super) fn read_entry(&self, number: usize, value: &Value) -> Option<Entry> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let number_of = |name: &str| value.get(name)?.as_text()?.parse::<i64>().ok();
        let source = self.0.sources.borrow().get(number).cloned()?;
        let endpoint = &source.endpoint;
        let key = |name: &str| value.get(name).map(|name| endpoint.key_of(name));
        let sign = |name: &str| number_of(name).map(Vote::from_sign);
        let deed = if let Some(key) = key("edit") {
            Deed::Edit { key, text: text("text")? }
        } else if let Some(key) = key("delete") {
            Deed::Delete { key }
        } else if let Some(key) = key("vote") {
            Deed::Vote { key, before: sign("before")?, vote: sign("now")? }
        } else if let Some(stars) = number_of("rate") {
            Deed::Rate { stars: Stars::new(stars) }
        } else {
            Deed::Create {
                parent: key("parent"),
                text: text("text")?,
                by: Signature {
                    name: text("name")?,
                    email: text("email").unwrap_or_default(),
                    url: text("website").unwrap_or_default(),
                },
            }
        };
        let is = |name: &str| value.get(name).is_some_and(Value::is_truthy);
        let uuid = text("uuid")?;
        let progress = Progress {
            state: state(&text("state")?)?,
            tries: u32::try_from(number_of("tries")?).ok()?,
            due: Time(number_of("due")?),
            maybe: is("maybe"),
            keyed: is("keyed"),
            doubt: is("doubt"),
        };
        // Why it failed is not kept: after a reload it is the state that counts.
        let known = self.unsent(&uuid);
        let trouble = known.and_then(|entry| entry.trouble);
        Some(Entry { uuid, deed, progress, trouble, since: Time(number_of("since")?) })
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Sending => "sending",
        State::Stopped => "stopped",
    }
}

fn state(word: &str) -> Option<State> {
    [State::Waiting, State::Sending, State::Stopped]
        .into_iter()
        .find(|state| self::word(*state) == word)
}
