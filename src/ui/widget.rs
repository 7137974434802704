//! The whole widget. What a press does is fetched when the reader comes near it ([`writing::press`]).

use leptos::prelude::*;
use web_sys::Element;

use crate::domain::comment::CommentKey;
use crate::domain::time::Time;
use crate::endpoint::part::{Part, need};
use crate::json::digits;
use crate::state::discussion::{Discussion, Open};
use crate::state::load::{Load, SLOW_AFTER};
use crate::ui::Scene;
use crate::ui::body;
use crate::ui::composer::{Composer, ComposerProps};
use crate::ui::el::{El, after, button, el, listen, spawn, target, tell};
use crate::ui::following;
use crate::ui::rating::{RatingControl, RatingControlProps};
use crate::ui::space;
use crate::ui::thread_list::{ThreadList, ThreadListProps};
use crate::ui::writing;

/// Milliseconds after which whoever reads has stayed: then what others write meanwhile matters.
const STAYED: i32 = 3_000;

/// Rating, composer and threads of one article.
#[component]
pub fn Widget(scene: Scene) -> El {
    let heading = el("h2").part("heading").attr("tabindex", "-1");
    let find = button("plain", "data-do", "find");
    let way = el("div").class("way").child(find.text(&scene.text.say("way")));
    let status = el("p").class("unseen").attr("role", "status");
    let alert = el("p").class("alert").attr("role", "alert");
    let whole = el("section").class("widget").part("widget");
    let whole = whole
        .child(RatingControl(RatingControlProps { scene: scene.clone() }))
        .child(title(&scene, heading, way.clone()))
        .child(alert.clone())
        .child(write(&scene))
        .child(way)
        .child(ThreadList(ThreadListProps { scene: scene.clone() }))
        .child(status.clone());
    go_on(&scene, &whole);
    follow_address(&scene);
    space::watch(&whole);
    read(&scene, &whole);
    for event in ["pointerover", "focusin", "selectstart"] {
        let (scene, near) = (scene.clone(), whole.clone());
        listen(whole.node(), event, move |event| foresee(&scene, &near, &event));
    }
    let inside = whole.clone();
    whole.on("click", move |event| {
        let button = target(&event).and_then(|at| at.closest("[data-do]").ok().flatten());
        let may = |button: &Element| !button.matches("[aria-disabled=true]").unwrap_or(false);
        let Some(button) = button.filter(may) else { return };
        if open_or_fold(&scene, &button) {
            return;
        }
        let (scene, whole, alert) = (scene.clone(), inside.clone(), alert.clone());
        spawn(async move {
            match need(Part::Writing).await {
                Ok(()) => writing::press(&scene, &whole, &button),
                Err(trouble) => alert.set_text(&scene.text.explain(&trouble)),
            }
        });
    })
}

/// How many comments there are; and where there is enough for it, the way to what sorts and finds.
fn title(scene: &Scene, heading: El, way: El) -> El {
    /// Fewer comments are seen at a glance.
    const MANY: usize = 5;
    let scene = scene.clone();
    heading.bind(move |heading| {
        let count = scene.discussion.count();
        way.toggle("hidden", count < MANY);
        let words = scene.text.say("no-comments");
        let more = scene.discussion.is_truncated();
        let said = scene.text.count_from("comments", count, more);
        heading.set_text(&if count == 0 { words } else { said });
    })
}

