//! What goes on while somebody reads, fetched once the discussion is there ([`Part::Following`]): news of
//! others, what is new since the last visit, and the ways of the browser into comments that are far away.
//!
//! [`Part::Following`]: crate::endpoint::part::Part::Following

mod arrivals;
mod line;
mod onward;
mod reach;
mod visit;

use crate::endpoint::part::{Part, need};
use crate::ui::el::{El, dress, spawn, under};
use crate::ui::{Scene, linked_data};

const SENTENCES: &str = include_str!(concat!(env!("OUT_DIR"), "/following.json"));
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/following.css"));

/// Begins to follow the discussion; once a widget. A door of its part.
#[inline(never)]
pub fn begin(scene: &Scene, whole: &El) {
    let Some(owner) = scene.unsent.owner() else { return };
    if !scene.text.learn(SENTENCES) {
        return;
    }
    dress(whole, STYLE);
    let host = whole.shadow().map(|root| root.host());
    let live = host.as_ref().and_then(|host| host.get_attribute("live"));
    under(&owner, &mut || {
        visit::show(scene, whole);
        if live.as_deref() != Some("off") {
            arrivals::watch(scene, whole);
        }
        onward::offer(scene, whole);
        reach::watch(scene, whole);
        line::hear(scene, whole);
    });
    if let Some(host) = host.filter(|host| host.has_attribute("json-ld")) {
        let scene = scene.clone();
        spawn(async move {
            if need(Part::LinkedData).await.is_ok()
                && let Some(owner) = scene.unsent.owner()
            {
                under(&owner, &mut || linked_data::keep(&scene, &host));
            }
        });
    }
}
