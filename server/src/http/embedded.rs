//! The widget inside the binary: a release (`--features embed`) serves it without a folder beside it.

use axum::Router;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::http::support::problem::Problem;

/// A file of `dist/`. Its packed copies are files of their own, named with `.br` and `.gz`.
struct File {
    name: &'static str,
    tag: &'static str,
    bytes: &'static [u8],
}

/// In the order of their names; none without the feature.
static FILES: &[File] = &include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Whether there is a widget inside.
pub(super) fn is_there() -> bool {
    !FILES.is_empty()
}

/// Every file by its path.
pub(super) fn files() -> Router<App> {
    Router::new().fallback(get(|uri: Uri, headers: HeaderMap| async move {
        answer(FILES, uri.path().trim_start_matches('/'), &headers)
    }))
}

/// One file, for an address of its own.
pub(super) fn file(name: &'static str) -> axum::routing::MethodRouter<App> {
    get(move |headers: HeaderMap| async move { answer(FILES, name, &headers) })
}

fn answer(files: &[File], name: &str, headers: &HeaderMap) -> Response {
    let accepted = packings(headers);
    let chosen = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(packing, _)| accepted.contains(packing))
        .find_map(|(packing, end)| Some((packing, find(files, &[name, end].concat())?)));
    let Some(plain) = find(files, name) else { return Problem::NotFound.into_response() };
    let (packing, file) = chosen.map_or((None, plain), |(packing, file)| (Some(packing), file));
    let about = [(header::ETAG, file.tag), (header::VARY, "accept-encoding")];
    if is_known(headers, file.tag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let packing = packing.map(|packing| [(header::CONTENT_ENCODING, packing)]);
    (about, [(header::CONTENT_TYPE, kind(name))], packing, file.bytes).into_response()
}

fn find<'a>(files: &'a [File], name: &str) -> Option<&'a File> {
    files.binary_search_by(|file| file.name.cmp(name)).ok().map(|at| &files[at])
}

/// What the browser can unpack; `gzip;q=0` says that it cannot.
fn packings(headers: &HeaderMap) -> Vec<&str> {
    listed(headers, &header::ACCEPT_ENCODING)
        .filter_map(|one| {
            let (packing, rest) = one.split_once(';').unwrap_or((one, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
            weight.is_ok_and(|weight| weight > 0.0).then(|| packing.trim())
        })
        .collect()
}

/// Whether the browser has these very bytes.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    listed(headers, &header::IF_NONE_MATCH)
        .any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// WebAssembly is compiled while it arrives only under its own type.
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIST: &[File] = &[
        File { name: "a.js", tag: "\"1\"", bytes: b"plain" },
        File { name: "a.js.br", tag: "\"2\"", bytes: b"br" },
        File { name: "a.js.gz", tag: "\"3\"", bytes: b"gz" },
        File { name: "profiles/x.json", tag: "\"4\"", bytes: b"{}" },
        File { name: "w.wasm", tag: "\"5\"", bytes: b"wasm" },
    ];

    /// The answer as a line: status, type, packing, tag.
    #[track_caller]
    fn check(name: &str, asked: &[(HeaderName, &'static str)], line: &str) {
        let headers =
            asked.iter().map(|(name, value)| (name.clone(), value.parse().expect("a value")));
        let answer = answer(DIST, name, &headers.collect());
        let said =
            |name| answer.headers().get(name).map_or("-", |value| value.to_str().expect("text"));
        let found = format!(
            "{} {} {} {}",
            answer.status().as_u16(),
            said(header::CONTENT_TYPE),
            said(header::CONTENT_ENCODING),
            said(header::ETAG)
        );
        assert_eq!(found, line);
    }

    #[test]
    fn a_file_is_sent_as_the_browser_can_unpack_it() {
        let accept = |value| [(header::ACCEPT_ENCODING, value)];
        let script = "200 text/javascript; charset=utf-8";
        check("a.js", &[], &format!("{script} - \"1\""));
        check("a.js", &accept("gzip, deflate, br"), &format!("{script} br \"2\""));
        check("a.js", &accept("gzip"), &format!("{script} gzip \"3\""));
        check("a.js", &accept("br;q=0, gzip;q=0.5"), &format!("{script} gzip \"3\""));
        check("a.js", &accept("br; q=0,gzip; q=0.000"), &format!("{script} - \"1\""));
        check("a.js", &accept("brotli, *"), &format!("{script} - \"1\""));
        check("w.wasm", &accept("br"), "200 application/wasm - \"5\"");
        check("profiles/x.json", &[], "200 application/json - \"4\"");
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let has = |value| [(header::IF_NONE_MATCH, value)];
        check("a.js", &has("\"1\""), "304 - - \"1\"");
        check("a.js", &has("W/\"0\", W/\"1\""), "304 - - \"1\"");
        check("a.js", &has("*"), "304 - - \"1\"");
        check("a.js", &has("\"2\""), "200 text/javascript; charset=utf-8 - \"1\"");
        let both = [(header::IF_NONE_MATCH, "\"2\""), (header::ACCEPT_ENCODING, "br")];
        check("a.js", &both, "304 - - \"2\"");
    }

    #[test]
    fn nothing_else_is_reached() {
        for name in
            ["", "b.js", "profiles", "profiles/", "../a.js", "%61.js", "a.js.br.br", "a.js/"]
        {
            check(name, &[], "404 application/problem+json - -");
        }
    }
}
