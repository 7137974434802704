//! The border with the page: one export, `mount`.

pub mod config;

use leptos::mount::{UnmountHandle, mount_to};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{CssStyleSheet, Element, HtmlElement, ShadowRoot};

use crate::element::config::Config;
use crate::endpoint::Endpoint;
use crate::endpoint::http::warn;
use crate::state::discussion::Discussion;
use crate::text::Text;
use crate::ui::Scene;
use crate::ui::el::{El, address, el};
use crate::ui::notice::notice;
use crate::ui::widget::{Widget, WidgetProps};

/// Both style sheets, without comments and spare space (`build.rs`).
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));

thread_local! {
    /// One sheet for all widgets of a page.
    static SHEET: Option<CssStyleSheet> = CssStyleSheet::new().ok().inspect(|sheet| {
        let _ = sheet.replace_sync(STYLE);
    });
}

/// A widget on a page. Dropping it, from JavaScript `free()`, unmounts it and gives everything back.
#[wasm_bindgen]
pub struct Mounted(#[expect(dead_code, reason = "held to be dropped")] UnmountHandle<El>);

/// Puts the widget into `root`, the shadow root of `host`, whose attributes say what to show.
///
/// `profile` is the text of the profile, or empty if it could not be fetched.
#[wasm_bindgen]
pub fn mount(host: &Element, root: &ShadowRoot, profile: &str) -> Mounted {
    adopt(root);
    let place: HtmlElement = el("div").class("jawjaw").node().clone().unchecked_into();
    root.replace_children_with_node_1(&place);
    let config = Config::of(host);
    let text = Text::new(&config.language);
    let endpoint = config.place().and_then(|place| {
        Endpoint::new(profile, &place).map_err(|reason| {
            format!(
                "the profile \"{}\" cannot be used: {reason}. Is its address right?",
                config.profile
            )
        })
    });
    let handle = match endpoint {
        Ok(endpoint) => {
            let discussion = Discussion::new(endpoint, config.name());
            mount_to(place, move || {
                Widget(WidgetProps { scene: Scene { discussion, text, address: address().into() } })
            })
        }
        Err(fix) => {
            warn(&fix);
            mount_to(place, move || notice(&text.say("misconfigured")))
        }
    };
    Mounted(handle)
}

/// Adds our sheet to those the root has.
fn adopt(root: &ShadowRoot) {
    SHEET.with(|sheet| {
        if let Some(sheet) = sheet {
            root.set_adopted_style_sheets(&js_sys::Array::of1(sheet));
        }
    });
}
