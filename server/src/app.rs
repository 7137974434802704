//! Routes, and what stands before all of them: limits, CORS, headers.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::events::{self, Events};
use crate::limits::{self, Pace};
use crate::problem::Problem;
use crate::store::Store;
use crate::{Options, comments, counts, embedded, rating};

/// What every handler may use.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) options: Arc<Options>,
    pub(crate) events: Events,
    reads: Arc<Pace>,
    writes: Arc<Pace>,
}

/// The strictest policy a page can have and still show the widget; the demo lives under it.
const DEMO_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

impl App {
    pub(crate) fn new(store: Store, options: Options) -> Self {
        let (reads, writes) =
            (Pace::new(options.reads_per_minute), Pace::new(options.writes_per_minute));
        Self {
            store,
            options: Arc::new(options),
            events: Events::new(),
            reads: Arc::new(reads),
            writes: Arc::new(writes),
        }
    }

    pub(crate) fn routes(self) -> Result<Router> {
        let cors = self.cors()?;
        let files = self.files();
        let api = Router::new()
            .route("/comments", get(comments::list).post(comments::create))
            .route(
                "/comments/{identifier}",
                axum::routing::patch(comments::edit).delete(comments::delete),
            )
            .route("/comments/{identifier}/vote", put(comments::vote))
            .route("/rating", get(rating::read).put(rating::rate).delete(rating::unrate))
            .route("/events", get(events::listen))
            .route("/counts", get(counts::counts))
            .route("/openapi.json", get(openapi))
            .fallback(|| async { Problem::NotFound })
            .method_not_allowed_fallback(|| async { Problem::Method })
            .layer(DefaultBodyLimit::max(limits::BODY_BYTES))
            .layer(middleware::from_fn_with_state(self.clone(), pace))
            .layer(cors);
        Ok(Router::new().nest("/api/v1", api).with_state(self).merge(files))
    }

    fn cors(&self) -> Result<CorsLayer> {
        let any = self.options.origins.iter().any(|origin| origin == "*");
        let origins: Result<Vec<HeaderValue>> = self
            .options
            .origins
            .iter()
            .map(|origin| {
                let whole = origin.trim_end_matches('/');
                HeaderValue::from_str(whole)
                    .with_context(|| format!("--origin {origin:?} is no origin"))
            })
            .collect();
        let origins = if any { AllowOrigin::any() } else { AllowOrigin::list(origins?) };
        let exposed =
            [header::ETAG, header::RETRY_AFTER, HeaderName::from_static("idempotency-replayed")];
        Ok(CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::IF_NONE_MATCH,
                HeaderName::from_static("idempotency-key"),
            ])
            .expose_headers(exposed)
            // The longest that browsers keep an answer to a preflight.
            .max_age(std::time::Duration::from_hours(2)))
    }

    /// The built widget, for any page, and the demo: from `--dist`, else from the binary itself.
    fn files(&self) -> Router {
        let mut routes = Router::new();
        if let Some(dist) = &self.options.dist {
            let files = ServeDir::new(dist).precompressed_br().precompressed_gzip();
            routes = routes.fallback_service(files.append_index_html_on_directories(false));
            if self.options.demo {
                routes = routes
                    .route_service("/", ServeFile::new(dist.join("demo/index.html")))
                    .route_service("/demo.css", ServeFile::new(dist.join("demo/demo.css")));
            }
        } else if embedded::is_there() {
            routes = embedded::files();
            if self.options.demo {
                routes = routes
                    .route("/", embedded::file("demo/index.html"))
                    .route("/demo.css", embedded::file("demo/demo.css"));
            }
        } else {
            return routes.fallback(|| async { Problem::NotFound });
        }
        let shared = |name: &'static str, value: &'static str| {
            SetResponseHeaderLayer::if_not_present(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        // A policy says nothing of what is not a page.
        if self.options.demo {
            routes = routes.route_layer(shared("content-security-policy", DEMO_POLICY));
        }
        routes
            .layer(shared("access-control-allow-origin", "*"))
            .layer(shared("cross-origin-resource-policy", "cross-origin"))
            .layer(shared("cache-control", "no-cache"))
            .layer(shared("x-content-type-options", "nosniff"))
    }

    fn address(&self, request: &Request) -> IpAddr {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::from([127, 0, 0, 1]), |ConnectInfo(address)| address.ip());
        if !self.options.behind_proxy {
            return peer;
        }
        // The last entry is the one our own proxy wrote.
        let told = request.headers().get_all("x-forwarded-for").iter().next_back();
        let told = told.and_then(|told| told.to_str().ok());
        told.and_then(|told| told.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer)
    }
}

async fn pace(State(app): State<App>, request: Request, next: Next) -> Response {
    let pace = if request.method() == Method::GET { &app.reads } else { &app.writes };
    if let Err(problem) = pace.count(app.address(&request)) {
        return problem.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.append(header::VARY, HeaderValue::from_static("authorization"));
    response
}

async fn openapi() -> Result<Json<serde_json::Value>, Problem> {
    let document =
        serde_json::from_str(include_str!("../openapi.json")).map_err(anyhow::Error::from)?;
    Ok(Json(document))
}
