//! How many comments many articles have, and how they are rated, for a blog's front page.

use axum::Json;
use axum::extract::{RawQuery, State};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::ask;
use crate::comments;
use crate::limits;
use crate::problem::Problem;
use crate::rating;

/// `?article=a&article=b` → `{"commentCount": {"a": 1, "b": 0}, "aggregateRating": {"a": {…}, "b": {…}}}`.
pub(crate) async fn counts(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let articles = articles(&query.unwrap_or_default())?;
    let mut reader = app.store.readers().begin().await?;
    let (mut counts, mut ratings) = (Map::new(), Map::new());
    for article in articles {
        let count = comments::count(&mut reader, &article).await?;
        let mut told = json!({});
        rating::add(&mut reader, &article, None, &mut told).await?;
        ratings.insert(article.clone(), told["aggregateRating"].take());
        counts.insert(article, json!(count));
    }
    Ok(Json(json!({ "commentCount": counts, "aggregateRating": ratings })))
}

fn articles(query: &str) -> Result<Vec<String>, Problem> {
    let pairs: Result<Vec<(String, String)>, _> = serde_urlencoded::from_str(query);
    let invalid = |detail: String| Problem::Invalid { field: "article", detail };
    let pairs = pairs.map_err(|error| invalid(format!("The query cannot be read: {error}.")))?;
    if let Some((other, _)) = pairs.iter().find(|(name, _)| name != "article") {
        return Err(invalid(format!("{other:?} is not known here; known is article.")));
    }
    if pairs.is_empty() || pairs.len() > limits::COUNTS {
        return Err(invalid(format!("Give article once to {} times.", limits::COUNTS)));
    }
    pairs.iter().map(|(_, article)| ask::article(article)).collect()
}
