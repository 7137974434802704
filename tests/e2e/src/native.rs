//! Our own server, the real binary with a real database file.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::paths;
use crate::process::Process;

/// How to start it.
#[derive(Clone, Debug, Default)]
pub struct NativeOptions {
    /// Its port; 0 asks the kernel.
    pub port: u16,
    /// Origins whose pages may use it.
    pub origins: Vec<String>,
    /// The database file; a new one in a temporary folder if left out.
    pub db: Option<PathBuf>,
    /// Whether it serves `dist/` and the demo article.
    pub demo: bool,
    /// More arguments, as on the command line.
    pub arguments: Vec<String>,
}

/// A running `jawjaw-server`; killed when dropped.
pub struct Native {
    /// Its address without a slash at the end, such as `http://127.0.0.1:41234`.
    pub url: String,
    /// Its database file.
    pub db: PathBuf,
    process: Process,
    _folder: TempDir,
}

impl Native {
    /// Starts the binary `$JAWJAW_SERVER`, else the one cargo built, on a port from the kernel.
    pub fn start(options: &NativeOptions) -> Result<Self> {
        let binary = binary();
        ensure!(
            binary.is_file(),
            "no server at {}: cargo build -p jawjaw-server",
            binary.display()
        );
        let folder = tempfile::Builder::new().prefix("jawjaw-native-").tempdir()?;
        let db = options.db.clone().unwrap_or_else(|| folder.path().join("comments.db"));
        let mut command = Command::new(binary);
        command.args(["--port", &options.port.to_string(), "--db"]).arg(&db);
        for origin in &options.origins {
            command.args(["--origin", origin]);
        }
        if options.demo {
            command.arg("--demo").arg("--dist").arg(paths::dist());
        }
        command.args(&options.arguments);
        let mut process = Process::start(&mut command)?;
        let url = process.ready(address).context("starting jawjaw-server")?;
        Ok(Self { url, db, process, _folder: folder })
    }

    /// What it wrote so far.
    pub fn said(&self) -> String {
        self.process.said()
    }

    /// `kill -9`, in the middle of whatever it does.
    pub fn kill(&mut self) {
        self.process.kill();
    }
}

fn binary() -> PathBuf {
    std::env::var_os("JAWJAW_SERVER")
        .map_or_else(|| paths::target().join("debug/jawjaw-server"), PathBuf::from)
}

/// The address in a whole line that says where it listens.
fn address(said: &str) -> Option<String> {
    let (_, rest) = said.split_once("listening on http://")?;
    let (host, _) = rest.split_once('\n')?;
    Some(format!("http://{}", host.trim().trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[track_caller]
    fn check(said: &str, address_said: Option<&str>) {
        assert_eq!(address(said).as_deref(), address_said);
    }

    #[test]
    fn the_address_is_read_from_a_whole_line() {
        check(
            "hello\njawjaw-server listening on http://127.0.0.1:81\n",
            Some("http://127.0.0.1:81"),
        );
        check("jawjaw-server listening on http://127.0.0.1:8", None);
        check("", None);
    }
}
