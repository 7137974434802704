//! A running comment service: the only room with a network.
//!
//! The service's identifiers end here; above, a comment is known by its [`CommentKey`].

pub mod http;
mod turn;

use std::cell::{Cell, RefCell};

use crate::domain::author::Signature;
use crate::domain::comment::{Comment, CommentKey, Rights, Standing};
use crate::domain::offers::Offers;
use crate::domain::permalink;
use crate::domain::rating::{Rating, Stars};
use crate::domain::time::Time;
use crate::domain::trouble::Trouble;
use crate::domain::vote::{Tally, Vote};
use crate::endpoint::http::{exchange, warn};
use crate::endpoint::turn::Turns;
use crate::json::Value;
use crate::profile::Profile;
use crate::profile::read::{Found, Page};
use crate::profile::template::Variables;
use crate::profile::write::Request;

/// A comment with its place among the others.
pub type Placed = (CommentKey, Option<CommentKey>, Comment);

/// One page of a discussion.
#[derive(Debug, Default)]
pub struct Batch {
    pub comments: Vec<Placed>,
    pub total: Option<u32>,
    pub rating: Option<Rating>,
    pub closed: bool,
}

/// Where an endpoint is and what is being discussed there.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The base address, without a slash at the end.
    pub endpoint: String,
    /// What is being discussed, as the service knows it.
    pub article: String,
    /// The address of the page, without query and fragment.
    pub url: String,
    pub title: String,
}

/// A conversation with one service about one article.
pub struct Endpoint {
    profile: Profile,
    variables: Variables,
    /// By key: number or text, as the service writes it.
    ids: RefCell<Vec<Value>>,
    /// All keys in the order of their identifiers' text.
    keys: RefCell<Vec<CommentKey>>,
    next: RefCell<Option<Value>>,
    token: RefCell<Option<String>>,
    /// What was written on this device: identifier and moment, newest last.
    own: RefCell<Vec<(String, Time)>>,
    /// Counts reads, so that a late answer never wins over a newer one.
    reads: Cell<u32>,
    writes: Turns,
}

/// So many of the viewer's own comments are remembered on this device.
const MOST_OWN: usize = 100;

impl Endpoint {
    /// `Err` says what the page's author has to mend.
    pub fn new(profile: &str, place: &Place) -> Result<Self, String> {
        let profile = Profile::parse(profile)?;
        let text = Value::text;
        let variables = Variables::default()
            .with("endpoint", text(place.endpoint.trim_end_matches('/')))
            .with("article", text(&place.article))
            .with("url", text(&place.url))
            .with("title", text(&place.title));
        Ok(Self {
            profile,
            variables,
            ids: RefCell::default(),
            keys: RefCell::default(),
            next: RefCell::default(),
            token: RefCell::default(),
            own: RefCell::default(),
            reads: Cell::new(0),
            writes: Turns::default(),
        })
    }

    pub fn offers(&self) -> Offers {
        self.profile.offers()
    }

    /// Whether there are more comments to be read.
    pub fn has_more(&self) -> bool {
        self.next.borrow().is_some()
    }

    /// Reads the first page, or the next one. `None` if a newer read began meanwhile: a late answer
    /// never wins.
    pub async fn read(&self, more: bool) -> Result<Option<Batch>, Trouble> {
        let next = if more { self.next.borrow().clone() } else { None };
        self.reads.set(self.reads.get() + 1);
        let turn = self.reads.get();
        let request = self.profile.list(&self.known(), next.as_ref());
        let answer = self.ask(&request).await?;
        if turn != self.reads.get() {
            return Ok(None);
        }
        let mut page = self.profile.page(&answer, next.as_ref()).map_err(|reason| {
            warn(&format!("the answer of {} is not what the profile says: {reason}", request.url));
            Trouble::Unreadable
        })?;
        // A cursor that does not move would read the same page for ever.
        let moved = page.next.take().filter(|cursor| next.as_ref() != Some(cursor));
        *self.next.borrow_mut() = moved;
        let comments =
            std::mem::take(&mut page.found).into_iter().map(|found| self.place(found)).collect();
        let Page { total, rating, closed, .. } = page;
        Ok(Some(Batch { comments, total, rating, closed }))
    }

