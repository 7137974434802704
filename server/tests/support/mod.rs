//! A server of the test's own, and how it is asked.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The server under test; `JAWJAW_SERVER` names another build of it.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("JAWJAW_SERVER")
        .map_or_else(|| env!("CARGO_BIN_EXE_jawjaw-server").into(), PathBuf::from)
}

pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
    pub(crate) folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn start(arguments: &[&str]) -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    let (child, url) = launch(&folder.path().join("test.db"), arguments);
    Server { child, url, folder }
}

pub(crate) fn launch(db: &Path, arguments: &[&str]) -> (Child, String) {
    let mut command = Command::new(binary());
    command.args(["--port", "0", "--db"]).arg(db);
    if !arguments.contains(&"--writes-per-minute") {
        command.args(["--writes-per-minute", "100000"]);
    }
    if !arguments.contains(&"--vote-after") {
        command.args(["--vote-after", "0"]);
    }
    let mut child =
        command.args(arguments).stdout(Stdio::piped()).spawn().expect("the server starts");
    let said = child.stdout.take().expect("stdout is piped");
    let line = BufReader::new(said).lines().next().expect("a line").expect("text");
    let url = line.rsplit(' ').next().expect("an address").to_owned();
    (child, url)
}

/// An answer: status, body as JSON (null if it is none), and what is asked of its headers.
pub(crate) struct Answer(pub(crate) minreq::Response);

impl Answer {
    pub(crate) fn json(&self) -> Value {
        self.0.as_str().ok().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    pub(crate) fn status(&self) -> u16 {
        u16::try_from(self.0.status_code).expect("a status")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.0.headers.get(name).map_or("", String::as_str)
    }
}

impl Server {
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let method = minreq::Method::Custom(method.to_owned());
        let mut request = minreq::Request::new(method, format!("{}/api/v1{path}", self.url));
        for (name, value) in headers {
            request = request.with_header(*name, *value);
        }
        if let Some(body) = body {
            request =
                request.with_header("content-type", "application/json").with_body(body.to_string());
        }
        Answer(request.send().expect("an answer"))
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.ask("GET", path, &[], None).json()
    }

    pub(crate) fn post(&self, text: &str, parent: Option<&str>, token: Option<&str>) -> Value {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<(&str, &str)> =
            bearer.iter().map(|b| ("authorization", b.as_str())).collect();
        let answer = self.ask("POST", "/comments", &headers, Some(&comment(text, parent)));
        assert_eq!(answer.status(), 201, "{}", answer.json());
        answer.json()
    }
}

pub(crate) fn comment(text: &str, parent: Option<&str>) -> Value {
    json!({ "article": "a", "text": text, "author": { "name": "Ada" }, "parentItem": parent })
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

#[track_caller]
pub(crate) fn check_problem(answer: &Answer, status: u16, kind: &str, pointer: Option<&str>) {
    let problem = answer.json();
    assert_eq!(answer.status(), status, "{problem}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(problem["type"], json!(format!("urn:jawjaw:problem:{kind}")), "{problem}");
    assert_eq!(problem["status"], json!(status));
    assert!(text(&problem["title"]).len() > 5 && text(&problem["detail"]).len() > 5, "{problem}");
    assert_eq!(problem["errors"][0]["pointer"].as_str(), pointer, "{problem}");
}

/// Lines of data that a listener gets, with the status of the answer first.
pub(crate) fn listen(server: &Server, article: &str) -> impl Iterator<Item = String> + use<> {
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).expect("a connection");
    let patience = Some(std::time::Duration::from_secs(30));
    stream.set_read_timeout(patience).expect("a limit");
    let path = format!("/api/v1/events?article={article}");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n").expect("a request");
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    lines.filter(|line| line.starts_with("HTTP/") || line.starts_with("data: "))
}
