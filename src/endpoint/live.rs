//! What a service says of comments after they were read.

use crate::domain::rich;
use crate::domain::trouble::Trouble;
use crate::endpoint::reply::is_rich;
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
        if !rich::is_here() && (self.profile.tells_more() || is_rich(data)) {
            return None;
        }
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

    /// Reads the comments among which new ones are, and whether these are certainly all there are. Where
    /// [`Endpoint::read`] is stays as it is; what has not changed is not sent again (RFC 9110 §13).
    ///
    /// Where all was read, a service that tells is read from the start, because it may have told of any
    /// comment; another is looked at from its last page on.
    pub async fn look(&self) -> Result<(Vec<Placed>, bool), Trouble> {
        /// Pages; a discussion that grew by more is read anew by the next visit.
        const FAR: usize = 40;
        let (mut all, mut whole) = (Vec::new(), false);
        if !self.resolve().await? {
            return Ok((all, whole));
        }
        let (mut variables, more) = (self.known(), self.has_more());
        // Of a service that tells, the newest were told of: in that order its unread pages would count as new.
        if more && self.events().is_none() && self.profile.sorts_by("newest") {
            variables.set("sort", Value::text("newest"));
        }
        let thorough = more || self.events().is_some();
        let mut asked = if thorough { None } else { self.last.borrow().clone() };
        let mut sound = asked.is_none() && !more && !self.offers().replies;
        for _ in 0..FAR {
            let mut request = self.profile.list(&variables, asked.as_ref());
            request.fresh = true;
            let reply = self.ask(&request).await?;
            let page = self.profile.page(reply.answer(&variables), asked.as_ref());
            let page = page.map_err(|reason| reply.unreadable(&reason))?;
            all.extend(page.found.into_iter().map(|found| self.place(found)));
            let next = page.next.filter(|next| asked.as_ref() != Some(next));
            sound &= page.unread == 0 && !page.truncated;
            // None at all is more likely a service in trouble, unless it counts them itself.
            let count = page.total.map_or(usize::from(all.is_empty()), |total| total as usize);
            whole = sound && next.is_none() && all.len() >= count;
            if more || next.is_none() {
                break;
            }
            asked = next;
        }
        Ok((all, whole))
    }
}
