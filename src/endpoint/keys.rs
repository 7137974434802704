//! The one list of comments of a discussion: which service a key belongs to, and by which identifier.

use std::cell::RefCell;

use crate::domain::comment::CommentKey;
use crate::json::Value;
use crate::profile::read::Found;

/// Shared by all services of a discussion, so that a key means one comment among them all.
#[derive(Default)]
pub struct Keys {
    rows: RefCell<Vec<Row>>,
    /// All keys in the order of service and name.
    order: RefCell<Vec<CommentKey>>,
    /// How many keys there were when something was first to be sent, by its name.
    marks: RefCell<Vec<(String, usize)>>,
}

#[derive(Clone, Default)]
struct Row {
    source: usize,
    /// What replies call it by.
    name: Value,
    /// Number or text, as the service writes it; null until it was read.
    id: Value,
    parent: Option<CommentKey>,
    capture: Vec<(String, Value)>,
}

impl Keys {
    /// The key of a name at a service; a new one if it was never seen.
    pub(super) fn key(&self, source: usize, name: &Value) -> CommentKey {
        let (mut rows, mut order) = (self.rows.borrow_mut(), self.order.borrow_mut());
        let wanted = (source, name.as_text());
        let place = order.binary_search_by(|key| {
            let row = &rows[key.index()];
            (row.source, row.name.as_text()).cmp(&wanted)
        });
        match place {
            Ok(at) => order[at],
            Err(at) => {
                let key = CommentKey(u32::try_from(rows.len()).unwrap_or(u32::MAX));
                rows.push(Row { source, name: name.clone(), ..Row::default() });
                order.insert(at, key);
                key
            }
        }
    }

    /// Notes a comment that was read; its key and its parent's.
    pub(super) fn put(&self, source: usize, found: &Found) -> (CommentKey, Option<CommentKey>) {
        let key = self.key(source, &found.name);
        let parent = found.parent.as_ref().map(|parent| self.key(source, parent));
        let row = &mut self.rows.borrow_mut()[key.index()];
        // A parent named by its reply may be text there and a number here.
        row.name = found.name.clone();
        row.id = found.id.clone();
        row.parent = parent;
        row.capture.clone_from(&found.capture);
        (key, parent)
    }

    /// Notes what is known now, before something is sent for the first time.
    pub fn mark(&self, uuid: &str) {
        let mut marks = self.marks.borrow_mut();
        if marks.iter().all(|(other, _)| other != uuid) {
            marks.push((uuid.to_owned(), self.rows.borrow().len()));
        }
    }

    /// Whether a comment was known before that was sent, as far as this page saw.
    pub fn is_older(&self, key: CommentKey, uuid: &str) -> bool {
        let marks = self.marks.borrow();
        marks.iter().any(|(other, known)| other == uuid && key.index() < *known)
    }

    /// What a comment answers, there or not.
    pub fn parent(&self, key: CommentKey) -> Option<CommentKey> {
        self.with(key, |row| row.parent)
    }

    /// The service a comment is from, by its number.
    pub fn source(&self, key: CommentKey) -> usize {
        self.with(key, |row| row.source)
    }

    pub(super) fn id(&self, key: CommentKey) -> Value {
        self.with(key, |row| row.id.clone())
    }

    pub(super) fn name(&self, key: CommentKey) -> Value {
        self.with(key, |row| row.name.clone())
    }

    pub(super) fn capture(&self, key: CommentKey) -> Vec<(String, Value)> {
        self.with(key, |row| row.capture.clone())
    }

    /// The comment at the top of a thread.
    pub fn root(&self, key: CommentKey) -> CommentKey {
        let rows = self.rows.borrow();
        let above = |key: CommentKey| rows.get(key.index())?.parent;
        let mut root = key;
        // As many steps as there are comments: a circle must not go on for ever.
        for _ in 0..rows.len() {
            match above(root).filter(|above| rows[above.index()].id != Value::Null) {
                Some(above) if above != key => root = above,
                _ => break,
            }
        }
        root
    }

    /// The first comment of a service of which a member, its identifier or what was captured, fits.
    pub(super) fn find(
        &self,
        source: usize,
        member: &str,
        fits: &dyn Fn(&str) -> bool,
    ) -> Option<CommentKey> {
        let rows = self.rows.borrow();
        let said = |row: &'_ Row| {
            let kept = row.capture.iter().find(|(name, _)| name == member).map(|(_, value)| value);
            let value = if member == "id" { Some(&row.id) } else { kept };
            value.and_then(Value::as_text).is_some_and(fits)
        };
        let fits = |row: &Row| row.source == source && said(row);
        let place = rows.iter().position(fits)?;
        u32::try_from(place).ok().map(CommentKey)
    }

    /// Something of a row, or what is usual for a key nobody gave.
    fn with<T: Default>(&self, key: CommentKey, look: impl FnOnce(&Row) -> T) -> T {
        self.rows.borrow().get(key.index()).map(look).unwrap_or_default()
    }
}
