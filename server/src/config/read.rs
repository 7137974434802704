//! Values of settings, read with care: a wrong one ends the start, before anything was made.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};
use ipnet::IpNet;
use url::{Origin, Url};

use super::{Forwarded, Given, Listen, Settings};

/// Ten years; longer ones would leave the range of times.
const LONGEST_WINDOW: i64 = 10 * 366 * 24 * 3_600;
/// Smaller ones cannot hold the tables.
const SMALLEST_DATABASE: u64 = 256 * 1_024;

impl Settings {
    /// Sets one setting by its name.
    pub(super) fn set(&mut self, name: &str, given: Given) -> Result<()> {
        match name {
            "server.listen" => self.listen = listen(&one(given)?)?,
            // Halves of it, which only flags give: the other half stays.
            "listen.address" => {
                let address = number(&one(given)?, "an address such as 0.0.0.0")?;
                self.listen = Listen::Tcp(SocketAddr::new(address, self.address().port()));
            }
            "listen.port" => {
                let port = number(&one(given)?, "a port")?;
                self.listen = Listen::Tcp(SocketAddr::new(self.address().ip(), port));
            }
            "server.socket_mode" => self.socket_mode = mode(&one(given)?)?,
            "server.metrics" => self.metrics = Some(address(&one(given)?)?),
            "server.origins" => {
                self.origins =
                    many(given).iter().map(|text| origin(text)).collect::<Result<_>>()?;
            }
            "server.dist" => self.dist = Some(folder(&one(given)?)?),
            "server.demo" => self.demo = number(&one(given)?, "true or false")?,
            "server.trusted_proxies" => {
                self.trusted_proxies =
                    many(given).iter().map(|text| network(text)).collect::<Result<_>>()?;
            }
            "server.forwarded_header" => {
                self.forwarded = match one(given)?.to_lowercase().as_str() {
                    "x-forwarded-for" => Forwarded::ForwardedFor,
                    "forwarded" => Forwarded::Standard,
                    other => bail!("{other:?} is not x-forwarded-for or forwarded"),
                }
            }
            "database.path" => self.db = file(&one(given)?)?,
            "database.max_bytes" => {
                self.db_max_bytes = Some(within(&one(given)?, SMALLEST_DATABASE, u64::MAX / 2)?);
            }
            "comments.edit_window" => {
                self.edit_window = within(&one(given)?, 0, LONGEST_WINDOW)?;
            }
            "limits.writes_per_minute" => {
                self.writes_per_minute = number(&one(given)?, "a whole number from 1")?;
            }
            "limits.reads_per_minute" => {
                self.reads_per_minute = number(&one(given)?, "a whole number from 1")?;
            }
            "limits.newcomers_per_hour" => {
                self.newcomers_per_hour = number(&one(given)?, "a whole number from 1")?;
            }
            "limits.vote_after" => self.vote_after = within(&one(given)?, 0, 15)?,
            "limits.connections" => self.connections = within(&one(given)?, 1, 1_000_000)?,
            "limits.streams" => self.streams = within(&one(given)?, 0, 1_000_000)?,
            "limits.streams_per_address" => {
                self.streams_per_address = within(&one(given)?, 0, 1_000_000)?;
            }
            "log.format" => {
                self.log_json = match one(given)?.as_str() {
                    "json" => true,
                    "text" => false,
                    other => bail!("{other:?} is not text or json"),
                }
            }
            "log.level" => {
                self.log_level = number(&one(given)?, "error, warn, info, debug or trace")?;
            }
            other => bail!("{other} is no setting"),
        }
        Ok(())
    }

    /// The address to listen on, or the one that there is without a word.
    fn address(&self) -> SocketAddr {
        match self.listen {
            Listen::Tcp(address) => address,
            _ => ([127, 0, 0, 1], 8787).into(),
        }
    }
}

fn one(given: Given) -> Result<String> {
    match given {
        Given::One(text) => Ok(text),
        Given::Many(_) => bail!("it takes one value, not a list"),
    }
}

