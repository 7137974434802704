//! The database. A noun is a file: typed rows, and functions over a connection. SQL stands here only.

pub(crate) mod answer;
pub(crate) mod article;
pub(crate) mod backup;
pub(crate) mod clock;
pub(crate) mod comment;
pub(crate) mod engine;
pub(crate) mod event;
pub(crate) mod rating;
pub(crate) mod viewer;
pub(crate) mod vote;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sqlx::{Connection as _, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

use crate::limits;
use crate::store::engine::{Connection, Engine, Fault, Pool};

/// Readers beside each other; a page of comments takes less than a millisecond.
const READERS: u32 = 8;

/// Two pools on one file. `SQLite` has one writer; waiting for it in a queue is fair, waiting for
/// its lock is not.
#[derive(Clone)]
pub(crate) struct Store {
    readers: Pool,
    writer: Pool,
    /// Whose turn it is to write.
    turn: Arc<Mutex<()>>,
    /// How many turns are over, with or without a change.
    turns: Arc<AtomicU64>,
    /// How many changes were committed.
    changes: Arc<AtomicU64>,
    file: Arc<PathBuf>,
}

/// A change under way, and the turn to write. Dropped, it never was.
pub(crate) struct Change {
    transaction: Transaction<'static, Engine>,
    turn: Turn,
    changes: Arc<AtomicU64>,
}

/// The turn to write; what is told to listeners while it is held is told in the order of the changes.
pub(crate) struct Turn {
    _held: OwnedMutexGuard<()>,
    turns: Arc<AtomicU64>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.fetch_add(1, Ordering::Relaxed);
    }
}

/// How the database is opened.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    /// The most bytes it may take.
    pub(crate) most: Option<u64>,
}

impl Store {
    /// Opens the database, makes it if need be, and brings its tables up to date.
    pub(crate) async fn open(place: &Place) -> Result<Self> {
        let file = &place.file;
        if file.as_os_str() == ":memory:" {
            bail!("a database in memory would be another one for each reader; name a file");
        }
        let options = engine::options(file, true).page_size(engine::PAGE);
        let options = match place.most {
            Some(most) => {
                options.pragma("max_page_count", (most / u64::from(engine::PAGE)).to_string())
            }
            None => options,
        };
        let writer = engine::pool()
            .max_connections(1)
            // One that is replaced for its age would leave the log to be written over by nobody.
            .max_lifetime(None)
            .idle_timeout(None)
            // After a full disk the connection may still think itself in a transaction that SQLite has
            // ended: everything after it would be lost. Such a one is closed.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options)
            .await
            .with_context(|| format!("opening the database {}", file.display()))?;
        let migrated = sqlx::migrate!("migrations/sqlite").run(&writer).await;
        migrated
            .map_err(engine::explained)
            .with_context(|| format!("bringing the database {} up to date", file.display()))?;
        let readers = engine::pool().max_connections(READERS);
        let readers = readers.connect_with(engine::options(file, true).pragma("query_only", "ON"));
        let readers = readers.await?;
        let store = Self {
            readers,
            writer,
            turn: Arc::default(),
            turns: Arc::default(),
            changes: Arc::default(),
            file: Arc::new(file.clone()),
        };
        Ok(store)
    }

    /// Opens a database that must be there.
    pub(crate) async fn open_existing(place: &Place) -> Result<Self> {
        if !place.file.is_file() {
            bail!("there is no database {}; name it with --db", place.file.display());
        }
        Self::open(place).await
    }

    /// One look at the database, in which nothing changes.
    pub(crate) async fn read(&self) -> sqlx::Result<Transaction<'static, Engine>> {
        self.readers.begin().await
    }

    /// Begins a change; nothing of it is seen before it is committed.
    pub(crate) async fn begin(&self) -> sqlx::Result<Change> {
        let turn = timeout(limits::QUEUE_TIME, Arc::clone(&self.turn).lock_owned()).await;
        let held = turn.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let turn = Turn { _held: held, turns: Arc::clone(&self.turns) };
        // Immediate, so that it fails here and not in the middle; and loud, where a transaction is
        // still open that should not be.
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Change { transaction, turn, changes: Arc::clone(&self.changes) })
    }

    /// Whether a change could be made now.
    pub(crate) async fn can_write(&self, within: Duration) -> sqlx::Result<()> {
        let trial = async {
            // `SQLite` begins a change of a database that may only be read, and refuses its first word.
            let mut change = self.begin().await?;
            clock::write_again(change.connection()).await
        };
        timeout(within, trial).await.map_err(|_| sqlx::Error::PoolTimedOut)?
    }

    /// Whether the writer gets on: a change could be made, or is refused for a reason, or other turns ended
    /// meanwhile. What another program or the disk forbids is no better after a restart.
    pub(crate) async fn gets_on(&self, within: Duration) -> bool {
        let before = self.turns.load(Ordering::Relaxed);
        match self.can_write(within).await {
            Ok(()) => true,
            Err(sqlx::Error::PoolTimedOut) => self.turns.load(Ordering::Relaxed) > before,
            Err(error) => {
                tracing::warn!(error = %error, "no change can be made");
                true
            }
        }
    }

    /// How many changes were committed since it was opened.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// Writes what is in the log into the file, and empties the log: it holds what was deleted, too.
    pub(crate) async fn checkpoint(&self) -> sqlx::Result<()> {
        let mut connection = self.writer.acquire().await?;
        engine::checkpoint(&mut connection).await
    }

    /// Writes everything into the one file and closes it.
    pub(crate) async fn close(self) {
        self.readers.close().await;
        if let Ok(mut connection) = self.writer.acquire().await
            && let Err(error) = engine::checkpoint(&mut connection).await
        {
            tracing::warn!(error = %error, "the log could not be written into the database");
        }
        self.writer.close().await;
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }
}

