//! Answers as broken or hostile servers give them: what can be read is read, what cannot is counted,
//! and nothing panics.

use jawjaw::json::Value;
use jawjaw::profile::Profile;
use jawjaw::profile::expression::Answer;
use jawjaw::profile::outline::outline;
use jawjaw::profile::page::Page;
use jawjaw::profile::template::Variables;

const PROFILE: &str = r##"{"profile":"x","version":1,"list":{"href":"https://c.example/c","items":"#/items",
    "nesting":{"parent":"/parent","children":"/replies"},"page":{"mode":"next","next":"#/next"},
    "total":"#/total"},"comment":{"id":"/id","author.name":"/by","author.url":"/site","text":"/text",
    "dateCreated":"/at","upvoteCount":"/likes","url":"/url"}}"##;

fn read(text: &str) -> Result<Page, String> {
    let profile = Profile::parse(PROFILE).expect("a profile");
    let value = Value::parse(text).expect("JSON");
    let variables = Variables::default();
    let mut answer = Answer::new(&value, &variables);
    answer.url = "https://c.example/c?page=1";
    profile.page(answer, None)
}

#[track_caller]
fn check(items: &str, picture: &str) {
    let page = read(&[r#"{"items":"#, items, "}"].concat()).expect("a page");
    let seen = outline(&page, false);
    assert_eq!(seen.trim_end().replace("\ntotal unknown\nnext none", ""), picture);
}

#[track_caller]
fn check_error(answer: &str, error: &str) {
    let said = read(answer).expect_err("an error");
    assert!(said.contains(error), "{said}");
}

#[test]
fn what_is_no_list_is_an_error_that_says_where() {
    check_error("{}", "/list/items says \"#/items\", where a list must be; there is nothing");
    check_error(r#"{"items":"x"}"#, "there is a string");
    check_error(
        r#"{"items":{"a":1}}"#,
        "there is an object; write \"container\": \"object\" if its members are the comments",
    );
    check_error("7", "there is nothing");
    check("null", "total unknown\nnext none");
    check("[]", "total unknown\nnext none");
}

#[test]
fn what_cannot_be_read_is_counted_and_its_neighbours_are_shown() {
    check(
        r#"[{"id":1},null,"x",{"by":"no id"},{"id":{}},{"id":2}]"#,
        "1 - -\n2 - -\n4 could not be read: /comment/id says \"/id\", which is not in null",
    );
    check_error(
        r#"{"items":[{"by":"no id"}]}"#,
        "/comment/id says \"/id\", which is not in {\"by\":\"no id\"}",
    );
    check(
        r#"[{"id":1,"replies":[{"text":"no id","replies":[{"id":3}]}]}]"#,
        "1 - -\n  3 - -\n1 could not be read: /comment/id says \"/id\", which is not in {\"text\":\"no id\",\"replies\":[{\"id\":3}]}",
    );
}

#[test]
fn parents_may_be_anything() {
    check(
        r#"[{"id":1,"parent":1},{"id":2,"parent":"1"},{"id":"3","parent":2}]"#,
        "1 - -\n  2 - -\n    3 - -",
    );
    check(
        r#"[{"id":1,"parent":0},{"id":2,"parent":""},{"id":3,"parent":false},{"id":4,"parent":[]}]"#,
        "1 - -\n2 - -\n3 - -\n4 - -",
    );
    check(r#"[{"id":1,"parent":99},{"id":2,"parent":1}]"#, "1 - -\n  2 - -");
    check(
        r#"[{"id":1,"parent":2},{"id":2,"parent":1},{"id":3,"parent":3}]"#,
        "2 - -\n  1 - -\n3 - -",
    );
    check(r#"[{"id":2,"parent":1},{"id":1}]"#, "1 - -\n  2 - -");
}

#[test]
fn a_nested_reply_stays_where_it_was_nested_unless_its_parent_is_here() {
    check(r#"[{"id":5,"replies":[{"id":8,"parent":999}]}]"#, "5 - -\n  8 - -");
    check(r#"[{"id":5,"replies":[{"id":8},{"id":9,"parent":8}]}]"#, "5 - -\n  8 - -\n    9 - -");
}

#[test]
fn twins_are_shown_once_and_large_numbers_are_kept() {
    check(r#"[{"id":1,"text":"a"},{"id":"1","text":"b"},{"id":1}]"#, "1 - - a");
    check(
        r#"[{"id":9007199254740993},{"id":9007199254740992,"parent":9007199254740993}]"#,
        "9007199254740993 - -\n  9007199254740992 - -",
    );
}

#[test]
fn members_of_the_wrong_type_are_as_good_as_absent() {
    check(
        r#"[{"id":1,"by":{"a":1},"text":[1],"at":{},"likes":"many","site":5,"url":"javascript:1"}]"#,
        "1 - -",
    );
    check(r#"[{"id":1,"by":7,"text":8,"at":"vor 5 Minuten"}]"#, "1 7 - 8");
    check(r#"[{"id":1,"at":"0001-01-01T00:00:00Z"},{"id":2,"at":"2026-02-30"}]"#, "1 - -\n2 - -");
    let page = read(r#"{"items":[],"total":-1,"next":""}"#).expect("a page");
    assert_eq!((page.total, page.next), (None, None));
}

#[test]
fn the_next_page_is_never_elsewhere() {
    let next =
        |next: &str| read(&[r#"{"items":[],"next":"#, next, "}"].concat()).expect("a page").next;
    let here = Some(Value::text("https://c.example/c?page=2"));
    assert_eq!(next(r#""?page=2""#), here);
    assert_eq!(next(r#""https://c.example/c?page=2""#), here);
    // Behind a proxy a service may not know how it is reached; nothing leaves the place of this page.
    assert_eq!(next(r#""http://c.example:8080/c?page=2""#), here);
    for elsewhere in [
        r#""https://evil.example/c?page=2""#,
        r#""//evil.example/""#,
        r#""javascript:alert(1)""#,
        r#""https://c.example.evil.example/""#,
        r#""https://c.example@evil.example/""#,
        "5",
        "{}",
    ] {
        assert_eq!(next(elsewhere), None, "{elsewhere}");
    }
}

#[test]
fn depth_is_bounded_and_neighbours_stay() {
    let nested = |levels: usize| {
        let open: Vec<String> = (0..levels).map(|n| format!(r#"{{"id":{n},"replies":["#)).collect();
        let open = open.concat();
        let close = "]}".repeat(levels);
        read(&[r#"{"items":["#, &open, &close, r#",{"id":"last"}]}"#].concat())
    };
    let page = nested(128).expect("a page");
    assert_eq!((page.found.len(), page.unread), (129, 0));
    let page = nested(100_000).expect("a page");
    assert!(
        page.found.iter().any(|found| found.id.as_text() == Some("last")),
        "the neighbour of the abyss"
    );
}

#[test]
fn long_answers_take_time_in_proportion() {
    let long = |count: usize| {
        let items: Vec<String> =
            (0..count).map(|n| format!(r#"{{"id":{n},"parent":{},"text":"x"}}"#, n / 2)).collect();
        [r#"{"items":["#, &items.join(","), "]}"].concat()
    };
    // Not a measurement: at twenty thousand comments a square would not end.
    assert_eq!(read(&long(20_000)).expect("a page").found.len(), 20_000);
    assert_eq!(
        read(&long(30_000)).expect("a page").found.len(),
        20_000,
        "as many as anybody reads"
    );
}