    /// Posts a comment. `uuid` is the same for every try of the same words.
    pub async fn create(
        &self,
        text: &str,
        by: &Signature,
        parent: Option<CommentKey>,
        uuid: &str,
    ) -> Result<Option<Placed>, Trouble> {
        let mut variables = self.known();
        variables.set("uuid", Value::text(uuid));
        variables.set("content", Value::text(text));
        for (name, value) in [("name", &by.name), ("email", &by.email), ("website", &by.url)] {
            if !value.is_empty() {
                variables.set(name, Value::text(value));
            }
        }
        if let Some(parent) = parent {
            variables.set("parent", self.id(parent));
        }
        let answer = self.perform("create", &variables).await?;
        Ok(self.profile.written("create", &answer).map(|found| {
            self.remember_own(found.id.as_text().unwrap_or_default());
            self.place(found)
        }))
    }

    /// Changes the text of a comment; `Some` is the comment as the service has it now.
    pub async fn edit(
        &self,
        key: CommentKey,
        text: &str,
        by: &Signature,
        uuid: &str,
    ) -> Result<Option<Comment>, Trouble> {
        let mut variables = self.about(key, uuid).with("content", Value::text(text));
        variables.set("name", Value::text(&by.name));
        if !by.url.is_empty() {
            variables.set("website", Value::text(&by.url));
        }
        self.change("edit", &variables).await
    }

    /// Deletes a comment; `Some` is what is left standing in its place.
    pub async fn delete(&self, key: CommentKey, uuid: &str) -> Result<Option<Comment>, Trouble> {
        self.change("delete", &self.about(key, uuid)).await
    }

    async fn change(
        &self,
        operation: &str,
        variables: &Variables,
    ) -> Result<Option<Comment>, Trouble> {
        let answer = self.perform(operation, variables).await?;
        Ok(self.profile.written(operation, &answer).map(|found| self.place(found).2))
    }

    /// The text a comment was written as, where the service keeps it.
    pub async fn source(&self, key: CommentKey) -> Result<Option<String>, Trouble> {
        let Some(request) = self.profile.write("source", &self.about(key, "")) else {
            return Ok(None);
        };
        Ok(self.profile.source(&self.ask(&request).await?))
    }

    /// Votes. `shown` is the tally as it is shown meanwhile; the answer is the true one.
    pub async fn vote(
        &self,
        key: CommentKey,
        vote: Vote,
        shown: Tally,
        uuid: &str,
    ) -> Result<Tally, Trouble> {
        let (own, number) = match vote {
            Vote::Up => ("upvote", 1),
            Vote::Down => ("downvote", -1),
            Vote::None => ("unvote", 0),
        };
        let variables = self.about(key, uuid).with("vote", Value::number(number));
        let has_own = self.profile.write(own, &variables).is_some();
        let operation = if has_own { own } else { "vote" };
        let answer = self.perform(operation, &variables).await?;
        Ok(self.profile.voted(operation, &answer, shown).unwrap_or(shown))
    }

    /// Gives the article stars, or takes them back; `Some` is the rating as it is now.
    pub async fn rate(&self, stars: Option<Stars>, uuid: &str) -> Result<Option<Rating>, Trouble> {
        let mut variables = self.known().with("uuid", Value::text(uuid));
        if let Some(stars) = stars {
            variables.set("stars", Value::number(stars.count().into()));
        }
        let operation = if stars.is_some() { "rate" } else { "unrate" };
        let answer = self.perform(operation, &variables).await?;
        Ok(self.profile.rating(&answer))
    }

    /// The fragment of the page's address that names a comment.
    pub fn fragment(&self, key: CommentKey) -> String {
        permalink::fragment(self.id(key).as_text().unwrap_or_default())
    }

    /// The comment an address fragment names, if it has been read.
    pub fn named(&self, hash: &str) -> Option<CommentKey> {
        let ids = self.ids.borrow();
        let fits = |id: &Value| {
            id.as_text().is_some_and(|id| permalink::names(hash, &permalink::fragment(id)))
        };
        let index = ids.iter().position(fits)?;
        u32::try_from(index).ok().map(CommentKey)
    }

    /// What is to be kept on this device, as opaque text.
    pub fn memory(&self) -> String {
        let own = self.own.borrow();
        let own =
            own.iter().map(|(id, at)| Value::List(vec![Value::text(id), Value::number(at.0)]));
        let own = ("own".to_owned(), Value::List(own.collect()));
        let token = self.token.borrow().as_deref().map_or(Value::Null, Value::text);
        Value::Record(vec![own, ("token".to_owned(), token)]).write()
    }

