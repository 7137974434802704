//! Votes for comments, one of each viewer.

use crate::store::comment;
use crate::store::engine::Connection;

/// Sets a vote: 1, -1, or 0 to take it back.
pub(crate) async fn set(
    connection: &mut Connection,
    comment: i64,
    viewer: i64,
    value: i64,
) -> sqlx::Result<()> {
    let query = "SELECT value FROM vote WHERE comment = $1 AND viewer = $2";
    let query = sqlx::query_scalar(query).bind(comment).bind(viewer);
    let before: i64 = query.fetch_optional(&mut *connection).await?.unwrap_or(0);
    let set = if value == 0 {
        "DELETE FROM vote WHERE comment = $1 AND viewer = $2 AND $3 = 0"
    } else {
        "INSERT INTO vote (comment, viewer, value) VALUES ($1, $2, $3) \
         ON CONFLICT (comment, viewer) DO UPDATE SET value = excluded.value"
    };
    sqlx::query(set).bind(comment).bind(viewer).bind(value).execute(&mut *connection).await?;
    let is = |vote: i64, which: i64| i64::from(vote == which);
    let (up, down) = (is(value, 1) - is(before, 1), is(value, -1) - is(before, -1));
    comment::add_votes(connection, comment, up, down).await
}
