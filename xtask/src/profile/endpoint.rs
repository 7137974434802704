//! A profile against a running endpoint, as a table.

use std::cell::RefCell;
use std::time::Duration;

use anyhow::{Context, Result};
use jawjaw::domain::trouble::Trouble;
use jawjaw::json::Value;
use jawjaw::profile::Profile;
use jawjaw::profile::expression::{Answer, Headers};
use jawjaw::profile::outline::date;
use jawjaw::profile::template::Variables;
use jawjaw::profile::write::Request;

/// What the test comment says.
const WORDS: &str = "A test comment by check-endpoint. It may be deleted.";

struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Headers for Reply {
    fn header(&self, wanted: &str) -> Option<String> {
        let found = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.clone())
    }
}

struct Table<'a> {
    profile: &'a Profile,
    agent: ureq::Agent,
    origin: &'a str,
    failed: bool,
    /// The viewer's secret, as the last answer gave it.
    token: RefCell<Value>,
}

/// Tries everything that only reads; with `write`, the other operations on a comment of its own.
pub(crate) fn check(profile: &Profile, known: &Variables, origin: &str, write: bool) -> bool {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build();
    let mut table =
        Table { profile, agent: agent.into(), origin, failed: false, token: RefCell::default() };
    row("operation", "result", "why");
    let mut known = known.clone();
    table.bind("resolve", &mut known);
    table.list(&known);
    table.read("rating", &known);
    let has = |operation: &str| profile.has(operation);
    let operations = [
        "create",
        "edit",
        "delete",
        "vote",
        "upvote",
        "downvote",
        "unvote",
        "unupvote",
        "undownvote",
        "rate",
        "unrate",
    ];
    if write {
        table.bind("session", &mut known);
        table.write(&known);
    } else {
        for operation in operations {
            let (result, why) = if has(operation) {
                ("not tried", "give --write to try it")
            } else {
                ("not offered", "")
            };
            row(operation, result, why);
        }
    }
    !table.failed
}

fn row(operation: &str, result: &str, why: &str) {
    println!("{operation:<12} {result:<12} {why}");
}

