//! The commands that are made of a few steps.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::build;
use crate::run::{aloud, cargo, quietly, root, step};
use crate::tools;

/// Where cargo puts the server.
pub(crate) fn server_binary() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("debug/jawjaw-server")
}

pub(crate) fn build_server() -> Result<()> {
    step("building the server", || {
        quietly(cargo().args(["build", "--quiet", "--package", "jawjaw-server"])).map(drop)
    })
}

/// Builds what is out of date and serves the demo until it is told to stop.
pub(crate) fn serve(port: u16, db: Option<PathBuf>) -> Result<bool> {
    tools::together(vec![
        ("the widget", Box::new(build::if_stale)),
        ("the server", Box::new(build_server)),
    ])?;
    let db = db.unwrap_or_else(|| root().join("target/demo.db"));
    let mut server = Command::new(server_binary());
    server.args(["--port", &port.to_string(), "--demo", "--origin", "*", "--db"]).arg(&db);
    server.arg("--dist").arg(root().join("dist"));
    let mut server = server.stdout(Stdio::piped()).spawn().context("starting the server")?;
    let said = server.stdout.take().context("stdout is piped")?;
    let mut lines = BufReader::new(said).lines();
    let Some(Ok(first)) = lines.next() else {
        bail!("the server ended with {} before it listened", server.wait()?);
    };
    let address = first.rsplit(' ').next().unwrap_or_default();
    println!("The demo article and its discussion (database: {}):", db.display());
    println!("{address}/");
    for line in lines.map_while(Result::ok) {
        eprintln!("{line}");
    }
    // Control-C reaches the server too, which then ends by itself.
    Ok(server.wait()?.success())
}

/// What a commit must pass.
pub(crate) fn check() -> Result<bool> {
    let steps: [(&str, &[&str]); 4] = [
        ("format", &["fmt", "--all", "--check"]),
        (
            "clippy",
            &[
                "clippy",
                "--quiet",
                "--workspace",
                "--features",
                "xtask/archive,xtask/finish,xtask/profile",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ],
        ),
        (
            "clippy for the browser",
            &[
                "clippy",
                "--quiet",
                "--package",
                "jawjaw",
                "--target",
                "wasm32-unknown-unknown",
                "--",
                "-D",
                "warnings",
            ],
        ),
        ("native tests and floor plan", &["test", "--quiet", "--package", "jawjaw"]),
    ];
    for (name, arguments) in steps {
        if !step(name, || aloud(cargo().args(arguments)))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Runs the tools for profiles: a binary of its own, so that the other commands start without
/// compiling the widget natively.
pub(crate) fn profile(verb: &str, arguments: &[OsString]) -> Result<bool> {
    let mut run = cargo();
    // Files are named from where the command was given.
    run.current_dir(std::env::current_dir()?).arg("run").arg("--quiet").arg("--manifest-path");
    run.arg(root().join("xtask/Cargo.toml")).args([
        "--features",
        "profile",
        "--bin",
        "profile",
        "--",
    ]);
    aloud(run.arg(verb).args(arguments))
}

/// Takes pictures: the README's, as `shots`, or of every state, as `gallery`.
pub(crate) fn pictures(which: &str, folder: &Path) -> Result<bool> {
    tools::for_testing()?;
    build::if_stale()?;
    build_server()?;
    step("taking pictures", || {
        aloud(cargo().args(["run", "--quiet", "--package", "jawjaw-e2e", "--", which]).arg(folder))
    })
}

/// Measures what reading costs, beside the least that a page could do.
pub(crate) fn bench(most: usize, json: Option<&Path>) -> Result<bool> {
    tools::for_testing()?;
    build::if_stale()?;
    let mut run = cargo();
    run.args(["run", "--quiet", "--release", "--package", "jawjaw-e2e", "--", "bench"]);
    aloud(run.arg(most.to_string()).args(json))
}
