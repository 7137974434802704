//! The drawings: single paths in a box of 16 by 16, in the colour of the text.

use std::cell::RefCell;

use crate::ui::el::{El, svg};

pub const UP: &str = "M8 4 3 10h10z";
pub const DOWN: &str = "M8 12 3 6h10z";
pub const FOLD: &str = "M4 6l4 4 4-4";
pub const PIN: &str = "M10 2l4 4-3 1-3 3-1 3-4-4 3-1 3-3zM5 11l-3 3";

thread_local! {
    /// Each drawing is made once and copied: one step over the border instead of seven.
    static MADE: RefCell<Vec<(&'static str, El)>> = const { RefCell::new(Vec::new()) };
}

/// A drawing that says nothing by itself: what it stands beside has a name.
pub fn icon(path: &'static str) -> El {
    MADE.with_borrow_mut(|made| {
        if let Some((_, drawing)) = made.iter().find(|(known, _)| *known == path) {
            return drawing.copy();
        }
        let drawing =
            svg("svg").attr("viewBox", "0 0 16 16").attr("aria-hidden", "true").class("icon");
        let drawing = drawing.child(svg("path").attr("d", path));
        made.push((path, drawing.copy()));
        drawing
    })
}