impl Table<'_> {
    fn fail(&mut self, operation: &str, why: &str) {
        self.failed = true;
        row(operation, "failed", why);
    }

    fn send(&self, request: &Request) -> Result<Reply> {
        let mut builder = ureq::http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.url)
            .header("Origin", self.origin)
            .header("Accept", "application/json, */*");
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let body = request.body.clone().unwrap_or_default();
        let asked = builder.body(body).context("making the request")?;
        let mut response = self.agent.run(asked)?;
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Ok(Reply {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: response.body_mut().read_to_string().context("reading the answer")?,
        })
    }

    /// Sends, and says what a reader would be told if it is no success.
    fn ask<T>(
        &self,
        request: &Request,
        known: &Variables,
        read: impl FnOnce(Answer) -> Result<T, String>,
    ) -> Result<T, String> {
        let reply = self
            .send(request)
            .map_err(|error| format!("{} {}: {error:#}", request.method, request.url))?;
        let trouble = || {
            let told = self.profile.trouble(reply.status, &reply.body, None);
            let said = match told {
                Trouble::Refused { reason } => reason,
                other => format!("{other:?}"),
            };
            format!("{} {} answered {}: {said}", request.method, request.url, reply.status)
        };
        if !(200..300).contains(&reply.status) {
            return Err(trouble());
        }
        let body = reply.body.trim();
        let value = if body.is_empty() { Ok(Value::Null) } else { Value::parse(body) };
        let value = value.or_else(|at| {
            let plain = !body.starts_with(['<', '{', '[']);
            if plain {
                Ok(Value::text(body))
            } else {
                Err(format!("{} answered no JSON (wrong at byte {at})", request.url))
            }
        })?;
        let mut answer = Answer::new(&value, known);
        (answer.url, answer.headers) = (&request.url, &reply);
        if self.profile.failed(&answer) {
            return Err(trouble());
        }
        self.cors(request, &reply)?;
        if let Some(token) = self.profile.token(&answer) {
            *self.token.borrow_mut() = Value::text(&token);
        }
        read(answer)
    }

    /// Whether a browser would hand the answer to a page of this origin (Fetch, CORS protocol).
    fn cors(&self, request: &Request, reply: &Reply) -> Result<(), String> {
        let allowed = reply.header("Access-Control-Allow-Origin");
        let fits = match allowed.as_deref() {
            Some("*") => !request.cookies,
            Some(origin) => origin == self.origin,
            None => false,
        };
        if !fits {
            let said = allowed.map_or("is absent".to_owned(), |said| format!("is {said}"));
            return Err(format!(
                "a page at {} may not read it: Access-Control-Allow-Origin {said}",
                self.origin
            ));
        }
        let simple = ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"];
        let asks = request.headers.iter().filter(|(name, value)| {
            let name = name.to_ascii_lowercase();
            name != "accept" && !(name == "content-type" && simple.contains(&value.as_str()))
        });
        let asks: Vec<String> = asks.map(|(name, _)| name.to_ascii_lowercase()).collect();
        if asks.is_empty() && ["GET", "POST", "HEAD"].contains(&request.method.as_str()) {
            return Ok(());
        }
        let preflight = Request {
            method: "OPTIONS".to_owned(),
            url: request.url.clone(),
            headers: vec![
                ("Access-Control-Request-Method".to_owned(), request.method.clone()),
                ("Access-Control-Request-Headers".to_owned(), asks.join(",")),
            ],
            ..Request::default()
        };
        let reply =
            self.send(&preflight).map_err(|error| format!("the preflight failed: {error:#}"))?;
        let list = |name: &str| reply.header(name).unwrap_or_default().to_ascii_lowercase();
        let (methods, headers) =
            (list("Access-Control-Allow-Methods"), list("Access-Control-Allow-Headers"));
        let has = |all: &str, one: &str| {
            all.split(',').any(|word| word.trim() == one || word.trim() == "*")
        };
        let method = request.method.to_ascii_lowercase();
        if !(200..300).contains(&reply.status) {
            return Err(format!("the preflight answered {}", reply.status));
        }
        if !["get", "post", "head"].contains(&method.as_str()) && !has(&methods, &method) {
            return Err(format!(
                "a page may not send {}: Access-Control-Allow-Methods is {methods:?}",
                request.method
            ));
        }
        match asks.iter().find(|name| !has(&headers, name)) {
            Some(name) => Err(format!(
                "a page may not send {name}: Access-Control-Allow-Headers is {headers:?}"
            )),
            None => Ok(()),
        }
    }

    fn bind(&mut self, operation: &str, known: &mut Variables) {
        let Some(request) = self.profile.write(operation, known) else { return };
        match self.ask(&request, known, |answer| Ok(self.profile.bound(operation, &answer))) {
            Ok(bound) => {
                for (name, value) in bound {
                    known.set(name, value);
                }
                row(
                    operation,
                    "worked",
                    &format!("gave {}", self.profile.binds(operation).join(", ")),
                );
            }
            Err(why) => self.fail(operation, &why),
        }
    }

    fn with_token(&self, known: &Variables) -> Variables {
        let told = self.token.borrow().clone();
        if told == Value::Null { known.clone() } else { known.clone().with("token", told) }
    }

    fn list(&mut self, known: &Variables) {
        let request = self.profile.list(known, None);
        match self.ask(&request, known, |answer| self.profile.page(answer, None)) {
            Ok(page) => {
                let total =
                    page.total.map_or("no total".to_owned(), |total| format!("{total} in all"));
                let more = if page.next.is_some() { ", more to come" } else { "" };
                row("list", "worked", &format!("{} comments, {total}{more}", page.found.len()));
                if let Some(next) = page.next {
                    let request = self.profile.list(known, Some(&next));
                    match self.ask(&request, known, |answer| self.profile.page(answer, Some(&next)))
                    {
                        Ok(page) => {
                            row("next page", "worked", &format!("{} comments", page.found.len()));
                        }
                        Err(why) => self.fail("next page", &why),
                    }
                }
            }
            Err(why) => self.fail("list", &why),
        }
    }

    fn read(&mut self, operation: &str, known: &Variables) {
        if !self.profile.has(operation) {
            return row(operation, "not offered", "");
        }
        let known = &self.with_token(known);
        let Some(request) = self.profile.write(operation, known) else {
            return self.fail(operation, "a variable of its address has no value");
        };
        match self.ask(&request, known, |_| Ok(())) {
            Ok(()) => row(operation, "worked", ""),
            Err(why) => self.fail(operation, &why),
        }
    }

    fn write(&mut self, known: &Variables) {
        let mut known = known.clone();
        let moment =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let moment = jawjaw::domain::time::Time(i64::try_from(moment.as_millis()).unwrap_or(0));
        for (name, value) in [
            ("content", WORDS),
            ("name", "check-endpoint"),
            ("email", "check@blog.example"),
            ("uuid", &format!("check-{}", moment.0)),
            ("now", &date(moment)),
        ] {
            known.set(name, Value::text(value));
        }
        known.set("parent", self.profile.root_parent(&known));
        known = self.with_token(&known);
        let Some(request) = self.profile.write("create", &known) else {
            return row("create", "not offered", "");
        };
        let made = self.ask(&request, &known, |answer| {
            let found = self.profile.written("create", &answer);
            let id = found.as_ref().map(|found| found.id.clone());
            let id = id.or_else(|| self.profile.told("create", "id", &answer));
            let capture = found.map(|found| found.capture).unwrap_or_default();
            Ok((id, self.profile.told("create", "secret", &answer), capture))
        });
        let (id, secret, capture) = match made {
            Ok(made) => made,
            Err(why) => return self.fail("create", &why),
        };
        let Some(id) = id else {
            return row(
                "create",
                "worked",
                "the answer names no comment, so the rest cannot be tried",
            );
        };
        row("create", "worked", &format!("comment {}", id.as_text().unwrap_or_default()));
        known.set("id", id);
        known.set("secret", secret.unwrap_or_default());
        for (name, value) in capture {
            known.set(&["target.", &name].concat(), value);
        }
        known.set("upvoteCount", Value::number(1));
        for (operation, vote) in [
            ("vote", 1),
            ("upvote", 1),
            ("unupvote", 0),
            ("unvote", 0),
            ("downvote", -1),
            ("undownvote", 0),
            ("edit", 0),
            ("delete", 0),
        ] {
            known.set("vote", Value::number(vote));
            self.read(operation, &known);
        }
        known.set("stars", Value::number(5));
        for operation in ["rate", "unrate"] {
            self.read(operation, &known);
        }
    }
}
