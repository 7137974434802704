//! Installs and runs what a release consists of, each in a root of its own, as far as this machine can.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::release::{MACHINES, Machine, Release, VERSION};
use crate::run::{quietly, root, step};
use crate::tools::on_path;

/// Runs every trial; whether none failed. What this machine cannot do is said.
pub(crate) fn all(release: &Release) -> Result<bool> {
    let home = root().join("target/trial");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home)?;
    let trial = Trial { into: release.into.clone(), home };
    let mut whole = true;
    for (name, run) in [
        ("the zip has every file of dist/", Trial::zip as fn(&Trial) -> Result<String>),
        ("the binaries start, serve the widget and take a comment", Trial::binaries),
        ("the Debian package is installed, run and removed", Trial::debian),
        ("the image runs as nobody on a file system that cannot be written", Trial::image),
    ] {
        match step(name, || run(&trial)) {
            Ok(said) => println!("{name}: {said}"),
            Err(trouble) => {
                eprintln!("error: {trouble:#}");
                whole = false;
            }
        }
    }
    Ok(whole)
}

struct Trial {
    /// The files of the release.
    into: PathBuf,
    home: PathBuf,
}

impl Trial {
    fn file(&self, name: &str) -> PathBuf {
        self.into.join(name)
    }

    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.home.join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    fn zip(&self) -> Result<String> {
        let into = self.folder("zip")?;
        let zip = self.file(&format!("jawjaw-{VERSION}.zip"));
        let mut unzip = Command::new("python3");
        quietly(unzip.args(["-m", "zipfile", "-e"]).arg(zip).arg(&into))?;
        let mut compare = Command::new("diff");
        compare.args(["--recursive", "--exclude", "demo", "--exclude", "themes"]);
        compare.args(["--exclude", "LICENSE-*", "--exclude", "README.txt"]);
        quietly(compare.arg(root().join("dist")).arg(into.join("jawjaw")))?;
        Ok("the same bytes".to_owned())
    }

    fn binaries(&self) -> Result<String> {
        let mut said = Vec::new();
        for machine in MACHINES {
            let into = self.folder(machine.name)?;
            let tar = self.file(&format!("jawjaw-server-{VERSION}-linux-{}.tar.gz", machine.name));
            let mut unpack = Command::new("tar");
            quietly(unpack.args(["--strip-components=1", "-xzf"]).arg(tar).arg("-C").arg(&into))?;
            let Some(mut start) = machine.runner(&into.join("jawjaw-server")) else {
                said.push(format!(
                    "{}: nothing here runs it (qemu-user-static does)",
                    machine.name
                ));
                continue;
            };
            start.args(["--demo", "--port", "0", "--db"]).arg(into.join("trial.db"));
            let server = Server::start(&mut start)?;
            server.is_whole()?;
            ensure!(server.get("/")?.contains("<jaw-jaw"), "no demo");
            let health = machine.runner(&into.join("jawjaw-server"));
            let mut health = health.context("it ran before")?;
            quietly(health.args(["--listen", &server.address, "health"]))?;
            said.push(format!("{}: yes", machine.name));
        }
        Ok(said.join(", "))
    }

