use std::{mem, slice, vec};

/// A set of a few, in the order in which they came: a list is smaller than a hash table to send, and as quick.
#[derive(Clone, Debug)]
pub struct FxIndexSet<T>(Vec<T>);

impl<T> Default for FxIndexSet<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> FxIndexSet<T> {
    fn with_capacity_and_hasher(_capacity: usize, _hasher: ()) -> Self {
        Self::default()
    }

    fn insert(&mut self, value: T) {
        if !self.0.contains(&value) {
            self.0.push(value);
        }
    }

    fn shift_remove(&mut self, value: &T) {
        if let Some(place) = self.0.iter().position(|other| other == value) {
            self.0.remove(place);
        }
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn iter(&self) -> slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<T> IntoIterator for FxIndexSet<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a FxIndexSet<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
