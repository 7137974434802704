//! Reading, from one service or from several that make one discussion.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::{ArcRwSignal, Get, GetUntracked, Notify, Set, Update};

use crate::domain::comment::CommentKey;
use crate::domain::letters::cut;
use crate::domain::time::Time;
use crate::domain::trouble::Trouble;
use crate::endpoint::keys::Keys;
use crate::endpoint::{Batch, Endpoint};
use crate::state::discussion::Discussion;
use crate::state::load::Load;
use crate::state::memory;
use crate::state::news::News;

/// One service of a discussion.
pub struct Source {
    pub(super) endpoint: Endpoint,
    /// Names this endpoint and article among what is kept on this device.
    pub(super) name: String,
    /// What it is called.
    title: String,
    pub(super) total: Cell<Option<u32>>,
    pub(super) closed: ArcRwSignal<bool>,
    /// How many of its comments could not be read.
    pub(super) unread: Cell<u32>,
    /// It has more comments than it lists.
    pub(super) truncated: Cell<bool>,
    /// Comments that its list lacked when it was looked at last, and since when it does.
    pub(super) missed: RefCell<Vec<(CommentKey, Time)>>,
}

impl Source {
    fn new(endpoint: Endpoint, name: String) -> Rc<Self> {
        let title = endpoint.title();
        Rc::new(Self {
            endpoint,
            name,
            title,
            total: Cell::default(),
            closed: ArcRwSignal::new(false),
            unread: Cell::default(),
            truncated: Cell::default(),
            missed: RefCell::default(),
        })
    }

    fn memory_name(&self) -> String {
        // The article is left out: a secret is good for the whole endpoint.
        let endpoint = cut(&self.name, " ").map_or(&*self.name, |(endpoint, _)| endpoint);
        ["endpoint ", endpoint].concat()
    }

    fn is_truncated(&self) -> bool {
        self.truncated.get() && !self.endpoint.has_more()
    }

    /// Under this name is kept what was not sent yet.
    pub(super) fn outbox_name(&self) -> String {
        ["outbox ", &self.name].concat()
    }

    /// Takes in what was kept, also by another tab or another widget of the page.
    pub(super) fn recall(&self) {
        if let Some(memory) = memory::load(&self.memory_name()) {
            self.endpoint.recall(&memory);
        }
    }

    pub(super) fn keep_memory(&self) {
        memory::keep(&self.memory_name(), &self.endpoint.memory());
    }

    /// Sends something with the secrets that are kept on this device, and keeps those that the answer
    /// gives: the page may be left before anything else is done, and without them the next thing sent
    /// would be another reader's.
    pub(super) async fn send<T>(&self, what: impl Future<Output = T>) -> T {
        // Another widget on the page may have been given a secret since.
        self.recall();
        let answer = what.await;
        self.keep_memory();
        answer
    }
}

impl Discussion {
    /// Adds a service; its number.
    pub fn join(&self, endpoint: Endpoint, name: String) -> usize {
        let source = Source::new(endpoint, name);
        source.recall();
        let mut sources = self.0.sources.borrow_mut();
        sources.push(source);
        sources.len() - 1
    }

    /// Whether something waits to be sent.
    pub fn has_unsent(&self) -> bool {
        let sources = self.0.sources.borrow();
        sources.iter().any(|source| memory::load(&source.outbox_name()).is_some())
    }

    /// Whether this is the discussion of a page too, which now is called so.
    pub fn fits(&self, page: &str, title: &str) -> bool {
        let (sources, rater) = (self.0.sources.borrow(), self.0.rater.borrow());
        sources.iter().chain(&*rater).all(|source| source.endpoint.fits(page, title))
    }

    /// How many services there are.
    pub fn sources(&self) -> usize {
        self.0.sources.borrow().len()
    }

    /// Says that other services will join.
    pub fn expect_several(&self) {
        self.0.several.set(true);
    }

    /// Takes ratings from another service than the comments.
    pub fn rate_at(&self, endpoint: Endpoint, name: String) {
        let source = Source::new(endpoint, name);
        source.recall();
        *self.0.rater.borrow_mut() = Some(source);
    }

    /// What the services of this discussion number their comments by.
    pub fn keys(&self) -> Rc<Keys> {
        self.0.keys.clone()
    }

    /// The service a comment is from; that of new threads for none.
    pub(super) fn at(&self, key: Option<CommentKey>) -> Rc<Source> {
        let sources = self.0.sources.borrow();
        let number = key.map_or(0, |key| self.0.keys.source(key));
        sources[number.min(sources.len() - 1)].clone()
    }

