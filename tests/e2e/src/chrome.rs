//! Starting Chromium and learning where it listens.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::paths;

/// Without the background-networking flags every start asks hosts that tests must not need.
pub(crate) const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--mute-audio",
    "--hide-scrollbars",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--lang=en-US",
    "--remote-debugging-port=0",
];

/// `$CHROME`, else the first Chromium or Chrome on `PATH`.
pub(crate) fn find() -> Result<PathBuf> {
    if let Some(chrome) = std::env::var_os("CHROME") {
        return Ok(PathBuf::from(chrome));
    }
    paths::on_path(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
        .context(
            "no Chromium found: install the package chromium, or set CHROME to a Chrome binary",
        )
}

/// Starts a headless browser with the profile folder given; answers its web socket address.
pub(crate) fn launch(profile: &Path) -> Result<(Child, String)> {
    let chrome = find()?;
    let mut process = Command::new(&chrome)
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg("about:blank")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {}", chrome.display()))?;
    let stderr = process.stderr.take().context("stderr is piped")?;
    match address(stderr) {
        Ok(address) => Ok((process, address)),
        Err(trouble) => {
            let _ = process.kill();
            let _ = process.wait();
            Err(trouble.context(format!("starting {}", chrome.display())))
        }
    }
}

/// Reads the address from stderr, and goes on reading so that the pipe never fills.
fn address(stderr: impl Read + Send + 'static) -> Result<String> {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut said = String::new();
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if let Some(address) = line.strip_prefix("DevTools listening on ") {
                let _ = tell.send(Ok(address.to_owned()));
            } else if said.len() < 4000 {
                said.push_str(&line);
                said.push('\n');
            }
        }
        let _ = tell.send(Err(said));
    });
    match told.recv_timeout(Duration::from_mins(1)) {
        Ok(Ok(address)) => Ok(address),
        Ok(Err(said)) => bail!("Chromium ended before it listened:\n{said}"),
        Err(_) => bail!("Chromium did not listen within 60 s"),
    }
}
