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
    let (listed, folded, rows) = (scene.discussion.clone(), scene.discussion.clone(), scene);
    let replies = el("ol").class("replies").part("replies").attr("role", "list").each(
        move || listed.listed(key, depth),
        move || folded.is_folded(key),
        move |reply| Thread(ThreadProps { scene: rows.clone(), key: reply, depth: depth + 1 }),
    );
    item.child(replies)
}
