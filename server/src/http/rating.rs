//! Ratings of articles (schema.org `AggregateRating`).

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::app::App;
use crate::http::support::ask::{Asked, Body};
use crate::http::support::change::{Begun, Said, Writer, outlive};
use crate::http::support::problem::Problem;
use crate::http::support::secret;
use crate::moment;
use crate::store::article::{self, Article};
use crate::store::rating;

pub(super) fn router() -> Router<App> {
    Router::new().route("/rating", get(read).put(rate).delete(unrate))
}

/// The rating of an article, and the viewer's own.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rating {
    aggregate_rating: Aggregate,
    viewer_rating: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Aggregate {
    #[serde(rename = "@type")]
    kind: &'static str,
    rating_value: Option<f64>,
    rating_count: i64,
    best_rating: i64,
    worst_rating: i64,
    /// How many gave one, two, three, four, five stars.
    spread: [i64; 5],
}

impl Rating {
    pub(super) fn of(article: &Article, mine: Option<i64>) -> Self {
        Self { aggregate_rating: Aggregate::of(article), viewer_rating: mine }
    }
}

impl Aggregate {
    pub(super) fn of(article: &Article) -> Self {
        let spread = article.stars();
        let count: i64 = spread.iter().sum();
        let sum: i64 = spread.iter().zip(1..).map(|(times, stars)| times * stars).sum();
        // The true mean, in thousandths, so that it is exact to three places.
        let thousandths = (sum * 1000 + count / 2).checked_div(count);
        #[expect(clippy::cast_precision_loss, reason = "a mean is at most 5,000 thousandths")]
        let rating_value = thousandths.map(|thousandths| thousandths as f64 / 1000.0);
        Self {
            kind: "AggregateRating",
            rating_value,
            rating_count: count,
            best_rating: 5,
            worst_rating: 1,
            spread,
        }
    }
}

/// The rating of an article.
async fn read(
    State(app): State<App>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Json<Rating>, Problem> {
    let name = asked.only_article()?;
    let mut reader = app.store.read().await?;
    let viewer = secret::known(&mut reader, secret::of(&headers)).await?;
    let article = article::find(&mut reader, &name).await?.unwrap_or_default();
    let mine = match viewer {
        Some(viewer) => rating::of_viewer(&mut reader, article.id, viewer).await?,
        None => None,
    };
    Ok(Json(Rating::of(&article, mine)))
}

/// Gives or changes the viewer's stars.
async fn rate(
    State(app): State<App>,
    asked: Asked,
    writer: Writer,
    body: Body,
) -> Result<Response, Problem> {
    body.only(&["ratingValue"])?;
    let stars = body.number("ratingValue", 1..=5)?;
    let name = asked.only_article()?;
    writer.reads_first(&app).await?;
    outlive(&app.clone(), async move {
        let mut change = match writer.begin(&app, &body.text).await? {
            Begun::Change(change) => *change,
            Begun::Answered(answer) => return Ok(answer),
        };
        let viewer = change.voter().await?;
        let article = article::to_change(change.connection(), &name).await?;
        rating::set(change.connection(), article.id, viewer, Some(stars)).await?;
        article::touch(change.connection(), article.id, moment::now()).await?;
        let article = article::of(change.connection(), article.id).await?;
        let answer = serde_json::to_value(Rating::of(&article, Some(stars)));
        let answer = answer.map_err(anyhow::Error::from)?;
        change.answer(StatusCode::OK, answer, Said::Nothing).await
    })
    .await
}

/// Takes the viewer's stars back. Who never gave any changes nothing.
async fn unrate(State(app): State<App>, asked: Asked, writer: Writer) -> Result<Response, Problem> {
    let name = asked.only_article()?;
    outlive(&app.clone(), async move {
        let mut change = match writer.begin(&app, "").await? {
            Begun::Change(change) => *change,
            Begun::Answered(answer) => return Ok(answer),
        };
        let mut article = article::find(change.connection(), &name).await?.unwrap_or_default();
        if let Some(viewer) = change.known().filter(|_| article.id != 0) {
            rating::set(change.connection(), article.id, viewer, None).await?;
            article::touch(change.connection(), article.id, moment::now()).await?;
            article = article::of(change.connection(), article.id).await?;
        }
        let answer = serde_json::to_value(Rating::of(&article, None));
        let answer = answer.map_err(anyhow::Error::from)?;
        change.answer(StatusCode::OK, answer, Said::Nothing).await
    })
    .await
}
