//! What is near the window, and what is so far that it can go.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

use super::Chunk;

/// Comments are left in the page until there are so many: whoever reads fewer finds, selects and prints
/// them all as in any page.
const KEPT: usize = 400;

thread_local! {
    pub(super) static WATCH: Watch = Watch::new();
}

/// Watches all chunks of the page: what comes near is shown, what is far can go.
pub(super) struct Watch {
    observer: Option<IntersectionObserver>,
    chunks: RefCell<Vec<Weak<Chunk>>>,
    free: RefCell<Vec<usize>>,
    /// Chunks in the page, oldest first.
    there: RefCell<VecDeque<usize>>,
    /// Whether all that is in the page stays.
    holds: Cell<bool>,
}

impl Watch {
    fn new() -> Self {
        let heard = Closure::<dyn FnMut(js_sys::Array)>::new(|entries: js_sys::Array| {
            for entry in entries.iter() {
                let entry: IntersectionObserverEntry = entry.unchecked_into();
                if let Some(chunk) = Chunk::of(&entry.target()) {
                    chunk.is_near.set(entry.is_intersecting());
                    if entry.is_intersecting() {
                        chunk.come();
                    }
                }
            }
            WATCH.with(Watch::tidy);
        });
        let how = IntersectionObserverInit::new();
        how.set_root_margin("100% 0px");
        let observer = IntersectionObserver::new_with_options(heard.as_ref().unchecked_ref(), &how);
        // One for the life of the page.
        heard.forget();
        Self {
            observer: observer.ok(),
            chunks: RefCell::default(),
            free: RefCell::default(),
            there: RefCell::default(),
            holds: Cell::new(false),
        }
    }

    pub(super) fn find(&self, number: usize) -> Option<Rc<Chunk>> {
        self.chunks.borrow().get(number)?.upgrade()
    }

    pub(super) fn add(&self, make: impl FnOnce(usize) -> Chunk) -> Rc<Chunk> {
        let mut chunks = self.chunks.borrow_mut();
        let number = self.free.borrow_mut().pop().unwrap_or(chunks.len());
        let chunk = Rc::new(make(number));
        if number == chunks.len() {
            chunks.push(Weak::new());
        }
        chunks[number] = Rc::downgrade(&chunk);
        match &self.observer {
            Some(observer) => observer.observe(chunk.list.node()),
            None => chunk.is_near.set(true),
        }
        chunk
    }

    pub(super) fn forget(&self, chunk: &Chunk) {
        if let Some(observer) = &self.observer {
            observer.unobserve(chunk.list.node());
        }
        self.chunks.borrow_mut()[chunk.number] = Weak::new();
        self.there.borrow_mut().retain(|number| *number != chunk.number);
        self.free.borrow_mut().push(chunk.number);
    }

    pub(super) fn note(&self, chunk: &Chunk) {
        self.there.borrow_mut().push_back(chunk.number);
    }

    /// Takes out of the page what is far away, oldest first, while there is too much.
    fn tidy(&self) {
        if self.holds.get() {
            return;
        }
        let numbers: Vec<usize> = self.there.borrow().iter().copied().collect();
        let there = numbers.into_iter().filter_map(|number| self.find(number));
        let there: Vec<Rc<Chunk>> = there.filter(|chunk| chunk.is_there.get()).collect();
        // What is under a comment that is there counts where it is.
        let mut count: usize = there.iter().map(|chunk| chunk.rows.borrow().len()).sum();
        for chunk in &there {
            if chunk.is_large || chunk.is_near.get() {
                continue;
            }
            if count > KEPT && !chunk.is_busy() {
                count = count.saturating_sub(chunk.rows.borrow().len());
                self.send_away(chunk);
            }
        }
        // What the browser's search was given stays.
        let is_used = |part: &Rc<Chunk>| part.is_there.get() || part.is_filled();
        for chunk in &there {
            if chunk.is_large && !chunk.is_near.get() && !chunk.parts().iter().any(is_used) {
                self.send_away(chunk);
            }
        }
    }

    pub(super) fn hold(&self, holds: bool) {
        self.holds.set(holds);
        self.tidy();
    }

    fn send_away(&self, chunk: &Chunk) {
        chunk.go_far();
        self.there.borrow_mut().retain(|number| *number != chunk.number);
    }
}
