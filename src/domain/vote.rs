//! A reader's vote for a comment, and the tally of all of them.

/// What one viewer thinks of one comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Vote {
    #[default]
    None,
    Up,
    Down,
}

impl Vote {
    /// From the sign of a number.
    pub fn from_sign(sign: i64) -> Self {
        match sign.signum() {
            1 => Self::Up,
            -1 => Self::Down,
            _ => Self::None,
        }
    }

    pub fn sign(self) -> i64 {
        match self {
            Self::Up => 1,
            Self::Down => -1,
            Self::None => 0,
        }
    }
}

/// The votes of one comment, and ours among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub up: i64,
    /// `None` where the service counts no votes against.
    pub down: Option<i64>,
    pub mine: Vote,
}

impl Tally {
    /// Pressing the same button twice takes the vote back.
    pub fn next(self, pressed: Vote) -> Vote {
        if self.mine == pressed { Vote::None } else { pressed }
    }

    /// The tally once this viewer's vote is `vote`. The endpoint's own numbers replace it.
    #[must_use]
    pub fn after(self, vote: Vote) -> Self {
        let mut tally = self;
        tally.add(self.mine, -1);
        tally.add(vote, 1);
        tally.mine = vote;
        tally
    }

    fn add(&mut self, vote: Vote, step: i64) {
        match (vote, &mut self.down) {
            (Vote::Up, _) => self.up = self.up.saturating_add(step),
            (Vote::Down, Some(down)) => *down = down.saturating_add(step),
            (Vote::Down, None) => self.up = self.up.saturating_sub(step),
            (Vote::None, _) => {}
        }
    }

    /// Votes for less votes against.
    pub fn score(self) -> i64 {
        self.up.saturating_sub(self.down.unwrap_or(0))
    }

    /// Whether anything was counted, ours included.
    pub fn is_empty(self) -> bool {
        self.up == 0 && self.down.unwrap_or(0) == 0 && self.mine.sign() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tally: Tally, pressed: Vote, up: i64, down: Option<i64>, mine: Vote) {
        assert_eq!(tally.after(tally.next(pressed)), Tally { up, down, mine });
    }

    #[test]
    fn a_vote_counts_once_and_can_be_taken_back() {
        let fresh = Tally { up: 2, down: Some(1), mine: Vote::None };
        check(fresh, Vote::Up, 3, Some(1), Vote::Up);
        check(fresh.after(Vote::Up), Vote::Up, 2, Some(1), Vote::None);
        check(fresh.after(Vote::Up), Vote::Down, 2, Some(2), Vote::Down);
    }

    #[test]
    fn where_only_a_score_is_known_a_vote_against_lowers_it() {
        let scored = Tally { up: 2, down: None, mine: Vote::None };
        check(scored, Vote::Down, 1, None, Vote::Down);
        check(scored.after(Vote::Down), Vote::Up, 3, None, Vote::Up);
    }
}
