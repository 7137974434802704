//! Stars for articles, one rating of each viewer.

use crate::store::article;
use crate::store::engine::Connection;

/// The stars a viewer gave.
pub(crate) async fn of_viewer(
    connection: &mut Connection,
    article: i64,
    viewer: i64,
) -> sqlx::Result<Option<i64>> {
    let query = "SELECT stars FROM rating WHERE article = $1 AND viewer = $2";
    sqlx::query_scalar(query).bind(article).bind(viewer).fetch_optional(connection).await
}

/// Gives stars, or takes them back.
pub(crate) async fn set(
    connection: &mut Connection,
    article: i64,
    viewer: i64,
    stars: Option<i64>,
) -> sqlx::Result<()> {
    let before = of_viewer(connection, article, viewer).await?;
    if let Some(stars) = stars {
        let set = "INSERT INTO rating (article, viewer, stars) VALUES ($1, $2, $3) \
                   ON CONFLICT (article, viewer) DO UPDATE SET stars = excluded.stars";
        sqlx::query(set).bind(article).bind(viewer).bind(stars).execute(&mut *connection).await?;
    } else {
        let unset = sqlx::query("DELETE FROM rating WHERE article = $1 AND viewer = $2");
        unset.bind(article).bind(viewer).execute(&mut *connection).await?;
    }
    let mut more = [0; 5];
    for (stars, by) in [(before, -1), (stars, 1)] {
        let place = stars.and_then(|stars| usize::try_from(stars - 1).ok());
        if let Some(place) = place.and_then(|place| more.get_mut(place)) {
            *place += by;
        }
    }
    article::add_stars(connection, article, more).await
}