    pub(super) fn rater(&self) -> Rc<Source> {
        self.0.rater.borrow().clone().unwrap_or_else(|| self.at(None))
    }

    /// Whether stars can be given, and taken back.
    pub fn rates(&self) -> (bool, bool) {
        let offers = self.rater().endpoint.offers();
        (offers.rate, offers.unrate)
    }

    /// What the service of a comment is called, where there are several; nothing for the first, which
    /// is the page's own.
    pub fn origin(&self, key: CommentKey) -> Option<String> {
        let named = || (self.0.keys.source(key) > 0).then(|| self.at(Some(key)).title.clone());
        self.0.several.get().then(|| named().unwrap_or_default())
    }

    /// What the service of a comment, or of the discussion, is called.
    pub fn title(&self, key: Option<CommentKey>) -> String {
        self.at(key).title.clone()
    }

    /// Places where one can only write over there, or where the rest is of what was read to its end: what they
    /// are called, and their addresses; tracked.
    pub fn links(&self, to_the_rest: bool) -> Vec<(String, String)> {
        let _ = self.0.load.get();
        let _ = self.count();
        let sources = self.0.sources.borrow();
        let leads = |source: &&Rc<Source>| {
            if to_the_rest { source.is_truncated() } else { !source.endpoint.offers().create }
        };
        let elsewhere = sources.iter().filter(leads);
        let link = |source: &Rc<Source>| Some((source.title.clone(), source.endpoint.url()?));
        elsewhere.filter_map(link).collect()
    }

    /// Whether a service has more than it lists, once that was read to its end; tracked.
    pub fn is_truncated(&self) -> bool {
        let _ = self.count();
        self.0.sources.borrow().iter().any(|source| source.is_truncated())
    }

    /// Services that could not be read, and why; tracked.
    pub fn failures(&self) -> Vec<(String, Trouble)> {
        let failures = self.0.failures.get();
        let sources = self.0.sources.borrow();
        let told = |(number, trouble): (usize, Trouble)| {
            Some((sources.get(number)?.title.clone(), trouble))
        };
        failures.into_iter().filter_map(told).collect()
    }

    /// How many comments could not be read; tracked.
    pub fn unread(&self) -> u32 {
        let _ = self.count();
        self.0.sources.borrow().iter().map(|source| source.unread.get()).sum()
    }

    /// Whether nobody can answer a comment any more; tracked.
    pub fn is_closed(&self, key: CommentKey) -> bool {
        let closed =
            |above| self.slot(above, |slot| slot.comment.as_ref().is_some_and(|it| it.closed));
        self.at(Some(key)).closed.get() || self.0.forest.borrow().line(key).any(closed)
    }

    /// One order for what several services have: by time, in the direction of the first of them.
    pub(super) fn sort(&self, roots: &mut [CommentKey]) {
        let slots = self.0.slots.borrow();
        let time = |key: &CommentKey| {
            let comment = slots.get(key.index()).and_then(|slot| slot.comment.as_ref());
            comment.and_then(|comment| comment.created).unwrap_or(Time(0))
        };
        let first = roots.iter().filter(|key| self.0.keys.source(**key) == 0);
        let times: Vec<Time> = first.map(time).collect();
        let newest_first = times.first() > times.last();
        roots.sort_by(|left, right| {
            let order = time(left).cmp(&time(right));
            if newest_first { order.reverse() } else { order }
        });
    }

    /// Reads the first page of the first service, and again what could not be read of others.
    pub async fn read(&self) {
        self.0.load.set(Load::Waiting);
        let failed: Vec<usize> =
            self.0.failures.get_untracked().into_iter().map(|(n, _)| n).collect();
        self.read_source(0).await;
        for number in failed.into_iter().filter(|number| *number > 0) {
            self.read_source(number).await;
        }
    }

    /// Reads the first page of one service.
    pub async fn read_source(&self, number: usize) {
        let source = self.0.sources.borrow()[number].clone();
        let result = source.endpoint.read(false).await;
        let several = self.0.several.get();
        self.0.failures.update(|failures| failures.retain(|(other, _)| *other != number));
        let load = match result {
            Ok(Some(batch)) => {
                if number == 0
                    && self.0.rater.borrow().is_none()
                    && !source.endpoint.has_own_rating()
                {
                    self.0.rating.set(batch.rating);
                }
                self.take(number, batch);
                Load::Ready
            }
            Ok(None) => return,
            Err(trouble) if number > 0 || several => {
                self.0.failures.update(|failures| failures.push((number, trouble)));
                Load::Ready
            }
            Err(trouble) => Load::Failed(trouble),
        };
        if number == 0 {
            self.0.load.set(load);
        }
    }

