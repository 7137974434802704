//! A reader's stars for the article, and what all readers gave. After schema.org `AggregateRating`.

/// One to five stars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stars(u8);

impl Stars {
    /// All that can be given, fewest first.
    pub const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// `None` unless `count` is 1 to 5.
    pub fn new(count: i64) -> Option<Self> {
        u8::try_from(count).ok().filter(|count| (1..=5).contains(count)).map(Self)
    }

    pub fn count(self) -> u8 {
        self.0
    }

    fn place(self) -> usize {
        usize::from(self.0) - 1
    }
}

/// The ratings of one article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rating {
    /// The true mean in thousandths of a star; meaningless while `count` is 0.
    pub mean: u32,
    pub count: u32,
    /// How many gave one, two, … five stars, where the endpoint tells.
    pub spread: Option<[u32; 5]>,
    /// What this viewer gave.
    pub mine: Option<Stars>,
}

impl Rating {
    /// The rating after the viewer gives, changes or takes back (`None`) stars. Shown at once; the
    /// endpoint's own numbers replace it.
    #[must_use]
    pub fn after(mut self, given: Option<Stars>) -> Self {
        let mut sum = u64::from(self.mean) * u64::from(self.count);
        if let Some(old) = self.mine {
            sum = sum.saturating_sub(u64::from(old.count()) * 1000);
            self.count = self.count.saturating_sub(1);
            self.shift(old, u32::wrapping_sub);
        }
        if let Some(new) = given {
            sum += u64::from(new.count()) * 1000;
            self.count += 1;
            self.shift(new, u32::wrapping_add);
        }
        let mean = sum.checked_div(u64::from(self.count)).unwrap_or(0);
        Self { mean: u32::try_from(mean.min(5000)).unwrap_or(0), mine: given, ..self }
    }

    fn shift(&mut self, stars: Stars, step: fn(u32, u32) -> u32) {
        if let Some(spread) = &mut self.spread {
            let count = &mut spread[stars.place()];
            // A spread that never counted our stars stays at zero.
            *count = if *count == 0 && step(0, 1) != 1 { 0 } else { step(*count, 1) };
        }
    }

    /// How many in a thousand gave `stars`; 0 without ratings.
    pub fn share(&self, stars: Stars) -> u32 {
        let Some(spread) = self.spread else { return 0 };
        let all: u64 = spread.iter().copied().map(u64::from).sum();
        let share = (u64::from(spread[stars.place()]) * 1000).checked_div(all).unwrap_or(0);
        u32::try_from(share).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR: Rating = Rating { mean: 4000, count: 3, spread: Some([0, 0, 1, 1, 1]), mine: None };

    #[track_caller]
    fn check(rating: Rating, given: Option<i64>, picture: &str) {
        let after = rating.after(given.and_then(Stars::new));
        let spread = after.spread.map(|s| s.map(|n| n.to_string()).join(" ")).unwrap_or_default();
        assert_eq!(format!("{} of {}: {spread}", after.mean, after.count), picture);
    }

    #[test]
    fn giving_moves_the_mean_and_the_spread() {
        check(FOUR, Some(5), "4250 of 4: 0 0 1 1 2");
    }

    #[test]
    fn changing_counts_once() {
        check(FOUR.after(Stars::new(5)), Some(1), "3250 of 4: 1 0 1 1 1");
    }

    #[test]
    fn taking_back_restores() {
        check(FOUR.after(Stars::new(5)), None, "4000 of 3: 0 0 1 1 1");
    }

    #[test]
    fn the_first_and_the_last() {
        check(Rating::default(), Some(2), "2000 of 1: ");
        check(Rating::default().after(Stars::new(2)), None, "0 of 0: ");
    }

    #[test]
    fn numbers_that_disagree_do_not_underflow() {
        let odd = Rating { mean: 100, count: 0, spread: Some([0; 5]), mine: Stars::new(5) };
        check(odd, None, "0 of 0: 0 0 0 0 0");
    }

    #[test]
    fn only_one_to_five_are_stars() {
        assert_eq!(
            [0, 1, 5, 6, -1].map(|n| Stars::new(n).is_some()),
            [false, true, true, false, false]
        );
    }
}
