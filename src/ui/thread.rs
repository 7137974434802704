//! One comment and its replies; folds.

use leptos::prelude::*;

use crate::domain::comment::CommentKey;
use crate::domain::thread::DEEPEST;
use crate::ui::Scene;
use crate::ui::comment::{CommentCard, CommentCardProps};
use crate::ui::el::{El, el};

/// A comment with everything under it, down to the deepest level that is shown as a level.
#[component]
pub fn Thread(scene: Scene, key: CommentKey, depth: usize) -> El {
    let card = CommentCard(CommentCardProps { scene: scene.clone(), key, depth });
    let item = el("li").class("thread").child(card);
    if depth > DEEPEST {
        return item;
    }
    let (listed, folded, rows) =
        (scene.discussion.clone(), scene.discussion.clone(), scene.clone());
    let more = scene;
    let replies = el("ol").class("replies").part("replies").attr("role", "list").each(
        move || listed.listed(key, depth),
        move || folded.is_folded(key),
        move |reply| Thread(ThreadProps { scene: rows.clone(), key: reply, depth: depth + 1 }),
    );
    if !more.discussion.offers(Some(key)).replies {
        return item.child(replies);
    }
    let (left, text) = (more.discussion.clone(), more.text.clone());
    let button = el("button").attr("type", "button").attr("data-do", "replies").class("plain");
    let button = button.attr("data-key", &key.0.to_string()).attr("hidden", "");
    item.child(replies).child(button.bind(move |button| {
        let count = left.replies_left(key);
        if count == 0 && button.has_focus() {
            // The button is about to go; the focus stays in the thread.
            if let Some(card) =
                button.node().parent_element().map(El::of).and_then(|item| item.find("article"))
            {
                card.focus();
            }
        }
        button.toggle("hidden", count == 0);
        button.set_text(&text.count("replies-left", count));
    }))
}
