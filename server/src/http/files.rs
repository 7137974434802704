//! Files that are served: the built widget, for any page, and the demo.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;
use crate::config::Settings;
use crate::http::embedded;
use crate::http::support::problem::Problem;

/// The strictest policy a page can have and still show the widget; the demo lives under it.
const DEMO_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// The built widget, for any page, and the demo: from `--dist`, else from the binary itself.
pub(super) fn router(settings: &Settings) -> Router<App> {
    let routes = match &settings.dist {
        Some(dist) => of_folder(dist, settings.demo),
        None if embedded::is_there() => of_binary(settings.demo),
        None => return Router::new().fallback(|| async { Problem::NotFound }),
    };
    let shared = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    // A policy says nothing of what is not a page.
    let routes = if settings.demo {
        routes.route_layer(shared("content-security-policy", DEMO_POLICY))
    } else {
        routes
    };
    let dist: Option<Arc<Path>> = settings.dist.as_deref().map(Arc::from);
    routes
        .layer(middleware::from_fn_with_state(dist, within))
        .layer(shared("access-control-allow-origin", "*"))
        .layer(shared("cross-origin-resource-policy", "cross-origin"))
        .layer(shared("cache-control", "no-cache"))
        .layer(shared("x-content-type-options", "nosniff"))
}

fn of_folder(dist: &Path, demo: bool) -> Router<App> {
    let files = ServeDir::new(dist).precompressed_br().precompressed_gzip();
    let routes = Router::new().fallback_service(files.append_index_html_on_directories(false));
    if !demo {
        return routes;
    }
    routes
        .route_service("/", ServeFile::new(dist.join("demo/index.html")))
        .route_service("/demo.css", ServeFile::new(dist.join("demo/demo.css")))
        .route_service("/icon.svg", ServeFile::new(dist.join("demo/icon.svg")))
}

fn of_binary(demo: bool) -> Router<App> {
    let routes = embedded::files();
    if !demo {
        return routes;
    }
    routes
        .route("/", embedded::file("demo/index.html"))
        .route("/demo.css", embedded::file("demo/demo.css"))
        .route("/icon.svg", embedded::file("demo/icon.svg"))
}

/// Only files of the folder itself: nothing hidden, nothing that a link leads out to. What is not
/// there is a problem like any other.
async fn within(State(dist): State<Option<Arc<Path>>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let outside = dist.is_some_and(|dist| !is_within(&dist, &path));
    if path.starts_with("/api/") || path == "/api" || outside {
        return Problem::NotFound.into_response();
    }
    let response = next.run(request).await;
    let problem = match response.status() {
        StatusCode::NOT_FOUND => Problem::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Problem::Method,
        _ => return response,
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut response = problem.into_response();
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

fn is_within(dist: &Path, path: &str) -> bool {
    // A name with a percent sign in it is none of ours.
    if path.contains('%') {
        return false;
    }
    let inside = PathBuf::from(path.trim_start_matches('/'));
    let hidden = |part: Component| match part {
        Component::Normal(name) => name.to_string_lossy().starts_with('.'),
        _ => true,
    };
    if inside.components().any(hidden) {
        return false;
    }
    let Ok(real) = std::fs::canonicalize(dist.join(inside)) else { return true };
    std::fs::canonicalize(dist).is_ok_and(|dist| real.starts_with(dist))
}
