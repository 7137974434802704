//! One comment and what stands under it.

use std::cell::OnceCell;
use std::rc::Rc;

use leptos::prelude::*;

use crate::domain::comment::CommentKey;
use crate::json::digits;
use crate::ui::Scene;
use crate::ui::branch::Branch;
use crate::ui::comment::Card;
use crate::ui::el::{El, button, el};

/// A comment with everything under it, down to the deepest level that is shown as a level. Its replies are
/// put into `inner`.
#[component]
pub fn Thread(scene: Scene, key: CommentKey, depth: usize, inner: Rc<OnceCell<Rc<Branch>>>) -> El {
    let card = Card::new(&scene, key, depth);
    let item = el("li").class("thread").child(card.whole.clone());
    let discussion = scene.discussion.clone();
    let more = discussion.offers(Some(key)).replies.then(|| {
        let button = button("plain", "data-do", "replies");
        button.attr("data-key", &digits(key.0.into())).attr("hidden", "")
    });
    if let Some(more) = &more {
        item.add(more.clone());
    }
    let branch = Branch::new(&scene, depth + 1, item.clone(), more.clone());
    item.bind(move |_| {
        let Some(comment) = discussion.comment(key) else { return };
        card.paint(&scene, key, &comment);
        if depth <= discussion.deepest() {
            let listed = discussion.listed(key, depth);
            if let Some(branch) = needed(&inner, &branch, &listed) {
                branch.show(&listed, discussion.is_folded(key));
            }
        }
        if let Some(button) = &more {
            offer_more(&scene, key, button, &card.whole);
        }
    })
}

/// Most comments have no replies, and need no list for them.
fn needed<'a>(
    inner: &'a OnceCell<Rc<Branch>>,
    branch: &Rc<Branch>,
    listed: &[CommentKey],
) -> Option<&'a Rc<Branch>> {
    if !listed.is_empty() {
        inner.get_or_init(|| branch.clone());
    }
    inner.get()
}

/// Replies that a page left out.
fn offer_more(scene: &Scene, key: CommentKey, button: &El, card: &El) {
    let count = scene.discussion.replies_left(key);
    if count == 0 && button.has_focus() {
        // The button is about to go; the focus stays in the thread.
        card.focus();
    }
    button.toggle("hidden", count == 0);
    button.set_text(&scene.text.count("replies-left", count));
}
