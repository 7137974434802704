//! What the language of profiles can say that no fixture of a built-in profile shows.

use jawjaw::domain::body::{Extras, Format};
use jawjaw::json::Value;
use jawjaw::profile::Profile;
use jawjaw::profile::expression::Answer;
use jawjaw::profile::outline::outline;
use jawjaw::profile::page::Page;
use jawjaw::profile::template::Variables;

/// Reads a list of comments; `list` and `comment` are more members of those two.
fn read(list: &str, comment: &str, items: &str) -> Page {
    let profile = format!(
        r##"{{"profile":"x","version":1,"variables":{{"p":{{}}}},"list":{{"href":"https://c.example/c{{?p}}","items":"#"{list}}},
        "comment":{{"id":"/id"{comment}}}}}"##
    );
    let profile = Profile::parse(&profile).expect("a profile");
    let (value, variables) = (Value::parse(items).expect("JSON"), Variables::default());
    profile.page(Answer::new(&value, &variables), None).expect("a page")
}

#[test]
fn the_format_of_a_text_may_stand_in_the_comment() {
    let text = r#","text":{"from":"/t","encodingFormat":"/kind"}"#;
    let page = read(
        "",
        text,
        r#"[{"id":1,"t":"<b>a</b>","kind":"TEXT/HTML; charset=utf-8"},{"id":2,"t":"<b>","kind":"text/plain"}]"#,
    );
    let formats: Vec<Format> = page.found.iter().map(|found| found.comment.body.format).collect();
    assert_eq!(formats, [Format::Html, Format::Plain]);
}