impl Change {
    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.transaction
    }

    /// Commits; the turn is handed back so that listeners hear changes in their order.
    pub(crate) async fn commit(self) -> sqlx::Result<Turn> {
        self.transaction.commit().await?;
        self.changes.fetch_add(1, Ordering::Relaxed);
        Ok(self.turn)
    }
}

/// What a failure of the database means for whoever asked.
pub(crate) fn fault(error: &sqlx::Error) -> Fault {
    engine::fault(error)
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A store in a folder that goes when it is dropped.
    pub(crate) async fn store() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place { file: folder.path().join("test.db"), most: None };
        (Store::open(&place).await.expect("it opens"), folder)
    }
}

#[cfg(test)]
mod tests {
    use sqlx::ConnectOptions;

    use super::*;

    /// What another program does to the database is told apart from our own faults.
    #[tokio::test]
    async fn a_locked_or_read_only_database_is_no_fault_of_ours() {
        let (store, _folder) = testing::store().await;
        let mut other = engine::options(store.file(), false).connect().await.expect("it opens");
        let held = other.begin_with("BEGIN IMMEDIATE").await.expect("it is locked");
        let locked = store.begin().await.err().expect("it waits in vain");
        assert_eq!(fault(&locked), Fault::Busy, "{locked}");
        drop(held);
        let mut reader = store.read().await.expect("readers go on");
        let refused = clock::advance(&mut reader).await.expect_err("readers do not write");
        assert_eq!(fault(&refused), Fault::ReadOnly, "{refused}");
    }

    /// A database that another program keeps, or that may only be read, is the same after a restart: only a
    /// writer that does nothing at all is worth one.
    #[tokio::test]
    async fn a_writer_that_is_refused_gets_on_and_one_that_hangs_does_not() {
        let (store, _folder) = testing::store().await;
        let within = Duration::from_millis(300);
        assert!(store.gets_on(within).await);
        let read_only = engine::options(store.file(), false).read_only(true);
        let writer = engine::pool().max_connections(1).connect_with(read_only);
        let read_only = Store { writer: writer.await.expect("it opens"), ..store.clone() };
        let refused = read_only.can_write(within).await.err().map(|error| fault(&error));
        assert_eq!(refused, Some(Fault::ReadOnly));
        assert!(read_only.gets_on(within).await);
        let mut other = engine::options(store.file(), false).connect().await.expect("it opens");
        let held = other.begin_with("BEGIN IMMEDIATE").await.expect("it is locked");
        assert!(store.gets_on(Duration::from_secs(9)).await, "it waits its five seconds");
        drop(held);
        drop(other);
        // Many wait, and their turns end.
        let turns = async || {
            for _ in 0..10 {
                let change = store.begin().await.expect("a turn");
                tokio::time::sleep(Duration::from_millis(80)).await;
                drop(change);
            }
        };
        let waits = async {
            tokio::task::yield_now().await;
            store.gets_on(Duration::from_millis(200)).await
        };
        let (.., gets_on) = tokio::join!(turns(), turns(), turns(), turns(), waits);
        assert!(gets_on);
        let hanging = store.begin().await.expect("a turn");
        assert!(!store.gets_on(within).await);
        drop(hanging);
        assert!(store.gets_on(within).await);
    }

    /// The file alone holds everything after a rest, and the log nothing.
    #[tokio::test]
    async fn after_a_rest_the_log_is_empty() {
        let (store, _folder) = testing::store().await;
        let mut change = store.begin().await.expect("a change");
        article::to_change(change.connection(), "a").await.expect("an article");
        change.commit().await.expect("it is kept");
        let log = store.file().with_extension("db-wal");
        let length = || std::fs::metadata(&log).map_or(0, |log| log.len());
        assert!(length() > 0);
        store.checkpoint().await.expect("it is written");
        assert_eq!(length(), 0);
    }

    /// Older ones may damage a database when two connections write and checkpoint at once (3.51.3's notes).
    #[tokio::test]
    async fn sqlite_is_new_enough() {
        let (store, _folder) = testing::store().await;
        let mut reader = store.read().await.expect("a reader");
        let version = engine::version(&mut reader).await.expect("it says so");
        let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
        assert!(parts >= vec![3, 51, 3], "{version}");
    }
}
