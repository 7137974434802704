//! A change and its answer in one transaction, given once for each Idempotency-Key.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{Row, Sqlite, SqliteConnection, Transaction};

use crate::app::App;
use crate::events::Events;
use crate::limits;
use crate::moment;
use crate::problem::Problem;
use crate::viewer;

/// Who writes, and under which key.
pub(crate) struct Writer {
    secret: Option<String>,
    key: Option<String>,
    method: Method,
    path: String,
}

impl FromRequestParts<App> for Writer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let key = parts
            .headers
            .get("idempotency-key")
            .map(|key| key.to_str().unwrap_or_default().to_owned());
        if key.as_ref().is_some_and(|key| {
            key.is_empty() || key.len() > limits::KEY || !key.bytes().all(|b| b.is_ascii_graphic())
        }) {
            let detail =
                format!("Idempotency-Key must be 1 to {} visible characters.", limits::KEY);
            return Err(Problem::Invalid { field: "Idempotency-Key", detail });
        }
        Ok(Self {
            secret: viewer::secret(&parts.headers).map(str::to_owned),
            key,
            method: parts.method.clone(),
            path: parts.uri.to_string(),
        })
    }
}

/// A change under way. Dropped without an answer, it never was.
pub(crate) struct Change {
    transaction: Transaction<'static, Sqlite>,
    keyed: Option<(String, Vec<u8>)>,
    /// The viewer who writes.
    pub(crate) viewer: i64,
    fresh: Option<String>,
    events: Events,
    /// The article and the comment that listeners are told of.
    told: Option<(String, Value)>,
}

impl Writer {
    /// Begins a change; `Err(Ok(…))` is the answer that was given before for the same key.
    pub(crate) async fn begin(
        self,
        app: &App,
        body: &str,
    ) -> Result<Change, Result<Response, Problem>> {
        let mut transaction = app.store.begin().await.map_err(|error| Err(error.into()))?;
        forget(&mut transaction).await.map_err(|error| Err(error.into()))?;
        let mut keyed = None;
        if let Some(key) = self.key {
            let mut sum = Sha256::new();
            // Not the secret: who tries again may have been given one meanwhile.
            for part in [self.method.as_str(), &self.path, body] {
                sum.update(part.len().to_le_bytes());
                sum.update(part);
            }
            let request = sum.finalize().to_vec();
            match replayed(&mut transaction, &key, &request).await {
                Ok(None) => keyed = Some((key, request)),
                Ok(Some(answer)) => return Err(Ok(answer)),
                Err(problem) => return Err(Err(problem)),
            }
        }
        let viewer = viewer::known_or_new(&mut transaction, self.secret.as_deref()).await;
        let (viewer, fresh) = viewer.map_err(Err)?;
        Ok(Change { transaction, keyed, viewer, fresh, events: app.events.clone(), told: None })
    }
}

impl Change {
    pub(crate) fn database(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    /// Tells listeners of a comment, once it is committed.
    pub(crate) fn tell(&mut self, article: String, comment: Value) {
        self.told = Some((article, comment));
    }

    /// Commits the change with its answer; a new viewer's secret goes along.
    pub(crate) async fn answer(
        mut self,
        status: StatusCode,
        mut body: Value,
    ) -> Result<Response, Problem> {
        if let (Some(token), Some(members)) = (self.fresh, body.as_object_mut()) {
            members.insert("token".to_owned(), Value::String(token));
        }
        if let Some((key, request)) = self.keyed {
            let insert = "INSERT INTO answer (key, request, status, body, secret, created) VALUES (?, ?, ?, ?, ?, ?)";
            sqlx::query(insert)
                .bind(key)
                .bind(request)
                .bind(status.as_u16())
                .bind(body.to_string())
                .bind(body.get("token").is_some())
                .bind(moment::now())
                .execute(&mut *self.transaction)
                .await?;
        }
        self.transaction.commit().await?;
        if let Some((article, comment)) = self.told {
            self.events.tell(&article, comment);
        }
        Ok(given(status, body))
    }
}

fn given(status: StatusCode, body: Value) -> Response {
    if body.is_null() { status.into_response() } else { (status, Json(body)).into_response() }
}

/// Answers are kept for a day, secrets in them for ten minutes: long enough to try again.
async fn forget(change: &mut SqliteConnection) -> sqlx::Result<()> {
    const MINUTE: i64 = 60_000;
    let now = moment::now();
    let old = sqlx::query("DELETE FROM answer WHERE created < ?").bind(now - 24 * 60 * MINUTE);
    old.execute(&mut *change).await?;
    let secret = "UPDATE answer SET body = json_remove(body, '$.token'), secret = 0 WHERE secret = 1 AND created < ?";
    sqlx::query(secret).bind(now - 10 * MINUTE).execute(change).await?;
    Ok(())
}

async fn replayed(
    change: &mut SqliteConnection,
    key: &str,
    request: &[u8],
) -> Result<Option<Response>, Problem> {
    let query = sqlx::query("SELECT request, status, body FROM answer WHERE key = ?").bind(key);
    let Some(row) = query.fetch_optional(change).await? else { return Ok(None) };
    if row.get::<Vec<u8>, _>(0) != request {
        return Err(Problem::KeyReused);
    }
    let status = StatusCode::from_u16(row.get::<u16, _>(1)).unwrap_or(StatusCode::OK);
    let body: Value = serde_json::from_str(row.get(2)).map_err(anyhow::Error::from)?;
    let mut answer = given(status, body);
    answer.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(Some(answer))
}