#[test]
fn what_parents_refer_to_is_never_the_identifier_instead() {
    let nesting = r#","nesting":{"parent":"/re","refersTo":"/seq"}"#;
    let page =
        read(nesting, r#","text":"/t""#, r#"[{"id":1},{"id":2,"seq":1},{"id":3,"seq":3,"re":1}]"#);
    assert!(
        outline(&page, false).starts_with("1 - -\n2 - -\n  3 - -\n"),
        "{}",
        outline(&page, false)
    );
}

#[track_caller]
fn check_next(scope: &str, next: Option<&str>) {
    let list = format!(
        r#","nesting":{{"parent":"/re"}},"page":{{"mode":"offset","param":"p","size":2{scope}}}"#
    );
    let page = read(&list, r#","text":"/t""#, r#"[{"id":1},{"id":2,"re":1},{"id":3}]"#);
    assert_eq!(page.next.as_ref().and_then(Value::as_text), next, "{scope}");
}

#[test]
fn an_offset_counts_comments_or_only_those_without_a_parent() {
    check_next("", Some("3"));
    check_next(r#","scope":"roots""#, Some("2"));
}

#[test]
fn a_thread_may_be_closed_by_itself() {
    let status =
        r#","text":"/t","status":[{"is":"closed","when":"/locked"},{"is":"spam","when":"/bad"}]"#;
    let page = read(
        r#","nesting":{"parent":"/re"}"#,
        status,
        r#"[{"id":1,"locked":true},{"id":2,"re":1},{"id":3,"bad":true}]"#,
    );
    assert!(
        outline(&page, false).starts_with("1 - - [closed]\n  2 - -\n3 - - [spam]\n"),
        "{}",
        outline(&page, false)
    );
}

/// The next page, or where another host says that it is.
#[track_caller]
fn check_address(mode: &str, answered: &str, said: &str, picture: &str) {
    let page = match mode {
        "next" => r##"{"mode":"next","next":"#/next"}"##,
        _ => r#"{"mode":"link"}"#,
    };
    let profile = format!(
        r##"{{"profile":"x","version":1,"list":{{"href":"x","items":"#/c","page":{page}}},
        "comment":{{"id":"/id","text":"/t"}}}}"##
    );
    let profile = Profile::parse(&profile).expect("a profile");
    let body = Value::parse(&format!(r#"{{"c":[{{"id":1}}],"next":"{said}"}}"#)).expect("JSON");
    let variables = Variables::default();
    let lines = [format!("Link: <{said}>; rel=\"next\"")];
    let headers = &lines[..];
    let mut answer = Answer::new(&body, &variables);
    (answer.url, answer.headers) = (answered, &headers);
    let page = profile.page(answer, None).expect("a page");
    let next = page.next.as_ref().and_then(Value::as_text).map(|next| ["ask ", next].concat());
    let seen = next.or(page.elsewhere.map(|address| ["say ", &address].concat()));
    assert_eq!(seen.as_deref().unwrap_or("nothing"), picture, "{mode}: {said} from {answered}");
}

#[test]
fn a_next_page_is_asked_at_the_scheme_and_port_of_the_page_before() {
    let here = "https://c.example:8443/api?x=1";
    for mode in ["next", "link"] {
        for (said, picture) in [
            ("https://c.example:8443/api?p=2", "ask https://c.example:8443/api?p=2"),
            ("http://c.example/api?p=2", "ask https://c.example:8443/api?p=2"),
            ("http://c.example:8000/api?p=2", "ask https://c.example:8443/api?p=2"),
            ("//C.Example/api?p=2", "ask https://c.example:8443/api?p=2"),
            ("/api?p=2", "ask https://c.example:8443/api?p=2"),
            ("?p=2", "ask https://c.example:8443/api?p=2"),
            ("https://evil.example/api?p=2", "say https://evil.example/api?p=2"),
            ("https://c.example@evil.example/", "say https://c.example@evil.example/"),
            ("https://c.example.evil.example/", "say https://c.example.evil.example/"),
            ("http://127.0.0.1:3000/api?p=2", "say http://127.0.0.1:3000/api?p=2"),
            ("javascript:alert(1)", "say javascript:alert(1)"),
        ] {
            check_address(mode, here, said, picture);
        }
        check_address(
            mode,
            "http://[::1]:80/c",
            "https://[::1]/c?p=2",
            "ask http://[::1]:80/c?p=2",
        );
        check_address(mode, "http://[::1]:80/c", "https://[::2]/c", "say https://[::2]/c");
        check_address(mode, here, "", "nothing");
    }
}

#[test]
fn replies_are_read_page_by_page() {
    let check = |page: &str, answer: &str, asked: &[&str]| {
        let query = match (page.contains("sizeParam"), page.contains("param")) {
            (true, _) => "{?p,n}",
            (_, true) => "{?p}",
            _ => "",
        };
        let profile = format!(
            r##"{{"profile":"x","version":1,"list":{{"href":"https://c.example/c{{?p}}","items":"#",
            "page":{{"mode":"number","param":"p","size":1}}}},"comment":{{"id":"/id","text":"/t"}},
            "operations":{{"replies":{{"href":"https://c.example/{{id}}{query}",
            "result":{{"items":"#/c"}}{page}}}}}}}"##
        );
        let profile = Profile::parse(&profile).expect("a profile");
        let variables = Variables::default().with("id", Value::number(7));
        let (above, body) = (Value::number(7), Value::parse(answer).expect("JSON"));
        let (mut next, mut seen) = (None, Vec::new());
        for _ in asked {
            let request = profile.more_replies(&variables, next.as_ref()).expect("a request");
            seen.push(request.url.clone());
            let mut answer = Answer::new(&body, &variables);
            answer.url = &request.url;
            let page = profile.replies(answer, next.as_ref(), &above).expect("replies");
            assert!(page.found.iter().all(|found| found.parent.as_ref() == Some(&above)));
            next = page.next;
        }
        assert_eq!(seen, asked);
    };
    let two = r#"{"c":[{"id":8},{"id":9}],"more":true,"next":"x","at":"?after=9"}"#;
    let first = "https://c.example/7";
    check("", two, &[first]);
    check(
        r#","page":{"mode":"number","param":"p","sizeParam":"n","size":2}"#,
        two,
        &["https://c.example/7?p=1&n=2", "https://c.example/7?p=2&n=2"],
    );
    let offset = r#","page":{"mode":"offset","param":"p","size":2}"#;
    check(offset, two, &[first, "https://c.example/7?p=2", "https://c.example/7?p=4"]);
    let cursor = r##","page":{"mode":"cursor","param":"p","cursor":"#/next"}"##;
    check(cursor, two, &[first, "https://c.example/7?p=x"]);
    let key = r#","page":{"mode":"key","param":"p","cursor":"/id"}"#;
    check(key, two, &[first, "https://c.example/7?p=9"]);
    let next = r##","page":{"mode":"next","next":"#/at"}"##;
    check(next, two, &[first, "https://c.example/7?after=9"]);
}

