//! One line in the log and one figure for each answer: its route, never its address or its words.

use std::any::Any;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::app::App;
use crate::http::support::problem::Problem;

/// Follows a request to its answer.
pub(crate) async fn watch(State(app): State<App>, request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    // Methods may be any word; only ours are told.
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "other",
    }
    .to_owned();
    let id = uuid::Uuid::now_v7();
    let span = tracing::error_span!("request", %id, method, route);
    let response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), begin.elapsed());
    app.metrics.answered(route, status, took);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        if status >= 500 {
            tracing::warn!(status, ms, "answered");
        } else {
            tracing::debug!(status, ms, "answered");
        }
    });
    response
}

/// The answer where a handler panicked.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::Internal(anyhow::anyhow!("a handler panicked")).into_response()
}
