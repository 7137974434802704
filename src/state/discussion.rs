//! The one store: what was read, what the viewer did, and the verbs that change it.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use leptos::prelude::{ArcRwSignal, ArcTrigger, Notify, Set, Track};

use crate::domain::comment::{Comment, CommentKey, Standing};
use crate::domain::offers::Offers;
use crate::domain::rating::Rating;
use crate::domain::thread::{DEEPEST, Forest};
use crate::domain::time::Time;
use crate::domain::trouble::Trouble;
use crate::domain::vote::Tally;
use crate::endpoint::keys::Keys;
use crate::endpoint::turn::Turns;
use crate::endpoint::{Endpoint, Placed};
use crate::state::entry::Entry;
use crate::state::load::Load;
use crate::state::news::News;
use crate::state::sources::Source;

/// Something a reader has opened under a comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Open {
    #[default]
    Nothing,
    Reply,
    Edit,
    /// Deleted, as far as the reader can see; it can still be taken back.
    Delete,
}

/// A discussion. Clones are handles to the same one.
#[derive(Clone)]
pub struct Discussion(pub(super) Rc<Inner>);

pub(super) struct Inner {
    /// The services it is made of; the first is the one that new threads go to.
    pub(super) sources: RefCell<Vec<Rc<Source>>>,
    pub(super) keys: Rc<Keys>,
    /// Where ratings come from and go to, if not to the first of the sources.
    pub(super) rater: RefCell<Option<Rc<Source>>>,
    /// More than one service is, or will be, part of it.
    pub(super) several: Cell<bool>,
    /// Sources that could not be read, by their number.
    pub(super) failures: ArcRwSignal<Vec<(usize, Trouble)>>,
    /// Whether the comment that the address names was found.
    pub(super) sought: Cell<bool>,
    pub(super) slots: RefCell<Vec<Slot>>,
    pub(super) forest: RefCell<Forest>,
    /// Counts the viewer's ratings, so that a late answer never wins over a newer press.
    pub(super) ratings: Cell<u32>,
    /// The rating that the endpoint last told, while one of ours is on its way.
    pub(super) confirmed: Cell<Option<Rating>>,
    pub(super) load: ArcRwSignal<Load>,
    pub(super) more: ArcRwSignal<Load>,
    pub(super) roots: ArcTrigger,
    pub(super) rating: ArcRwSignal<Option<Rating>>,
    pub(super) news: ArcRwSignal<Option<News>>,
    pub(super) outbox: ArcRwSignal<Vec<Entry>>,
    /// Comments shown as they will be, as the endpoint has them.
    pub(super) changing: RefCell<Vec<(CommentKey, Comment)>>,
    /// The change of a comment that was refused last, and why.
    pub(super) refused: RefCell<Option<(CommentKey, Trouble)>>,
    /// The order in which the reader wants the threads.
    pub(super) sorter: RefCell<Option<Sorter>>,
    /// Counts what the viewer does, so that an answer from before it never wins.
    pub(super) writes: Cell<u32>,
    /// New comments that wait to be asked for.
    pub(super) waiting: RefCell<Vec<CommentKey>>,
    /// The only thread that is shown, if not all are.
    pub(super) only: Cell<Option<CommentKey>>,
    /// Up to when everything was seen before this visit.
    pub(super) since: Cell<Option<Time>>,
    /// Comments that were folded on an earlier visit, by their fragments, a space around each.
    pub(super) folds: RefCell<String>,
    /// Levels of replies that are shown as levels.
    pub(super) deepest: Cell<usize>,
    /// Drafts as this tab knows them, by their names on this device.
    pub(super) drafts: RefCell<Vec<(String, String)>>,
    /// One thing is sent at a time.
    pub(super) turns: Turns,
}

/// Puts threads into an order. It comes with what finds (`ui/finding`).
pub(super) type Sorter = Box<dyn Fn(&Discussion, &mut [CommentKey])>;

/// What is known of one comment, by its key.
#[derive(Clone, Default)]
pub(super) struct Slot {
    pub(super) comment: Option<Comment>,
    pub(super) folded: bool,
    open: Open,
    /// It was opened by nobody.
    pub(super) quiet: bool,
    /// The replies that its page left out have been asked for.
    pub(super) asked: bool,
    /// There while the comment is on the screen.
    change: Option<ArcTrigger>,
    /// Cards that show it.
    watchers: u32,
    /// The tally that the endpoint last told, while a vote of ours is on its way.
    pub(super) confirmed: Option<Tally>,
    /// Counts the viewer's votes, as `ratings` does.
    pub(super) votes: u32,
}

