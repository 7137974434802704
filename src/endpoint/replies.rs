//! Replies that the pages of a list leave out.

use crate::domain::comment::CommentKey;
use crate::domain::trouble::Trouble;
use crate::endpoint::{Endpoint, Placed};
use crate::json::Value;

impl Endpoint {
    /// Reads the replies to a comment that its page left out: the first page of them, or the next one.
    pub async fn replies(&self, key: CommentKey) -> Result<Vec<Placed>, Trouble> {
        let variables = self.about(key, "");
        let next = self.cursor(key);
        let request = self.profile.more_replies(&variables, next.as_ref());
        let mut request = request.ok_or(Trouble::NotAllowed)?;
        request.fresh = self.fresh.get();
        let reply = self.ask(&request).await?;
        let above = self.keys.name(key);
        let page = self.profile.replies(reply.answer(&variables), next.as_ref(), &above);
        let page = page.map_err(|reason| reply.unreadable(&reason))?;
        page.warn(&reply.url);
        let mut cursors = self.cursors.borrow_mut();
        cursors.retain(|(other, _)| *other != key);
        let moved = page.next.filter(|cursor| next.as_ref() != Some(cursor));
        cursors.extend(moved.map(|cursor| (key, cursor)));
        drop(cursors);
        Ok(page.found.into_iter().map(|found| self.place(found)).collect())
    }

    /// Whether there are more replies to a comment of which some were read.
    pub fn has_more_replies(&self, key: CommentKey) -> bool {
        self.cursor(key).is_some()
    }

    fn cursor(&self, key: CommentKey) -> Option<Value> {
        let cursors = self.cursors.borrow();
        cursors.iter().find(|(other, _)| *other == key).map(|(_, cursor)| cursor.clone())
    }
}
