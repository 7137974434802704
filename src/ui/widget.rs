//! The whole widget, and the one place where presses are heard.

use std::rc::Weak;

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
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
use crate::ui::finding;
use crate::ui::rating::{RatingControl, RatingControlProps};
use crate::ui::space;
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
        .child(way(&scene))
        .child(ThreadList(ThreadListProps { scene: scene.clone() }))
        .child(status.clone());
    announce(&scene, &whole, &heading, &status, &alert);
    tick(&scene, &whole);
    go_on(&scene, &whole);
    follow_address(&scene);
    admit_failure(&scene, &whole);
    space::watch(&whole);
    read(&scene, &whole);
    let (pressed, inside) = (scene.clone(), whole.clone());
    for event in ["pointerover", "focusin", "selectstart"] {
        let scene = scene.clone();
        listen(whole.node(), event, move |event| foresee(&scene, &event));
    }
    whole.on("click", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = target.and_then(|target| target.closest("[data-do]").ok().flatten());
        if let Some(button) =
            button.filter(|button| !button.matches("[aria-disabled=true]").unwrap_or(false))
        {
            press(&pressed, &inside, &button);
        }
    })
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
    let (place, unsent) = (el("div").class("write").child(links(scene)), scene.unsent.place());
    if !scene.discussion.offers(None).create {
        return place.child(unsent);
    }
    let composer = Composer(ComposerProps { scene: scene.clone(), place: None, editing: false });
    let words = el("p").class("notice").text(&scene.text.say("closed"));
    let closed = scene.discussion.closed();
    let both = (composer.clone(), words.clone());
    place.child(composer).child(words).child(unsent).bind(move |_| {
        both.0.toggle("hidden", closed.get());
        both.1.toggle("hidden", !closed.get());
    })
}

/// The way to what sorts and finds, where there is enough for it.
fn way(scene: &Scene) -> El {
    /// Fewer comments are seen at a glance.
    const MANY: usize = 5;
    let button = el("button").attr("type", "button").attr("data-do", "find").class("plain");
    let (discussion, words) = (scene.discussion.clone(), scene.text.say("way"));
    el("div").class("way").child(button.text(&words)).bind(move |way| {
        way.toggle("hidden", discussion.count() < MANY);
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
fn read(scene: &Scene, whole: &El) {
    let (discussion, whole) = (scene.discussion.clone(), whole.clone());
    later_slow(scene);
    let unsent = scene.clone();
    spawn(async move {
        discussion.read().await;
        // When it is on the page.
        after(0, move || space::release(&whole));
        discussion.reopen_drafts();
        discussion.seek(&hash()).await;
        if discussion.has_unsent() {
            prepare(&unsent);
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
fn go_on(scene: &Scene, whole: &El) {
    let (scene, whole) = (scene.clone(), whole.clone());
    let Some(window) = web_sys::window() else { return };
    listen(&window, "online", move |_| {
        if scene.discussion.has_failed() {
            read(&scene, &whole);
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
        let get = |from: &JsValue, name: &str| Reflect::get(from, &JsValue::from_str(name));
        let kind = get(&event, "error").and_then(|error| get(&error, "name"));
        if kind.is_ok_and(|kind| kind == "RuntimeError") {
            notice.toggle("hidden", false);
            // What was typed so far is kept.
            whole.find_all("textarea").iter().for_each(|field| field.toggle("readonly", true));
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
                time.set_text(&scene.text.ago(Time(at), now()));
            }
        }
    });
}

/// Does what a button says.
fn press(scene: &Scene, whole: &El, button: &Element) {
    let discussion = scene.discussion.clone();
    let verb = button.get_attribute("data-do").unwrap_or_default();
    match verb.as_str() {
        "retry" => return read(scene, whole),
        "more" => {
            later_slow(scene);
            return spawn(async move {
                discussion.read_more().await;
                discussion.reopen_drafts();
            });
        }
        "unrate" => return act(scene, Act::Rate(None)),
        "find" => return find(scene, whole, button),
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

/// Opens what sorts and finds, in place of its button.
fn find(scene: &Scene, whole: &El, button: &Element) {
    let (scene, whole, button) = (scene.clone(), whole.clone(), El::of(button.clone()));
    spawn(async move {
        match need(Part::Finding).await {
            Ok(()) if button.node().is_connected() => {
                if let Some(place) = button.node().parent_element().map(El::of) {
                    button.remove();
                    let owner =
                        scene.unsent.0.get().and_then(|(_, owner)| owner.as_ref()?.upgrade());
                    if let Some(owner) = owner {
                        owner.with(|| finding::open(&scene, &whole, &place));
                    }
                }
            }
            Ok(()) => {}
            Err(trouble) => scene.discussion.undone(trouble),
        }
    });
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

/// Fetches what writes as soon as the reader comes near it, or selects what may be quoted. Says the whole
/// date of a time under the mouse: it is not made for every comment in advance.
fn foresee(scene: &Scene, event: &web_sys::Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let near =
        |target: &Element| target.closest(".actions, .composer, .give").is_ok_and(|e| e.is_some());
    if event.type_() == "selectstart" || target.as_ref().is_some_and(near) {
        return prepare(scene);
    }
    let at = target.as_ref().and_then(|target| target.get_attribute("data-at")?.parse().ok());
    if let (Some(time), Some(at)) = (target, at) {
        El::of(time).set("title", &scene.text.exact(Time(at)));
    }
}

fn prepare(scene: &Scene) {
    let scene = scene.clone();
    spawn(async move {
        // Whoever needs it says what went wrong.
        if need(Part::Writing).await.is_ok() {
            writing::begin(&scene);
        }
    });
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
    let (scene, whole, heading, alert) =
        (scene.clone(), whole.clone(), heading.clone(), alert.clone());
    let status = status.clone();
    effect(move || {
        let Some(news) = news.get() else { return };
        let (said, focus) = match &news {
            News::Read(count, first) => (text.count("more-read", *count), Some(*first)),
            News::Named(key) => (String::new(), Some(*key)),
            News::Undone(trouble) => (text.fill("undone", &text.explain(trouble)), None),
            // It comes from what writes, which therefore is here.
            written => writing::told(&text, written),
        };
        let undone = matches!(news, News::Undone(_));
        status.set_text(if undone { "" } else { &said });
        // A comment that waits is not in the list: its writer must see that it arrived.
        alert.set_text(if undone || matches!(news, News::Held | News::Sent) { &said } else { "" });
        let named = matches!(news, News::Named(_));
        let (scene, whole, heading) = (scene.clone(), whole.clone(), heading.clone());
        let last = matches!(news, News::Deleted(None));
        let deleted = matches!(news, News::Deleted(_));
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
pub fn bring(scene: &Scene, whole: &El, key: CommentKey, mark: bool) -> Option<El> {
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
