//! The programs that drive the three engines, each started for itself on a port of its own.

use std::net::{TcpListener, TcpStream};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::Process;
use crate::{chrome, firefox, paths};

/// What makes pages of what we ship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

pub(super) const ENGINES: [Engine; 3] = [Engine::Chromium, Engine::Firefox, Engine::WebKit];

impl Engine {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// What the driver is asked for.
    pub(super) fn capabilities(self) -> Result<Value> {
        Ok(match self {
            Self::Chromium => {
                let flags = chrome::FLAGS.iter().filter(|flag| !flag.starts_with("--remote-"));
                let flags: Vec<&str> = flags.copied().chain(["--window-size=1024,768"]).collect();
                json!({ "goog:chromeOptions": { "args": flags, "binary": chrome::find()? } })
            }
            Self::Firefox => json!({ "moz:firefoxOptions": {
                "args": ["-headless", "-width", "1024", "-height", "768"],
                "binary": firefox::find()?, "prefs": firefox::preferences()?,
            } }),
            // MiniBrowser, in a window of 1024 pixels, is what the driver starts by itself.
            Self::WebKit => json!({}),
        })
    }
}

/// A running driver. It ends, with the browser it started, when dropped.
pub(super) struct Driver {
    pub(super) engine: Engine,
    /// Such as `http://127.0.0.1:41234`.
    pub(super) url: String,
    _process: Process,
    /// WebKit has no way to do without a screen.
    _screen: Option<Process>,
    _home: TempDir,
}

impl Driver {
    pub(super) fn start(engine: Engine) -> Result<Self> {
        let home = tempfile::Builder::new().prefix("jawjaw-engines-").tempdir()?;
        let (mut screen, mut command, mut chosen) = (None, Command::new(program(engine)?), None);
        match engine {
            Engine::Chromium => command.arg("--port=0"),
            Engine::Firefox => {
                command.args(["--port", "0"]).envs(firefox::ENVIRONMENT.iter().copied())
            }
            Engine::WebKit => {
                let (display, process) = virtual_screen()?;
                screen = Some(process);
                let port = free_port()?;
                chosen = Some(port);
                command.arg(format!("--port={port}")).env("DISPLAY", display);
                // Its sandbox needs rights that containers do not have; it opens nothing but our own pages.
                command
                    .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
                    .env("NO_AT_BRIDGE", "1")
            }
        };
        let mut process = Process::group(command.env("HOME", home.path()))?;
        let listens = |port: &u16| TcpStream::connect(("127.0.0.1", *port)).is_ok();
        let port = process
            .ready(|said| chosen.or_else(|| port_in(said)).filter(listens))
            .with_context(|| format!("starting the driver of {}", engine.name()))?;
        let url = format!("http://127.0.0.1:{port}");
        Ok(Self { engine, url, _process: process, _screen: screen, _home: home })
    }
}

/// `$CHROMEDRIVER`, `$GECKODRIVER`, `$WEBKIT_DRIVER`, else the one on `PATH`.
fn program(engine: Engine) -> Result<std::path::PathBuf> {
    let (variable, name, package) = match engine {
        Engine::Chromium => ("CHROMEDRIVER", "chromedriver", "the package chromium-driver"),
        Engine::Firefox => ("GECKODRIVER", "geckodriver", "the crate geckodriver"),
        Engine::WebKit => ("WEBKIT_DRIVER", "WebKitWebDriver", "the package webkit2gtk-driver"),
    };
    std::env::var_os(variable).map(Into::into).or_else(|| paths::on_path(&[name])).with_context(
        || format!("no {name} found: install {package}, or set {variable} to the program"),
    )
}

/// A screen nobody looks at, and its name.
fn virtual_screen() -> Result<(String, Process)> {
    let program = paths::on_path(&["Xvfb"]).context("no Xvfb found: install the package xvfb")?;
    let mut command = Command::new(program);
    // The server finds a number that is free, and says it.
    command.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
    let mut process = Process::start(&mut command)?;
    let display = process.ready(number_alone).context("starting Xvfb")?;
    Ok((format!(":{display}"), process))
}

/// A line with nothing but a number in it.
fn number_alone(said: &str) -> Option<u16> {
    said.lines().find_map(|line| line.trim().parse().ok())
}

/// The number at the end of the line that says where a driver listens.
fn port_in(said: &str) -> Option<u16> {
    let line = said.lines().find(|line| {
        line.contains("was started successfully on port") || line.contains("Listening on")
    })?;
    line.trim_end_matches('.').rsplit([' ', ':']).next()?.parse().ok()
}

/// The driver of WebKit cannot be told to choose a port.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::{number_alone, port_in};

    #[test]
    fn where_a_driver_listens_is_read_from_what_it_says() {
        let chromium = "Starting ChromeDriver 156.0 on port 0\n\
                        ChromeDriver was started successfully on port 41234.\n";
        assert_eq!(port_in(chromium), Some(41234));
        let firefox = "1764343\tgeckodriver\tINFO\tListening on 127.0.0.1:39487\n";
        assert_eq!(port_in(firefox), Some(39487));
        assert_eq!(port_in("Starting ChromeDriver 156.0 on port 0\n"), None);
    }

    #[test]
    fn a_screen_is_a_number_by_itself() {
        assert_eq!(number_alone("_XSERVTransmkdir: 1777\n17\n"), Some(17));
        assert_eq!(number_alone("error 5 on 3\n"), None);
    }
}
