//! How often an address may ask. An address of IPv6 counts with its whole /64: that is what one home has.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

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

#[cfg(test)]
mod tests {
    use super::*;

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
