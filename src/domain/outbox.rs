//! When what a reader did is sent, and when it must not be. Pure: time and chance are given.

use crate::domain::time::Time;
use crate::domain::trouble::Trouble;

/// The first pause before another try, in milliseconds; each next one is up to twice as long.
const FIRST_PAUSE: i64 = 1_000;
/// The longest pause of our own choice.
const LONGEST_PAUSE: i64 = 30_000;
/// The longest that an endpoint may ask for.
const LONGEST_ASKED: i64 = 15 * 60_000;
/// Tries without the reader; then the reader decides.
const TRIES: u32 = 6;

/// How far something has come on its way to the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Goes as soon as it may.
    Waiting,
    Sending,
    /// Goes only when the reader says so.
    Stopped,
}

/// The way of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub state: State,
    pub tries: u32,
    /// Not to be sent before.
    pub due: Time,
    /// It may have arrived: an answer was lost.
    pub maybe: bool,
    /// The endpoint takes the same thing twice as one.
    pub keyed: bool,
    /// It was looked for, and what was found may be it or not: the reader decides.
    pub doubt: bool,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Nothing,
    WaitUntil(Time),
    Send,
    /// Look whether it is there already, before it is sent again.
    Look,
}

impl Progress {
    pub fn new(now: Time) -> Self {
        let state = State::Waiting;
        Self { state, tries: 0, due: now, maybe: false, keyed: false, doubt: false }
    }

    pub fn step(&self, now: Time) -> Step {
        match self.state {
            State::Sending | State::Stopped => Step::Nothing,
            State::Waiting if now < self.due => Step::WaitUntil(self.due),
            State::Waiting if self.maybe && !self.keyed => Step::Look,
            State::Waiting => Step::Send,
        }
    }

    /// It goes out. `knows_keys` says whether the endpoint takes the same thing twice as one.
    pub fn send(&mut self, knows_keys: bool) {
        self.state = State::Sending;
        self.tries += 1;
        // Until an answer comes, nobody knows.
        (self.maybe, self.keyed) = (true, knows_keys);
    }

    /// It did not arrive, or nobody knows. `chance` is a number of 1,000: pauses are spread, so that
    /// not all readers come back at once (full jitter).
    pub fn fail(&mut self, trouble: &Trouble, now: Time, chance: u32) {
        let (lost, asked) = match trouble {
            Trouble::NoNetwork
            | Trouble::Offline
            | Trouble::Slow
            | Trouble::Unreadable
            | Trouble::Broken { .. } => (true, 0),
            Trouble::TooFast { wait } => (false, wait.map_or(0, |wait| i64::from(wait) * 1_000)),
            _ => (false, 0),
        };
        // A clear no: it did not arrive.
        self.maybe &= lost || matches!(trouble, Trouble::Duplicate { .. });
        let doubled = FIRST_PAUSE << self.tries.clamp(1, 8);
        let pause = doubled.min(LONGEST_PAUSE) * i64::from(chance.min(1_000)) / 1_000;
        self.due = Time(now.0 + pause.max(asked.min(LONGEST_ASKED)));
        self.state = match trouble {
            // An earlier try may have arrived after all: that is looked up, once.
            Trouble::Duplicate { .. } if (2..=TRIES).contains(&self.tries) => {
                self.tries = TRIES;
                State::Waiting
            }
            _ if lost && self.tries < TRIES => State::Waiting,
            _ => State::Stopped,
        };
    }

    /// It was looked for and is not there: it may be sent.
    pub fn missed(&mut self) {
        self.maybe = false;
    }

    /// It was looked for, and something like it is there.
    pub fn doubt(&mut self) {
        (self.state, self.doubt) = (State::Stopped, true);
    }

    /// It could not be looked for.
    pub fn unseen(&mut self, now: Time, chance: u32) {
        self.tries += 1;
        self.fail(&Trouble::Offline, now, chance);
    }

    /// The page was closed while it was on its way.
    pub fn reopen(&mut self) {
        if self.state == State::Sending {
            self.state = State::Waiting;
        }
    }

    /// The reader, or a network that came back, asks for a try at once.
    pub fn hurry(&mut self, now: Time) {
        if self.state == State::Waiting {
            self.due = now;
        }
    }

