//! Every profile against what its service really said, and what it sends.

use std::fs;
use std::path::{Path, PathBuf};

use jawjaw::domain::markup::{self, Node};
use jawjaw::domain::time::Time;
use jawjaw::domain::trouble::Trouble;
use jawjaw::domain::vote::{Tally, Vote};
use jawjaw::json::Value;
use jawjaw::profile::Profile;
use jawjaw::profile::expression::Answer;
use jawjaw::profile::outline::outline;
use jawjaw::profile::page::Page;
use jawjaw::profile::template::Variables;
use jawjaw::profile::variables::Given;
use jawjaw::profile::write::Request;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names of all built-in profiles.
fn names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join("profiles"))
        .expect("profiles")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .filter(|name| name != "schema")
        .collect();
    names.sort();
    names
}

fn text_of(name: &str) -> String {
    let file = root().join(format!("profiles/{name}.json"));
    fs::read_to_string(file).expect("a profile")
}

fn profile(name: &str) -> Profile {
    Profile::parse(&text_of(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn fixture(path: &str) -> Value {
    let text = fs::read_to_string(root().join("tests/fixtures").join(path)).expect("a fixture");
    Value::parse(&text).expect("JSON")
}

/// What a page would give to a profile: every variable it declares.
fn variables(profile: &Profile, name: &str) -> Variables {
    let tree = Value::parse(&text_of(name)).expect("JSON");
    let declared = tree.get("variables").map_or(&[][..], Value::members);
    let more = declared.iter().filter(|(name, told)| {
        !["endpoint", "article"].contains(&name.as_str())
            && told.get("default").is_none()
            && told.get("forms").is_none()
            && told.get("decoded").is_none()
    });
    let value = |told: &Value| match told.get("type").and_then(Value::as_str) {
        Some("integer") => "12".to_owned(),
        _ => "v 1".to_owned(),
    };
    let more = more.map(|(name, told)| (name.clone(), value(told))).collect();
    let integer = tree.at("/variables/article/type").is_some();
    let given = Given {
        endpoint: "https://c.example".to_owned(),
        article: if integer { "77" } else { "/a b/?x=1" }.to_owned(),
        url: "https://blog.example/p1".to_owned(),
        title: "Title".to_owned(),
        more,
        ..Given::default()
    };
    profile.variables(&given).expect("variables")
}

/// What is known when a reader writes.
fn written_by(variables: Variables) -> Variables {
    let text = Value::text;
    let mut all = variables;
    for (name, value) in [
        ("id", Value::Number("9007199254740993".to_owned())),
        ("content", text("a <b>\nline")),
        ("name", text("Ada")),
        ("email", text("ada@a.example")),
        ("uuid", text("u-1")),
        ("token", text("s3cret")),
        ("csrf", text("c5rf")),
        ("secret", text("own")),
        ("now", text("2026-11-25T10:00:00.000Z")),
        ("vote", Value::number(-1)),
        ("previous", Value::number(1)),
        ("upvoteCount", Value::number(3)),
        ("stars", Value::number(4)),
        ("parent.nick", text("Lin")),
        ("target.by", text("g-1")),
        ("content_type", text("blog.post")),
        ("timestamp", text("1795")),
        ("security_hash", text("abc")),
        ("csrfToken", text("d7")),
    ] {
        all.set(name, value);
    }
    all
}

fn read(name: &str, file: &str) -> Page {
    let (profile, body) = (profile(name), fixture(&format!("{name}/{file}.json")));
    let variables = variables(&profile, name);
    let headers = root().join(format!("tests/fixtures/{name}/{file}.headers"));
    let lines = fs::read_to_string(headers).unwrap_or_default();
    let lines: Vec<String> = lines.lines().map(str::to_owned).collect();
    let headers = &lines[..];
    let url = profile.list(&variables, None).url;
    let mut answer = Answer::new(&body, &variables);
    (answer.url, answer.headers) = (&url, &headers);
    profile.page(answer, None).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A picture is what stands in the golden file. `BLESS=1` writes it.
#[track_caller]
fn check(golden: &str, seen: &str) {
    let golden: PathBuf = root().join("tests/fixtures").join(golden);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&golden, seen).expect("the picture can be written");
    }
    let wanted = fs::read_to_string(&golden).expect("a picture: look at it after BLESS=1");
    assert_eq!(seen, wanted, "{}", golden.display());
}

#[test]
fn every_profile_reads_its_service_as_in_the_outline() {
    for name in names() {
        check(&format!("{name}/comments.txt"), &outline(&read(&name, "comments"), true));
    }
    for (name, file) in
        [("isso", "page"), ("wordpress", "page"), ("waline", "page"), ("json-server", "page")]
    {
        check(&format!("{name}/{file}.txt"), &outline(&read(name, file), true));
    }
}

/// A body as it is shown: elements in brackets, with their attributes, around what they hold.
fn tree(nodes: &[Node]) -> String {
    let shown = nodes.iter().map(|node| match node {
        Node::Text(text) => text.clone(),
        Node::Cut => "[cut]".to_owned(),
        Node::Element { name, attributes, children } => {
            let all = attributes.iter().map(|(name, value)| [" ", name, "=", value].concat());
            ["[", name, &all.collect::<String>(), "|", &tree(children), "]"].concat()
        }
    });
    shown.collect()
}

#[test]
fn bodies_of_real_services_are_read_as_readers_expect() {
    for name in
        ["bluesky", "discourse", "disqus", "forem", "isso", "mastodon", "waline", "wordpress"]
    {
        let page = read(name, "comments");
        let bodies = page.found.iter().map(|found| tree(&markup::read(&found.comment.body)));
        check(&format!("{name}/bodies.txt"), &(bodies.collect::<Vec<_>>().join("\n") + "\n"));
    }
}

#[test]
fn pictures_of_authors_are_where_the_service_says() {
    let mut seen = String::new();
    for name in names() {
        let page = read(&name, "comments");
        let image = page.found.iter().find_map(|found| found.comment.author.image.clone());
        seen += &image.map(|image| format!("{name} {image}\n")).unwrap_or_default();
    }
    check("../images.txt", &seen);
}

fn picture(request: &Request) -> String {
    let mut seen = format!("{} {}\n", request.method, request.url);
    for (name, value) in &request.headers {
        seen += &[name, ": ", value, "\n"].concat();
    }
    seen += if request.cookies { "(with cookies)\n" } else { "" };
    seen + request.body.as_deref().map(|body| [body, "\n"].concat()).unwrap_or_default().as_str()
}

#[test]
fn every_intent_becomes_the_request_in_the_picture() {
    for name in names() {
        let profile = profile(&name);
        let before = variables(&profile, &name);
        let mut seen = String::new();
        let mut add = |what: &str, request: &Request| {
            seen += &["# ", what, "\n", &picture(request), "\n"].concat();
        };
        add("list", &profile.list(&before, None));
        if let Some(next) = read(&name, "comments").next {
            add("list, next page", &profile.list(&before, Some(&next)));
        }
        let all = written_by(before);
        let tree = Value::parse(&text_of(&name)).expect("JSON");
        for (operation, _) in tree.get("operations").map_or(&[][..], Value::members) {
            let root = all.clone().with("parent", profile.root_parent(&all));
            let root = root.with("parent.nick", Value::Null);
            let reply = all.clone().with("parent", Value::number(7)).with("root", Value::number(5));
            let variables = if operation == "create" { &root } else { &all };
            let request = match operation.as_str() {
                "replies" => profile.more_replies(variables, None),
                _ => profile.write(operation, variables),
            };
            add(operation, &request.expect("an operation"));
            if operation == "create" {
                add("create, a reply", &profile.write(operation, &reply).expect("an operation"));
            }
        }
        check(&format!("{name}/requests.txt"), &seen);
    }
}

#[test]
fn the_next_page_is_asked_for_with_what_the_last_one_said() {
    let isso = profile("isso");
    let variables = variables(&isso, "isso");
    let body = fixture("isso/page.json");
    let page = isso.page(Answer::new(&body, &variables), Some(&Value::number(50)));
    let request = isso.list(&variables, page.expect("a page").next.as_ref());
    assert!(request.url.contains("&limit=50&offset=52"), "{}", request.url);
}

/// The comment that the answer to `create` shows: identifier and parent.
#[track_caller]
fn check_created(name: &str, id: &str, parent: Option<&str>) {
    let (profile, body) = (profile(name), fixture(&format!("{name}/created.json")));
    let variables = Variables::default();
    let found = profile.written("create", &Answer::new(&body, &variables)).expect("a comment");
    let parent_text = found.parent.as_ref().and_then(Value::as_text);
    assert_eq!((found.id.as_text(), parent_text), (Some(id), parent), "{name}");
}

/// People forge the times of what they write: the service knows when it came.
#[test]
fn of_two_times_the_earlier_is_taken() {
    for (name, created, indexed, taken) in [
        ("now", "2026-11-20T10:00:00Z", "2026-11-20T10:00:01Z", "2026-11-20T10:00:00Z"),
        ("ahead", "2199-01-01T00:00:00Z", "2026-11-20T10:00:01Z", "2026-11-20T10:00:01Z"),
        ("before", "2001-01-01T00:00:00Z", "2026-11-20T10:00:01Z", "2001-01-01T00:00:00Z"),
        ("zero", "1970-01-01T00:00:00Z", "2026-11-20T10:00:01Z", "2026-11-20T10:00:01Z"),
        ("no date", "yesterday", "2026-11-20T10:00:01Z", "2026-11-20T10:00:01Z"),
        ("alone", "2026-11-20T10:00:00Z", "", "2026-11-20T10:00:00Z"),
    ] {
        let text = [
            r#"{"thread":{"replies":[{"post":{"uri":"at://x/y/1","indexedAt":""#,
            indexed,
            r#"","record":{"text":"a","langs":["pt_BR"],"createdAt":""#,
            created,
            r#""}}}]}}"#,
        ];
        let value = Value::parse(&text.concat()).expect("JSON");
        let profile = profile("bluesky");
        let variables = variables(&profile, "bluesky");
        let page = profile.page(Answer::new(&value, &variables), None).expect("a page");
        let comment = &page.found[0].comment;
        assert_eq!(comment.created, Time::parse(taken, 0), "{name}");
        assert_eq!(comment.language.as_deref(), Some("pt-BR"), "{name}");
    }
}

#[test]
fn what_was_written_is_read_back() {
    check_created("isso", "3", Some("1"));
    check_created("wordpress", "4", Some("2"));
    check_created("waline", "3", Some("1"));
    check_created("json-server", "14", Some("1"));
    let none = Variables::default();
    let told =
        |name: &str, body: &Value| profile(name).told("create", "id", &Answer::new(body, &none));
    let django = fixture("django-comments-xtd/created.json");
    assert!(told("django-comments-xtd", &django).is_some());
    assert_eq!(profile("isso").written("delete", &Answer::new(&Value::Null, &none)), None);
}

#[track_caller]
fn check_vote(name: &str, operation: &str, answer: &str, tally: Option<Tally>) {
    let (value, none) = (Value::parse(answer).expect("JSON"), Variables::default());
    let shown = Tally { up: 3, down: Some(1), mine: Vote::Up };
    assert_eq!(profile(name).voted(operation, &Answer::new(&value, &none), shown), tally, "{name}");
}

#[test]
fn what_a_vote_brought_is_read() {
    let tally = |up, down, mine| Some(Tally { up, down, mine });
    check_vote("isso", "upvote", r#"{"likes":4,"dislikes":1}"#, tally(4, Some(1), Vote::Up));
    let native = r#"{"upvoteCount":1,"downvoteCount":0,"viewerVote":0,"token":"t"}"#;
    check_vote("native", "vote", native, tally(1, Some(0), Vote::None));
    check_vote("waline", "upvote", r#"{"errno":0,"data":{"like":9}}"#, tally(9, Some(1), Vote::Up));
    let artalk = r#"{"up":2,"down":5,"is_up":false,"is_down":true}"#;
    check_vote("artalk", "downvote", artalk, tally(2, Some(5), Vote::Down));
    check_vote("twikoo", "upvote", r#"{"updated":1}"#, None);
    let (value, none) = (Value::parse(native).expect("JSON"), Variables::default());
    assert_eq!(profile("native").token(&Answer::new(&value, &none)).as_deref(), Some("t"));
}

#[test]
fn what_cannot_be_done_is_not_offered() {
    let offers = |name: &str, token: bool| profile(name).offers(token);
    assert!(!offers("mastodon", true).create && !offers("wordpress", false).upvote);
    assert!(!offers("lemmy", false).create && offers("lemmy", true).create);
    assert!(offers("lemmy", false).replies && offers("native", false).rate);
    assert!(offers("remark42", false).unvote && offers("wordpress", false).create);
}

#[track_caller]
fn check_trouble(service: &str, status: u16, body: &str, trouble: Trouble) {
    assert_eq!(profile(service).trouble(status, body, None), trouble, "{service}");
}

fn refused(reason: &str) -> Trouble {
    Trouble::Refused { reason: reason.to_owned() }
}

#[test]
fn troubles_are_told_in_the_services_own_words() {
    let page = "<!doctype html>\n<h1>Bad Request</h1>\n<p>text is too <b>short</b></p>\n";
    check_trouble("isso", 400, page, refused("text is too short"));
    check_trouble("isso", 403, r#"{"message":"403 Forbidden"}"#, refused("403 Forbidden"));
    let native = r#"{"title":"No","detail":"text is &lt;empty&gt;"}"#;
    check_trouble("native", 422, native, refused("text is <empty>"));
    check_trouble("native", 403, "", Trouble::NotAllowed);
    check_trouble("native", 403, "{}", Trouble::NotAllowed);
    for firewall in [
        "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center></body></html>",
        "<!DOCTYPE HTML><h1>Forbidden</h1><p>You don't have permission to access this resource.</p>",
        "<!DOCTYPE html><title>Attention Required!</title><p>This website is using a security service.</p>",
        "error code: 1020",
    ] {
        check_trouble("native", 403, firewall, Trouble::Blocked);
        check_trouble("wordpress", 406, firewall, Trouble::Blocked);
    }
    check_trouble("native", 404, "{}", Trouble::Gone);
    check_trouble("native", 429, "{}", Trouble::TooFast { wait: None });
    check_trouble("native", 502, "<p>nginx</p>", Trouble::Broken { status: 502 });
    let wordpress = r#"{"code":"rest_invalid_param","message":"Invalid parameter(s): author_email",
        "data":{"status":400,"params":{"author_email":"Invalid email address."}}}"#;
    check_trouble("wordpress", 400, wordpress, refused("author_email: Invalid email address."));
    let duplicate = r#"{"code":"comment_duplicate","message":"you&#8217;ve already said that!","data":{"status":409}}"#;
    let said = Trouble::Duplicate { reason: "you’ve already said that!".to_owned() };
    check_trouble("wordpress", 409, duplicate, said);
    let flood = r#"{"code":"comment_flood","message":"Slow down.","data":{"status":400}}"#;
    check_trouble("wordpress", 400, flood, Trouble::TooFast { wait: None });
    let closed = r#"{"code":"rest_comment_closed","message":"Sorry","data":{"status":403}}"#;
    check_trouble("wordpress", 403, closed, Trouble::Closed);
    check_trouble(
        "waline",
        200,
        r#"{"errno":1000,"errmsg":"Duplicate Content"}"#,
        refused("Duplicate Content"),
    );
    check_trouble(
        "waline",
        200,
        r#"{"errno":1001,"errmsg":{"nick":"nick is required"}}"#,
        refused("nick: nick is required"),
    );
    check_trouble("django-comments-xtd", 400, r#"["name","email"]"#, refused("name, email"));
    check_trouble("django-comments-xtd", 400, r#""bad hash""#, refused("bad hash"));
    check_trouble("json-server", 404, "{}", Trouble::Gone);
    check_trouble("remark42", 401, "Unauthorized", Trouble::SignIn);
    check_trouble(
        "remark42",
        403,
        r#"{"code":8,"details":"read-only","error":"rejected"}"#,
        Trouble::Closed,
    );
    check_trouble(
        "graphql",
        200,
        r#"{"errors":[{"message":"permission denied"}],"data":null}"#,
        refused("permission denied"),
    );
    let field = r#"{"status":400,"message":"Failed.","data":{"text":{"code":"required","message":"Cannot be blank."}}}"#;
    check_trouble("pocketbase", 400, field, refused("text: Cannot be blank."));
    check_trouble("twikoo", 200, r#"{"code":1000,"message":"慢一点"}"#, refused("慢一点"));
}

#[test]
fn a_success_may_be_an_error() {
    let failed = |name: &str, body: &str| {
        let (value, none) = (Value::parse(body).expect("JSON"), Variables::default());
        profile(name).failed(&Answer::new(&value, &none))
    };
    assert!(failed("waline", r#"{"errno":1000}"#) && !failed("waline", r#"{"errno":0}"#));
    assert!(
        failed("twikoo", r#"{"data":[],"message":"x"}"#)
            && !failed("twikoo", r#"{"code":0,"data":[]}"#)
    );
    assert!(failed("graphql", r#"{"errors":[{}]}"#) && !failed("native", r#"{"errors":[{}]}"#));
}

/// Which discussions another page of the site would not show, without an `article` on the tag and with one: a tag
/// that stays while a router exchanges the page reads those anew.
#[test]
fn a_discussion_is_of_its_page_or_not() {
    let of_its_page = |article: &str| {
        let of_page = |name: &String| {
            let given = Given {
                endpoint: "https://c.example".to_owned(),
                article: article.to_owned(),
                url: "https://b.example/first/".to_owned(),
                decoded: if article.is_empty() { "/first/" } else { article }.to_owned(),
                more: vec![("site".to_owned(), "s".to_owned())],
                ..Given::default()
            };
            let profile = profile(name);
            let given = if profile.variables(&given).is_ok() {
                given
            } else {
                Given { more: Vec::new(), ..given }
            };
            assert!(profile.fits(&given, &given), "{name}");
            let url = "https://b.example/second/".to_owned();
            let decoded = if article.is_empty() { "/second/" } else { article }.to_owned();
            !profile.fits(&given, &Given { url, decoded, ..given.clone() })
        };
        names().into_iter().filter(of_page).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        of_its_page(""),
        "artalk comentario graphql hacker-news hypothesis isso json-server native pocketbase postgrest remark42 \
         schema-org twikoo waline webmention"
    );
    assert_eq!(of_its_page("12"), "hypothesis remark42 schema-org webmention");
}
