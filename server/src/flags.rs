//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::Given;

/// A comment server in one file.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve; what is done without a command.
    Serve,
    /// Copy the database, which may be in use, into a file.
    Backup {
        /// The file to make; one of that name is replaced when the copy is whole.
        file: PathBuf,
    },
    /// Close the discussion of an article.
    Close { article: String },
    /// Open the discussion of an article again.
    Reopen { article: String },
    /// Read a file of JSON Lines into the database.
    Import { file: PathBuf },
    /// Look at the configuration.
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
    /// Ask a running server whether it can do its work.
    Health,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print all settings as they are in effect, or what is wrong with them.
    Check,
}

/// Settings that win over the file and the environment.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// The configuration, in TOML.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where to listen: address and port, unix:PATH, or systemd.
    #[arg(long, global = true, conflicts_with_all = ["port", "bind"])]
    listen: Option<String>,
    /// Port, 8787 if left out; 0 asks the kernel.
    #[arg(long, global = true)]
    port: Option<u16>,
    /// Address, 127.0.0.1 if left out; 0.0.0.0 or :: for all of this machine.
    #[arg(long, global = true)]
    bind: Option<std::net::IpAddr>,
    /// The SQLite file; made if it is not there.
    #[arg(long, global = true, value_name = "FILE")]
    db: Option<String>,
    /// The most bytes that the SQLite file may take.
    #[arg(long, global = true, value_name = "BYTES")]
    db_max_bytes: Option<String>,
    /// A page origin that may use the API, such as <https://blog.example>; may be given more than once.
    #[arg(long = "origin", global = true)]
    origins: Vec<String>,
    /// The folder of the built widget, to be served too; a release has one inside.
    #[arg(long, global = true)]
    dist: Option<String>,
    /// Serve the demo article, and fill its discussion if the database is new.
    #[arg(long, global = true)]
    demo: bool,
    /// For how many seconds an author may change or delete what they wrote.
    #[arg(long, global = true, value_name = "SECONDS", allow_hyphen_values = true)]
    edit_window: Option<String>,
    /// Writes a minute from one address.
    #[arg(long, global = true, value_name = "N")]
    writes_per_minute: Option<String>,
    /// Reads a minute from one address.
    #[arg(long, global = true, value_name = "N")]
    reads_per_minute: Option<String>,
    /// First votes and ratings an hour of browsers from one address.
    #[arg(long, global = true, value_name = "N")]
    newcomers_per_hour: Option<String>,
    /// Seconds from an address's first reading to the first vote or rating of a new browser.
    #[arg(long, global = true, value_name = "SECONDS")]
    vote_after: Option<String>,
    /// Listeners of one address at once.
    #[arg(long, global = true, value_name = "N")]
    streams_per_address: Option<String>,
    /// Listeners at once.
    #[arg(long, global = true, value_name = "N")]
    streams: Option<String>,
    /// Connections at once.
    #[arg(long, global = true, value_name = "N")]
    connections: Option<String>,
    /// A network of proxies that say who asks, such as 10.0.0.0/8; may be given more than once.
    #[arg(long = "trusted-proxy", global = true, value_name = "NETWORK")]
    trusted_proxies: Vec<String>,
    /// The header in which they say it: x-forwarded-for or forwarded.
    #[arg(long, global = true, value_name = "NAME")]
    forwarded_header: Option<String>,
    /// Trust a proxy on this machine; the same as `--trusted-proxy 127.0.0.0/8 --trusted-proxy ::1`.
    #[arg(long, global = true)]
    behind_proxy: bool,
    /// Address and port for Prometheus.
    #[arg(long, global = true, value_name = "ADDRESS")]
    metrics: Option<String>,
    /// text or json.
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
    /// error, warn, info, debug or trace.
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
    /// Close the discussion of an article, then end; the same as the command `close`.
    #[arg(long, value_name = "ARTICLE")]
    pub(crate) close: Vec<String>,
    /// Open the discussion of an article again, then end; the same as the command `reopen`.
    #[arg(long, value_name = "ARTICLE")]
    pub(crate) reopen: Vec<String>,
}

impl Flags {
    /// The settings in them: the flag, the name of the setting, the value.
    pub(crate) fn settings(&self) -> Vec<(&'static str, &'static str, Given)> {
        let mut given = Vec::new();
        let one = |flag, name, value: &Option<String>| {
            value.clone().map(|value| (flag, name, Given::One(value)))
        };
        given.extend(one("listen", "server.listen", &self.listen));
        let bind = self.bind.map(|bind| bind.to_string());
        let port = self.port.map(|port| port.to_string());
        given.extend(one("bind", "listen.address", &bind));
        given.extend(one("port", "listen.port", &port));
        given.extend(one("db", "database.path", &self.db));
        given.extend(one("db-max-bytes", "database.max_bytes", &self.db_max_bytes));
        given.extend(one("dist", "server.dist", &self.dist));
        given.extend(one("edit-window", "comments.edit_window", &self.edit_window));
        given.extend(one("writes-per-minute", "limits.writes_per_minute", &self.writes_per_minute));
        given.extend(one("reads-per-minute", "limits.reads_per_minute", &self.reads_per_minute));
        given.extend(one(
            "newcomers-per-hour",
            "limits.newcomers_per_hour",
            &self.newcomers_per_hour,
        ));
        given.extend(one("vote-after", "limits.vote_after", &self.vote_after));
        given.extend(one(
            "streams-per-address",
            "limits.streams_per_address",
            &self.streams_per_address,
        ));
        given.extend(one("streams", "limits.streams", &self.streams));
        given.extend(one("connections", "limits.connections", &self.connections));
        given.extend(one("forwarded-header", "server.forwarded_header", &self.forwarded_header));
        given.extend(one("metrics", "server.metrics", &self.metrics));
        given.extend(one("log-format", "log.format", &self.log_format));
        given.extend(one("log-level", "log.level", &self.log_level));
        if self.demo {
            given.push(("demo", "server.demo", Given::One("true".into())));
        }
        if !self.origins.is_empty() {
            given.push(("origin", "server.origins", Given::Many(self.origins.clone())));
        }
        let mut proxies = self.trusted_proxies.clone();
        if self.behind_proxy {
            proxies.extend(["127.0.0.0/8".to_owned(), "::1".to_owned()]);
        }
        if !proxies.is_empty() {
            given.push(("trusted-proxy", "server.trusted_proxies", Given::Many(proxies)));
        }
        given
    }
}
