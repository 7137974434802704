//! jawjaw-server: comments, votes and ratings in one SQLite file.
//!
//! Start to end: read the settings, open the database, lay out the routes, serve until told to stop.
//! A noun is a file in [`http`] and one in [`store`]; what they are about is in `text`, `render` and `limits`.

mod app;
mod commands;
mod config;
mod flags;
mod http;
mod jobs;
mod limits;
mod listen;
mod live;
mod logs;
mod metrics;
mod moment;
mod pace;
mod render;
mod serve;
mod store;
mod text;
mod transfer;

use std::process::ExitCode;

use clap::Parser;

use crate::flags::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    // What is made is for this user only: the database holds what was deleted, and hashes of secrets.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    match commands::run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
