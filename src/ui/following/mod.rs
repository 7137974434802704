//! What goes on while somebody reads, fetched once the discussion is there ([`Part::Following`]): news of
//! others, what is new since the last visit, and the ways of the browser into comments that are far away.
//!
//! [`Part::Following`]: crate::endpoint::part::Part::Following

mod arrivals;
mod line;
mod onward;
mod reach;
mod visit;

use leptos::reactive::owner::WeakOwner;
use wasm_bindgen::JsCast;
use web_sys::ShadowRoot;

use crate::ui::Scene;
use crate::ui::el::{El, dress};

const SENTENCES: &str = include_str!(concat!(env!("OUT_DIR"), "/following.json"));
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/following.css"));

/// Begins to follow the discussion; once a widget. A door of its part.
#[inline(never)]
pub fn begin(scene: &Scene, whole: &El) {
    let owner = scene.unsent.0.get().and_then(|(_, owner)| owner.as_ref());
    let Some(owner) = owner.and_then(WeakOwner::upgrade) else { return };
    if !scene.text.learn(SENTENCES) {
        return;
    }
    dress(whole, STYLE);
    let root = whole.node().get_root_node().dyn_into::<ShadowRoot>().ok();
    let live = root.and_then(|root| root.host().get_attribute("live"));
    owner.with(|| {
        visit::show(scene, whole);
        if live.as_deref() != Some("off") {
            arrivals::watch(scene, whole);
        }
        onward::offer(scene, whole);
        reach::watch(scene, whole);
        line::hear(scene, whole);
    });
}
