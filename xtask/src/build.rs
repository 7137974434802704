//! The widget: Trunk compiles it, `finish` makes it what is shipped.

use std::process::Command;

use anyhow::Result;

use crate::edits;
use crate::run::{cargo, quietly, root, step};
use crate::tools;

/// What the widget is made of.
const SOURCES: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "build.rs",
    "index.html",
    "locales",
    "profiles",
    "src",
    "style",
    "xtask/src/edits",
    "xtask/src/edits.rs",
    "xtask/src/finish",
];

/// Without what only a panic would say: the module is a third smaller. These are flags of the
/// compiler itself, which is why they need its bootstrap switch.
const SMALL: &str =
    "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";

/// Builds the widget into `dist/`.
pub(crate) fn widget(plain: bool) -> Result<()> {
    tools::together(vec![
        ("the tools", Box::new(tools::for_building)),
        (
            "the finisher",
            Box::new(|| step("building the finisher", || quietly(&mut finish("build"))).map(drop)),
        ),
    ])?;
    let small = !plain && tools::has_library_source() && compile(true).is_ok();
    if !small {
        eprintln!("  with the standard library as it is: about 10 kB larger to send");
        compile(false)?;
    }
    step("finishing dist/", || {
        let said = quietly(finish("run").env("PATH", tools::path()?))?;
        eprint!("{said}");
        Ok(())
    })
}

/// Runs Trunk; `small` compiles the standard library too.
fn compile(small: bool) -> Result<()> {
    let mut trunk = Command::new("trunk");
    trunk.current_dir(root()).args(["build", "--config", "Trunk.toml"]).env("PATH", tools::path()?);
    // NO_COLOR=1, as some systems set it, is no value Trunk takes.
    trunk
        .env_remove("NO_COLOR")
        .env_remove("RUST_BACKTRACE")
        .env("TRUNK_SKIP_VERSION_CHECK", "true");
    if small {
        let mut flags = SMALL.to_owned();
        match edits::prepare() {
            Ok(folder) => {
                trunk.env(edits::FOLDER, folder);
                trunk.env("RUSTC_WRAPPER", std::env::current_exe()?);
                // Cargo must not take for the same what was compiled without the edits.
                flags.push_str(" --cfg jawjaw_edited");
            }
            Err(trouble) => {
                eprintln!(
                    "  with two libraries as they are: about 6 kB larger to send ({trouble:#})"
                );
            }
        }
        trunk
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
    }
    step("compiling the widget", || quietly(&mut trunk)).map(drop).inspect_err(|trouble| {
        eprintln!("{trouble:#}");
    })
}

/// Builds the widget if anything it is made of is newer than `dist/`.
pub(crate) fn if_stale() -> Result<()> {
    if tools::newer_than(&root().join("dist/jawjaw.js"), SOURCES) { widget(false) } else { Ok(()) }
}

/// The binary that finishes; a feature of the package, so that the other commands start at once.
fn finish(verb: &str) -> Command {
    let mut cargo = cargo();
    cargo.args([verb, "--quiet", "--package", "xtask", "--features", "finish", "--bin", "finish"]);
    cargo
}
