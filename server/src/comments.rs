//! Comments: list, create, edit, delete, vote.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};

use crate::app::App;
use crate::ask::{self, Asked, Body};
use crate::limits;
use crate::moment::{self, rfc3339};
use crate::problem::Problem;
use crate::rating;
use crate::render::html_of;
use crate::store::article_id;
use crate::viewer;
use crate::write::{Change, Writer};

/// A comment with everything an answer says of it.
struct Comment {
    id: i64,
    root: i64,
    identifier: String,
    parent: Option<String>,
    viewer: i64,
    author_name: String,
    author_url: Option<String>,
    text: String,
    html: String,
    status: String,
    created: i64,
    modified: Option<i64>,
    upvotes: i64,
    downvotes: i64,
    vote: i64,
}

impl FromRow<'_, SqliteRow> for Comment {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            root: row.try_get("root")?,
            identifier: row.try_get("identifier")?,
            parent: row.try_get("parent_identifier")?,
            viewer: row.try_get("viewer")?,
            author_name: row.try_get("author_name")?,
            author_url: row.try_get("author_url")?,
            text: row.try_get("text")?,
            html: row.try_get("html")?,
            status: row.try_get("status")?,
            created: row.try_get("created")?,
            modified: row.try_get("modified")?,
            upvotes: row.try_get("upvotes")?,
            downvotes: row.try_get("downvotes")?,
            vote: row.try_get("vote")?,
        })
    }
}

impl Comment {
    /// The comment as `viewer` sees it (schema.org `Comment`).
    fn json(&self, viewer: Option<i64>, window: i64) -> Value {
        let deleted = self.status == "deleted";
        let until = self.created + window * 1000;
        let own = viewer == Some(self.viewer) && !deleted && moment::now() < until;
        let mut comment = json!({
            "@type": "Comment",
            "identifier": self.identifier,
            "parentItem": self.parent,
            "author": { "@type": "Person", "name": self.author_name, "url": self.author_url },
            "html": self.html,
            "dateCreated": rfc3339(self.created),
            "dateModified": self.modified.map(rfc3339),
            "creativeWorkStatus": self.status,
            "upvoteCount": self.upvotes,
            "downvoteCount": self.downvotes,
            "viewerVote": self.vote,
        });
        if own {
            comment["text"] = json!(self.text);
            comment["editableUntil"] = json!(rfc3339(until));
        }
        comment
    }

    /// The comment without anything that is one viewer's own.
    fn for_all(&self) -> Value {
        let mut comment = self.json(None, 0);
        if let Some(members) = comment.as_object_mut() {
            members.remove("viewerVote");
        }
        comment
    }
}

/// All columns of [`Comment`]; each query adds where, order and limit.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.root, c.identifier, p.identifier AS parent_identifier, c.viewer, c.author_name, \
             c.author_url, c.text, c.html, c.status, c.created, c.modified, c.upvotes, c.downvotes, \
             COALESCE(v.value, 0) AS vote FROM comment c LEFT JOIN comment p ON p.id = c.parent \
             LEFT JOIN vote v ON v.comment = c.id AND v.viewer = ? ",
            $rest
        )
    };
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    article: String,
    order: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// One page of an article's discussion, threads in order, each comment after what it answers.