impl Discussion {
    /// A discussion of what one service has. `name` tells this endpoint and article from others on
    /// this device; `keys` is what the endpoint was made with.
    pub fn new(endpoint: Endpoint, name: String, keys: Rc<Keys>) -> Self {
        let discussion = Self(Rc::new(Inner {
            sources: RefCell::default(),
            keys,
            rater: RefCell::default(),
            several: Cell::new(false),
            failures: ArcRwSignal::new(Vec::new()),
            sought: Cell::new(false),
            slots: RefCell::default(),
            forest: RefCell::default(),
            ratings: Cell::default(),
            confirmed: Cell::default(),
            load: ArcRwSignal::new(Load::Waiting),
            more: ArcRwSignal::new(Load::Ready),
            roots: ArcTrigger::new(),
            rating: ArcRwSignal::new(None),
            news: ArcRwSignal::new(None),
            outbox: ArcRwSignal::new(Vec::new()),
            changing: RefCell::default(),
            refused: RefCell::default(),
            sorter: RefCell::default(),
            writes: Cell::default(),
            waiting: RefCell::default(),
            only: Cell::default(),
            since: Cell::default(),
            folds: RefCell::default(),
            deepest: Cell::new(DEEPEST),
            drafts: RefCell::default(),
            turns: Turns::default(),
        }));
        discussion.join(endpoint, name);
        discussion.remember();
        discussion
    }

    /// What can be done with a comment, or with the whole discussion.
    pub fn offers(&self, key: Option<CommentKey>) -> Offers {
        self.at(key).endpoint.offers()
    }

    pub fn load(&self) -> ArcRwSignal<Load> {
        self.0.load.clone()
    }

    /// How far reading the next page has come.
    pub fn more(&self) -> ArcRwSignal<Load> {
        self.0.more.clone()
    }

    pub fn rating(&self) -> ArcRwSignal<Option<Rating>> {
        self.0.rating.clone()
    }

    pub fn closed(&self) -> ArcRwSignal<bool> {
        self.at(None).closed.clone()
    }

    pub fn news(&self) -> ArcRwSignal<Option<News>> {
        self.0.news.clone()
    }

    /// Comments without a parent; tracked.
    pub fn roots(&self) -> Vec<CommentKey> {
        self.0.roots.track();
        if let Some(only) = self.only() {
            return vec![only];
        }
        let mut roots = self.0.forest.borrow().roots();
        if let Some(sort) = self.0.sorter.borrow().as_ref() {
            sort(self, &mut roots);
        } else if self.0.several.get() {
            self.sort(&mut roots);
        }
        roots
    }

    /// How many comments there are, read or not, by what each service counts; tracked.
    pub fn count(&self) -> usize {
        self.0.roots.track();
        let slots = self.0.slots.borrow();
        let is = |one: &Comment| one.standing != Standing::Deleted;
        let is = |slot: &Slot| slot.comment.as_ref().is_some_and(is);
        let count = |(number, source): (usize, &Rc<Source>)| {
            let of = |place: u32| self.0.keys.source(CommentKey(place)) == number;
            let read = (0..).zip(&*slots).filter(|(place, slot)| is(slot) && of(*place)).count();
            let total = source.total.get().filter(|_| source.endpoint.has_more());
            read.max(total.unwrap_or(0) as usize)
        };
        self.0.sources.borrow().iter().enumerate().map(count).sum()
    }

    pub fn has_more(&self) -> bool {
        self.0.roots.track();
        self.0.sources.borrow().iter().any(|source| source.endpoint.has_more())
    }

    /// What stands under a comment at its depth; tracked by the comment.
    pub fn listed(&self, key: CommentKey, depth: usize) -> Vec<CommentKey> {
        self.track(key);
        self.0.forest.borrow().listed(key, depth, self.deepest())
    }

    /// How many replies a comment has, those to its replies included.
    pub fn reply_count(&self, key: CommentKey) -> usize {
        self.0.forest.borrow().descendants(key).len()
    }

    pub fn parent(&self, key: CommentKey) -> Option<CommentKey> {
        self.0.forest.borrow().parent(key)
    }

    /// A comment and what it answers, from the top down, the comment itself last.
    pub fn line(&self, key: CommentKey) -> Vec<CommentKey> {
        let mut line: Vec<CommentKey> = self.0.forest.borrow().line(key).collect();
        line.reverse();
        line
    }

    /// The comment as it is now; tracked.
    pub fn comment(&self, key: CommentKey) -> Option<Comment> {
        self.track(key);
        self.peek(key)
    }

    /// The comment as it is now, not tracked.
    pub fn peek(&self, key: CommentKey) -> Option<Comment> {
        self.0.slots.borrow().get(key.index())?.comment.clone()
    }

    pub fn is_folded(&self, key: CommentKey) -> bool {
        self.slot(key, |slot| slot.folded)
    }

    pub fn open(&self, key: CommentKey) -> Open {
        self.slot(key, |slot| slot.open)
    }

    pub fn fragment(&self, key: CommentKey) -> String {
        self.at(Some(key)).endpoint.fragment(key)
    }

