//! Articles: what a list and a front page say of each.

use sqlx::FromRow;

use crate::store::engine::{Connection, listed};

/// An article with its stored counts.
#[derive(Clone, Debug, Default, FromRow, PartialEq)]
pub(crate) struct Article {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) closed: bool,
    /// Comments that are published.
    pub(crate) comments: i64,
    pub(crate) stars_1: i64,
    pub(crate) stars_2: i64,
    pub(crate) stars_3: i64,
    pub(crate) stars_4: i64,
    pub(crate) stars_5: i64,
    /// The number of its latest change.
    pub(crate) seq: i64,
    /// When that was.
    pub(crate) changed: i64,
    /// Changes up to this number are no longer known one by one.
    pub(crate) forgotten: i64,
}

impl Article {
    /// How many gave one, two, three, four, five stars.
    pub(crate) fn stars(&self) -> [i64; 5] {
        [self.stars_1, self.stars_2, self.stars_3, self.stars_4, self.stars_5]
    }
}

/// Columns by name: a newer version may add some, and both must run side by side.
macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT id, name, closed <> 0 AS closed, comments, stars_1, stars_2, stars_3, stars_4, stars_5, seq, \
             changed, forgotten FROM article ",
            $rest
        )
    };
}

const AMONG: &str = select!(listed!("WHERE name"));

pub(crate) async fn find(connection: &mut Connection, name: &str) -> sqlx::Result<Option<Article>> {
    let query = sqlx::query_as(select!("WHERE name = $1")).bind(name);
    query.fetch_optional(connection).await
}

/// Those of the names that are known; `names` is a JSON list.
pub(crate) async fn among(
    connection: &mut Connection,
    names: &[String],
) -> sqlx::Result<Vec<Article>> {
    let names = serde_json::Value::from(names).to_string();
    sqlx::query_as(AMONG).bind(names).fetch_all(connection).await
}

/// The article to be changed; made with its first comment or rating. In an engine with several writers
/// this takes the lock on its row (`FOR UPDATE`).
pub(crate) async fn to_change(connection: &mut Connection, name: &str) -> sqlx::Result<Article> {
    let insert = "INSERT INTO article (name) VALUES ($1) ON CONFLICT DO NOTHING";
    sqlx::query(insert).bind(name).execute(&mut *connection).await?;
    sqlx::query_as(select!("WHERE name = $1")).bind(name).fetch_one(connection).await
}

/// The article of a row that refers to it.
pub(crate) async fn of(connection: &mut Connection, id: i64) -> sqlx::Result<Article> {
    sqlx::query_as(select!("WHERE id = $1")).bind(id).fetch_one(connection).await
}

/// Closes a discussion or opens it again; `false` if there is none.
pub(crate) async fn set_closed(
    connection: &mut Connection,
    name: &str,
    closed: bool,
    now: i64,
) -> sqlx::Result<bool> {
    let update = "UPDATE article SET closed = $1, seq = seq + 1, changed = $2 WHERE name = $3";
    let update = sqlx::query(update).bind(i64::from(closed)).bind(now).bind(name);
    Ok(update.execute(connection).await?.rows_affected() > 0)
}

/// Counts a change; its number.
pub(crate) async fn touch(connection: &mut Connection, id: i64, now: i64) -> sqlx::Result<i64> {
    let update = "UPDATE article SET seq = seq + 1, changed = $1 WHERE id = $2 RETURNING seq";
    sqlx::query_scalar(update).bind(now).bind(id).fetch_one(connection).await
}

/// Adds to the number of published comments.
pub(crate) async fn add_comments(
    connection: &mut Connection,
    id: i64,
    more: i64,
) -> sqlx::Result<()> {
    let update = sqlx::query("UPDATE article SET comments = comments + $1 WHERE id = $2");
    update.bind(more).bind(id).execute(connection).await?;
    Ok(())
}

/// Adds to how many gave each number of stars.
pub(crate) async fn add_stars(
    connection: &mut Connection,
    id: i64,
    more: [i64; 5],
) -> sqlx::Result<()> {
    let update = "UPDATE article SET stars_1 = stars_1 + $1, stars_2 = stars_2 + $2, stars_3 = stars_3 + $3, \
                  stars_4 = stars_4 + $4, stars_5 = stars_5 + $5 WHERE id = $6";
    let [one, two, three, four, five] = more;
    let update = sqlx::query(update).bind(one).bind(two).bind(three).bind(four).bind(five);
    update.bind(id).execute(connection).await?;
    Ok(())
}

/// Whether anything was ever said or rated there.
pub(crate) async fn is_used(connection: &mut Connection, name: &str) -> sqlx::Result<bool> {
    let Some(article) = find(connection, name).await? else { return Ok(false) };
    let used = "SELECT EXISTS (SELECT 1 FROM comment WHERE article = $1)";
    let used: bool = sqlx::query_scalar(used).bind(article.id).fetch_one(connection).await?;
    Ok(used || article.stars().iter().sum::<i64>() > 0)
}

/// Articles whose stored counts are not what their rows say; for `check`s and tests.
pub(crate) async fn miscounted(connection: &mut Connection) -> sqlx::Result<Vec<String>> {
    let query = "SELECT a.name FROM article a WHERE \
        a.comments <> (SELECT COUNT(*) FROM comment c WHERE c.article = a.id AND c.status = 'published') \
        OR a.stars_1 <> (SELECT COUNT(*) FROM rating r WHERE r.article = a.id AND r.stars = 1) \
        OR a.stars_2 <> (SELECT COUNT(*) FROM rating r WHERE r.article = a.id AND r.stars = 2) \
        OR a.stars_3 <> (SELECT COUNT(*) FROM rating r WHERE r.article = a.id AND r.stars = 3) \
        OR a.stars_4 <> (SELECT COUNT(*) FROM rating r WHERE r.article = a.id AND r.stars = 4) \
        OR a.stars_5 <> (SELECT COUNT(*) FROM rating r WHERE r.article = a.id AND r.stars = 5) \
        OR EXISTS (SELECT 1 FROM comment c WHERE c.article = a.id AND (\
            c.upvotes <> (SELECT COUNT(*) FROM vote v WHERE v.comment = c.id AND v.value = 1) \
            OR c.downvotes <> (SELECT COUNT(*) FROM vote v WHERE v.comment = c.id AND v.value = -1)))";
    sqlx::query_scalar(query).fetch_all(connection).await
}

/// Published comments of all articles.
pub(crate) async fn all_comments(connection: &mut Connection) -> sqlx::Result<i64> {
    let query = "SELECT COUNT(*) FROM comment WHERE status = 'published'";
    sqlx::query_scalar(query).fetch_one(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    /// Counting a hundred articles reads a hundred rows, however many comments and ratings they have.
    #[tokio::test]
    async fn counting_looks_at_nothing_but_the_articles() {
        let (store, _folder) = testing::store().await;
        let mut reader = store.read().await.expect("a reader");
        let plan = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {AMONG}"));
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(plan).fetch_all(&mut *reader).await.expect("a plan");
        let tables: Vec<String> = plan
            .into_iter()
            .map(|(.., step)| step)
            .filter(|step| step.starts_with("SEARCH") || step.starts_with("SCAN"))
            .collect();
        let [article, names] = tables.as_slice() else { panic!("{tables:#?}") };
        assert!(article.starts_with("SEARCH article USING") && article.ends_with("(name=?)"));
        assert!(names.starts_with("SCAN json_each"), "{names}");
    }
}
