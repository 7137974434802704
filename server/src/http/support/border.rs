//! What every request to the API passes before its route: one host, its pace, a time limit.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body::{Frame, SizeHint};
use tokio::time::timeout;

use crate::app::App;
use crate::http::support::address::{Asker, Peer, asker};
use crate::http::support::problem::Problem;
use crate::limits;

/// What a page asks for before its reader can vote.
const READING: [&str; 3] = ["/comments", "/rating", "/events"];

/// Lets a request through, or says why not. An answer that comes before the whole body was read says
/// that the connection ends: the rest of the body would be taken for the next request.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let read = Arc::new(AtomicBool::new(http_body::Body::is_end_stream(&body)));
    let body = Body::new(Watched { body, read: Arc::clone(&read) });
    let mut request = Request::from_parts(parts, body);
    let mut response = match passes(&app, &mut request) {
        Ok(()) => match timeout(limits::ANSWER_TIME + limits::BODY_TIME, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Problem::busy().into_response(),
        },
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    if !read.load(Ordering::Relaxed) {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.append(header::VARY, HeaderValue::from_static("authorization"));
    response
}

fn passes(app: &App, request: &mut Request) -> Result<(), Problem> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    // One, and not two that different readers choose from (RFC 9112 §3.2).
    if hosts.next().is_none() || hosts.next().is_some() {
        let detail = "Send the Host header exactly once.".to_owned();
        return Err(Problem::Invalid { field: "Host", detail });
    }
    let peer = request.extensions().get::<Peer>().copied().unwrap_or(Peer(None));
    let asker = asker(peer, request.headers(), &app.settings);
    request.extensions_mut().insert(asker);
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let pace = if reads { &app.paces.reads } else { &app.paces.writes };
    let Asker(group) = asker;
    pace.count(group).map_err(|wait| Problem::TooFast { wait })?;
    let path = request.uri().path();
    let reading = READING.iter().any(|end| path.ends_with(end));
    if reading && request.method() == Method::GET {
        app.paces.readers.read(group);
    }
    Ok(())
}

/// A body that knows whether it was read to its end.
struct Watched {
    body: Body,
    read: Arc<AtomicBool>,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.read.store(true, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
