//! The ways of the browser to comments that are not in the page: its own search, and printing.

use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::ui::Scene;
use crate::ui::branch::{Chunk, far, hold};
use crate::ui::el::{El, after, el, listen, pressed};

/// So many comments are put into a page that is printed; more than this is a book, and no browser lays it out
/// in a minute.
const PRINTED: usize = 3_000;
/// Milliseconds of the main thread that are taken at a time.
const SLICE: f64 = 8.0;

/// Keeps those ways open while the present owner lives.
pub(super) fn watch(scene: &Scene, whole: &El) {
    let Some(window) = web_sys::window() else { return };
    let asked = (scene.clone(), whole.clone());
    // Before the browser's search opens; some open it by a menu, and then the page loses the focus.
    listen(&window, "keydown", move |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        let combined = event.ctrl_key() || event.meta_key();
        match pressed(event).as_deref() {
            Some("F3") => fill(&asked.0, &asked.1),
            Some("f" | "F" | "g" | "G") if combined => fill(&asked.0, &asked.1),
            _ => {}
        }
    });
    let asked = (scene.clone(), whole.clone());
    listen(&window, "blur", move |_| fill(&asked.0, &asked.1));
    listen(whole.node(), "beforematch", |event| {
        let place = crate::ui::el::target(&event).and_then(|at| at.parent_element());
        if let Some(chunk) = place.and_then(|place| Chunk::of(&place)) {
            chunk.come();
        }
    });
    let printed = whole.clone();
    listen(&window, "afterprint", |_| hold(false));
    listen(&window, "beforeprint", move |_| {
        hold(true);
        let mut left = PRINTED;
        // What comes brings more that is far.
        loop {
            let mut came = false;
            for chunk in far(&printed) {
                // A large one is empty until its parts come.
                let weight = if chunk.is_large() { 0 } else { chunk.weight() };
                if left > 0 && weight <= left {
                    left -= weight;
                    chunk.come();
                    came = true;
                }
            }
            if !came {
                return;
            }
        }
    });
}

/// Puts the words of far comments where the browser's search finds them (`hidden=until-found`, HTML §6.1).
fn fill(scene: &Scene, whole: &El) {
    let chunks = far(whole);
    go_on(scene.clone(), chunks.iter().map(Rc::downgrade).collect());
}

fn go_on(scene: Scene, mut chunks: VecDeque<Weak<Chunk>>) {
    let start = js_sys::Date::now();
    while let Some(chunk) = chunks.pop_front() {
        match chunk.upgrade().filter(|chunk| !chunk.is_filled()) {
            // At once: of a large one that is far nothing stays in the page unless there are words in it.
            Some(chunk) if chunk.is_large() => {
                chunk.come();
                chunk.parts().iter().for_each(|part| put_words(&scene, part));
            }
            Some(chunk) => put_words(&scene, &chunk),
            None => {}
        }
        if js_sys::Date::now() - start > SLICE {
            return after(0, move || go_on(scene, chunks));
        }
    }
}

fn put_words(scene: &Scene, chunk: &Chunk) {
    let words = scene.discussion.words_under(&chunk.keys());
    chunk.fill(&el("li").attr("hidden", "until-found").text(&words));
}
