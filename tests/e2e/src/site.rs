//! Host pages: a small web server on a port from the kernel, with whatever headers a test needs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use tokio::runtime::Runtime;

/// A request as a route sees it.
#[derive(Clone, Debug)]
pub struct Ask {
    /// GET, POST, OPTIONS...
    pub method: String,
    /// The path, without the query, not decoded.
    pub path: String,
    /// The query, without the question mark, not decoded; empty if there is none.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

impl Ask {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// What to answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Content type included.
    pub headers: Vec<(String, String)>,
    /// The bytes of the body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A body of the content type given.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into() }
    }

    /// A JSON body.
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Route = Box<dyn Fn(&Ask) -> Option<Reply> + Send + Sync>;

/// A site being described. Routes are asked in the order they were added; the first answer counts.
#[derive(Default)]
pub struct Site {
    routes: Vec<Route>,
    headers: Vec<(String, String)>,
    cors: bool,
}

impl Site {
    /// A site that answers 404 to everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// An HTML page at a path.
    #[must_use]
    pub fn page(self, path: &str, html: &str) -> Self {
        self.page_with(path, html, &[])
    }

    /// An HTML page with headers of its own, such as `content-security-policy`.
    #[must_use]
    pub fn page_with(self, path: &str, html: &str, headers: &[(&str, &str)]) -> Self {
        let mut reply = Reply::new(200, "text/html; charset=utf-8", html);
        for (name, value) in headers {
            reply = reply.header(name, value);
        }
        let path = path.to_owned();
        self.route(move |ask| (ask.path == path).then(|| reply.clone()))
    }

    /// The files of a folder under a prefix that ends in `/`.
    #[must_use]
    pub fn dir(self, prefix: &str, folder: &Path) -> Self {
        let (prefix, folder) = (prefix.to_owned(), folder.to_path_buf());
        self.route(move |ask| {
            let file = file_in(&folder, ask.path.strip_prefix(&prefix)?)?;
            Some(Reply::new(200, content_type(&file), std::fs::read(&file).ok()?))
        })
    }

    /// Anything else: called on a thread of its own, so it may wait.
    #[must_use]
    pub fn route(mut self, answer: impl Fn(&Ask) -> Option<Reply> + Send + Sync + 'static) -> Self {
        self.routes.push(Box::new(answer));
        self
    }

    /// A header on every answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Lets every origin read every answer, and answers preflights.
    #[must_use]
    pub fn cors(mut self) -> Self {
        self.cors = true;
        self
    }

    /// Listens on 127.0.0.1, on a port from the kernel.
    pub fn start(self) -> Result<Running> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let port = listener.local_addr()?.port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (site, log) = (Arc::new(self), Arc::clone(&asked));
        let answer = move |request: Request| {
            let (site, log) = (Arc::clone(&site), Arc::clone(&log));
            async move {
                let ask = read(request).await;
                tokio::task::spawn_blocking(move || site.answer(&ask, &log))
                    .await
                    .unwrap_or_else(|_| refusal())
            }
        };
        let router = Router::new().fallback(answer);
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Running { runtime: Some(runtime), port, asked })
    }

    fn answer(&self, ask: &Ask, log: &Mutex<Vec<String>>) -> Response {
        let query = if ask.query.is_empty() { String::new() } else { format!("?{}", ask.query) };
        log.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(format!("{} {}{query}", ask.method, ask.path));
        let found = self.routes.iter().find_map(|route| route(ask));
        let preflight =
            || (self.cors && ask.method == "OPTIONS").then(|| Reply::new(204, "text/plain", ""));
        let reply =
            found.or_else(preflight).unwrap_or_else(|| Reply::new(404, "text/plain", "not found"));
        let mut response = Response::new(Body::from(reply.body));
        *response.status_mut() =
            StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let shared = if self.cors { CORS } else { &[] };
        // A page that sends cookies must be named.
        let origin = ask.header("origin").unwrap_or("*").to_owned();
        let named = |value: &str| if value == "*" { origin.clone() } else { value.to_owned() };
        let shared = shared.iter().map(|&(name, value)| match name {
            "access-control-allow-origin" => (name.to_owned(), named(value)),
            _ => (name.to_owned(), value.to_owned()),
        });
        for (name, value) in reply.headers.into_iter().chain(self.headers.clone()).chain(shared) {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_bytes(value.as_bytes());
            if let (Ok(name), Ok(value)) = (name, value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

/// A route that panicked has said why on the standard error.
fn refusal() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

const CORS: &[(&str, &str)] = &[
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE"),
    ("access-control-allow-headers", "authorization, content-type, idempotency-key, if-none-match"),
    ("access-control-allow-credentials", "true"),
    ("access-control-expose-headers", "*"),
];

/// A site that listens until it is dropped.
pub struct Running {
    runtime: Option<Runtime>,
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Running {
    /// Where it listens, on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// `http://127.0.0.1:PORT`, as an `Origin` header says it.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The same port under another name, which makes it another origin and another site.
    pub fn other_origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The address of a path that starts with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// What was asked so far, as `GET /path?query`, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A route that waits must not hold up whoever is done with the site.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn read(request: Request) -> Ask {
    let (parts, body) = request.into_parts();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    // A body cut short is no body: nobody waits for the answer any more.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    Ask {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

fn file_in(folder: &Path, rest: &str) -> Option<PathBuf> {
    let inside = rest.split('/').all(|part| part != "..");
    let file = folder.join(if rest.is_empty() { "index.html" } else { rest });
    (inside && file.is_file()).then_some(file)
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
