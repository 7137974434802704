//! Parts of the program that are fetched when first needed. Where one begins is written down in
//! `xtask/src/finish/main.rs`; its functions must not be called before [`need`] has said so.

use std::cell::RefCell;

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{RequestInit, Response};

use crate::domain::trouble::Trouble;
use crate::endpoint::http::warn;

/// What is not needed to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To write, vote and rate.
    Writing,
    /// To tell the author of a profile what is wrong with it.
    Checks,
    /// To show Markdown as it will be.
    Markdown,
    /// To sort, and to find words.
    Finding,
    /// To follow what others write, and to reach what is far away.
    Following,
    /// To read more services than one.
    Sources,
    /// To tell search engines.
    LinkedData,
    /// To show what bodies hold beside plain words and marks.
    Bodies,
}

impl Part {
    fn file(self) -> String {
        let name = match self {
            Self::Writing => "writing",
            Self::Checks => "checks",
            Self::Markdown => "markdown",
            Self::Finding => "finding",
            Self::Following => "following",
            Self::Sources => "sources",
            Self::LinkedData => "data",
            Self::Bodies => "bodies",
        };
        ["jawjaw-", name, ".wasm"].concat()
    }
}

thread_local! {
    static FOLDER: RefCell<String> = RefCell::default();
    /// What was asked for; answers `true` once it is there, else whether it could be fetched at all.
    static ASKED: RefCell<[Option<Promise>; 8]> = RefCell::default();
}

#[wasm_bindgen]
extern "C" {
    /// The SHA-256 of each part in Base64, in the order of [`Part`]. The build writes them into the glue;
    /// while one works on the program there are none.
    #[wasm_bindgen(thread_local_v2, js_name = "jawjawSums")]
    static SUMS: Option<Array>;

    #[wasm_bindgen(js_namespace = WebAssembly, catch)]
    fn instantiate(code: &JsValue, imports: &Object) -> Result<Promise, JsValue>;
}

/// Says in which folder the parts lie, as an address that ends with a slash. Without one everything is
/// here already.
pub fn lie_in(folder: &str) {
    FOLDER.set(folder.to_owned());
}

/// Waits until a part is there. What failed is tried again by whoever asks next.
pub async fn need(part: Part) -> Result<(), Trouble> {
    let folder = FOLDER.with_borrow(Clone::clone);
    if folder.is_empty() {
        return Ok(());
    }
    let place = part as usize;
    let asked = ASKED.with_borrow_mut(|asked| {
        let fetched = || future_to_promise(fetch([folder, part.file()].concat(), part));
        asked[place].get_or_insert_with(fetched).clone()
    });
    JsFuture::from(asked).await.map(drop).map_err(|error| {
        ASKED.with_borrow_mut(|asked| asked[place] = None);
        let reason = String::from(error.unchecked_ref::<Object>().to_string());
        warn(&[&*part.file(), " could not be used: ", &reason].concat());
        // Another build than this one does not fit: the files were exchanged meanwhile.
        if error.is_instance_of::<js_sys::TypeError>() {
            Trouble::Offline
        } else {
            Trouble::Outdated
        }
    })
}

async fn fetch(address: String, part: Part) -> Result<JsValue, JsValue> {
    let sum = SUMS.with(|sums| sums.as_ref()?.get(part as u32).as_string());
    // Another build has other addresses: some servers have browsers keep files for a year.
    let address = [&*address, "?", sum.as_deref().unwrap_or_default()].concat();
    let response = match get(&address, sum.as_deref()).await {
        // Something else than what was built looks like nothing at all.
        Err(error) if sum.is_some() => {
            return Err(if get(&address, None).await.is_ok() { "changed".into() } else { error });
        }
        answered => answered?,
    };
    if !response.ok() {
        return Err(response.status().into());
    }
    let code = JsFuture::from(response.array_buffer()?).await?;
    let imports = Object::new();
    // The first module's exports, under the name by which parts ask for them.
    Reflect::set(&imports, &JsValue::from_str(""), &wasm_bindgen::exports())?;
    JsFuture::from(instantiate(&code, &imports)?).await
}

async fn get(address: &str, sum: Option<&str>) -> Result<Response, JsValue> {
    let window = web_sys::window().unwrap_or_else(|| js_sys::global().unchecked_into());
    let how = RequestInit::new();
    if let Some(sum) = sum {
        how.set_integrity(&["sha256-", sum].concat());
    }
    let response = JsFuture::from(window.fetch_with_str_and_init(address, &how)).await;
    response.map(JsCast::unchecked_into)
}
