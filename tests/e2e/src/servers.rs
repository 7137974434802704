//! Comment servers that nobody here wrote.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::paths;
use crate::process::Process;

const ISSO: &str = "isso==0.14.0";

/// A running Isso with an empty database; killed when dropped.
pub struct Isso {
    /// Its address without a slash at the end.
    pub url: String,
    process: Process,
    _folder: TempDir,
}

impl Isso {
    /// Starts it for pages of the origins given; installs it first where it is missing.
    ///
    /// `X-Forwarded-For` plays other people: voters must differ in the third number.
    pub fn start(origins: &[&str]) -> Result<Self> {
        let isso = installed()?;
        let folder = tempfile::Builder::new().prefix("jawjaw-isso-").tempdir()?;
        let port = free_port()?;
        let url = format!("http://127.0.0.1:{port}");
        let config = folder.path().join("isso.cfg");
        std::fs::write(&config, configuration(folder.path(), &url, origins))?;
        let mut process = Process::start(Command::new(isso).arg("-c").arg(&config).arg("run"))?;
        let ask = format!("{url}/config");
        let answers = |_: &str| {
            let answer = minreq::get(&ask).with_timeout(5).send().ok()?;
            (answer.status_code == 200).then_some(())
        };
        process.ready(answers).context("starting Isso")?;
        Ok(Self { url, process, _folder: folder })
    }

    /// What it wrote so far.
    pub fn said(&self) -> String {
        self.process.said()
    }
}

/// Installs Isso if it is not there, and says where it is.
fn installed() -> Result<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    let folder = paths::tools().join("isso");
    let (isso, done) = (folder.join("bin/isso"), folder.join("installed"));
    if std::fs::read_to_string(&done).is_ok_and(|what| what == ISSO) && isso.is_file() {
        return Ok(isso);
    }
    eprintln!("installing {ISSO} (about 20 seconds, once) ...");
    let made = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder).output();
    let made = made.context("Isso needs python3 with venv: install python3 and python3-venv")?;
    ensure!(
        made.status.success(),
        "python3 -m venv failed (the package python3-venv may be missing):\n{}{}",
        String::from_utf8_lossy(&made.stdout),
        String::from_utf8_lossy(&made.stderr)
    );
    let pip = Command::new(folder.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ISSO])
        .output()?;
    if !pip.status.success() {
        bail!("pip install {ISSO}:\n{}", String::from_utf8_lossy(&pip.stderr));
    }
    std::fs::write(done, ISSO)?;
    Ok(isso)
}

/// A number that was free a moment ago; Isso cannot be told to ask the kernel itself.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn configuration(folder: &Path, url: &str, origins: &[&str]) -> String {
    let hosts: Vec<String> = origins.iter().map(|origin| format!("\n    {origin}/")).collect();
    let hosts = hosts.concat();
    format!(
        "[general]\ndbpath = {}/comments.db\nhost ={hosts}\nmax-age = 15m\n\
         [server]\nlisten = {url}\ntrusted-proxies = 127.0.0.1\n\
         [guard]\nenabled = false\n[markup]\nrenderer = mistune\n",
        folder.display()
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::configuration;

    #[test]
    fn every_origin_is_a_host() {
        let text = configuration(Path::new("/d"), "http://127.0.0.1:1", &["http://a", "http://b"]);
        assert!(text.contains("host =\n    http://a/\n    http://b/\n"), "{text}");
        assert!(text.contains("listen = http://127.0.0.1:1\n"), "{text}");
    }
}
