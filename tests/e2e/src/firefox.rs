//! Firefox over WebDriver BiDi, in blocking calls: one process, tabs, what they said and fetched.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::Command;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cdp::Link;
use crate::page::{HELPERS, PATIENCE, late, text};
use crate::process::Process;
use crate::{Running, Site, paths};

/// Without these every start asks hosts that tests must not need. What Firefox sets by itself when it
/// is driven (`remote.prefs.recommended`) is not repeated.
const PREFERENCES: &[(&str, &str)] = &[
    ("app.normandy.enabled", "false"),
    ("browser.chrome.site_icons", "false"),
    ("browser.newtabpage.enabled", "false"),
    ("browser.newtabpage.activity-stream.feeds.topsites", "false"),
    ("browser.region.update.enabled", "false"),
    ("browser.startup.page", "0"),
    ("datareporting.healthreport.uploadEnabled", "false"),
    ("datareporting.policy.dataSubmissionEnabled", "false"),
    ("dom.push.connection.enabled", "false"),
    ("extensions.systemAddon.update.enabled", "false"),
    ("extensions.update.enabled", "false"),
    ("media.gmp-manager.updateEnabled", "false"),
    ("messaging-system.rsexperimentloader.enabled", "false"),
    ("network.captive-portal-service.enabled", "false"),
    ("network.connectivity-service.enabled", "false"),
    ("network.proxy.allow_bypass", "false"),
    ("network.proxy.failover_direct", "false"),
    ("network.proxy.http", "\"127.0.0.1\""),
    ("network.proxy.ssl", "\"127.0.0.1\""),
    ("network.proxy.type", "1"),
    ("network.trr.mode", "5"),
    ("security.OCSP.enabled", "0"),
    // Taken at its word only with a variable of `ENVIRONMENT`.
    ("services.settings.server", "\"data:,#remote-settings-dummy/v1\""),
    ("toolkit.telemetry.enabled", "false"),
];

/// What a Firefox of ours is started with.
pub(crate) const ENVIRONMENT: &[(&str, &str)] = &[
    ("MOZ_HEADLESS", "1"),
    ("MOZ_CRASHREPORTER_DISABLE", "1"),
    ("MOZ_REMOTE_SETTINGS_DEVTOOLS", "1"),
];

/// The preferences for whoever starts it otherwise: other hosts are sought at a proxy where nothing listens.
pub(crate) fn preferences() -> Result<Value> {
    let port = [("network.proxy.http_port", "9"), ("network.proxy.ssl_port", "9")];
    let all = PREFERENCES.iter().chain(&port);
    let read =
        |(name, value): &(&str, &str)| Ok(((*name).to_owned(), serde_json::from_str(value)?));
    Ok(Value::Object(all.map(read).collect::<Result<_>>()?))
}

/// What is told without being asked.
const EVENTS: &[&str] = &[
    "log.entryAdded",
    "network.beforeRequestSent",
    "browsingContext.contextCreated",
    "browsingContext.userPromptOpened",
];

/// A Firefox process of our own; it ends when dropped.
///
/// Whatever it or a page asks of another host than this machine goes to a proxy of ours that answers
/// nothing and writes it down.
pub(crate) struct Firefox {
    link: Rc<Link>,
    elsewhere: Arc<Mutex<Vec<String>>>,
    _process: Process,
    _proxy: Running,
    _profile: TempDir,
}

impl Firefox {
    /// Starts headless Firefox (`$FIREFOX`, else from `PATH`) with an empty profile.
    pub(crate) fn launch() -> Result<Self> {
        let program = find()?;
        let profile = tempfile::Builder::new().prefix("jawjaw-e2e-firefox-").tempdir()?;
        let (proxy, elsewhere) = proxy()?;
        let preference = |name: &str, value: &str| format!("user_pref(\"{name}\", {value});\n");
        let mut preferences: String =
            PREFERENCES.iter().map(|(name, value)| preference(name, value)).collect();
        for name in ["network.proxy.http_port", "network.proxy.ssl_port"] {
            preferences += &preference(name, &proxy.port().to_string());
        }
        std::fs::write(profile.path().join("user.js"), preferences)?;
        let mut command = Command::new(&program);
        command
            .args(["--headless", "--no-remote", "--remote-debugging-port=0", "--profile"])
            .arg(profile.path())
            .arg("about:blank")
            // It writes into its home, and root's may belong to somebody else.
            .env("HOME", profile.path())
            .envs(ENVIRONMENT.iter().copied());
        let mut process = Process::group(&mut command)?;
        let address = process
            .ready(|said| {
                said.lines().find_map(|line| {
                    line.strip_prefix("WebDriver BiDi listening on ").map(str::to_owned)
                })
            })
            .with_context(|| format!("starting {}", program.display()))?;
        let link = Rc::new(Link::open(&format!("{address}/session"))?);
        link.call(None, "session.new", json!({ "capabilities": {} }))?;
        link.call(None, "session.subscribe", json!({ "events": EVENTS }))?;
        let helpers = json!({ "functionDeclaration": format!("() => {{ {HELPERS} }}") });
        link.call(None, "script.addPreloadScript", helpers)?;
        Ok(Self { link, elsewhere, _process: process, _proxy: proxy, _profile: profile })
    }

