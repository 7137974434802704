//! Whether the server lives, whether it can do its work, and its figures.

use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::app::App;
use crate::http::support::problem::{Problem, Why};

/// A disk of which less is free is as good as full: of a small one a share, of a large one a gigabyte.
const FREE_PERCENT: u64 = 5;
const FREE_BYTES: u64 = 1 << 30;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .method_not_allowed_fallback(|| async { Problem::Method })
}

pub(super) fn metrics() -> Router<App> {
    Router::new().route("/metrics", get(figures)).fallback(|| async { Problem::NotFound })
}

/// The process answers.
async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// A change could be written now, and there is room for it.
async fn ready(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.store.can_write(Duration::from_secs(1)).await?;
    let folder = app.store.file().parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| std::path::Path::new("."));
    let room = rustix::fs::statvfs(folder).map_err(anyhow::Error::from)?;
    let share = room.f_blocks.saturating_mul(FREE_PERCENT) / 100;
    let enough = share.min(FREE_BYTES / room.f_frsize.max(1));
    if room.f_bavail < enough {
        let error = anyhow::anyhow!("the disk is all but full");
        return Err(Problem::Unavailable { why: Why::Full, error: Some(error) });
    }
    Ok(Json(json!({ "status": "ok" })))
}

/// Figures for Prometheus.
async fn figures(State(app): State<App>) -> impl IntoResponse {
    let size = |suffix: &str| {
        let mut file = app.store.file().as_os_str().to_owned();
        file.push(suffix);
        std::fs::metadata(file).map_or(0, |file| file.len())
    };
    let text = app.metrics.text(app.live.listeners(), size("") + size("-wal"));
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
}
