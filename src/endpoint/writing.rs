//! The operations that change something, one after the other.

use wasm_bindgen::JsValue;

use crate::domain::author::Signature;
use crate::domain::comment::{Comment, CommentKey, Standing};
use crate::domain::letters::{cut, parts};
use crate::domain::rating::{Rating, Stars};
use crate::domain::trouble::Trouble;
use crate::domain::vote::{Tally, Vote};
use crate::endpoint::reply::Reply;
use crate::endpoint::{Endpoint, Placed, now};
use crate::json::Value;
use crate::profile::template::Variables;

/// What became of a comment that was sent.
pub enum Sent {
    Placed(Box<Placed>),
    /// Somebody has to allow it first.
    Held,
    /// It arrived, but the answer does not show it; its key, where the answer names it.
    Somewhere(Option<CommentKey>),
}

impl Endpoint {
    /// Posts a comment. `uuid` is the same for every try of the same words.
    pub async fn create(
        &self,
        text: &str,
        by: &Signature,
        parent: Option<CommentKey>,
        uuid: &str,
    ) -> Result<Sent, Trouble> {
        let mut variables = self.known();
        variables.set("uuid", Value::text(uuid));
        variables.set("content", Value::text(text));
        add_signature(&mut variables, by);
        match parent {
            Some(parent) => {
                variables.set("parent", self.keys.name(parent));
                self.add_captured("parent.", parent, &mut variables);
                let root = self.keys.root(parent);
                variables.set("root", self.keys.name(root));
                self.add_captured("root.", root, &mut variables);
            }
            None => variables.set("parent", self.profile.root_parent(&variables)),
        }
        let reply = self.perform("create", &variables).await?;
        let told = |name: &str| self.profile.told("create", name, &reply.answer(&variables));
        let secret = told("secret").and_then(|secret| secret.as_text().map(str::to_owned));
        let secret = secret.filter(|secret| super::own::is_plain(secret));
        let held = reply.status == 202 || self.profile.is_held(&reply.answer(&variables));
        let found = self.profile.written("create", &reply.answer(&variables));
        if let Some(mut found) = found {
            self.own.borrow_mut().wrote(found.id.as_text().unwrap_or_default(), now(), secret);
            if held {
                found.comment.standing = Standing::Pending;
            }
            let asked = parent.map(|parent| self.keys.name(parent));
            found.parent = found.parent.or(asked);
            return Ok(Sent::Placed(Box::new(self.place(found))));
        }
        if held {
            return Ok(Sent::Held);
        }
        let id = told("id").filter(|id| id.as_text().is_some_and(|id| !id.is_empty()));
        if let Some(id) = id.as_ref().and_then(Value::as_text) {
            self.own.borrow_mut().wrote(id, now(), secret);
        }
        Ok(Sent::Somewhere(id.map(|id| self.keys.key(self.source, &id))))
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
        add_signature(&mut variables, by);
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
        let reply = self.perform(operation, variables).await?;
        let found = self.profile.written(operation, &reply.answer(variables));
        Ok(found.map(|found| self.place(found).2))
    }

