//! Every profile against what its service really said, and what it sends.

use std::fs;
use std::path::{Path, PathBuf};

use jawjaw::domain::trouble::Trouble;
use jawjaw::domain::vote::{Tally, Vote};
use jawjaw::json::Value;
use jawjaw::profile::Profile;
use jawjaw::profile::outline::outline;
use jawjaw::profile::template::Variables;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn profile(name: &str) -> Profile {
    let file = root().join(format!("profiles/{name}.json"));
    Profile::parse(&fs::read_to_string(file).expect("a profile")).expect("a good profile")
}

fn fixture(path: &str) -> Value {
    let text = fs::read_to_string(root().join("tests/fixtures").join(path)).expect("a fixture");
    Value::parse(&text).expect("JSON")
}

/// A fixture read through its service's profile is the outline beside it. `BLESS=1` writes the outline.
#[track_caller]
fn check_page(service: &str, name: &str) {
    let answer = fixture(&format!("{service}/{name}.json"));
    let seen = outline(&profile(service).page(&answer, None).expect("a page"));
    let golden: PathBuf = root().join(format!("tests/fixtures/{service}/{name}.txt"));
    if std::env::var_os("BLESS").is_some() {
        fs::write(&golden, &seen).expect("the outline can be written");
    }
    let wanted = fs::read_to_string(&golden).expect("an outline: look at it after BLESS=1");
    assert_eq!(seen, wanted, "{}", golden.display());
}

#[test]
fn answers_become_outlines() {
    check_page("native", "comments");
    check_page("isso", "comments");
    check_page("isso", "page");
}

#[test]
fn every_profile_has_a_fixture() {
    for file in fs::read_dir(root().join("profiles")).expect("profiles") {
        let name = file.expect("a file").file_name().to_string_lossy().into_owned();
        if let Some(service) = name.strip_suffix(".json") {
            let golden = root().join(format!("tests/fixtures/{service}/comments.txt"));
            assert!(golden.is_file(), "{service} has no fixture with an outline");
        }
    }
}

fn variables() -> Variables {
    let text = Value::text;
    Variables::default()
        .with("endpoint", text("https://c.example"))
        .with("article", text("/a b/?x=1"))
        .with("id", Value::number(7))
        .with("content", text("words"))
        .with("name", text("Ada"))
        .with("uuid", text("u-1"))
        .with("title", text("Title"))
}

/// `METHOD url`, then a line a header, then the body.
#[track_caller]
fn check_request(service: &str, operation: &str, variables: &Variables, picture: &str) {
    let profile = profile(service);
    let request = match operation {
        "list" => profile.list(variables, None),
        _ => profile.write(operation, variables).expect("an operation"),
    };
    let mut seen = format!("{} {}\n", request.method, request.url);
    for (name, value) in &request.headers {
        seen += &[name, ": ", value, "\n"].concat();
    }
    seen += &request.body.unwrap_or_default();
    assert_eq!(seen.trim_end(), picture);
}

#[test]
fn intents_become_requests() {
    check_request(
        "native",
        "list",
        &variables(),
        "GET https://c.example/api/v1/comments?article=%2Fa%20b%2F%3Fx%3D1&limit=50",
    );
    check_request(
        "native",
        "create",
        &variables().with("token", Value::text("secret")),
        "POST https://c.example/api/v1/comments\nIdempotency-Key: u-1\nContent-Type: application/json\n\
         Authorization: Bearer secret\n{\"article\":\"/a b/?x=1\",\"text\":\"words\",\"author\":{\"name\":\"Ada\"}}",
    );
    check_request(
        "native",
        "delete",
        &variables(),
        "DELETE https://c.example/api/v1/comments/7\nIdempotency-Key: u-1",
    );
    check_request(
        "isso",
        "create",
        &variables().with("parent", Value::Number("9007199254740993".to_owned())),
        "POST https://c.example/new?uri=%2Fa%20b%2F%3Fx%3D1\nContent-Type: application/json\n\
         {\"text\":\"words\",\"parent\":9007199254740993,\"author\":\"Ada\",\"title\":\"Title\"}",
    );
    check_request(
        "isso",
        "upvote",
        &variables(),
        "POST https://c.example/id/7/like\nContent-Type: application/json\n{}",
    );
}

