//! A running comment service: the only room with a network.
//!
//! The service's identifiers end here; above, a comment is known by its [`CommentKey`].

mod clock;
pub mod http;
pub mod keys;
pub mod live;
mod naming;
mod own;
pub mod part;
mod replies;
mod reply;
pub mod turn;
mod writing;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::domain::comment::{Comment, CommentKey, Rights, Standing};
use crate::domain::offers::Offers;
use crate::domain::rating::Rating;
use crate::domain::time::Time;
use crate::domain::trouble::Trouble;
use crate::endpoint::http::warn;
use crate::endpoint::keys::Keys;
pub use crate::endpoint::naming::plain;
use crate::endpoint::own::Own;
use crate::endpoint::turn::Turns;
pub use crate::endpoint::writing::Sent;
use crate::json::Value;
use crate::json::digits;
pub use crate::profile::Profile;
use crate::profile::page::Page;
use crate::profile::read::Found;
use crate::profile::template::Variables;
pub use crate::profile::variables::Given;

/// A comment with its place among the others.
pub type Placed = (CommentKey, Option<CommentKey>, Comment);

/// One page of a discussion.
#[derive(Debug, Default)]
pub struct Batch {
    pub comments: Vec<Placed>,
    pub total: Option<u32>,
    pub rating: Option<Rating>,
    pub closed: bool,
    /// How many comments could not be read.
    pub unread: u32,
    /// There are more than the service lists.
    pub truncated: bool,
}

/// A conversation with one service about one article.
pub struct Endpoint {
    profile: Profile,
    given: Given,
    /// Without the viewer's secret, and with it: asked for by every card.
    offers: [Offers; 2],
    /// What is known before anybody acts, and what the service added to it.
    variables: RefCell<Variables>,
    /// Among the services of a discussion.
    source: usize,
    keys: Rc<Keys>,
    next: RefCell<Option<Value>>,
    /// What the last page was asked with.
    last: RefCell<Option<Value>>,
    /// What the next page of replies to a comment is asked with.
    cursors: RefCell<Vec<(CommentKey, Value)>>,
    /// Whether answers are wanted that were not kept on the way.
    fresh: Cell<bool>,
    own: RefCell<Own>,
    /// Counts reads, so that a late answer never wins over a newer one.
    reads: Cell<u32>,
    writes: Turns,
    /// For whom a session was got, if any.
    session: RefCell<Option<String>>,
    url: RefCell<Option<String>>,
    /// Whether it ever answered: until then its addresses may have another form.
    found: Cell<bool>,
}

impl Endpoint {
    /// `source` numbers the services of a discussion, which share `keys`. `Err` says what the page's
    /// author has to mend.
    pub fn new(
        profile: Profile,
        given: &Given,
        source: usize,
        keys: Rc<Keys>,
    ) -> Result<Self, String> {
        let variables = RefCell::new(profile.variables(given)?);
        let mut own = Own::default();
        own.token.clone_from(&given.token);
        let own = RefCell::new(own);
        let offers = [profile.offers(false), profile.offers(true)];
        Ok(Self {
            profile,
            given: given.clone(),
            offers,
            variables,
            source,
            keys,
            next: RefCell::default(),
            last: RefCell::default(),
            cursors: RefCell::default(),
            fresh: Cell::default(),
            own,
            reads: Cell::new(0),
            writes: Turns::default(),
            session: RefCell::default(),
            url: RefCell::default(),
            found: Cell::default(),
        })
    }

    pub fn offers(&self) -> Offers {
        self.offers[usize::from(self.own.borrow().token.is_some())]
    }

    /// What the service is called.
    pub fn title(&self) -> String {
        self.profile.title().to_owned()
    }

    /// Whether there are more comments to be read.
    pub fn has_more(&self) -> bool {
        self.next.borrow().is_some()
    }

    /// Where the service itself shows the discussion, as far as answers told.
    pub fn url(&self) -> Option<String> {
        self.url.borrow().clone()
    }

    /// Reads the first page, or the next one. `None` if a newer read began meanwhile: a late answer
    /// never wins.
    pub async fn read(&self, more: bool) -> Result<Option<Batch>, Trouble> {
        let next = if more { self.next.borrow().clone() } else { None };
        self.reads.set(self.reads.get() + 1);
        let Some(mut page) = self.page(next.as_ref()).await? else { return Ok(None) };
        // A cursor that does not move would read the same page for ever.
        let moved = page.next.take().filter(|cursor| next.as_ref() != Some(cursor));
        *self.next.borrow_mut() = moved;
        *self.last.borrow_mut() = next;
        Ok(Some(self.batch(page)))
    }

