//! What a build or a test needs: found, or fetched into `target/tools`, never installed globally
//! (but for Debian packages, which only exist globally).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, quietly, root, step};

/// What judges the crates we build on.
const CARGO_DENY: &str = "0.20.2";
/// What makes Debian packages.
const CARGO_DEB: &str = "3.8.0";
/// What lists all that a package is made of.
const CARGO_CYCLONEDX: &str = "0.5.9";
/// The newest Trunk that compiles on the toolchain of this repository.
const TRUNK: &str = "0.21.14";
/// The first Binaryen that is known to read what this toolchain writes.
const BINARYEN: &str = "binaryen@132.0.0";
/// What drives Firefox: Debian has none, and npm's package fetches it from elsewhere.
const GECKODRIVER: &str = "0.37.1";
/// What judges whether a page can be used by everyone.
const AXE_CORE: &str = "axe-core@4.14.1";
/// What judges it by other rules.
const IBM_CHECKER: &str = "accessibility-checker-engine@4.0.34";
/// What PyPI has of html5lib, and where the tests are in it.
const HTML5LIB: &str = "html5lib==1.1 \
    --hash=sha256:b2e5b40261e20f354d198eae92afc10d750afb487ed5e50f9c4eaf07c184146f";
const HTML5LIB_TESTS: &str = "html5lib-1.1/html5lib/tests/testdata/tokenizer";

/// Where tools live: `$JAWJAW_TOOLS`, else `target/tools`.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("JAWJAW_TOOLS").map_or_else(|| root().join("target/tools"), PathBuf::from)
}

/// `PATH` with our tools first.
pub(crate) fn path() -> Result<OsString> {
    let mut folders = vec![folder().join("bin")];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    Ok(std::env::join_paths(folders)?)
}

/// What the widget is built with, side by side.
pub(crate) fn for_building() -> Result<()> {
    let bindgen = locked("wasm-bindgen")?;
    together(vec![
        ("the wasm target", Box::new(|| rust_target("wasm32-unknown-unknown"))),
        ("wasm-opt", Box::new(wasm_opt)),
        ("Trunk", Box::new(|| install("trunk", "trunk", TRUNK, &["--locked"]))),
        (
            "wasm-bindgen",
            // Without --locked: its lock file asks for a version that registries no longer have.
            Box::new(move || install("wasm-bindgen-cli", "wasm-bindgen", &bindgen, &[])),
        ),
    ])
}

