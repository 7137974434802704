//! Intents to requests.

use crate::json::Value;
use crate::profile::Profile;
use crate::profile::template::{self, Variables};

/// What is to be sent. Nothing in it is checked against the network yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// JSON text.
    pub body: Option<String>,
    /// Whether cookies of the endpoint go along (Fetch `credentials: include`).
    pub cookies: bool,
}

impl Profile {
    /// The request for a page of comments. `next` is what the page before gave.
    pub fn list(&self, variables: &Variables, next: Option<&Value>) -> Request {
        let mut variables = variables.clone();
        let page = |name: &str| self.at("/list/page").and_then(|page| page.get(name));
        if let (Some(param), Some(next)) = (page("param").and_then(Value::as_str), next) {
            variables.set(param, next.clone());
        }
        if let (Some(param), Some(size)) = (page("sizeParam").and_then(Value::as_str), page("size"))
        {
            variables.set(param, size.clone());
        }
        let list = self.at("/list").unwrap_or(&Value::Null);
        self.request(list, &variables)
    }

    /// The request of an operation; `None` where the service does not offer it.
    pub fn write(&self, operation: &str, variables: &Variables) -> Option<Request> {
        Some(self.request(self.operation(operation)?, variables))
    }

    fn request(&self, told: &Value, variables: &Variables) -> Request {
        let text = |name: &str| told.get(name).and_then(Value::as_str);
        let body = told.get("body").map(|body| template::fill(body, variables).unwrap_or_default());
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in told.get("headers").map_or(&[][..], Value::members) {
            let value = value.as_text().unwrap_or_default();
            // A header whose variable is absent is left out, as a query parameter would be.
            let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let known =
                is_name && template::names(value).iter().all(|name| variables.get(name).is_some());
            if known {
                headers.push((name.clone(), raw(value, variables)));
            }
        }
        if body.is_some() {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        let bearer = self.at("/security/scheme").and_then(Value::as_str) == Some("bearer");
        if let Some(token) = variables.get("token").and_then(Value::as_text).filter(|_| bearer) {
            headers.push(("Authorization".to_owned(), ["Bearer ", token].concat()));
        }
        let credentials = self.at("/security/credentials").and_then(Value::as_str);
        Request {
            method: text("method").unwrap_or("GET").to_owned(),
            url: template::expand(text("href").unwrap_or_default(), variables),
            headers,
            body: body.map(|body| body.write()),
            cookies: credentials == Some("include"),
        }
    }
}

/// A header's value: variables as they are, without line ends, which would end the header.
fn raw(template: &str, variables: &Variables) -> String {
    let mut out = template.to_owned();
    for name in template::names(template) {
        let value = variables.get(name).and_then(Value::as_text).unwrap_or_default();
        out = out.replace(&["{", name, "}"].concat(), value);
    }
    // A header takes no line ends, and what is not ASCII would throw.
    out.retain(|c| matches!(c, ' '..='~'));
    out
}
