//! Somebody at a browser, in blocking calls: looks, points, types. The names are those of [`crate::Page`].

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::error::CmdError;
use fantoccini::wd::{Capabilities, TimeoutConfiguration};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::driver::Driver;
use crate::page::{PATIENCE, late};

/// A browser window of one engine. JavaScript handed to it may use `deep` and its kin, on pages with `/helpers.js`.
pub(crate) struct Reader {
    runtime: Runtime,
    client: Client,
}

impl Reader {
    /// Opens the browser of a driver.
    pub(super) fn new(driver: &Driver) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let capabilities: Capabilities = serde_json::from_value(driver.engine.capabilities()?)?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = runtime
            .block_on(builder.capabilities(capabilities).connect(&driver.url))
            .with_context(|| format!("opening {}", driver.engine.name()))?;
        // A wait in the page ends by itself, and says what it saw last.
        let patience = PATIENCE + Duration::from_secs(30);
        let limits = TimeoutConfiguration::new(Some(patience), Some(patience), None);
        runtime.block_on(client.update_timeouts(limits))?;
        Ok(Self { runtime, client })
    }

    fn done<T>(&self, work: impl Future<Output = Result<T, CmdError>>) -> Result<T> {
        Ok(self.runtime.block_on(work)?)
    }

    /// Opens an address and waits until the document is loaded.
    pub(crate) fn goto(&self, url: &str) -> Result<()> {
        self.done(self.client.goto(url))
    }

    /// Loads the same address again.
    pub(crate) fn reload(&self) -> Result<()> {
        self.done(self.client.refresh())
    }

    /// The value of a JavaScript expression, as JSON; a promise is awaited, an exception is an error.
    pub(crate) fn eval(&self, expression: &str) -> Result<Value> {
        // The tools of WebDriver for JSON refuse what is cyclic, and nodes of shadow roots.
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => JSON.stringify(await ({expression})))().then(
                 (value) => done({{ value: value ?? 'null' }}),
                 (error) => done({{ trouble: String(error) }}))"
        );
        let answer = self.done(self.client.execute_async(&script, Vec::new()))?;
        if let Some(trouble) = answer["trouble"].as_str() {
            bail!("{trouble} in {expression:.1500}");
        }
        let value = answer["value"].as_str().with_context(|| format!("no value in {answer}"))?;
        Ok(serde_json::from_str(value)?)
    }

    /// Asks an expression with every frame until it is truthy, and gives what it was then. An exception counts as
    /// "not yet".
    pub(crate) fn wait(&self, condition: &str) -> Result<Value> {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let ask =
                format!("jawjawDriver.until(async () => ({condition}), {})", left.as_millis());
            match self.eval(&ask) {
                Ok(answer) if answer["late"] == true => {
                    return Err(late(condition, PATIENCE, &answer));
                }
                Ok(mut answer) => return Ok(answer["value"].take()),
                // The document may be replaced under the question: the new one is asked.
                Err(_) if left > Duration::ZERO => std::thread::sleep(Duration::from_millis(20)),
                Err(trouble) => return Err(trouble.context(format!("waiting for {condition}"))),
            }
        }
    }

    /// Clicks the middle of an element, once it is there, at rest, enabled and not covered.
    pub(crate) fn click(&self, element: &str) -> Result<()> {
        let (down, up) = (
            PointerAction::Down { button: MOUSE_BUTTON_LEFT },
            PointerAction::Up { button: MOUSE_BUTTON_LEFT },
        );
        self.point(element, &[down, up])
    }

    /// Moves the mouse over an element.
    pub(crate) fn hover(&self, element: &str) -> Result<()> {
        self.point(element, &[])
    }

    /// Selects the words of an element with the mouse, from their beginning to the end of the line.
    pub(crate) fn drag(&self, words: &str) -> Result<()> {
        self.wait(&format!("await jawjawDriver.aim({words})"))?;
        let place = self.eval(&format!("{words}.getBoundingClientRect()"))?;
        let [left, right, top, bottom] =
            ["left", "right", "top", "bottom"].map(|side| place[side].as_f64().unwrap_or(0.0));
        let there = |x: f64| PointerAction::MoveTo {
            duration: Some(Duration::ZERO),
            x: x.floor(),
            y: f64::midpoint(top, bottom).floor(),
        };
        let mouse = MouseActions::new("mouse".to_owned())
            .then(there(left + 1.0))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(there(left + 20.0))
            .then(there(right - 2.0))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.done(self.client.perform_actions(mouse))
    }

    fn point(&self, element: &str, then: &[PointerAction]) -> Result<()> {
        let point = self.wait(&format!("await jawjawDriver.aim({element})"))?;
        let at = |side: &str| point[side].as_f64().map(f64::floor);
        let (x, y) = at("x").zip(at("y")).with_context(|| format!("no point: {point}"))?;
        let there = PointerAction::MoveTo { duration: Some(Duration::ZERO), x, y };
        let mouse = MouseActions::new("mouse".to_owned()).then(there);
        let mouse = then.iter().fold(mouse, |mouse, action| mouse.then(action.clone()));
        self.done(self.client.perform_actions(mouse))
    }

    /// Clicks an element to give it the focus, then types.
    pub(crate) fn fill(&self, element: &str, text: &str) -> Result<()> {
        self.click(element)?;
        self.type_text(text)
    }

    /// Types where the focus is, letter by letter.
    pub(crate) fn type_text(&self, text: &str) -> Result<()> {
        let letters = text.chars().map(|letter| if letter == '\n' { ENTER } else { letter });
        let both = |value| [KeyAction::Down { value }, KeyAction::Up { value }];
        self.keys(letters.flat_map(both))
    }

    /// Presses a key: `Tab`, `Enter`, `a`, also `Shift+Tab`, `Control+Enter`.
    pub(crate) fn press(&self, keys: &str) -> Result<()> {
        let chord: Vec<char> = keys.split('+').map(key).collect::<Result<_>>()?;
        let down = chord.iter().map(|&value| KeyAction::Down { value });
        let up = chord.iter().rev().map(|&value| KeyAction::Up { value });
        self.keys(down.chain(up))
    }

    fn keys(&self, actions: impl Iterator<Item = KeyAction>) -> Result<()> {
        let keys = actions.fold(KeyActions::new("keys".to_owned()), InputSource::then);
        self.done(self.client.perform_actions(keys))
    }

    pub(super) fn screenshot(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(file, self.done(self.client.screenshot())?)?)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // What hangs is killed with its driver.
        let _ = self.runtime.block_on(self.client.clone().close());
    }
}

const ENTER: char = '\u{E007}';
/// What WebDriver calls keys of more than one letter.
const KEYS: &[(&str, char)] = &[
    ("Tab", '\u{E004}'),
    ("Enter", ENTER),
    ("Shift", '\u{E008}'),
    ("Control", '\u{E009}'),
    ("Escape", '\u{E00C}'),
    ("Space", ' '),
    ("ArrowLeft", '\u{E012}'),
    ("ArrowUp", '\u{E013}'),
    ("ArrowRight", '\u{E014}'),
    ("ArrowDown", '\u{E015}'),
];

fn key(name: &str) -> Result<char> {
    if let Some((_, value)) = KEYS.iter().find(|(known, _)| *known == name) {
        return Ok(*value);
    }
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => Ok(letter),
        _ => bail!("no such key: {name}"),
    }
}

/// As a JavaScript literal.
pub(super) fn quoted(text: &str) -> String {
    json!(text).to_string()
}
