//! The API over a real socket, with a real database file.

mod support;

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use support::{binary, check_problem, comment, listen, start, text};

/// The discussion as an outline: two spaces a level.
fn outline(discussion: &Value) -> String {
    let mut depth = std::collections::HashMap::new();
    let mut out = String::new();
    for comment in discussion["comment"].as_array().expect("a list") {
        let level = comment["parentItem"].as_str().map_or(0, |parent| depth[parent] + 1);
        depth.insert(text(&comment["identifier"]).to_owned(), level);
        let words = text(&comment["html"]).replace("<p>", "").replace("</p>\n", "");
        let words =
            if comment["creativeWorkStatus"] == "deleted" { "(deleted)".to_owned() } else { words };
        out += &["  ".repeat(level), words, "\n".to_owned()].concat();
    }
    out
}

#[test]
fn threads_are_listed_in_order_and_in_pages() {
    let server = start(&[]);
    let first = server.post("one", None, None);
    server.post("two", None, None);
    let reply = server.post("one-one", Some(text(&first["identifier"])), None);
    server.post("one-one-one", Some(text(&reply["identifier"])), None);
    let all = server.get("/comments?article=a");
    assert_eq!(outline(&all), "one\n  one-one\n    one-one-one\ntwo\n");
    assert_eq!(
        (&all["commentCount"], &all["next"], &all["closed"]),
        (&json!(4), &Value::Null, &json!(false))
    );
    let newest = server.get("/comments?article=a&order=newest");
    assert_eq!(outline(&newest), "two\none\n  one-one\n    one-one-one\n");
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = server.get(&format!("/comments?article=a&limit=1{cursor}"));
        seen.push(text(&page["comment"][0]["html"]).trim().to_owned());
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, ["<p>one</p>", "<p>one-one</p>", "<p>one-one-one</p>", "<p>two</p>"]);
    assert_eq!(server.get("/comments?article=other")["comment"], json!([]));
}

#[test]
fn only_the_author_changes_a_comment() {
    let server = start(&[]);
    let mine = server.post("*mine*", None, None);
    let token = text(&mine["token"]);
    let bearer = format!("Bearer {token}");
    let own = [("authorization", bearer.as_str())];
    let path = format!("/comments/{}", text(&mine["identifier"]));
    assert_eq!(
        (&mine["text"], &mine["html"]),
        (&json!("*mine*"), &json!("<p><em>mine</em></p>\n"))
    );
    let seen = server.get("/comments?article=a");
    assert_eq!(seen["comment"][0]["text"], Value::Null, "others do not get what was typed");
    let body = json!({ "text": "changed" });
    assert_eq!(server.ask("PATCH", &path, &[], Some(&body)).status(), 403);
    let edited = server.ask("PATCH", &path, &own, Some(&body));
    assert_eq!((edited.status(), &edited.json()["html"]), (200, &json!("<p>changed</p>\n")));
    assert!(edited.json()["dateModified"].is_string() && edited.json()["token"].is_null());
    assert_eq!(server.ask("DELETE", &path, &[], None).status(), 403);
    assert_eq!(server.ask("DELETE", &path, &own, None).status(), 204);
    assert_eq!(server.ask("DELETE", &path, &own, None).status(), 404);
}

#[test]
fn a_deleted_comment_with_replies_leaves_its_place_until_they_go() {
    let server = start(&[]);
    let root = server.post("root", None, None);
    let token = text(&root["token"]).to_owned();
    let reply = server.post("reply", Some(text(&root["identifier"])), Some(&token));
    let bearer = format!("Bearer {token}");
    let own = [("authorization", bearer.as_str())];
    let gone =
        server.ask("DELETE", &format!("/comments/{}", text(&root["identifier"])), &own, None);
    assert_eq!((gone.status(), &gone.json()["creativeWorkStatus"]), (200, &json!("deleted")));
    let left = server.get("/comments?article=a");
    assert_eq!(outline(&left), "(deleted)\n  reply\n");
    assert_eq!(
        (&left["comment"][0]["author"]["name"], &left["commentCount"]),
        (&json!(""), &json!(1))
    );
    server.ask("DELETE", &format!("/comments/{}", text(&reply["identifier"])), &own, None);
    assert_eq!(outline(&server.get("/comments?article=a")), "");
}