/// The composer for a new thread, or a sentence where none can be begun.
fn write(scene: &Scene) -> El {
    let (place, unsent) =
        (el("div").class("write").child(links(scene, false)), scene.unsent.place());
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

/// Links to where one can only write over there, or to where the rest is that is not listed here.
pub fn links(scene: &Scene, to_the_rest: bool) -> El {
    let scene = scene.clone();
    el("p").class("elsewhere").bind(move |place| {
        let links = scene.discussion.links(to_the_rest);
        place.clear();
        place.toggle("hidden", links.is_empty());
        for (title, address) in links {
            let words = if to_the_rest { "more-on" } else { "reply-on" };
            let anchor = el("a").class("plain").text(&scene.text.fill(words, &title));
            body::link(&anchor, &address);
            place.add(anchor);
        }
    })
}

/// Reads the first page, then looks whether the address names a comment.
pub fn read(scene: &Scene, whole: &El) {
    let (discussion, whole) = (scene.discussion.clone(), whole.clone());
    later_slow(scene);
    let unsent = scene.clone();
    spawn(async move {
        discussion.read().await;
        // When it is on the page.
        let shown = unsent.clone();
        after(0, move || {
            space::release(&whole);
            if !shown.discussion.has_failed() {
                let count = digits(shown.discussion.count() as u64);
                let told = ["{\"commentCount\":", &count, "}"].concat();
                let _ = tell(&whole, "jawjaw:ready", &told, false);
            }
            // Whoever comes near it sooner stays longer (`foresee`). A search engine does not stay.
            let asked = whole.shadow().is_some_and(|root| root.host().has_attribute("json-ld"));
            after(if asked { 0 } else { STAYED }, move || follow(&shown, &whole));
        });
        if discussion.has_unsent() || discussion.has_drafts() || discussion.may_name(&hash()) {
            resume(&unsent);
        }
    });
    let discussion = scene.discussion.clone();
    spawn(async move { discussion.read_rating().await });
}

/// Fetches what goes on while somebody reads, once the discussion is there.
fn follow(scene: &Scene, whole: &El) {
    if whole.node().has_attribute("data-followed") || !whole.node().has_attribute("data-read") {
        return;
    }
    // One of several services may have failed: the others are followed.
    if matches!(scene.discussion.load().get_untracked(), Load::Failed(_)) {
        return;
    }
    whole.toggle("data-followed", true);
    let (scene, whole) = (scene.clone(), whole.clone());
    spawn(async move {
        // Without it the discussion stands as it was read.
        if need(Part::Following).await.is_ok() {
            following::begin(&scene, &whole);
        }
    });
}

/// Reads a service that was added, and its part in what the address names.
pub async fn read_added(discussion: Discussion, number: usize) {
    discussion.read_source(number).await;
    if discussion.may_name(&hash()) && need(Part::Writing).await.is_ok() {
        writing::seek_again(&discussion);
    }
}

pub fn later_slow(scene: &Scene) {
    let discussion = scene.discussion.clone();
    after(SLOW_AFTER.cast_signed(), move || discussion.mark_slow());
}

pub fn hash() -> String {
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

/// Goes to what the address names when that changes.
fn follow_address(scene: &Scene) {
    let scene = scene.clone();
    let Some(window) = web_sys::window() else { return };
    listen(&window, "hashchange", move |_| {
        if scene.discussion.may_name(&hash()) {
            resume(&scene);
        }
    });
}

/// Does what must not wait for anything to be fetched: whoever presses Reply begins to type.
fn open_or_fold(scene: &Scene, button: &Element) -> bool {
    let discussion = &scene.discussion;
    let Some(key) = key_of(button) else { return false };
    match button.get_attribute("data-do").unwrap_or_default().as_str() {
        "fold" => discussion.toggle_fold(key),
        "reply" => discussion.toggle_open(key, Open::Reply),
        "close" => discussion.set_open(key, Open::Nothing),
        _ => return false,
    }
    true
}

/// The comment that a button is about.
pub fn key_of(button: &Element) -> Option<CommentKey> {
    let card = button.closest("[data-key]").ok()??;
    card.get_attribute("data-key")?.parse().ok().map(CommentKey)
}

/// Says the whole date of a time under the mouse: asked for, not made for every comment in advance. Fetches
/// what answers other presses as soon as the reader comes near something to press, or selects what may be
/// quoted.
fn foresee(scene: &Scene, whole: &El, event: &web_sys::Event) {
    follow(scene, whole);
    let target = target(event);
    let near = ".actions, .composer, .give, .way, .arrived";
    let near = |target: &Element| target.closest(near).is_ok_and(|near| near.is_some());
    if event.type_() == "selectstart" || target.as_ref().is_some_and(near) {
        let scene = scene.clone();
        spawn(async move {
            // Whoever needs it says what went wrong.
            if need(Part::Writing).await.is_ok() {
                writing::begin(&scene);
            }
        });
    }
    let at = target.as_ref().and_then(|target| target.get_attribute("data-at")?.parse().ok());
    if let (Some(time), Some(at)) = (target, at) {
        El::of(time).set("title", &scene.text.exact(Time(at)));
    }
}

/// Goes on with what an earlier visit left, and to what the address names.
fn resume(scene: &Scene) {
    let scene = scene.clone();
    spawn(async move {
        if need(Part::Writing).await.is_ok() {
            writing::resume(&scene);
        }
    });
}
