//! Comments: their rows, pages of them, and every way they change.

use futures_util::TryStreamExt;
use sqlx::FromRow;

use crate::limits;
use crate::store::article;
use crate::store::engine::Connection;

/// A comment with everything an answer says of it.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Comment {
    pub(crate) id: i64,
    pub(crate) article: i64,
    /// The comment that begins the thread; itself for a root.
    pub(crate) root: i64,
    pub(crate) identifier: String,
    /// The identifier of the comment that is answered.
    pub(crate) parent: Option<String>,
    /// Who wrote it.
    pub(crate) viewer: i64,
    pub(crate) author_name: String,
    pub(crate) author_url: Option<String>,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) status: Status,
    pub(crate) created: i64,
    pub(crate) modified: Option<i64>,
    pub(crate) upvotes: i64,
    pub(crate) downvotes: i64,
    /// The vote of whoever asks.
    pub(crate) vote: i64,
}

/// What became of a comment.
#[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub(crate) enum Status {
    Published,
    Pending,
    Deleted,
}

impl Status {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Pending => "pending",
            Self::Deleted => "deleted",
        }
    }
}

/// A comment to be added.
pub(crate) struct New<'a> {
    pub(crate) identifier: &'a str,
    pub(crate) article: i64,
    /// Id, root and depth of what it answers.
    pub(crate) parent: Option<(i64, i64, i64)>,
    pub(crate) viewer: i64,
    pub(crate) author_name: &'a str,
    pub(crate) author_url: Option<&'a str>,
    pub(crate) text: &'a str,
    pub(crate) html: &'a str,
    pub(crate) created: i64,
}

/// Where a page begins: after the comment `id` of the thread `root`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cursor {
    pub(crate) root: i64,
    pub(crate) id: i64,
}

/// Which page of which discussion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) article: i64,
    /// Whose votes are in it; 0 for nobody.
    pub(crate) viewer: i64,
    pub(crate) newest: bool,
    pub(crate) after: Option<Cursor>,
    pub(crate) limit: i64,
}

/// All columns of [`Comment`]; each query adds where, order and limit. `$1` is who asks.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.article, c.root, c.identifier, p.identifier AS parent, c.viewer, c.author_name, \
             c.author_url, c.text, c.html, c.status, c.created, c.modified, c.upvotes, c.downvotes, \
             COALESCE(v.value, 0) AS vote FROM comment c LEFT JOIN comment p ON p.id = c.parent \
             LEFT JOIN vote v ON v.comment = c.id AND v.viewer = $1 ",
            $rest
        )
    };
}

/// Each is one range of an index, wherever it begins.
const OLDEST: &str =
    select!("WHERE c.article = $2 AND (c.root, c.id) > ($3, $4) ORDER BY c.root, c.id LIMIT $5");
const REST_OF_THREAD: &str =
    select!("WHERE c.article = $2 AND c.root = $3 AND c.id > $4 ORDER BY c.id LIMIT $5");
const OLDER_THREADS: &str =
    select!("WHERE c.article = $2 AND c.root < $3 ORDER BY c.root DESC, c.id LIMIT $4");

/// One page, threads in order, each comment after what it answers; and where the next one begins.
/// A page ends after `limit` comments, or when their texts are as long as a page may be.
pub(crate) async fn page(
    connection: &mut Connection,
    page: Page,
) -> sqlx::Result<(Vec<Comment>, Option<Cursor>)> {
    let mut found = Found { comments: Vec::new(), bytes: 0, limit: page.limit, full: false };
    if !page.newest {
        let after = page.after.unwrap_or(Cursor { root: 0, id: 0 });
        let query = sqlx::query_as(OLDEST).bind(page.viewer).bind(page.article);
        let query = query.bind(after.root).bind(after.id).bind(page.limit + 1);
        found.take(query.fetch(&mut *connection)).await?;
        return Ok(found.end());
    }
    // The rest of the thread, then the older threads: two ranges of one index.
    if let Some(after) = page.after {
        let query = sqlx::query_as(REST_OF_THREAD).bind(page.viewer).bind(page.article);
        let query = query.bind(after.root).bind(after.id).bind(page.limit + 1);
        found.take(query.fetch(&mut *connection)).await?;
    }
    if !found.full {
        let below = page.after.map_or(i64::MAX, |after| after.root);
        let query = sqlx::query_as(OLDER_THREADS).bind(page.viewer).bind(page.article);
        let query = query.bind(below).bind(page.limit + 1);
        found.take(query.fetch(&mut *connection)).await?;
    }
    Ok(found.end())
}