    /// Reads the first page again, and stays where it was for [`Endpoint::read`].
    pub async fn read_again(&self) -> Result<Option<Batch>, Trouble> {
        Ok(self.page(None).await?.map(|page| self.batch(page)))
    }

    /// A page as it is now; `None` if a newer read began meanwhile. Until an answer came, the forms are tried that the
    /// addresses of the service may have.
    async fn page(&self, next: Option<&Value>) -> Result<Option<Page>, Trouble> {
        loop {
            let page = self.page_once(next).await;
            // What is not there may be elsewhere; an answer that a page may not see counts as none.
            let elsewhere = matches!(
                page,
                Err(Trouble::Gone | Trouble::Offline | Trouble::Unreadable | Trouble::Blocked)
            );
            self.found.set(self.found.get() || page.is_ok());
            if !elsewhere
                || self.found.get()
                || !self.profile.take_next_form(&mut self.variables.borrow_mut())
            {
                return page;
            }
        }
    }

    async fn page_once(&self, next: Option<&Value>) -> Result<Option<Page>, Trouble> {
        let turn = self.reads.get();
        if !self.resolve().await? {
            // Nobody has begun this discussion, and it cannot be begun from here.
            return Ok(Some(Page { closed: true, ..Page::default() }));
        }
        let reply = if let Some(kind) = self.profile.script() {
            self.of_page(kind).await?
        } else {
            let mut request = self.profile.list(&self.known(), next);
            request.fresh = self.fresh.get();
            self.ask(&request).await?
        };
        if turn != self.reads.get() {
            return Ok(None);
        }
        let page = self.profile.page(reply.answer(&self.known()), next);
        let mut page = page.map_err(|reason| reply.unreadable(&reason))?;
        page.warn(&reply.url);
        if page.url.is_some() {
            *self.url.borrow_mut() = page.url.take();
        }
        Ok(Some(page))
    }

    fn batch(&self, page: Page) -> Batch {
        let Page { found, total, rating, closed, unread, truncated, .. } = page;
        let comments = found.into_iter().map(|found| self.place(found)).collect();
        Batch { comments, total, rating, closed, unread, truncated }
    }

    /// From now on no answer is taken that was kept on the way.
    pub fn wants_fresh(&self) {
        self.fresh.set(true);
    }

    /// Reads the article's rating, where the service has a place of its own for it.
    pub async fn rating(&self) -> Result<Option<Rating>, Trouble> {
        let variables = self.known();
        let Some(request) = self.profile.write("rating", &variables) else {
            return Ok(self.read(false).await?.and_then(|batch| batch.rating));
        };
        let reply = self.ask(&request).await?;
        Ok(self.profile.rating(&reply.answer(&variables)))
    }

    /// Whether the rating is to be read by itself.
    pub fn has_own_rating(&self) -> bool {
        self.offers().rating
    }

    /// The text a comment was written as, where the service keeps it.
    pub async fn source(&self, key: CommentKey) -> Result<Option<String>, Trouble> {
        let variables = self.about(key, "");
        let Some(request) = self.profile.write("source", &variables) else {
            return Ok(None);
        };
        let reply = self.ask(&request).await?;
        Ok(self.profile.source(&reply.answer(&variables)))
    }

    /// Asks once for what the service must tell before anything can be listed. False if it does not.
    async fn resolve(&self) -> Result<bool, Trouble> {
        let names = self.profile.binds("resolve");
        let is_known = || names.iter().all(|name| self.variables.borrow().get(name).is_some());
        if !is_known() {
            self.bind("resolve", &self.known()).await?;
        }
        Ok(is_known())
    }

    /// Does an operation for the variables it brings.
    async fn bind(&self, operation: &str, variables: &Variables) -> Result<(), Trouble> {
        let Some(request) = self.profile.write(operation, variables) else { return Ok(()) };
        let reply = self.ask(&request).await?;
        let bound = self.profile.bound(operation, &reply.answer(variables));
        let mut known = self.variables.borrow_mut();
        for (name, value) in bound {
            known.set(name, value);
        }
        Ok(())
    }

    /// Asks for an order from now on; whether the service knows it. No word is its own order.
    pub fn sort_by(&self, word: &str) -> bool {
        let known = word.is_empty() || self.profile.sorts_by(word);
        if known {
            self.variables.borrow_mut().set("sort", Value::text(word));
        }
        known
    }

