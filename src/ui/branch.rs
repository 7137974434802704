//! A list of comments of which only what is near the window is in the page. It comes in chunks; a chunk far
//! away is one empty element of about its height.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use leptos::prelude::Owner;
use leptos::reactive::owner::WeakOwner;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

use crate::domain::comment::CommentKey;
use crate::ui::Scene;
use crate::ui::el::{El, el};
use crate::ui::thread::{Thread, ThreadProps};

/// Comments in a chunk, those under them counted.
const CHUNK: usize = 10;
/// Comments are left in the page until there are so many: whoever reads fewer finds, selects and prints
/// them all as in any page.
const KEPT: usize = 400;

/// The comments of one list.
pub struct Branch {
    scene: Scene,
    depth: usize,
    into: El,
    before: Option<El>,
    chunks: RefCell<Vec<Rc<Chunk>>>,
    /// Weak: the owner holds the effect that holds this.
    owner: Option<WeakOwner>,
}

/// Some comments that come into the page, and go, together.
pub struct Chunk {
    branch: Weak<Branch>,
    number: usize,
    list: El,
    keys: RefCell<Vec<CommentKey>>,
    /// Sorted by key; nothing while it is far away.
    rows: RefCell<Vec<Row>>,
    /// How many comments there are in it, those under them counted.
    weight: Cell<usize>,
    is_there: Cell<bool>,
    is_near: Cell<bool>,
}

struct Row {
    key: CommentKey,
    owner: Owner,
    item: El,
    inner: Rc<OnceCell<Rc<Branch>>>,
}

impl Branch {
    /// A list inside `into`, before an element of it or at its end. The present owner owns what comes into
    /// it.
    pub fn new(scene: &Scene, depth: usize, into: El, before: Option<El>) -> Rc<Self> {
        let owner = Owner::current().map(|owner| owner.downgrade());
        let (scene, chunks) = (scene.clone(), RefCell::default());
        Rc::new(Self { scene, depth, into, before, chunks, owner })
    }

    /// Shows these comments, in this order. What stays keeps its nodes.
    pub fn show(self: &Rc<Self>, keys: &[CommentKey], hidden: bool) {
        let old = self.chunks.take();
        // On the deepest level all stand beside each other.
        let alone = self.depth > self.scene.discussion.deepest();
        let replies = |key| if alone { 0 } else { self.scene.discussion.reply_count(key) };
        let mut places: Vec<(CommentKey, usize)> = Vec::new();
        for (place, chunk) in old.iter().enumerate() {
            places.extend(chunk.keys.borrow().iter().map(|key| (*key, place)));
        }
        places.sort_unstable();
        let mut groups: Vec<Group> = Vec::new();
        let mut used = vec![false; old.len()];
        for &key in keys {
            let found = places.binary_search_by_key(&key, |(key, _)| *key).ok();
            let from = found.map(|found| places[found].1);
            let weight = replies(key) + 1;
            let joins = groups.last().is_some_and(|group| match from {
                Some(from) => group.from == Some(from) || (group.from.is_none() && !used[from]),
                None => group.weight + weight <= CHUNK,
            });
            if !joins {
                groups.push(Group::default());
            }
            if let Some(group) = groups.last_mut() {
                if let Some(from) = from.filter(|from| group.from.is_none() && !used[*from]) {
                    group.from = Some(from);
                    used[from] = true;
                }
                group.keys.push(key);
                group.weight += weight;
            }
        }
        let mut before = self.before.as_ref().map(|before| before.node().clone());
        let mut chunks: Vec<Rc<Chunk>> = Vec::new();
        let whole: usize = groups.iter().map(|group| group.weight).sum();
        for (place, group) in groups.into_iter().enumerate().rev() {
            let chunk = group.from.map_or_else(|| Chunk::new(self), |from| old[from].clone());
            place_before(&self.into, chunk.list.node(), &mut before);
            chunk.list.toggle("hidden", hidden);
            chunk.weight.set(group.weight);
            *chunk.keys.borrow_mut() = group.keys;
            chunk.is_near.set(chunk.is_near.get() || place == 0 || whole <= CHUNK);
            chunks.push(chunk);
        }
        chunks.reverse();
        for (_, gone) in old.iter().enumerate().filter(|(place, _)| !used[*place]) {
            gone.go_far();
            gone.list.remove();
        }
        (*self.chunks.borrow_mut()).clone_from(&chunks);
        for chunk in chunks {
            chunk.settle();
        }
    }