    /// Takes back what [`Endpoint::memory`] gave, also in another tab; anything else is nothing.
    pub fn recall(&self, memory: &str) {
        let memory = Value::parse(memory).unwrap_or_default();
        let token = memory.get("token").and_then(Value::as_str);
        let token = token.filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()));
        if token.is_some() {
            *self.token.borrow_mut() = token.map(str::to_owned);
        }
        let kept = memory.get("own").map_or(&[][..], Value::as_list);
        let kept = kept.iter().filter_map(|pair| {
            let at = pair.at("/1")?.as_text()?.parse().ok()?;
            Some((pair.at("/0")?.as_text()?.to_owned(), Time(at)))
        });
        let mut own = self.own.borrow_mut();
        let new: Vec<_> = kept.filter(|(id, _)| own.iter().all(|(known, _)| known != id)).collect();
        own.extend(new);
    }

    fn known(&self) -> Variables {
        self.variables.clone().with("token", self.secret())
    }

    fn secret(&self) -> Value {
        self.token.borrow().as_deref().map_or(Value::Null, Value::text)
    }

    fn about(&self, key: CommentKey, uuid: &str) -> Variables {
        self.known().with("id", self.id(key)).with("uuid", Value::text(uuid))
    }

    async fn perform(&self, operation: &str, variables: &Variables) -> Result<Value, Trouble> {
        // One after the other: the first answer may bring the secret that the second write needs, and
        // the last press must be the last to arrive.
        let _turn = self.writes.take().await;
        let variables = variables.clone().with("token", self.secret());
        let request = self.profile.write(operation, &variables).ok_or(Trouble::NotAllowed)?;
        self.ask(&request).await
    }

    async fn ask(&self, request: &Request) -> Result<Value, Trouble> {
        let answer = exchange(request).await?;
        if !answer.is_success() {
            return Err(self.profile.trouble(answer.status, &answer.body, answer.wait));
        }
        if answer.body.trim().is_empty() {
            return Ok(Value::Null);
        }
        let value = Value::parse(&answer.body).map_err(|at| {
            let start: String = answer.body.chars().take(60).collect();
            warn(&format!("{} answered no JSON (wrong at byte {at}): {start}", request.url));
            Trouble::Unreadable
        })?;
        if let Some(token) = self.profile.token(&value) {
            *self.token.borrow_mut() = Some(token);
        }
        Ok(value)
    }

    fn id(&self, key: CommentKey) -> Value {
        self.ids.borrow().get(key.index()).cloned().unwrap_or_default()
    }

    /// The key of an identifier; a new one if it was never seen.
    fn key(&self, id: &Value) -> CommentKey {
        let (mut ids, mut keys) = (self.ids.borrow_mut(), self.keys.borrow_mut());
        let place = keys.binary_search_by(|key| ids[key.index()].as_text().cmp(&id.as_text()));
        match place {
            Ok(at) => keys[at],
            Err(at) => {
                let key = CommentKey(u32::try_from(ids.len()).unwrap_or(u32::MAX));
                ids.push(id.clone());
                keys.insert(at, key);
                key
            }
        }
    }

    fn place(&self, found: Found) -> Placed {
        let key = self.key(&found.id);
        // A parent named by its reply may be text there and a number here.
        self.ids.borrow_mut()[key.index()] = found.id.clone();
        let parent = found.parent.map(|parent| self.key(&parent));
        let id = found.id.as_text().unwrap_or_default();
        let mut comment = found.comment;
        let own = self.own.borrow();
        let written = own.iter().find(|(own, _)| own == id);
        if let Some((_, at)) = written.filter(|_| comment.standing != Standing::Deleted) {
            let seconds = self.profile.own_seconds();
            if seconds > 0 {
                let until = Some(Time(at.0 + seconds * 1000));
                comment.rights = Rights { edit: true, delete: true, until };
            }
        }
        (key, parent, comment)
    }

    fn remember_own(&self, id: &str) {
        let mut own = self.own.borrow_mut();
        own.push((id.to_owned(), now()));
        let surplus = own.len().saturating_sub(MOST_OWN);
        own.drain(..surplus);
    }
}

/// This moment, by the reader's clock.
pub fn now() -> Time {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for ages")]
    Time(js_sys::Date::now() as i64)
}
