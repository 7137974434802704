//! How the server is run: a TOML file, then the environment, then flags; the later one wins.
//!
//! Every setting has one name, `section.key`, and is read by one function, wherever it comes from.

mod file;
mod read;

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use ipnet::IpNet;

/// Where the server listens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Listen {
    /// `127.0.0.1:8787`
    Tcp(std::net::SocketAddr),
    /// `unix:/run/jawjaw.sock`
    Unix(PathBuf),
    /// `systemd`: the socket that was passed.
    Passed,
}

/// The header in which a trusted proxy says who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Forwarded {
    /// `X-Forwarded-For`
    ForwardedFor,
    /// `Forwarded` (RFC 7239)
    Standard,
}

/// All settings.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) listen: Listen,
    pub(crate) socket_mode: u32,
    pub(crate) metrics: Option<std::net::SocketAddr>,
    pub(crate) origins: Vec<String>,
    pub(crate) dist: Option<PathBuf>,
    pub(crate) demo: bool,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) forwarded: Forwarded,
    pub(crate) db: PathBuf,
    pub(crate) db_max_bytes: Option<u64>,
    /// Seconds.
    pub(crate) edit_window: i64,
    pub(crate) writes_per_minute: NonZeroU32,
    pub(crate) reads_per_minute: NonZeroU32,
    pub(crate) newcomers_per_hour: NonZeroU32,
    /// Seconds.
    pub(crate) vote_after: u64,
    pub(crate) connections: usize,
    pub(crate) streams: usize,
    pub(crate) streams_per_address: usize,
    pub(crate) log_json: bool,
    pub(crate) log_level: tracing::Level,
}

/// Each setting with what it is; `config check` prints them, and a misspelt one is told the nearest.
pub(crate) const KEYS: &[(&str, &str)] = &[
    ("server.listen", "address and port, unix:PATH, or systemd"),
    ("server.socket_mode", "who may connect to the Unix socket, in octal"),
    ("server.metrics", "address and port for Prometheus; none if left out"),
    ("server.origins", "page origins that may use the API"),
    ("server.dist", "the folder of the built widget, to be served too"),
    ("server.demo", "whether the demo article is served"),
    ("server.trusted_proxies", "networks whose word on the reader's address is taken"),
    ("server.forwarded_header", "x-forwarded-for or forwarded"),
    ("database.path", "the SQLite file"),
    ("database.max_bytes", "the most bytes it may take"),
    ("comments.edit_window", "seconds in which an author may change what they wrote"),
    ("limits.writes_per_minute", "writes of one address"),
    ("limits.reads_per_minute", "reads of one address"),
    ("limits.newcomers_per_hour", "first votes and ratings of browsers from one address"),
    ("limits.vote_after", "seconds from an address's first reading to its first vote or rating"),
    ("limits.connections", "connections at once"),
    ("limits.streams", "listeners at once"),
    ("limits.streams_per_address", "listeners of one address at once"),
    ("log.format", "text or json"),
    ("log.level", "error, warn, info, debug or trace"),
];

/// A value as it was given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    One(String),
    Many(Vec<String>),
}

impl Default for Settings {
    fn default() -> Self {
        let at_most = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self {
            listen: Listen::Tcp(([127, 0, 0, 1], 8787).into()),
            socket_mode: 0o660,
            metrics: None,
            origins: Vec::new(),
            dist: None,
            demo: false,
            trusted_proxies: Vec::new(),
            forwarded: Forwarded::ForwardedFor,
            db: "jawjaw.db".into(),
            db_max_bytes: None,
            edit_window: 900,
            writes_per_minute: at_most(30),
            reads_per_minute: at_most(600),
            newcomers_per_hour: at_most(60),
            vote_after: 2,
            connections: 16_384,
            streams: 10_000,
            streams_per_address: 10,
            log_json: false,
            log_level: tracing::Level::INFO,
        }
    }
}

impl Settings {
    /// All settings from a file, the environment and flags.
    pub(crate) fn gather(
        path: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        flags: Vec<(&'static str, &'static str, Given)>,
    ) -> Result<Self> {
        let mut settings = Self::default();
        if let Some(path) = path {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("reading the configuration {}", path.display()))?;
            for entry in file::entries(&path.display().to_string(), &text)? {
                settings.set(&entry.name, entry.given).with_context(|| entry.place)?;
            }
        }
        for (variable, value) in environment {
            let Some(name) = named(&variable) else { continue };
            let secret = name.strip_suffix("_file").filter(|name| is_known(name));
            let (name, value) = match secret {
                Some(name) => {
                    let value = std::fs::read_to_string(&value);
                    let value = value.with_context(|| format!("reading the file of {variable}"))?;
                    (name.to_owned(), value.trim_end_matches('\n').to_owned())
                }
                None => (name, value),
            };
            if !is_known(&name) {
                bail!("{variable} is no setting{}", nearest(&name));
            }
            settings.set(&name, Given::One(value)).with_context(|| variable)?;
        }
        for (flag, name, given) in flags {
            settings.set(name, given).with_context(|| format!("--{flag}"))?;
        }
        Ok(settings)
    }

    /// All values in the order of [`KEYS`].
    pub(crate) fn values(&self) -> Vec<String> {
        let listen = match &self.listen {
            Listen::Tcp(address) => address.to_string(),
            Listen::Unix(path) => format!("unix:{}", path.display()),
            Listen::Passed => "systemd".to_owned(),
        };
        let forwarded = match self.forwarded {
            Forwarded::ForwardedFor => "x-forwarded-for",
            Forwarded::Standard => "forwarded",
        };
        let path = |path: &Path| format!("{:?}", path.display().to_string());
        let none = || "none".to_owned();
        vec![
            format!("{listen:?}"),
            format!("\"{:o}\"", self.socket_mode),
            self.metrics.map_or_else(none, |address| format!("\"{address}\"")),
            format!("{:?}", self.origins),
            self.dist.as_deref().map_or_else(none, path),
            self.demo.to_string(),
            format!("{:?}", self.trusted_proxies.iter().map(IpNet::to_string).collect::<Vec<_>>()),
            format!("{forwarded:?}"),
            path(&self.db),
            self.db_max_bytes.map_or_else(none, |most| most.to_string()),
            self.edit_window.to_string(),
            self.writes_per_minute.to_string(),
            self.reads_per_minute.to_string(),
            self.newcomers_per_hour.to_string(),
            self.vote_after.to_string(),
            self.connections.to_string(),
            self.streams.to_string(),
            self.streams_per_address.to_string(),
            format!("{:?}", if self.log_json { "json" } else { "text" }),
            format!("{:?}", self.log_level.to_string().to_lowercase()),
        ]
    }
}

