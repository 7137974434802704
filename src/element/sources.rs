//! Services beside the first: those that `<jaw-source>` names, and one for the rating alone. A part that is
//! fetched by pages which have them.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use crate::element::config::Config;
use crate::element::{described, endpoint, fetch};
use crate::endpoint::http::warn;
use crate::state::discussion::Discussion;
use crate::ui::widget::read_added;

/// Adds them to a discussion. A door of its part.
#[inline(never)]
pub(super) fn add(discussion: &Discussion, config: &Config, host: &Element, read: &Function) {
    add_rating(discussion, config, read);
    add_sources(discussion, host, read);
}

fn add_rating(discussion: &Discussion, config: &Config, read: &Function) {
    let Some(config) = config.of_rating() else { return };
    let (discussion, read) = (discussion.clone(), read.clone());
    spawn_local(async move {
        let profile = fetch(&read, &config.profile).await;
        let made = described(&config, &profile).await;
        match made.and_then(|profile| endpoint(&config, profile, 0, Rc::default())) {
            Ok(endpoint) => {
                let name = config.name(&endpoint);
                discussion.rate_at(endpoint, name);
                discussion.read_rating().await;
            }
            Err(fix) => warn(&fix),
        }
    });
}

/// Adds what each `<jaw-source>` inside the tag names.
fn add_sources(discussion: &Discussion, host: &Element, read: &Function) {
    let tags = host.get_elements_by_tag_name("jaw-source");
    for tag in (0..tags.length()).filter_map(|place| tags.item(place)) {
        let (discussion, read, config) = (discussion.clone(), read.clone(), Config::of(&tag));
        spawn_local(async move {
            let profile = fetch(&read, &config.profile).await;
            let made = described(&config, &profile).await;
            // Numbered only now: others may have joined meanwhile.
            let (number, keys) = (discussion.sources(), discussion.keys());
            match made.and_then(|profile| endpoint(&config, profile, number, keys)) {
                Ok(endpoint) => {
                    let name = config.name(&endpoint);
                    let number = discussion.join(endpoint, name);
                    read_added(discussion, number).await;
                }
                Err(fix) => warn(&fix),
            }
        });
    }
}
