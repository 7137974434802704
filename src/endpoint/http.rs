//! One exchange: request out, answer or trouble back, always within a time limit.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_net::Error;
use gloo_net::http::Headers;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, RequestCache, RequestCredentials, RequestInit,
    RequestRedirect,
};

use crate::domain::time::Time;
use crate::domain::trouble::Trouble;
use crate::endpoint::clock::{Timer, pause};
use crate::endpoint::now;
use crate::json::digits;
use crate::profile::write::Request;

/// An exchange ends when nothing has come for this long, in milliseconds. What keeps coming, however
/// slowly, is waited for.
const PATIENCE: i32 = 10_000;
/// What is sent may take this long until an answer begins: readers write on trains.
const PATIENCE_FOR_WRITES: i32 = 30_000;
/// Longest answer that is read, in bytes: about 20,000 comments.
const LONGEST: usize = 8_000_000;
/// What is only read is asked for so many times.
const TRIES: i32 = 3;
/// The first pause between them, in milliseconds; each next one is twice as long. Chance makes it
/// shorter (full jitter).
const PAUSE: f64 = 1_000.0;
/// An endpoint that asks for a longer pause than this, in seconds, is not asked again by itself.
const LONGEST_PAUSE: u32 = 30;

/// An answer with its status, whatever that is.
pub struct Answer {
    pub status: u16,
    pub body: String,
    pub headers: Headers,
    /// `Retry-After` in seconds, where the endpoint lets this page see it.
    pub wait: Option<u32>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Sends a request; what is only read is asked for again before anybody is told that it failed. Details
/// of a failure go to the console.
pub async fn exchange(request: &Request) -> Result<Answer, Trouble> {
    let mut tries = 1;
    loop {
        let result = once(request).await;
        let again = match &result {
            Err(Trouble::Offline) => online().then_some(0),
            Ok(Answer { status: 500 | 502..=504, wait, .. }) => Some(wait.unwrap_or(0)),
            _ => None,
        };
        let again = again.filter(|wait| *wait <= LONGEST_PAUSE);
        let (Some(wait), true) = (again, request.method == "GET" && tries < TRIES) else {
            return result;
        };
        let longest = PAUSE * f64::from(1 << tries);
        #[expect(clippy::cast_possible_truncation, reason = "seconds")]
        let chance = (js_sys::Math::random() * longest) as i32;
        pause(chance.max(wait.cast_signed() * 1_000)).await;
        tries += 1;
    }
}

/// Whether the browser knows of a network.
pub fn online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

async fn once(request: &Request) -> Result<Answer, Trouble> {
    let patience = Patience::new(request.method == "GET");
    let sent = send(request, &patience).await;
    let answer = sent.map_err(|error| {
        let said = match &error {
            gloo_net::Error::JsError(error) => &*error.message,
            gloo_net::Error::GlooError(said) => said,
        };
        let hint = ". Is the address right, and does it allow this page's origin (CORS)?";
        warn(&[&*request.method, " ", &request.url, ": ", said, hint].concat());
        match (patience.0.ended.get(), online()) {
            (true, _) => Trouble::Slow,
            (_, true) => Trouble::Offline,
            _ => Trouble::NoNetwork,
        }
    })?;
    if !answer.is_success() {
        let body: String = answer.body.chars().take(200).collect();
        let status = digits(answer.status.into());
        warn(&[&*request.method, " ", &request.url, " answered ", &status, ": ", &body].concat());
    }
    if answer.body.len() > LONGEST {
        let longest = digits(LONGEST as u64);
        let said = [&*request.url, " answered more than ", &longest, " bytes; that is not read"];
        warn(&said.concat());
        return Err(Trouble::Unreadable);
    }
    Ok(answer)
}

/// Ends an exchange in which nothing comes any more.
struct Patience(Rc<Waiting>, i32);

struct Waiting {
    controller: Option<AbortController>,
    timer: RefCell<Option<Timer>>,
    ended: Cell<bool>,
}

impl Patience {
    fn new(reads: bool) -> Self {
        let controller = AbortController::new().ok();
        let waiting = Waiting { controller, timer: RefCell::default(), ended: Cell::new(false) };
        let patience = Self(Rc::new(waiting), if reads { PATIENCE } else { PATIENCE_FOR_WRITES });
        patience.renew();
        patience
    }

