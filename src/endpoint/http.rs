//! One exchange: request out, answer or trouble back, always within a time limit.

use gloo_net::Error;
use gloo_net::http::{Headers, Method, RequestBuilder};
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, RequestCredentials, RequestRedirect};

use crate::domain::trouble::Trouble;
use crate::profile::write::Request;

/// A whole exchange may take this long, in milliseconds; readers write on trains.
const PATIENCE: u32 = 30_000;
/// Longest answer that is read, in bytes: about 20,000 comments.
const LONGEST: usize = 8_000_000;

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

/// Sends a request. Details of a failure go to the console, once.
pub async fn exchange(request: &Request) -> Result<Answer, Trouble> {
    let sent = send(request).await;
    let answer = sent.map_err(|error| {
        let said = error.to_string();
        warn(&format!(
            "{} {}: {said}. Is the address right, and does it allow this page's origin (CORS)?",
            request.method, request.url
        ));
        // Chromium, Firefox and Safari all name the reason of AbortSignal.timeout this way.
        if said.contains("Timeout") { Trouble::Slow } else { Trouble::Offline }
    })?;
    if !answer.is_success() {
        let body: String = answer.body.chars().take(200).collect();
        warn(&format!("{} {} answered {}: {body}", request.method, request.url, answer.status));
    }
    if answer.body.len() > LONGEST {
        warn(&format!("{} answered more than {LONGEST} bytes; that is not read", request.url));
        return Err(Trouble::Unreadable);
    }
    Ok(answer)
}

async fn send(request: &Request) -> Result<Answer, Error> {
    let method = match request.method.as_str() {
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        _ => Method::GET,
    };
    let reads = method == Method::GET;
    let mut builder = RequestBuilder::new(&request.url)
        .method(method)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)))
        // A write that is sent on elsewhere is a write to somebody else, and so is a secret.
        .redirect(if reads && !request.secret {
            RequestRedirect::Follow
        } else {
            RequestRedirect::Error
        })
        .credentials(if request.cookies {
            RequestCredentials::Include
        } else {
            RequestCredentials::Omit
        });
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let request = match &request.body {
        Some(body) => builder.body(body.as_str())?,
        None => builder.build()?,
    };
    let response = request.send().await?;
    let headers = response.headers();
    let wait = headers.get("retry-after").and_then(|seconds| seconds.parse().ok());
    Ok(Answer { status: response.status(), body: response.text().await?, headers, wait })
}

/// Says something to whoever owns the page.
pub fn warn(said: &str) {
    web_sys::console::warn_1(&JsValue::from_str(&["jaw-jaw: ", said].concat()));
}
