//! Requests, read with care: what is wrong is said with the field it is in.

use std::str::FromStr;

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use http_body::Body as _;
use http_body_util::LengthLimitError;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::http::support::problem::Problem;
use crate::http::support::strict;
use crate::limits;
use crate::text;

/// A query string: each name once, unless it may stand more often.
pub(crate) struct Asked(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        });
        let pairs: Option<Vec<_>> = pairs.collect();
        let detail = "The query is not valid percent-encoded UTF-8.".to_owned();
        pairs.map(Self).ok_or(Problem::Invalid { field: "", detail })
    }
}

/// A part of a query; none where its bytes are no text.
fn decoded(part: &str) -> Option<String> {
    let mut out = Vec::with_capacity(part.len());
    let mut bytes = part.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

impl Asked {
    /// Refuses names that mean nothing, and those that stand twice.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let invalid = |detail| Err(Problem::Invalid { field: "", detail });
        for (number, (name, _)) in self.0.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return invalid(format!(
                    "Unknown parameter {name:?}; expected {}.",
                    known.join(", ")
                ));
            }
            if self.0.iter().take(number).any(|(other, _)| other == name) {
                return invalid(format!("{name} is given twice."));
            }
        }
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The article that is asked for, and nothing else.
    pub(crate) fn only_article(&self) -> Result<String, Problem> {
        self.only(&["article"])?;
        self.article()
    }

    pub(crate) fn article(&self) -> Result<String, Problem> {
        let detail = "article is missing.".to_owned();
        let name = self.get("article").ok_or(Problem::Invalid { field: "", detail })?;
        article(name)
    }

    /// All articles that are asked for, each once.
    pub(crate) fn articles(&self) -> Result<Vec<String>, Problem> {
        let invalid = |detail: String| Problem::Invalid { field: "article", detail };
        if let Some((other, _)) = self.0.iter().find(|(name, _)| name != "article") {
            return Err(invalid(format!("Unknown parameter {other:?}; expected article.")));
        }
        if self.0.is_empty() || self.0.len() > limits::COUNTS {
            return Err(invalid(format!("Give article 1 to {} times.", limits::COUNTS)));
        }
        let mut names: Vec<String> =
            self.0.iter().map(|(_, name)| article(name)).collect::<Result<_, _>>()?;
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }
}

/// An identifier in a path; one that is no text is nobody's.
pub(crate) struct Identifier(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Identifier {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(identifier)| Self(identifier)).map_err(|_| Problem::NotFound)
    }
}

/// A JSON object in a body, with its text for the fingerprint of the request.
pub(crate) struct Body {
    pub(crate) members: Map<String, Value>,
    pub(crate) text: String,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        encoded_as_json(request.headers())?;
        let invalid = |detail: &str| Problem::Invalid { field: "", detail: detail.to_owned() };
        let body = request.into_body();
        // Before `100 Continue` is sent and megabytes come.
        if body.size_hint().lower() > limits::BODY_BYTES as u64 {
            return Err(Problem::TooLarge);
        }
        let bytes = timeout(limits::BODY_TIME, to_bytes(body, limits::BODY_BYTES)).await;
        let bytes = bytes.map_err(|_| Problem::TooSlow)?.map_err(|error| {
            let source = std::error::Error::source(&error);
            if source.is_some_and(<dyn std::error::Error>::is::<LengthLimitError>) {
                Problem::TooLarge
            } else {
                invalid("The body ended early, or its chunks are malformed.")
            }
        })?;
        let text = String::from_utf8(bytes.to_vec());
        let text = text.map_err(|_| invalid("The body is not valid UTF-8."))?;
        match strict::read(&text) {
            Ok(Value::Object(members)) => Ok(Self { members, text }),
            Ok(_) => Err(invalid("The body must be a JSON object.")),
            Err(error) => Err(invalid(&format!("The body is not valid JSON: {error}."))),
        }
    }
}

fn encoded_as_json(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = text(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::MediaType);
    }
    let encoding = text(header::CONTENT_ENCODING);
    if encoding.is_empty() || encoding.eq_ignore_ascii_case("identity") {
        Ok(())
    } else {
        Err(Problem::Encoding)
    }
}

