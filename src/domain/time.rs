//! Moments, and the many ways in which services write them.

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub i64);

impl Time {
    /// Reads RFC 3339 and its looser relatives: a space for the `T`, any number of fraction digits,
    /// no offset (read as `assumed` minutes east of UTC). `None` for anything else, and for days that
    /// do not exist: a date that was guessed is worse than none.
    pub fn parse(text: &str, assumed: i64) -> Option<Self> {
        let mut rest = text.trim();
        let year = number(&mut rest, 4)?;
        let month = after(&mut rest, "-").and_then(|()| number(&mut rest, 2))?;
        let day = after(&mut rest, "-").and_then(|()| number(&mut rest, 2))?;
        let (mut seconds, mut millis) = (0, 0);
        let mut offset = assumed;
        if !rest.is_empty() {
            after(&mut rest, "T")
                .or_else(|| after(&mut rest, "t"))
                .or_else(|| after(&mut rest, " "))?;
            let hour = number(&mut rest, 2)?;
            let minute = after(&mut rest, ":").and_then(|()| number(&mut rest, 2))?;
            let second = match after(&mut rest, ":") {
                Some(()) => number(&mut rest, 2)?,
                None => 0,
            };
            if hour > 23 || minute > 59 || second > 60 {
                return None;
            }
            seconds = hour * 3600 + minute * 60 + second;
            millis = fraction(&mut rest)?;
            if !rest.is_empty() {
                offset = zone(rest)?;
            }
        }
        let days = days_from_civil(year, month, day)?;
        Some(Self((days * 86_400 + seconds - offset * 60) * 1000 + millis))
            .filter(|time| time.is_likely())
    }

    /// Seconds as decimal text, with or without a fraction.
    pub fn from_seconds(text: &str) -> Option<Self> {
        crate::domain::decimal::scaled(text, 3).map(Self).filter(|time| time.is_likely())
    }

    /// Milliseconds as decimal text.
    pub fn from_millis(text: &str) -> Option<Self> {
        crate::domain::decimal::whole(text).map(Self).filter(|time| time.is_likely())
    }

    /// 1971 to 2200. What lies outside is a mistake of units or a zero value, and is shown as no date.
    fn is_likely(self) -> bool {
        (31_536_000_000..7_258_118_400_000).contains(&self.0)
    }
}

fn number(rest: &mut &str, digits: usize) -> Option<i64> {
    let (head, tail) = rest.split_at_checked(digits)?;
    *rest = tail;
    head.bytes().all(|b| b.is_ascii_digit()).then(|| head.parse().ok())?
}

fn after(rest: &mut &str, mark: &str) -> Option<()> {
    *rest = rest.strip_prefix(mark)?;
    Some(())
}

/// Milliseconds of an optional fraction; `None` when a point is followed by no digit.
fn fraction(rest: &mut &str) -> Option<i64> {
    let Some(digits) = rest.strip_prefix(['.', ',']) else { return Some(0) };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    *rest = &digits[end..];
    let places = digits[..end].bytes().chain(*b"00").take(3);
    (end > 0).then(|| places.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

/// Minutes east of UTC of `Z`, `+02:00`, `-0330` or `+02`.
pub fn zone(text: &str) -> Option<i64> {
    let mut rest = text.trim_start();
    if rest.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match after(&mut rest, "+") {
        Some(()) => 1,
        None => after(&mut rest, "-").map(|()| -1)?,
    };
    let hours = number(&mut rest, 2)?;
    let _ = after(&mut rest, ":");
    let minutes = if rest.is_empty() { 0 } else { number(&mut rest, 2)? };
    (rest.is_empty() && hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > longest {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// How long ago something was, in the unit a reader would use. Units after
/// `Intl.RelativeTimeFormat`; the amount is negative in the past.
pub fn ago(then: Time, now: Time) -> (i64, &'static str) {
    const UNITS: [(i64, &str); 6] = [
        (31_557_600, "year"),
        (2_629_800, "month"),
        (604_800, "week"),
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
    ];
    let seconds = (then.0 - now.0) / 1000;
    for (length, unit) in UNITS {
        if seconds.abs() >= length {
            return (seconds / length, unit);
        }
    }
    (seconds, "second")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, time: Option<i64>) {
        assert_eq!(Time::parse(text, 0), time.map(Time), "{text}");
    }

    #[test]
    fn the_forms_services_use() {
        check("2026-11-24T10:00:00Z", Some(1_795_514_400_000));
        check("2026-11-24t10:00:00.5z", Some(1_795_514_400_500));
        check("2026-11-24 10:00:00", Some(1_795_514_400_000));
        check("2026-11-24T12:00:00.123456789+02:00", Some(1_795_514_400_123));
        check("2026-11-24T06:30:00-0330", Some(1_795_514_400_000));
        check("2026-11-24 10:00", Some(1_795_514_400_000));
        check("2026-11-24", Some(1_795_478_400_000));
        check("2024-02-29T00:00:00Z", Some(1_709_164_800_000));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "now",
            "2026",
            "2026-13-01",
            "2026-02-30",
            "2025-02-29",
            "12/11/2026",
            "2026-11-24T25:00:00Z",
            "2026-11-24T10:00:00.",
            "2026-11-24T10:00:00+99:00",
            "0001-01-01T00:00:00Z",
            "9999-12-31T00:00:00Z",
            "2026-11-24T10:00:00Z extra",
            "２０２６-11-24",
            "1795514400",
            "2026-00-10",
            "2026-1-1",
            "2026-11-24T",
            "2026-11-24T1:00",
            "2026-11-24T10:60:00Z",
            "-2026-11-24",
            "+002026-11-24",
            "2026-11-24T10:00:00+1",
            "NaN",
            "null",
            "[object Object]",
            "Tue Nov 24 2026 10:00:00 GMT",
            "20261124T100000Z",
            "2026-W48-2",
            "1e12",
            "2026-11-24T10:00:00\u{202E}Z",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn an_offset_may_be_assumed() {
        assert_eq!(Time::parse("2026-11-24 12:00:00", 120), Some(Time(1_795_514_400_000)));
    }

    #[test]
    fn seconds_and_milliseconds() {
        assert_eq!(Time::from_seconds("1795462027.8883157"), Some(Time(1_795_462_027_888)));
        assert_eq!(Time::from_millis("1795462027888"), Some(Time(1_795_462_027_888)));
        assert_eq!(Time::from_seconds("1795462027888"), None, "milliseconds are no seconds");
        assert_eq!(Time::from_seconds("0"), None);
    }

    #[test]
    fn ago_uses_the_largest_unit() {
        let now = Time(1_795_514_400_000);
        let at = |seconds: i64| ago(Time(now.0 - seconds * 1000), now);
        assert_eq!(at(5), (-5, "second"));
        assert_eq!(at(3600), (-1, "hour"));
        assert_eq!(at(86_400 * 8), (-1, "week"));
        assert_eq!(at(-120), (2, "minute"));
    }
}
