//! A change and its answer in one transaction, given once for each Idempotency-Key.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::http::support::address::Asker;
use crate::http::support::problem::Problem;
use crate::http::support::{secret, shown};
use crate::limits;
use crate::live::Told;
use crate::moment;
use crate::pace::Early;
use crate::store::answer::Answer;
use crate::store::article::{self, Article};
use crate::store::comment::{self, Comment, Status};
use crate::store::engine::Connection;
use crate::store::{self, answer, event, viewer};

/// Who writes, and under which key.
pub(crate) struct Writer {
    secret: Option<String>,
    key: Option<String>,
    method: Method,
    path: String,
    asker: Option<Asker>,
}

impl FromRequestParts<App> for Writer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let key = parts
            .headers
            .get("idempotency-key")
            .map(|key| key.to_str().unwrap_or_default().to_owned());
        let usable = |key: &String| {
            limits::KEY.contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
        };
        if key.as_ref().is_some_and(|key| !usable(key)) {
            let (from, to) = (limits::KEY.start(), limits::KEY.end());
            let detail = format!(
                "Idempotency-Key must be {from} to {to} visible characters; a UUID is a good one."
            );
            return Err(Problem::Invalid { field: "Idempotency-Key", detail });
        }
        Ok(Self {
            secret: secret::of(&parts.headers).map(str::to_owned),
            key,
            method: parts.method.clone(),
            path: parts.uri.to_string(),
            asker: parts.extensions.get::<Asker>().copied(),
        })
    }
}

/// Does a change to its end, whether or not its client stays to hear: what is stored is also told to
/// those who listen.
pub(crate) async fn outlive<F>(app: &App, change: F) -> Result<Response, Problem>
where
    F: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    let done = app.changes.spawn(change).await;
    done.map_err(|error| anyhow::anyhow!("a change ended early: {error}"))?
}

/// A change under way. Dropped without an answer, it never was.
pub(crate) struct Change {
    app: App,
    store: store::Change,
    keyed: Option<(String, Vec<u8>)>,
    viewer: Option<i64>,
    fresh: Option<String>,
    asker: Option<Asker>,
    /// The articles and their changes that listeners are told of.
    told: Vec<(String, Arc<Told>)>,
}

/// What a change begins with.
pub(crate) enum Begun {
    Change(Box<Change>),
    /// The answer that was given before for the same key.
    Answered(Response),
}

impl Writer {
    /// Lets a first vote wait until its address has read for a moment: people do, programs that stuff do not.
    pub(crate) async fn reads_first(&self, app: &App) -> Result<(), Problem> {
        let Some(Asker(group)) = self.asker else { return Ok(()) };
        if self.secret.is_some() {
            let mut reader = app.store.read().await?;
            if secret::known(&mut reader, self.secret.as_deref()).await?.is_some() {
                return Ok(());
            }
        }
        match app.paces.readers.may_vote(group) {
            Ok(()) => Ok(()),
            // Who just came is not told to come again.
            Err(Early::Soon(wait)) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            Err(Early::Unread(wait)) => Err(Problem::Unread { wait }),
        }
    }

    /// Begins a change. `body` is the text of the request, for which its key is good.
    pub(crate) async fn begin(self, app: &App, body: &str) -> Result<Begun, Problem> {
        let asked = Instant::now();
        let mut store = app.store.begin().await?;
        app.metrics.waited(asked.elapsed());
        let connection = store.connection();
        let known = secret::known(connection, self.secret.as_deref()).await?;
        let mut keyed = None;
        if let Some(key) = self.key {
            let mut sum = Sha256::new();
            // Not the secret: who tries again may have been given one meanwhile.
            for part in [self.method.as_str(), &self.path, body] {
                sum.update(part.len().to_le_bytes());
                sum.update(part);
            }
            let request = sum.finalize().to_vec();
            match answer::find(connection, &key).await? {
                Some(before) if before.request == request => {
                    return Ok(Begun::Answered(replayed(connection, before, known).await?));
                }
                Some(_) => return Err(Problem::KeyReused),
                None => keyed = Some((key, request)),
            }
        }
        Ok(Begun::Change(Box::new(Change {
            app: app.clone(),
            store,
            keyed,
            viewer: known,
            fresh: None,
            asker: self.asker,
            told: Vec::new(),
        })))
    }
}

