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
    let discussion = scene.discussion.clone();
    let rows = scene.clone();
    let replies = el("ol").class("replies").part("replies").attr("role", "list").each(
        move || discussion.listed(key, depth),
        move |reply| Thread(ThreadProps { scene: rows.clone(), key: reply, depth: depth + 1 }),
    );
    let discussion = scene.discussion;
    item.child(replies.bind(move |replies| {
        let none = discussion.listed(key, depth).is_empty();
        replies.toggle("hidden", none || discussion.is_folded(key));
    }))
}
