//! From visit to visit: what is folded stays so, and what is new is found.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::Get;

use crate::domain::comment::CommentKey;
use crate::endpoint::part::{Part, need};
use crate::ui::Scene;
use crate::ui::el::{El, effect, el, listen, spawn};
use crate::ui::writing;

/// A button that goes from one new comment to the next.
pub(super) fn show(scene: &Scene, whole: &El) {
    scene.discussion.note_visit();
    let left = scene.discussion.clone();
    if let Some(window) = web_sys::window() {
        listen(&window, "pagehide", move |_| {
            left.keep_folds();
            left.note_visit();
        });
    }
    let button = el("button").attr("type", "button");
    let button = button.class("plain fresh").attr("hidden", "");
    // Where there are few comments, the mark at each is enough.
    let Some(way) = whole.find(":scope > .way") else { return };
    way.add(button.clone());
    let (shown, words, load) = (scene.clone(), button.clone(), scene.discussion.more());
    effect(move || {
        // Tracks what is listed, and what is read on.
        let (_, _) = (shown.discussion.count(), load.get());
        let count = shown.discussion.unseen().len();
        words.toggle("hidden", count == 0);
        words.set_text(&shown.text.count("new-since", count));
    });
    let (scene, whole, at) =
        (scene.clone(), whole.clone(), Rc::new(Cell::<Option<CommentKey>>::default()));
    let _ = button.on("click", move |_| {
        scene.discussion.show_only(None);
        let new = scene.discussion.unseen();
        let before = at.get().and_then(|at| new.iter().position(|key| *key == at));
        let next = before.map_or(0, |before| (before + 1) % new.len().max(1));
        let Some(key) = new.get(next).copied() else { return };
        at.set(Some(key));
        scene.discussion.unfold(key);
        let (scene, whole) = (scene.clone(), whole.clone());
        spawn(async move {
            match need(Part::Writing).await {
                Ok(()) => {
                    if let Some(card) = writing::bring(&scene, &whole, key, true) {
                        card.focus();
                    }
                }
                Err(trouble) => scene.discussion.undone(trouble),
            }
        });
    });
}