    /// Brings a comment into the page; `line` is the way to it from here, the comment itself last.
    pub fn reveal(self: &Rc<Self>, line: &[CommentKey]) {
        let mut branch = self.clone();
        for key in line {
            // Below the deepest level a comment stands beside those it answers.
            if branch.depth > self.scene.discussion.deepest() && Some(key) != line.last() {
                continue;
            }
            let chunks = branch.chunks.borrow().clone();
            let Some(chunk) = chunks.into_iter().find(|one| one.keys.borrow().contains(key)) else {
                continue;
            };
            chunk.come();
            let rows = chunk.rows.borrow();
            let row = rows.iter().find(|row| row.key == *key);
            let Some(inner) = row.and_then(|row| row.inner.get()).cloned() else { continue };
            branch = inner;
        }
    }
}

/// Puts a node before another, or at the end, unless it stands there; then it is what the next stands before.
fn place_before(into: &El, node: &Element, before: &mut Option<Element>) {
    if node.parent_node().is_none() || node.next_element_sibling() != *before {
        let _ = into.node().insert_before(node, before.as_ref().map(AsRef::as_ref));
    }
    *before = Some(node.clone());
}

/// What is to become a chunk.
#[derive(Default)]
struct Group {
    from: Option<usize>,
    keys: Vec<CommentKey>,
    weight: usize,
}

impl Chunk {
    fn new(branch: &Rc<Branch>) -> Rc<Self> {
        let class = if branch.depth == 0 { "threads" } else { "replies" };
        let list = el("ol").class(class).part(class).attr("role", "list");
        let chunk = |number: usize| {
            list.set("data-chunk", &number.to_string());
            Self {
                branch: Rc::downgrade(branch),
                number,
                list: list.clone(),
                keys: RefCell::default(),
                rows: RefCell::default(),
                weight: Cell::new(0),
                is_there: Cell::new(false),
                is_near: Cell::new(false),
            }
        };
        let chunk = WATCH.with(|watch| watch.add(chunk));
        chunk.list.state("aria-busy", true);
        chunk
    }

    /// Shows what belongs here, if it is near.
    fn settle(self: &Rc<Self>) {
        if self.is_there.get() {
            self.paint();
        } else if self.is_near.get() {
            self.come();
        } else {
            let count = self.weight.get().to_string();
            let _ = self.list.html().style().set_property("--count", &count);
        }
    }

    /// Puts into the page what is not there.
    pub fn come(self: &Rc<Self>) {
        if self.is_there.replace(true) {
            return;
        }
        self.list.state("aria-busy", false);
        self.list.clear();
        WATCH.with(|watch| watch.note(self));
        let _ = self.list.html().style().remove_property("height");
        self.paint();
    }

    /// The chunk whose list an element is.
    pub fn of(list: &Element) -> Option<Rc<Self>> {
        let number = list.get_attribute("data-chunk")?.parse().ok()?;
        WATCH.with(|watch| watch.find(number))
    }

    /// The comments that are listed in it.
    pub fn keys(&self) -> Vec<CommentKey> {
        self.keys.borrow().clone()
    }

    /// How many comments there are in it, those under them counted.
    pub fn weight(&self) -> usize {
        self.weight.get()
    }

    /// Puts something in the place of comments that are far away, until they come.
    pub fn fill(&self, with: &El) {
        if !self.is_there.get() {
            self.list.clear();
            self.list.add(with.clone());
        }
    }

    /// Whether something stands in it.
    pub fn is_filled(&self) -> bool {
        self.list.node().child_element_count() > 0
    }

    fn go_far(&self) {
        if !self.is_there.replace(false) {
            return;
        }
        let height = self.list.html().offset_height();
        let rows = self.rows.take();
        for row in &rows {
            row.owner.cleanup();
        }
        self.list.clear();
        self.list.state("aria-busy", true);
        let height = [&height.to_string(), "px"].concat();
        let _ = self.list.html().style().set_property("height", &height);
    }

