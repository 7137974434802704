//! jawjaw-server: comments, votes and ratings in one SQLite file.
//!
//! Start to end: read the command line, open the database, lay out the routes, serve until told to
//! stop. A noun is a file: [`comments`], [`rating`], [`counts`], [`events`].

mod app;
mod ask;
mod comments;
mod counts;
mod demo;
mod embedded;
mod events;
mod limits;
mod moment;
mod problem;
mod rating;
mod render;
mod store;
mod viewer;
mod write;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use tokio::net::TcpListener;

use crate::app::App;
use crate::store::Store;

/// A comment server in one file.
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub(crate) struct Options {
    /// Port on 127.0.0.1; 0 asks the kernel.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The SQLite file; made if it is not there.
    #[arg(long, default_value = "jawjaw.db")]
    db: PathBuf,
    /// A page origin that may use the API, such as <https://blog.example>; may be given more than once.
    #[arg(long = "origin")]
    origins: Vec<String>,
    /// The folder of the built widget, to be served too; a release has one inside.
    #[arg(long)]
    dist: Option<PathBuf>,
    /// Serve the demo article, and fill its discussion if the database is new.
    #[arg(long)]
    demo: bool,
    /// For how many seconds an author may change or delete what they wrote.
    #[arg(long, default_value_t = 900)]
    edit_window: i64,
    /// Writes a minute from one address.
    #[arg(long, default_value_t = 30)]
    writes_per_minute: u32,
    /// Reads a minute from one address.
    #[arg(long, default_value_t = 600)]
    reads_per_minute: u32,
    /// Take the reader's address from X-Forwarded-For, which a proxy in front must set.
    #[arg(long)]
    behind_proxy: bool,
    /// Close the discussion of an article, then end.
    #[arg(long, value_name = "ARTICLE")]
    close: Option<String>,
    /// Open the discussion of an article again, then end.
    #[arg(long, value_name = "ARTICLE")]
    reopen: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let store = Store::open(&options.db).await?;
    for (article, closed) in [(&options.close, true), (&options.reopen, false)] {
        if let Some(article) = article {
            store.set_closed(article, closed).await?;
            println!("the discussion of {article:?} is {}", if closed { "closed" } else { "open" });
            return Ok(());
        }
    }
    if options.demo {
        demo::fill(&store).await?;
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("port {} is taken or not allowed; choose another with --port, or 0", options.port)
    })?;
    println!("jawjaw-server listening on http://{}", listener.local_addr()?);
    let app = App::new(store, options);
    let events = app.events.clone();
    let routes = app.routes()?;
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            told_to_stop().await;
            // Whoever listens would never end.
            events.close();
        })
        .await?;
    Ok(())
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
        }
        Err(_) => drop(interrupted.await),
    }
}
