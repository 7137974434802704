//! Who is asking: a browser that holds a secret of ours, or nobody we know.

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use sqlx::{Executor, Sqlite, SqliteConnection};

use crate::moment;
use crate::problem::Problem;

/// The secret in `Authorization: Bearer …`, if there is one.
pub(crate) fn secret(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim()).filter(|secret| !secret.is_empty())
}

/// The viewer a secret belongs to. A secret nobody knows belongs to nobody: databases come and go,
/// and a browser keeps what it was given.
pub(crate) async fn known<'c>(
    reader: impl Executor<'c, Database = Sqlite>,
    secret: Option<&str>,
) -> sqlx::Result<Option<i64>> {
    let Some(secret) = secret else { return Ok(None) };
    let query = sqlx::query_scalar("SELECT id FROM viewer WHERE secret_hash = ?");
    query.bind(hash(secret)).fetch_optional(reader).await
}

/// The viewer of a write: the one the secret belongs to, else a new one with a new secret.
pub(crate) async fn known_or_new(
    change: &mut SqliteConnection,
    secret: Option<&str>,
) -> Result<(i64, Option<String>), Problem> {
    if let Some(viewer) = known(&mut *change, secret).await? {
        return Ok((viewer, None));
    }
    let fresh = fresh_secret()?;
    let insert = sqlx::query("INSERT INTO viewer (secret_hash, created) VALUES (?, ?)");
    let done = insert.bind(hash(&fresh)).bind(moment::now()).execute(change).await?;
    Ok((done.last_insert_rowid(), Some(fresh)))
}

/// 256 random bits, so a plain hash of it is as good as a slow one.
fn fresh_secret() -> Result<String, Problem> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(hex(&bytes))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}
