//! How much is taken, and how fast. Each number with its reason; ARCHITECTURE lists them.

use std::time::Duration;

/// Bytes of a request: the longest text in the widest letters, as JSON escapes, and room.
pub(crate) const BODY_BYTES: usize = 131_072;
/// Bytes of a request's line and headers: a hundred articles in one query.
pub(crate) const HEAD_BYTES: usize = 65_536;
/// Characters of a comment: about 1,800 words, longer than most articles it could stand under.
pub(crate) const TEXT: usize = 10_000;
/// Characters of a name: longer than any real one, short enough for one line.
pub(crate) const NAME: usize = 100;
/// Characters of a website's address.
pub(crate) const URL: usize = 254;
/// Characters of an article's name: a path, or a whole address.
pub(crate) const ARTICLE: usize = 500;
/// Characters of an Idempotency-Key: enough that nobody guesses one, and what its draft recommends.
pub(crate) const KEY: std::ops::RangeInclusive<usize> = 16..=255;
/// Levels of replies: nobody reads deeper, and clients need not survive more.
pub(crate) const DEPTH: i64 = 100;
/// Quotations, lists and emphasis inside each other. Deeper ones lose their tags and keep their words:
/// cleaning HTML takes time that grows with the square of its depth.
pub(crate) const NESTING: usize = 20;
/// Bytes of a text that is rendered at once; longer ones wait for each other.
pub(crate) const SHORT_TEXT: usize = 1_000;
/// Bytes of a comment's HTML; more comes from texts that are made to grow.
pub(crate) const HTML_BYTES: usize = 65_536;
/// Most comments in one page.
pub(crate) const PAGE: i64 = 200;
/// Bytes of texts in one page; it then ends early, and `next` goes on.
pub(crate) const PAGE_BYTES: usize = 1_000_000;
/// Bytes of pages that wait for slow readers, all together.
pub(crate) const WAITING_BYTES: usize = 64 * 1_048_576;
/// Most articles that are counted in one request.
pub(crate) const COUNTS: usize = 100;
/// Changes that a slow listener may be behind; beyond, it is asked to read the list again. Each article that
/// somebody listens to has room for as many.
pub(crate) const BEHIND: usize = 32;
/// Ten-minute steps for which a key is remembered: 14 days, as long as a reader's outbox may wait.
pub(crate) const KEY_TICKS: i64 = 14 * 24 * 6;
/// Ten-minute steps for which a new viewer's secret can be asked for again.
pub(crate) const SECRET_TICKS: i64 = 2;
/// Ten-minute steps for which a listener who comes back is told what it missed.
pub(crate) const EVENT_TICKS: i64 = 24 * 6;

/// From the first byte of a connection, or the last answer, to the end of a request's headers.
pub(crate) const HEAD_TIME: Duration = Duration::from_secs(10);
/// For the body of a request.
pub(crate) const BODY_TIME: Duration = Duration::from_secs(30);
/// For a client to take what is ready for it.
pub(crate) const WRITE_TIME: Duration = Duration::from_mins(1);
/// For an answer to begin.
pub(crate) const ANSWER_TIME: Duration = Duration::from_secs(20);
/// For a connection to the database, or the turn to write.
pub(crate) const QUEUE_TIME: Duration = Duration::from_secs(10);
/// For everything to end after a signal, two seconds less than the ten that are promised.
pub(crate) const STOP_TIME: Duration = Duration::from_secs(8);
