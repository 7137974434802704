//! What this device remembers of its reader's doings at one service.

use crate::domain::time::Time;
use crate::domain::vote::Vote;
use crate::json::Value;

/// So many of the viewer's own comments, and of their votes, are remembered on this device.
const MOST: usize = 200;

#[derive(Default)]
pub(super) struct Own {
    /// The viewer's secret, as the service gave it.
    pub(super) token: Option<String>,
    /// Newest last.
    comments: Vec<Written>,
    votes: Vec<(String, Vote)>,
}

struct Written {
    id: String,
    at: Time,
    /// What allows changing this one comment.
    secret: Option<String>,
}

impl Own {
    pub(super) fn wrote(&mut self, id: &str, at: Time, secret: Option<String>) {
        self.comments.push(Written { id: id.to_owned(), at, secret });
        let surplus = self.comments.len().saturating_sub(MOST);
        self.comments.drain(..surplus);
    }

    pub(super) fn voted(&mut self, id: &str, vote: Vote) {
        self.votes.retain(|(other, _)| other != id);
        if vote != Vote::None {
            self.votes.push((id.to_owned(), vote));
        }
        let surplus = self.votes.len().saturating_sub(MOST);
        self.votes.drain(..surplus);
    }

    /// When a comment was written on this device.
    pub(super) fn written(&self, id: &str) -> Option<Time> {
        self.comments.iter().find(|written| written.id == id).map(|written| written.at)
    }

    pub(super) fn secret(&self, id: &str) -> Option<&str> {
        self.comments.iter().find(|written| written.id == id)?.secret.as_deref()
    }

    pub(super) fn vote(&self, id: &str) -> Vote {
        self.votes.iter().find(|(other, _)| other == id).map_or(Vote::None, |(_, vote)| *vote)
    }

    /// Everything, as text that only [`Own::take`] reads.
    pub(super) fn write(&self) -> String {
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::text);
        let comments = self.comments.iter().map(|written| {
            let secret = text(written.secret.as_deref());
            Value::List(vec![Value::text(&written.id), Value::number(written.at.0), secret])
        });
        let votes = self
            .votes
            .iter()
            .map(|(id, vote)| Value::List(vec![Value::text(id), Value::number(vote.sign())]));
        Value::Record(vec![
            ("own".to_owned(), Value::List(comments.collect())),
            ("votes".to_owned(), Value::List(votes.collect())),
            ("token".to_owned(), text(self.token.as_deref())),
        ])
        .write()
    }

    /// Takes in what was written, here or in another tab; anything else is nothing.
    pub(super) fn take(&mut self, text: &str) {
        let memory = Value::parse(text).unwrap_or_default();
        let list = |name: &str| memory.get(name).map_or(&[][..], Value::as_list);
        let token = memory.get("token").and_then(Value::as_str).filter(|token| is_plain(token));
        if let Some(token) = token {
            self.token = Some(token.to_owned());
        }
        for row in list("own") {
            let at = row.at("/1").and_then(Value::as_text).and_then(|at| at.parse().ok());
            if let (Some(id), Some(at)) = (row.at("/0").and_then(Value::as_str), at)
                && self.written(id).is_none()
            {
                let secret = row.at("/2").and_then(Value::as_str).filter(|secret| is_plain(secret));
                self.wrote(id, Time(at), secret.map(str::to_owned));
            }
        }
        for row in list("votes") {
            let sign = row.at("/1").and_then(Value::as_text).and_then(|sign| sign.parse().ok());
            if let (Some(id), Some(sign)) = (row.at("/0").and_then(Value::as_str), sign) {
                self.voted(id, Vote::from_sign(sign));
            }
        }
    }
}

/// It goes into a header, where other characters would throw.
pub(super) fn is_plain(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let mut own = Own { token: Some("t".to_owned()), ..Own::default() };
        own.wrote("1", Time(5), Some("s".to_owned()));
        own.wrote("2", Time(6), None);
        own.voted("9", Vote::Up);
        own.voted("8", Vote::Down);
        own.voted("9", Vote::None);
        let mut back = Own::default();
        back.take(&own.write());
        back.take("rubbish");
        assert_eq!(back.write(), own.write());
        assert_eq!((back.secret("1"), back.written("2")), (Some("s"), Some(Time(6))));
        assert_eq!((back.vote("8"), back.vote("9")), (Vote::Down, Vote::None));
        back.take(r#"{"token":"a b","own":[[1],["3"],["4",7,"x y"]],"votes":[["7"]]}"#);
        assert_eq!(back.token.as_deref(), Some("t"));
        assert_eq!((back.written("4"), back.secret("4")), (Some(Time(7)), None));
    }
}
