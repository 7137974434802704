//! Answers that may be large: told apart by tags, and bounded together while they wait for slow readers.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body::{Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::app::{App, WEIGHT};
use crate::http::support::problem::Problem;
use crate::limits;

/// Bytes that go out in one piece.
const PIECE: usize = 16_384;

/// Whether the reader has what the tag names already.
pub(crate) fn is_known(tag: &str, headers: &HeaderMap) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    known.is_some_and(|known| {
        known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)
    })
}

/// 304 with its tag.
pub(crate) fn not_modified(tag: &str) -> Response {
    tagged(StatusCode::NOT_MODIFIED.into_response(), tag)
}

/// JSON with its tag.
pub(crate) async fn json(app: &App, tag: &str, body: Vec<u8>) -> Result<Response, Problem> {
    let body = waiting(app, body).await?;
    let response = ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    Ok(tagged(response, tag))
}

fn tagged(mut response: Response, tag: &str) -> Response {
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// A body that holds its share of what may wait, once it is larger than one piece.
async fn waiting(app: &App, body: Vec<u8>) -> Result<Body, Problem> {
    if body.len() <= PIECE {
        return Ok(Body::from(body));
    }
    let weight = u32::try_from(body.len().div_ceil(WEIGHT)).unwrap_or(u32::MAX);
    let room = std::sync::Arc::clone(&app.waiting).acquire_many_owned(weight);
    let room = timeout(limits::QUEUE_TIME, room).await.map_err(|_| Problem::busy())?;
    let room = room.map_err(|_| Problem::busy())?;
    Ok(Body::new(Pieces { rest: body.into(), _room: room }))
}

/// A body in pieces, so that what was not yet taken is still counted.
struct Pieces {
    rest: Bytes,
    _room: OwnedSemaphorePermit,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
