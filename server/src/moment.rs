//! Moments: milliseconds since 1970 in the database, RFC 3339 outside.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// This moment in milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let now = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    i64::try_from(now).unwrap_or(i64::MAX)
}

/// `2026-11-24T10:00:00.123Z`.
pub(crate) fn rfc3339(milliseconds: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000);
    moment.ok().and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}

/// Milliseconds since 1970 of an RFC 3339 time.
pub(crate) fn read(text: &str) -> Option<i64> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok()
}
