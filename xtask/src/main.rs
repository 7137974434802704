//! Every command of this repository. `cargo xtask help` lists them.

mod bench_held;
mod bench_isso;
mod bench_load;
mod bench_server;
mod build;
mod commands;
mod edits;
mod ended;
mod pack;
mod release;
mod run;
mod size;
mod suites;
mod tools;
mod trial;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, serves and tests jawjaw. Tools that are missing are fetched into target/tools.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build the widget into dist/.
    Build {
        /// With the standard library as rustup ships it: about 10 kB larger to send, panics say why.
        #[arg(long)]
        plain: bool,
    },
    /// Build what is out of date, then serve the demo article with its discussion.
    Serve {
        /// Port on 127.0.0.1; 0 asks the kernel.
        #[arg(long, default_value_t = 8787)]
        port: u16,
        /// The SQLite file.
        #[arg(long)]
        db: Option<PathBuf>,
    },
    /// Print what is shipped, in bytes as they are and as they are sent.
    Size,
    /// Run all tests, or one suite.
    Test {
        /// One of those that --list names.
        suite: Option<String>,
        /// Name the suites.
        #[arg(long)]
        list: bool,
        /// Without the services that take minutes to install; Isso and json-server stay.
        #[arg(long)]
        quick: bool,
        /// Only tests whose name holds this.
        #[arg(long)]
        only: Option<String>,
        /// With the payloads of the JSON files in this folder too, for the suite `hostile`.
        #[arg(long, value_name = "DIR")]
        corpus: Option<PathBuf>,
    },
    /// Format, clippy, native tests, floor plan, wasm check: what a commit must pass.
    Check,
    /// Print the threads that a profile reads out of a saved answer; outline --help says more.
    #[command(disable_help_flag = true)]
    Outline {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<OsString>,
    },
    /// Try a profile on a running endpoint; check-endpoint --help says more.
    #[command(disable_help_flag = true)]
    CheckEndpoint {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<OsString>,
    },
    /// Measure what reading costs, beside the least that a page could do; `bench server`: the server under load.
    Bench {
        #[command(subcommand)]
        what: Option<Benchmark>,
        /// Comments of the largest discussion.
        #[arg(long, default_value_t = 100_000)]
        most: usize,
        /// Writes the figures to a file.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Make the npm package, target/npm/jawjaw-….tgz.
    Pack,
    /// Make all that people download, in target/release-files.
    Release {
        /// Where the source is, such as <https://code.example/jawjaw>: for npm and container engines.
        #[arg(long)]
        source: Option<String>,
        /// Also install and run what was made, in roots of their own.
        #[arg(long = "try")]
        with_trial: bool,
    },
    /// Take a picture of every state of the widget, light and dark, narrow and large, and a page that shows them.
    Gallery {
        /// Where to put them.
        #[arg(default_value = "target/gallery")]
        folder: PathBuf,
    },
    /// Take the README's pictures of the demo.
    Shots {
        /// Where to put them.
        #[arg(default_value = "docs/shots")]
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
enum Benchmark {
    /// The server under load, by wrk, and Isso beside it; the table is written into docs/server.md.
    Server {
        /// Seconds for each row.
        #[arg(long, default_value_t = 8)]
        seconds: u32,
        /// Comments in all. A million takes some five minutes to fill in.
        #[arg(long, default_value_t = 1_000_000)]
        comments: usize,
    },
}

fn main() -> ExitCode {
    // Cargo runs this program in the compiler's place while the widget is compiled.
    if let Some(folder) = std::env::var_os(edits::FOLDER) {
        return edits::compile(Path::new(&folder), std::env::args_os().skip(1));
    }
    let done = match Arguments::parse().verb {
        Verb::Build { plain } => build::widget(plain).map(|()| true),
        Verb::Serve { port, db } => commands::serve(port, db),
        Verb::Size => build::if_stale().and_then(|()| size::print()),
        Verb::Test { list: true, .. } => {
            for name in suites::NAMES {
                println!("{name}");
            }
            Ok(true)
        }
        Verb::Test { suite, only, quick, corpus, .. } => {
            suites::run(suite.as_deref(), only.as_deref(), quick, corpus.as_deref())
        }
        Verb::Check => commands::check(),
        Verb::Outline { rest } => commands::profile("outline", &rest),
        Verb::CheckEndpoint { rest } => commands::profile("check-endpoint", &rest),
        Verb::Pack => pack::package().map(|file| {
            println!("{}", file.display());
            true
        }),
        Verb::Release { source, with_trial } => release::make(source, with_trial),
        Verb::Shots { folder } => commands::pictures("shots", &folder),
        Verb::Gallery { folder } => commands::pictures("gallery", &folder),
        Verb::Bench { what: Some(Benchmark::Server { seconds, comments }), .. } => {
            bench_server::run(seconds, comments)
        }
        Verb::Bench { most, json, what: None } => commands::bench(most, json.as_deref()),
    };
    ended::ended(done)
}