/// wasm-opt, from npm where there is one. Without it the module is about 1 % larger to send, so its
/// absence is no error. Debian's (108) and the newest crate (116) cannot read what Rust writes.
fn wasm_opt() -> Result<()> {
    let home = folder().join("binaryen");
    let done = home.join("installed");
    if std::fs::read_to_string(&done).is_ok_and(|what| what == BINARYEN) {
        return Ok(());
    }
    if on_path("npm").is_none() || on_path("node").is_none() {
        eprintln!("  no npm to get wasm-opt with, so it is left out: about 1 % more to send");
        return Ok(());
    }
    step(&format!("installing wasm-opt ({BINARYEN})"), || {
        std::fs::create_dir_all(&home)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
            .arg(&home)
            .arg(BINARYEN);
        quietly(&mut npm)?;
        let program = home.join("node_modules/binaryen/bin/wasm-opt");
        let shim = folder().join("bin/wasm-opt");
        std::fs::create_dir_all(folder().join("bin"))?;
        std::fs::write(&shim, format!("#!/bin/sh\nexec node \"{}\" \"$@\"\n", program.display()))?;
        std::fs::set_permissions(&shim, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        std::fs::write(&done, BINARYEN).context("noting what was installed")
    })
}

type Work<'a> = Box<dyn FnOnce() -> Result<()> + Send + 'a>;

/// Does independent steps at the same time; the first that failed is the error.
pub(crate) fn together(steps: Vec<(&str, Work)>) -> Result<()> {
    std::thread::scope(|scope| {
        let running: Vec<_> = steps
            .into_iter()
            .map(|(name, work)| {
                scope.spawn(move || work().with_context(|| format!("getting {name}")))
            })
            .collect();
        running.into_iter().try_for_each(|step| match step.join() {
            Ok(done) => done,
            Err(_) => bail!("a step panicked"),
        })
    })
}

/// The standard library for another machine.
pub(crate) fn rust_target(target: &str) -> Result<()> {
    if sysroot()?.join("lib/rustlib").join(target).is_dir() {
        return Ok(());
    }
    step(&format!("adding the target {target}"), || {
        let mut rustup = Command::new("rustup");
        rustup.current_dir(root()).args(["target", "add", target]);
        quietly(&mut rustup).context("this target is needed: install Rust with rustup")
    })
    .map(drop)
}

/// Whether the source of the standard library is there or can be had: with it the widget is smaller.
pub(crate) fn has_library_source() -> bool {
    let there = || library_source().is_ok_and(|source| source.join("library/std").is_dir());
    if there() {
        return true;
    }
    let added = step("adding the library's source (rust-src)", || {
        quietly(Command::new("rustup").current_dir(root()).args(["component", "add", "rust-src"]))
    });
    added.is_ok() && there()
}

/// Where that source is, if it is there.
pub(crate) fn library_source() -> Result<PathBuf> {
    Ok(sysroot()?.join("lib/rustlib/src/rust"))
}

/// The commit that the compiler was built from: where it is not told otherwise, it names the source by this.
pub(crate) fn compiler() -> Result<String> {
    let said = quietly(Command::new("rustc").current_dir(root()).arg("-vV"))?;
    let commit = said.lines().find_map(|line| line.strip_prefix("commit-hash: "));
    commit.map(str::to_owned).context("rustc -vV names no commit")
}

fn sysroot() -> Result<PathBuf> {
    let said = quietly(Command::new("rustc").current_dir(root()).args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(said.trim()))
}

/// The version of a crate in `Cargo.lock`.
fn locked(name: &str) -> Result<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock"))?;
    let entry = format!("name = \"{name}\"\nversion = \"");
    let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    version
        .map(|(version, _)| version.to_owned())
        .with_context(|| format!("{name} is not in Cargo.lock"))
}

/// Installs a cargo binary of exactly this version, if it is not there.
fn install(package: &str, binary: &str, version: &str, more: &[&str]) -> Result<()> {
    let there = folder().join("bin").join(binary);
    let said = quietly(Command::new(&there).arg("--version")).unwrap_or_default();
    if said.split_whitespace().any(|word| word == version) {
        return Ok(());
    }
    step(&format!("installing {package} {version} (some minutes, once)"), || {
        // Unoptimised: it compiles in half the time and serves its purpose.
        let mut install = cargo();
        install.current_dir(std::env::temp_dir()).env_remove("CARGO_TARGET_DIR");
        install.env("RUSTUP_TOOLCHAIN", toolchain()?);
        install.args(["install", package, "--version", version, "--debug", "--force", "--root"]);
        install
            .arg(folder())
            .arg("--target-dir")
            .arg(folder().join("build").join(package))
            .args(more);
        quietly(&mut install)?;
        // Hundreds of megabytes that nobody needs again.
        let _ = std::fs::remove_dir_all(folder().join("build").join(package));
        Ok(())
    })
}

/// The program that judges what we build on (`deny.toml`).
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    install("cargo-deny", "cargo-deny", CARGO_DENY, &["--locked", "--no-default-features"])?;
    Ok(folder().join("bin/cargo-deny"))
}

pub(crate) fn cargo_deb() -> Result<PathBuf> {
    install("cargo-deb", "cargo-deb", CARGO_DEB, &["--locked"])?;
    Ok(folder().join("bin/cargo-deb"))
}

