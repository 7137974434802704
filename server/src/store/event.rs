//! Which comments changed, for listeners who come back after a pause.

use crate::limits;
use crate::store::article::Article;
use crate::store::engine::Connection;

/// Notes that a comment changed with the change `seq` of its article.
pub(crate) async fn insert(
    connection: &mut Connection,
    article: i64,
    seq: i64,
    comment: &str,
) -> sqlx::Result<()> {
    let insert = "INSERT INTO event (article, seq, comment, tick) VALUES ($1, $2, $3, (SELECT tick FROM clock))";
    sqlx::query(insert).bind(article).bind(seq).bind(comment).execute(connection).await?;
    Ok(())
}

/// The comments that changed after a change, with the number of the latest; `None` where that cannot be
/// said any more, or was never so.
pub(crate) async fn since(
    connection: &mut Connection,
    article: &Article,
    seq: i64,
) -> sqlx::Result<Option<Vec<(i64, String)>>> {
    if seq < article.forgotten || seq > article.seq {
        return Ok(None);
    }
    let most = i64::try_from(limits::BEHIND).unwrap_or(i64::MAX);
    let query = "SELECT MAX(seq), comment FROM event WHERE article = $1 AND seq > $2 GROUP BY comment \
                 ORDER BY MAX(seq) LIMIT $3";
    let query = sqlx::query_as(query).bind(article.id).bind(seq).bind(most + 1);
    let missed: Vec<(i64, String)> = query.fetch_all(connection).await?;
    Ok(Some(missed).filter(|missed| missed.len() <= limits::BEHIND))
}

/// Forgets old events, and remembers up to where.
pub(crate) async fn forget(connection: &mut Connection, tick: i64) -> sqlx::Result<()> {
    let old = tick - limits::EVENT_TICKS;
    let mark = "UPDATE article SET forgotten = (SELECT MAX(seq) FROM event e WHERE e.article = article.id AND e.tick < $1) \
                WHERE id IN (SELECT article FROM event WHERE tick < $1)";
    sqlx::query(mark).bind(old).execute(&mut *connection).await?;
    sqlx::query("DELETE FROM event WHERE tick < $1").bind(old).execute(connection).await?;
    Ok(())
}
