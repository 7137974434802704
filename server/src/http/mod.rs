//! The routes of all nouns, and what stands before them.

mod comments;
mod counts;
mod embedded;
mod events;
mod files;
mod health;
mod openapi;
mod rating;
pub(crate) mod support;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::App;
use crate::config::Settings;
use crate::http::support::problem::Problem;
use crate::http::support::{border, watch};
use crate::limits;

/// Everything that readers are served.
pub(crate) fn router(app: App) -> Router {
    let api = Router::new()
        .merge(comments::router())
        .merge(rating::router())
        .merge(counts::router())
        .merge(events::router())
        .merge(openapi::router())
        .fallback(|| async { Problem::NotFound })
        .method_not_allowed_fallback(|| async { Problem::Method });
    Router::new()
        .nest("/api/v1", api)
        .merge(health::router())
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES))
        .layer(CatchPanicLayer::custom(watch::panicked))
        .layer(middleware::from_fn_with_state(app.clone(), border::guard))
        .layer(cors(&app.settings))
        .merge(files::router(&app.settings))
        .layer(middleware::from_fn_with_state(app.clone(), watch::watch))
        .with_state(app)
}

/// Figures for Prometheus, on a listener of their own.
pub(crate) fn metrics_router(app: App) -> Router {
    health::metrics().with_state(app)
}

fn cors(settings: &Settings) -> CorsLayer {
    let origins = if settings.origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        // They were read as origins, which are plain ASCII.
        let origins =
            settings.origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
        AllowOrigin::list(origins)
    };
    let exposed =
        [header::ETAG, header::RETRY_AFTER, HeaderName::from_static("idempotency-replayed")];
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers(exposed)
        // The longest that browsers keep an answer to a preflight.
        .max_age(std::time::Duration::from_hours(2))
}
