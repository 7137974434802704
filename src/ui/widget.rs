//! The whole widget, and the one place where presses are heard.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::domain::comment::CommentKey;
use crate::domain::time::Time;
use crate::domain::vote::Vote;
use crate::endpoint::now;
use crate::endpoint::part::{Part, need};
use crate::state::discussion::{Discussion, Open};
use crate::state::load::SLOW_AFTER;
use crate::state::news::News;
use crate::ui::Scene;
use crate::ui::body;
use crate::ui::composer::{Composer, ComposerProps};
use crate::ui::el::{El, after, effect, el, every, listen, spawn};
use crate::ui::rating::{RatingControl, RatingControlProps};
use crate::ui::thread_list::{ThreadList, ThreadListProps};
use crate::ui::writing::{self, Act};

/// Rating, composer and threads of one article.
#[component]
pub fn Widget(scene: Scene) -> El {
    let heading = el("h2").part("heading").attr("tabindex", "-1");
    let status = el("p").class("unseen").attr("role", "status");
    let alert = el("p").class("alert").attr("role", "alert");
    let whole = el("section").class("widget").part("widget");
    let whole = whole
        .child(RatingControl(RatingControlProps { scene: scene.clone() }))
        .child(title(&scene, heading.clone()))
        .child(alert.clone())
        .child(write(&scene))
        .child(ThreadList(ThreadListProps { scene: scene.clone() }))
        .child(status.clone());
    announce(&scene, &whole, &heading, &status, &alert);
    tick(&scene, &whole);
    go_on(&scene);
    follow_address(&scene);
    read(&scene);
    let pressed = scene.clone();
    let exact = scene.clone();
    let whole = whole.on("pointerover", move |event| {
        say_exactly(&exact, &event);
        foresee(&event);
    });
    whole.on("click", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = target.and_then(|target| target.closest("[data-do]").ok().flatten());
        if let Some(button) =
            button.filter(|button| !button.matches("[aria-disabled=true]").unwrap_or(false))
        {
            press(&pressed, &button);
        }
    })
}

/// The whole date of a time under the mouse: asked for, not made for every comment in advance.
fn say_exactly(scene: &Scene, event: &web_sys::Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(time) = target.filter(|target| target.matches("time:not([title])").unwrap_or(false))
    else {
        return;
    };
    if let Some(at) = time.get_attribute("data-at").and_then(|at| at.parse().ok()) {
        El::of(time).set("title", &scene.text.ago().exact(Time(at)));
    }
}

fn title(scene: &Scene, heading: El) -> El {
    let scene = scene.clone();
    heading.bind(move |heading| {
        let count = scene.discussion.count();
        let words = scene.text.say("no-comments");
        heading.set_text(&if count == 0 { words } else { scene.text.count("comments", count) });
    })
}

/// The composer for a new thread, or a sentence where none can be begun.
fn write(scene: &Scene) -> El {
    let place = el("div").class("write");
    place.add(links(scene));
    if !scene.discussion.offers(None).create {
        return place;
    }
    let composer = Composer(ComposerProps { scene: scene.clone(), place: None, editing: false });
    let words = el("p").class("notice").text(&scene.text.say("closed"));
    let closed = scene.discussion.closed();
    let both = (composer.clone(), words.clone());
    place.child(composer).child(words).child(scene.unsent.place()).bind(move |_| {
        both.0.toggle("hidden", closed.get());
        both.1.toggle("hidden", !closed.get());
    })
}

/// Links to where one can only write over there.
fn links(scene: &Scene) -> El {
    let scene = scene.clone();
    el("p").class("elsewhere").bind(move |place| {
        let links = scene.discussion.links();
        place.clear();
        place.toggle("hidden", links.is_empty());
        for (title, address) in links {
            let anchor = el("a").class("plain").text(&scene.text.fill("reply-on", &title));
            body::link(&anchor, &address);
            place.add(anchor);
        }
    })
}

/// Reads the first page, then looks whether the address names a comment.
fn read(scene: &Scene) {
    let discussion = scene.discussion.clone();
    later_slow(scene);
    let unsent = scene.clone();
    spawn(async move {
        discussion.read().await;
        discussion.reopen_drafts();
        discussion.seek(&hash()).await;
        if discussion.has_unsent() && need(Part::Writing).await.is_ok() {
            writing::send_unsent(&unsent);
        }
    });
    let discussion = scene.discussion.clone();
    spawn(async move { discussion.read_rating().await });
}

/// Reads a service that was added, and its part in what the address names.
pub async fn read_added(discussion: Discussion, number: usize) {
    discussion.read_source(number).await;
    discussion.seek_again(&hash()).await;
}

fn later_slow(scene: &Scene) {
    let discussion = scene.discussion.clone();
    after(SLOW_AFTER.cast_signed(), move || discussion.mark_slow());
}

fn hash() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// Reads again when the network is back, if it was missed.
fn go_on(scene: &Scene) {
    let scene = scene.clone();
    let Some(window) = web_sys::window() else { return };
    listen(&window, "online", move |_| {
        if scene.discussion.has_failed() {
            read(&scene);
        }
    });
}

fn follow_address(scene: &Scene) {
    let discussion = scene.discussion.clone();
    let Some(window) = web_sys::window() else { return };
    listen(&window, "hashchange", move |_| {
        let discussion = discussion.clone();
        spawn(async move { discussion.seek(&hash()).await });
    });
}

