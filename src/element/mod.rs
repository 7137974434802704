//! The border with the page: one export, `mount`.

pub mod config;
#[cfg(target_arch = "wasm32")]
mod memory;
mod sources;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use leptos::mount::{UnmountHandle, mount_to};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{CssStyleSheet, Element, HtmlElement, ShadowRoot};

use crate::domain::entity;
use crate::domain::language::is_right_to_left;
use crate::element::config::{Config, page};
use crate::endpoint::http::warn;
use crate::endpoint::keys::Keys;
use crate::endpoint::part::{Part, lie_in, need};
use crate::endpoint::{Endpoint, Profile};
use crate::state::discussion::Discussion;
use crate::text::{Text, are_sentences};
use crate::ui::body;
use crate::ui::el::{self, El, address, el};
use crate::ui::notice::notice;
use crate::ui::palette;
use crate::ui::widget::{Widget, WidgetProps};
use crate::ui::{Scene, Unsent};

/// The style sheets for reading, without comments and spare space (`build.rs`).
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/reading.css"));

thread_local! {
    /// One sheet for all widgets of a page.
    static SHEET: Option<CssStyleSheet> = CssStyleSheet::new().ok().inspect(|sheet| {
        let _ = sheet.replace_sync(STYLE);
    });
}

/// A widget on a page. Dropping it, from JavaScript `free()`, unmounts it and gives everything back.
#[wasm_bindgen]
pub struct Mounted {
    host: Element,
    /// The address of the page it was made for.
    page: String,
    place: Rc<Place>,
}

/// Where the widget is, or will be, and what it shows.
type Place = RefCell<Option<(UnmountHandle<El>, Option<Discussion>)>>;

#[wasm_bindgen]
impl Mounted {
    /// Whether it still shows what belongs to the page, whose router may have exchanged all around it; `late` if
    /// that has had its time.
    pub fn fits(&self, late: bool) -> bool {
        let (page, title) = page(&self.host, late);
        match &*self.place.borrow() {
            Some((_, Some(discussion))) => discussion.fits(&page, &title),
            _ => page == self.page,
        }
    }
}

/// Puts the widget into `root`, the shadow root of `host`, whose attributes say what to show.
///
/// `profile` is a promise of the text of the profile, which is empty if it could not be fetched; `read` gives
/// such promises of others by the name or address that an attribute gives. `folder` is the address of the
/// folder where the files of the widget lie.
#[wasm_bindgen]
pub fn mount(
    host: &Element,
    root: &ShadowRoot,
    profile: Promise,
    read: Function,
    folder: &str,
) -> Mounted {
    lie_in(folder);
    entity::ask(body::named);
    adopt(root);
    let whole: HtmlElement = el("div").class("jawjaw").node().clone().unchecked_into();
    root.replace_children_with_node_1(&whole);
    let config = Config::of(host);
    let page = config.page.clone();
    let keys = Rc::new(Keys::default());
    let place = Rc::new(Place::default());
    // Weak: it is dropped when the tag goes, and then there is nothing to be done any more.
    let mounted = Mounted { host: host.clone(), page, place: place.clone() };
    let (weak, host, root) = (Rc::downgrade(&place), host.clone(), root.clone());
    drop(place);
    let folder = folder.to_owned();
    spawn_local(async move {
        let text = spoken(&config, &read, &folder, &whole).await;
        let made = described(&config, &said(Ok(profile)).await).await;
        let made = made.and_then(|profile| endpoint(&config, profile, 0, keys.clone()));
        let Some(place) = weak.upgrade() else { return };
        let around = El::of(whole.clone().into());
        let handle = match made {
            Ok(endpoint) => {
                let name = config.name(&endpoint);
                let discussion = Discussion::new(endpoint, name, keys);
                let shown = Some(discussion.clone());
                if let Some(levels) = config.depth {
                    discussion.set_deepest(levels);
                }
                let (images, avatars) =
                    (config.images.as_str().into(), config.avatars.as_str().into());
                add_others(&discussion, config, host, read);
                let address = address().into();
                let handle = mount_to(whole, move || {
                    palette::follow(&around);
                    Widget(WidgetProps {
                        scene: Scene {
                            discussion,
                            text,
                            address,
                            images,
                            avatars,
                            unsent: Unsent::default(),
                            threads: Rc::default(),
                        },
                    })
                });
                (handle, shown)
            }
            Err(fix) => {
                warn(&fix);
                // There is nothing to keep space for.
                root.set_adopted_style_sheets(&js_sys::Array::new());
                adopt(&root);
                let handle = mount_to(whole, move || {
                    palette::follow(&around);
                    notice(&text.say("misconfigured"))
                });
                (handle, None)
            }
        };
        *place.borrow_mut() = Some(handle);
    });
    mounted
}