    /// Something came.
    fn renew(&self) {
        let waiting = Rc::downgrade(&self.0);
        let end = move || {
            if let Some(waiting) = waiting.upgrade() {
                waiting.ended.set(true);
                waiting.controller.iter().for_each(AbortController::abort);
            }
        };
        *self.0.timer.borrow_mut() = Some(Timer::new(self.1, Box::new(end)));
    }
}

async fn send(request: &Request, patience: &Patience) -> Result<Answer, Error> {
    let writes = ["POST", "PUT", "PATCH", "DELETE"].contains(&&*request.method);
    // The library's own builder takes an address apart and puts it together anew, with all of `core::fmt`.
    let init = RequestInit::new();
    init.set_method(if writes { &request.method } else { "GET" });
    init.set_signal(patience.0.controller.as_ref().map(AbortController::signal).as_ref());
    // A write that is sent on elsewhere is a write to somebody else, and so is a secret.
    init.set_redirect(if writes || request.secret {
        RequestRedirect::Error
    } else {
        RequestRedirect::Follow
    });
    init.set_credentials(if request.cookies {
        RequestCredentials::Include
    } else {
        RequestCredentials::Omit
    });
    if request.fresh {
        init.set_cache(RequestCache::NoCache);
    }
    let headers = Headers::new();
    for (name, value) in &request.headers {
        headers.set(name, value);
    }
    init.set_headers(&headers.into_raw());
    if let Some(body) = &request.body {
        init.set_body(&JsValue::from_str(body));
    }
    let request = web_sys::Request::new_with_str_and_init(&request.url, &init);
    let request: gloo_net::http::Request = request.map_err(js_error)?.into();
    let response = request.send().await?;
    patience.renew();
    let headers = response.headers();
    let wait = headers.get("retry-after").and_then(|wait| seconds(&wait, now()));
    // Some say 403 for a limit (GitHub, docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
    let spent = || headers.get("x-ratelimit-remaining").as_deref() == Some("0");
    let status = match response.status() {
        403 if wait.is_some() || spent() => 429,
        status => status,
    };
    let body = match response.body() {
        Some(stream) => read(stream.get_reader().unchecked_into(), patience).await?,
        None => String::new(),
    };
    Ok(Answer { status, body, headers, wait })
}

/// Reads piece by piece, and stops where it is longer than anything that is shown.
async fn read(reader: ReadableStreamDefaultReader, patience: &Patience) -> Result<String, Error> {
    let mut bytes = Vec::new();
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(js_error)?;
        patience.renew();
        let get = |name: &str| Reflect::get(&piece, &JsValue::from_str(name)).unwrap_or_default();
        if let Some(piece) = get("value").dyn_ref::<Uint8Array>() {
            let start = bytes.len();
            bytes.resize(start + piece.length() as usize, 0);
            piece.copy_to(&mut bytes[start..]);
        }
        if get("done").is_truthy() || bytes.len() > LONGEST {
            break;
        }
    }
    if bytes.len() > LONGEST {
        // Nobody waits for the rest.
        let _ = reader.cancel();
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn js_error(error: JsValue) -> Error {
    let said = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    Error::GlooError(said.unwrap_or_default())
}

/// `Retry-After` (RFC 9110 §10.2.3) in seconds from now: a number, or a date.
fn seconds(said: &str, now: Time) -> Option<u32> {
    said.trim().parse().ok().or_else(|| {
        let date = js_sys::Date::parse(said);
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970")]
        let wait = (date as i64 - now.0) / 1_000;
        if date.is_nan() { None } else { Some(u32::try_from(wait.max(0)).unwrap_or(u32::MAX)) }
    })
}

/// Says something to whoever owns the page.
pub fn warn(said: &str) {
    web_sys::console::warn_1(&JsValue::from_str(&["jaw-jaw: ", said].concat()));
}
