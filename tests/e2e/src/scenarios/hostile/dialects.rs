//! Host pages whose endpoint answers in the dialect of a service, with the payloads in every field.

use anyhow::Result;
use serde_json::{Value, json};

use super::corpus::{folder, unmarked};
use crate::{Ask, Reply, Running, Site, World};

/// How a service wraps its comments: the profile, where it is asked, a comment, and the answer.
pub(super) type Dialect =
    (&'static str, &'static str, fn(&Fields) -> Value, fn(Vec<Value>) -> Value);

/// A comment with the payload in some of its strings.
pub(super) struct Fields<'a> {
    id: Value,
    /// In all other strings.
    bad: Option<&'a str>,
    text: &'a str,
}

impl Fields<'_> {
    fn or<'a>(&'a self, good: &'a str) -> &'a str {
        self.bad.unwrap_or(good)
    }
}

fn native(fields: &Fields) -> Value {
    json!({
        "identifier": fields.id, "parentItem": fields.bad, "author": { "name": fields.or("Ada"), "url": fields.or("") },
        "html": fields.text, "text": fields.text, "dateCreated": fields.or("2026-01-01T00:00:00Z"),
        "dateModified": fields.bad, "upvoteCount": fields.or("1"), "downvoteCount": fields.or("1"),
        "viewerVote": fields.or("0"), "creativeWorkStatus": fields.or("published"), "editableUntil": fields.bad,
    })
}

fn wordpress(fields: &Fields) -> Value {
    json!({
        "id": fields.id, "parent": fields.bad, "author_name": fields.or("Ada"), "author_url": fields.or(""),
        "date_gmt": fields.or("2026-01-01T00:00:00"), "content": { "rendered": fields.text },
        "link": fields.or("https://blog.example/"), "status": fields.or("approved"),
        "author_avatar_urls": { "96": fields.bad },
    })
}

fn mastodon(fields: &Fields) -> Value {
    json!({
        "id": fields.id, "in_reply_to_id": fields.bad, "created_at": fields.or("2026-01-01T00:00:00Z"),
        "edited_at": fields.bad, "content": fields.text, "url": fields.or("https://m.example/1"),
        "uri": fields.or("https://m.example/1"), "favourites_count": fields.or("1"), "replies_count": fields.or("0"),
        "account": { "display_name": fields.or("Ada"), "username": fields.or("ada"), "url": fields.or(""),
            "avatar": fields.bad },
    })
}

pub(super) const DIALECTS: [Dialect; 3] = [
    (
        "native",
        "/api/v1/comments",
        native,
        |all| json!({ "comment": all, "commentCount": 0, "next": null, "closed": false }),
    ),
    ("wordpress", "/wp-json/wp/v2/comments", wordpress, |all| json!(all)),
    (
        "mastodon",
        "/api/v1/statuses/1/context",
        mastodon,
        |all| json!({ "ancestors": [], "descendants": all }),
    ),
];

/// Each payload in the body and all other strings, in the identifier, and then a comment that must be readable.
fn comments(payloads: &[String], make: fn(&Fields) -> Value) -> Vec<Value> {
    let mut all = Vec::new();
    for (number, bad) in payloads.iter().enumerate() {
        let number = 10 * (number + 1);
        all.push(make(&Fields { id: json!(number), bad: Some(bad), text: bad }));
        all.push(make(&Fields { id: json!(format!("{number}{bad}")), bad: None, text: "odd id" }));
        let good = format!("<p>still readable {number}</p>");
        all.push(make(&Fields { id: json!(number + 1), bad: None, text: &good }));
    }
    all
}

pub(super) fn site(
    world: &World,
    dialect: &Dialect,
    payloads: &[String],
    policy: &str,
) -> Result<Running> {
    let (profile, path, make, wrap) = *dialect;
    let answer = unmarked(&wrap(comments(payloads, make)).to_string());
    let oracle = std::fs::read_to_string(folder().join("oracle.js"))?;
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>blog</title><script src=/oracle.js></script>\
         <script type=module src=/w/jawjaw.js></script><body>\
         <jaw-jaw endpoint=/ profile={profile} article=1 {} live=off></jaw-jaw>",
        if profile == "wordpress" { "var-post=1" } else { "" }
    );
    let headers: &[(&str, &str)] = &[("content-security-policy", policy)];
    let headers = if policy.is_empty() { &[] } else { headers };
    let route = move |ask: &Ask| match ask.path.as_str() {
        "/oracle.js" => Some(Reply::new(200, "text/javascript", oracle.clone())),
        asked if asked.trim_start_matches('/') == path.trim_start_matches('/') => {
            Some(Reply::new(200, "application/json", answer.clone()))
        }
        _ => None,
    };
    Site::new().dir("/w/", &world.dist()).page_with("/", &html, headers).route(route).start()
}
