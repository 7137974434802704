//! Ratings of articles (schema.org `AggregateRating`).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::{Row, SqliteConnection};

use crate::app::App;
use crate::ask::{self, Asked, Body};
use crate::problem::Problem;
use crate::store::article_id;
use crate::viewer;
use crate::write::Writer;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Of {
    article: String,
}

/// Adds `aggregateRating` and `viewerRating` to an answer.
pub(crate) async fn add(
    reader: &mut SqliteConnection,
    article: &str,
    viewer: Option<i64>,
    answer: &mut Value,
) -> sqlx::Result<()> {
    let query = "SELECT r.stars, COUNT(*) FROM rating r JOIN article a ON a.id = r.article \
                 WHERE a.name = ? GROUP BY r.stars";
    let rows = sqlx::query(query).bind(article).fetch_all(&mut *reader).await?;
    let (mut spread, mut sum, mut count) = ([0_i64; 5], 0_i64, 0_i64);
    for row in rows {
        let (stars, times): (i64, i64) = (row.get(0), row.get(1));
        if let Some(place) = usize::try_from(stars - 1).ok().and_then(|place| spread.get_mut(place))
        {
            *place = times;
            sum += stars * times;
            count += times;
        }
    }
    // The true mean, in thousandths, so that it is exact to three places.
    let thousandths = (sum * 1000 + count / 2).checked_div(count);
    #[expect(clippy::cast_precision_loss, reason = "a mean is at most 5,000 thousandths")]
    let mean = thousandths.map(|thousandths| thousandths as f64 / 1000.0);
    let mine = "SELECT r.stars FROM rating r JOIN article a ON a.id = r.article \
                WHERE a.name = ? AND r.viewer = ?";
    let mine = sqlx::query_scalar(mine).bind(article).bind(viewer.unwrap_or(0));
    let mine: Option<i64> = mine.fetch_optional(reader).await?;
    answer["aggregateRating"] = json!({
        "@type": "AggregateRating",
        "ratingValue": mean,
        "ratingCount": count,
        "bestRating": 5,
        "worstRating": 1,
        "spread": spread,
    });
    answer["viewerRating"] = json!(mine);
    Ok(())
}

/// The rating of an article.
pub(crate) async fn read(
    State(app): State<App>,
    Asked(of): Asked<Of>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let article = ask::article(&of.article)?;
    let mut reader = app.store.readers().begin().await?;
    let viewer = viewer::known(&mut *reader, viewer::secret(&headers)).await?;
    let mut answer = json!({});
    add(&mut reader, &article, viewer, &mut answer).await?;
    Ok(Json(answer))
}

/// Gives or changes the viewer's stars.
pub(crate) async fn rate(
    State(app): State<App>,
    Asked(of): Asked<Of>,
    writer: Writer,
    body: Body,
) -> Result<Response, Problem> {
    body.only(&["ratingValue"])?;
    let stars = body.number("ratingValue", 1..=5)?;
    change(&app, &of.article, writer, &body.text, Some(stars)).await
}

/// Takes the viewer's stars back.
pub(crate) async fn unrate(
    State(app): State<App>,
    Asked(of): Asked<Of>,
    writer: Writer,
) -> Result<Response, Problem> {
    change(&app, &of.article, writer, "", None).await
}

async fn change(
    app: &App,
    article: &str,
    writer: Writer,
    body: &str,
    stars: Option<i64>,
) -> Result<Response, Problem> {
    let article = ask::article(article)?;
    let mut change = match writer.begin(app, body).await {
        Ok(change) => change,
        Err(settled) => return settled,
    };
    let viewer = change.viewer;
    let database = change.database();
    let id = article_id(database, &article).await?;
    if let Some(stars) = stars {
        let set = "INSERT INTO rating (article, viewer, stars) VALUES (?, ?, ?) \
                   ON CONFLICT (article, viewer) DO UPDATE SET stars = excluded.stars";
        sqlx::query(set).bind(id).bind(viewer).bind(stars).execute(&mut *database).await?;
    } else {
        let unset = sqlx::query("DELETE FROM rating WHERE article = ? AND viewer = ?");
        unset.bind(id).bind(viewer).execute(&mut *database).await?;
    }
    let mut answer = json!({});
    add(database, &article, Some(viewer), &mut answer).await?;
    change.answer(StatusCode::OK, answer).await
}