pub(crate) fn cargo_cyclonedx() -> Result<PathBuf> {
    install("cargo-cyclonedx", "cargo-cyclonedx", CARGO_CYCLONEDX, &["--locked"])?;
    Ok(folder().join("bin/cargo-cyclonedx"))
}

/// The toolchain of this repository, also for work outside its folder.
fn toolchain() -> Result<String> {
    let file = std::fs::read_to_string(root().join("rust-toolchain.toml"))?;
    let channel = file.split_once("channel = \"").and_then(|(_, rest)| rest.split_once('"'));
    channel.map(|(channel, _)| channel.to_owned()).context("rust-toolchain.toml names no channel")
}

/// The program that drives Firefox: `$GECKODRIVER`, else one of ours.
pub(crate) fn geckodriver() -> Result<PathBuf> {
    if let Some(own) = std::env::var_os("GECKODRIVER") {
        return Ok(PathBuf::from(own));
    }
    install("geckodriver", "geckodriver", GECKODRIVER, &["--locked"])?;
    Ok(folder().join("bin/geckodriver"))
}

/// Chromium with its driver, Firefox, WebKit with a screen to be on, Python, PHP, npm and a compiler, for the tests.
pub(crate) fn for_testing() -> Result<()> {
    let chromium = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let chromium =
        std::env::var_os("CHROME").is_some() || chromium.iter().any(|name| on_path(name).is_some());
    let driver = std::env::var_os("CHROMEDRIVER").is_some() || on_path("chromedriver").is_some();
    let firefox = std::env::var_os("FIREFOX").is_some()
        || ["firefox-esr", "firefox"].iter().any(|name| on_path(name).is_some());
    let venv = Command::new("python3").args(["-c", "import ensurepip"]).output();
    let venv = venv.is_ok_and(|output| output.status.success());
    let mut missing = Vec::new();
    if !chromium {
        missing.push("chromium");
    }
    if !driver {
        missing.push("chromium-driver");
    }
    if !firefox {
        missing.push("firefox-esr");
    }
    if std::env::var_os("WEBKIT_DRIVER").is_none() && on_path("WebKitWebDriver").is_none() {
        missing.push("webkit2gtk-driver");
    }
    if on_path("Xvfb").is_none() {
        missing.push("xvfb");
    }
    if !venv {
        missing.extend(["python3", "python3-venv"]);
    }
    // For the services of others: WordPress; json-server and Waline, whose SQLite is compiled.
    let sqlite =
        Command::new("php").args(["-r", "exit(extension_loaded('sqlite3') ? 0 : 1);"]).output();
    if !sqlite.is_ok_and(|output| output.status.success()) {
        missing.extend(["php-cli", "php-sqlite3"]);
    }
    if on_path("npm").is_none() {
        missing.extend(["nodejs", "npm"]);
    }
    if on_path("g++").is_none() || on_path("make").is_none() {
        missing.extend(["g++", "make"]);
    }
    install_packages(&missing)
}

/// A program that Debian's package of the same name brings.
pub(crate) fn debian(name: &str) -> Result<()> {
    if on_path(name).is_some() { Ok(()) } else { install_packages(&[name]) }
}

/// Installs Debian packages where that can be done, and says which are missing where not.
fn install_packages(missing: &[&str]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if on_path("apt-get").is_none() || !is_root() {
        bail!(
            "{names} is needed: install these packages (on Debian: sudo apt-get install {names})"
        );
    }
    step(&format!("installing the Debian packages {names}"), || {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock();
        let apt = || {
            let mut apt = Command::new("apt-get");
            apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
            apt
        };
        quietly(apt().arg("update"))?;
        quietly(apt().args(["install", "-y", "--no-install-recommends"]).args(missing)).map(drop)
    })
}

