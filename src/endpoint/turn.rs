//! Writes in a row: whoever takes a turn waits until the one before has given it back.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// A queue of one.
#[derive(Default)]
pub struct Turns {
    taken: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

/// A turn; given back when dropped.
pub struct Turn<'a>(&'a Turns);

impl Turns {
    /// Waits for a turn. Those who wait are woken in the order they came.
    pub async fn take(&self) -> Turn<'_> {
        poll_fn(|context| {
            if self.taken.replace(true) {
                self.waiting.borrow_mut().push(context.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        Turn(self)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.taken.set(false);
        // All are woken and the first of them takes the turn: one that was given up loses nobody.
        for waker in self.0.waiting.take() {
            waker.wake();
        }
    }
}