#[test]
fn votes_and_ratings_count_once_a_viewer() {
    let server = start(&[]);
    let comment = server.post("a", None, None);
    let path = format!("/comments/{}/vote", text(&comment["identifier"]));
    let vote = |value: i64, token: Option<&str>| {
        let bearer = format!("Bearer {}", token.unwrap_or("nobody"));
        server
            .ask("PUT", &path, &[("authorization", &bearer)], Some(&json!({ "viewerVote": value })))
            .json()
    };
    let first = vote(1, None);
    let token = text(&first["token"]).to_owned();
    let picture =
        |v: &Value| format!("{} {} {}", v["upvoteCount"], v["downvoteCount"], v["viewerVote"]);
    assert_eq!(picture(&first), "1 0 1");
    assert_eq!(picture(&vote(1, Some(&token))), "1 0 1");
    assert_eq!(picture(&vote(-1, None)), "1 1 -1");
    assert_eq!(picture(&vote(0, Some(&token))), "0 1 0");
    let rate = |stars: i64, token: &str| {
        let bearer = format!("Bearer {token}");
        let answer = server.ask(
            "PUT",
            "/rating?article=a",
            &[("authorization", &bearer)],
            Some(&json!({ "ratingValue": stars })),
        );
        answer.json()["aggregateRating"].clone()
    };
    assert_eq!(rate(5, "x")["ratingValue"], json!(5.0));
    assert_eq!(rate(4, "y")["ratingValue"], json!(4.5));
    let third = rate(4, &token);
    assert_eq!((&third["ratingValue"], &third["spread"]), (&json!(4.333), &json!([0, 0, 0, 2, 1])));
    assert_eq!(rate(5, &token)["ratingValue"], json!(4.667), "rounded to the nearest thousandth");
    assert_eq!(rate(1, &token)["ratingCount"], json!(3));
    let bearer = format!("Bearer {token}");
    let back =
        server.ask("DELETE", "/rating?article=a", &[("authorization", &bearer)], None).json();
    assert_eq!(
        (&back["aggregateRating"]["ratingCount"], &back["viewerRating"]),
        (&json!(2), &Value::Null)
    );
}

#[test]
fn one_key_is_one_write() {
    let server = start(&[]);
    let key = [("idempotency-key", "0f8c-4be1-9d2a-77")];
    let first = server.ask("POST", "/comments", &key, Some(&comment("once", None)));
    let again = server.ask("POST", "/comments", &key, Some(&comment("once", None)));
    assert_eq!((first.json(), first.status()), (again.json(), again.status()));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(server.get("/comments?article=a")["commentCount"], json!(1));
    let other = server.ask("POST", "/comments", &key, Some(&comment("twice", None)));
    check_problem(&other, 409, "key-reused", None);
}

#[test]
fn an_answer_that_did_not_change_is_not_sent_again() {
    let server = start(&[]);
    server.post("a", None, None);
    let first = server.ask("GET", "/comments?article=a", &[], None);
    let tag = first.header("etag").to_owned();
    let again = server.ask("GET", "/comments?article=a", &[("if-none-match", &tag)], None);
    assert_eq!(
        (again.status(), again.0.as_bytes().len(), again.header("etag")),
        (304, 0, tag.as_str())
    );
    server.post("b", None, None);
    let changed = server.ask("GET", "/comments?article=a", &[("if-none-match", &tag)], None);
    assert_eq!(changed.status(), 200);
}

