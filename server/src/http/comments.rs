//! Comments: list, create, edit, delete, vote.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, patch, put};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::http::rating::Rating;
use crate::http::support::ask::{self, Asked, Body, Identifier};
use crate::http::support::change::{Begun, Change, Said, Writer, outlive};
use crate::http::support::page;
use crate::http::support::problem::Problem;
use crate::http::support::secret;
use crate::http::support::shown::{Look, Shown, shown};
use crate::limits;
use crate::moment;
use crate::render;
use crate::store::article::{self, Article};
use crate::store::comment::{self, Comment, Cursor, New, Page};
use crate::store::{answer, rating, vote};
use crate::text;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/comments", get(list).post(create))
        .route("/comments/{identifier}", patch(edit).delete(delete))
        .route("/comments/{identifier}/vote", put(set_vote))
}

/// What a list is asked for.
struct List {
    article: String,
    newest: bool,
    limit: i64,
    after: Option<Cursor>,
}

impl List {
    fn read(asked: &Asked) -> Result<Self, Problem> {
        asked.only(&["article", "order", "limit", "cursor"])?;
        let invalid = |field, detail: &str| Problem::Invalid { field, detail: detail.to_owned() };
        let limit = asked.get("limit").map_or(Some(50), ask::digits);
        let limit = limit.filter(|limit| (1..=limits::PAGE).contains(limit));
        let limit =
            limit.ok_or_else(|| invalid("limit", "limit must be a whole number from 1 to 200."))?;
        let newest = match asked.get("order") {
            None | Some("oldest") => false,
            Some("newest") => true,
            Some(_) => return Err(invalid("order", "order must be oldest or newest.")),
        };
        let after = match asked.get("cursor") {
            None => None,
            Some(cursor) => Some(read_cursor(cursor).ok_or_else(|| {
                invalid("cursor", "cursor must be what `next` was in the page before.")
            })?),
        };
        Ok(Self { article: asked.article()?, newest, limit, after })
    }
}

fn read_cursor(cursor: &str) -> Option<Cursor> {
    let (root, id) = cursor.split_once('-')?;
    Some(Cursor { root: ask::digits(root)?, id: ask::digits(id)? })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Discussion<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    comment: Vec<Shown<'a>>,
    comment_count: i64,
    next: Option<String>,
    closed: bool,
    #[serde(flatten)]
    rating: Rating,
}

/// One page of an article's discussion, threads in order, each comment after what it answers.
async fn list(
    State(app): State<App>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let list = List::read(&asked)?;
    let mut reader = app.store.read().await?;
    let viewer = secret::known(&mut reader, secret::of(&headers)).await?;
    let look = Look::of(viewer, app.settings.edit_window);
    let article = article::find(&mut reader, &list.article).await?.unwrap_or_default();
    let editable = match viewer {
        Some(viewer) => comment::oldest_own(&mut reader, viewer, article.id, look.since()).await?,
        None => 0,
    };
    // Nothing else can make another answer of the same request.
    let tag = tag(&article, &list, look, editable);
    if page::is_known(&tag, &headers) {
        return Ok(page::not_modified(&tag));
    }
    let asked = Page {
        article: article.id,
        viewer: viewer.unwrap_or(0),
        newest: list.newest,
        after: list.after,
        limit: list.limit,
    };
    let (found, next) = comment::page(&mut reader, asked).await?;
    let mine = match viewer {
        Some(viewer) => rating::of_viewer(&mut reader, article.id, viewer).await?,
        None => None,
    };
    // The connection is for others while this is written down.
    reader.commit().await?;
    let discussion = Discussion {
        context: "https://schema.org",
        comment: found.iter().map(|comment| shown(comment, look)).collect(),
        comment_count: article.comments,
        next: next.map(|next| format!("{}-{}", next.root, next.id)),
        closed: article.closed,
        rating: Rating::of(&article, mine),
    };
    let body = serde_json::to_vec(&discussion).map_err(anyhow::Error::from)?;
    page::json(&app, &tag, body).await
}

/// The name of an answer: its article's latest change, who asks, and for what.
fn tag(article: &Article, list: &List, look: Look, editable: i64) -> String {
    let mut sum = Sha256::new();
    let after = list.after.unwrap_or(Cursor { root: -1, id: -1 });
    // Another build may write the same differently.
    sum.update(env!("CARGO_PKG_VERSION"));
    sum.update(&article.name);
    let numbers = [
        article.id,
        article.seq,
        article.changed,
        look.viewer.unwrap_or(0),
        editable,
        look.window,
        i64::from(list.newest),
        list.limit,
        after.root,
        after.id,
    ];
    for number in numbers {
        sum.update(number.to_le_bytes());
    }
    format!("\"{}\"", text::hex(&sum.finalize()[..16]))
}

