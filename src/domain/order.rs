//! In which order threads are listed. Pure.

use crate::domain::time::Time;
use crate::domain::vote::Tally;

/// An order that a reader can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Newest,
    Oldest,
    Best,
    Discussed,
    Controversial,
}

impl Order {
    /// All of them, with the words by which profiles and sentences know them.
    pub const ALL: [(Self, &str); 5] = [
        (Self::Newest, "newest"),
        (Self::Oldest, "oldest"),
        (Self::Best, "best"),
        (Self::Discussed, "discussed"),
        (Self::Controversial, "controversial"),
    ];

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == word).map(|(order, _)| order)
    }

    /// What comes first is greatest. `replies` are all under a thread.
    pub fn rank(self, created: Option<Time>, tally: Option<Tally>, replies: usize) -> (i64, i64) {
        let at = created.map_or(0, |created| created.0);
        let tally = tally.unwrap_or_default();
        match self {
            Self::Newest => (at, 0),
            Self::Oldest => (at.saturating_neg(), 0),
            Self::Best => (best(tally), at),
            Self::Discussed => (i64::try_from(replies).unwrap_or(i64::MAX), at),
            Self::Controversial => (contested(tally), at),
        }
    }
}

/// The lower end of the interval in which the share of votes for a comment lies with 95 %, in millionths
/// (E. B. Wilson, 1927). Ten of ten are better than one of one. Where votes against are not counted, the
/// count itself.
fn best(tally: Tally) -> i64 {
    /// The 0.975 quantile of the normal distribution.
    const Z: f64 = 1.959_964;
    let Some(down) = tally.down else { return tally.up };
    #[expect(clippy::cast_precision_loss, reason = "votes")]
    let (up, down) = (tally.up.max(0) as f64, down.max(0) as f64);
    let all = up + down;
    if all == 0.0 {
        return 0;
    }
    let share = up / all;
    let spread = Z * ((share * (1.0 - share) + Z * Z / (4.0 * all)) / all).sqrt();
    let low = (share + Z * Z / (2.0 * all) - spread) / (1.0 + Z * Z / all);
    #[expect(clippy::cast_possible_truncation, reason = "0 to a million")]
    let low = (low * 1e6) as i64;
    low
}

/// Many votes, and as many for as against.
fn contested(tally: Tally) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "votes")]
    let (up, down) = (tally.up.max(0) as f64, tally.down.unwrap_or(0).max(0) as f64);
    // The whole of votes, weighed by how even they are; without any it is no number, and becomes 0.
    #[expect(clippy::cast_possible_truncation, reason = "what is greater is the greatest")]
    let weighed = ((up + down) * up.min(down) * 1_000.0 / up.max(down)) as i64;
    weighed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of threads with minute, votes for and against, and replies, in the order they are listed.
    #[track_caller]
    fn check(order: &str, threads: &[(&str, i64, i64, i64, usize)], listed: &str) {
        let order = Order::named(order).expect("an order");
        let mut threads = threads.to_vec();
        threads.sort_by_key(|(_, at, up, down, replies)| {
            let tally = Tally { up: *up, down: Some(*down), ..Tally::default() };
            std::cmp::Reverse(order.rank(Some(Time(*at)), Some(tally), *replies))
        });
        let names: Vec<&str> = threads.iter().map(|(name, ..)| *name).collect();
        assert_eq!(names.join(" "), listed);
    }

    #[test]
    fn threads_are_listed_in_the_order_asked_for() {
        let threads = [
            ("one", 1, 1, 0, 0),
            ("ten", 2, 10, 0, 1),
            ("most", 3, 60, 40, 2),
            ("hated", 4, 1, 9, 9),
            ("new", 5, 0, 0, 0),
        ];
        check("newest", &threads, "new hated most ten one");
        check("oldest", &threads, "one ten most hated new");
        check("best", &threads, "ten most one hated new");
        check("discussed", &threads, "hated most ten new one");
        check("controversial", &threads, "most hated new ten one");
    }

    #[test]
    fn huge_tallies_are_ranked_like_others() {
        let threads = [
            ("none", 1, 0, 0, 0),
            ("some", 2, 9, 9, 0),
            ("all", 3, i64::MAX, i64::MAX, 0),
            ("odd", 4, i64::MIN, i64::MIN, 0),
            ("half", 5, i64::MAX / 1_000, i64::MAX / 2_000, 0),
            ("loved", 6, i64::MAX, 0, usize::MAX),
        ];
        check("controversial", &threads, "all half some loved odd none");
        check("best", &threads, "loved half all some odd none");
        check("discussed", &threads, "loved half odd all some none");
        let early = Order::Oldest.rank(Some(Time(i64::MIN)), None, 0);
        assert!(early > Order::Oldest.rank(Some(Time(0)), None, 0));
    }

    #[test]
    fn the_interval_is_wilsons() {
        let tally = |up, down| best(Tally { up, down: Some(down), ..Tally::default() });
        // Agresti and Coull 1998: 9 of 10 lies above 0.596.
        assert!((595_000..597_000).contains(&tally(9, 1)), "{}", tally(9, 1));
        assert_eq!(tally(0, 0), 0);
        assert!(tally(i64::MAX / 4, i64::MAX / 4) < 500_000);
        assert!(tally(i64::MAX, i64::MAX) < 500_000);
        assert_eq!(best(Tally { up: 7, down: None, ..Tally::default() }), 7);
    }
}
