//! What went wrong, as `application/problem+json` (RFC 9457).

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::limits;
use crate::store;
use crate::store::engine::Fault;

/// Everything that is refused. Details of our own failures are logged, never sent.
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
    /// 408: the body took too long.
    TooSlow,
    /// 413: the body is too large.
    TooLarge,
    /// 415: the body is not JSON.
    MediaType,
    /// 415: the body is compressed.
    Encoding,
    /// 409: the key was used for another request.
    KeyReused,
    /// 429: this address asks too often.
    TooFast { wait: Duration },
    /// 429: this address votes before it read anything.
    Unread { wait: Duration },
    /// 429: this address listens too often at once.
    Listens,
    /// 503: not now. Nothing was changed.
    Unavailable { why: Why, error: Option<anyhow::Error> },
    /// 500: our own fault.
    Internal(anyhow::Error),
}

/// Why the server cannot do it now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Why {
    Busy,
    Full,
    ReadOnly,
    Disk,
    Crowded,
}

impl Why {
    /// The kind, the sentence, and the seconds after which to try again.
    fn parts(self) -> (&'static str, &'static str, u64) {
        match self {
            Self::Busy => {
                ("busy", "The server is busy; nothing was changed. Try again shortly.", 3)
            }
            Self::Full => ("full", "The server's disk is full; nothing was changed.", 60),
            Self::ReadOnly => {
                ("read-only", "The server's database is read-only; nothing was changed.", 60)
            }
            Self::Disk => ("disk", "The server's disk failed; nothing was changed.", 60),
            Self::Crowded => ("crowded", "Too many readers are listening; try again later.", 60),
        }
    }
}

/// Seconds to wait, rounded up.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + 1
}

impl Problem {
    /// Another try may succeed soon.
    pub(crate) fn busy() -> Self {
        Self::Unavailable { why: Why::Busy, error: None }
    }

    fn parts(&self) -> (StatusCode, &'static str, &'static str, String) {
        use StatusCode as S;
        let own = str::to_owned;
        match self {
            Self::Invalid { detail, .. } => {
                (S::BAD_REQUEST, "invalid", "The request is not as described", detail.clone())
            }
            Self::Unprocessable { detail, .. } => {
                (S::UNPROCESSABLE_ENTITY, "unprocessable", "The value was refused", detail.clone())
            }
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
                own("parentItem is not a comment on this article that accepts replies."),
            ),
            Self::Method => (
                S::METHOD_NOT_ALLOWED,
                "method",
                "Method not allowed",
                own(
                    "This address does not take this method; the Allow header lists those it takes.",
                ),
            ),
            Self::TooSlow => (
                S::REQUEST_TIMEOUT,
                "too-slow",
                "The request took too long",
                format!("A body must arrive within {} seconds.", limits::BODY_TIME.as_secs()),
            ),
            Self::TooLarge => (
                S::PAYLOAD_TOO_LARGE,
                "too-large",
                "The request is too large",
                format!("A request may have {} bytes.", limits::BODY_BYTES),
            ),
            Self::MediaType => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                "The request is not JSON",
                own("Send the body as application/json."),
            ),
            Self::Encoding => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                "The request is encoded",
                own("Send the body without a content encoding."),
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
                format!("Too many requests from this address; wait {} seconds.", seconds(*wait)),
            ),
            Self::Unread { wait } => (
                S::TOO_MANY_REQUESTS,
                "unread",
                "Nothing was read yet",
                format!("Read the discussion first; you may vote in {} seconds.", seconds(*wait)),
            ),
            Self::Listens => (
                S::TOO_MANY_REQUESTS,
                "too-many-streams",
                "Too many streams",
                own("This address listens too often at once; close another page first."),
            ),
            Self::Unavailable { why, .. } => {
                let (kind, detail, _) = why.parts();
                (S::SERVICE_UNAVAILABLE, kind, "Not now", own(detail))
            }
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

    fn wait(&self) -> Option<u64> {
        match self {
            Self::TooFast { wait } | Self::Unread { wait } => Some(seconds(*wait)),
            Self::Listens => Some(60),
            Self::Unavailable { why, .. } => Some(why.parts().2),
            _ => None,
        }
    }

    /// Errors of the database name tables and columns, never values.
    fn log(&self) {
        match self {
            Self::Internal(error) => tracing::error!(error = format!("{error:#}"), "failed"),
            Self::Unavailable { why, error: Some(error) } => {
                tracing::error!(why = ?why, error = format!("{error:#}"), "unavailable");
            }
            _ => {}
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.log();
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
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.wait() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        let why = match store::fault(&error) {
            Fault::Busy => Why::Busy,
            Fault::Full => Why::Full,
            Fault::ReadOnly => Why::ReadOnly,
            Fault::Disk => Why::Disk,
            Fault::Other => return Self::Internal(error.into()),
        };
        Self::Unavailable { why, error: Some(error.into()) }
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
