//! Comment services of others, fetched from the registries once and started for one test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::paths;
use crate::process::Process;
use crate::servers::free_port;

const JSON_SERVER: &str = "json-server@0.17.4";
const WALINE: &str = "@waline/vercel@1.39.3";
const WORDPRESS: &str = "@wp-playground/wordpress-builds@0.9.19";
const DJANGO: &[&str] = &["django-comments-xtd==2.10.13", "djangorestframework"];

/// A running service with empty data; ended with everything it started when dropped.
pub struct Service {
    /// Its address without a slash at the end.
    pub url: String,
    process: Process,
    _folder: TempDir,
}

fn servers() -> PathBuf {
    paths::root().join("tests/servers")
}

pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("starting {name}"))?;
    if !output.status.success() {
        let said =
            [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
        bail!("{name} ended with {}:\n{}", output.status, said.concat());
    }
    Ok(())
}

/// Does `make` in a tool folder of this name once; other tests wait meanwhile.
pub(crate) fn once(
    name: &str,
    what: &str,
    make: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    let home = paths::tools().join(name);
    let done = home.join("installed");
    if std::fs::read_to_string(&done).is_ok_and(|there| there == what) {
        return Ok(home);
    }
    eprintln!("installing {name} (once) ...");
    let _ = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(&home)?;
    make(&home)?;
    std::fs::write(done, what)?;
    Ok(home)
}

fn npm(home: &Path, package: &str, more: &[&str]) -> Result<()> {
    npm_at(home, &[more, &[package]].concat())
}

/// A folder with letters that are the same on every machine.
pub(crate) fn kept_font() -> Result<PathBuf> {
    const FONT: &str = "@fontsource-variable/noto-sans@5.2.10";
    let home = once("font", FONT, |home| npm(home, FONT, &["--ignore-scripts"]))?;
    Ok(home.join("node_modules/@fontsource-variable/noto-sans/files"))
}

/// Installs what a folder's manifest names, and more.
pub(crate) fn npm_at(home: &Path, more: &[&str]) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(home);
    // What is compiled takes the headers that came with node.
    let headers = Path::new("/usr/include/node").is_dir();
    npm.envs(headers.then_some(("npm_config_nodedir", "/usr")));
    run(npm.args(more)).context("this needs npm")
}

impl Service {
    fn start(folder: TempDir, port: u16, command: &mut Command, ask: &str) -> Result<Self> {
        let url = format!("http://127.0.0.1:{port}");
        let mut process = Process::group(command)?;
        let ask = format!("{url}{ask}");
        let answers = |_: &str| {
            let answer = minreq::get(&ask).with_timeout(20).send().ok()?;
            (answer.status_code < 500).then_some(())
        };
        process
            .ready(answers)
            .with_context(|| format!("starting {}", command.get_program().display()))?;
        Ok(Self { url, process, _folder: folder })
    }

    /// What it wrote so far.
    pub fn said(&self) -> String {
        self.process.said()
    }

