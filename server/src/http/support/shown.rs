//! Comments as answers show them (schema.org `Comment`).

use serde::Serialize;
use serde_json::{Value, json};

use crate::moment::{self, rfc3339};
use crate::store::comment::{Comment, Status};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    identifier: &'a str,
    parent_item: Option<&'a str>,
    author: Person<'a>,
    html: &'a str,
    date_created: String,
    date_modified: Option<String>,
    creative_work_status: &'static str,
    upvote_count: i64,
    downvote_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer_vote: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    editable_until: Option<String>,
}

#[derive(Serialize)]
struct Person<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    url: Option<&'a str>,
}

/// Who looks, and for how many seconds authors may change what they wrote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) viewer: Option<i64>,
    pub(crate) window: i64,
    pub(crate) now: i64,
}

impl Look {
    pub(crate) fn of(viewer: Option<i64>, window: i64) -> Self {
        Self { viewer, window, now: moment::now() }
    }

    /// Comments written after this may still be changed.
    pub(crate) fn since(self) -> i64 {
        self.now.saturating_sub(self.window * 1_000)
    }
}

/// The comment as one viewer sees it.
pub(crate) fn shown(comment: &Comment, look: Look) -> Shown<'_> {
    let mut shown = plain(comment);
    shown.viewer_vote = Some(comment.vote);
    let own = look.viewer == Some(comment.viewer) && comment.status != Status::Deleted;
    if own && comment.created > look.since() {
        shown.text = Some(&comment.text);
        shown.editable_until = Some(rfc3339(comment.created + look.window * 1_000));
    }
    shown
}

fn plain(comment: &Comment) -> Shown<'_> {
    let author =
        Person { kind: "Person", name: &comment.author_name, url: comment.author_url.as_deref() };
    Shown {
        kind: "Comment",
        identifier: &comment.identifier,
        parent_item: comment.parent.as_deref(),
        author,
        html: &comment.html,
        date_created: rfc3339(comment.created),
        date_modified: comment.modified.map(rfc3339),
        creative_work_status: comment.status.word(),
        upvote_count: comment.upvotes,
        downvote_count: comment.downvotes,
        viewer_vote: None,
        text: None,
        editable_until: None,
    }
}

/// The comment as text, without anything that is one viewer's own.
pub(crate) fn for_all(comment: &Comment) -> String {
    serde_json::to_string(&plain(comment)).unwrap_or_default()
}

/// What is told of a comment that is no longer there.
pub(crate) fn gone(identifier: &str) -> String {
    json!({
        "@type": "Comment",
        "identifier": identifier,
        "parentItem": null,
        "author": { "@type": "Person", "name": "", "url": null },
        "html": "",
        "dateCreated": rfc3339(0),
        "dateModified": null,
        "creativeWorkStatus": "deleted",
        "upvoteCount": 0,
        "downvoteCount": 0,
    })
    .to_string()
}

/// Takes out what the comment itself keeps.
pub(crate) fn without_words(answer: &mut Value) {
    if let Some(members) = answer.as_object_mut() {
        members.remove("html");
        // Whether the writer was shown the text.
        if members.contains_key("text") {
            members.insert("text".to_owned(), Value::Null);
        }
    }
}

/// Puts back what the comment keeps; of one that is deleted there is nothing.
pub(crate) fn add_words(answer: &mut Value, comment: Option<&Comment>) {
    let Some(members) = answer.as_object_mut() else { return };
    members.insert("html".to_owned(), json!(comment.map_or("", |comment| &comment.html)));
    if members.contains_key("text") {
        members.insert("text".to_owned(), json!(comment.map_or("", |comment| &comment.text)));
    }
    let nobody = json!({ "@type": "Person", "name": "", "url": null });
    members.entry("author").or_insert(nobody);
}

/// Takes out what only the writer may see.
pub(crate) fn without_own(answer: &mut Value) {
    if let Some(members) = answer.as_object_mut() {
        for own in ["token", "text", "editableUntil"] {
            members.remove(own);
        }
    }
}
