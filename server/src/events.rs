//! What changes in a discussion, told to whoever listens (server-sent events, HTML §9.2).

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderName;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::{self, Receiver, Sender, error::RecvError};

use crate::app::App;
use crate::ask::{self, Asked};
use crate::comments;
use crate::limits;
use crate::problem::Problem;

/// A word now and then, so that whatever stands between does not take the line for dead.
const BREATH: Duration = Duration::from_secs(20);
/// Changes that a slow listener may be behind; beyond, it is told to read anew.
const BEHIND: usize = 256;

/// A comment as anybody sees it, after it changed.
#[derive(Clone, Debug)]
struct Changed {
    article: Arc<str>,
    /// Nothing: the end.
    comment: Option<Value>,
}

/// Tells changes to listeners.
#[derive(Clone, Debug)]
pub(crate) struct Events {
    sender: Sender<Changed>,
    listeners: Arc<AtomicUsize>,
}

impl Events {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::channel(BEHIND).0, listeners: Arc::default() }
    }

    /// Tells a comment of an article.
    pub(crate) fn tell(&self, article: &str, comment: Value) {
        // Nobody may be listening.
        let _ = self.sender.send(Changed { article: article.into(), comment: Some(comment) });
    }

    /// Sends all listeners away: the server stops.
    pub(crate) fn close(&self) {
        let _ = self.sender.send(Changed { article: "".into(), comment: None });
    }

    /// A place among the listeners, given back when it is dropped.
    fn listen(&self) -> Result<Listener, Problem> {
        let listeners = Arc::clone(&self.listeners);
        if listeners.fetch_add(1, Ordering::Relaxed) >= limits::LISTENERS {
            listeners.fetch_sub(1, Ordering::Relaxed);
            return Err(Problem::TooFast { wait: 60 });
        }
        Ok(Listener { receiver: self.sender.subscribe(), listeners })
    }
}

struct Listener {
    receiver: Receiver<Changed>,
    listeners: Arc<AtomicUsize>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.listeners.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listen {
    article: String,
}

type Headers = [(HeaderName, &'static str); 1];

/// First how many comments an article has: who read it a moment ago knows whether that is still so. Then each
/// change of its comments, as `data` the comment; the event `again` where changes were missed.
pub(crate) async fn listen(
    State(app): State<App>,
    Asked(asked): Asked<Listen>,
) -> Result<(Headers, Sse<impl Stream<Item = Result<Event, Infallible>>>), Problem> {
    let article = ask::article(&asked.article)?;
    // Listens before it counts, so that nothing falls between.
    let listener = app.events.listen()?;
    let count = comments::count(&mut *app.store.readers().acquire().await?, &article).await?;
    let first = Event::default().data(json!({ "commentCount": count }).to_string());
    let told = stream::unfold(listener, move |mut listener| {
        let article = article.clone();
        async move {
            loop {
                let event = match listener.receiver.recv().await {
                    Ok(Changed { comment: None, .. }) | Err(RecvError::Closed) => return None,
                    Ok(Changed { article: of, .. }) if *of != *article => continue,
                    Ok(Changed { comment: Some(comment), .. }) => {
                        Event::default().data(comment.to_string())
                    }
                    Err(RecvError::Lagged(_)) => Event::default().event("again").data("{}"),
                };
                return Some((Ok(event), listener));
            }
        }
    });
    let told = stream::iter([Ok(first)]).chain(told);
    // A proxy that collects before it hands on would make us mute (nginx).
    let headers = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((headers, Sse::new(told).keep_alive(KeepAlive::new().interval(BREATH))))
}
