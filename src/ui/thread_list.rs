//! All threads, and what stands in their place before, after and instead.

use std::rc::Rc;

use leptos::prelude::*;

use crate::state::load::Load;
use crate::ui::Scene;
use crate::ui::branch::Branch;
use crate::ui::el::{El, button, el};
use crate::ui::notice::{failed, failed_part, notice, waiting};
use crate::ui::widget::links;

/// The list of threads with its states: waiting, slow, empty, failed, and more to come.
#[component]
pub fn ThreadList(scene: Scene) -> El {
    let state = state(&scene);
    let list = el("div").class("list").child(state.clone()).child(more(&scene));
    let list = list.child(links(&scene, true));
    let branch = Branch::new(&scene, 0, list.clone(), Some(state));
    let _ = scene.threads.set(Rc::downgrade(&branch));
    let discussion = scene.discussion.clone();
    list.bind(move |_| branch.show(&discussion.roots(), false))
}

fn state(scene: &Scene) -> El {
    let scene = scene.clone();
    let load = scene.discussion.load();
    el("div").attr("tabindex", "-1").class("state").bind(move |state| {
        let count = scene.discussion.count();
        if state.has_focus() {
            // The button that has it is about to go.
            state.focus();
        }
        state.clear();
        match load.get() {
            Load::Waiting => state.add(waiting(&scene, false)),
            Load::Slow => state.add(waiting(&scene, true)),
            Load::Failed(trouble) => state.add(failed(&scene, &trouble)),
            Load::Ready if count == 0 && scene.discussion.failures().is_empty() => {
                state.add(notice(&scene.text.say(if scene.discussion.offers(None).create {
                    "empty"
                } else {
                    "empty-here"
                })));
            }
            Load::Ready => {}
        }
        for (title, trouble) in scene.discussion.failures() {
            state.add(failed_part(&scene, &title, &trouble));
        }
        if scene.discussion.only().is_some() {
            let button = button("plain", "data-do", "all");
            let button = button.text(&scene.text.say("all"));
            state.add(notice(&scene.text.say("only-shown")).child(button));
        }
        let unread = scene.discussion.unread();
        if unread > 0 {
            state.add(notice(&scene.text.count("unread", unread as usize)));
        }
    })
}

fn more(scene: &Scene) -> El {
    let scene = scene.clone();
    let load = scene.discussion.more();
    let button = button("button", "data-do", "more");
    let words = el("p").class("quiet").attr("role", "alert");
    let inside = (button.clone(), words.clone());
    el("div").class("more").child(words).child(button).bind(move |more| {
        let (button, words) = &inside;
        more.toggle("hidden", !scene.discussion.has_more());
        words.set_text(&match load.get() {
            Load::Failed(trouble) => scene.text.explain(&trouble),
            Load::Slow => scene.text.say("slow"),
            _ => String::new(),
        });
        let waits = matches!(load.get(), Load::Waiting | Load::Slow);
        button.set_text(&scene.text.say(if waits { "more-waiting" } else { "more" }));
        button.state("aria-disabled", waits);
    })
}
