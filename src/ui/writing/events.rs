//! What the page is told, and may object to: events of the tag (README, "The page's side").

use web_sys::CustomEvent;

use crate::domain::author::Signature;
use crate::domain::comment::CommentKey;
use crate::domain::rating::Stars;
use crate::domain::vote::Vote;
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
        News::Voted(key, vote) => ("vote", vec![("id", id(*key)), sign(*vote)]),
        News::Undone(_) => ("error", vec![("message", Value::text(said))]),
        News::Queued | News::Read(..) | News::Named(_) => return,
    };
    let _ = send(whole, name, detail, false);
}

/// Why the page does not want these words to be sent, if it does not: it calls `preventDefault()`, and may say
/// why in `detail.reason`.
pub(super) fn objection(form: &Form, words: &str, by: &Signature) -> Option<String> {
    let place = form.place.map(|key| Value::Text(form.scene.discussion.fragment(key)));
    let place = place.unwrap_or_default();
    let about = if form.editing { "id" } else { "parent" };
    let detail =
        vec![("text", Value::text(words)), (about, place), ("name", Value::text(&by.name))];
    asked(&form.whole, if form.editing { "beforeedit" } else { "beforecomment" }, detail)
}

/// Why the page does not want the article to be rated so, if it does not.
pub(super) fn objection_to_rating(whole: &El, stars: Option<Stars>) -> Option<String> {
    asked(whole, "beforerate", vec![("ratingValue", value(stars))])
}

/// Why the page does not want what pressing this button does, if it does not.
pub(super) fn objection_to_vote(
    scene: &Scene,
    whole: &El,
    key: CommentKey,
    pressed: Vote,
) -> Option<String> {
    let tally = scene.discussion.peek(key).and_then(|comment| comment.tally)?;
    let id = Value::Text(scene.discussion.fragment(key));
    asked(whole, "beforevote", vec![("id", id), sign(tally.next(pressed))])
}

/// Why the page prevented this, if it did.
fn asked(whole: &El, name: &str, detail: Vec<(&str, Value)>) -> Option<String> {
    let (event, _) = send(whole, name, detail, true).filter(|(_, may)| !may)?;
    let reason = member(&event.detail(), "reason").and_then(|reason| reason.as_string());
    Some(reason.unwrap_or_default())
}

fn send(
    whole: &El,
    name: &str,
    detail: Vec<(&str, Value)>,
    cancelable: bool,
) -> Option<(CustomEvent, bool)> {
    dispatch(whole, &["jawjaw:", name].concat(), &Value::record(detail).write(), cancelable)
}

/// 1, -1, or 0 where it is taken back.
fn sign(vote: Vote) -> (&'static str, Value) {
    ("vote", Value::number(vote.sign()))
}

fn value(stars: Option<Stars>) -> Value {
    stars.map(|stars| Value::number(stars.count().into())).unwrap_or_default()
}
