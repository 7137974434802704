//! The database: one file, a write-ahead log, one writer at a time.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, SqliteConnection, Transaction};

/// Readers beside each other; a page of comments takes a few milliseconds.
const READERS: u32 = 8;

/// Two pools on one file. `SQLite` has one writer; waiting for it in a queue is fair, waiting for
/// its lock is not.
#[derive(Clone)]
pub(crate) struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
}

impl Store {
    /// Opens the file, makes it if need be, and brings its tables up to date.
    pub(crate) async fn open(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::from_str("sqlite://")?
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An answer promises that the comment is on disk.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let writer =
            SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await;
        let writer = writer.with_context(|| format!("opening the database {}", file.display()))?;
        sqlx::migrate!().run(&writer).await.context("bringing the database up to date")?;
        let readers =
            SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
        Ok(Self { readers, writer })
    }

    /// For reading.
    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// Begins a change; nothing of it is seen before it is committed.
    pub(crate) async fn begin(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.writer.begin().await
    }

    /// Closes the discussion of an article, or opens it again.
    pub(crate) async fn set_closed(&self, article: &str, closed: bool) -> Result<()> {
        let mut change = self.begin().await?;
        let id = article_id(&mut change, article).await?;
        let update =
            sqlx::query("UPDATE article SET closed = ? WHERE id = ?").bind(closed).bind(id);
        update.execute(&mut *change).await?;
        Ok(change.commit().await?)
    }
}

/// The row of an article; made with its first comment or rating.
pub(crate) async fn article_id(change: &mut SqliteConnection, name: &str) -> sqlx::Result<i64> {
    let insert = sqlx::query("INSERT INTO article (name) VALUES (?) ON CONFLICT DO NOTHING");
    insert.bind(name).execute(&mut *change).await?;
    sqlx::query_scalar("SELECT id FROM article WHERE name = ?").bind(name).fetch_one(change).await
}