#[test]
fn many_articles_are_counted_at_once() {
    let server = start(&[]);
    server.post("a", None, None);
    server.ask("PUT", "/rating?article=a", &[], Some(&json!({ "ratingValue": 4 })));
    let counts = server.get("/counts?article=a&article=%2Fb%2F");
    assert_eq!(counts["commentCount"], json!({ "a": 1, "/b/": 0 }));
    let rating = &counts["aggregateRating"];
    let told =
        [&rating["a"]["ratingValue"], &rating["a"]["ratingCount"], &rating["/b/"]["ratingCount"]];
    assert_eq!(told, [&json!(4.0), &json!(1), &json!(0)]);
}

#[test]
fn every_problem_says_what_and_where() {
    let server = start(&["--edit-window", "0"]);
    let post = |body: Value| server.ask("POST", "/comments", &[], Some(&body));
    let with = |field: &str, value: Value| {
        let mut body = comment("a", None);
        body[field] = value;
        post(body)
    };
    check_problem(&with("text", Value::Null), 400, "invalid", Some("#/text"));
    check_problem(&with("text", json!(7)), 400, "invalid", Some("#/text"));
    check_problem(&with("text", json!("  ")), 422, "unprocessable", Some("#/text"));
    check_problem(&with("text", json!("x".repeat(10_001))), 422, "unprocessable", Some("#/text"));
    check_problem(&with("author", json!({})), 400, "invalid", Some("#/author/name"));
    check_problem(
        &with("author", json!({ "name": "x".repeat(101) })),
        422,
        "unprocessable",
        Some("#/author/name"),
    );
    let url = json!({ "name": "x", "url": "javascript:alert(1)" });
    check_problem(&with("author", url), 422, "unprocessable", Some("#/author/url"));
    check_problem(&with("txt", json!("misspelt")), 400, "invalid", Some("#/"));
    check_problem(&with("parentItem", json!("nobody")), 404, "not-found", Some("#/parentItem"));
    check_problem(&server.ask("GET", "/comments", &[], None), 400, "invalid", Some("#/"));
    check_problem(
        &server.ask("GET", "/comments?article=a&limit=0", &[], None),
        400,
        "invalid",
        Some("#/limit"),
    );
    check_problem(
        &server.ask("GET", "/comments?article=a&cursor=x", &[], None),
        400,
        "invalid",
        Some("#/cursor"),
    );
    check_problem(&server.ask("GET", "/nowhere", &[], None), 404, "not-found", None);
    let method = server.ask("DELETE", "/comments", &[], None);
    check_problem(&method, 405, "method", None);
    assert!(method.header("allow").contains("GET"), "{:?}", method.0.headers);
    let text_plain = server.ask("POST", "/comments", &[("content-type", "text/plain")], None);
    check_problem(&text_plain, 415, "media-type", None);
    check_problem(&with("text", json!("x".repeat(140_000))), 413, "too-large", None);
    let mine = post(comment("late", None)).json();
    let bearer = format!("Bearer {}", text(&mine["token"]));
    let late = format!("/comments/{}", text(&mine["identifier"]));
    check_problem(
        &server.ask("DELETE", &late, &[("authorization", &bearer)], None),
        403,
        "not-yours",
        None,
    );
    check_problem(&server.ask("DELETE", "/comments/x", &[], None), 404, "not-found", None);
    let key = "k".repeat(256);
    let long_key =
        server.ask("POST", "/comments", &[("idempotency-key", &key)], Some(&comment("a", None)));
    check_problem(&long_key, 400, "invalid", Some("#/Idempotency-Key"));
}

#[test]
fn a_reply_cannot_be_too_deep() {
    let server = start(&[]);
    let mut parent = text(&server.post("0", None, None)["identifier"]).to_owned();
    for level in 1..=100 {
        parent =
            text(&server.post(&level.to_string(), Some(&parent), None)["identifier"]).to_owned();
    }
    let answer = server.ask("POST", "/comments", &[], Some(&comment("101", Some(&parent))));
    check_problem(&answer, 422, "unprocessable", Some("#/parentItem"));
}

