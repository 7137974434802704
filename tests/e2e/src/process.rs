//! Child processes whose words are kept and who end with us.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const READY_WITHIN: Duration = Duration::from_mins(1);

/// A server we started; killed by its process id when dropped.
pub(crate) struct Process {
    child: Child,
    said: Arc<Mutex<String>>,
    group: bool,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", command.get_program().display()))?;
        let said = Arc::new(Mutex::new(String::new()));
        keep(child.stdout.take().context("stdout is piped")?, &said);
        keep(child.stderr.take().context("stderr is piped")?, &said);
        Ok(Self { child, said, group: false })
    }

    /// The same with whatever it starts itself, all ended together.
    pub(crate) fn group(command: &mut Command) -> Result<Self> {
        let mut process = Self::start(command.process_group(0))?;
        process.group = true;
        Ok(process)
    }

    /// All it wrote so far.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks again and again until there is an answer, the process has ended, or 60 s are over.
    pub(crate) fn ready<T>(&mut self, ask: impl Fn(&str) -> Option<T>) -> Result<T> {
        let end = Instant::now() + READY_WITHIN;
        loop {
            if let Some(answer) = ask(&self.said()) {
                return Ok(answer);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended with {status} before it was ready:\n{}", self.said());
            }
            if Instant::now() > end {
                bail!("not ready within {} s:\n{}", READY_WITHIN.as_secs(), self.said());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// `kill -9`, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        if self.group {
            // Workers outlive their parent otherwise. Ours, by the number of their group.
            let group = format!("-{}", self.child.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn keep(stream: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.push_str(&line);
            said.push('\n');
        }
    });
}
