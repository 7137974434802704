//! Answers that were given for an Idempotency-Key, to be given again.

use sqlx::FromRow;

use crate::limits;
use crate::store::engine::Connection;

/// An answer as it was given. The text and the HTML of its `comment` are not in it.
#[derive(Clone, Debug, FromRow, PartialEq)]
pub(crate) struct Answer {
    pub(crate) key: String,
    /// SHA-256 of method, path and body: one key is good for one request.
    pub(crate) request: Vec<u8>,
    pub(crate) status: i64,
    pub(crate) body: String,
    /// Whether the body holds a viewer's secret.
    pub(crate) secret: bool,
    /// The comment whose text and HTML belong in the body.
    pub(crate) comment: Option<i64>,
    /// Who wrote.
    pub(crate) viewer: Option<i64>,
}

pub(crate) async fn find(connection: &mut Connection, key: &str) -> sqlx::Result<Option<Answer>> {
    let query = "SELECT key, request, status, body, secret <> 0 AS secret, comment, viewer FROM answer WHERE key = $1";
    sqlx::query_as(query).bind(key).fetch_optional(connection).await
}

pub(crate) async fn insert(
    connection: &mut Connection,
    answer: &Answer,
    now: i64,
) -> sqlx::Result<()> {
    let insert = "INSERT INTO answer (key, request, status, body, secret, comment, viewer, created, tick) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT tick FROM clock))";
    sqlx::query(insert)
        .bind(&answer.key)
        .bind(&answer.request)
        .bind(answer.status)
        .bind(&answer.body)
        .bind(i64::from(answer.secret))
        .bind(answer.comment)
        .bind(answer.viewer)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets old answers, and the secrets in those that are not so old.
pub(crate) async fn forget(connection: &mut Connection, tick: i64) -> sqlx::Result<()> {
    let old = sqlx::query("DELETE FROM answer WHERE tick < $1").bind(tick - limits::KEY_TICKS);
    old.execute(&mut *connection).await?;
    let query = "SELECT key, request, status, body, secret <> 0 AS secret, comment, viewer FROM answer \
                 WHERE secret = 1 AND tick < $1";
    let query = sqlx::query_as(query).bind(tick - limits::SECRET_TICKS);
    let told: Vec<Answer> = query.fetch_all(&mut *connection).await?;
    for answer in told {
        let blank = "UPDATE answer SET body = $1, secret = 0 WHERE key = $2";
        let body = without(&answer.body, &["token"]);
        sqlx::query(blank).bind(body).bind(&answer.key).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Takes the words and the names of a deleted comment out of the answers that tell of it.
pub(crate) async fn blank(connection: &mut Connection, comment: i64) -> sqlx::Result<()> {
    let query = "SELECT key, request, status, body, secret <> 0 AS secret, comment, viewer FROM answer WHERE comment = $1";
    let query = sqlx::query_as(query).bind(comment);
    let told: Vec<Answer> = query.fetch_all(&mut *connection).await?;
    for answer in told {
        let blank = "UPDATE answer SET body = $1 WHERE key = $2";
        let body = without(&answer.body, &["author", "text", "html"]);
        sqlx::query(blank).bind(body).bind(&answer.key).execute(&mut *connection).await?;
    }
    Ok(())
}

fn without(body: &str, members: &[&str]) -> String {
    let mut body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    if let Some(map) = body.as_object_mut() {
        for member in members {
            map.remove(*member);
        }
    }
    body.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{clock, testing};

    fn answer(body: &str) -> Answer {
        Answer {
            key: "k".into(),
            request: vec![1],
            status: 201,
            body: body.into(),
            secret: true,
            comment: None,
            viewer: None,
        }
    }

    /// The clock on the wall has no part in it: neither stepping it forward nor back forgets a key.
    #[tokio::test]
    async fn a_key_is_remembered_for_14_days_of_service_and_its_secret_for_20_minutes() {
        let (store, _folder) = testing::store().await;
        let mut change = store.begin().await.expect("a change");
        let connection = change.connection();
        insert(connection, &answer(r#"{"a":1,"token":"s"}"#), 0).await.expect("it is kept");
        let mut tick = 0;
        let mut seen = Vec::new();
        while tick < limits::KEY_TICKS + 2 {
            tick = clock::advance(connection).await.expect("a tick");
            forget(connection, tick).await.expect("it forgets");
            let found = find(connection, "k").await.expect("it looks");
            seen.push(found.map(|found| found.body));
        }
        let of = |tick: i64| seen[usize::try_from(tick - 1).expect("small")].as_deref();
        assert_eq!(of(limits::SECRET_TICKS), Some(r#"{"a":1,"token":"s"}"#));
        assert_eq!(of(limits::SECRET_TICKS + 1), Some(r#"{"a":1}"#));
        assert_eq!(of(limits::KEY_TICKS), Some(r#"{"a":1}"#));
        assert_eq!(of(limits::KEY_TICKS + 1), None);
    }
}
