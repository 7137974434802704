//! Other people's machines: screens, preferences, slow processors, no network.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::page::Page;

/// A window size in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// Device pixels per CSS pixel.
    pub scale: f64,
    /// A phone: touch, viewport meta, overlay scroll bars.
    pub mobile: bool,
}

impl Screen {
    /// A laptop's window.
    pub const DESKTOP: Self = Self { width: 1280, height: 800, scale: 1.0, mobile: false };
    /// A common phone, upright.
    pub const PHONE: Self = Self { width: 390, height: 844, scale: 2.0, mobile: true };
}

impl Page {
    /// Sets the window's size, and touch where the screen is a phone's.
    pub fn screen(&self, screen: Screen) -> Result<()> {
        let Screen { width, height, scale, mobile } = screen;
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile,
        });
        self.call("Emulation.setDeviceMetricsOverride", metrics)?;
        let touch = json!({ "enabled": mobile, "maxTouchPoints": 5 });
        self.call("Emulation.setTouchEmulationEnabled", touch).map(drop)
    }

    /// Sets media features such as `("prefers-color-scheme", "dark")`; those left out go back.
    pub fn media(&self, features: &[(&str, &str)]) -> Result<()> {
        let features: Vec<_> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.call("Emulation.setEmulatedMedia", json!({ "features": features })).map(drop)
    }

    /// Slows the main thread down: 4.0 makes everything take four times as long, 1.0 ends it.
    pub fn slow_cpu(&self, rate: f64) -> Result<()> {
        self.call("Emulation.setCPUThrottlingRate", json!({ "rate": rate })).map(drop)
    }

    /// Cuts the network, or gives it back.
    pub fn offline(&self, offline: bool) -> Result<()> {
        self.network(offline, 0, -1)
    }

    /// A slow line: milliseconds added to each request, bytes a second either way (-1: no limit).
    pub fn slow_network(&self, latency_ms: u32, bytes_per_second: i64) -> Result<()> {
        self.network(false, latency_ms, bytes_per_second)
    }

    fn network(&self, offline: bool, latency: u32, throughput: i64) -> Result<()> {
        let conditions = json!({
            "offline": offline, "latency": latency,
            "downloadThroughput": throughput, "uploadThroughput": throughput,
        });
        self.call("Network.emulateNetworkConditions", conditions).map(drop)
    }

    /// Bytes that scripts and nodes hold after a garbage collection, by a heap snapshot.
    ///
    /// Compiled code does not count: V8 makes more of it for as long as something runs often.
    pub fn heap(&self) -> Result<u64> {
        self.log()?.snapshot.borrow_mut().clear();
        self.call("HeapProfiler.takeHeapSnapshot", json!({ "reportProgress": false }))?;
        let written = self.log()?.snapshot.take();
        held(&serde_json::from_str(&written)?).context("a heap snapshot of another form")
    }

    /// Counters such as `Nodes`, `JSEventListeners`, `ScriptDuration` (seconds of thread time).
    pub fn metrics(&self) -> Result<BTreeMap<String, f64>> {
        let answer = self.call("Performance.getMetrics", json!({}))?;
        let metrics = answer["metrics"].as_array().context("no metrics")?;
        let named =
            |metric: &Value| Some((metric["name"].as_str()?.to_owned(), metric["value"].as_f64()?));
        Ok(metrics.iter().filter_map(named).collect())
    }
}

/// What compiling made, and what the browser notes down of requests for who drives it.
const NOT_THE_PAGE: [&str; 2] = ["WasmNativeModule", "NetworkResourcesData"];

/// Sizes of all that a V8 heap snapshot names, without what compiling made.
fn held(snapshot: &Value) -> Option<u64> {
    let meta = &snapshot["snapshot"]["meta"];
    let fields = meta["node_fields"].as_array()?;
    let at = |name: &str| fields.iter().position(|field| field == name);
    let (kind, name, size) = (at("type")?, at("name")?, at("self_size")?);
    let kinds = meta["node_types"].get(kind)?.as_array()?;
    let strings = snapshot["strings"].as_array()?;
    let number = |node: &[Value], field: usize| node.get(field)?.as_u64();
    let mut sum = 0;
    for node in snapshot["nodes"].as_array()?.chunks(fields.len()) {
        let kind = kinds.get(usize::try_from(number(node, kind)?).ok()?)?;
        let name = strings.get(usize::try_from(number(node, name)?).ok()?)?.as_str()?;
        if kind != "code" && !NOT_THE_PAGE.iter().any(|part| name.contains(part)) {
            sum += number(node, size)?;
        }
    }
    Some(sum)
}
