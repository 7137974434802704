//! How much is taken, and how fast. Each number with its reason.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::problem::Problem;

/// Bytes of a request: the longest text in the widest letters, as JSON escapes, and room.
pub(crate) const BODY_BYTES: usize = 65_536;
/// Characters of a comment: about 1,800 words, longer than most articles it could stand under.
pub(crate) const TEXT: usize = 10_000;
/// Characters of a name: longer than any real one, short enough for one line.
pub(crate) const NAME: usize = 100;
/// Characters of a website's address.
pub(crate) const URL: usize = 254;
/// Characters of an article's name: a path, or a whole address.
pub(crate) const ARTICLE: usize = 500;
/// Characters of an Idempotency-Key, as its draft recommends.
pub(crate) const KEY: usize = 255;
/// Levels of replies: nobody reads deeper, and clients need not survive more.
pub(crate) const DEPTH: i64 = 100;
/// Most comments in one page.
pub(crate) const PAGE: i64 = 200;
/// Most articles that are counted in one request.
pub(crate) const COUNTS: usize = 100;
/// Readers who are told of changes at once: each holds a connection.
pub(crate) const LISTENERS: usize = 1_000;
/// Addresses that are remembered at once; beyond, those that have waited longest are forgotten.
const ADDRESSES: usize = 10_000;

const MINUTE: Duration = Duration::from_mins(1);

/// Requests of each address in its present minute.
pub(crate) struct Pace {
    a_minute: u32,
    seen: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

impl Pace {
    pub(crate) fn new(a_minute: u32) -> Self {
        Self { a_minute, seen: Mutex::default() }
    }

    /// Counts a request; `Err` says how long to wait.
    pub(crate) fn count(&self, address: IpAddr) -> Result<(), Problem> {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= ADDRESSES {
            seen.retain(|_, (since, _)| now.duration_since(*since) < MINUTE);
            if seen.len() >= ADDRESSES {
                seen.clear();
            }
        }
        let (since, count) = seen.entry(address).or_insert((now, 0));
        if now.duration_since(*since) >= MINUTE {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        if *count <= self.a_minute {
            return Ok(());
        }
        let wait = MINUTE.saturating_sub(now.duration_since(*since)).as_secs() + 1;
        Err(Problem::TooFast { wait })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn each_address_has_its_own_minute() {
        let pace = Pace::new(2);
        let count = |last| pace.count(IpAddr::V4(Ipv4Addr::new(10, 0, 0, last))).is_ok();
        assert_eq!([count(1), count(1), count(1), count(2)], [true, true, false, true]);
    }
}