#[test]
fn a_list_may_be_known_to_be_cut() {
    let cut = |list: &str, items: &str| read(list, r#","text":"/t""#, items).truncated;
    let full = r##","truncated":{"from":"#","count":true,"eq":2}"##;
    assert!(cut(full, r#"[{"id":1},{"id":2}]"#) && !cut(full, r#"[{"id":1}]"#));
    assert!(!cut("", r#"[{"id":1},{"id":2}]"#));
}

/// One comment of a service that tells what `comment` says it does, in an answer from there.
fn extras(comment: &str, item: &str) -> Extras {
    let page = read("", comment, &["[", item, "]"].concat());
    page.found[0].comment.body.extras.as_deref().cloned().unwrap_or_default()
}

#[test]
fn what_hangs_from_a_comment_is_found() {
    let told = r#","text":"/t","attachments":[{"items":"/files","contentUrl":"/u","thumbnailUrl":"/s","encodingFormat":"/type",
        "name":["/alt","/n"]},{"items":"/card","contentUrl":"/u"},{"items":"/photos","contentUrl":["/value",""],
        "encodingFormat":{"const":"image"}},{"items":"/poll/options","name":"/title"}]"#;
    let item = r#"{"id":1,"files":[{"u":"https://f.example/a.png","type":"image/png","alt":"A"},
        {"u":"https://f.example/a.mp4","s":"https://f.example/s.png","type":"video","n":"N"},
        {"u":"javascript:a","type":"image"},{"u":"https://f.example/a.pdf"}],"card":{"u":"https://c.example/"},
        "photos":["https://p.example/1","/2",{"value":"https://p.example/3"}],"poll":{"options":[{"title":"Yes"}]}}"#;
    let seen: Vec<String> = extras(told, item)
        .attachments
        .into_iter()
        .map(|it| [it.href, it.picture, Some(it.words)].map(Option::unwrap_or_default).join(" "))
        .collect();
    assert_eq!(
        seen,
        [
            "https://f.example/a.png https://f.example/a.png A",
            "https://f.example/a.mp4 https://f.example/s.png N",
            "https://f.example/a.pdf  ",
            "https://c.example/  ",
            "https://p.example/1 https://p.example/1 ",
            "https://p.example/3 https://p.example/3 ",
            "  Yes"
        ]
    );
}

#[test]
fn warnings_and_signs_are_found() {
    let told = r#","text":"/t","contentWarning":"/cw","sensitive":{"any":["/nsfw"]},
        "emojis":[{"items":"/e","shortcode":"/c","image":"/i"},{"items":"/by/e","shortcode":"/c","image":"/i"}]"#;
    let item = r#"{"id":1,"cw":"Film","nsfw":true,"e":[{"c":"cat","i":"https://e.example/c"},{"c":"x","i":"data:x"}],
        "by":{"e":[{"c":"dog","i":"https://e.example/d"}]}}"#;
    let seen = extras(told, item);
    assert_eq!((seen.warning.as_str(), seen.sensitive), ("Film", true));
    let names: Vec<&str> = seen.emojis.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["cat", "dog"]);
    let seen = extras(told, r#"{"id":1,"cw":"","nsfw":false}"#);
    assert_eq!((seen.warning.as_str(), seen.sensitive), ("", false));
}
