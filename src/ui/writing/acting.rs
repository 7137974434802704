//! What presses do, what is said of it, and where the focus goes.

use std::rc::Weak;

use leptos::prelude::{Get, Notify};
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::domain::comment::CommentKey;
use crate::domain::rating::Stars;
use crate::domain::time::Time;
use crate::domain::vote::Vote;
use crate::endpoint::now;
use crate::endpoint::part::{Part, need};
use crate::json::digits;
use crate::state::discussion::Open;
use crate::state::news::News;
use crate::ui::Scene;
use crate::ui::el::{El, after, button, effect, el, every, listen, member, spawn, under};
use crate::ui::finding;
use crate::ui::widget::{key_of, later_slow, read};
use crate::ui::writing::{events, told};

/// Begins to watch over a widget, under the present owner.
pub(super) fn watch(scene: &Scene, whole: &El) {
    announce(scene, whole);
    tick(scene, whole);
    admit_failure(scene, whole);
    gauge(whole);
}

/// Takes the comments that are shown for the size of those that never were.
fn gauge(whole: &El) {
    let height = |lists: &str| -> i32 {
        whole.find_all(lists).iter().map(|list| list.html().offset_height()).sum()
    };
    // Replies that are far away stand in the page by a guess.
    let height = height(".threads:not([aria-busy=true])") - height(".thread [aria-busy=true]");
    let count = whole.find_all("article").len();
    let each = usize::try_from(height).unwrap_or(0).checked_div(count).filter(|each| *each > 0);
    if let Some(each) = each {
        let each = [&digits(each as u64), "px"].concat();
        let _ = whole.html().style().set_property("--each", &each);
    }
}

/// Keeps "5 minutes ago" true, and rights that have ended out of sight.
fn tick(scene: &Scene, whole: &El) {
    let (scene, whole) = (scene.clone(), whole.clone());
    every(60_000, move || {
        scene.discussion.tick();
        for time in whole.find_all("time[data-at]") {
            if let Some(at) = time.node().get_attribute("data-at").and_then(|at| at.parse().ok()) {
                time.set_text(&scene.text.ago(Time(at), now()));
            }
        }
    });
}

/// Does what a button says.
pub(super) fn press(scene: &Scene, whole: &El, button: &Element) {
    let discussion = scene.discussion.clone();
    let verb = button.get_attribute("data-do").unwrap_or_default();
    match verb.as_str() {
        "retry" => return read(scene, whole),
        "more" => {
            later_slow(scene);
            let quietly = button.has_attribute("data-quietly");
            let _ = button.remove_attribute("data-quietly");
            return spawn(async move {
                discussion.read_more(quietly).await;
                discussion.reopen_drafts();
            });
        }
        "rate" => {
            let stars = button.get_attribute("value").and_then(|value| value.parse().ok());
            return rate(scene, whole, stars.and_then(Stars::new));
        }
        "unrate" => return rate(scene, whole, None),
        "find" => return find(scene, whole, button),
        "all" => {
            let only = discussion.only();
            discussion.show_only(None);
            return go_to(scene, whole, only);
        }
        _ => {}
    }
    let Some(key) = key_of(button) else { return };
    match verb.as_str() {
        "only" => {
            discussion.show_only(Some(key));
            go_to(scene, whole, Some(key));
        }
        "long" => {
            if let Some(words) = button.previous_element_sibling() {
                cut(
                    scene,
                    &El::of(words),
                    !button.matches("[aria-expanded=false]").unwrap_or(true),
                );
            }
        }
        "edit" => discussion.toggle_open(key, Open::Edit),
        "delete" => discussion.begin_delete(key),
        "replies" => spawn(async move { discussion.read_replies(key).await }),
        "undo" => discussion.undo_delete(key),
        "upvote" => vote(scene, whole, key, Vote::Up),
        "downvote" => vote(scene, whole, key, Vote::Down),
        _ => {}
    }
}

fn rate(scene: &Scene, whole: &El, stars: Option<Stars>) {
    let discussion = scene.discussion.clone();
    let Some(reason) = events::objection_to_rating(whole, stars) else {
        return spawn(async move { discussion.rate(stars).await });
    };
    alert(whole, &reason);
    // The radio buttons go back to what was chosen before.
    discussion.rating().notify();
}

fn vote(scene: &Scene, whole: &El, key: CommentKey, pressed: Vote) {
    let discussion = scene.discussion.clone();
    match events::objection_to_vote(scene, whole, key, pressed) {
        Some(reason) => alert(whole, &reason),
        None => spawn(async move { discussion.vote(key, pressed).await }),
    }
}

fn alert(whole: &El, words: &str) {
    if let Some(alert) = whole.find(":scope > .alert") {
        alert.set_text(words);
    }
}

/// Goes to a comment once it is in the page.
fn go_to(scene: &Scene, whole: &El, key: Option<CommentKey>) {
    let (scene, whole) = (scene.clone(), whole.clone());
    after(0, move || {
        if let Some(key) = key {
            show(&scene, &whole, key, false);
        }
    });
}

/// Cuts a long comment, or shows all of it.
fn cut(scene: &Scene, words: &El, cut: bool) {
    words.toggle("data-cut", cut);
    words.toggle("data-uncut", !cut);
    if let Some(button) = words.node().next_element_sibling().map(El::of) {
        button.state("aria-expanded", !cut);
        button.set_text(&scene.text.say(if cut { "long-more" } else { "long-less" }));
    }
}

