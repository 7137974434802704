//! What every handler may use. No routes stand here.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Settings;
use crate::limits;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::pace::{Pace, Readers};
use crate::store::Store;

/// Bytes that one permit for a waiting page stands for.
pub(crate) const WEIGHT: usize = 1_024;

#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) settings: Arc<Settings>,
    pub(crate) live: Live,
    pub(crate) metrics: Metrics,
    pub(crate) paces: Arc<Paces>,
    /// Room for pages that wait for slow readers.
    pub(crate) waiting: Arc<Semaphore>,
    /// Texts that are rendered at once: the rest of the processors answers others.
    pub(crate) rendering: Arc<Semaphore>,
    /// Changes under way, which a stop waits for.
    pub(crate) changes: TaskTracker,
}

/// How often one group of addresses may do what.
pub(crate) struct Paces {
    pub(crate) reads: Pace,
    pub(crate) writes: Pace,
    pub(crate) newcomers: Pace,
    pub(crate) readers: Readers,
}

impl App {
    pub(crate) fn new(store: Store, settings: Settings, stop: CancellationToken) -> Self {
        let paces = Paces {
            reads: Pace::a_minute(settings.reads_per_minute),
            writes: Pace::a_minute(settings.writes_per_minute),
            newcomers: Pace::an_hour(settings.newcomers_per_hour),
            readers: Readers::new(Duration::from_secs(settings.vote_after)),
        };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            store,
            live: Live::new(settings.streams, settings.streams_per_address, stop),
            settings: Arc::new(settings),
            metrics: Metrics::new(),
            paces: Arc::new(paces),
            waiting: Arc::new(Semaphore::new(limits::WAITING_BYTES / WEIGHT)),
            rendering: Arc::new(Semaphore::new(processors.div_ceil(2))),
            changes: TaskTracker::new(),
        }
    }
}
