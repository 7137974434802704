//! Everything that is `SQLite`'s own. Another engine is another file like this one: the other files of
//! this folder hold SQL with `$1`, `RETURNING` and `ON CONFLICT`, which Postgres reads too.

use std::path::Path;
use std::time::Duration;

use anyhow::anyhow;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteSynchronous,
};

use crate::limits;

pub(crate) type Engine = Sqlite;
pub(crate) type Connection = SqliteConnection;
pub(crate) type Pool = SqlitePool;

/// Bytes of a page of the file.
pub(crate) const PAGE: u32 = 4_096;

/// The names in a JSON list, as a table; Postgres says `= ANY($1)`.
macro_rules! listed {
    ($before:literal) => {
        concat!($before, " IN (SELECT value FROM json_each($1))")
    };
}
pub(crate) use listed;

/// What a failure means for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Another try may succeed soon.
    Busy,
    /// There is no room.
    Full,
    /// It may only be read.
    ReadOnly,
    /// The disk does not do what it should.
    Disk,
    /// Our own fault.
    Other,
}

pub(crate) fn options(file: &Path, make: bool) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(make)
        .journal_mode(SqliteJournalMode::Wal)
        // An answer promises that the comment is on disk.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What was deleted is not left in pages that are written anyway.
        .pragma("secure_delete", "FAST")
        .busy_timeout(Duration::from_secs(5))
}

/// For looking at a file that nobody else uses.
pub(crate) fn read_only(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(file).read_only(true).immutable(true)
}

pub(crate) fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new().acquire_timeout(limits::QUEUE_TIME)
}

pub(crate) fn fault(error: &sqlx::Error) -> Fault {
    let code = match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            return Fault::Busy;
        }
        sqlx::Error::Database(error) => error.code().and_then(|code| code.parse::<u32>().ok()),
        _ => None,
    };
    // Extended codes hold the plain one in their last byte (sqlite.org/rescode.html).
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => Fault::Busy,
        Some(13) => Fault::Full,
        Some(8) => Fault::ReadOnly,
        // IOERR, CANTOPEN, NOMEM.
        Some(7 | 10 | 14) => Fault::Disk,
        _ => Fault::Other,
    }
}

/// A failed migration in the words of whoever runs the server.
pub(crate) fn explained(error: MigrateError) -> anyhow::Error {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => anyhow!(
            "this database was written by a newer jawjaw-server; install that one, or restore the \
             backup from before it"
        ),
        other => anyhow::Error::from(other),
    }
}

/// Writes the log into the file and empties it.
pub(crate) async fn checkpoint(connection: &mut Connection) -> sqlx::Result<()> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(connection).await?;
    Ok(())
}

/// A copy in one statement, whole as of one moment, without a log beside it.
pub(crate) async fn copy_into(connection: &mut Connection, file: &str) -> sqlx::Result<()> {
    sqlx::query("VACUUM INTO $1").bind(file).execute(connection).await?;
    Ok(())
}

/// What is wrong with a database; nothing, if it is whole.
pub(crate) async fn troubles(connection: &mut Connection) -> sqlx::Result<Vec<String>> {
    let said: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check(20)").fetch_all(connection).await?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}

#[cfg(test)]
pub(crate) async fn version(connection: &mut Connection) -> sqlx::Result<String> {
    sqlx::query_scalar("SELECT sqlite_version()").fetch_one(connection).await
}
