//! The secret by which a browser is known.

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use crate::http::support::problem::Problem;
use crate::store::engine::Connection;
use crate::store::viewer;
use crate::text;

/// The secret in `Authorization: Bearer …`, if there is one.
pub(crate) fn of(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim()).filter(|secret| !secret.is_empty())
}

/// The viewer a secret belongs to. A secret nobody knows belongs to nobody: databases come and go,
/// and a browser keeps what it was given.
pub(crate) async fn known(
    connection: &mut Connection,
    secret: Option<&str>,
) -> sqlx::Result<Option<i64>> {
    let Some(secret) = secret else { return Ok(None) };
    viewer::find(connection, &hash(secret)).await
}

/// 256 random bits, so a plain hash of it is as good as a slow one.
pub(crate) fn fresh() -> Result<String, Problem> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(text::hex(&bytes))
}

pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}