    /// In a Debian of its own: the package manager's view, then what the unit starts.
    fn debian(&self) -> Result<String> {
        if on_path("mmdebstrap").is_none() {
            return Ok("left out: this needs mmdebstrap".to_owned());
        }
        let debian = self.home.join("debian");
        let mut strap = Command::new("mmdebstrap");
        strap.args(["--variant=minbase", "--include=systemd", &release_name()?]).arg(&debian);
        quietly(strap.args(debian_sources()))?;
        let name = format!("jawjaw-server_{VERSION}_{}.deb", here().name);
        fs::copy(self.file(&name), debian.join("tmp").join(&name))?;
        let within = |arguments: &[&str]| {
            let mut chroot = Command::new("chroot");
            chroot.arg(&debian).args(arguments).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
            quietly(chroot.env("DEBIAN_FRONTEND", "noninteractive"))
        };
        let said = within(&["dpkg", "--install", &format!("/tmp/{name}")])?;
        ensure!(said.contains("What to do next"), "the package says nothing: {said}");
        within(&[
            "test",
            "-L",
            "/etc/systemd/system/multi-user.target.wants/jawjaw-server.service",
        ])
        .context("it is not started with the machine")?;
        let unit = "/lib/systemd/system/jawjaw-server.service";
        within(&["systemd-analyze", "verify", unit]).context("the unit is wrong")?;
        let exposure =
            within(&["systemd-analyze", "security", "--offline=true", "--no-pager", unit])?;
        let exposure = exposure.lines().find(|line| line.contains("Overall exposure"));
        let exposure = exposure.unwrap_or_default().trim_start_matches(['→', ' ']).to_owned();
        // What systemd would make: the folder of the state, and a user of its own.
        within(&["install", "-d", "-o", "65532", "-m", "700", "/var/lib/jawjaw"])?;
        let unit = fs::read_to_string(debian.join(unit.trim_start_matches('/')))?;
        let started = unit.lines().find_map(|line| line.strip_prefix("ExecStart="));
        let started = started.context("the unit starts nothing")?.split_whitespace();
        let mut start = Command::new("chroot");
        start.arg("--userspec=65532:65532").arg(&debian);
        start.args(started).args(["--port", "0"]);
        Server::start(&mut start)?.is_whole()?;
        within(&["dpkg", "--purge", "jawjaw-server"])?;
        let left = ["usr/bin/jawjaw-server", "etc/jawjaw/jawjaw.toml", "var/lib/jawjaw"];
        let left: Vec<&str> = left.into_iter().filter(|file| debian.join(file).exists()).collect();
        ensure!(left.is_empty(), "these were left behind: {left:?}");
        Ok(format!("yes, in a chroot without a running systemd; {exposure}"))
    }

    /// By runc or crun, where there is one and the kernel lets it; else by chroot in the same files.
    fn image(&self) -> Result<String> {
        let into = self.folder("image")?;
        let tar = self.file(&format!("jawjaw-server-{VERSION}-oci.tar"));
        let layout = self.folder("layout")?;
        quietly(Command::new("tar").arg("-xf").arg(tar).arg("-C").arg(&layout))?;
        let config = unpack(&layout, here().name, &into)?;
        for engine in ["runc", "crun"].into_iter().filter(|engine| on_path(engine).is_some()) {
            match contained(engine, &into, &config, &self.home) {
                Ok(()) => return Ok(format!("yes, by {engine}")),
                Err(trouble) => eprintln!("  {engine} does not: {trouble:#}"),
            }
        }
        let user = config["config"]["User"].as_str().context("the image has no user")?;
        let mut start = Command::new("chroot");
        start.arg(format!("--userspec={user}")).arg(into.join("rootfs")).args(words(&config));
        start.args(["--port", "0"]);
        Server::start(&mut start)?.is_whole()?;
        Ok("yes, by chroot".to_owned())
    }
}

/// The machine this runs on.
fn here() -> &'static Machine {
    let ours = MACHINES.iter().find(|machine| machine.target.starts_with(std::env::consts::ARCH));
    ours.unwrap_or(&MACHINES[0])
}

impl Machine {
    /// Starts a binary of this machine's: itself, or by an emulator.
    fn runner(&self, binary: &Path) -> Option<Command> {
        let (family, _) = self.target.split_once('-')?;
        if family == std::env::consts::ARCH {
            return Some(Command::new(binary));
        }
        let mut emulator = Command::new(on_path(&format!("qemu-{family}-static"))?);
        emulator.arg(binary);
        Some(emulator)
    }
}

/// Debian's name for the release that this machine runs.
fn release_name() -> Result<String> {
    let about = fs::read_to_string("/etc/os-release")?;
    let name = about.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    name.map(str::to_owned).context("/etc/os-release names no release of Debian")
}

/// Where this machine has its own packages from.
fn debian_sources() -> Vec<PathBuf> {
    let folder = fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.path()).collect();
    files.push("/etc/apt/sources.list".into());
    files.retain(|file| {
        file.file_name().is_some_and(|name| name.to_string_lossy().contains("debian"))
            || file.ends_with("sources.list")
    });
    files.retain(|file| file.is_file());
    files
}

type Json = serde_json::Value;

