//! What a page said and fetched: console, exceptions, requests, policy violations.

use std::cell::RefCell;

use anyhow::Result;
use serde_json::Value;

use crate::cdp::Event;
use crate::page::Page;

/// One request the page made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    id: String,
    /// The address asked for.
    pub url: String,
    /// GET, POST and so on; OPTIONS for a preflight.
    pub method: String,
    /// The status of the answer, once there is one.
    pub status: Option<u16>,
    /// Why it failed, such as `net::ERR_INTERNET_DISCONNECTED`.
    pub failure: Option<String>,
    /// Bytes that came over the wire, headers included; 0 until it ended.
    pub bytes: u64,
}

#[derive(Default)]
pub(crate) struct Log {
    console: RefCell<Vec<String>>,
    exceptions: RefCell<Vec<String>>,
    violations: RefCell<Vec<String>>,
    requests: RefCell<Vec<Request>>,
    /// A heap snapshot, as JSON in pieces.
    pub(crate) snapshot: RefCell<String>,
}

impl Page {
    /// Console messages, as `level: text`, in order; the browser's own messages among them.
    pub fn console(&self) -> Result<Vec<String>> {
        Ok(self.log()?.console.borrow().clone())
    }

    /// Uncaught exceptions and unhandled rejections.
    pub fn exceptions(&self) -> Result<Vec<String>> {
        Ok(self.log()?.exceptions.borrow().clone())
    }

    /// Breaches of the content security policy, each as JSON with directive, blocked, sample, source.
    pub fn violations(&self) -> Result<Vec<String>> {
        Ok(self.log()?.violations.borrow().clone())
    }

    /// Every request so far, the document's included.
    pub fn requests(&self) -> Result<Vec<Request>> {
        Ok(self.log()?.requests.borrow().clone())
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) -> Result<()> {
        self.log()?.requests.borrow_mut().clear();
        Ok(())
    }

    /// All of it as text, for a failed scenario.
    pub(crate) fn story(&self) -> Result<String> {
        let log = self.log()?;
        let mut story = Vec::new();
        for (title, lines) in [
            ("exceptions", &log.exceptions),
            ("policy violations", &log.violations),
            ("console", &log.console),
        ] {
            story.push(format!("== {title}\n{}", lines.borrow().join("\n")));
        }
        story.push("== requests".to_owned());
        for request in log.requests.borrow().iter() {
            let Request { url, method, status, failure, .. } = request;
            story.push(format!("{method} {url} {status:?} {failure:?}"));
        }
        let outline = self.eval("deepOutline()")?;
        story.push(format!("== page\n{}", outline.as_str().unwrap_or_default()));
        Ok(story.join("\n"))
    }
}

impl Log {
    pub(crate) fn take_in(&self, events: Vec<Event>) {
        for Event { method, params } in events {
            match method.as_str() {
                "Runtime.consoleAPICalled" => self.console.borrow_mut().push(said(&params)),
                "Log.entryAdded" => self.console.borrow_mut().push(entry(&params["entry"])),
                "Runtime.exceptionThrown" => {
                    self.exceptions.borrow_mut().push(thrown(&params["exceptionDetails"]));
                }
                "Runtime.bindingCalled" => {
                    self.violations.borrow_mut().push(string(&params["payload"]));
                }
                "HeapProfiler.addHeapSnapshotChunk" => {
                    self.snapshot.borrow_mut().push_str(&string(&params["chunk"]));
                }
                _ => self.take_in_network(&method, &params),
            }
        }
    }

    fn take_in_network(&self, method: &str, params: &Value) {
        let id = string(&params["requestId"]);
        let mut requests = self.requests.borrow_mut();
        if method == "Network.requestWillBeSent" {
            let (url, method) = (string(&params["request"]["url"]), &params["request"]["method"]);
            if !url.starts_with("data:") {
                requests.push(Request { id, url, method: string(method), ..Request::default() });
            }
            return;
        }
        let Some(request) = requests.iter_mut().rev().find(|request| request.id == id) else {
            return;
        };
        match method {
            "Network.responseReceived" => {
                let status = params["response"]["status"].as_u64();
                request.status = status.and_then(|status| u16::try_from(status).ok());
            }
            "Network.loadingFailed" => request.failure = Some(string(&params["errorText"])),
            "Network.loadingFinished" => {
                let text = params["encodedDataLength"].to_string();
                request.bytes = text.split('.').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            }
            _ => {}
        }
    }
}

fn said(params: &Value) -> String {
    let words: Vec<String> = params["args"].as_array().map_or_else(Vec::new, |arguments| {
        arguments
            .iter()
            .map(|a| a["value"].as_str().map_or_else(|| described(a), str::to_owned))
            .collect()
    });
    format!("{}: {}", string(&params["type"]), words.join(" "))
}

fn described(argument: &Value) -> String {
    argument["description"].as_str().map_or_else(|| argument["value"].to_string(), str::to_owned)
}

fn entry(entry: &Value) -> String {
    format!("{}: {} {}", string(&entry["level"]), string(&entry["text"]), string(&entry["url"]))
        .trim_end()
        .to_owned()
}

fn thrown(details: &Value) -> String {
    let description = &details["exception"]["description"];
    string(if description.is_string() { description } else { &details["text"] })
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
