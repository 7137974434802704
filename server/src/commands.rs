//! What each command does.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::{KEYS, Listen, Settings};
use crate::flags::{Arguments, Command, ConfigCommand};
use crate::listen::Listener;
use crate::logs::{self, say};
use crate::moment;
use crate::serve;
use crate::store::{Place, Store, article, backup};
use crate::transfer::{self, Way};

/// Runs a command to its end.
pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let Arguments { command, flags } = arguments;
    // Names that are no text are none of ours.
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let settings = Settings::gather(flags.config.as_deref(), environment, flags.settings())?;
    logs::begin(&settings);
    if !flags.close.is_empty() || !flags.reopen.is_empty() {
        set_closed(&settings, &flags.close, true).await?;
        return set_closed(&settings, &flags.reopen, false).await;
    }
    match command.unwrap_or(Command::Serve) {
        Command::Serve => serve(settings).await,
        Command::Backup { file } => make_backup(&settings, &file).await,
        Command::Close { article } => set_closed(&settings, &[article], true).await,
        Command::Reopen { article } => set_closed(&settings, &[article], false).await,
        Command::Import { file } => import(&settings, &file).await,
        Command::Config { what: ConfigCommand::Check } => check(&settings),
        Command::Health => health(&settings),
    }
}

fn place(settings: &Settings) -> Place {
    Place { file: settings.db.clone(), most: settings.db_max_bytes }
}

async fn serve(settings: Settings) -> Result<()> {
    // Before a database is made that nobody will use.
    let listener = Listener::open(&settings).await?;
    let metrics = match settings.metrics {
        Some(address) => {
            let listen = Settings { listen: Listen::Tcp(address), ..settings.clone() };
            Some(Listener::open(&listen).await.context("the listener for metrics")?)
        }
        None => None,
    };
    let store = Store::open(&place(&settings)).await?;
    look_at(&store).await;
    if settings.demo {
        let way = Way { to_now: true, only_new: true };
        transfer::import(&store, include_str!("../demo.jsonl"), way).await?;
    }
    let stop = CancellationToken::new();
    serve::run(App::new(store, settings, stop), listener, metrics).await
}

/// Says at the start what would otherwise be seen at the first write.
async fn look_at(store: &Store) {
    use std::os::unix::fs::PermissionsExt;
    if let Err(error) = store.can_write(Duration::from_secs(5)).await {
        tracing::error!(
            error = format!("{error:#}"),
            "the database cannot be written; readers are served, writers are asked to come back"
        );
    }
    let mode = std::fs::metadata(store.file()).map_or(0, |file| file.permissions().mode());
    if mode & 0o007 != 0 {
        tracing::warn!(
            "other users of this machine may read the database; chmod 600 it and what lies beside it"
        );
    }
}

async fn make_backup(settings: &Settings, file: &Path) -> Result<()> {
    let copied = backup::make(&settings.db, file).await?;
    let (comments, bytes) = (copied.comments, copied.bytes);
    say(&format!("{}: {comments} comments, {bytes} bytes, checked", file.display()));
    Ok(())
}

async fn set_closed(settings: &Settings, articles: &[String], closed: bool) -> Result<()> {
    if articles.is_empty() {
        return Ok(());
    }
    let store = Store::open_existing(&place(settings)).await?;
    let mut change = store.begin().await?;
    for article in articles {
        let connection = change.connection();
        if !article::set_closed(connection, article, closed, moment::now()).await? {
            bail!(
                "nothing was ever said or rated under the article {article:?}; is it spelt as the page says?"
            );
        }
    }
    change.commit().await?;
    store.close().await;
    for article in articles {
        say(&format!(
            "the discussion of {article:?} is {}",
            if closed { "closed" } else { "open" }
        ));
    }
    Ok(())
}

async fn import(settings: &Settings, file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file);
    let text = text.with_context(|| format!("reading {}", file.display()))?;
    let store = Store::open(&place(settings)).await?;
    let read = transfer::import(&store, &text, Way::default()).await;
    let read = read.with_context(|| format!("importing {}", file.display()))?;
    store.close().await;
    say(&format!("{} comments, {} votes, {} ratings", read.comments, read.votes, read.ratings));
    Ok(())
}

fn check(settings: &Settings) -> Result<()> {
    for ((name, what), value) in KEYS.iter().zip(settings.values()) {
        say(&format!("{name} = {value}  # {what}"));
    }
    let folder = settings.db.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        bail!("the folder of the database {} is not there", settings.db.display());
    }
    Ok(())
}

/// Asks `/readyz` of the server that these settings describe.
fn health(settings: &Settings) -> Result<()> {
    const PATIENCE: Option<Duration> = Some(Duration::from_secs(5));
    const REQUEST: &[u8] = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let mut answer = String::new();
    match &settings.listen {
        Listen::Tcp(address) => {
            let address = SocketAddr::new(reachable(address.ip()), address.port());
            let mut stream = TcpStream::connect(address)
                .with_context(|| format!("nobody listens on {address}"))?;
            stream.set_read_timeout(PATIENCE)?;
            stream.write_all(REQUEST)?;
            stream.read_to_string(&mut answer)?;
        }
        Listen::Unix(path) => {
            let mut stream = UnixStream::connect(path)
                .with_context(|| format!("nobody listens on {}", path.display()))?;
            stream.set_read_timeout(PATIENCE)?;
            stream.write_all(REQUEST)?;
            stream.read_to_string(&mut answer)?;
        }
        Listen::Passed => bail!("a passed socket has no address; ask systemd"),
    }
    let status = answer.split(' ').nth(1).unwrap_or_default();
    if status != "200" {
        bail!("not ready: {}", answer.lines().last().unwrap_or_default());
    }
    say("ready");
    Ok(())
}

/// Who listens on all addresses is found on this machine's own.
fn reachable(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}