/// A list, or one text with commas between.
fn many(given: Given) -> Vec<String> {
    match given {
        Given::Many(texts) => texts,
        Given::One(text) => {
            let texts = text.split(',').map(|text| text.trim().to_owned());
            texts.filter(|text| !text.is_empty()).collect()
        }
    }
}

fn number<T: FromStr>(text: &str, kind: &str) -> Result<T> {
    text.trim().parse().map_err(|_| anyhow!("{text:?} is not {kind}"))
}

fn within<T: FromStr + PartialOrd + std::fmt::Display>(text: &str, from: T, to: T) -> Result<T> {
    let kind = format!("a whole number from {from} to {to}");
    let value: T = number(text, &kind)?;
    if value < from || value > to {
        bail!("{text:?} is not {kind}");
    }
    Ok(value)
}

fn listen(text: &str) -> Result<Listen> {
    match text.strip_prefix("unix:") {
        Some("") => bail!("name the socket, such as unix:/run/jawjaw/jawjaw.sock"),
        Some(path) => Ok(Listen::Unix(path.into())),
        None if text == "systemd" => Ok(Listen::Passed),
        None => address(text).map(Listen::Tcp),
    }
}

fn address(text: &str) -> Result<SocketAddr> {
    text.parse().map_err(|_| {
        anyhow!("{text:?} is not an address with a port, such as 127.0.0.1:8787 or [::]:8787")
    })
}

fn mode(text: &str) -> Result<u32> {
    let mode = u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o777);
    mode.with_context(|| format!("{text:?} is not a mode such as 660"))
}

fn network(text: &str) -> Result<IpNet> {
    let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    net.with_context(|| format!("{text:?} is not a network such as 10.0.0.0/8 or 127.0.0.1"))
}

fn file(text: &str) -> Result<PathBuf> {
    if text.is_empty() {
        bail!("name the file");
    }
    Ok(text.into())
}

fn folder(text: &str) -> Result<PathBuf> {
    let folder = PathBuf::from(text);
    if folder.is_dir() { Ok(folder) } else { bail!("there is no folder {text:?}") }
}

/// An origin as browsers write it: `https://blog.example`, without a path.
fn origin(text: &str) -> Result<String> {
    if text == "*" {
        return Ok(text.to_owned());
    }
    let wrong = || {
        anyhow!(
            "{text:?} is no origin: say the scheme, the host and perhaps a port, such as https://blog.example"
        )
    };
    let url = Url::parse(text).map_err(|_| wrong())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let bare = bare && url.username().is_empty() && url.password().is_none();
    // A star or a comma in a host would be taken and never match.
    let plain = !text.contains(['*', ',', ' ']);
    match url.origin() {
        Origin::Tuple(..) if bare && plain && matches!(url.scheme(), "http" | "https") => {
            Ok(url.origin().ascii_serialization())
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_as_browsers_write_it() {
        let check = |text: &str, taken: &str| assert_eq!(origin(text).expect(text), taken);
        check("https://blog.example", "https://blog.example");
        check("https://blog.example/", "https://blog.example");
        check("HTTPS://Blog.Example", "https://blog.example");
        check("https://blog.example:443", "https://blog.example");
        check("http://localhost:4000", "http://localhost:4000");
        check("http://[::1]:4000", "http://[::1]:4000");
        check("*", "*");
        for wrong in [
            "blog.example",
            "https://blog.example/path",
            "https://a,https://b",
            "",
            "*/",
            "https://*.example",
            "null",
            "file:///x",
            "https://a@b.example",
            "https://blog.example?x",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn networks_and_windows_have_bounds() {
        assert!(
            network("10.0.0.0/8").is_ok() && network("::1").is_ok() && network("10/8").is_err()
        );
        let mut settings = Settings::default();
        for window in ["-1", "9223372036854775807", "1000000000000", "x", ""] {
            assert!(settings.set("comments.edit_window", Given::One(window.into())).is_err());
        }
        assert!(settings.set("comments.edit_window", Given::One("0".into())).is_ok());
    }
}
