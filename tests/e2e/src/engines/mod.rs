//! The same visits in Chromium, Firefox and WebKit: what every reader does, over the one protocol that all three
//! speak (WebDriver). Everything that needs more than that (throttling, heaps, being offline) is in the scenarios.

mod driver;
mod reader;
mod visits;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use anyhow::{Result, anyhow, ensure};

use self::driver::{Driver, ENGINES, Engine};
use self::reader::Reader;
use self::visits::{Deeds, VISITS};
use crate::paths;
use crate::suite::words;

/// Plays the visits whose name (`engines_webkit_read`) holds `filter`, the engines side by side; whether all held.
pub fn run(filter: Option<&str>) -> Result<bool> {
    let (passed, failed) = std::thread::scope(|scope| {
        let playing = ENGINES.map(|engine| scope.spawn(move || play(engine, filter)));
        playing.into_iter().fold((0, 0), |(passed, failed), engine| {
            // A visit that panics is caught where it is played.
            let (more, less) = engine.join().unwrap_or((0, 1));
            (passed + more, failed + less)
        })
    });
    ensure!(passed + failed > 0, "no visit is named like that");
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// All visits in one engine; how many held, and how many did not.
fn play(engine: Engine, filter: Option<&str>) -> (usize, usize) {
    let (mut passed, mut failed) = (0, 0);
    let mut browser = None;
    for (name, visit) in VISITS {
        let name = format!("engines_{}_{name}", engine.name());
        if filter.is_some_and(|filter| !name.contains(filter)) {
            continue;
        }
        let start = Instant::now();
        let outcome = paid(engine, &mut browser, &name, *visit);
        let seconds = start.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => {
                passed += 1;
                println!("test {name} ... ok ({seconds:.1} s)");
            }
            Err(trouble) => {
                failed += 1;
                println!("test {name} ... FAILED ({seconds:.1} s)\n{trouble:#}");
                // What broke may be the browser itself: the next visit gets a new one.
                browser = None;
            }
        }
    }
    (passed, failed)
}

/// One visit. Every visit has a site of its own, so that no storage is shared although the browser is.
fn paid(
    engine: Engine,
    browser: &mut Option<(Driver, Reader)>,
    name: &str,
    visit: Deeds,
) -> Result<()> {
    if browser.is_none() {
        let driver = Driver::start(engine)?;
        let reader = Reader::new(&driver)?;
        *browser = Some((driver, reader));
    }
    let (_, reader) = browser.as_ref().ok_or_else(|| anyhow!("there is a browser by now"))?;
    let outcome = catch_unwind(AssertUnwindSafe(|| visits::pay(reader, visit)))
        .unwrap_or_else(|panic| Err(anyhow!("panicked: {}", words(&panic))));
    if outcome.is_err() {
        // A browser that crashed has nothing to show.
        let _ = reader.screenshot(&paths::failures().join(format!("{name}.png")));
    }
    outcome
}
