//! Writes the files of a release. The same input gives the same bytes: names in order, one time for all.

#[path = "../ended.rs"]
mod ended;
mod entry;
mod image;
mod sums;
mod tarball;
mod web;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use ended::ended;

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Parser)]
struct Arguments {
    /// When everything was made, in seconds since 1970.
    #[arg(long)]
    time: u32,
    /// The file to write.
    #[arg(long)]
    into: PathBuf,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// The folder to copy to a web space, as a zip.
    Web {
        /// The root of the repository, with its built widget.
        root: PathBuf,
    },
    /// The server for those who download it, as a .tar.gz.
    Tarball { root: PathBuf, binary: PathBuf },
    /// The server as an OCI image for several machines, as a .tar of its layout.
    Image {
        /// Where the source is, for the image's labels.
        #[arg(long)]
        source: Option<String>,
        /// As amd64=path/to/binary.
        binaries: Vec<String>,
    },
    /// The checksums of a folder.
    Sums { folder: PathBuf },
}

fn main() -> ExitCode {
    let Arguments { time, into, verb } = Arguments::parse();
    let bytes = match verb {
        Verb::Web { root } => web::entries(&root).and_then(|entries| web::zip(entries, time)),
        Verb::Tarball { root, binary } => tarball::release(&root, &binary, time),
        Verb::Image { source, binaries } => image::layout(&binaries, source.as_deref(), time),
        Verb::Sums { folder } => sums::of(&folder),
    };
    ended(bytes.and_then(|bytes| write(&into, &bytes)).map(|()| true))
}

fn write(file: &PathBuf, bytes: &[u8]) -> Result<()> {
    fs::write(file, bytes).with_context(|| format!("writing {}", file.display()))
}
