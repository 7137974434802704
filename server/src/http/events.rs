//! What changes in a discussion, told to whoever listens (server-sent events, HTML §9.2).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::{Stream, StreamExt, stream};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::app::App;
use crate::http::support::address::Asker;
use crate::http::support::ask::{self, Asked};
use crate::http::support::problem::{Problem, Why};
use crate::http::support::shown;
use crate::live::{Crowd, Listener};
use crate::store::article::{self, Article};
use crate::store::engine::Connection;
use crate::store::{comment, event};

pub(super) fn router() -> Router<App> {
    Router::new().route("/events", get(listen))
}

/// Keep-alive interval, so that proxies don't drop idle connections.
const BREATH: Duration = Duration::from_secs(20);

type Headers = [(HeaderName, &'static str); 1];

/// First how many comments an article has: who read it a moment ago knows whether that is still so. Then each
/// change of its comments, as `data` the comment; the event `again` where changes were missed. Who comes back
/// with `Last-Event-ID` is told what it missed.
async fn listen(
    State(app): State<App>,
    Extension(Asker(group)): Extension<Asker>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<(Headers, Sse<impl Stream<Item = Result<Event, Infallible>>>), Problem> {
    let name = asked.only_article()?;
    // Listens before it reads, so that nothing falls between.
    let listener = app.live.listen(&name, group).map_err(|crowd| match crowd {
        Crowd::Address => Problem::Listens,
        Crowd::Server => Problem::Unavailable { why: Why::Crowded, error: None },
    })?;
    let mut reader = app.store.read().await?;
    let article = article::find(&mut reader, &name).await?.unwrap_or_default();
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let count = json!({ "commentCount": article.comments }).to_string();
    let begin = match last {
        // The number goes with the last of what was missed, so that a cut in between loses nothing.
        Some(last) => {
            let mut begin = vec![Event::default().data(count)];
            begin.extend(missed(&mut reader, &article, last).await?);
            begin
        }
        None => vec![Event::default().id(article.seq.to_string()).data(count)],
    };
    reader.commit().await?;
    let following = Following { listener, seq: article.seq };
    let told = stream::unfold(following, Following::next);
    let begin = stream::iter(begin.into_iter().map(Ok));
    let stop = app.live.stop.clone();
    let told = begin.chain(told).take_until(stop.cancelled_owned());
    // A proxy that collects before it hands on would make us mute (nginx).
    let headers = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((headers, Sse::new(told).keep_alive(KeepAlive::new().interval(BREATH))))
}

/// What changed after `last`, each comment as it is now.
async fn missed(
    reader: &mut Connection,
    article: &Article,
    last: &str,
) -> Result<Vec<Event>, Problem> {
    let missed = match ask::digits(last) {
        Some(last) => event::since(reader, article, last).await?,
        None => None,
    };
    let Some(missed) = missed else { return Ok(vec![again(article.seq)]) };
    let mut events = Vec::new();
    for (seq, identifier) in missed {
        let data = match comment::by_identifier(reader, &identifier).await? {
            Some(comment) => shown::for_all(&comment),
            None => shown::gone(&identifier),
        };
        events.push(Event::default().id(seq.to_string()).data(data));
    }
    Ok(events)
}

/// Changes were missed; the list should be read again.
fn again(seq: i64) -> Event {
    Event::default().id(seq.to_string()).event("again").data("{}")
}

/// A listener and the number of the last change it was told.
struct Following {
    listener: Listener,
    seq: i64,
}

impl Following {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            let event = match self.listener.receiver.recv().await {
                Err(RecvError::Closed) => return None,
                // It was in the count already.
                Ok(told) if told.seq <= self.seq => continue,
                Ok(told) => {
                    self.seq = told.seq;
                    Event::default().id(told.seq.to_string()).data(&told.data)
                }
                Err(RecvError::Lagged(_)) => again(self.seq),
            };
            return Some((Ok(event), self));
        }
    }
}