    /// The reader asks for another try of what was stopped.
    pub fn retry(&mut self, now: Time) {
        if self.state == State::Stopped {
            (self.state, self.tries) = (State::Waiting, 0);
            // Whoever was asked has looked.
            self.maybe &= !std::mem::take(&mut self.doubt);
            // What the endpoint asked to wait for is waited for.
            self.due = self.due.max(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::said::{Age, Arrival, Who, arrival, likeness};

    /// What happens to one comment, a letter each, and what is done about it.
    fn story(events: &str, knows_keys: bool) -> String {
        let (mut now, mut progress) = (Time(0), Progress::new(Time(0)));
        let mut told = Vec::new();
        for event in events.chars() {
            now = Time(now.0 + 60_000);
            told.push(match progress.step(now) {
                Step::Nothing => "-",
                Step::WaitUntil(_) => "wait",
                Step::Send => "send",
                Step::Look => "look",
            });
            match (progress.step(now), event) {
                (Step::Send, _) => progress.send(knows_keys),
                (Step::Look, 'f') => progress.unseen(now, 500),
                (Step::Look, _) => progress.missed(),
                _ => {}
            }
            match event {
                'o' => progress.fail(&Trouble::Offline, now, 500),
                'b' => progress.fail(&Trouble::Broken { status: 503 }, now, 500),
                'n' => progress.fail(&Trouble::NotAllowed, now, 500),
                't' => progress.fail(&Trouble::TooFast { wait: Some(200) }, now, 500),
                'd' => progress.fail(&Trouble::Duplicate { reason: String::new() }, now, 500),
                'k' => progress.reopen(),
                'r' => progress.retry(now),
                _ => {}
            }
        }
        told.join(" ")
    }

    #[test]
    fn nothing_is_sent_blindly_twice() {
        assert_eq!(story("o..", true), "send send -");
        assert_eq!(story("o..", false), "send look send");
        assert_eq!(story(".k..", false), "send - look send");
        assert_eq!(story(".k..", true), "send - send -");
        assert_eq!(story("of..", false), "send look look send");
        // It has been said before, and not by an earlier try of ours.
        assert_eq!(story("d..", false), "send - -");
        assert_eq!(story("o.d.d.", false), "send look send look send -");
        // After a clear no it is certain that nothing arrived.
        assert_eq!(story("nr.", false), "send - send");
    }

    #[test]
    fn what_was_refused_waits_for_the_reader() {
        assert_eq!(story("n....", true), "send - - - -");
        assert_eq!(story("nr..", true), "send - send -");
        // Two hundred seconds, of which sixty had gone by.
        assert_eq!(story("tr...", true), "send - wait wait send");
        assert_eq!(story("oooooo..r.", true), "send send send send send send - - - send");
        assert_eq!(story("bbbbbb.", true), "send send send send send send -");
    }

    #[test]
    fn pauses_grow_and_end() {
        let pause = |tries, chance| {
            let mut progress = Progress { tries, ..Progress::new(Time(0)) };
            progress.fail(&Trouble::Offline, Time(0), chance);
            progress.due.0
        };
        assert_eq!(
            [1, 2, 3, 4, 5].map(|tries| pause(tries, 1_000)),
            [2_000, 4_000, 8_000, 16_000, 30_000]
        );
        assert_eq!(pause(3, 0), 0);
        let mut progress = Progress::new(Time(0));
        progress.fail(&Trouble::TooFast { wait: Some(u32::MAX) }, Time(0), 0);
        assert_eq!(progress.due, Time(LONGEST_ASKED));
    }

    /// Sequences of the model test below.
    fn cases() -> u64 {
        std::env::var("CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(20_000)
    }

    /// A small generator (Marsaglia 2003, xorshift64): the same numbers on every machine.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, sides: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % sides
        }
    }

    /// What is written in the stories below: short and long, in several scripts, and what is alike.
    const TEXTS: [&str; 12] = [
        "Первый",
        "Второй",
        "да",
        "да!",
        "第一",
        "第二",
        "👍",
        "👎",
        "+1",
        "اول",
        "one",
        "Спасибо за эту прекрасную статью о птицах",
    ];

    /// A comment at the endpoint of the stories.
    struct There {
        text: &'static str,
        who: Who,
        at: Time,
        ours: bool,
        /// This device knows already that it wrote that.
        known: bool,
    }

    /// Whether our comment is there, as far as a reader can tell who looks for it.
    fn look(list: &[There], text: &str, since: Time) -> Arrival {
        let plain = |text: &str| text.to_lowercase();
        let judged = list.iter().filter(|there| !there.known).map(|there| {
            let age = if there.at >= since { Age::After } else { Age::Near };
            arrival(likeness(text, there.text, &plain), there.who, age)
        });
        judged.max().unwrap_or(Arrival::No)
    }

    /// An endpoint that may know keys, the way there and back, what others and oneself say meanwhile, and a
    /// page that may be closed at any time. Whatever happens, the words are in the outbox or there, and there
    /// they are once, unless the reader, asked, wanted them once more.
    #[test]
    fn nothing_is_lost_and_nothing_is_doubled() {
        let (mut found, mut doubted) = (0_u32, 0_u32);
        for case in 1..=cases() {
            let mut dice = Dice(case.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let mut any = |from: &[&'static str]| {
                from[usize::try_from(dice.below(from.len() as u64)).expect("small")]
            };
            let (text, earlier, others) = (any(&TEXTS), any(&TEXTS), any(&TEXTS));
            let knows_keys = dice.below(2) == 0;
            let (since, mut now, mut progress) = (Time(0), Time(0), Progress::new(Time(0)));
            let named = if dice.below(3) == 0 { Who::Unknown } else { Who::Same };
            let before = Time(-1_000);
            let at = |text, who, at, known| There { text, who, at, ours: false, known };
            // Somebody may have said the same; what one said oneself before is mostly known.
            let mut list = vec![
                at(earlier, named, before, dice.below(4) > 0),
                at(others, if named == Who::Same { Who::Other } else { named }, Time(1), false),
            ];
            let (mut in_outbox, mut asked) = (true, 0);
            let mut story = String::new();
            for _ in 0..dice.below(30) {
                now = Time(now.0 + i64::try_from(dice.below(40_000)).expect("small"));
                let chance = u32::try_from(dice.below(1_001)).expect("small");
                match dice.below(8) {
                    0 => progress.reopen(),
                    1 => {
                        asked += u32::from(progress.doubt);
                        progress.retry(now);
                    }
                    2 => progress.hurry(now),
                    _ => {}
                }
                if !in_outbox {
                    continue;
                }
                let there = list.iter().filter(|there| there.ours).count();
                match progress.step(now) {
                    Step::Send => {
                        progress.send(knows_keys);
                        let fate = dice.below(7);
                        story.extend(char::from_digit(u32::try_from(fate).expect("small"), 10));
                        let arrives = fate != 0 && fate < 5;
                        if arrives && !(knows_keys && there > 0) {
                            let (who, at) = (named, now);
                            list.push(There { text, who, at, ours: true, known: false });
                        }
                        match fate {
                            // The answer comes; it is lost; it is late or no answer; the tab is killed.
                            1 => in_outbox = false,
                            2 | 0 => progress.fail(&Trouble::Offline, now, chance),
                            3 => progress.fail(&Trouble::Broken { status: 502 }, now, chance),
                            4 => {}
                            5 => progress.fail(&Trouble::NotAllowed, now, chance),
                            _ => progress.fail(&Trouble::TooFast { wait: Some(5) }, now, chance),
                        }
                    }
                    Step::Look => {
                        story.push('?');
                        match look(&list, text, since) {
                            _ if dice.below(3) == 0 => progress.unseen(now, chance),
                            Arrival::No => progress.missed(),
                            Arrival::Doubtful => {
                                doubted += 1;
                                progress.doubt();
                            }
                            Arrival::Yes => {
                                found += 1;
                                in_outbox = false;
                            }
                        }
                    }
                    Step::Nothing | Step::WaitUntil(_) => {}
                }
                let there = list.iter().filter(|there| there.ours).count();
                let told =
                    || format!("{text:?} beside {earlier:?} and {others:?}, {story}, case {case}");
                assert!(there <= 1 + asked as usize, "{there} of one comment: {}", told());
                // Who said the same at length a little before has said it.
                let said = named == Who::Same && text == earlier && text.len() > 60;
                assert!(in_outbox || there > 0 || said, "it is nowhere: {}", told());
            }
        }
        assert!(found > 0 && doubted > 0, "{found} found, {doubted} doubted");
    }
}
