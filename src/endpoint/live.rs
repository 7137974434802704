//! What a service says of comments after they were read.

use crate::domain::trouble::Trouble;
use crate::endpoint::{Endpoint, Placed};
use crate::json::Value;
use crate::profile::expression::Answer;

/// What an event says.
pub enum Heard {
    /// A comment as it is now.
    Comment(Box<Placed>),
    /// How many there are.
    Total(u32),
}

impl Endpoint {
    /// Where the service tells what changes, if it does.
    pub fn events(&self) -> Option<String> {
        self.profile.events(&self.known())
    }

    /// What an event says. `None`: only that something changed.
    pub fn heard(&self, data: &str) -> Option<Heard> {
        let (value, variables) = (Value::parse(data).ok()?, self.known());
        let answer = Answer::new(&value, &variables);
        if let Some(total) = self.profile.heard_total(&answer) {
            return Some(Heard::Total(total));
        }
        self.profile.heard(&answer).map(|found| Heard::Comment(Box::new(self.place(found))))
    }

    /// Seconds between two looks, where it may be looked at.
    pub fn looks_every(&self) -> Option<u32> {
        self.profile.looks_every()
    }

    /// Reads the comments among which new ones are, and whether these are all there are. Where
    /// [`Endpoint::read`] is stays as it is; what has not changed is not sent again (RFC 9110 §13).
    pub async fn look(&self) -> Result<(Vec<Placed>, bool), Trouble> {
        if !self.resolve().await? {
            return Ok((Vec::new(), false));
        }
        let mut variables = self.known();
        let asked = if self.has_more() {
            if self.profile.sorts_by("newest") {
                variables.set("sort", Value::text("newest"));
            }
            None
        } else {
            self.last.borrow().clone()
        };
        let mut request = self.profile.list(&variables, asked.as_ref());
        request.fresh = true;
        let reply = self.ask(&request).await?;
        let page = self.profile.page(reply.answer(&variables), asked.as_ref());
        let page = page.map_err(|reason| reply.unreadable(&reason))?;
        let whole = asked.is_none() && page.next.is_none() && page.unread == 0;
        Ok((page.found.into_iter().map(|found| self.place(found)).collect(), whole))
    }
}
