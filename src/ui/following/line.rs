//! The line that leads down a thread folds it when pressed: from the middle of a long one the button at its head is
//! far away. For pointers; the button does the same for all.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{Element, Event, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::ui::Scene;
use crate::ui::el::{El, after, member, target};
use crate::ui::widget::key_of;

/// Hears presses on the lines, while the present owner lives.
pub(super) fn hear(scene: &Scene, whole: &El) {
    let scene = scene.clone();
    // Where the press began: whoever selects words may end beside them.
    let began = Rc::new(RefCell::new(None));
    let begins = began.clone();
    let whole = whole.clone().on("pointerdown", move |event| {
        *begins.borrow_mut() = pressed(&event);
    });
    let _ = whole.on("click", move |event| {
        let began = began.take();
        let button = target(&event).and_then(|at| at.closest("[data-do=fold]").ok()?);
        if let Some(card) = button.and_then(|button| button.closest("[data-key]").ok()?) {
            moves(&card);
        }
        let Some(card) = pressed(&event).filter(|card| Some(card) == began.as_ref()) else {
            return;
        };
        if let Some(key) = key_of(&card) {
            moves(&card);
            scene.discussion.toggle_fold(key);
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            card.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

/// What this comment now folds away, or back, is seen to move; what comes into view later is not.
fn moves(card: &Element) {
    let card = El::of(card.clone());
    card.toggle("data-moves", true);
    after(1000, move || card.toggle("data-moves", false));
}

/// The comment whose replies stand along the line that was pressed.
fn pressed(event: &Event) -> Option<Element> {
    let list = target(event).filter(|list| list.matches(".replies").unwrap_or(false))?;
    let at = member(event, "clientX")?.as_f64()?;
    // Between two replies there is no line.
    let replies = list.first_element_child()?.get_bounding_client_rect();
    let beside = at < replies.left() || at > replies.right();
    let thread = list.closest(".thread").ok()??;
    thread.query_selector(":scope > [data-key]").ok()?.filter(|_| beside)
}
