//! Intents to requests.

use crate::domain::address::origin;
use crate::domain::letters;
use crate::json::Value;
use crate::profile::template::{self, Variables};
use crate::profile::{Profile, next};

/// What is to be sent. Nothing in it is checked against the network yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// As it is sent.
    pub body: Option<String>,
    /// Whether cookies of the endpoint go along (Fetch `credentials: include`).
    pub cookies: bool,
    /// Whether the viewer's secret is in it: then it must not be sent on elsewhere.
    pub secret: bool,
    /// Whether the service is to be asked even if a recent answer is at hand.
    pub fresh: bool,
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

impl Profile {
    /// The request for a page of comments. `next` is what the page before gave.
    pub fn list(&self, variables: &Variables, next: Option<&Value>) -> Request {
        let mut variables = variables.clone();
        if let Some(name) = self.at("/list/sort/param").and_then(Value::as_str) {
            variables.set(name, self.order(&variables));
        }
        let list = self.at("/list").cloned().unwrap_or_default();
        self.turned(list, self.at(next::LIST), variables, next)
    }

    /// The request for a page of replies to a comment; `None` as for [`Profile::write`].
    pub fn more_replies(&self, variables: &Variables, next: Option<&Value>) -> Option<Request> {
        self.write("replies", variables)?;
        let told = self.operation("replies")?.clone();
        Some(self.turned(told, self.at(next::REPLIES), variables.clone(), next))
    }

    /// The request for a page, as `page` tells how pages are turned.
    fn turned(
        &self,
        mut told: Value,
        page: Option<&Value>,
        mut variables: Variables,
        next: Option<&Value>,
    ) -> Request {
        let page = page.unwrap_or(&Value::Null);
        let word = |name: &str| page.get(name).and_then(Value::as_str);
        let param = word("param").unwrap_or_default();
        if let (Some(name), Some(size)) = (word("sizeParam"), page.get("size")) {
            variables.set(name, size.clone());
        }
        match (word("mode").unwrap_or_default(), next) {
            ("link" | "next", Some(next)) => {
                let mut request = self.request(&told, &variables);
                next.as_str().unwrap_or_default().clone_into(&mut request.url);
                return request;
            }
            ("ids", Some(rest)) => {
                if let (Value::Record(members), Some(href)) = (&mut told, page.get("href")) {
                    members.push(("href".to_owned(), href.clone()));
                }
                let mut request = self.request(&told, &variables);
                let most = next::size_of(page).unwrap_or(usize::MAX);
                for id in rest.as_list().iter().take(most).filter_map(Value::as_text) {
                    request.url.push(if request.url.contains('?') { '&' } else { '?' });
                    template::encode(word("param").unwrap_or("id"), false, &mut request.url);
                    request.url.push('=');
                    template::encode(id, false, &mut request.url);
                }
                return request;
            }
            ("number", None) => {
                let first = page.get("first").cloned().unwrap_or_else(|| Value::number(1));
                variables.set(param, first);
            }
            (_, Some(next)) => variables.set(param, next.clone()),
            _ => {}
        }
        self.request(&told, &variables)
    }

    /// What reading begins with: address and body of the first request.
    pub(crate) fn opening(&self, variables: &Variables) -> String {
        let resolved = self.binds("resolve").iter().all(|name| variables.get(name).is_some());
        let resolve = if resolved { None } else { self.write("resolve", variables) };
        let request = resolve.unwrap_or_else(|| self.list(variables, None));
        request.url + &request.body.unwrap_or_default()
    }

    /// Whether the service knows an order.
    pub fn sorts_by(&self, word: &str) -> bool {
        self.at("/list/sort/values").is_some_and(|values| values.get(word).is_some())
    }

    /// The service's word for the order asked for (variable `sort`), else for its own choice.
    fn order(&self, variables: &Variables) -> Value {
        let Some(sort) = self.at("/list/sort") else { return Value::Null };
        let word = |name: &str| sort.get("values").and_then(|values| values.get(name)).cloned();
        let asked = variables.get("sort").and_then(Value::as_text).and_then(word);
        let usual = || sort.get("default").and_then(Value::as_str).and_then(word);
        asked.or_else(usual).unwrap_or_default()
    }

    /// Whether the service offers an operation.
    pub fn has(&self, operation: &str) -> bool {
        self.operation(operation).is_some()
    }

    /// The request of an operation; `None` where the service does not offer it, or where a variable
    /// of its address has no value.
    pub fn write(&self, operation: &str, variables: &Variables) -> Option<Request> {
        let told = self.operation(operation)?;
        let href = told.get("href").and_then(Value::as_str).unwrap_or_default();
        // An address with a hole in it is the address of something else.
        let whole = template::needed(href).iter().all(|name| variables.get(name).is_some());
        whole.then(|| self.request(told, variables))
    }