#[test]
fn the_next_page_is_asked_for_with_what_the_last_one_said() {
    let isso = profile("isso");
    let next =
        isso.page(&fixture("isso/page.json"), Some(&Value::number(50))).expect("a page").next;
    let request = isso.list(&variables(), next.as_ref());
    assert!(request.url.contains("&limit=50&offset=52"), "{}", request.url);
}

#[test]
fn what_was_written_is_read_back() {
    let isso = profile("isso");
    let found = isso.written("create", &fixture("isso/created.json")).expect("a comment");
    assert_eq!(
        (found.id.as_text(), found.parent.as_ref().and_then(Value::as_text)),
        (Some("3"), Some("1"))
    );
    assert_eq!(isso.written("delete", &Value::Null), None);
    let answer = Value::parse(r#"{"likes":4,"dislikes":1}"#).expect("JSON");
    let shown = Tally { up: 3, down: Some(1), mine: Vote::Up };
    assert_eq!(isso.voted("upvote", &answer, shown), Some(Tally { up: 4, ..shown }));
    let native = profile("native");
    let answer = Value::parse(r#"{"upvoteCount":1,"downvoteCount":0,"viewerVote":0,"token":"t"}"#)
        .expect("JSON");
    assert_eq!(
        native.voted("vote", &answer, shown),
        Some(Tally { up: 1, down: Some(0), mine: Vote::None })
    );
    assert_eq!(native.token(&answer).as_deref(), Some("t"));
}

#[track_caller]
fn check_trouble(service: &str, status: u16, body: &str, trouble: Trouble) {
    assert_eq!(profile(service).trouble(status, body, None), trouble);
}

#[test]
fn troubles_are_told_in_the_services_own_words() {
    let refused = |reason: &str| Trouble::Refused { reason: reason.to_owned() };
    let page = "<!doctype html>\n<h1>Bad Request</h1>\n<p>text is too <b>short</b></p>\n";
    check_trouble("isso", 400, page, refused("text is too short"));
    check_trouble("isso", 403, r#"{"message":"403 Forbidden"}"#, refused("403 Forbidden"));
    check_trouble(
        "native",
        422,
        r#"{"title":"No","detail":"text is &lt;empty&gt;"}"#,
        refused("text is <empty>"),
    );
    check_trouble("native", 403, "", Trouble::NotAllowed);
    check_trouble("native", 404, "{}", Trouble::Gone);
    check_trouble("native", 429, "{}", Trouble::TooFast { wait: None });
    check_trouble("native", 502, "<p>nginx</p>", Trouble::Broken { status: 502 });
}

#[test]
fn odd_answers_are_errors_or_comments_and_never_a_panic() {
    let native = profile("native");
    let page = |text: &str| native.page(&Value::parse(text).expect("JSON"), None);
    let error = |text: &str| page(text).expect_err("an error");
    assert!(
        error("{}").contains("/list/items says #/comment, where a list must be; there is nothing")
    );
    assert!(error(r#"{"comment":"x"}"#).contains("there is a string"));
    assert!(error(r#"{"comment":[{"identifier":""}]}"#).contains("/comment/id says"));
    let odd = page(
        r#"{"comment":[{"identifier":1,"dateCreated":{},"author":[],"upvoteCount":"x"},
        {"identifier":1,"parentItem":1},{"identifier":2,"parentItem":"1"}],"commentCount":-1,"next":""}"#,
    );
    let odd = odd.expect("a page");
    assert_eq!((odd.found.len(), odd.total, odd.next.clone()), (3, None, None));
    assert_eq!(outline(&odd), "1 - no date\n  2 - no date\ntotal unknown, next none\n");
}