    /// Looks at a comment's slot or changes it. `act` must not come back here.
    pub(super) fn slot<T>(&self, key: CommentKey, act: impl FnOnce(&mut Slot) -> T) -> T {
        act(&mut self.slot_of(key))
    }

    // Not in the one above, of which there is a copy for each closure.
    fn slot_of(&self, key: CommentKey) -> RefMut<'_, Slot> {
        let mut slots = self.0.slots.borrow_mut();
        if slots.len() <= key.index() {
            slots.resize(key.index() + 1, Slot::default());
        }
        RefMut::map(slots, |slots| &mut slots[key.index()])
    }

    pub(super) fn track(&self, key: CommentKey) {
        self.slot(key, |slot| slot.change.get_or_insert_with(ArcTrigger::new).clone()).track();
    }

    /// Notes that a card shows a comment.
    pub fn watch(&self, key: CommentKey) {
        self.slot(key, |slot| slot.watchers += 1);
    }

    /// Notes that a card no longer does. A comment may change its place: then the new card comes
    /// before the old one goes.
    pub fn unwatch(&self, key: CommentKey) {
        self.slot(key, |slot| {
            slot.watchers = slot.watchers.saturating_sub(1);
            if slot.watchers == 0 {
                slot.change = None;
            }
        });
    }

    pub(super) fn changed(&self, key: CommentKey) {
        if let Some(change) = self.slot(key, |slot| slot.change.clone()) {
            change.notify();
        }
    }

    /// Shows comments again whose rights end with time.
    pub fn tick(&self) {
        let ends = |slot: &Slot| {
            slot.comment.as_ref().is_some_and(|comment| comment.rights.until.is_some())
        };
        let slots = self.0.slots.borrow();
        let changes: Vec<ArcTrigger> =
            slots.iter().filter(|slot| ends(slot)).filter_map(|slot| slot.change.clone()).collect();
        drop(slots);
        for change in changes {
            change.notify();
        }
    }

    pub(super) fn set_folded(&self, key: CommentKey, folded: bool) {
        if self.slot(key, |slot| std::mem::replace(&mut slot.folded, folded)) != folded {
            self.changed(key);
        }
    }

    /// Says that something is kept until it can be sent.
    pub fn queued(&self) {
        self.say(News::Queued);
    }

    /// Says that something could not be done, and why.
    pub fn undone(&self, trouble: Trouble) {
        self.say(News::Undone(trouble));
    }

    pub(super) fn say(&self, news: News) {
        self.0.news.set(Some(news));
    }

    pub(super) fn put(&self, placed: Placed, first: bool) {
        if let Some(parent) = self.place(placed, first) {
            self.list_changed(parent);
        }
    }

    /// The same for many; who lists them is told once, and tells those above.
    pub(super) fn put_all(&self, many: Vec<Placed>) {
        let mut told: Vec<bool> = Vec::new();
        for placed in many {
            let mut above = self.place(placed, false);
            while let Some(key) = above.filter(|key| told.get(key.index()) != Some(&true)) {
                told.resize(told.len().max(key.index() + 1), false);
                told[key.index()] = true;
                self.changed(key);
                above = self.0.forest.borrow().parent(key);
            }
        }
    }

    /// Puts a comment where it belongs, and says under which it stands.
    fn place(&self, (key, parent, comment): Placed, first: bool) -> Option<CommentKey> {
        let folded = self.was_folded(key);
        self.slot(key, |slot| {
            slot.folded |= folded && slot.comment.is_none();
            slot.comment = Some(comment);
        });
        let mut forest = self.0.forest.borrow_mut();
        if first {
            forest.add_first(key, parent);
        } else {
            forest.add(key, parent);
        }
        let parent = forest.parent(key);
        drop(forest);
        self.changed(key);
        parent
    }

    /// Below the deepest level replies are listed under an ancestor.
    pub(super) fn list_changed(&self, key: CommentKey) {
        let line: Vec<CommentKey> = self.0.forest.borrow().line(key).collect();
        for key in line {
            self.changed(key);
        }
    }

    pub(super) fn replace(&self, key: CommentKey, comment: Comment) {
        self.slot(key, |slot| slot.comment = Some(comment));
        self.changed(key);
    }

    /// Hides a comment's body and replies, or shows them again.
    pub fn toggle_fold(&self, key: CommentKey) {
        self.set_folded(key, !self.is_folded(key));
    }

    /// Opens something under a comment, or closes it if it is open.
    pub fn toggle_open(&self, key: CommentKey, open: Open) {
        self.set_open(key, if self.open(key) == open { Open::Nothing } else { open });
    }

    /// Opens something under a comment, in place of what was open there.
    pub fn set_open(&self, key: CommentKey, open: Open) {
        self.slot(key, |slot| slot.open = open);
        self.changed(key);
    }
}