    /// Whether an order was asked for.
    pub fn is_sorted(&self) -> bool {
        self.variables
            .borrow()
            .get("sort")
            .and_then(Value::as_text)
            .is_some_and(|it| !it.is_empty())
    }

    /// Whether the service takes the same write twice as one.
    pub fn knows_keys(&self, operation: &str) -> bool {
        self.profile.knows_keys(operation)
    }

    /// Whether the service gives who writes a secret to be known by, and this device has none yet.
    pub fn awaits_token(&self) -> bool {
        self.profile.at("/security/token").is_some() && self.own.borrow().token.is_none()
    }

    /// Whether the service itself says how the viewer voted.
    pub fn remembers_votes(&self) -> bool {
        self.profile.remembers_votes()
    }

    /// Whether the service itself says how the viewer rated.
    pub fn remembers_ratings(&self) -> bool {
        self.profile.remembers_ratings()
    }

    /// Where the viewer can sign in.
    pub fn login(&self) -> Option<String> {
        self.profile.login(&self.known())
    }

    /// What a comment is called by the service, for keeping.
    pub fn name_of(&self, key: CommentKey) -> Value {
        self.keys.name(key)
    }

    /// The comment that is called so, read or not.
    pub fn key_of(&self, name: &Value) -> CommentKey {
        self.keys.key(self.source, name)
    }

    /// What is to be kept on this device, as opaque text.
    pub fn memory(&self) -> String {
        self.own.borrow().write()
    }

    /// Takes back what [`Endpoint::memory`] gave, also in another tab; anything else is nothing.
    pub fn recall(&self, memory: &str) {
        self.own.borrow_mut().take(memory);
    }

    /// Whether a comment is known to be one that was written on this device.
    pub fn has_written(&self, key: CommentKey) -> bool {
        let id = self.keys.id(key);
        id.as_text().is_some_and(|id| self.own.borrow().written(id).is_some())
    }

    /// Notes that a comment is one that was written on this device, whose answer did not tell. It is too
    /// late for what one may do for a while.
    pub fn claim(&self, key: CommentKey) {
        let id = self.keys.id(key);
        if !self.has_written(key) {
            self.own.borrow_mut().wrote(id.as_text().unwrap_or_default(), Time(0), None);
        }
    }

    fn known(&self) -> Variables {
        let token = self.own.borrow().token.as_deref().map_or(Value::Null, Value::text);
        self.variables.borrow().clone().with("token", token)
    }

    fn about(&self, key: CommentKey, uuid: &str) -> Variables {
        let id = self.keys.id(key);
        let secret = id.as_text().and_then(|id| self.own.borrow().secret(id).map(Value::text));
        let mut variables = self.known().with("uuid", Value::text(uuid)).with("id", id);
        variables.set("secret", secret.unwrap_or_default());
        self.add_captured("target.", key, &mut variables);
        variables
    }

    fn add_captured(&self, of: &str, key: CommentKey, variables: &mut Variables) {
        for (name, value) in self.keys.capture(key) {
            variables.set(&[of, &name].concat(), value);
        }
    }

    fn place(&self, found: Found) -> Placed {
        let (key, parent) = self.keys.put(self.source, &found);
        let id = found.id.as_text().unwrap_or_default();
        let mut comment = found.comment;
        let own = self.own.borrow();
        let there = comment.standing != Standing::Deleted;
        if let (Some(at), Some(seconds)) =
            (own.written(id).filter(|_| there), self.profile.own_seconds())
        {
            let until = (seconds > 0).then(|| Time(at.0 + seconds * 1000));
            comment.rights = Rights { edit: true, delete: true, until };
        }
        if !self.profile.remembers_votes()
            && let Some(tally) = &mut comment.tally
        {
            tally.mine = own.vote(id);
        }
        (key, parent, comment)
    }
}

impl Page {
    /// Says to the page's author what could not be read of it.
    fn warn(&self, url: &str) {
        if let Some(reason) = &self.reason {
            let unread = digits(self.unread.into());
            warn(&[url, ": ", &unread, " could not be read: ", reason].concat());
        }
        if let Some(elsewhere) = &self.elsewhere {
            let said = " says that the next page is at ";
            warn(&[url, said, elsewhere, ", which is another host: it is not read"].concat());
        }
    }
}

/// This moment, by the reader's clock.
pub fn now() -> Time {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for ages")]
    Time(js_sys::Date::now() as i64)
}