pub(crate) async fn list(
    State(app): State<App>,
    Asked(asked): Asked<List>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let article = ask::article(&asked.article)?;
    let invalid = |field, detail: &str| Problem::Invalid { field, detail: detail.to_owned() };
    let limit = asked.limit.unwrap_or(50);
    if !(1..=limits::PAGE).contains(&limit) {
        return Err(invalid("limit", "limit must be a whole number from 1 to 200."));
    }
    let newest = match asked.order.as_deref() {
        None | Some("oldest") => false,
        Some("newest") => true,
        Some(_) => return Err(invalid("order", "order must be oldest or newest.")),
    };
    let start = if newest { (i64::MAX, i64::MAX) } else { (0, 0) };
    let cursor = match &asked.cursor {
        Some(cursor) => read_cursor(cursor).ok_or_else(|| {
            invalid("cursor", "cursor must be what `next` said in the page before.")
        })?,
        None => start,
    };
    let mut reader = app.store.readers().begin().await?;
    let viewer = viewer::known(&mut *reader, viewer::secret(&headers)).await?;
    let query = if newest {
        select!(
            "WHERE c.article = (SELECT id FROM article WHERE name = ?) AND (c.root < ? OR (c.root = ? AND c.id > ?)) \
             ORDER BY c.root DESC, c.id LIMIT ?"
        )
    } else {
        select!(
            "WHERE c.article = (SELECT id FROM article WHERE name = ?) AND (c.root > ? OR (c.root = ? AND c.id > ?)) \
             ORDER BY c.root, c.id LIMIT ?"
        )
    };
    let query = sqlx::query_as::<_, Comment>(query).bind(viewer.unwrap_or(0)).bind(&article);
    let query = query.bind(cursor.0).bind(cursor.0).bind(cursor.1).bind(limit + 1);
    let mut found = query.fetch_all(&mut *reader).await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > limit);
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more).map(|last| format!("{}-{}", last.root, last.id));
    let closed = sqlx::query_scalar("SELECT closed FROM article WHERE name = ?").bind(&article);
    let closed: Option<bool> = closed.fetch_optional(&mut *reader).await?;
    let window = app.options.edit_window;
    let mut answer = json!({
        "@context": "https://schema.org",
        "comment": found.iter().map(|comment| comment.json(viewer, window)).collect::<Vec<_>>(),
        "commentCount": count(&mut reader, &article).await?,
        "next": next,
        "closed": closed.unwrap_or(false),
    });
    rating::add(&mut reader, &article, viewer, &mut answer).await?;
    Ok(tagged(&answer, &headers))
}

fn read_cursor(cursor: &str) -> Option<(i64, i64)> {
    let (root, id) = cursor.split_once('-')?;
    Some((root.parse().ok()?, id.parse().ok()?))
}

/// Comments of an article that are not deleted.
pub(crate) async fn count(reader: &mut SqliteConnection, article: &str) -> sqlx::Result<i64> {
    let query = "SELECT COUNT(*) FROM comment c JOIN article a ON a.id = c.article \
                 WHERE a.name = ? AND c.status = 'published'";
    sqlx::query_scalar(query).bind(article).fetch_one(reader).await
}