/// A comment as it was sent, read and rendered before anything is written.
struct Draft {
    article: String,
    parent: Option<String>,
    name: String,
    url: Option<String>,
    text: String,
    html: String,
}

/// Adds a comment or a reply.
async fn create(State(app): State<App>, writer: Writer, body: Body) -> Result<Response, Problem> {
    body.only(&["article", "parentItem", "text", "author"])?;
    let text = body.text_of("text", limits::TEXT)?;
    let (name, url) = author(&body)?;
    let draft = Draft {
        article: body.article()?,
        parent: body.optional_text("parentItem", limits::ARTICLE)?,
        name,
        url,
        html: rendered(&app, text.clone()).await?,
        text,
    };
    outlive(&app.clone(), async move {
        let mut change = match writer.begin(&app, &body.text).await? {
            Begun::Change(change) => *change,
            Begun::Answered(answer) => return Ok(answer),
        };
        let (article, id) = insert(&mut change, &draft).await?;
        let viewer = change.viewer().await?;
        let written = there(comment::by_id(change.connection(), id, viewer).await?)?;
        change.tell(&article, &written).await?;
        let look = Look::of(Some(viewer), app.settings.edit_window);
        change.answer(StatusCode::CREATED, value(&written, look)?, Said::Comment(id)).await
    })
    .await
}

/// The HTML of a text, made beside the threads that answer everybody. A short one takes a fraction of a
/// millisecond whatever it is, and does not stand in line behind long ones.
async fn rendered(app: &App, text: String) -> Result<String, Problem> {
    let _place = if text.len() > limits::SHORT_TEXT {
        Some(app.rendering.acquire().await.map_err(anyhow::Error::from)?)
    } else {
        None
    };
    let html = tokio::task::spawn_blocking(move || render::html_of(&text)).await;
    html.map_err(anyhow::Error::from)?.map_err(|_| Problem::Unprocessable {
        field: "text",
        detail: format!("text becomes more than {} bytes of HTML.", limits::HTML_BYTES),
    })
}

fn author(body: &Body) -> Result<(String, Option<String>), Problem> {
    let author = match body.members.get("author") {
        Some(Value::Object(author)) => author,
        Some(_) => {
            let detail = "author must be an object.".into();
            return Err(Problem::Invalid { field: "author", detail });
        }
        None => return Err(ask::missing("author")),
    };
    ask::only(author, &["name", "url"])?;
    let name =
        ask::string(author, "name", "author/name")?.ok_or_else(|| ask::missing("author/name"))?;
    let name = ask::bounded("author/name", &text::name(&name), limits::NAME)?;
    let url = ask::string(author, "url", "author/url")?;
    let url = url.map(|url| ask::bounded("author/url", &url, limits::URL)).transpose()?;
    if url.as_ref().is_some_and(|url| !text::is_website(url)) {
        let detail =
            "author/url must be a web address such as https://blog.example, without a password."
                .to_owned();
        return Err(Problem::Unprocessable { field: "author/url", detail });
    }
    Ok((name, url))
}

async fn insert(change: &mut Change, draft: &Draft) -> Result<(Article, i64), Problem> {
    let article = article::to_change(change.connection(), &draft.article).await?;
    if article.closed {
        return Err(Problem::Closed);
    }
    let parent = match &draft.parent {
        Some(parent) => {
            let parent = comment::parent(change.connection(), article.id, parent).await?;
            Some(parent.ok_or(Problem::NoParent)?)
        }
        None => None,
    };
    if parent.is_some_and(|(_, _, depth)| depth >= limits::DEPTH) {
        let detail = format!("Replies may be {} levels deep.", limits::DEPTH);
        return Err(Problem::Unprocessable { field: "parentItem", detail });
    }
    let new = New {
        identifier: &uuid::Uuid::now_v7().to_string(),
        article: article.id,
        parent,
        viewer: change.viewer().await?,
        author_name: &draft.name,
        author_url: draft.url.as_deref(),
        text: &draft.text,
        html: &draft.html,
        created: moment::now(),
    };
    let id = comment::insert(change.connection(), new).await?;
    Ok((article, id))
}

fn value(comment: &Comment, look: Look) -> Result<Value, Problem> {
    Ok(serde_json::to_value(shown(comment, look)).map_err(anyhow::Error::from)?)
}

/// A row that was just written.
fn there<T>(row: Option<T>) -> Result<T, Problem> {
    row.ok_or(Problem::NotFound)
}

/// A comment that is there and not deleted.
async fn find(change: &mut Change, identifier: &str) -> Result<Comment, Problem> {
    let viewer = change.known().unwrap_or(0);
    there(comment::find(change.connection(), identifier, viewer).await?)
}

