//! Who listens to which article, and what they are told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast::{self, Receiver, Sender};
use tokio_util::sync::CancellationToken;

use crate::limits;
use crate::pace::Group;

/// A change: its number in the article, and the comment as anybody sees it, written once for all.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) seq: i64,
    pub(crate) data: String,
}

/// Why there is no place for a listener.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Crowd {
    /// This address has as many as one may have.
    Address,
    /// All places are taken.
    Server,
}

/// Listeners by article; only those of an article are woken by its changes.
#[derive(Clone)]
pub(crate) struct Live {
    inner: Arc<Mutex<Inner>>,
    most: usize,
    most_each: usize,
    /// The server stops: all streams end.
    pub(crate) stop: CancellationToken,
}

#[derive(Default)]
struct Inner {
    articles: HashMap<Arc<str>, Sender<Arc<Told>>>,
    each: HashMap<Group, usize>,
    all: usize,
}

/// A place among the listeners, given back when it is dropped.
pub(crate) struct Listener {
    pub(crate) receiver: Receiver<Arc<Told>>,
    article: Arc<str>,
    group: Group,
    live: Live,
}

impl Live {
    pub(crate) fn new(most: usize, most_each: usize, stop: CancellationToken) -> Self {
        Self { inner: Arc::default(), most, most_each, stop }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells a change to those who listen to the article.
    pub(crate) fn tell(&self, article: &str, told: Arc<Told>) {
        if let Some(sender) = self.lock().articles.get(article) {
            // The last of them may just have gone.
            let _ = sender.send(told);
        }
    }

    /// A place for a listener of this group.
    pub(crate) fn listen(&self, article: &str, group: Group) -> Result<Listener, Crowd> {
        let mut inner = self.lock();
        if inner.all >= self.most {
            return Err(Crowd::Server);
        }
        if inner.each.get(&group).is_some_and(|each| *each >= self.most_each) {
            return Err(Crowd::Address);
        }
        inner.all += 1;
        *inner.each.entry(group).or_default() += 1;
        let article: Arc<str> = article.into();
        let sender = inner.articles.entry(Arc::clone(&article));
        let receiver = sender.or_insert_with(|| broadcast::channel(limits::BEHIND).0).subscribe();
        Ok(Listener { receiver, article, group, live: self.clone() })
    }

    /// How many listen.
    pub(crate) fn listeners(&self) -> usize {
        self.lock().all
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut inner = self.live.lock();
        inner.all = inner.all.saturating_sub(1);
        if let Some(each) = inner.each.get_mut(&self.group) {
            *each -= 1;
            if *each == 0 {
                inner.each.remove(&self.group);
            }
        }
        // Ours is still counted.
        let alone = inner.articles.get(&self.article).is_some_and(|all| all.receiver_count() <= 1);
        if alone {
            inner.articles.remove(&self.article);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(last: u8) -> Group {
        Group::of([10, 0, 0, last].into())
    }

    #[test]
    fn places_are_given_back_and_nobody_takes_all() {
        let live = Live::new(3, 2, CancellationToken::new());
        let first = live.listen("a", group(1)).expect("a place");
        let second = live.listen("b", group(1)).expect("a place");
        assert_eq!(live.listen("a", group(1)).err(), Some(Crowd::Address));
        let third = live.listen("a", group(2)).expect("a place");
        assert_eq!(live.listen("a", group(3)).err(), Some(Crowd::Server));
        drop(first);
        assert_eq!(live.listeners(), 2);
        assert!(live.listen("a", group(1)).is_ok());
        // Of an article that nobody listens to nothing is kept.
        drop((second, third));
        let inner = live.lock();
        assert!(inner.articles.is_empty() && inner.each.is_empty() && inner.all == 0);
    }
}
