//! What the reader has selected in a comment, to be quoted in a reply.

use std::cell::RefCell;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node, ShadowRoot};

use crate::domain::marking::{Mark, mark};
use crate::endpoint::now;
use crate::ui::composer::Form;
use crate::ui::el::{El, listen, member};

/// Pressing a button may end the selection: it counts for so long after its end, in milliseconds.
const GRACE: i64 = 1_000;

thread_local! {
    static SELECTED: RefCell<Option<Selected>> = const { RefCell::new(None) };
}

struct Selected {
    /// The comment's card.
    card: El,
    words: String,
    /// When it was selected no more, in milliseconds since 1970.
    ended: Option<i64>,
}

/// Keeps an eye on what is selected, while the present owner lives.
pub(super) fn watch(place: &El) {
    let Some(root) = place.shadow() else { return };
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    note(&root);
    listen(&document, "selectionchange", move |_| note(&root));
}

fn note(root: &ShadowRoot) {
    let selected = selected(root);
    SELECTED.with_borrow_mut(|kept| match (selected, kept) {
        (Some(selected), kept) => *kept = Some(selected),
        (None, Some(kept)) => {
            kept.ended.get_or_insert(now().0);
        }
        (None, None) => {}
    });
}

fn selected(root: &ShadowRoot) -> Option<Selected> {
    let ask = |from: &JsValue| {
        let ask = member(from, "getSelection")?.dyn_into::<Function>().ok()?;
        ask.call0(from).ok().filter(JsValue::is_object)
    };
    // Chromium tells it of the shadow root, others of the document.
    let selection = ask(root).or_else(|| ask(&js_sys::global()))?;
    let words = String::from(selection.unchecked_ref::<Object>().to_string());
    let range = composed(&selection, root);
    let place = |start: &str, anchor: &str| -> Option<Element> {
        let end = range.as_ref().map_or_else(|| member(&selection, anchor), |it| member(it, start));
        let node: Node = end?.dyn_into().ok()?;
        let element = node.dyn_ref::<Element>().cloned().or_else(|| node.parent_element())?;
        element.closest(".words").ok()?
    };
    let from = place("startContainer", "anchorNode")?;
    let to = place("endContainer", "focusNode")?;
    let card = from.closest("article").ok()??;
    let whole = from == to && !words.trim().is_empty();
    whole.then(|| Selected { card: El::of(card), words, ended: None })
}

/// Where a selection begins and ends: engines tell it of a shadow tree only to those who name the tree, WebKit by no
/// other way. Its first form took the root itself, the present one a record with the roots: this is both.
fn composed(selection: &JsValue, root: &ShadowRoot) -> Option<JsValue> {
    let ask = member(selection, "getComposedRanges")?.dyn_into::<Function>().ok()?;
    Reflect::set(root, &"shadowRoots".into(), &Array::of1(root)).ok()?;
    Some(ask.call1(selection, root).ok()?.dyn_into::<Array>().ok()?.get(0))
}

/// What is selected now, or was until just now, as lines of a quotation; of one comment or of any.
pub(super) fn taken(card: Option<&Element>) -> Option<String> {
    SELECTED.with_borrow(|kept| {
        let kept = kept.as_ref()?;
        let young = kept.ended.is_none_or(|ended| ended > now().0 - GRACE);
        let here = card.is_none_or(|card| card == kept.card.node());
        (young && here).then(|| mark(Mark::Quote, kept.words.trim()).middle)
    })
}

/// Begins a reply with what was selected in the comment it answers.
pub(super) fn into(form: &Form) {
    let card = form.whole.node().closest("article").ok().flatten();
    if let Some(card) = card.filter(|_| !form.editing && form.text().is_empty())
        && let Some(quoted) = taken(Some(&card))
    {
        form.set_text(&[&quoted, "\n\n"].concat());
        form.keep();
    }
}
