//! How many comments many articles have, and how they are rated, for a blog's front page.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::app::App;
use crate::http::rating::Aggregate;
use crate::http::support::ask::Asked;
use crate::http::support::problem::Problem;
use crate::store::article::{self, Article};

pub(super) fn router() -> Router<App> {
    Router::new().route("/counts", get(counts))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    comment_count: BTreeMap<String, i64>,
    aggregate_rating: BTreeMap<String, Aggregate>,
}

/// `?article=a&article=b` → `{"commentCount": {"a": 1, "b": 0}, "aggregateRating": {"a": {…}, "b": {…}}}`.
async fn counts(State(app): State<App>, asked: Asked) -> Result<Json<Counts>, Problem> {
    let names = asked.articles()?;
    let mut reader = app.store.read().await?;
    let known = article::among(&mut reader, &names).await?;
    reader.commit().await?;
    let unknown = Article::default();
    let mut counts = Counts { comment_count: BTreeMap::new(), aggregate_rating: BTreeMap::new() };
    let known: BTreeMap<&str, &Article> =
        known.iter().map(|article| (article.name.as_str(), article)).collect();
    for name in names {
        let article = known.get(name.as_str()).copied().unwrap_or(&unknown);
        counts.aggregate_rating.insert(name.clone(), Aggregate::of(article));
        counts.comment_count.insert(name, article.comments);
    }
    Ok(Json(counts))
}
