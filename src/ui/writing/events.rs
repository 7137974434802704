//! What the page is told, and may object to: events of the tag (README, "The page's side").

use web_sys::CustomEvent;

use crate::domain::author::Signature;
use crate::domain::comment::CommentKey;
use crate::domain::rating::Stars;
use crate::json::Value;
use crate::state::news::News;
use crate::ui::Scene;
use crate::ui::composer::Form;
use crate::ui::el::{El, member, tell as dispatch};

/// Tells the page what happened; `said` are the words of it.
pub(super) fn tell(scene: &Scene, whole: &El, news: &News, said: &str) {
    let id = |key: CommentKey| Value::Text(scene.discussion.fragment(key));
    let (name, detail) = match news {
        News::Posted(key) => {
            ("comment", vec![("id", id(*key)), ("status", Value::text("published"))])
        }
        News::Held => ("comment", vec![("id", Value::Null), ("status", Value::text("pending"))]),
        News::Sent => ("comment", vec![("id", Value::Null), ("status", Value::text("sent"))]),
        News::Edited(key) => ("edit", vec![("id", id(*key))]),
        News::Deleted { key, .. } => ("delete", vec![("id", id(*key))]),
        News::Rated(stars) => ("rate", vec![("ratingValue", value(*stars))]),
        News::Undone(_) => ("error", vec![("message", Value::text(said))]),
        News::Queued | News::Read(..) | News::Named(_) => return,
    };
    let _ = dispatch(whole, &["jawjaw:", name].concat(), &Value::record(detail).write(), false);
}

/// Why the page does not want these words to be sent, if it does not: it calls `preventDefault()`, and may say
/// why in `detail.reason`.
pub(super) fn objection(form: &Form, words: &str, by: &Signature) -> Option<String> {
    let place = form.place.map(|key| Value::Text(form.scene.discussion.fragment(key)));
    let place = place.unwrap_or_default();
    let about = if form.editing { "id" } else { "parent" };
    let detail =
        vec![("text", Value::text(words)), (about, place), ("name", Value::text(&by.name))];
    let name = if form.editing { "jawjaw:beforeedit" } else { "jawjaw:beforecomment" };
    asked(dispatch(&form.whole, name, &Value::record(detail).write(), true))
}

/// Why the page does not want the article to be rated so, if it does not.
pub(super) fn objection_to_rating(whole: &El, stars: Option<Stars>) -> Option<String> {
    let detail = vec![("ratingValue", value(stars))];
    asked(dispatch(whole, "jawjaw:beforerate", &Value::record(detail).write(), true))
}

/// What the page answered.
fn asked(told: Option<(CustomEvent, bool)>) -> Option<String> {
    let (event, _) = told.filter(|(_, may)| !may)?;
    let reason = member(&event.detail(), "reason").and_then(|reason| reason.as_string());
    Some(reason.unwrap_or_default())
}

fn value(stars: Option<Stars>) -> Value {
    stars.map(|stars| Value::number(stars.count().into())).unwrap_or_default()
}
