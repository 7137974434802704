//! The log, on stderr. A log that cannot be written is lost; nothing else fails for it.

use std::io::{self, Write};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::Settings;

/// Begins the log.
pub(crate) fn begin(settings: &Settings) {
    let level = LevelFilter::from_level(settings.log_level);
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(false).log_internal_errors(false);
    let lines = if settings.log_json {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
    } else {
        lines.boxed()
    };
    // Beginning twice is no fault.
    let _ = tracing_subscriber::registry().with(lines.with_filter(level)).try_init();
}

/// A sentence for whoever started the program; where nobody can read it, it is lost.
pub(crate) fn say(sentence: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{sentence}").and_then(|()| out.flush());
}