/// What an answer says about a comment.
pub(crate) enum Said {
    /// Nothing.
    Nothing,
    /// This comment, whose words stand in the answer.
    Comment(i64),
}

impl Change {
    pub(crate) fn connection(&mut self) -> &mut Connection {
        self.store.connection()
    }

    /// The viewer who writes, if it is one we know.
    pub(crate) fn known(&self) -> Option<i64> {
        self.viewer
    }

    /// The viewer who writes; a new one is given a secret.
    pub(crate) async fn viewer(&mut self) -> Result<i64, Problem> {
        if let Some(viewer) = self.viewer {
            return Ok(viewer);
        }
        let fresh = secret::fresh()?;
        let hash = secret::hash(&fresh);
        let viewer = viewer::insert(self.connection(), &hash, moment::now()).await?;
        self.viewer = Some(viewer);
        self.fresh = Some(fresh);
        Ok(viewer)
    }

    /// The same for votes and stars, where each new viewer counts: an address has only so many.
    pub(crate) async fn voter(&mut self) -> Result<i64, Problem> {
        if let (None, Some(Asker(group))) = (self.viewer, self.asker) {
            let pace = &self.app.paces.newcomers;
            pace.count(group).map_err(|wait| Problem::TooFast { wait })?;
        }
        self.viewer().await
    }

    /// Counts a change of an article, and tells listeners of its comment once it is committed.
    pub(crate) async fn tell(&mut self, article: &Article, comment: &Comment) -> sqlx::Result<()> {
        let seq = article::touch(self.connection(), article.id, moment::now()).await?;
        event::insert(self.connection(), article.id, seq, &comment.identifier).await?;
        let data = shown::for_all(comment);
        self.told.push((article.name.clone(), Arc::new(Told { seq, data })));
        Ok(())
    }

    /// Commits the change with its answer; a new viewer's secret goes along.
    pub(crate) async fn answer(
        mut self,
        status: StatusCode,
        mut body: Value,
        said: Said,
    ) -> Result<Response, Problem> {
        if let (Some(token), Some(members)) = (self.fresh.take(), body.as_object_mut()) {
            members.insert("token".to_owned(), Value::String(token));
        }
        if let Some((key, request)) = self.keyed.take() {
            let mut kept = body.clone();
            let comment = match said {
                Said::Nothing => None,
                Said::Comment(id) => {
                    shown::without_words(&mut kept);
                    Some(id)
                }
            };
            let answer = Answer {
                key,
                request,
                status: status.as_u16().into(),
                body: kept.to_string(),
                secret: body.get("token").is_some(),
                comment,
                viewer: self.viewer,
            };
            answer::insert(self.store.connection(), &answer, moment::now()).await?;
        }
        let turn = self.store.commit().await?;
        for (article, told) in self.told {
            self.app.live.tell(&article, told);
        }
        drop(turn);
        Ok(given(status, body))
    }
}

fn given(status: StatusCode, body: Value) -> Response {
    if body.is_null() { status.into_response() } else { (status, Json(body)).into_response() }
}

/// An answer given again. What is its writer's own is left out where another viewer asks.
async fn replayed(
    connection: &mut Connection,
    before: Answer,
    known: Option<i64>,
) -> Result<Response, Problem> {
    let status = u16::try_from(before.status).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let mut body: Value = serde_json::from_str(&before.body).map_err(anyhow::Error::from)?;
    if let Some(id) = before.comment {
        let comment = comment::by_id(connection, id, 0).await?;
        let comment = comment.filter(|comment| comment.status != Status::Deleted);
        shown::add_words(&mut body, comment.as_ref());
    }
    if known.is_some() && before.viewer.is_some() && known != before.viewer {
        shown::without_own(&mut body);
    }
    let mut answer = given(status.unwrap_or(StatusCode::OK), body);
    answer.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(answer)
}
