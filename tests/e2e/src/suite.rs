//! Playing scenarios one after the other, each with pages of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use anyhow::{Result, anyhow};

use crate::paths;
use crate::world::World;

/// A name for the filter, and what is played.
pub type Scenario = (&'static str, fn(&World) -> Result<()>);

/// How many went well and how many did not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Scenarios that held.
    pub passed: usize,
    /// Scenarios that did not.
    pub failed: usize,
    /// A line for each: its name, whether it held, seconds.
    pub rows: Vec<(&'static str, bool, f64)>,
}

impl Tally {
    /// Names in words with what became of each, as a Markdown table.
    pub fn table(&self) -> String {
        let mut out =
            "| row | fault | outcome | seconds |\n| --- | --- | --- | ---: |\n".to_owned();
        let mut rows = self.rows.clone();
        rows.sort_by_key(|(name, ..)| *name);
        for (name, held, seconds) in &rows {
            let (row, fault) = name.split_once('_').unwrap_or((name, ""));
            let (fault, held) = (fault.replace('_', " "), if *held { "held" } else { "FAILED" });
            let seconds = format!("{seconds:.1}");
            out += &["| ", row, " | ", &fault, " | ", held, " | ", &seconds, " |\n"].concat();
        }
        out
    }
}

/// Scenarios whose name holds `filter`; all of them without one.
pub fn chosen(scenarios: &[Scenario], filter: Option<&str>) -> Vec<Scenario> {
    let wanted = |name: &str| filter.is_none_or(|filter| name.contains(filter));
    scenarios.iter().filter(|(name, _)| wanted(name)).copied().collect()
}

/// Plays them, says how each went, and leaves a picture and a log of those that failed.
pub fn play(scenarios: &[Scenario], quick: bool) -> Result<Tally> {
    // What an earlier run left would be taken for what this one saw.
    let _ = std::fs::remove_dir_all(paths::failures());
    let mut world = World::open()?;
    let mut tally = Tally::default();
    for &(name, scenario) in scenarios {
        world.set_quick(quick);
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| scenario(&world)))
            .unwrap_or_else(|panic| Err(anyhow!("panicked: {}", words(&panic))));
        let seconds = start.elapsed().as_secs_f64();
        tally.rows.push((name, outcome.is_ok(), seconds));
        match outcome {
            Ok(()) => {
                tally.passed += 1;
                println!("test {name} ... ok ({seconds:.1} s)");
                world.close_pages();
            }
            Err(trouble) => {
                tally.failed += 1;
                println!("test {name} ... FAILED ({seconds:.1} s)\n{trouble:#}{}", place(&trouble));
                if let Err(also) = world.save_pages(&paths::failures(), name) {
                    println!("(no picture: {also:#})");
                }
                // What broke may be the browser itself: the next scenario gets a new one.
                drop(world);
                world = World::open()?;
            }
        }
    }
    Ok(tally)
}

/// The lines of the scenario that led there; only with `RUST_BACKTRACE=1`.
fn place(trouble: &anyhow::Error) -> String {
    let trace = trouble.backtrace().to_string();
    let ours = trace.lines().filter(|line| line.contains("e2e/src/scenarios/"));
    ours.map(|line| ["\n    ", line.trim()].concat()).collect()
}

/// What a panic said.
pub(crate) fn words(panic: &Box<dyn std::any::Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Scenario, Tally, chosen};

    const SCENARIOS: &[Scenario] =
        &[("driver_clicks", |_| Ok(())), ("isso_reads", |_| Ok(())), ("isso_votes", |_| Ok(()))];

    #[track_caller]
    fn check(filter: Option<&str>, names: &str) {
        let seen: Vec<&str> = chosen(SCENARIOS, filter).iter().map(|(name, _)| *name).collect();
        assert_eq!(seen.join(" "), names);
    }

    #[test]
    fn a_tally_is_a_table() {
        let tally = Tally { rows: vec![("F01_no_network", false, 1.25)], ..Tally::default() };
        assert!(
            tally.table().ends_with("| F01 | no network | FAILED | 1.2 |\n"),
            "{}",
            tally.table()
        );
    }

    #[test]
    fn a_filter_is_a_part_of_the_name() {
        check(None, "driver_clicks isso_reads isso_votes");
        check(Some("isso"), "isso_reads isso_votes");
        check(Some("nothing"), "");
    }
}