/// `JAWJAW_SERVER__LISTEN` is `server.listen`.
fn named(variable: &str) -> Option<String> {
    let (section, key) = variable.strip_prefix("JAWJAW_")?.split_once("__")?;
    Some(format!("{}.{}", section.to_lowercase(), key.to_lowercase()))
}

fn is_known(name: &str) -> bool {
    KEYS.iter().any(|(known, _)| *known == name)
}

/// A hint at the setting that was meant, if one is near.
fn nearest(name: &str) -> String {
    let near = KEYS.iter().map(|(known, _)| (strsim::damerau_levenshtein(known, name), *known));
    let near = near.chain(KEYS.iter().filter_map(|(known, _)| {
        // The right key in a wrong section.
        let (_, key) = known.split_once('.')?;
        let (_, given) = name.split_once('.')?;
        Some((strsim::damerau_levenshtein(key, given) + 1, *known))
    }));
    match near.min() {
        Some((distance, known)) if distance <= 4 => format!("; did you mean {known}?"),
        _ => "; `jawjaw-server config check` lists them".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(toml: &str, environment: &[(&str, &str)]) -> Result<Settings> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("jawjaw.toml");
        std::fs::write(&path, toml).expect("it is written");
        let environment = environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        Settings::gather(Some(&path), environment, Vec::new())
    }

    #[track_caller]
    fn refused(toml: &str, environment: &[(&str, &str)], words: &str) {
        let error = format!("{:#}", gathered(toml, environment).expect_err(toml));
        assert!(error.contains(words), "{toml}: {error}");
    }

    #[test]
    fn the_later_one_wins() {
        let toml = "[server]\nlisten = \"127.0.0.1:1\"\norigins = [\"https://a.example\", \"https://b.example/\"]\n\
                    [limits]\nwrites_per_minute = 3\n";
        let settings =
            gathered(toml, &[("JAWJAW_SERVER__LISTEN", "[::1]:2")]).expect("they are right");
        assert_eq!(settings.listen, Listen::Tcp("[::1]:2".parse().expect("an address")));
        assert_eq!(settings.origins, ["https://a.example", "https://b.example"]);
        assert_eq!(settings.writes_per_minute.get(), 3);
        let settings = gathered("server.listen = \"unix:/run/x\"", &[("JAWJAW_TOOLS", "x")]);
        assert_eq!(settings.expect("they are right").listen, Listen::Unix("/run/x".into()));
    }

    #[test]
    fn an_unknown_key_is_told_its_line_and_the_nearest() {
        refused(
            "[server]\n\nlistn = \"x\"\n",
            &[],
            "jawjaw.toml:3: server.listn is no setting; did you mean server.listen?",
        );
        refused("[limits]\norigins = []\n", &[], "did you mean server.origins?");
        refused(
            "[sever]\nlisten = \"x\"\n",
            &[],
            "jawjaw.toml:2: sever.listen is no setting; did you mean server.listen?",
        );
        refused("what = 1\n", &[], "jawjaw.toml:1: what is no setting");
        refused("[server]\nlisten = \n", &[], "jawjaw.toml:2");
        refused(
            "",
            &[("JAWJAW_SERVER__LISTN", "x")],
            "JAWJAW_SERVER__LISTN is no setting; did you mean server.listen?",
        );
    }

    #[test]
    fn a_wrong_value_is_told_where_and_why() {
        refused("[server]\nlisten = 8787\n", &[], "jawjaw.toml:2: server.listen");
        refused("[limits]\nconnections = true\n", &[], "jawjaw.toml:2: limits.connections");
        refused("[limits]\nwrites_per_minute = 0\n", &[], "jawjaw.toml:2");
        refused("", &[("JAWJAW_SERVER__DEMO", "perhaps")], "JAWJAW_SERVER__DEMO");
    }

    #[test]
    fn a_secret_may_stand_in_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        std::fs::write(&path, "a.db\n").expect("it is written");
        let path = path.to_str().expect("text");
        let settings = gathered("", &[("JAWJAW_DATABASE__PATH_FILE", path)]).expect("it is read");
        assert_eq!(settings.db, PathBuf::from("a.db"));
        refused("", &[("JAWJAW_DATABASE__PATH_FILE", "/nowhere")], "JAWJAW_DATABASE__PATH_FILE");
    }
}