    /// Whether something could not be read.
    pub fn has_failed(&self) -> bool {
        matches!(self.0.load.get_untracked(), Load::Failed(_))
            || !self.0.failures.get_untracked().is_empty()
    }

    /// Reads the article's rating where it does not come with the comments.
    pub async fn read_rating(&self) {
        let rater = self.rater();
        let elsewhere = self.0.rater.borrow().is_some();
        if (elsewhere || rater.endpoint.has_own_rating())
            && let Ok(rating) = rater.endpoint.rating().await
        {
            self.0.rating.set(rating);
        }
    }

    /// Says that reading takes long, if it still does.
    pub fn mark_slow(&self) {
        for signal in [&self.0.load, &self.0.more] {
            if signal.get_untracked() == Load::Waiting {
                signal.set(Load::Slow);
            }
        }
    }

    /// Reads the next page of every service that has one.
    ///
    /// Nobody asked for what is read `quietly`: it is not talked about, and the focus stays where it is.
    pub async fn read_more(&self, quietly: bool) {
        if matches!(self.0.more.get_untracked(), Load::Waiting | Load::Slow) {
            return;
        }
        self.0.more.set(Load::Waiting);
        let mut read = (0, None);
        for number in self.unfinished() {
            match self.read_next(number).await {
                Ok((count, first)) => read = (read.0 + count, read.1.or(first)),
                Err(trouble) => return self.0.more.set(Load::Failed(trouble)),
            }
        }
        self.0.more.set(Load::Ready);
        if let ((count, Some(first)), false) = (read, quietly) {
            self.say(News::Read(count, first));
        }
    }

    /// Services that have more.
    fn unfinished(&self) -> Vec<usize> {
        let sources = self.0.sources.borrow();
        let open = sources.iter().enumerate().filter(|(_, source)| source.endpoint.has_more());
        open.map(|(number, _)| number).collect()
    }

    pub(super) async fn read_next(
        &self,
        number: usize,
    ) -> Result<(usize, Option<CommentKey>), Trouble> {
        let source = self.0.sources.borrow()[number].clone();
        let Some(batch) = source.endpoint.read(true).await? else { return Ok((0, None)) };
        let read = (batch.comments.len(), batch.comments.first().map(|(key, ..)| *key));
        self.take(number, batch);
        Ok(read)
    }

    /// Finds the comment an address fragment names, reading on for it if need be, and unfolds what
    /// hides it.
    pub async fn seek(&self, hash: &str) {
        /// Pages; a comment that is not among so many has most likely been deleted.
        const FAR: usize = 40;
        if !self.0.sources.borrow().iter().any(|source| source.endpoint.may_name(hash)) {
            return;
        }
        for _ in 0..FAR {
            let sources = self.0.sources.borrow().clone();
            let has = |key: &CommentKey| self.0.forest.borrow().has(*key);
            let named = sources.iter().find_map(|source| source.endpoint.named(hash).filter(has));
            if let Some(key) = named {
                self.0.sought.set(true);
                self.show_only(None);
                let line: Vec<CommentKey> = self.0.forest.borrow().line(key).skip(1).collect();
                for above in line {
                    self.set_folded(above, false);
                }
                return self.say(News::Named(key));
            }
            let open = self.unfinished();
            if open.is_empty() {
                return;
            }
            for number in open {
                if let Err(trouble) = self.read_next(number).await {
                    return self.0.more.set(Load::Failed(trouble));
                }
            }
        }
    }

    /// The same, for a service that came later, unless the comment was found meanwhile.
    pub async fn seek_again(&self, hash: &str) {
        if !self.0.sought.get() {
            self.seek(hash).await;
        }
    }

    pub(super) fn take(&self, number: usize, batch: Batch) {
        let source = self.0.sources.borrow()[number].clone();
        if batch.total.is_some() {
            source.total.set(batch.total);
        }
        source.closed.set(batch.closed);
        source.truncated.set(source.truncated.get() || batch.truncated);
        source.unread.set(source.unread.get() + batch.unread);
        self.put_all(batch.comments);
        self.0.roots.notify();
    }

    /// Reads a service again after something was written there whose effect the answer did not tell.
    pub(super) async fn read_again(&self, number: usize) {
        let source = self.0.sources.borrow()[number].clone();
        if let Ok(Some(batch)) = source.endpoint.read_again().await {
            self.take(number, Batch { unread: 0, ..batch });
        }
    }
}