/// The files of an image for one kind of machine, at `into/rootfs`; its configuration.
fn unpack(layout: &Path, machine: &str, into: &Path) -> Result<Json> {
    let read = |file: PathBuf| -> Result<Json> { Ok(serde_json::from_slice(&fs::read(file)?)?) };
    let blob = |to: &Json| -> Result<PathBuf> {
        let digest = to["digest"].as_str().context("no digest")?;
        Ok(layout.join("blobs").join(digest.replace(':', "/")))
    };
    let top = read(layout.join("index.json"))?;
    let index = read(blob(&top["manifests"][0])?)?;
    let manifests = index["manifests"].as_array().context("no manifests")?;
    let ours = manifests.iter().find(|it| it["platform"]["architecture"] == machine);
    let manifest = read(blob(ours.context("no image for this machine")?)?)?;
    let files = into.join("rootfs");
    fs::create_dir_all(&files)?;
    for layer in manifest["layers"].as_array().context("no layers")? {
        let mut tar = Command::new("tar");
        tar.args(["--same-owner", "-xzpf"]).arg(blob(layer)?).arg("-C").arg(&files);
        quietly(&mut tar)?;
    }
    read(blob(&manifest["config"])?)
}

/// What an image starts.
fn words(config: &Json) -> impl Iterator<Item = &str> {
    let list = |name: &str| config["config"][name].as_array().into_iter().flatten();
    list("Entrypoint").chain(list("Cmd")).filter_map(Json::as_str)
}

/// Runs it as an engine would: a read-only root, no rights, its own processes; the network of this machine.
fn contained(engine: &str, bundle: &Path, config: &Json, home: &Path) -> Result<()> {
    let user = config["config"]["User"].as_str().and_then(|user| user.split(':').next());
    let user: u32 = user.context("the image has no user")?.parse()?;
    let spec = serde_json::json!({
        "ociVersion": "1.0.2",
        "process": {
            "user": { "uid": user, "gid": user },
            "args": words(config).chain(["--port", "0"]).collect::<Vec<_>>(),
            "env": config["config"]["Env"],
            "cwd": config["config"]["WorkingDir"],
            "noNewPrivileges": true,
        },
        "root": { "path": "rootfs", "readonly": true },
        "mounts": [
            { "destination": "/proc", "type": "proc", "source": "proc" },
            { "destination": "/data", "type": "bind", "source": bundle.join("data"), "options": ["bind", "rw"] },
        ],
        "linux": { "namespaces": [{ "type": "pid" }, { "type": "mount" }, { "type": "ipc" }, { "type": "uts" }] },
    });
    let data = bundle.join("data");
    fs::create_dir_all(&data)?;
    std::os::unix::fs::chown(&data, Some(user), Some(user))?;
    fs::write(bundle.join("config.json"), spec.to_string())?;
    let mut run = Command::new(engine);
    run.arg("--root").arg(home.join(engine)).arg("run");
    run.arg("--bundle").arg(bundle).arg(format!("jawjaw-{}", std::process::id()));
    Server::start(&mut run)?.is_whole()?;
    ensure!(data.join("jawjaw.db").is_file(), "the database is not in /data");
    Ok(())
}

/// A running server, ended when it is let go.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // As systemd and engines end it.
        let _ = quietly(Command::new("kill").arg(self.child.id().to_string()));
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let said = child.stdout.take().context("stdout is piped")?;
        let line = BufReader::new(said).lines().next();
        let mut server = Self { child, address: String::new() };
        let line = line.context("it ended before it listened")??;
        let address = line.rsplit("http://").next().unwrap_or_default();
        ensure!(address.contains(':') && !address.contains(' '), "it said {line:?}");
        address.clone_into(&mut server.address);
        Ok(server)
    }

    /// The widget is there, and what is written is read again.
    fn is_whole(&self) -> Result<()> {
        ensure!(self.get("/jawjaw.js")?.contains("customElements"), "no widget inside");
        let comment = r#"{"article":"/trial/","text":"The kettle works.","author":{"name":"Ada"}}"#;
        let answer = self.ask("POST", "/api/v1/comments", comment)?;
        ensure!(answer.starts_with("HTTP/1.1 201"), "a comment was not taken: {answer}");
        let list = self.get("/api/v1/comments?article=%2Ftrial%2F")?;
        ensure!(list.contains("The kettle works."), "it is not in the list: {list}");
        Ok(())
    }

    fn get(&self, path: &str) -> Result<String> {
        self.ask("GET", path, "")
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<String> {
        let start = Instant::now();
        let mut stream = loop {
            match TcpStream::connect(&self.address) {
                Ok(stream) => break stream,
                Err(error) if start.elapsed() > Duration::from_secs(30) => bail!(error),
                Err(_) => sleep(Duration::from_millis(50)),
            }
        };
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}",
            self.address
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}