impl Body {
    /// Refuses members that mean nothing: a misspelt one would be lost in silence.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        only(&self.members, known)
    }

    /// A string that must be there, trimmed.
    pub(crate) fn text_of(&self, field: &'static str, longest: usize) -> Result<String, Problem> {
        let text = string(&self.members, field, field)?;
        let text = text.ok_or_else(|| missing(field))?;
        bounded(field, &text, longest)
    }

    /// The name of the article, which must be there.
    pub(crate) fn article(&self) -> Result<String, Problem> {
        let name = string(&self.members, "article", "article")?;
        article(&name.ok_or_else(|| missing("article"))?)
    }

    /// A string that may be left out or be null.
    pub(crate) fn optional_text(
        &self,
        field: &'static str,
        longest: usize,
    ) -> Result<Option<String>, Problem> {
        let text = string(&self.members, field, field)?;
        text.map(|text| bounded(field, &text, longest)).transpose()
    }

    /// A whole number in a range.
    pub(crate) fn number(
        &self,
        field: &'static str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<i64, Problem> {
        let (from, to) = (range.start(), range.end());
        let detail = format!("{field} must be a whole number from {from} to {to}.");
        // 4.0 is the number 4 (JSON Schema 2020-12, core §6.3).
        let whole = |value: &Value| value.as_i64().or_else(|| value.as_f64().and_then(whole_of));
        let number = self.members.get(field).and_then(whole).filter(|n| range.contains(n));
        number.ok_or(Problem::Invalid { field, detail })
    }
}

/// A float without a fraction, in the range where floats count every number.
fn whole_of(float: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "bounded in the same line")]
    (float.fract() == 0.0 && float.abs() < 1e9).then_some(float as i64)
}

pub(crate) fn only(members: &Map<String, Value>, known: &[&str]) -> Result<(), Problem> {
    let Some(other) = members.keys().find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let detail = format!("Unknown field {other:?}; expected {}.", known.join(", "));
    Err(Problem::Invalid { field: "", detail })
}

/// The string under `name`; `None` for null and what is not there.
pub(crate) fn string(
    members: &Map<String, Value>,
    name: &str,
    field: &'static str,
) -> Result<Option<String>, Problem> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Problem::Invalid { field, detail: format!("{field} must be a string.") }),
    }
}

pub(crate) fn missing(field: &'static str) -> Problem {
    Problem::Invalid { field, detail: format!("{field} is missing.") }
}

/// Trimmed text with something to see in it and at most `longest` characters.
pub(crate) fn bounded(field: &'static str, text: &str, longest: usize) -> Result<String, Problem> {
    let kept = text::cleaned(text);
    if text::is_blank(&kept) {
        let detail = format!("{field} must not be empty.");
        return Err(Problem::Unprocessable { field, detail });
    }
    let length = kept.chars().count();
    if length > longest {
        let detail = format!("{field} has {length} characters; the most is {longest}.");
        return Err(Problem::Unprocessable { field, detail });
    }
    Ok(kept)
}

/// The name of an article. One with control characters in it is not quietly another.
fn article(name: &str) -> Result<String, Problem> {
    if name.contains(char::is_control) {
        let detail = "article must not contain control characters.".to_owned();
        return Err(Problem::Unprocessable { field: "article", detail });
    }
    let length = name.chars().count();
    if length > limits::ARTICLE {
        // Of a name, unlike of a text, the space around it counts.
        let detail = format!("article has {length} characters; the most is {}.", limits::ARTICLE);
        return Err(Problem::Unprocessable { field: "article", detail });
    }
    bounded("article", name, limits::ARTICLE)
}

/// A whole number without a sign.
pub(crate) fn digits<T: FromStr>(text: &str) -> Option<T> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However often an article is asked for, it is looked up once.
    #[test]
    fn articles_that_are_asked_for_stand_once() {
        let asked = |names: &[&str]| {
            Asked(names.iter().map(|name| ("article".to_owned(), (*name).to_owned())).collect())
        };
        let many = [["b"; 60].as_slice(), ["a"; 39].as_slice(), &[" b "]].concat();
        assert_eq!(asked(&many).articles().expect("they are few"), ["a", "b"]);
        assert!(asked(&["a"; 101]).articles().is_err());
        assert!(asked(&[]).articles().is_err());
    }
}