    /// json-server with no comments: what somebody wrote in an afternoon.
    pub fn json_server() -> Result<Self> {
        let home = once("json-server", JSON_SERVER, |home| npm(home, JSON_SERVER, &[]))?;
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let data = folder.path().join("db.json");
        std::fs::write(&data, r#"{"comments":[]}"#)?;
        let mut command = Command::new("node");
        command.arg(home.join("node_modules/json-server/lib/cli/bin.js"));
        command.args(["--host", "127.0.0.1", "--port", &port.to_string()]).arg(data);
        Self::start(folder, port, &mut command, "/comments")
    }

    /// Waline on an empty SQLite file.
    pub fn waline() -> Result<Self> {
        let home = once("waline", WALINE, |home| npm(home, WALINE, &[]))?;
        std::fs::copy(servers().join("waline.js"), home.join("launch.js"))?;
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let made = "import sqlite3,sys;c=sqlite3.connect(sys.argv[1]);c.executescript(open(sys.argv[2]).read());c.commit()";
        run(Command::new("python3")
            .args(["-c", made])
            .arg(folder.path().join("waline.sqlite"))
            .arg(servers().join("waline.sql")))?;
        let mut command = Command::new("node");
        command.current_dir(&home).arg("launch.js").env("PORT", port.to_string());
        command
            .env("SQLITE_PATH", folder.path())
            .env("JWT_TOKEN", "test")
            .env("DISABLE_REGION", "true");
        command.env("IPQPS", "0").env("OAUTH_URL", "data:application/json,{\"services\":[]}");
        Self::start(folder, port, &mut command, "/api/comment?path=/&type=count")
    }

    /// django-comments-xtd around one flat page, number 1.
    pub fn django() -> Result<Self> {
        let home = once("django", &DJANGO.join(" "), |home| {
            run(Command::new("python3").args(["-m", "venv"]).arg(home.join("venv")))?;
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
            run(Command::new(home.join("venv/bin/python")).args(pip).args(DJANGO))
        })?;
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let python = home.join("venv/bin/python");
        let app = folder.path().join("app.py");
        std::fs::copy(servers().join("django.py"), &app)?;
        run(Command::new(&python).current_dir(folder.path()).arg(&app).arg("setup"))?;
        let mut command = Command::new(&python);
        command.current_dir(folder.path()).arg(&app).args(["run", &format!("127.0.0.1:{port}")]);
        Self::start(folder, port, &mut command, "/secform/1/")
    }

    /// `WordPress` 6.5 on an empty SQLite file, with the posts `hello` and, closed, `closed`.
    pub fn wordpress() -> Result<Self> {
        let home = once("wordpress", WORDPRESS, |home| {
            npm(home, WORDPRESS, &["--ignore-scripts"])?;
            let unpack = "import sys,zipfile
b=sys.argv[1]+'/node_modules/@wp-playground/wordpress-builds/src/'
zipfile.ZipFile(b+'wordpress/wp-6.5.zip').extractall(sys.argv[1]+'/root')
zipfile.ZipFile(b+'sqlite-database-integration/sqlite-database-integration.zip').extractall(sys.argv[1]+'/sqlite')";
            run(Command::new("python3").args(["-c", unpack]).arg(home))?;
            // 383 MB that nobody needs again.
            Ok(std::fs::remove_dir_all(home.join("node_modules"))?)
        })?;
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let root = folder.path().join("root");
        run(Command::new("cp").arg("-r").arg(home.join("root")).arg(&root))?;
        let content = root.join("wp-content");
        let plugin = content.join("mu-plugins/sqlite-database-integration");
        // The package comes with a database of its own.
        let _ = std::fs::remove_dir_all(content.join("database"));
        for made in ["mu-plugins", "plugins", "database"] {
            std::fs::create_dir_all(content.join(made))?;
        }
        run(Command::new("cp")
            .arg("-r")
            .arg(home.join("sqlite/sqlite-database-integration-main"))
            .arg(&plugin))?;
        let database = std::fs::read_to_string(plugin.join("db.copy"))?
            .replace("{SQLITE_IMPLEMENTATION_FOLDER_PATH}", &plugin.display().to_string())
            .replace("{SQLITE_PLUGIN}", "sqlite-database-integration/load.php");
        std::fs::write(content.join("db.php"), database)?;
        for (from, to) in [
            ("wp-config.php", "wp-config.php"),
            ("wp-router.php", "router.php"),
            ("wp-install.php", "install.php"),
            ("wp-comments.php", "wp-content/mu-plugins/comments-test.php"),
        ] {
            std::fs::copy(servers().join(from), root.join(to))?;
        }
        let php = || {
            let mut php = Command::new("php");
            php.current_dir(&root).args([
                "-d",
                "display_errors=0",
                "-d",
                "sendmail_path=/bin/true",
            ]);
            php
        };
        run(php().arg("install.php").arg(port.to_string()))
            .context("WordPress needs php-cli and php-sqlite3")?;
        let mut command = php();
        command.env("PHP_CLI_SERVER_WORKERS", "2");
        command.args(["-S", &format!("127.0.0.1:{port}"), "-t", ".", "router.php"]);
        Self::start(folder, port, &mut command, "/?rest_route=/")
    }
}