#[test]
fn a_closed_discussion_is_read_only() {
    let server = start(&[]);
    server.post("a", None, None);
    let db = server.folder.path().join("test.db");
    let close = |verb: &str| {
        let mut command = Command::new(binary());
        let done = command.arg("--db").arg(&db).args([verb, "a"]).stdout(Stdio::null()).status();
        assert!(done.expect("it runs").success());
    };
    close("--close");
    check_problem(
        &server.ask("POST", "/comments", &[], Some(&comment("b", None))),
        403,
        "closed",
        None,
    );
    assert_eq!(server.get("/comments?article=a")["closed"], json!(true));
    close("--reopen");
    server.post("b", None, None);
}

#[test]
fn who_is_too_fast_is_told_to_wait() {
    let server = start(&["--writes-per-minute", "3"]);
    for _ in 0..3 {
        server.post("a", None, None);
    }
    let answer = server.ask("POST", "/comments", &[], Some(&comment("a", None)));
    check_problem(&answer, 429, "too-fast", None);
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=61).contains(&wait));
    assert_eq!(
        server.ask("GET", "/comments?article=a", &[], None).status(),
        200,
        "reading goes on"
    );
}

#[test]
fn pages_of_known_origins_may_use_it() {
    let server = start(&["--origin", "https://blog.example"]);
    let allowed = |origin: &str| {
        let answer = server.ask("GET", "/comments?article=a", &[("origin", origin)], None);
        answer.header("access-control-allow-origin").to_owned()
    };
    assert_eq!(allowed("https://blog.example"), "https://blog.example");
    assert_eq!(allowed("https://evil.example"), "");
    let headers = [
        ("origin", "https://blog.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,idempotency-key"),
    ];
    let preflight = server.ask("OPTIONS", "/comments", &headers, None);
    assert_eq!(preflight.status(), 200);
    assert!(preflight.header("access-control-allow-headers").contains("idempotency-key"));
}

#[test]
fn it_describes_itself() {
    let server = start(&[]);
    let document = server.get("/openapi.json");
    assert_eq!(document["openapi"], json!("3.1.0"));
    for (path, methods) in document["paths"].as_object().expect("paths") {
        assert!(methods.as_object().is_some_and(|methods| !methods.is_empty()), "{path}");
    }
}

#[test]
fn who_listens_is_told_what_changes() {
    let mut server = start(&[]);
    let mut told = listen(&server, "a");
    assert_eq!(told.next().as_deref(), Some("HTTP/1.1 200 OK"));
    let mut next = move || {
        let line = told.next()?;
        Some(serde_json::from_str::<Value>(line.strip_prefix("data: ")?).expect("JSON"))
    };
    assert_eq!(next(), Some(json!({ "commentCount": 0 })));
    let posted = server.post("first", None, None);
    let heard = next().expect("a comment");
    assert_eq!(
        (&heard["identifier"], &heard["html"]),
        (&posted["identifier"], &json!("<p>first</p>\n"))
    );
    for own in ["viewerVote", "text", "editableUntil", "token"] {
        assert_eq!(heard.get(own), None, "{own} is one viewer's own");
    }
    let bearer = format!("Bearer {}", text(&posted["token"]));
    let auth = [("authorization", bearer.as_str())];
    let path = format!("/comments/{}", text(&posted["identifier"]));
    // Of another article nothing is heard.
    server.ask(
        "POST",
        "/comments",
        &[],
        Some(&json!({ "article": "b", "text": "there", "author": { "name": "Bob" } })),
    );
    server.ask("PUT", &format!("{path}/vote"), &auth, Some(&json!({ "viewerVote": 1 })));
    assert_eq!(next().expect("a vote")["upvoteCount"], json!(1));
    server.ask("PATCH", &path, &auth, Some(&json!({ "text": "second" })));
    assert_eq!(next().expect("an edit")["html"], json!("<p>second</p>\n"));
    server.ask("DELETE", &path, &auth, None);
    assert_eq!(next().expect("a deletion")["creativeWorkStatus"], json!("deleted"));
    // A listener does not keep the server from stopping.
    Command::new("kill").arg(server.child.id().to_string()).status().expect("kill");
    assert_eq!(next(), None);
    assert!(server.child.wait().expect("it ends").success());
}