    /// A tab of a visitor who was never here before, in front of all others.
    pub(crate) fn tab(&self) -> Result<Tab> {
        let link = Rc::clone(&self.link);
        let visitor =
            text(&link.call(None, "browser.createUserContext", json!({}))?, "userContext")?;
        let wanted = json!({ "type": "tab", "userContext": visitor, "background": false });
        let context = text(&link.call(None, "browsingContext.create", wanted)?, "context")?;
        Ok(Tab { link, visitor, context, told: RefCell::default() })
    }

    /// What pages and the browser itself asked of other hosts so far, as `GET host /path`, or
    /// `CONNECT host:443` where it would have been encrypted.
    pub(crate) fn elsewhere(&self) -> Vec<String> {
        self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        // Its own processes go with it; whatever hangs is killed with the group.
        let _ = self.link.call(None, "browser.close", json!({}));
    }
}

/// `$FIREFOX`, else the first Firefox on `PATH`.
pub(crate) fn find() -> Result<PathBuf> {
    if let Some(firefox) = std::env::var_os("FIREFOX") {
        return Ok(PathBuf::from(firefox));
    }
    paths::on_path(&["firefox-esr", "firefox"])
        .context("no Firefox found: install the package firefox-esr, or set FIREFOX to its program")
}

/// A proxy that lets nothing through, and what it was asked.
fn proxy() -> Result<(Running, Arc<Mutex<Vec<String>>>)> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let site = Site::new().route(move |ask| {
        let line = format!("{} {} {}", ask.method, ask.header("host").unwrap_or("?"), ask.path);
        log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        None
    });
    Ok((site.start()?, asked))
}

/// One tab; it closes, and its visitor is forgotten, when dropped.
pub(crate) struct Tab {
    link: Rc<Link>,
    visitor: String,
    context: String,
    told: RefCell<Told>,
}

#[derive(Default)]
struct Told {
    errors: Vec<String>,
    requests: Vec<String>,
}

impl Tab {
    /// Opens an address and waits until the document is loaded.
    pub(crate) fn goto(&self, url: &str) -> Result<()> {
        let to = json!({ "context": self.context, "url": url, "wait": "complete" });
        self.link.call(None, "browsingContext.navigate", to).map(drop)
    }

    /// The value of a JavaScript expression, as JSON; a promise is awaited, an exception is an error.
    pub(crate) fn eval(&self, expression: &str) -> Result<Value> {
        // Half a surrogate pair, which JavaScript may hold, is no text here.
        let whole = "(_, value) => typeof value === 'string' ? value.toWellFormed() : value";
        let ask = json!({
            "expression": format!("(async () => JSON.stringify(await ({expression}), {whole}))()"),
            "target": { "context": self.context }, "awaitPromise": true,
        });
        let answer = self.link.call(None, "script.evaluate", ask)?;
        if answer["type"] != "success" {
            let said = answer["exceptionDetails"]["text"].as_str();
            bail!("{} in {expression:.1500}", said.unwrap_or("an exception"));
        }
        answer["result"]["value"]
            .as_str()
            .map_or(Ok(Value::Null), |json| Ok(serde_json::from_str(json)?))
    }

    /// Asks an expression with every frame until it is truthy, and gives what it was then.
    ///
    /// An exception counts as "not yet". After 60 seconds it fails with the last answer and an
    /// outline of the page.
    pub(crate) fn wait(&self, condition: &str) -> Result<Value> {
        let within = PATIENCE.as_millis();
        let mut answer =
            self.eval(&format!("jawjawDriver.until(async () => ({condition}), {within})"))?;
        if answer["late"] == true {
            return Err(late(condition, PATIENCE, &answer));
        }
        Ok(answer["value"].take())
    }

    /// Uncaught exceptions, unhandled rejections, errors on the console, dialogs and tabs it opened.
    pub(crate) fn errors(&self) -> Result<Vec<String>> {
        self.take_in()?;
        Ok(self.told.borrow().errors.clone())
    }

    /// Addresses the tab asked for so far, the document's included.
    pub(crate) fn requests(&self) -> Result<Vec<String>> {
        self.take_in()?;
        Ok(self.told.borrow().requests.clone())
    }

    fn take_in(&self) -> Result<()> {
        // Events come in order on one socket, so after this answer all earlier ones are here.
        ensure!(self.eval("1")? == 1, "the tab does not answer");
        let mut told = self.told.borrow_mut();
        for event in self.link.take_events(&self.context) {
            let params = event.params;
            match event.method.as_str() {
                "network.beforeRequestSent" => told.requests.push(text(&params["request"], "url")?),
                "log.entryAdded" if params["level"] != "error" => {}
                "log.entryAdded" => told.errors.push(params["text"].to_string()),
                // Its own creation.
                "browsingContext.contextCreated" if params["context"] == *self.context => {}
                method => told.errors.push(format!("{method}: {params}")),
            }
        }
        Ok(())
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        let visitor = json!({ "userContext": self.visitor });
        // A tab that crashed has nothing left to close.
        let _ = self.link.call(None, "browser.removeUserContext", visitor);
        self.link.take_events(&self.context);
    }
}
