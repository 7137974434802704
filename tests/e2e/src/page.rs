//! One tab: going places, asking JavaScript, waiting.

use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine;
use serde_json::{Value, json};

use crate::cdp::{Browser, Link};
use crate::log::Log;

/// One generous bound for every wait: far above what a slow machine needs, so only a defect meets it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
pub(crate) const HELPERS: &str = include_str!("helpers.js");

/// A tab. Clones are handles to the same tab.
///
/// JavaScript handed to it may use `deep(selector, ...)`, `deepAll(selector, ...)` and
/// `deepText(text, selector, ...)`, which enter open shadow roots: each selector is looked for
/// inside what the one before found.
#[derive(Clone)]
pub struct Page(Rc<Tab>);

struct Tab {
    link: Rc<Link>,
    session: String,
    context: String,
    log: Log,
}

impl Page {
    /// A tab in a browser context of its own: no storage, cookies or cache shared with others.
    pub fn isolated(browser: &Browser) -> Result<Self> {
        let link = browser.link();
        let made = link.call(None, "Target.createBrowserContext", json!({}))?;
        let context = text(&made, "browserContextId")?;
        Self::in_context(link, context)
    }

    /// Another tab of the same visitor: storage and cookies are shared.
    pub fn sibling(&self) -> Result<Self> {
        Self::in_context(Rc::clone(&self.0.link), self.0.context.clone())
    }

    fn in_context(link: Rc<Link>, context: String) -> Result<Self> {
        let about = json!({ "url": "about:blank", "browserContextId": context });
        let target = text(&link.call(None, "Target.createTarget", about)?, "targetId")?;
        let attach = json!({ "targetId": target, "flatten": true });
        let session = text(&link.call(None, "Target.attachToTarget", attach)?, "sessionId")?;
        let page = Self(Rc::new(Tab { link, session, context, log: Log::default() }));
        for domain in ["Page", "Runtime", "Network", "Log", "Inspector", "HeapProfiler"] {
            page.call(&format!("{domain}.enable"), json!({}))?;
        }
        page.call("Performance.enable", json!({ "timeDomain": "threadTicks" }))?;
        page.call("Runtime.addBinding", json!({ "name": "jawjawViolation" }))?;
        page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": HELPERS }))?;
        page.eval(HELPERS)?;
        Ok(page)
    }

    /// Any command of the protocol, for what has no method here.
    pub fn call(&self, method: &str, params: Value) -> Result<Value> {
        self.0.link.call(Some(&self.0.session), method, params)
    }

    /// Opens an address and waits until the document is loaded.
    pub fn goto(&self, url: &str) -> Result<()> {
        self.eval("void (globalThis.jawjawStale = true)")?;
        let answer = self.call("Page.navigate", json!({ "url": url }))?;
        if let Some(trouble) = answer["errorText"].as_str() {
            bail!("going to {url}: {trouble}");
        }
        // Where only the fragment is another, the document stays.
        let stays = answer["loaderId"].is_null();
        let fresh = if stays { "true" } else { "!globalThis.jawjawStale" };
        self.wait(&format!("{fresh} && document.readyState === 'complete'")).map(drop)
    }

    /// Loads the same address again and waits until the new document is loaded.
    pub fn reload(&self) -> Result<()> {
        self.eval("void (globalThis.jawjawStale = true)")?;
        self.call("Page.reload", json!({}))?;
        self.wait("!globalThis.jawjawStale && document.readyState === 'complete'").map(drop)
    }

    /// The value of a JavaScript expression, as JSON; a promise is awaited, an exception is an error.
    ///
    /// DOM nodes do not travel: ask for their text or attributes.
    pub fn eval(&self, expression: &str) -> Result<Value> {
        let params = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true,
        });
        let mut answer = self.call("Runtime.evaluate", params)?;
        let thrown = &answer["exceptionDetails"];
        if thrown.is_object() {
            let said = thrown["exception"]["description"].as_str().or(thrown["text"].as_str());
            bail!("{} in {expression}", said.unwrap_or("an exception"));
        }
        Ok(answer["result"]["value"].take())
    }

    /// The text a JavaScript expression gives; anything else is an error.
    pub fn text(&self, expression: &str) -> Result<String> {
        let value = self.eval(expression)?;
        value.as_str().map(str::to_owned).with_context(|| format!("{expression} gave {value}"))
    }

    /// Asks an expression with every frame until it is truthy, and gives what it was then.
    ///
    /// An exception counts as "not yet". After 60 seconds it fails with the last answer and an
    /// outline of the page.
    pub fn wait(&self, condition: &str) -> Result<Value> {
        self.wait_within(condition, PATIENCE)
    }

    pub(crate) fn wait_within(&self, condition: &str, patience: Duration) -> Result<Value> {
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let ask =
                format!("jawjawDriver.until(async () => ({condition}), {})", left.as_millis());
            match self.eval(&ask) {
                Ok(answer) if answer["late"] == true => {
                    return Err(late(condition, patience, &answer));
                }
                Ok(mut answer) => return Ok(answer["value"].take()),
                // The document was replaced under the question: ask the new one.
                Err(trouble) if left > Duration::ZERO && replaced(&trouble) => {}
                Err(trouble) => return Err(trouble.context(format!("waiting for {condition}"))),
            }
        }
    }

    /// Waits until the text of the page, shadow roots included, holds `text`.
    pub fn wait_for_text(&self, text: &str) -> Result<()> {
        self.wait(&format!("deepOutline().includes({})", json!(text))).map(drop)
    }

    /// Writes what is in the window, or the whole page, as a PNG.
    pub fn screenshot(&self, file: &Path, whole_page: bool) -> Result<()> {
        let mut params = json!({ "format": "png", "captureBeyondViewport": whole_page });
        if whole_page {
            let size = self.call("Page.getLayoutMetrics", json!({}))?["cssContentSize"].take();
            params["clip"] = json!({
                "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1,
            });
        }
        let answer = self.call("Page.captureScreenshot", params)?;
        let png = base64::engine::general_purpose::STANDARD.decode(text(&answer, "data")?)?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(file, png).with_context(|| format!("writing {}", file.display()))
    }

    /// Everything the page said and fetched so far.
    pub(crate) fn log(&self) -> Result<&Log> {
        // Events come in order on one socket, so after this answer all earlier ones are here.
        self.call("Runtime.evaluate", json!({ "expression": "0" }))?;
        self.0.log.take_in(self.0.link.take_events(&self.0.session));
        Ok(&self.0.log)
    }

    pub(crate) fn dispose(&self) -> Result<()> {
        let context = json!({ "browserContextId": self.0.context });
        self.0.link.call(None, "Target.disposeBrowserContext", context).map(drop)
    }
}

pub(crate) fn late(condition: &str, patience: Duration, answer: &Value) -> anyhow::Error {
    let last = answer["last"].as_str().unwrap_or_default();
    let outline: String =
        answer["outline"].as_str().unwrap_or_default().chars().take(6000).collect();
    anyhow::anyhow!("waited {patience:?} for {condition}\nlast: {last}\nthe page:\n{outline}")
}

fn replaced(trouble: &anyhow::Error) -> bool {
    let said = trouble.to_string();
    ["navigated", "context was destroyed", "Cannot find context", "jawjawDriver is not defined"]
        .iter()
        .any(|sign| said.contains(sign))
}

pub(crate) fn text(value: &Value, field: &str) -> Result<String> {
    value[field].as_str().map(str::to_owned).with_context(|| format!("no {field} in {value}"))
}