/// The comment of an identifier, if the viewer may still change it.
async fn own(change: &mut Change, identifier: &str, window: i64) -> Result<Comment, Problem> {
    let comment = find(change, identifier).await?;
    if change.known() != Some(comment.viewer) {
        return Err(Problem::NotYours { detail: "This comment was written in another browser." });
    }
    if moment::now() >= comment.created + window * 1_000 {
        return Err(Problem::NotYours { detail: "The time for changing this comment is over." });
    }
    Ok(comment)
}

/// Changes the text of the viewer's own comment.
async fn edit(
    State(app): State<App>,
    Identifier(identifier): Identifier,
    writer: Writer,
    body: Body,
) -> Result<Response, Problem> {
    body.only(&["text"])?;
    let text = body.text_of("text", limits::TEXT)?;
    let html = rendered(&app, text.clone()).await?;
    outlive(&app.clone(), async move {
        let mut change = match writer.begin(&app, &body.text).await? {
            Begun::Change(change) => *change,
            Begun::Answered(answer) => return Ok(answer),
        };
        let window = app.settings.edit_window;
        let before = own(&mut change, &identifier, window).await?;
        let now = moment::now();
        comment::edit(change.connection(), before.id, &text, &html, now).await?;
        let edited = comment::by_id(change.connection(), before.id, before.viewer).await?;
        let edited = there(edited)?;
        let article = article::of(change.connection(), edited.article).await?;
        change.tell(&article, &edited).await?;
        let look = Look::of(Some(before.viewer), window);
        change.answer(StatusCode::OK, value(&edited, look)?, Said::Comment(edited.id)).await
    })
    .await
}

/// Deletes the viewer's own comment. One with replies leaves its place; one without leaves nothing.
async fn delete(
    State(app): State<App>,
    Identifier(identifier): Identifier,
    writer: Writer,
) -> Result<Response, Problem> {
    outlive(&app.clone(), async move {
        let mut change = match writer.begin(&app, "").await? {
            Begun::Change(change) => *change,
            Begun::Answered(answer) => return Ok(answer),
        };
        let window = app.settings.edit_window;
        let before = own(&mut change, &identifier, window).await?;
        let article = article::of(change.connection(), before.article).await?;
        comment::wipe(change.connection(), &before).await?;
        answer::blank(change.connection(), before.id).await?;
        let wiped = there(comment::by_id(change.connection(), before.id, 0).await?)?;
        let gone = comment::prune(change.connection(), before.id).await?;
        if gone.is_empty() {
            change.tell(&article, &wiped).await?;
            let look = Look::of(None, window);
            return change.answer(StatusCode::OK, value(&wiped, look)?, Said::Nothing).await;
        }
        // Its deleted parents may have gone with it.
        for comment in &gone {
            change.tell(&article, comment).await?;
        }
        change.answer(StatusCode::NO_CONTENT, Value::Null, Said::Nothing).await
    })
    .await
}

/// Sets the viewer's vote: 1, -1, or 0 to take it back.
async fn set_vote(
    State(app): State<App>,
    Identifier(identifier): Identifier,
    writer: Writer,
    body: Body,
) -> Result<Response, Problem> {
    body.only(&["viewerVote"])?;
    let value = body.number("viewerVote", -1..=1)?;
    writer.reads_first(&app).await?;
    outlive(&app.clone(), async move {
        let mut change = match writer.begin(&app, &body.text).await? {
            Begun::Change(change) => *change,
            Begun::Answered(answer) => return Ok(answer),
        };
        let found = find(&mut change, &identifier).await?;
        let viewer = change.voter().await?;
        vote::set(change.connection(), found.id, viewer, value).await?;
        let voted = there(comment::by_id(change.connection(), found.id, viewer).await?)?;
        let article = article::of(change.connection(), voted.article).await?;
        change.tell(&article, &voted).await?;
        let answer = json!({
            "upvoteCount": voted.upvotes, "downvoteCount": voted.downvotes, "viewerVote": voted.vote,
        });
        change.answer(StatusCode::OK, answer, Said::Nothing).await
    })
    .await
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::config::Settings;
    use crate::store::testing;

    /// Whoever sends texts that are slow to render keeps others of that kind waiting, and nobody else.
    #[tokio::test]
    async fn a_short_text_does_not_wait_for_long_ones() {
        let (store, _folder) = testing::store().await;
        let app = App::new(store, Settings::default(), CancellationToken::new());
        let all = u32::try_from(app.rendering.available_permits()).expect("a few");
        let busy = app.rendering.acquire_many(all).await.expect("a place");
        let mut long = std::pin::pin!(rendered(&app, ">".repeat(9_999)));
        assert!(futures_util::poll!(&mut long).is_pending());
        let short = rendered(&app, "short".to_owned());
        let short = tokio::time::timeout(limits::QUEUE_TIME, short).await.expect("it waits");
        assert_eq!(short.expect("it is fine"), "<p>short</p>\n");
        assert!(futures_util::poll!(&mut long).is_pending());
        drop(busy);
        long.await.expect("it goes on");
    }
}
