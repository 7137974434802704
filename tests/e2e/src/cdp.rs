//! The debugging protocol of Chromium over one web socket, in blocking calls. WebDriver BiDi has the same form of
//! commands, answers and events, so the socket serves Firefox too.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::TcpStream;
use std::process::Child;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

use crate::chrome;

/// Longer than the longest wait inside a page, so that the page's own message comes first.
const ANSWER_WITHIN: Duration = Duration::from_mins(2);

/// A browser process of our own; it ends when dropped.
pub struct Browser {
    process: Child,
    link: Rc<Link>,
    _profile: TempDir,
}

impl Browser {
    /// Starts headless Chromium (`$CHROME`, else from `PATH`) with an empty profile.
    pub fn launch() -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("jawjaw-e2e-").tempdir()?;
        let (process, address) = chrome::launch(profile.path())?;
        let link = Rc::new(Link::open(&address)?);
        Ok(Self { process, link, _profile: profile })
    }

    /// A command to the browser itself, outside any page.
    pub fn call(&self, method: &str, params: Value) -> Result<Value> {
        self.link.call(None, method, params)
    }

    pub(crate) fn link(&self) -> Rc<Link> {
        Rc::clone(&self.link)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A browser asked to close takes its children along; kill is for one that hangs.
        let _ = self.link.call(None, "Browser.close", json!({}));
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Something the browser told without being asked.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) method: String,
    pub(crate) params: Value,
}

/// The web socket. Answers are matched by id; events wait in a queue per session, in Firefox per tab.
pub(crate) struct Link(RefCell<Wire>);

struct Wire {
    socket: WebSocket<TcpStream>,
    last_id: u64,
    events: HashMap<String, Vec<Event>>,
}

impl Link {
    /// Connects to a `ws://` address.
    pub(crate) fn open(address: &str) -> Result<Self> {
        let host = address
            .strip_prefix("ws://")
            .and_then(|rest| rest.split('/').next())
            .with_context(|| format!("not a web socket address: {address}"))?;
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        // A page's screenshot or heap is far above the default of 16 MiB a frame.
        let config = tungstenite::protocol::WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let (socket, _) = tungstenite::client::client_with_config(address, stream, Some(config))?;
        Ok(Self(RefCell::new(Wire { socket, last_id: 0, events: HashMap::new() })))
    }

    /// Sends a command and waits for its answer; events that arrive meanwhile are kept.
    pub(crate) fn call(&self, session: Option<&str>, method: &str, params: Value) -> Result<Value> {
        self.0.borrow_mut().call(session, method, params)
    }

    /// Events of a session that have arrived and were not taken yet.
    pub(crate) fn take_events(&self, session: &str) -> Vec<Event> {
        self.0.borrow_mut().events.remove(session).unwrap_or_default()
    }
}

impl Wire {
    fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<Value> {
        self.last_id += 1;
        let id = self.last_id;
        let mut command = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            command["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(command.to_string()))?;
        loop {
            let mut said = self.read().with_context(|| format!("waiting for {method}"))?;
            if said["id"] == id {
                let trouble = said["error"]["message"].as_str();
                // In BiDi the error is a code beside the message.
                let trouble = trouble.or(said["error"].as_str().and(said["message"].as_str()));
                if let Some(trouble) = trouble {
                    bail!("{method}: {trouble}");
                }
                return Ok(said["result"].take());
            }
            self.keep(&mut said, session)?;
        }
    }

    fn keep(&mut self, said: &mut Value, waiting: Option<&str>) -> Result<()> {
        let params = &said["params"];
        // Who is meant: in Chromium a session; in BiDi a tab, for what was opened the one that opened it.
        let places = [
            &said["sessionId"],
            &params["originalOpener"],
            &params["context"],
            &params["source"]["context"],
        ];
        let session = places.into_iter().find_map(Value::as_str);
        let (Some(method), Some(session)) = (said["method"].as_str(), session) else {
            return Ok(());
        };
        if method == "Inspector.targetCrashed" && waiting == Some(session) {
            bail!("the page crashed");
        }
        let (method, session) = (method.to_owned(), session.to_owned());
        let event = Event { method, params: said["params"].take() };
        self.events.entry(session).or_default().push(event);
        Ok(())
    }

    fn read(&mut self) -> Result<Value> {
        loop {
            match self.socket.read()? {
                Message::Text(text) => return Ok(serde_json::from_str(text.as_str())?),
                Message::Close(_) => bail!("the browser closed the connection"),
                _ => {}
            }
        }
    }
}