fn is_root() -> bool {
    quietly(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The first file of this name in a folder of `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A Python environment of our own with one package in it.
pub(crate) fn python(package: &str, version: &str) -> Result<PathBuf> {
    python_packages(package, &format!("{package}=={version}"))
}

/// The same with several packages, as `one==1.0 other==2.0`.
pub(crate) fn python_packages(name: &str, wanted: &str) -> Result<PathBuf> {
    let home = folder().join(name);
    let (python, done) = (home.join("bin/python"), home.join("installed"));
    if std::fs::read_to_string(&done).is_ok_and(|what| what == wanted) && python.is_file() {
        return Ok(home);
    }
    step(&format!("installing {wanted} from PyPI"), || {
        quietly(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        quietly(Command::new(&python).args(pip).args(wanted.split_whitespace()))?;
        std::fs::write(&done, wanted).context("noting what was installed")
    })?;
    Ok(home)
}

/// The program of axe-core, for a page to run.
pub(crate) fn axe_core() -> Result<PathBuf> {
    npm(AXE_CORE, "axe.min.js")
}

/// The program of IBM's accessibility checker, for a page to run.
pub(crate) fn ibm_checker() -> Result<PathBuf> {
    npm(IBM_CHECKER, "ace.js")
}

/// A file of a package from npm, which is named with its version.
fn npm(package: &str, file: &str) -> Result<PathBuf> {
    let name = package.split('@').next().unwrap_or(package);
    let home = folder().join(name);
    let (program, done) = (home.join("node_modules").join(name).join(file), home.join("installed"));
    if std::fs::read_to_string(&done).is_ok_and(|what| what == package) && program.is_file() {
        return Ok(program);
    }
    step(&format!("installing {package}"), || {
        std::fs::create_dir_all(&home)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"])
            .arg("--prefix")
            .args([home.as_os_str(), package.as_ref()]);
        quietly(&mut npm)?;
        std::fs::write(&done, package).context("noting what was installed")
    })?;
    Ok(program)
}

/// The folder of html5lib's tokenizer tests, which are in its source on PyPI and nowhere else in a registry.
pub(crate) fn html5lib_tests() -> Result<PathBuf> {
    let home = folder().join("html5lib");
    let (tests, done) = (home.join(HTML5LIB_TESTS), home.join("installed"));
    if std::fs::read_to_string(&done).is_ok_and(|what| what == HTML5LIB) && tests.is_dir() {
        return Ok(tests);
    }
    // pip looks into what it downloads with a setuptools of its time.
    let python = python("setuptools", "80.9.0")?.join("bin/python");
    step("downloading the tests of html5lib from PyPI", || {
        std::fs::create_dir_all(&home)?;
        let wanted = home.join("wanted.txt");
        std::fs::write(&wanted, HTML5LIB)?;
        let pip = "-m pip download --quiet --disable-pip-version-check --no-deps --no-build-isolation \
                   --no-binary :all: --require-hashes --dest . --requirement wanted.txt";
        quietly(Command::new(&python).current_dir(&home).args(pip.split_whitespace()))?;
        let unpack = ["-m", "tarfile", "--extract", "html5lib-1.1.tar.gz"];
        quietly(Command::new(&python).current_dir(&home).args(unpack))?;
        std::fs::write(&done, HTML5LIB).context("noting what was installed")
    })?;
    Ok(tests)
}

/// Whether anything under these paths is newer than a file.
pub(crate) fn newer_than(file: &Path, paths: &[&str]) -> bool {
    let Ok(built) = file.metadata().and_then(|meta| meta.modified()) else { return true };
    let mut waiting: Vec<PathBuf> = paths.iter().map(|path| root().join(path)).collect();
    while let Some(path) = waiting.pop() {
        let Ok(meta) = path.metadata() else { continue };
        if meta.is_dir() {
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            waiting.extend(entries.map(|entry| entry.path()));
        } else if meta.modified().is_ok_and(|modified| modified > built) {
            return true;
        }
    }
    false
}