/// The answer with its `ETag`, or 304 where the reader has it already.
fn tagged(answer: &Value, headers: &HeaderMap) -> Response {
    let body = answer.to_string();
    let sum = viewer::hex(&Sha256::digest(&body)[..16]);
    let tag = format!("\"{sum}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let same = known
        .is_some_and(|known| known.split(',').any(|k| k.trim().trim_start_matches("W/") == tag));
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Adds a comment or a reply.
pub(crate) async fn create(
    State(app): State<App>,
    writer: Writer,
    body: Body,
) -> Result<Response, Problem> {
    body.only(&["article", "parentItem", "text", "author"])?;
    let article = body.text_of("article", limits::ARTICLE)?;
    let text = body.text_of("text", limits::TEXT)?;
    let parent = body.optional_text("parentItem", limits::ARTICLE)?;
    let (name, url) = author(&body)?;
    let mut change = match writer.begin(&app, &body.text).await {
        Ok(change) => change,
        Err(settled) => return settled,
    };
    let comment =
        insert(&mut change, &article, parent.as_deref(), (&name, url.as_deref()), &text).await?;
    let viewer = change.viewer;
    let written = by_id(change.database(), comment, viewer).await?;
    change.tell(article, written.for_all());
    change.answer(StatusCode::CREATED, written.json(Some(viewer), app.options.edit_window)).await
}

fn author(body: &Body) -> Result<(String, Option<String>), Problem> {
    let author = match body.members.get("author") {
        Some(Value::Object(author)) => author,
        Some(_) => {
            return Err(Problem::Invalid {
                field: "author",
                detail: "author must be an object.".into(),
            });
        }
        None => return Err(ask::missing("author")),
    };
    ask::only(author, &["name", "url"])?;
    let name =
        ask::string(author, "name", "author/name")?.ok_or_else(|| ask::missing("author/name"))?;
    let name = ask::bounded("author/name", &name.replace(['\n', '\t'], " "), limits::NAME)?;
    let url = ask::string(author, "url", "author/url")?;
    let url = url.map(|url| ask::bounded("author/url", &url, limits::URL)).transpose()?;
    let web = |url: &String| {
        let after = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        after.is_some_and(|after| !after.is_empty() && !after.contains(char::is_whitespace))
    };
    if url.as_ref().is_some_and(|url| !web(url)) {
        let detail = "author/url must begin with https:// or http://.".to_owned();
        return Err(Problem::Unprocessable { field: "author/url", detail });
    }
    Ok((name, url))
}

async fn insert(
    change: &mut Change,
    article: &str,
    parent: Option<&str>,
    (name, url): (&str, Option<&str>),
    text: &str,
) -> Result<i64, Problem> {
    let viewer = change.viewer;
    let database = change.database();
    let article = article_id(database, article).await?;
    let closed: bool = sqlx::query_scalar("SELECT closed FROM article WHERE id = ?")
        .bind(article)
        .fetch_one(&mut *database)
        .await?;
    if closed {
        return Err(Problem::Closed);
    }
    let parent = match parent {
        Some(parent) => Some(parent_of(database, article, parent).await?),
        None => None,
    };
    let depth = parent.map_or(0, |(_, _, depth)| depth + 1);
    if depth > limits::DEPTH {
        let detail = format!("Replies may be {} levels deep.", limits::DEPTH);
        return Err(Problem::Unprocessable { field: "parentItem", detail });
    }
    let insert = "INSERT INTO comment (identifier, article, parent, root, depth, viewer, author_name, author_url, \
                  text, html, status, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'published', ?)";
    let done = sqlx::query(insert)
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(article)
        .bind(parent.map(|(id, ..)| id))
        .bind(parent.map(|(_, root, _)| root))
        .bind(depth)
        .bind(viewer)
        .bind(name)
        .bind(url)
        .bind(text)
        .bind(html_of(text))
        .bind(moment::now())
        .execute(&mut *database)
        .await?;
    let id = done.last_insert_rowid();
    // A root is the root of itself.
    let update = sqlx::query("UPDATE comment SET root = id WHERE id = ? AND root IS NULL").bind(id);
    update.execute(database).await?;
    Ok(id)
}

/// Id, root and depth of the comment that is answered.
async fn parent_of(
    database: &mut SqliteConnection,
    article: i64,
    identifier: &str,
) -> Result<(i64, i64, i64), Problem> {
    let query = "SELECT id, root, depth FROM comment WHERE identifier = ? AND article = ? AND status = 'published'";
    let row = sqlx::query(query).bind(identifier).bind(article).fetch_optional(database).await?;
    let row = row.ok_or(Problem::NoParent)?;
    Ok((row.get(0), row.get(1), row.get(2)))
}

async fn by_id(database: &mut SqliteConnection, id: i64, viewer: i64) -> sqlx::Result<Comment> {
    sqlx::query_as(select!("WHERE c.id = ?")).bind(viewer).bind(id).fetch_one(database).await
}

/// Tells listeners how a comment now is.
async fn tell(change: &mut Change, comment: &Comment) -> sqlx::Result<()> {
    let query = "SELECT a.name FROM article a JOIN comment c ON c.article = a.id WHERE c.id = ?";
    let article = sqlx::query_scalar(query).bind(comment.id).fetch_one(change.database()).await?;
    change.tell(article, comment.for_all());
    Ok(())
}

/// The comment of an identifier, if the viewer may still change it.
async fn own(change: &mut Change, identifier: &str, window: i64) -> Result<Comment, Problem> {
    let viewer = change.viewer;
    let comment = find(change, identifier).await?;
    if comment.viewer != viewer {
        return Err(Problem::NotYours { detail: "This comment was written in another browser." });
    }
    if moment::now() >= comment.created + window * 1000 {
        return Err(Problem::NotYours { detail: "The time for changing this comment is over." });
    }
    Ok(comment)
}

/// A comment that is there and not deleted.
async fn find(change: &mut Change, identifier: &str) -> Result<Comment, Problem> {
    let viewer = change.viewer;
    let query = sqlx::query_as(select!("WHERE c.identifier = ? AND c.status <> 'deleted'"));
    let found = query.bind(viewer).bind(identifier).fetch_optional(change.database()).await?;
    found.ok_or(Problem::NotFound)
}

/// Changes the text of the viewer's own comment.
pub(crate) async fn edit(
    State(app): State<App>,
    Path(identifier): Path<String>,
    writer: Writer,
    body: Body,
) -> Result<Response, Problem> {
    body.only(&["text"])?;
    let text = body.text_of("text", limits::TEXT)?;
    let mut change = match writer.begin(&app, &body.text).await {
        Ok(change) => change,
        Err(settled) => return settled,
    };
    let window = app.options.edit_window;
    let comment = own(&mut change, &identifier, window).await?;
    let update = sqlx::query("UPDATE comment SET text = ?, html = ?, modified = ? WHERE id = ?");
    let update = update.bind(&text).bind(html_of(&text)).bind(moment::now()).bind(comment.id);
    update.execute(change.database()).await?;
    let viewer = change.viewer;
    let edited = by_id(change.database(), comment.id, viewer).await?;
    tell(&mut change, &edited).await?;
    change.answer(StatusCode::OK, edited.json(Some(viewer), window)).await
}

/// Deletes the viewer's own comment. One with replies leaves its place; one without leaves nothing.
pub(crate) async fn delete(
    State(app): State<App>,
    Path(identifier): Path<String>,
    writer: Writer,
) -> Result<Response, Problem> {
    let mut change = match writer.begin(&app, "").await {
        Ok(change) => change,
        Err(settled) => return settled,
    };
    let window = app.options.edit_window;
    let comment = own(&mut change, &identifier, window).await?;
    let wipe = "UPDATE comment SET status = 'deleted', text = '', html = '', author_name = '', author_url = NULL \
                WHERE id = ?";
    sqlx::query(wipe).bind(comment.id).execute(change.database()).await?;
    let wiped = by_id(change.database(), comment.id, 0).await?;
    tell(&mut change, &wiped).await?;
    prune(change.database(), comment.id).await?;
    let left = sqlx::query_as::<_, Comment>(select!("WHERE c.id = ?")).bind(0).bind(comment.id);
    match left.fetch_optional(change.database()).await? {
        Some(left) => change.answer(StatusCode::OK, left.json(None, window)).await,
        None => change.answer(StatusCode::NO_CONTENT, Value::Null).await,
    }
}

/// Takes out a deleted comment that nothing hangs from, then its parent, and so on up.
async fn prune(database: &mut SqliteConnection, id: i64) -> sqlx::Result<()> {
    let mut next = Some(id);
    while let Some(id) = next {
        let query = "SELECT parent FROM comment WHERE id = ? AND status = 'deleted' \
                     AND NOT EXISTS (SELECT 1 FROM comment r WHERE r.parent = comment.id)";
        let Some(row) = sqlx::query(query).bind(id).fetch_optional(&mut *database).await? else {
            break;
        };
        next = row.get(0);
        sqlx::query("DELETE FROM vote WHERE comment = ?").bind(id).execute(&mut *database).await?;
        sqlx::query("DELETE FROM comment WHERE id = ?").bind(id).execute(&mut *database).await?;
    }
    Ok(())
}

/// Sets the viewer's vote: 1, -1, or 0 to take it back.
pub(crate) async fn vote(
    State(app): State<App>,
    Path(identifier): Path<String>,
    writer: Writer,
    body: Body,
) -> Result<Response, Problem> {
    body.only(&["viewerVote"])?;
    let value = body.number("viewerVote", -1..=1)?;
    let mut change = match writer.begin(&app, &body.text).await {
        Ok(change) => change,
        Err(settled) => return settled,
    };
    let comment = find(&mut change, &identifier).await?;
    let viewer = change.viewer;
    let database = change.database();
    let set = "INSERT INTO vote (comment, viewer, value) VALUES (?, ?, ?) \
               ON CONFLICT (comment, viewer) DO UPDATE SET value = excluded.value";
    sqlx::query(set).bind(comment.id).bind(viewer).bind(value).execute(&mut *database).await?;
    let sum = "UPDATE comment SET \
               upvotes = (SELECT COUNT(*) FROM vote v WHERE v.comment = comment.id AND v.value = 1), \
               downvotes = (SELECT COUNT(*) FROM vote v WHERE v.comment = comment.id AND v.value = -1) WHERE id = ?";
    sqlx::query(sum).bind(comment.id).execute(&mut *database).await?;
    let voted = by_id(database, comment.id, viewer).await?;
    tell(&mut change, &voted).await?;
    let answer = json!({
        "upvoteCount": voted.upvotes, "downvoteCount": voted.downvotes, "viewerVote": voted.vote,
    });
    change.answer(StatusCode::OK, answer).await
}