/// Keeps "5 minutes ago" true, and rights that have ended out of sight.
fn tick(scene: &Scene, whole: &El) {
    let (scene, whole) = (scene.clone(), whole.clone());
    every(60_000, move || {
        scene.discussion.tick();
        for time in whole.find_all("time[data-at]") {
            if let Some(at) = time.node().get_attribute("data-at").and_then(|at| at.parse().ok()) {
                time.set_text(&scene.text.ago().relative(Time(at), now()));
            }
        }
    });
}

/// Does what a button says.
fn press(scene: &Scene, button: &Element) {
    let discussion = scene.discussion.clone();
    let verb = button.get_attribute("data-do").unwrap_or_default();
    match verb.as_str() {
        "retry" => return read(scene),
        "more" => {
            later_slow(scene);
            return spawn(async move {
                discussion.read_more().await;
                discussion.reopen_drafts();
            });
        }
        "unrate" => return act(scene, Act::Rate(None)),
        _ => {}
    }
    let Some(key) = key_of(button) else { return };
    match verb.as_str() {
        "fold" => discussion.toggle_fold(key),
        "reply" => toggle_open(scene, key, Open::Reply),
        "edit" => toggle_open(scene, key, Open::Edit),
        "delete" => act(scene, Act::Delete(key)),
        "replies" => spawn(async move { discussion.read_replies(key).await }),
        "close" => discussion.set_open(key, Open::Nothing),
        "undo" => act(scene, Act::Undo(key)),
        "upvote" => act(scene, Act::Vote(key, Vote::Up)),
        "downvote" => act(scene, Act::Vote(key, Vote::Down)),
        _ => {}
    }
}

/// Does what writes, once what that needs is there.
pub fn act(scene: &Scene, act: Act) {
    let scene = scene.clone();
    spawn(async move {
        match need(Part::Writing).await {
            Ok(()) => writing::act(&scene, act),
            Err(trouble) => scene.discussion.undone(trouble),
        }
    });
}

/// Fetches what writes as soon as the reader comes near it.
fn foresee(event: &web_sys::Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let near =
        |target: &Element| target.closest(".actions, .composer, .give").is_ok_and(|e| e.is_some());
    if target.is_some_and(|target| near(&target)) {
        // Whoever needs it says what went wrong.
        spawn(async { drop(need(Part::Writing).await) });
    }
}

fn toggle_open(scene: &Scene, key: CommentKey, open: Open) {
    let again = scene.discussion.open(key) == open;
    scene.discussion.set_open(key, if again { Open::Nothing } else { open });
}

fn key_of(button: &Element) -> Option<CommentKey> {
    let card = button.closest("[data-key]").ok()??;
    card.get_attribute("data-key")?.parse().ok().map(CommentKey)
}

/// Says what happened, and moves the focus where the reader goes on.
fn announce(scene: &Scene, whole: &El, heading: &El, status: &El, alert: &El) {
    let (text, news) = (scene.text.clone(), scene.discussion.news());
    let (discussion, whole, heading, alert) =
        (scene.discussion.clone(), whole.clone(), heading.clone(), alert.clone());
    let status = status.clone();
    effect(move || {
        let Some(news) = news.get() else { return };
        let (said, focus) = match &news {
            News::Posted(key) => (text.say("posted"), Some(*key)),
            News::Held => (text.say("held"), None),
            // The outbox itself is there to be seen.
            News::Queued => (text.say("queued"), None),
            News::Sent => (text.say("sent"), None),
            News::Edited(key) => (text.say("changed"), Some(*key)),
            News::Deleted(next) => (text.say("removed"), *next),
            News::Rated(Some(stars)) => (text.count("rated", stars.count().into()), None),
            News::Rated(None) => (text.say("rating-taken-back"), None),
            News::Read(count, first) => (text.count("more-read", *count), Some(*first)),
            News::Named(key) => (String::new(), Some(*key)),
            News::Undone(trouble) => (text.fill("undone", &text.explain(trouble)), None),
        };
        let undone = matches!(news, News::Undone(_));
        status.set_text(if undone { "" } else { &said });
        // A comment that waits is not in the list: its writer must see that it arrived.
        alert.set_text(if undone || matches!(news, News::Held | News::Sent) { &said } else { "" });
        let named = matches!(news, News::Named(_));
        let (discussion, whole, heading) = (discussion.clone(), whole.clone(), heading.clone());
        let last = matches!(news, News::Deleted(None));
        let deleted = matches!(news, News::Deleted(_));
        // After the rows of this turn are on the page.
        after(0, move || match focus {
            // Some time has passed since the press: the reader may be somewhere else by now.
            _ if deleted && !focus_is_lost() => {}
            Some(key) => show(&whole, &discussion.fragment(key), named),
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
fn show(whole: &El, fragment: &str, mark: bool) {
    for card in whole.find_all("[data-key]") {
        if mark {
            card.toggle("data-named", false);
        }
        if card.node().id() == fragment {
            card.toggle("data-named", mark);
            let options = ScrollIntoViewOptions::new();
            options.set_block(if mark {
                ScrollLogicalPosition::Center
            } else {
                ScrollLogicalPosition::Nearest
            });
            card.node().scroll_into_view_with_scroll_into_view_options(&options);
            card.focus();
        }
    }
}
