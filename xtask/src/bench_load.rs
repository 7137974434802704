//! One row of a table of load: what wrk says of a server, and what it cost the server.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::quietly;

const CONNECTIONS: &str = "16";

/// One row: what, and what came out.
pub(crate) struct Row {
    what: String,
    figures: Figures,
    /// Microseconds of the processors for each answer: unlike rates, this hardly depends on what else runs.
    cost: f64,
    memory: u64,
    pub(crate) failed: u64,
}

#[derive(Debug, PartialEq)]
struct Figures {
    answers: f64,
    per_second: f64,
    half: String,
    most: String,
    failed: u64,
}

/// A running server; its children count with it.
pub(crate) struct Loaded<'a> {
    pub(crate) address: &'a str,
    pub(crate) process: u32,
}

impl Loaded<'_> {
    pub(crate) fn row(&self, what: &str, path: &str, seconds: u32, more: &[&str]) -> Result<Row> {
        eprintln!("  {what}");
        let before = self.used()?;
        let mut wrk = Command::new("wrk");
        wrk.args(["-t", "2", "-c", CONNECTIONS, "--latency", "-d", &format!("{seconds}s")]);
        let said = quietly(wrk.args(more).arg(format!("http://{}{path}", self.address)))?;
        let figures = figures(&said).with_context(|| format!("wrk said:\n{said}"))?;
        let cost = (self.used()? - before) * 1_000.0 / figures.answers.max(1.0);
        let failed = figures.failed;
        Ok(Row { what: what.to_owned(), figures, cost, memory: self.memory()?, failed })
    }

    fn processes(&self) -> Vec<u32> {
        let file = format!("/proc/{0}/task/{0}/children", self.process);
        let children = fs::read_to_string(file).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|child| child.parse().ok());
        std::iter::once(self.process).chain(children).collect()
    }

    /// Milliseconds of the processors that were used.
    fn used(&self) -> Result<f64> {
        self.processes().into_iter().map(used).sum()
    }

    /// Megabytes in memory; what processes share counts once.
    pub(crate) fn memory(&self) -> Result<u64> {
        let mut kilobytes = 0;
        for process in self.processes() {
            let held = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
            let line = held.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss")?;
            let held = line.split_whitespace().next().context("no number")?.parse::<u64>()?;
            kilobytes += held;
        }
        Ok(kilobytes / 1_024)
    }
}

/// Milliseconds of the processors that a process has used.
pub(crate) fn used(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, rest) = stat.rsplit_once(") ").context("no stat")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let ticks: Option<u32> =
        fields.get(11..13).map(|t| t.iter().filter_map(|t| t.parse::<u32>().ok()).sum());
    Ok(f64::from(ticks.context("no times")?) * 10.0)
}

/// What wrk says at its end.
fn figures(said: &str) -> Result<Figures> {
    let after = |name: &str| {
        let line = said.lines().find_map(|line| line.trim().strip_prefix(name));
        line.map(|rest| rest.trim().to_owned())
    };
    let per_second = after("Requests/sec:").context("no rate")?.parse()?;
    let answers = said.lines().find_map(|line| line.split_once(" requests in "));
    let answers = answers.context("no number")?.0.trim().parse()?;
    let failed = match after("Non-2xx or 3xx responses:") {
        Some(number) => number.parse()?,
        None => 0,
    };
    let (Some(half), Some(most)) = (after("50%"), after("99%")) else { bail!("no latencies") };
    Ok(Figures { answers, per_second, half, most, failed })
}

pub(crate) fn table(rows: &[Row]) -> String {
    let mut out = String::from(
        "| | requests/s | p50 | p99 | processor each | memory |\n| --- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for Row { what, figures, cost, memory, failed } in rows {
        let Figures { per_second, half, most, .. } = figures;
        let failed = if *failed > 0 { format!(" ({failed} failed)") } else { String::new() };
        let _ = writeln!(
            out,
            "| {what} | {per_second:.0}{failed} | {half} | {most} | {cost:.0} µs | {memory} MB |"
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_what_wrk_says() {
        let said = "  Latency Distribution\n     50%    3.50ms\n     75%    4.10ms\n     99%   19.00ms\n\
                    42000 requests in 10.00s, 9MB read\nRequests/sec:   4264.10\n";
        let read = figures(said).expect("they are there");
        let expected = Figures {
            answers: 42_000.0,
            per_second: 4264.1,
            half: "3.50ms".into(),
            most: "19.00ms".into(),
            failed: 0,
        };
        assert_eq!(read, expected);
        let failed = format!("{said}  Non-2xx or 3xx responses: 7\n");
        assert_eq!(figures(&failed).expect("they are there").failed, 7);
        assert!(figures("unable to connect").is_err());
    }
}
