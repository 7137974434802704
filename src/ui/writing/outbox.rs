//! What was not sent yet: shown, and sent again by itself or by the reader. Part of what is fetched for
//! writing.

use leptos::prelude::Get;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlTextAreaElement};

use crate::domain::marking::appended;
use crate::domain::outbox::{Progress, State};
use crate::endpoint::http::online;
use crate::endpoint::now;
use crate::state::discussion::Open;
use crate::state::entry::{Deed, Entry};
use crate::ui::Scene;
use crate::ui::el::{El, after, button, effect, el, listen, spawn, target};
use crate::ui::writing::tried;

/// So many characters of what was written are shown.
const SHOWN: usize = 200;

/// Shows the outbox in a place, and watches over it.
pub(super) fn show(scene: &Scene, place: &El) {
    let outbox = scene.discussion.outbox();
    let painted = scene.clone();
    let place = place.clone().bind(move |place| {
        let entries = outbox.get();
        let had_focus = place.has_focus();
        place.clear();
        // What waits may be held back by what did not arrive at once, and be from an earlier visit.
        let late =
            |Progress { state, tries, .. }: Progress| tries > u32::from(state == State::Sending);
        let some_late = !online() || entries.iter().any(|entry| late(entry.progress));
        // What is being sent for the first time is still in its form.
        let shown = |entry: &&Entry| match entry.progress.state {
            State::Stopped => true,
            // What is deleted says so where it stands.
            _ if matches!(entry.deed, Deed::Delete { .. }) => false,
            State::Sending | State::Waiting => some_late,
        };
        let shown: Vec<&Entry> = entries.iter().filter(shown).collect();
        place.toggle("hidden", shown.is_empty());
        if shown.is_empty() {
            return;
        }
        place.add(el("h3").attr("tabindex", "-1").text(&painted.text.say("outbox")));
        let list = el("ul").attr("role", "list");
        for entry in shown {
            list.add(item(&painted, entry));
        }
        place.add(list);
        if had_focus && let Some(title) = place.find("h3") {
            title.focus();
        }
    });
    let pressed = scene.clone();
    let _ = place.on("click", move |event| press(&pressed, &event));
    wait(scene);
    let Some(window) = web_sys::window() else { return };
    let (online, stored) = (scene.discussion.clone(), scene.discussion.clone());
    listen(&window, "online", move |_| {
        let discussion = online.clone();
        spawn(async move { discussion.hurry().await });
    });
    // Another tab has changed it.
    listen(&window, "storage", move |_| stored.read_outbox());
    let discussion = scene.discussion.clone();
    // A page that is left tells what was under way that the network is gone: that is no reason to wait.
    spawn(async move { discussion.hurry().await });
}

/// Sends again when it is time.
fn wait(scene: &Scene) {
    let (outbox, discussion) = (scene.discussion.outbox(), scene.discussion.clone());
    let rating = discussion.rating();
    effect(move || {
        // Who takes ratings may come later than what waits for them.
        let _ = (outbox.get(), rating.get());
        let Some(next) = discussion.next_try() else { return };
        let discussion = discussion.clone();
        let pause = (next.0 - now().0).clamp(50, 60_000);
        after(i32::try_from(pause).unwrap_or(60_000), move || {
            spawn(async move { discussion.flush().await });
        });
    });
}

fn item(scene: &Scene, entry: &Entry) -> El {
    let text = &scene.text;
    let name = || {
        let comment = entry.deed.about().and_then(|key| scene.discussion.peek(key));
        let name = comment.map(|comment| comment.author.name).unwrap_or_default();
        text.called(&name)
    };
    let about = match &entry.deed {
        Deed::Create { parent: None, .. } => None,
        Deed::Create { .. } => Some(text.fill("write-reply", &name())),
        Deed::Edit { .. } => Some(text.say("outbox-edit")),
        Deed::Delete { .. } => Some(text.say("outbox-delete")),
        Deed::Vote { .. } => Some(text.fill("outbox-vote", &name())),
        Deed::Rate { .. } => Some(text.say("rate")),
    };
    let item = el("li").class("unsent").part("unsent");
    if let Some(about) = about {
        item.add(el("p").class("quiet").text(&about));
    }
    let words: String = entry.deed.text().chars().take(SHOWN).collect();
    let cut = if entry.deed.text().len() > words.len() { "…" } else { "" };
    if !words.is_empty() {
        item.add(el("blockquote").attr("dir", "auto").text(&[&words, cut].concat()));
    }
    let why = entry.trouble.as_ref().map(|trouble| text.explain(trouble)).unwrap_or_default();
    let state = match entry.progress.state {
        State::Sending => text.say("outbox-sending"),
        State::Stopped if entry.progress.doubt => text.say("outbox-doubt"),
        State::Stopped => text.fill("outbox-stopped", &why),
        State::Waiting if !online() => text.say("outbox-offline"),
        State::Waiting => text.say("outbox-waiting"),
    };
    item.add(el("p").class("quiet").text(&state));
    let bar = el("div").class("bar");
    if entry.progress.state != State::Sending {
        let verbs = [("send-again", "button"), ("edit-unsent", "plain"), ("discard", "plain")];
        let fits = |verb: &str| verb != "edit-unsent" || entry.deed.has_words();
        for (verb, class) in verbs.into_iter().filter(|(verb, _)| fits(verb)) {
            let button = button(class, "data-unsent", verb);
            bar.add(button.attr("data-uuid", &entry.uuid).text(&text.say(verb)));
        }
    }
    item.child(bar)
}

fn press(scene: &Scene, event: &Event) {
    let button = target(event).and_then(|at| at.closest("[data-unsent]").ok().flatten());
    let Some(button) = button else { return };
    let uuid = button.get_attribute("data-uuid").unwrap_or_default();
    let discussion = scene.discussion.clone();
    match button.get_attribute("data-unsent").unwrap_or_default().as_str() {
        "send-again" => spawn(async move {
            discussion.retry(&uuid).await;
            discussion.hurry().await;
        }),
        "edit-unsent" => {
            // The button goes with the entry.
            let near = button.closest(".write").ok().flatten().map(El::of);
            let scene = scene.clone();
            spawn(async move {
                // What has arrived after all must not be written a second time.
                if !discussion.has_arrived(&uuid).await
                    && let Some(entry) = discussion.discard(&uuid)
                {
                    write_again(&scene, &entry, near);
                }
            });
        }
        _ => drop(discussion.discard(&uuid)),
    }
}

/// Puts what was written back to where it was written, or to the form for a new thread if what it was
/// about is not there.
fn write_again(scene: &Scene, entry: &Entry, near: Option<El>) {
    let (discussion, deed) = (&scene.discussion, &entry.deed);
    let there = deed.about().filter(|key| discussion.peek(*key).is_some());
    if let Deed::Create { text, by, .. } = deed {
        // Sent again as it is, it is the same try.
        let words = [&entry.uuid, " ", &tried(text, by)].concat();
        discussion.keep_try(there, false, &words);
    }
    if let Some(key) = there {
        let editing = matches!(deed, Deed::Edit { .. });
        discussion.keep_draft(Some(key), editing, deed.text());
        discussion.set_open(key, Open::Nothing);
        return discussion.set_open(key, if editing { Open::Edit } else { Open::Reply });
    }
    let field = near.and_then(|near| near.find("textarea"));
    let Some(field) = field else { return };
    let area: &HtmlTextAreaElement = field.node().unchecked_ref();
    area.set_value(&appended(&area.value(), deed.text()));
    if let Ok(event) = Event::new("input") {
        let _ = field.node().dispatch_event(&event);
    }
    field.focus();
}