/// The profile of a tag from its text, checked if it is the page's own. `Err` says what to mend.
async fn described(config: &Config, text: &str) -> Result<Profile, String> {
    if text.is_empty() {
        let name = config.named();
        return Err(
            ["the profile \"", name, "\" could not be fetched. Is its address right?"].concat()
        );
    }
    let profile = Profile::read(text).map_err(|reason| unusable(config, &reason))?;
    // Those that come with the widget were checked before. The loader tells them apart the same way.
    if config.named().contains(['/', '.']) && need(Part::Checks).await.is_ok() {
        profile.check().map_err(|reason| unusable(config, &reason))?;
    }
    Ok(profile)
}

fn endpoint(
    config: &Config,
    profile: Profile,
    source: usize,
    keys: Rc<Keys>,
) -> Result<Endpoint, String> {
    Endpoint::new(profile, &config.given()?, source, keys)
        .map_err(|reason| unusable(config, &reason))
}

fn unusable(config: &Config, reason: &str) -> String {
    ["the profile \"", config.named(), "\" cannot be used: ", reason].concat()
}

/// The words of the widget, in the language of the page; its element says which that is.
async fn spoken(config: &Config, read: &Function, folder: &str, whole: &HtmlElement) -> Text {
    let (mut instead, mut language) = (Vec::new(), config.language);
    let file = match language {
        "en" => String::new(),
        language => [folder, "locales/", language, ".json"].concat(),
    };
    for address in [&config.sentences, &file] {
        if address.is_empty() {
            continue;
        }
        let sentences = fetch(read, address).await;
        if !are_sentences(&sentences) {
            warn(
                &[
                    "the sentences of \"",
                    address,
                    "\" could not be read. Write a JSON record as locales/en.json is one",
                ]
                .concat(),
            );
            if *address == file {
                language = "en";
            }
        }
        instead.push(sentences);
    }
    let _ = whole.set_attribute("lang", language);
    let _ = whole.set_attribute("dir", if is_right_to_left(language) { "rtl" } else { "ltr" });
    // With its region, by which numbers and dates are written.
    Text::new(if config.spoken.starts_with(language) { &config.spoken } else { language }, &instead)
}

/// Text of a profile by the name or address an attribute gives; empty if it cannot be had.
async fn fetch(read: &Function, name: &str) -> String {
    said(read.call1(&JsValue::UNDEFINED, &JsValue::from_str(name)).map(Promise::from)).await
}

/// What a promise of a text comes to.
async fn said(asked: Result<Promise, JsValue>) -> String {
    let Ok(asked) = asked else { return String::new() };
    JsFuture::from(asked).await.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// Services beside the first come with what joins them ([`Part::Sources`]).
fn add_others(discussion: &Discussion, config: Config, host: Element, read: Function) {
    let several = host.get_elements_by_tag_name("jaw-source").length() > 0;
    if several {
        discussion.expect_several();
    }
    if several || config.of_rating().is_some() {
        let discussion = discussion.clone();
        spawn_local(async move {
            if need(Part::Sources).await.is_ok() {
                sources::add(&discussion, &config, &host, &read);
            }
        });
    }
}

/// Adds our sheet to the one by which the loader keeps space.
fn adopt(root: &ShadowRoot) {
    SHEET.with(|sheet| {
        if let Some(sheet) = sheet {
            el::adopt(root, sheet);
        }
    });
}