    /// Whether the service takes the same write twice as one: it is given a key (variable `uuid`).
    pub fn knows_keys(&self, operation: &str) -> bool {
        let Some(told) = self.operation(operation) else { return false };
        let names = |text: &Value| {
            text.as_str().is_some_and(|text| template::names(text).contains(&"uuid"))
        };
        told.get("href").is_some_and(names)
            || told.get("body").is_some_and(|body| template::asks_for(body, "uuid"))
            || told
                .get("headers")
                .map_or(&[][..], Value::members)
                .iter()
                .any(|(_, value)| names(value))
    }

    /// Where the service lives: nothing secret goes anywhere else.
    fn home(&self, variables: &Variables) -> String {
        let href = self.at("/list/href").and_then(Value::as_str).unwrap_or_default();
        origin(&template::expand(href, variables)).to_owned()
    }

    fn request(&self, told: &Value, variables: &Variables) -> Request {
        let text = |name: &str| told.get(name).and_then(Value::as_str);
        let url = template::expand(text("href").unwrap_or_default(), variables);
        let at_home = origin(&url) == self.home(variables);
        let mut variables = variables.clone();
        if !at_home {
            for secret in template::SECRETS {
                variables.set(secret, Value::Null);
            }
        }
        if text("encodingFormat") == Some("text/html") {
            let content = variables.get("content").and_then(Value::as_str).map(as_html);
            variables.set("content", content.map_or(Value::Null, Value::Text));
        }
        let body =
            told.get("body").map(|body| template::fill(body, &variables).unwrap_or_default());
        let names_secret = |name: &&str| template::SECRETS.contains(name);
        let mut secret = template::SECRETS
            .iter()
            .any(|name| told.get("body").is_some_and(|body| template::asks_for(body, name)));
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in told.get("headers").map_or(&[][..], Value::members) {
            let value = value.as_text().unwrap_or_default();
            // A header whose variable is absent is left out, as a query parameter would be.
            let known = is_token(name)
                && template::names(value).iter().all(|name| variables.get(name).is_some());
            if known {
                secret |= template::names(value).iter().any(names_secret);
                headers.push((name.clone(), raw(value, &variables)));
            }
        }
        let media = text("mediaType").unwrap_or(JSON);
        if body.is_some() {
            headers.push(("Content-Type".to_owned(), media.to_owned()));
        }
        if let Some((name, value)) = self.credential(&variables).filter(|_| at_home) {
            headers.push((name, value));
            secret = true;
        }
        let csrf = self.at("/security/csrf/header").and_then(Value::as_str);
        if let (Some(name), Some(value)) = (csrf, variables.get("csrf").and_then(Value::as_text))
            && at_home
            && is_token(name)
        {
            headers.push((name.to_owned(), value.chars().filter(char::is_ascii_graphic).collect()));
        }
        let credentials = self.at("/security/credentials").and_then(Value::as_str);
        let default = if body.is_some() { "POST" } else { "GET" };
        Request {
            fresh: false,
            method: text("method").unwrap_or(default).to_owned(),
            url,
            headers,
            body: body.map(|body| if media == FORM { form(&body) } else { body.write() }),
            cookies: at_home && credentials == Some("include"),
            secret,
        }
    }

    /// The header that carries the viewer's secret (Security Scheme of `OpenAPI`: `http` with `bearer`, or
    /// `apiKey` in a header).
    fn credential(&self, variables: &Variables) -> Option<(String, String)> {
        let security = |name: &str| self.at("/security")?.get(name)?.as_str();
        let token = variables.get("token")?.as_text()?;
        if security("scheme") == Some("bearer") {
            return Some(("Authorization".to_owned(), ["Bearer ", token].concat()));
        }
        let name = security("name").filter(|name| is_token(name))?;
        (security("in") == Some("header")).then(|| (name.to_owned(), token.to_owned()))
    }
}

/// Whether text can be the name of a header.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// A header's value: variables as they are, without line ends, which would end the header.
fn raw(template: &str, variables: &Variables) -> String {
    let mut out = template.to_owned();
    for name in template::names(template) {
        let value = variables.get(name).and_then(Value::as_text).unwrap_or_default();
        out = letters::replace(&out, &["{", name, "}"].concat(), value);
    }
    // A header takes no line ends, and what is not ASCII would throw.
    out.retain(|c| matches!(c, ' '..='~'));
    out
}

