//! `jawjaw-e2e [FILTER] [--list] [--quick] [--table]` plays scenarios; `jawjaw-e2e engines [FILTER]` pays
//! the visits that all engines must bear; `jawjaw-e2e shots DIR` and `jawjaw-e2e gallery DIR` take pictures.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use jawjaw_e2e::{bench, engines, scenarios, shots, suite};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("{trouble:?}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all went well. A filter that fits nothing is a mistake, not a success.
fn run() -> Result<bool> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [verb, folder] = arguments.as_slice()
        && let Some(take) = match verb.as_str() {
            "shots" => Some(shots::take as fn(&Path) -> Result<()>),
            "gallery" => Some(scenarios::pictures as fn(&Path) -> Result<()>),
            _ => None,
        }
    {
        take(Path::new(folder))?;
        return Ok(true);
    }
    if arguments.first().is_some_and(|verb| verb == "bench") {
        let most = arguments.get(1).and_then(|most| most.parse().ok()).unwrap_or(usize::MAX);
        bench::run(most, arguments.get(2).map(Path::new))?;
        return Ok(true);
    }
    if arguments.first().is_some_and(|verb| verb == "engines") {
        return engines::run(arguments.get(1).map(String::as_str));
    }
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let filter = arguments.iter().find(|argument| !argument.starts_with("--"));
    let mut scenarios = suite::chosen(&scenarios::all(), filter.map(String::as_str));
    if has("--quick") {
        scenarios.retain(|(name, _)| !scenarios::HEAVY.contains(name));
    }
    if has("--list") {
        for (name, _) in scenarios {
            println!("{name}");
        }
        return Ok(true);
    }
    let tally = suite::play(&scenarios, has("--quick"))?;
    if has("--table") {
        println!("\n{}", tally.table());
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0 && tally.passed > 0)
}
