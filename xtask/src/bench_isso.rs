//! Isso under the same load, as its documents say to run it for many: gunicorn with four processes.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::bench_load::{Loaded, Row};
use crate::bench_server::{WORDS, script};
use crate::run::{quietly, step};
use crate::tools;

const PACKAGES: [&str; 2] = ["isso==0.14.0", "gunicorn==27.0.1"];
/// Makes its tables with its own code, and fills them in its own form.
const FILL: &str = "
import sqlite3, sys
from isso import config
from isso.db import SQLite3
conf = config.load(config.default_file(), sys.argv[1])
SQLite3(conf.get('general', 'dbpath'), conf)
db = sqlite3.connect(conf.get('general', 'dbpath'))
for tid, count in enumerate([10, 1000], 1):
    db.execute('INSERT INTO threads (id, uri, title) VALUES (?, ?, ?)', (tid, f'/a{count}/', 'A page'))
    for n in range(count):
        db.execute('INSERT INTO comments (tid, created, mode, remote_addr, text, author, voters) VALUES (?, ?, 1, ?, ?, ?, ?)',
            (tid, 1764547200 + n, '127.0.0.0', sys.argv[2] * 2 + str(n), f'Reader {n}', bytes(256)))
db.commit()
";

struct Isso {
    child: Child,
    address: String,
}

impl Drop for Isso {
    fn drop(&mut self) {
        // Asked and not killed: its children end with it.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

pub(crate) fn measure(folder: &Path, seconds: u32) -> Result<Vec<Row>> {
    let isso = start(folder)?;
    let load = Loaded { address: &isso.address, process: isso.child.id() };
    let mut rows = Vec::new();
    for count in [10, 1_000] {
        let path = format!("/?uri=/a{count}/&limit=50&nested_limit=0");
        rows.push(load.row(&format!("Isso: list 50, article of {count}"), &path, seconds, &[])?);
    }
    let post = script(
        folder,
        "isso",
        "local n = 0\n\
         function request()\n\
           n = n + 1\n\
           local body = '{\"text\":\"number ' .. n .. ', with a few *words* of its own\",\"author\":\"Ada\",\"title\":\"A page\"}'\n\
           return wrk.format('POST', '/new?uri=/posted/', { ['content-type'] = 'application/json' }, body)\n\
         end\n",
    )?;
    rows.push(load.row("Isso: POST, 16 writers", "/", seconds, &["-s", &post])?);
    let one = ["-s", &post, "-t", "1", "-c", "1"];
    rows.push(load.row("Isso: POST, 1 writer", "/", seconds, &one)?);
    Ok(rows)
}

fn start(folder: &Path) -> Result<Isso> {
    let programs = installed()?;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let settings = folder.join("isso.cfg");
    let text = format!(
        "[general]\ndbpath = {}/isso.db\nhost = http://{address}/\n[server]\nlisten = http://{address}\n\
         [guard]\nenabled = false\n[markup]\nrenderer = mistune\n",
        folder.display()
    );
    fs::write(&settings, text)?;
    quietly(Command::new(programs.join("python")).args(["-c", FILL]).arg(&settings).arg(WORDS))?;
    let child = Command::new(programs.join("gunicorn"))
        .args(["--bind", &address, "--workers", "4", "--preload", "isso.run"])
        .env("ISSO_SETTINGS", &settings)
        .stdout(Stdio::null())
        .stderr(fs::File::create(folder.join("isso.log"))?)
        .spawn()?;
    let isso = Isso { child, address };
    let until = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect(&isso.address).is_err() {
        if Instant::now() > until {
            bail!("Isso does not start; see {}", folder.join("isso.log").display());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(isso)
}

/// The folder of its programs, in an environment of its own.
fn installed() -> Result<std::path::PathBuf> {
    let folder = tools::folder().join("isso-gunicorn");
    let done = folder.join("installed");
    let wanted = PACKAGES.join(" ");
    if fs::read_to_string(&done).is_ok_and(|there| there == wanted) {
        return Ok(folder.join("bin"));
    }
    step("installing Isso", || {
        quietly(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
            .context("Isso needs python3 with venv: install python3 and python3-venv")?;
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        quietly(pip.args(PACKAGES))
    })?;
    fs::write(done, wanted)?;
    Ok(folder.join("bin"))
}