    fn vote_operation(&self, before: Vote, vote: Vote) -> &'static str {
        let back = if before == Vote::Down { "undownvote" } else { "unupvote" };
        let own = match vote {
            Vote::Up => "upvote",
            Vote::Down => "downvote",
            Vote::None if self.profile.has("unvote") => "unvote",
            Vote::None => back,
        };
        if self.profile.has(own) { own } else { "vote" }
    }

    /// Whether the service takes the same vote twice as one.
    pub fn knows_vote_keys(&self, before: Vote, vote: Vote) -> bool {
        self.profile.knows_keys(self.vote_operation(before, vote))
    }

    /// Votes. `shown` is the tally as it is shown meanwhile; the answer is the true one.
    pub async fn vote(
        &self,
        key: CommentKey,
        (before, vote): (Vote, Vote),
        shown: Tally,
        uuid: &str,
    ) -> Result<Tally, Trouble> {
        let mut variables = self.about(key, uuid).with("vote", Value::number(vote.sign()));
        variables.set("previous", Value::number(before.sign()));
        variables.set("upvoteCount", Value::number(shown.up));
        let operation = self.vote_operation(before, vote);
        let reply = self.perform(operation, &variables).await?;
        let told = self.profile.voted(operation, &reply.answer(&variables), shown);
        Ok(told.unwrap_or(shown))
    }

    /// Notes a vote where the service does not remember it.
    pub fn note_vote(&self, key: CommentKey, vote: Vote) {
        if !self.profile.remembers_votes() {
            let id = self.keys.id(key);
            self.own.borrow_mut().voted(id.as_text().unwrap_or_default(), vote);
        }
    }

    /// Gives the article stars, or takes them back; `Some` is the rating as it is now.
    pub async fn rate(&self, stars: Option<Stars>, uuid: &str) -> Result<Option<Rating>, Trouble> {
        let mut variables = self.known().with("uuid", Value::text(uuid));
        if let Some(stars) = stars {
            variables.set("stars", Value::number(stars.count().into()));
        }
        let operation = if stars.is_some() { "rate" } else { "unrate" };
        let reply = self.perform(operation, &variables).await?;
        Ok(self.profile.rating(&reply.answer(&variables)))
    }

    async fn perform(&self, operation: &str, variables: &Variables) -> Result<Reply, Trouble> {
        // One after the other: the first answer may bring the secret that the second write needs, and
        // the last press must be the last to arrive.
        let _turn = self.writes.take().await;
        let has_session = self.sign_in(variables, false).await?;
        match self.send(operation, variables).await {
            // A session may have ended since.
            Err(Trouble::NotAllowed | Trouble::SignIn) if has_session => {
                self.sign_in(variables, true).await?;
                self.send(operation, variables).await
            }
            result => result,
        }
    }

    async fn send(&self, operation: &str, variables: &Variables) -> Result<Reply, Trouble> {
        // What a session brought is newer than what the caller knew.
        let mut now_known = variables.clone();
        for name in self.profile.binds("session") {
            now_known.set(name, self.variables.borrow().get(name).cloned().unwrap_or_default());
        }
        let token = self.own.borrow().token.as_deref().map_or(Value::Null, Value::text);
        now_known.set("token", token);
        now_known.set("csrf", self.csrf().unwrap_or_default());
        let moment = String::from(js_sys::Date::new_0().to_iso_string());
        now_known.set("now", Value::Text(moment));
        let request = self.profile.write(operation, &now_known).ok_or(Trouble::NotAllowed)?;
        // What was kept on the way is from before.
        self.wants_fresh();
        self.ask(&request).await
    }

    /// Gets a session, where the service wants one before anything is written; whether it does.
    async fn sign_in(&self, variables: &Variables, again: bool) -> Result<bool, Trouble> {
        if !self.offers().session {
            return Ok(false);
        }
        let name = variables.get("name").and_then(Value::as_text).unwrap_or_default();
        let there = self
            .session
            .borrow()
            .as_deref()
            .is_some_and(|for_whom| name.is_empty() || for_whom == name);
        if !there || again {
            self.bind("session", variables).await?;
            *self.session.borrow_mut() = Some(name.to_owned());
        }
        Ok(true)
    }

    /// The value of the cookie that must be repeated, where this page may see it.
    fn csrf(&self) -> Option<Value> {
        let wanted = self.profile.csrf_cookie()?;
        let document = web_sys::window()?.document()?;
        let cookies =
            js_sys::Reflect::get(&document, &JsValue::from_str("cookie")).ok()?.as_string()?;
        let cookie = |part: &str| {
            let (name, value) = cut(part.trim(), "=")?;
            (name == wanted).then(|| Value::text(value))
        };
        parts(&cookies, ";").find_map(cookie)
    }
}

fn add_signature(variables: &mut Variables, by: &Signature) {
    for (name, value) in [("name", &by.name), ("email", &by.email), ("website", &by.url)] {
        if !value.is_empty() {
            variables.set(name, Value::text(value));
        }
    }
}
