//! How long a database has been served, in steps of ten minutes. Unlike the clock on the wall it cannot
//! jump: what is kept for a time is kept for that time.

use crate::store::engine::Connection;

/// One step on; the number of steps.
pub(crate) async fn advance(connection: &mut Connection) -> sqlx::Result<i64> {
    let update = "UPDATE clock SET tick = tick + 1 RETURNING tick";
    sqlx::query_scalar(update).fetch_one(connection).await
}

/// Writes what is there already: fails where nothing can be written.
pub(crate) async fn write_again(connection: &mut Connection) -> sqlx::Result<()> {
    sqlx::query("UPDATE clock SET tick = tick").execute(connection).await?;
    Ok(())
}
