//! All that people download, into `target/release-files/`: what a release consists of, in order.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::run::{cargo, quietly, root, step};
use crate::{build, pack, tools, trial};

pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A machine that the server is built for.
pub(crate) struct Machine {
    /// Rust's name of it: static, with musl.
    pub(crate) target: &'static str,
    /// Debian's and OCI's name of it.
    pub(crate) name: &'static str,
}

pub(crate) const MACHINES: &[Machine] = &[
    Machine { target: "x86_64-unknown-linux-musl", name: "amd64" },
    Machine { target: "aarch64-unknown-linux-musl", name: "arm64" },
];

/// What compiles and links for other machines, from PyPI.
const ZIGBUILD: &str = "cargo-zigbuild==0.24.1 ziglang==0.17.1";

/// A release being made.
pub(crate) struct Release {
    /// Where its files go.
    pub(crate) into: PathBuf,
    /// Where its source is, for those who look at what they downloaded.
    source: Option<String>,
    /// Of the commit, in seconds since 1970: what is made twice has the same bytes.
    time: String,
}

/// Makes everything, and tries it where that was asked for.
pub(crate) fn make(source: Option<String>, with_trial: bool) -> Result<bool> {
    let into = root().join("target/release-files");
    let release = Release { into, source, time: time()? };
    build::if_stale()?;
    let _ = fs::remove_dir_all(&release.into);
    fs::create_dir_all(&release.into)?;
    step("packing the folder for web spaces", || {
        release.archive(&format!("jawjaw-{VERSION}.zip"), |it| it.arg("web").arg(root()))
    })?;
    let package = pack::from(release.source.as_deref())?;
    fs::copy(&package, release.into.join(format!("jawjaw-{VERSION}.tgz")))?;
    release.servers()?;
    release.bills()?;
    release.archive("SHA256SUMS", |it| it.arg("sums").arg(&release.into))?;
    print!("{}", fs::read_to_string(release.into.join("SHA256SUMS"))?);
    println!("{}", release.into.display());
    if with_trial { trial::all(&release) } else { Ok(true) }
}

/// `SOURCE_DATE_EPOCH`, else the time of the last commit, else the first that a zip knows.
fn time() -> Result<String> {
    let told = std::env::var("SOURCE_DATE_EPOCH").ok();
    let commit = || {
        let mut git = Command::new("git");
        quietly(git.current_dir(root()).args(["log", "-1", "--format=%ct"])).ok()
    };
    let time = told.or_else(commit).unwrap_or_else(|| "315532800".to_owned());
    let time = time.trim().to_owned();
    ensure!(time.parse::<u32>().is_ok(), "SOURCE_DATE_EPOCH is {time:?}, not a number of seconds");
    Ok(time)
}

impl Release {
    /// Runs the program that writes archives: a binary of its own, so that the other commands start at once.
    fn archive(&self, file: &str, verb: impl FnOnce(&mut Command) -> &mut Command) -> Result<()> {
        let mut run = cargo();
        run.args(["run", "--quiet", "--package", "xtask", "--features", "archive"]);
        run.args(["--bin", "archive", "--", "--time", &self.time]);
        run.arg("--into").arg(self.into.join(file));
        quietly(verb(&mut run)).map(drop)
    }

    /// The server: binaries, Debian packages, an image.
    fn servers(&self) -> Result<()> {
        let zig = zigbuild()?;
        for machine in MACHINES {
            step(&format!("compiling the server for {}", machine.name), || machine.compile(&zig))?;
            let file = format!("jawjaw-server-{VERSION}-linux-{}.tar.gz", machine.name);
            self.archive(&file, |it| it.arg("tarball").arg(root()).arg(machine.binary()))?;
            step(&format!("packing for Debian on {}", machine.name), || self.debian(machine))?;
        }
        step("writing the image", || {
            self.archive(&format!("jawjaw-server-{VERSION}-oci.tar"), |it| {
                it.arg("image").args(self.source.iter().flat_map(|source| ["--source", source]));
                it.args(MACHINES.iter().map(|it| format!("{}={}", it.name, it.binary().display())))
            })
        })
    }

