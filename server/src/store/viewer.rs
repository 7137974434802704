//! Viewers: browsers that hold a secret of ours. Only its hash is kept.

use crate::store::engine::Connection;

/// The viewer of a secret's hash.
pub(crate) async fn find(connection: &mut Connection, hash: &[u8]) -> sqlx::Result<Option<i64>> {
    let query = sqlx::query_scalar("SELECT id FROM viewer WHERE secret_hash = $1").bind(hash);
    query.fetch_optional(connection).await
}

/// A new viewer.
pub(crate) async fn insert(
    connection: &mut Connection,
    hash: &[u8],
    now: i64,
) -> sqlx::Result<i64> {
    let insert = "INSERT INTO viewer (secret_hash, created) VALUES ($1, $2) RETURNING id";
    sqlx::query_scalar(insert).bind(hash).bind(now).fetch_one(connection).await
}

/// The viewer that came with an import under this name. Nobody can be it: no secret has a name for its
/// hash.
pub(crate) async fn imported(
    connection: &mut Connection,
    name: &str,
    now: i64,
) -> sqlx::Result<i64> {
    match find(connection, name.as_bytes()).await? {
        Some(viewer) => Ok(viewer),
        None => insert(connection, name.as_bytes(), now).await,
    }
}
