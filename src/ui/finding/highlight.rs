//! Marks words where they stand, without touching the nodes they stand in (CSS Custom Highlight API). Where
//! the browser has none, the comment alone is marked.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node, Range};

use crate::domain::letters;
use crate::state::finding::lower;
use crate::ui::el::{El, member};

/// The style sheet knows it by this name.
const NAME: &str = "jawjaw-found";

fn registry() -> Option<JsValue> {
    member(&member(&js_sys::global(), "CSS")?, "highlights")
}

fn ask(registry: &JsValue, name: &str, first: &JsValue, second: Option<&JsValue>) -> Option<()> {
    let ask: Function = member(registry, name)?.dyn_into().ok()?;
    match second {
        Some(second) => ask.call2(registry, first, second),
        None => ask.call1(registry, first),
    }
    .ok()
    .map(drop)
}

/// Marks nothing any more.
pub(super) fn clear() {
    if let Some(registry) = registry() {
        let _ = ask(&registry, "delete", &JsValue::from_str(NAME), None);
    }
}

/// Marks words in a comment.
pub(super) fn mark(card: &El, words: &str) {
    clear();
    let wanted = lower(words.trim());
    let mut ranges = Array::new();
    for part in [".words", ".name"] {
        if let Some(part) = card.find(part) {
            collect(part.node(), &wanted, &mut ranges);
        }
    }
    let _ = set(&ranges);
}

fn set(ranges: &Array) -> Option<()> {
    let made: Function = member(&js_sys::global(), "Highlight")?.dyn_into().ok()?;
    let highlight = Reflect::construct(&made, ranges).ok()?;
    ask(&registry()?, "set", &JsValue::from_str(NAME), Some(&highlight))
}

/// Ranges of the words in the text under an element. Places count UTF-16.
fn collect(element: &Element, wanted: &str, ranges: &mut Array) {
    let children = element.child_nodes();
    for child in (0..children.length()).filter_map(|place| children.item(place)) {
        if let Some(inside) = child.dyn_ref::<Element>() {
            collect(inside, wanted, ranges);
        } else if let Some(text) = child.text_content() {
            let text = lower(&text);
            let length = wanted.encode_utf16().count();
            let (mut start, mut rest) = (0, &*text);
            while let Some((before, after)) = letters::cut(rest, wanted) {
                start += before.encode_utf16().count();
                ranges.extend(range(&child, start, start + length));
                (start, rest) = (start + length, after);
            }
        }
    }
}

fn range(text: &Node, start: usize, end: usize) -> Option<JsValue> {
    let range = Range::new().ok()?;
    range.set_start(text, u32::try_from(start).ok()?).ok()?;
    range.set_end(text, u32::try_from(end).ok()?).ok()?;
    Some(range.into())
}