    /// By `[package.metadata.deb]` in `server/Cargo.toml`.
    fn debian(&self, machine: &Machine) -> Result<()> {
        let file = format!("jawjaw-server_{VERSION}_{}.deb", machine.name);
        let mut deb = Command::new(tools::cargo_deb()?);
        deb.current_dir(root()).args(["--package", "jawjaw-server", "--no-build", "--no-strip"]);
        deb.args(["--profile", "server", "--target", machine.target]);
        deb.env("CARGO_TARGET_DIR", Machine::folder()).env("SOURCE_DATE_EPOCH", &self.time);
        quietly(deb.arg("--output").arg(self.into.join(file))).map(drop)
    }

    /// What each is made of, in the format `CycloneDX`.
    fn bills(&self) -> Result<()> {
        let program = tools::cargo_cyclonedx()?;
        for (package, folder, target) in [
            ("jawjaw", "", "wasm32-unknown-unknown"),
            ("jawjaw-server", "server", "x86_64-unknown-linux-musl"),
        ] {
            let name = format!("{package}-{VERSION}.cdx");
            step(&format!("listing what {package} is made of"), || {
                let folder = root().join(folder);
                let mut list = Command::new(&program);
                list.current_dir(&folder).args([
                    "cyclonedx",
                    "--format",
                    "json",
                    "--spec-version",
                    "1.5",
                ]);
                list.arg("--manifest-path").arg(folder.join("Cargo.toml"));
                list.args(["--target", target, "--no-build-deps", "--override-filename", &name]);
                quietly(list.env("SOURCE_DATE_EPOCH", &self.time))?;
                self.keep_bill(&folder, &name)
            })?;
        }
        Ok(())
    }

    /// It is written beside each manifest of the workspace, and names the folder it was made in.
    fn keep_bill(&self, folder: &Path, name: &str) -> Result<()> {
        let file = format!("{name}.json");
        let text = fs::read_to_string(folder.join(&file)).context("no bill of materials")?;
        for member in ["", "server", "xtask", "tests/e2e"] {
            let _ = fs::remove_file(root().join(member).join(&file));
        }
        let here = root().display().to_string();
        fs::write(self.into.join(file), text.replace(&here, "/jawjaw"))?;
        Ok(())
    }
}

impl Machine {
    /// Of its own, so that nobody waits for it.
    fn folder() -> PathBuf {
        root().join("target/cross")
    }

    pub(crate) fn binary(&self) -> PathBuf {
        Self::folder().join(self.target).join("server/jawjaw-server")
    }

    fn compile(&self, path: &OsStr) -> Result<()> {
        tools::rust_target(self.target)?;
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home =
            home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).context("no home")?;
        // Names of folders differ from one machine to the next, and so does where the library's source is.
        let folder = |path: PathBuf| path.display().to_string();
        let maps = [
            (folder(root()), "/jawjaw".to_owned()),
            (folder(home), "/cargo".to_owned()),
            (folder(tools::library_source()?), format!("/rustc/{}", tools::compiler()?)),
        ];
        let flags: Vec<String> =
            maps.iter().map(|(from, to)| format!("--remap-path-prefix={from}={to}")).collect();
        let c_flags: Vec<String> =
            maps.iter().map(|(from, to)| format!("-ffile-prefix-map={from}={to}")).collect();
        let mut compile = cargo();
        compile.args(["zigbuild", "--locked", "--package", "jawjaw-server", "--features", "embed"]);
        compile.args(["--profile", "server", "--target", self.target]).env("PATH", path);
        compile.env("CARGO_TARGET_DIR", Self::folder());
        compile.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        compile.env("CFLAGS", c_flags.join(" "));
        quietly(&mut compile).map(drop)
    }
}

/// `PATH` with cargo-zigbuild and its zig first.
fn zigbuild() -> Result<std::ffi::OsString> {
    let home = tools::python_packages("cargo-zigbuild", ZIGBUILD)?;
    let mut folders = vec![home.join("bin")];
    folders.extend(std::env::split_paths(&tools::path()?));
    Ok(std::env::join_paths(folders)?)
}
