//! Reading on by itself, for readers who choose it.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::{Get, GetUntracked, on_cleanup};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    HtmlInputElement, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
};

use crate::state::load::Load;
use crate::state::memory;
use crate::ui::Scene;
use crate::ui::el::{El, after, effect, el};

/// Under this name the choice is kept on this device, for all discussions of the site.
const CHOICE: &str = "onward";

/// Puts the choice beside the button that reads on.
pub(super) fn offer(scene: &Scene, whole: &El) {
    let Some(more) = whole.find(".list > .more") else { return };
    let field = el("input").attr("type", "checkbox");
    let input: HtmlInputElement = field.node().clone().unchecked_into();
    input.set_checked(memory::load(CHOICE).is_some());
    let words = el("span").text(&scene.text.say("onward"));
    let near = Rc::new(Cell::new(false));
    let go = {
        let (discussion, input, near) = (scene.discussion.clone(), input.clone(), near.clone());
        let button = more.find("button");
        move || {
            let idle = matches!(discussion.more().get_untracked(), Load::Ready);
            if idle && near.get() && input.checked() && discussion.has_more() {
                // As if it were pressed; but nobody asked for the focus to move.
                if let Some(button) = &button {
                    button.toggle("data-quietly", true);
                    button.html().click();
                }
            }
        }
    };
    let (chosen, look) = (input.clone(), go.clone());
    let field = field.on("change", move |_| {
        memory::keep(CHOICE, if chosen.checked() { "yes" } else { "" });
        look();
    });
    more.add(el("label").class("onward quiet").child(field).child(words));
    let look = go.clone();
    let seen = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        if let Some(last) = entries.iter().last() {
            near.set(last.unchecked_into::<IntersectionObserverEntry>().is_intersecting());
            look();
        }
    });
    let how = IntersectionObserverInit::new();
    how.set_root_margin("50% 0px");
    let made = IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &how);
    let Ok(observer) = made else { return };
    observer.observe(more.node());
    let load = scene.discussion.more();
    // What was read may have left the end of the list near.
    effect(move || {
        if matches!(load.get(), Load::Ready) {
            let go = go.clone();
            after(0, go);
        }
    });
    let kept = SendWrapper::new((observer, seen));
    on_cleanup(move || kept.0.disconnect());
}
