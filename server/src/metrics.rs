//! Figures for Prometheus. Labels are routes and statuses, never anything a reader wrote.

use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

type Labels = Vec<(&'static str, String)>;

/// All figures; a clone is the same figures.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    requests: Family<Labels, Counter>,
    seconds: Histogram,
    writer_wait: Histogram,
    /// Connections that are open.
    pub(crate) connections: Gauge,
    listeners: Gauge,
    database: Gauge,
    registry: std::sync::Arc<Registry>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let times = || Histogram::new(exponential_buckets(0.000_5, 2.0, 16));
        let (requests, seconds, writer_wait) = (Family::default(), times(), times());
        let (connections, listeners, database) =
            (Gauge::default(), Gauge::default(), Gauge::default());
        let mut all = Registry::with_prefix("jawjaw");
        all.register("requests", "Answers by route and status", Family::clone(&requests));
        all.register("answer_seconds", "From a request to its answer", seconds.clone());
        all.register("writer_wait_seconds", "Waiting for the turn to write", writer_wait.clone());
        all.register("connections", "Connections that are open", Gauge::clone(&connections));
        all.register("listeners", "Readers who listen for changes", Gauge::clone(&listeners));
        all.register("database_bytes", "Database and log", Gauge::clone(&database));
        let registry = std::sync::Arc::new(all);
        Self { requests, seconds, writer_wait, connections, listeners, database, registry }
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, route: &str, status: u16, took: Duration) {
        let labels = vec![("route", route.to_owned()), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts how long somebody waited to write.
    pub(crate) fn waited(&self, waited: Duration) {
        self.writer_wait.observe(waited.as_secs_f64());
    }

    /// All figures as Prometheus reads them.
    pub(crate) fn text(&self, listeners: usize, database: u64) -> String {
        self.listeners.set(i64::try_from(listeners).unwrap_or(i64::MAX));
        self.database.set(i64::try_from(database).unwrap_or(i64::MAX));
        let mut out = String::new();
        // Writing into a text does not fail.
        let _ = encode(&mut out, &self.registry);
        out
    }
}
