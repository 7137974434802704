//! An answer as it came, to be read through the profile.

use gloo_net::http::Headers as Received;
use js_sys::RegExp;
use web_sys::Document;

use crate::domain::rich;
use crate::domain::trouble::Trouble;
use crate::endpoint::Endpoint;
use crate::endpoint::http::{exchange, warn};
use crate::endpoint::part::{Part, need};
use crate::json::Value;
use crate::json::digits;
use crate::profile::expression::{Answer, Headers};
use crate::profile::template::Variables;
use crate::profile::write::Request;

/// A successful answer.
pub(super) struct Reply {
    pub(super) url: String,
    pub(super) status: u16,
    value: Value,
    headers: Option<Received>,
}

impl Headers for Reply {
    fn header(&self, name: &str) -> Option<String> {
        self.headers.as_ref()?.get(name)
    }
}

impl Reply {
    /// What stands in the page itself, in `script` elements of a type: the first that is a record with
    /// comments in it, else the first.
    fn of_page(kind: &str) -> Self {
        let document = web_sys::window().and_then(|window| window.document());
        let scripts = document.as_ref().map(|document| texts(document, kind)).unwrap_or_default();
        let mut values: Vec<Value> =
            scripts.iter().filter_map(|text| Value::parse(text).ok()).collect();
        let place = values.iter().position(|value| value.get("comment").is_some()).unwrap_or(0);
        let value = if values.is_empty() { Value::Null } else { values.swap_remove(place) };
        let url = document.and_then(|document| document.url().ok()).unwrap_or_default();
        Self { url, status: 200, value, headers: None }
    }

    /// For whoever reads something out of it.
    pub(super) fn answer<'a>(&'a self, variables: &'a Variables) -> Answer<'a> {
        let mut answer = Answer::new(&self.value, variables);
        answer.url = &self.url;
        answer.headers = self;
        answer
    }

    /// Says to the page's author what is wrong with it.
    pub(super) fn unreadable(&self, reason: &str) -> Trouble {
        warn(&["the answer of ", &*self.url, " is not what the profile says: ", reason].concat());
        Trouble::Unreadable
    }
}

fn texts(document: &Document, kind: &str) -> Vec<String> {
    let scripts = document.get_elements_by_tag_name("script");
    let scripts = (0..scripts.length()).filter_map(|place| scripts.item(place));
    let scripts = scripts.filter(|script| script.get_attribute("type").as_deref() == Some(kind));
    scripts.filter_map(|script| script.text_content()).collect()
}

/// Whether bodies in a text of JSON may hold more than plain words and marks. `<` and `>` may be escaped there.
pub(super) fn is_rich(text: &str) -> bool {
    const SIGNS: &str =
        "spoile|aria-hidden|math.{1,2}tex|(<|3c)(math|iframe|video|audio|object|embed)|(>|gt;|3e)!";
    RegExp::new(SIGNS, "i").test(text)
}

impl Endpoint {
    /// What stands in the page itself.
    pub(super) async fn of_page(&self, kind: &str) -> Result<Reply, Trouble> {
        self.prepare("").await?;
        Ok(Reply::of_page(kind))
    }

    /// Fetches what reads bodies that hold more, before they are read: what is closed must not be seen meanwhile.
    async fn prepare(&self, text: &str) -> Result<(), Trouble> {
        if !rich::is_here() && (self.profile.tells_more() || is_rich(text)) {
            need(Part::Bodies).await?;
            rich::came();
        }
        Ok(())
    }

    /// Sends a request; an answer that is no success, or that the profile calls a failure, is trouble.
    pub(super) async fn ask(&self, request: &Request) -> Result<Reply, Trouble> {
        let answer = exchange(request).await?;
        if !answer.is_success() {
            return Err(self.profile.trouble(answer.status, &answer.body, answer.wait));
        }
        let body = answer.body.trim();
        let value = match Value::parse(body) {
            Ok(value) => value,
            Err(_) if body.is_empty() => Value::Null,
            // A token may come as it is.
            Err(_) if !body.starts_with(['<', '{', '[']) && body.len() < 1_000 => Value::text(body),
            Err(at) => {
                let start: String = body.chars().take(60).collect();
                let at = digits(at as u64);
                let said = [&*request.url, " answered no JSON (wrong at byte ", &at, "): ", &start];
                warn(&said.concat());
                return Err(Trouble::Unreadable);
            }
        };
        let headers = Some(answer.headers);
        let reply = Reply { url: request.url.clone(), status: answer.status, value, headers };
        let variables = self.known();
        if self.profile.failed(&reply.answer(&variables)) {
            let start: String = body.chars().take(200).collect();
            let said = [&*request.method, " ", &request.url, " answered an error: ", &start];
            warn(&said.concat());
            return Err(self.profile.trouble(answer.status, body, answer.wait));
        }
        if let Some(token) = self.profile.token(&reply.answer(&variables)) {
            self.own.borrow_mut().token = Some(token);
        }
        self.prepare(body).await?;
        Ok(reply)
    }
}
