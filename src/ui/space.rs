//! The space that is kept for a discussion until it is there: what follows it on the page must not jump before
//! the reader's eyes (Cumulative Layout Shift, web.dev/cls).

use crate::ui::el::{El, listen};

/// Gives the space back that is not needed, once the discussion is there: at once if nobody sees it, else when
/// the reader next presses something and expects the page to move (after the press: what is pressed must not move
/// under the finger). While the present owner lives.
pub fn watch(whole: &El) {
    let Some(window) = web_sys::window() else { return };
    for (event, pressed) in [("click", true), ("keydown", true), ("scroll", false)] {
        let whole = whole.clone();
        listen(&window, event, move |_| give_back(&whole, pressed));
    }
}

/// Says that the discussion is there.
pub fn release(whole: &El) {
    whole.toggle("data-read", true);
    give_back(whole, false);
}

fn give_back(whole: &El, pressed: bool) {
    if whole.node().has_attribute("data-released") || !whole.node().has_attribute("data-read") {
        return;
    }
    let Some(root) = whole.shadow() else { return };
    let height = web_sys::window().and_then(|window| window.inner_height().ok()?.as_f64());
    let unseen = whole.node().get_bounding_client_rect().bottom() >= height.unwrap_or(0.0)
        || root.host().get_bounding_client_rect().bottom() <= 0.0;
    if unseen || pressed {
        // The loader's sheet, which is the first, keeps it.
        let sheets = js_sys::Array::from(&root.adopted_style_sheets());
        sheets.shift();
        root.set_adopted_style_sheets(&sheets);
        whole.toggle("data-released", true);
    }
}