/// A page as it fills.
struct Found {
    comments: Vec<Comment>,
    bytes: usize,
    limit: i64,
    /// Whether there is more than fits.
    full: bool,
}

impl Found {
    async fn take(
        &mut self,
        mut rows: impl futures_util::Stream<Item = sqlx::Result<Comment>> + Unpin,
    ) -> sqlx::Result<()> {
        while let Some(comment) = rows.try_next().await? {
            let bytes = comment.html.len() + comment.author_name.len();
            let enough = i64::try_from(self.comments.len()).is_ok_and(|len| len >= self.limit);
            let heavy = !self.comments.is_empty() && self.bytes + bytes > limits::PAGE_BYTES;
            if enough || heavy {
                self.full = true;
                break;
            }
            self.bytes += bytes;
            self.comments.push(comment);
        }
        Ok(())
    }

    fn end(self) -> (Vec<Comment>, Option<Cursor>) {
        let last = self.comments.last().filter(|_| self.full);
        let next = last.map(|last| Cursor { root: last.root, id: last.id });
        (self.comments, next)
    }
}

/// A comment that is there and not deleted.
pub(crate) async fn find(
    connection: &mut Connection,
    identifier: &str,
    viewer: i64,
) -> sqlx::Result<Option<Comment>> {
    let query = select!("WHERE c.identifier = $2 AND c.status <> 'deleted'");
    sqlx::query_as(query).bind(viewer).bind(identifier).fetch_optional(connection).await
}

/// A comment in whatever state it is.
pub(crate) async fn by_identifier(
    connection: &mut Connection,
    identifier: &str,
) -> sqlx::Result<Option<Comment>> {
    let query = select!("WHERE c.identifier = $2");
    sqlx::query_as(query).bind(0).bind(identifier).fetch_optional(connection).await
}

pub(crate) async fn by_id(
    connection: &mut Connection,
    id: i64,
    viewer: i64,
) -> sqlx::Result<Option<Comment>> {
    let query = select!("WHERE c.id = $2");
    sqlx::query_as(query).bind(viewer).bind(id).fetch_optional(connection).await
}

/// Adds a published comment; its id.
pub(crate) async fn insert(connection: &mut Connection, new: New<'_>) -> sqlx::Result<i64> {
    let insert = "INSERT INTO comment (identifier, article, parent, root, depth, viewer, author_name, author_url, \
                  text, html, status, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'published', $11) \
                  RETURNING id";
    let id: i64 = sqlx::query_scalar(insert)
        .bind(new.identifier)
        .bind(new.article)
        .bind(new.parent.map(|(id, ..)| id))
        .bind(new.parent.map(|(_, root, _)| root))
        .bind(new.parent.map_or(0, |(_, _, depth)| depth + 1))
        .bind(new.viewer)
        .bind(new.author_name)
        .bind(new.author_url)
        .bind(new.text)
        .bind(new.html)
        .bind(new.created)
        .fetch_one(&mut *connection)
        .await?;
    if new.parent.is_none() {
        let update = sqlx::query("UPDATE comment SET root = id WHERE id = $1").bind(id);
        update.execute(&mut *connection).await?;
    }
    article::add_comments(connection, new.article, 1).await?;
    Ok(id)
}

/// Id, root and depth of a comment that can be answered.
pub(crate) async fn parent(
    connection: &mut Connection,
    article: i64,
    identifier: &str,
) -> sqlx::Result<Option<(i64, i64, i64)>> {
    let query = "SELECT id, root, depth FROM comment WHERE identifier = $1 AND article = $2 AND status = 'published'";
    sqlx::query_as(query).bind(identifier).bind(article).fetch_optional(connection).await
}

