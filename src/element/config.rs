//! Attributes of the tag to what the widget needs; what is wrong comes with how to mend it.

use std::cell::RefCell;

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, Url};

use crate::domain::address::place;
use crate::domain::language::nearest;
use crate::domain::letters;
use crate::domain::place::{Place, query};
use crate::endpoint::{Endpoint, Given, plain};
use crate::text::LANGUAGES;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = getEntriesByType)]
    fn entries(kind: &str) -> Array;
}

thread_local! {
    static PLACE: RefCell<Place> = RefCell::new(Place::new(&loaded()));
}

/// The address the document was loaded from, whatever it is now.
fn loaded() -> String {
    let name = Reflect::get(&entries("navigation").get(0), &JsValue::from_str("name"));
    name.ok().and_then(|name| name.as_string()).unwrap_or_default()
}

/// The address and the title of the page a tag stands on; `late` if its router has had its time.
pub fn page(host: &Element, late: bool) -> (String, String) {
    let Some(document) = host.owner_document() else { return Default::default() };
    let base = host.base_uri().ok().flatten().unwrap_or_default();
    let link = document.query_selector("link[rel~=canonical]").ok().flatten();
    let link = link.and_then(|link| Url::new_with_base(&link.get_attribute("href")?, &base).ok());
    let link = link.as_ref().map(Url::href).unwrap_or_default();
    let address = document.url().unwrap_or_default();
    let page = PLACE.with_borrow_mut(|place| {
        let name = place.name(&link, &address, late);
        let page = Url::new(name).ok()?;
        if name != link {
            // A query may hold what is nobody's business; what a canonical one names belongs to the page.
            page.set_search(&query(&link, &address));
        }
        page.set_hash("");
        Some(spelled(&page))
    });
    (page.unwrap_or_default(), document.title())
}

/// What the page's author wrote on the tag.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub endpoint: String,
    pub article: String,
    pub profile: String,
    /// Of our languages.
    pub language: &'static str,
    /// As the page, or the browser, writes it.
    pub spoken: String,
    /// Where the page's own sentences are.
    pub sentences: String,
    /// Where ratings come from, if not from the endpoint, and how that talks.
    pub rating: Option<(String, String)>,
    /// Levels of replies, where the page says how many.
    pub depth: Option<usize>,
    /// Hosts whose images are shown, and those whose pictures of authors.
    pub images: String,
    pub avatars: String,
    pub page: String,
    sort: String,
    token: Option<String>,
    more: Vec<(String, String)>,
    /// What relative addresses are relative to.
    base: String,
    title: String,
}

/// An address written in one of the ways it may be written in: two spellings are one article.
fn spelled(page: &Url) -> String {
    let whole = page.href();
    // An encoded percent sign would no longer be one.
    if letters::find(&whole, "%25").is_some() {
        return whole;
    }
    Url::new(&plain(&whole, false)).map_or(whole, |page| page.href())
}

impl Config {
    /// Reads the attributes of the tag and what the page says of itself.
    pub fn of(host: &Element) -> Self {
        let attribute = |name: &str| host.get_attribute(name).unwrap_or_default().trim().to_owned();
        // A property: a secret has no business in the page's source.
        let token = Reflect::get(host, &JsValue::from_str("token")).ok();
        let token = token.and_then(|token| token.as_string());
        let base = host.base_uri().ok().flatten().unwrap_or_default();
        // A tag that begins on a page it was not loaded with is of that page.
        let (page, title) = page(host, true);
        let spoken =
            host.closest("[lang]").ok().flatten().and_then(|near| near.get_attribute("lang"));
        let browser = || web_sys::window()?.navigator().language();
        let spoken = spoken.or_else(browser).unwrap_or_default();
        let names = host.get_attribute_names();
        let more = names.iter().filter_map(|name| {
            let name = name.as_string()?;
            Some((name.strip_prefix("var-")?.to_owned(), host.get_attribute(&name)?))
        });
        let rating = attribute("rating-endpoint");
        Self {
            endpoint: attribute("endpoint"),
            article: attribute("article"),
            profile: attribute("profile"),
            rating: (!rating.is_empty()).then(|| (rating, attribute("rating-profile"))),
            depth: attribute("depth").parse().ok(),
            sort: attribute("sort"),
            token: token.filter(|token| !token.is_empty()),
            more: more.collect(),
            language: nearest(&spoken, LANGUAGES).unwrap_or("en"),
            spoken,
            sentences: attribute("sentences"),
            images: attribute("images"),
            avatars: attribute("avatars"),
            page,
            base,
            title,
        }
    }

    /// Where to talk to, as a whole address. `Err` says what to mend.
    pub fn given(&self) -> Result<Given, String> {
        let address = Url::new_with_base(&self.endpoint, &self.base);
        let web = address.ok().filter(|url| matches!(url.protocol().as_str(), "http:" | "https:"));
        let endpoint = match web {
            // Some profiles know theirs.
            _ if self.endpoint.is_empty() => String::new(),
            Some(address) => address.href(),
            None => {
                return Err([
                    "endpoint=\"",
                    &self.endpoint,
                    "\" is no web address. Write it as https://comments.example",
                ]
                .concat());
            }
        };
        Ok(Given {
            endpoint,
            article: self.article.clone(),
            decoded: plain(
                if self.article.is_empty() { place(&self.page) } else { &self.article },
                false,
            ),
            url: self.page.clone(),
            title: self.title.clone(),
            sort: self.sort.clone(),
            token: self.token.clone(),
            more: self.more.clone(),
        })
    }

    /// The name or the address of the profile.
    pub fn named(&self) -> &str {
        if self.profile.is_empty() { "native" } else { &self.profile }
    }

    /// Tells what is read at this endpoint from what else there is on this device.
    pub fn name(&self, endpoint: &Endpoint) -> String {
        let known = if self.endpoint.is_empty() { &self.profile } else { &self.endpoint };
        // Some services know an article by its page, whatever the tag calls it.
        let named = || endpoint.fits(&[&*self.page, "?"].concat(), "");
        let article = if self.article.is_empty() || !named() { &self.page } else { &self.article };
        [known, " ", article].concat()
    }

    /// The same page with its ratings' endpoint in place of the comments'.
    pub fn of_rating(&self) -> Option<Self> {
        let (endpoint, profile) = self.rating.clone()?;
        // The secret and the variables were given for the other service.
        Some(Self {
            endpoint,
            profile,
            token: None,
            more: Vec::new(),
            rating: None,
            ..self.clone()
        })
    }
}
