//! Serving, until told to stop: each connection with its limits, and an end whatever clients do.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::app::App;
use crate::http;
use crate::http::support::address::Peer;
use crate::jobs;
use crate::limits;
use crate::listen::{Listener, Patient, Stream};
use crate::logs::say;

/// Files that are open besides connections: the database, its log, the widget's files.
const OTHER_FILES: u64 = 64;
/// Bytes of a refused request that are still taken, so that its client hears why.
const LINGER_BYTES: u64 = 16 * 1_048_576;
const LINGER_TIME: Duration = Duration::from_secs(3);

/// Serves until told to stop; the database is closed at the end.
pub(crate) async fn run(app: App, listener: Listener, metrics: Option<Listener>) -> Result<()> {
    let stop = app.live.stop.clone();
    let tracker = TaskTracker::new();
    let places = places(app.settings.connections);
    say(&format!("jawjaw-server listening on {}", listener.name()));
    if let Some(metrics) = &metrics {
        say(&format!("jawjaw-server metrics on {}/metrics", metrics.name()));
    }
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    tokio::spawn(signals(stop.clone()));
    let work = tokio::spawn(jobs::run(app.clone()));
    if let Some(metrics) = metrics {
        let few = Arc::new(Semaphore::new(64));
        let router = http::metrics_router(app.clone());
        tokio::spawn(accept(metrics, router, few, app.clone(), stop.clone(), tracker.clone()));
    }
    let router = http::router(app.clone());
    accept(listener, router, places, app.clone(), stop, tracker.clone()).await;
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    work.abort();
    tracker.close();
    app.changes.close();
    // Whoever still sends or does not read is cut off.
    let ended = async { tokio::join!(tracker.wait(), app.changes.wait()) };
    if timeout(limits::STOP_TIME, ended).await.is_err() {
        tracing::warn!(connections = tracker.len(), "clients did not end in time; cut off");
    }
    let closed = timeout(Duration::from_secs(1), app.store.clone().close()).await;
    if closed.is_err() {
        tracing::warn!(
            "the database could not be closed in time; its log is read at the next start"
        );
    }
    Ok(())
}

/// Places for connections: as many as are set, or as this process may open files.
fn places(wanted: usize) -> Arc<Semaphore> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX).min(wanted as u64 + OTHER_FILES);
    limit.current = Some(limit.current.unwrap_or(u64::MAX).max(most));
    let _ = setrlimit(Resource::Nofile, limit);
    let open = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let room = usize::try_from(open.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX).max(16);
    if room < wanted {
        tracing::warn!(
            connections = room,
            wanted,
            "the limit of open files leaves room for fewer connections (LimitNOFILE, ulimit -n)"
        );
    }
    Arc::new(Semaphore::new(room.min(wanted)))
}

async fn accept(
    listener: Listener,
    router: Router,
    places: Arc<Semaphore>,
    app: App,
    stop: CancellationToken,
    tracker: TaskTracker,
) {
    let mut failing = false;
    loop {
        // What waits meanwhile waits in the kernel, and idle connections end soon.
        let place = tokio::select! {
            () = stop.cancelled() => return,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                failing = false;
                let (router, stop) = (router.clone(), stop.clone());
                let open = app.metrics.connections.clone();
                tracker.spawn(async move {
                    let _place = place;
                    open.inc();
                    // Made here: what is moved in and then awaited is kept twice in each task.
                    connection(stream, peer, router, stop).await;
                    open.dec();
                });
            }
            Err(error) => {
                // Once, and not thousands of times while it lasts.
                if !failing {
                    tracing::error!(error = %error, "connections cannot be accepted");
                }
                failing = true;
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

async fn connection(stream: Stream, peer: Peer, router: Router, stop: CancellationToken) {
    let answer = hyper::service::service_fn(move |request: hyper::Request<_>| -> Answering {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(peer);
        Box::pin(router.clone().oneshot(request))
    });
    let io = TokioIo::new(Patient::new(stream));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEAD_TIME)
        .max_buf_size(limits::HEAD_BYTES)
        .serve_connection(io, answer);
    let mut stopping = pin!(stop.cancelled());
    let mut told = false;
    let ended = poll_fn(|context| {
        if !told && stopping.as_mut().poll(context).is_ready() {
            told = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        connection.poll_without_shutdown(context)
    })
    .await;
    if ended.is_ok() {
        let stream = connection.into_parts().io.into_inner().into_inner();
        // Boxed, for most of its life a connection does not need this.
        Box::pin(linger(stream, &stop)).await;
    }
}

/// Closes our side, and takes for a moment what still comes: a connection that is closed over unread
/// bytes is reset, and the answer with it.
async fn linger(mut stream: Stream, stop: &CancellationToken) {
    let taking = async {
        stream.shutdown().await?;
        let mut rest = (&mut stream).take(LINGER_BYTES);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
    };
    tokio::select! {
        () = stop.cancelled() => {}
        _ = timeout(LINGER_TIME, taking) => {}
    }
}

/// The first signal asks to stop, the second ends at once. Closing the terminal is one too.
async fn signals(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
    let signals: Result<Vec<_>, _> = kinds.into_iter().map(signal).collect();
    let Ok(mut signals) = signals else {
        tracing::error!("signals cannot be heard");
        return;
    };
    let mut any = async || {
        poll_fn(|context| {
            let heard = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if heard { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    };
    any().await;
    stop.cancel();
    any().await;
    // What was acknowledged is on disk already.
    std::process::exit(130);
}