pub(crate) async fn edit(
    connection: &mut Connection,
    id: i64,
    text: &str,
    html: &str,
    now: i64,
) -> sqlx::Result<()> {
    let update = "UPDATE comment SET text = $1, html = $2, modified = $3 WHERE id = $4";
    let update = sqlx::query(update).bind(text).bind(html).bind(now).bind(id);
    update.execute(connection).await?;
    Ok(())
}

/// Takes out everything that was said, and by whom; the place stays.
pub(crate) async fn wipe(connection: &mut Connection, comment: &Comment) -> sqlx::Result<()> {
    let wipe = "UPDATE comment SET status = 'deleted', text = '', html = '', author_name = '', author_url = NULL \
                WHERE id = $1";
    sqlx::query(wipe).bind(comment.id).execute(&mut *connection).await?;
    if comment.status == Status::Published {
        article::add_comments(connection, comment.article, -1).await?;
    }
    Ok(())
}

/// Takes out a deleted comment that nothing hangs from, then its parent, and so on up. What went, the
/// lowest first.
pub(crate) async fn prune(connection: &mut Connection, id: i64) -> sqlx::Result<Vec<Comment>> {
    let mut gone = Vec::new();
    let mut next = by_id(connection, id, 0).await?;
    while let Some(comment) = next {
        let answered = "SELECT EXISTS (SELECT 1 FROM comment WHERE parent = $1)";
        let answered: bool =
            sqlx::query_scalar(answered).bind(comment.id).fetch_one(&mut *connection).await?;
        if comment.status != Status::Deleted || answered {
            break;
        }
        for delete in ["DELETE FROM vote WHERE comment = $1", "DELETE FROM comment WHERE id = $1"] {
            sqlx::query(delete).bind(comment.id).execute(&mut *connection).await?;
        }
        next = match &comment.parent {
            Some(parent) => by_identifier(connection, parent).await?,
            None => None,
        };
        gone.push(comment);
    }
    Ok(gone)
}

/// Adds to the votes of a comment.
pub(crate) async fn add_votes(
    connection: &mut Connection,
    id: i64,
    up: i64,
    down: i64,
) -> sqlx::Result<()> {
    let update =
        "UPDATE comment SET upvotes = upvotes + $1, downvotes = downvotes + $2 WHERE id = $3";
    sqlx::query(update).bind(up).bind(down).bind(id).execute(connection).await?;
    Ok(())
}

/// The oldest comment that a viewer may still change, of those written after `since`; 0 for none.
/// It changes when the time of one is over.
pub(crate) async fn oldest_own(
    connection: &mut Connection,
    viewer: i64,
    article: i64,
    since: i64,
) -> sqlx::Result<i64> {
    let query = "SELECT COALESCE(MIN(id), 0) FROM comment WHERE viewer = $1 AND article = $2 AND created > $3";
    sqlx::query_scalar(query).bind(viewer).bind(article).bind(since).fetch_one(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    /// A page costs the same wherever it is and however large the discussion: nothing is sorted, and no
    /// row is read that is not shown.
    #[tokio::test]
    async fn a_page_is_a_range_of_an_index() {
        let (store, _folder) = testing::store().await;
        let mut reader = store.read().await.expect("a reader");
        for (query, range) in [
            (OLDEST, "comment_by_thread (article=? AND root>?)"),
            (REST_OF_THREAD, "(article=? AND root=? AND id>?)"),
            (OLDER_THREADS, "comment_newest (article=? AND root<?)"),
        ] {
            let plan = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(plan).fetch_all(&mut *reader).await.expect("a plan");
            let plan: Vec<String> = plan.into_iter().map(|(.., step)| step).collect();
            assert!(plan.iter().any(|step| step.contains(range)), "{range}: {plan:#?}");
            assert!(!plan.iter().any(|step| step.contains("TEMP")), "{plan:#?}");
            assert!(plan.iter().all(|step| step.starts_with("SEARCH")), "{plan:#?}");
        }
    }
}
