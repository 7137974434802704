//! What the language of profiles can say that no fixture of a built-in profile shows.

use jawjaw::domain::body::Format;
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
