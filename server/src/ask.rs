//! Requests, read with care: what is wrong is said with the field it is in.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::limits;
use crate::problem::Problem;

/// A query string read into `T`.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        let Query(query) =
            query.map_err(|error| Problem::Invalid { field: "", detail: error.body_text() })?;
        Ok(Self(query))
    }
}

/// A JSON object in a body, with its text for the fingerprint of the request.
pub(crate) struct Body {
    pub(crate) members: serde_json::Map<String, Value>,
    pub(crate) text: String,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Problem::MediaType);
        }
        let text =
            axum::body::Bytes::from_request(request, state).await.map_err(|_| Problem::TooLarge)?;
        let invalid = |detail: String| Problem::Invalid { field: "", detail };
        let text = String::from_utf8(text.to_vec())
            .map_err(|_| invalid("The body is no UTF-8.".into()))?;
        match serde_json::from_str(&text) {
            Ok(Value::Object(members)) => Ok(Self { members, text }),
            Ok(_) => Err(invalid("The body must be a JSON object.".into())),
            Err(error) => Err(invalid(format!("The body is no JSON: {error}."))),
        }
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

pub(crate) fn only(
    members: &serde_json::Map<String, Value>,
    known: &[&str],
) -> Result<(), Problem> {
    let Some(other) = members.keys().find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let detail = format!("{other:?} is not known here; known are {}.", known.join(", "));
    Err(Problem::Invalid { field: "", detail })
}

/// The string under `name`; `None` for null and what is not there.
pub(crate) fn string(
    members: &serde_json::Map<String, Value>,
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

/// Trimmed text with at least one and at most `longest` characters, and no character that is none.
pub(crate) fn bounded(field: &'static str, text: &str, longest: usize) -> Result<String, Problem> {
    let kept: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let kept = kept.trim();
    if kept.is_empty() {
        return Err(Problem::Unprocessable {
            field,
            detail: format!("{field} must not be empty."),
        });
    }
    let length = text.chars().count();
    if length > longest {
        let detail = format!("{field} has {length} characters; at most {longest} are taken.");
        return Err(Problem::Unprocessable { field, detail });
    }
    Ok(kept.to_owned())
}

/// The name of an article in a query.
pub(crate) fn article(name: &str) -> Result<String, Problem> {
    bounded("article", name, limits::ARTICLE)
}
