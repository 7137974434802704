//! What helps while one writes: marks of Markdown where the endpoint takes it, and how much more fits.

use js_sys::JsString;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlDocument, HtmlTextAreaElement, KeyboardEvent};

use crate::domain::marking::{Mark, Marked, appended, mark};
use crate::state::memory;
use crate::ui::composer::Form;
use crate::ui::el::{El, button, el, pressed};
use crate::ui::writing::{mention, preview, quote};

const MARKS: [(Mark, &str, &str); 6] = [
    (Mark::Bold, "bold", "b"),
    (Mark::Italic, "italic", "i"),
    (Mark::Link, "link", "k"),
    (Mark::Quote, "quote", ""),
    (Mark::Code, "code", ""),
    (Mark::List, "list", ""),
];

/// Offers what another tab was writing at the same place.
fn offer_other(form: &Form) {
    let Some(other) = form.scene.discussion.other_draft(form.place, form.editing) else { return };
    let text = &form.scene.text;
    let button = |name: &str| button("plain", "data-other", name).text(&text.say(name));
    let (take, leave) = (button("other-take"), button("discard"));
    let bar = el("div").class("bar").child(take.clone()).child(leave.clone());
    let notice = el("div").class("notice").attr("role", "group");
    let notice = notice.child(el("p").text(&text.say("other-draft")));
    let notice = notice.child(el("blockquote").attr("dir", "auto").text(&other)).child(bar);
    form.rest.add(notice.clone());
    let (gone, dropped, taken) = (notice.clone(), form.clone(), form.clone());
    let _ = leave.on("click", move |_| {
        dropped.scene.discussion.take_other_draft(dropped.place, dropped.editing);
        gone.remove();
        dropped.field.focus();
    });
    let _ = take.on("click", move |_| {
        let other = taken.scene.discussion.take_other_draft(taken.place, taken.editing);
        taken.set_text(&appended(&taken.text(), &other.unwrap_or_default()));
        taken.keep();
        notice.remove();
        taken.field.focus();
    });
}

/// Adds them to a form.
pub(super) fn add(form: &Form) {
    offer_other(form);
    let offers = form.scene.discussion.offers(form.place);
    let text = &form.scene.text;
    if offers.markdown {
        let bar = el("div").class("marks").attr("role", "toolbar");
        let bar = bar.attr("aria-label", &form.named("marks"));
        for (place, (kind, name, key)) in MARKS.into_iter().enumerate() {
            let button = button("plain", "data-mark", name);
            // One stop for Tab, arrows inside (ARIA Authoring Practices, toolbar).
            let button = button.attr("tabindex", if place == 0 { "0" } else { "-1" });
            if !key.is_empty() {
                button.set("aria-keyshortcuts", &["Control+", key].concat());
            }
            let field = form.field.clone();
            bar.add(button.text(&text.say(name)).on("click", move |_| put(&field, kind)));
        }
        let inside = bar.clone();
        let bar = bar.on("keydown", move |event| move_focus(&inside, event.unchecked_ref()));
        let _ = form.rest.node().prepend_with_node_1(bar.node());
        preview::add(form, &bar);
        let field = form.field.clone();
        let _ = form.field.clone().on("keydown", move |event| {
            let event: &KeyboardEvent = event.unchecked_ref();
            let pressed = pressed(event);
            let fits = |(_, _, key): &&(Mark, &str, &str)| Some(*key) == pressed.as_deref();
            if (event.ctrl_key() || event.meta_key())
                && let Some((kind, ..)) = MARKS.iter().find(fits)
            {
                event.prevent_default();
                put(&field, *kind);
            }
        });
    }
    if offers.longest > 0 {
        count(form, offers.longest);
    }
    mention::add(form);
    admit(form);
}

/// Says so where nothing typed can be kept beyond this visit.
fn admit(form: &Form) {
    let words = el("p").class("quiet");
    form.rest.add(words.clone());
    let text = form.scene.text.clone();
    let show = move || {
        if memory::is_forgetful() {
            words.set_text(&text.say("forgetful"));
        }
    };
    show();
    let _ = form.field.clone().on("input", move |_| show());
}

/// Says how much more fits, from the last fifth on.
fn count(form: &Form, longest: usize) {
    let counter = el("p").class("quiet counter");
    form.rest.add(counter.clone());
    let whole = form.clone();
    let show = move || {
        let used = whole.text().trim().chars().count();
        let words = if used > longest {
            whole.scene.text.count("too-long", used - longest)
        } else if used * 5 > longest * 4 {
            whole.scene.text.count("left", longest - used)
        } else {
            String::new()
        };
        counter.set_text(&words);
    };
    show();
    let _ = form.field.clone().on("input", move |_| show());
}

/// Left and right go from button to button; the last is the one after the marks.
fn move_focus(bar: &El, event: &KeyboardEvent) {
    let step = match pressed(event).unwrap_or_default().as_str() {
        "ArrowRight" => 1,
        "ArrowLeft" => MARKS.len(),
        _ => return,
    };
    event.prevent_default();
    let buttons = bar.find_all("[data-mark]");
    let Some(here) = buttons.iter().position(El::has_focus) else { return };
    for button in &buttons {
        button.set("tabindex", "-1");
    }
    if let Some(next) = buttons.get((here + step) % buttons.len()) {
        next.set("tabindex", "0");
        next.focus();
    }
}

/// Marks what is selected in a field.
fn put(field: &El, kind: Mark) {
    let (start, end) = selection(field);
    let selected = between(field, start, end);
    if kind == Mark::Quote
        && selected.is_empty()
        && let Some(quoted) = quote::taken(None)
    {
        // It has its marks already.
        return insert(field, start, end, &[&quoted, "\n\n"].concat());
    }
    let Marked { before, middle, after } = mark(kind, &selected);
    insert(field, start, end, &[&*before, &middle, &after].concat());
    let from = start + length(&before);
    let area: &HtmlTextAreaElement = field.node().unchecked_ref();
    let _ = area.set_selection_range(from, from + length(&middle));
}

/// Places in a field count UTF-16, as JavaScript's strings do.
fn length(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(0)
}

fn selection(field: &El) -> (u32, u32) {
    let area: &HtmlTextAreaElement = field.node().unchecked_ref();
    let place = |asked: Result<Option<u32>, JsValue>| asked.ok().flatten().unwrap_or(0);
    (place(area.selection_start()), place(area.selection_end()))
}

fn between(field: &El, start: u32, end: u32) -> String {
    let area: &HtmlTextAreaElement = field.node().unchecked_ref();
    String::from(JsString::from(area.value()).slice(start, end))
}

/// What stands before the caret, and where that is.
pub(super) fn before_caret(field: &El) -> (String, u32) {
    let (_, end) = selection(field);
    (between(field, 0, end), end)
}

/// Puts text in place of some.
pub(super) fn insert(field: &El, start: u32, end: u32, text: &str) {
    let area: &HtmlTextAreaElement = field.node().unchecked_ref();
    field.focus();
    let _ = area.set_selection_range(start, end);
    let document = web_sys::window().and_then(|window| window.document());
    let document = document.and_then(|document| document.dyn_into::<HtmlDocument>().ok());
    // Old, and the only way that leaves undo to the browser.
    let done = document.is_some_and(|document| {
        document.exec_command_with_show_ui_and_value("insertText", false, text).unwrap_or(false)
    });
    if !done {
        let _ = area.set_range_text_with_start_and_end(text, start, end);
    }
}