/// Opens what sorts and finds, in place of its button.
fn find(scene: &Scene, whole: &El, button: &Element) {
    let (scene, whole, button) = (scene.clone(), whole.clone(), El::of(button.clone()));
    spawn(async move {
        match need(Part::Finding).await {
            Ok(()) if button.node().is_connected() => {
                if let Some(place) = button.node().parent_element().map(El::of) {
                    button.remove();
                    if let Some(owner) = scene.unsent.owner() {
                        under(&owner, &mut || finding::open(&scene, &whole, &place));
                    }
                }
            }
            Ok(()) => {}
            Err(trouble) => scene.discussion.undone(trouble),
        }
    });
}

/// Says so where the program itself has failed: nothing in it can be relied on then. All that is needed is
/// made beforehand.
fn admit_failure(scene: &Scene, whole: &El) {
    let Some(window) = web_sys::window() else { return };
    let reload = el("a").class("button").attr("href", &scene.address);
    let reload = reload.text(&scene.text.say("reload"));
    let notice = el("div").class("notice broke").attr("role", "alert").attr("hidden", "");
    let notice = notice.child(el("p").text(&scene.text.say("broke"))).child(reload);
    let _ = whole.node().prepend_with_node_1(notice.node());
    let whole = whole.clone();
    listen(&window, "error", move |event| {
        let kind = member(&event, "error").and_then(|error| member(&error, "name"));
        if kind.is_some_and(|kind| kind == "RuntimeError") {
            notice.toggle("hidden", false);
            // What was typed so far is kept.
            whole.find_all("textarea").iter().for_each(|field| field.toggle("readonly", true));
        }
    });
}

/// Says what happened, and moves the focus where the reader goes on.
fn announce(scene: &Scene, whole: &El) {
    let (text, news) = (scene.text.clone(), scene.discussion.news());
    let (scene, whole) = (scene.clone(), whole.clone());
    let nodes = [":scope > .unseen", ":scope > .alert", ":scope > h2"];
    let [Some(status), Some(alert), Some(heading)] = nodes.map(|node| whole.find(node)) else {
        return;
    };
    effect(move || {
        let Some(news) = news.get() else { return };
        let (said, focus) = told(&text, &news);
        events::tell(&scene, &whole, &news, &said);
        if matches!(news, News::Voted(..)) {
            return;
        }
        let undone = matches!(news, News::Undone(_));
        status.set_text(if undone { "" } else { &said });
        // A comment that waits is not in the list: its writer must see that it arrived.
        alert.set_text(if undone || matches!(news, News::Held | News::Sent) { &said } else { "" });
        let named = matches!(news, News::Named(_));
        let (scene, whole, heading) = (scene.clone(), whole.clone(), heading.clone());
        let last = matches!(news, News::Deleted { next: None, .. });
        let deleted = matches!(news, News::Deleted { .. });
        // After the rows of this turn are on the page.
        after(0, move || match focus {
            // Nobody is taken away from what they are typing.
            _ if whole.find("textarea[data-written]:focus").is_some() => {}
            // Some time has passed since the press: the reader may be somewhere else by now.
            _ if deleted && !focus_is_lost() => {}
            Some(key) => show(&scene, &whole, key, named),
            None if last => heading.focus(),
            None => {}
        });
    });
}

/// Whether what had the focus is gone.
fn focus_is_lost() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(document) = document else { return true };
    let body = document.body().map(Element::from);
    document.active_element().is_none_or(|active| Some(active) == body)
}

/// Brings a comment into view and gives it the focus; one that an address names is marked.
fn show(scene: &Scene, whole: &El, key: CommentKey, mark: bool) {
    if let Some(card) = bring(scene, whole, key, mark) {
        card.focus();
    }
}

/// Brings a comment into the page and into view; its card. One that was looked for is marked.
pub(super) fn bring(scene: &Scene, whole: &El, key: CommentKey, mark: bool) -> Option<El> {
    if let Some(threads) = scene.threads.get().and_then(Weak::upgrade) {
        threads.reveal(&scene.discussion.line(key));
    }
    let mut found = None;
    for card in whole.find_all("[data-key]") {
        if mark {
            card.toggle("data-named", false);
        }
        if card.node().id() == scene.discussion.fragment(key) {
            card.toggle("data-named", mark);
            card.toggle("data-came", true);
            let came = card.clone();
            after(1000, move || came.toggle("data-came", false));
            if let Some(words) = card.find("[data-cut]").filter(|_| mark) {
                cut(scene, &words, false);
            }
            let options = ScrollIntoViewOptions::new();
            options.set_block(if mark {
                ScrollLogicalPosition::Center
            } else {
                ScrollLogicalPosition::Nearest
            });
            card.node().scroll_into_view_with_scroll_into_view_options(&options);
            found = Some(card);
        }
    }
    found
}

/// A way back where the words of a comment were, for as long as there is one.
pub(super) fn offer_undo(scene: &Scene, into: &El) {
    let words = el("p").text(&scene.text.say("removed"));
    let undo = button("button", "data-do", "undo");
    let undo = undo.text(&scene.text.say("undo"));
    let row = el("div").class("bar").child(undo.clone());
    into.add(el("div").class("notice").attr("role", "group").child(words).child(row));
    undo.focus();
}
