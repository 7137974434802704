//! What is kept on this device. The only place that touches storage.

use std::cell::{Cell, RefCell};

use web_sys::Storage;

/// Before every name of ours in the storage of the page.
const PREFIX: &str = "jaw-jaw:";

thread_local! {
    /// For pages whose storage throws or is full: kept as long as the page is open.
    /// A few names with their texts: a table of hashes would weigh more than it saves.
    static FALLBACK: RefCell<Vec<(String, String)>> = RefCell::default();
    static FORGETFUL: Cell<bool> = const { Cell::new(false) };
}

/// Whether something could not be kept beyond this visit.
pub fn is_forgetful() -> bool {
    FORGETFUL.get()
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What was kept under a name.
pub fn load(name: &str) -> Option<String> {
    let name = [PREFIX, name].concat();
    let fallback = FALLBACK.with_borrow(|kept| {
        kept.iter().find(|(kept, _)| *kept == name).map(|(_, text)| text.clone())
    });
    fallback.or_else(|| storage()?.get_item(&name).ok()?)
}

/// What follows `start` in all names that begin with it.
pub fn names(start: &str) -> Vec<String> {
    let start = [PREFIX, start].concat();
    let mut found: Vec<String> =
        FALLBACK.with_borrow(|kept| kept.iter().map(|(name, _)| name.clone()).collect());
    if let Some(storage) = storage() {
        let length = storage.length().unwrap_or(0);
        found.extend((0..length).filter_map(|place| storage.key(place).ok().flatten()));
    }
    found.iter().filter_map(|name| name.strip_prefix(&start)).map(str::to_owned).collect()
}

/// Keeps text under a name for as long as the page is open, and no longer.
pub fn keep_for_now(name: &str, text: &str) {
    keep(name, "");
    FALLBACK.with_borrow_mut(|kept| kept.push(([PREFIX, name].concat(), text.to_owned())));
}

/// Keeps text under a name; empty text forgets it. Never fails.
pub fn keep(name: &str, text: &str) {
    let name = [PREFIX, name].concat();
    FALLBACK.with_borrow_mut(|kept| kept.retain(|(kept, _)| *kept != name));
    let kept = storage().is_some_and(|storage| {
        let done = if text.is_empty() {
            storage.remove_item(&name)
        } else {
            storage.set_item(&name, text)
        };
        done.is_ok()
    });
    if !kept && !text.is_empty() {
        FORGETFUL.set(true);
        FALLBACK.with_borrow_mut(|kept| kept.push((name, text.to_owned())));
    }
}