/// A record as a form (WHATWG URL §5). What is no text, number or truth value is left out.
fn form(body: &Value) -> String {
    let mut out = String::new();
    for (name, value) in body.members() {
        if let Some(value) = value.as_text() {
            out.push_str(if out.is_empty() { "" } else { "&" });
            template::encode(name, false, &mut out);
            out.push('=');
            template::encode(value, false, &mut out);
        }
    }
    out
}

/// What a reader typed, as the HTML some services want: paragraphs, line breaks, and nothing that
/// could be taken for markup.
fn as_html(text: &str) -> String {
    let mut out = String::new();
    for paragraph in letters::parts(text, "\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        out.push_str("<p>");
        for c in paragraph.trim().chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '\n' => out.push_str("<br>"),
                c => out.push(c),
            }
        }
        out.push_str("</p>");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(more: &str) -> Profile {
        let text = r##"{"version":1,"profile":"x","list":{"href":"{+endpoint}/c","items":"#"},
            "comment":{"id":"/id","text":"/t"},"##;
        Profile::parse(&[text, more, "}"].concat()).expect("a profile")
    }

    fn variables() -> Variables {
        let text = Value::text;
        Variables::default()
            .with("endpoint", text("https://c.example"))
            .with("content", text("a <b>\n& c\n\nd"))
            .with("token", text("s3cret"))
            .with("csrf", text("c5rf"))
    }

    #[track_caller]
    fn check(more: &str, picture: &str) {
        let request = profile(more).write("create", &variables()).expect("an operation");
        let mut seen = [&request.method, " ", &request.url].concat();
        for (name, value) in &request.headers {
            seen += &["\n", name, ": ", value].concat();
        }
        if let Some(body) = &request.body {
            seen += &["\n", body].concat();
        }
        seen += if request.cookies { "\ncookies" } else { "" };
        assert_eq!(seen, picture);
    }

    #[test]
    fn bodies_take_the_media_type() {
        check(
            r#""operations":{"create":{"href":"{+endpoint}/n","mediaType":
            "application/x-www-form-urlencoded","body":{"a b":"{content}","none":"{parent}","n":1}}}"#,
            "POST https://c.example/n\nContent-Type: application/x-www-form-urlencoded\n\
             a%20b=a%20%3Cb%3E%0A%26%20c%0A%0Ad&n=1",
        );
        check(
            r#""operations":{"create":{"href":"{+endpoint}/n","encodingFormat":"text/html",
            "mediaType":"text/plain","body":{"t":"{content}"}}}"#,
            "POST https://c.example/n\nContent-Type: text/plain\n\
             {\"t\":\"<p>a &lt;b&gt;<br>&amp; c</p><p>d</p>\"}",
        );
    }

    #[test]
    fn an_address_with_a_hole_is_no_address() {
        let profile = profile(r#""operations":{"delete":{"href":"{+endpoint}/n/{id}{?parent}"}}"#);
        assert_eq!(profile.write("delete", &variables()), None);
        let request = profile.write("delete", &variables().with("id", Value::number(1)));
        assert_eq!(request.map(|request| request.url).as_deref(), Some("https://c.example/n/1"));
    }

    #[test]
    fn a_request_knows_whether_a_secret_is_in_it() {
        let secret = |told: &str| {
            let text = [r#""operations":{"create":{"href":"{+endpoint}/n","#, told, "}}"].concat();
            profile(&text).write("create", &variables()).expect("an operation").secret
        };
        assert!(secret(r#""headers":{"X-Key":"{token}"}"#) && secret(r#""body":{"t":"{token}"}"#));
        assert!(!secret(r#""headers":{"X-Site":"{endpoint}"},"body":{"t":"{content}"}"#));
    }

    #[test]
    fn secrets_stay_at_home_and_out_of_addresses() {
        let security = r#""security":{"scheme":"bearer","credentials":"include",
            "csrf":{"cookie":"X","header":"X-CSRF"}},"#;
        check(
            &[security, r#""operations":{"create":{"href":"{+endpoint}/n"}}"#].concat(),
            "GET https://c.example/n\nAuthorization: Bearer s3cret\nX-CSRF: c5rf\ncookies",
        );
        let away = r#""operations":{"create":{"href":"https://other.example/n","headers":
            {"X-Key":"{token}"},"body":{"t":"{token}"}}}"#;
        check(
            &[security, away].concat(),
            "POST https://other.example/n\nContent-Type: application/json\n{}",
        );
        check(
            r#""security":{"in":"header","name":"X-Api-Key"},
            "operations":{"create":{"href":"{+endpoint}/n"}}"#,
            "GET https://c.example/n\nX-Api-Key: s3cret",
        );
    }
}
