//! A list of comments of which only what is near the window is in the page. It comes in chunks; a chunk far
//! away is one empty element of about its height. A long list comes in large ones, which consist of chunks
//! themselves while they are near: browsers look at all elements of a list in each frame.

mod watch;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

use leptos::prelude::Owner;
use leptos::reactive::owner::WeakOwner;
use web_sys::Element;

use crate::domain::comment::CommentKey;
use crate::json::digits;
use crate::ui::Scene;
use crate::ui::branch::watch::WATCH;
use crate::ui::el::{El, el};
use crate::ui::thread::{Thread, ThreadProps};

/// Pixels that all that is far away takes at most. At twice as many Chromium's layout ends, and all that
/// follows would stand at one place, and be near.
const HEIGHT: usize = 1 << 24;
/// Comments in a chunk, those under them counted.
const CHUNK: usize = 10;
/// The same in a large one.
const LARGE: usize = 500;
/// A list of more threads, or replies to one comment, than these is long.
const LONG: usize = 200;

/// The comments of one list.
pub struct Branch {
    scene: Scene,
    depth: usize,
    into: El,
    before: Option<El>,
    chunks: RefCell<Vec<Rc<Chunk>>>,
    /// Whether it may come in large ones.
    divides: bool,
    /// Whether its first chunk comes at once.
    begins: bool,
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
    /// What a large one consists of, while it is there.
    parts: RefCell<Option<Rc<Branch>>>,
    is_large: bool,
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
        Rc::new(Self { scene, depth, into, before, chunks, divides: true, begins: true, owner })
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
        let is_large = self.divides && keys.len() > LONG;
        let mut groups: Vec<Group> = Vec::new();
        let mut used = vec![false; old.len()];
        for &key in keys {
            let found = places.binary_search_by_key(&key, |(key, _)| *key).ok();
            let from = found.map(|found| places[found].1);
            let weight = replies(key) + 1;
            let joins = groups.last().is_some_and(|group| match from {
                Some(from) if group.from == Some(from) => true,
                Some(from) if !used[from] => group.from.is_none(),
                _ => group.weight + weight <= if group.is_large { LARGE } else { CHUNK },
            });
            if !joins {
                groups.push(Group { is_large, ..Group::default() });
            }
            if let Some(group) = groups.last_mut() {
                if let Some(from) = from.filter(|from| group.from.is_none() && !used[*from]) {
                    group.from = Some(from);
                    group.is_large = old[from].is_large;
                    used[from] = true;
                }
                group.keys.push(key);
                group.weight += weight;
            }
        }
        let mut before = self.before.as_ref().map(|before| before.node().clone());
        let mut chunks: Vec<Rc<Chunk>> = Vec::new();
        let whole: usize = groups.iter().map(|group| group.weight).sum();
        if let Some(most) = HEIGHT.checked_div(whole).filter(|_| self.divides && self.depth == 0) {
            let _ = self
                .into
                .html()
                .style()
                .set_property("--most", &[&digits(most as u64), "px"].concat());
        }
        for (place, group) in groups.into_iter().enumerate().rev() {
            let chunk = group.from.map(|from| old[from].clone());
            let chunk = chunk.unwrap_or_else(|| Chunk::new(self, group.is_large));
            place_before(&self.into, chunk.list.node(), &mut before);
            chunk.list.toggle("hidden", hidden);
            chunk.weight.set(group.weight);
            *chunk.keys.borrow_mut() = group.keys;
            let begins = (place == 0 && self.begins) || whole <= CHUNK;
            chunk.is_near.set(chunk.is_near.get() || begins);
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
            let Some(chunk) = branch.come(*key) else { continue };
            let rows = chunk.rows.borrow();
            let row = rows.iter().find(|row| row.key == *key);
            let Some(inner) = row.and_then(|row| row.inner.get()).cloned() else { continue };
            branch = inner;
        }
    }
}

impl Branch {
    /// Brings the chunk in which a comment is listed into the page.
    fn come(&self, key: CommentKey) -> Option<Rc<Chunk>> {
        let chunks = self.chunks.borrow().clone();
        let chunk = chunks.into_iter().find(|one| one.keys.borrow().contains(&key))?;
        chunk.come();
        let parts = chunk.parts.borrow().clone();
        parts.map_or(Some(chunk), |parts| parts.come(key))
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
    is_large: bool,
    keys: Vec<CommentKey>,
    weight: usize,
}

impl Chunk {
    fn new(branch: &Rc<Branch>, is_large: bool) -> Rc<Self> {
        let class = if branch.depth == 0 { "threads" } else { "replies" };
        let list = if is_large {
            el("div").class(if branch.depth == 0 { "list" } else { "" })
        } else {
            el("ol").class(class).part(class).attr("role", "list")
        };
        let chunk = |number: usize| {
            list.set("data-chunk", &digits(number as u64));
            Self {
                branch: Rc::downgrade(branch),
                number,
                list: list.clone(),
                keys: RefCell::default(),
                rows: RefCell::default(),
                weight: Cell::new(0),
                parts: RefCell::default(),
                is_large,
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
            let count = digits(self.weight.get() as u64);
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

    /// Whether it consists of chunks, while it is there.
    pub fn is_large(&self) -> bool {
        self.is_large
    }

    /// Puts something in the place of comments that are far away, until they come.
    pub fn fill(&self, with: &El) {
        if !self.is_there.get() {
            self.list.clear();
            self.list.add(with.clone());
        }
    }

    /// The chunks that a large one consists of.
    pub fn parts(&self) -> Vec<Rc<Self>> {
        self.parts.borrow().as_ref().map(|parts| parts.chunks.borrow().clone()).unwrap_or_default()
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
        self.parts.take();
        self.list.clear();
        self.list.state("aria-busy", true);
        let height = [&digits(height.unsigned_abs().into()), "px"].concat();
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
        if self.is_large {
            let parts = self.parts.borrow_mut().get_or_insert_with(|| branch.within(self)).clone();
            return parts.show(&keys, false);
        }
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
    /// For what a large chunk consists of.
    fn within(&self, chunk: &Chunk) -> Rc<Self> {
        let (scene, owner, into) = (self.scene.clone(), self.owner.clone(), chunk.list.clone());
        let first = self.chunks.borrow().first().is_some_and(|first| first.number == chunk.number);
        Rc::new(Self {
            scene,
            depth: self.depth,
            into,
            before: None,
            chunks: RefCell::default(),
            divides: false,
            begins: first,
            owner,
        })
    }

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

/// Has all that is in the page stay there, or not any more.
pub fn hold(holds: bool) {
    WATCH.with(|watch| watch.hold(holds));
}

/// Chunks of a widget that are not in the page, as far as what is in it says.
pub fn far(whole: &El) -> Vec<Rc<Chunk>> {
    let lists = whole.find_all("[aria-busy=true]");
    lists.iter().filter_map(|list| Chunk::of(list.node())).collect()
}
