//! What went wrong, as `application/problem+json` (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Everything the API refuses. Details of our own failures are logged, never sent.
#[derive(Debug)]
pub(crate) enum Problem {
    /// 400: the request is not what the document describes. Where, and why.
    Invalid { field: &'static str, detail: String },
    /// 422: a value is too long, too deep or empty.
    Unprocessable { field: &'static str, detail: String },
    /// 403: somebody else's comment, or one whose time for changes is over.
    NotYours { detail: &'static str },
    /// 403: the discussion is closed.
    Closed,
    /// 404: no such comment.
    NotFound,
    /// 404: the comment that is answered is not there, or not there any more.
    NoParent,
    /// 405: no such verb here.
    Method,
    /// 413: the body is too large.
    TooLarge,
    /// 415: the body is not JSON.
    MediaType,
    /// 409: the key was used for another request.
    KeyReused,
    /// 429: seconds to wait.
    TooFast { wait: u64 },
    /// 500: our own fault.
    Internal(anyhow::Error),
}

impl Problem {
    fn parts(&self) -> (StatusCode, &'static str, &'static str, String) {
        use StatusCode as S;
        let own = str::to_owned;
        match self {
            Self::Invalid { detail, .. } => {
                (S::BAD_REQUEST, "invalid", "The request is not as described", detail.clone())
            }
            Self::Unprocessable { detail, .. } => (
                S::UNPROCESSABLE_ENTITY,
                "unprocessable",
                "The value cannot be taken",
                detail.clone(),
            ),
            Self::NotYours { detail } => {
                (S::FORBIDDEN, "not-yours", "You may not change this comment", own(detail))
            }
            Self::Closed => (
                S::FORBIDDEN,
                "closed",
                "The discussion is closed",
                own("The discussion is closed; it can be read, but not added to."),
            ),
            Self::NotFound => {
                (S::NOT_FOUND, "not-found", "Not found", own("There is nothing at this address."))
            }
            Self::NoParent => (
                S::NOT_FOUND,
                "not-found",
                "Not found",
                own("parentItem names no comment of this article that can be answered."),
            ),
            Self::Method => (
                S::METHOD_NOT_ALLOWED,
                "method",
                "Method not allowed",
                own(
                    "This address does not take this method; the header Allow says which it takes.",
                ),
            ),
            Self::TooLarge => (
                S::PAYLOAD_TOO_LARGE,
                "too-large",
                "The request is too large",
                own("A request may have 65,536 bytes."),
            ),
            Self::MediaType => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                "The request is not JSON",
                own("Send the body as application/json."),
            ),
            Self::KeyReused => (
                S::CONFLICT,
                "key-reused",
                "The Idempotency-Key was used before",
                own("This Idempotency-Key was used for another request; use a new one."),
            ),
            Self::TooFast { wait } => (
                S::TOO_MANY_REQUESTS,
                "too-fast",
                "Too many requests",
                format!("Too many requests from this address; wait {wait} seconds."),
            ),
            Self::Internal(_) => (
                S::INTERNAL_SERVER_ERROR,
                "internal",
                "The server failed",
                own("The server failed; its log says why."),
            ),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Invalid { field, .. } | Self::Unprocessable { field, .. } => Some(field),
            Self::NoParent => Some("parentItem"),
            _ => None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Self::Internal(error) = &self {
            eprintln!("error: {error:#}");
        }
        let (status, kind, title, detail) = self.parts();
        let mut body = json!({
            "type": format!("urn:jawjaw:problem:{kind}"),
            "title": title,
            "status": status.as_u16(),
            "detail": detail,
        });
        if let Some(field) = self.field() {
            body["errors"] = json!([{ "pointer": format!("#/{field}"), "detail": detail }]);
        }
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Self::TooFast { wait } = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
