//! How often an address may ask. An address of IPv6 counts with its whole /64: that is what one home has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

/// Everybody who counts as one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Group(IpAddr);

impl Group {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
            four @ IpAddr::V4(_) => Self(four),
        }
    }
}

/// Requests of each group: so many at once, and then as many in the time as come back to it evenly.
pub(crate) struct Pace {
    limiter: RateLimiter<Group, DashMapStateStore<Group>, DefaultClock>,
    clock: DefaultClock,
}

impl Pace {
    pub(crate) fn a_minute(most: NonZeroU32) -> Self {
        Self::new(Quota::per_minute(most))
    }

    pub(crate) fn an_hour(most: NonZeroU32) -> Self {
        Self::new(Quota::per_hour(most))
    }

    fn new(quota: Quota) -> Self {
        Self { limiter: RateLimiter::dashmap(quota), clock: DefaultClock::default() }
    }

    /// Counts a request; `Err` says how long to wait.
    pub(crate) fn count(&self, group: Group) -> Result<(), Duration> {
        self.limiter.check_key(&group).map_err(|not| not.wait_time_from(self.clock.now()))
    }

    /// Forgets those who could ask as if they had never asked.
    pub(crate) fn forget(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// Groups that are remembered as readers; as many from before are forgotten last.
const READERS: usize = 50_000;

/// Who has read here: a first vote comes some time after. Half of those remembered may be forgotten at once,
/// and count as new.
pub(crate) struct Readers {
    after: Duration,
    /// Those who came lately, and those before.
    since: Mutex<[HashMap<Group, Instant>; 2]>,
}

/// Why a first vote is too early.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Early {
    /// Nothing was read yet; it counts from now on as if it had been.
    Unread(Duration),
    /// It was, a moment ago.
    Soon(Duration),
}

impl Readers {
    pub(crate) fn new(after: Duration) -> Self {
        Self { after, since: Mutex::default() }
    }

    /// Somebody reads.
    pub(crate) fn read(&self, group: Group) {
        if !self.after.is_zero() {
            self.first(group);
        }
    }

    /// When this group was first seen, if that was not just now.
    fn first(&self, group: Group) -> Option<Instant> {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let [lately, before] = &mut *since;
        let known = lately.get(&group).or_else(|| before.get(&group)).copied();
        if known.is_none() {
            if lately.len() >= READERS {
                *before = std::mem::take(lately);
            }
            lately.insert(group, Instant::now());
        }
        known
    }

    /// Whether this group has read long enough ago.
    pub(crate) fn may_vote(&self, group: Group) -> Result<(), Early> {
        if self.after.is_zero() {
            return Ok(());
        }
        let first = self.first(group).ok_or(Early::Unread(self.after))?;
        match self.after.saturating_sub(first.elapsed()) {
            Duration::ZERO => Ok(()),
            wait => Err(Early::Soon(wait)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vote_comes_some_time_after_the_first_reading() {
        let readers = Readers::new(Duration::from_mins(1));
        readers.read(group("10.0.0.1"));
        assert!(matches!(readers.may_vote(group("10.0.0.1")), Err(Early::Soon(_))));
        let unread = Err(Early::Unread(Duration::from_mins(1)));
        assert_eq!(readers.may_vote(group("10.0.0.2")), unread);
        assert!(matches!(readers.may_vote(group("10.0.0.2")), Err(Early::Soon(_))));
        let soon = Readers::new(Duration::from_nanos(1));
        soon.read(group("10.0.0.1"));
        assert_eq!(soon.may_vote(group("10.0.0.1")), Ok(()));
        let never = Readers::new(Duration::ZERO);
        assert_eq!(never.may_vote(group("10.0.0.3")), Ok(()));
    }

    /// However many come, it takes so much memory and no more, and who came lately is known.
    #[test]
    fn readers_are_forgotten_in_the_order_they_came() {
        let readers = Readers::new(Duration::from_nanos(1));
        let count = u32::try_from(READERS).expect("small") * 3;
        let group = |number: u32| Group::of(IpAddr::from((0x0b00_0000 + number).to_be_bytes()));
        for number in 0..count {
            readers.read(group(number));
        }
        let held: usize = readers.since.lock().expect("a lock").iter().map(HashMap::len).sum();
        assert!(held <= READERS * 2, "{held}");
        assert_eq!(readers.may_vote(group(count - 1)), Ok(()));
        assert!(matches!(readers.may_vote(group(0)), Err(Early::Unread(_))));
    }

    fn group(text: &str) -> Group {
        Group::of(text.parse().expect("an address"))
    }

    #[test]
    fn each_group_has_its_own_pace() {
        let pace = Pace::a_minute(NonZeroU32::new(2).expect("not 0"));
        let count = |address: &str| pace.count(group(address)).is_ok();
        let counts = [count("10.0.0.1"), count("10.0.0.1"), count("10.0.0.1"), count("10.0.0.2")];
        assert_eq!(counts, [true, true, false, true]);
    }

    #[test]
    fn a_home_is_one_and_an_address_is_one_however_it_is_written() {
        assert_eq!(group("2001:db8:1:2::1"), group("2001:db8:1:2:ffff::9"));
        assert_ne!(group("2001:db8:1:2::1"), group("2001:db8:1:3::1"));
        assert_eq!(group("::ffff:7.7.7.7"), group("7.7.7.7"));
        assert_ne!(group("7.7.7.7"), group("7.7.7.8"));
    }

    /// Ten thousand others do not make room for who must wait.
    #[test]
    fn who_must_wait_is_not_forgotten() {
        let pace = Pace::a_minute(NonZeroU32::MIN);
        assert!(pace.count(group("10.0.0.1")).is_ok());
        for number in 0..20_000_u32 {
            let _ = pace.count(Group::of(IpAddr::from((0x0b00_0000 + number).to_be_bytes())));
        }
        pace.forget();
        assert!(pace.count(group("10.0.0.1")).is_err());
    }
}