    /// Whether somebody is busy in it.
    fn is_busy(&self) -> bool {
        self.list.has_focus() || self.list.find(".opened:not(:empty)").is_some()
    }

    /// One row a comment: kept while the comment stays, moved when the order changes.
    fn paint(self: &Rc<Self>) {
        let Some(branch) = self.branch.upgrade() else { return };
        let keys = self.keys.borrow().clone();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        self.rows.borrow_mut().retain(|row| {
            let stays = sorted.binary_search(&row.key).is_ok();
            if !stays {
                row.owner.cleanup();
                row.item.remove();
            }
            stays
        });
        // From the end, so that each row knows what it stands before.
        let mut after: Option<Element> = None;
        for key in keys.into_iter().rev() {
            let place = self.rows.borrow().binary_search_by_key(&key, |row| row.key);
            let place = place.unwrap_or_else(|place| {
                let row = branch.row(key);
                self.rows.borrow_mut().insert(place, row);
                place
            });
            let item = self.rows.borrow()[place].item.node().clone();
            place_before(&self.list, &item, &mut after);
        }
    }
}

impl Branch {
    fn row(&self, key: CommentKey) -> Row {
        // Not under the owner of the effect that runs now, which is cleaned before each run.
        let owner = self.owner.as_ref().and_then(WeakOwner::upgrade);
        let owner = owner.map_or_else(Owner::new, |owner| owner.child());
        let inner = Rc::new(OnceCell::new());
        let (scene, depth) = (self.scene.clone(), self.depth);
        let props = ThreadProps { scene, key, depth, inner: inner.clone() };
        let item = owner.with(|| Thread(props));
        Row { key, owner, item, inner }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        let _ = WATCH.try_with(|watch| watch.forget(self));
    }
}

/// Chunks of a widget that are not in the page, as far as what is in it says.
pub fn far(whole: &El) -> Vec<Rc<Chunk>> {
    let lists = whole.find_all("ol[aria-busy=true]");
    lists.iter().filter_map(|list| Chunk::of(list.node())).collect()
}

thread_local! {
    static WATCH: Watch = Watch::new();
}

/// Watches all chunks of the page: what comes near is shown, what is far can go.
struct Watch {
    observer: Option<IntersectionObserver>,
    chunks: RefCell<Vec<Weak<Chunk>>>,
    free: RefCell<Vec<usize>>,
    /// Chunks in the page, oldest first.
    there: RefCell<VecDeque<usize>>,
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
        }
    }

    fn find(&self, number: usize) -> Option<Rc<Chunk>> {
        self.chunks.borrow().get(number)?.upgrade()
    }

    fn add(&self, make: impl FnOnce(usize) -> Chunk) -> Rc<Chunk> {
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

    fn forget(&self, chunk: &Chunk) {
        if let Some(observer) = &self.observer {
            observer.unobserve(chunk.list.node());
        }
        self.chunks.borrow_mut()[chunk.number] = Weak::new();
        self.there.borrow_mut().retain(|number| *number != chunk.number);
        self.free.borrow_mut().push(chunk.number);
    }

    fn note(&self, chunk: &Chunk) {
        self.there.borrow_mut().push_back(chunk.number);
    }

    /// Takes out of the page what is far away, oldest first, while there is too much.
    fn tidy(&self) {
        let numbers: Vec<usize> = self.there.borrow().iter().copied().collect();
        let there = numbers.into_iter().filter_map(|number| self.find(number));
        let there: Vec<Rc<Chunk>> = there.filter(|chunk| chunk.is_there.get()).collect();
        // What is under a comment that is there counts where it is.
        let mut count: usize = there.iter().map(|chunk| chunk.rows.borrow().len()).sum();
        for chunk in there {
            if count <= KEPT {
                break;
            }
            if !chunk.is_near.get() && !chunk.is_busy() {
                count = count.saturating_sub(chunk.rows.borrow().len());
                chunk.go_far();
                self.there.borrow_mut().retain(|number| *number != chunk.number);
            }
        }
    }
}
