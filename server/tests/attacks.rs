//! One or a few readers inside the shipped limits do not take the server from the others.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::{Server, check_problem, comment, listen, start, text};

fn connect(server: &Server) -> TcpStream {
    let stream =
        TcpStream::connect(server.url.trim_start_matches("http://")).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a limit");
    stream
}

/// Sends bytes as they are; everything that comes back until the other end closes.
fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    stream.write_all(bytes).expect("it is taken");
    let mut answer = Vec::new();
    // A reset in the end does not take what came before.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

/// A page is bounded by its bytes too; nothing of it is lost, in either order.
#[test]
fn a_page_is_bounded_by_its_bytes() {
    let server = start(&[]);
    // Each letter becomes five of HTML.
    let large = "&".repeat(9_990);
    let mut written = Vec::new();
    for number in 0..45 {
        let parent = if number % 3 == 2 { written.last().cloned() } else { None };
        let posted = server.post(&format!("{number} {large}"), parent.as_deref(), None);
        written.push(text(&posted["identifier"]).to_owned());
    }
    for order in ["oldest", "newest"] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/comments?article=a&limit=200&order={order}{cursor}");
            let answer = server.ask("GET", &path, &[], None);
            assert!(answer.0.as_bytes().len() < 1_200_000, "{} bytes", answer.0.as_bytes().len());
            let page = answer.json();
            let comments = page["comment"].as_array().expect("a list");
            assert!(!comments.is_empty());
            seen.extend(comments.iter().map(|c| text(&c["identifier"]).to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen.len(), written.len());
        seen.sort();
        let mut all = written.clone();
        all.sort();
        assert_eq!(seen, all);
    }
}

/// Texts made to be slow do not keep others from writing, and do not grow in the database.
#[test]
fn nested_texts_neither_block_nor_grow() {
    let server = start(&[]);
    for text in [">".repeat(9_999), "* ".repeat(5_000), "> - ".repeat(2_500), "1. ".repeat(3_333)] {
        let begin = Instant::now();
        let answer = server.ask("POST", "/comments", &[], Some(&comment(&text, None)));
        assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
        let html = answer.json()["html"].as_str().unwrap_or_default().len();
        assert!(html <= 65_536, "{html} bytes of HTML");
        assert!([201, 422].contains(&answer.status()));
    }
    let references = format!("[a]: http://{}\n\n{}", "u".repeat(1_000), "[a] ".repeat(2_200));
    check_problem(
        &server.ask("POST", "/comments", &[], Some(&comment(&references, None))),
        422,
        "unprocessable",
        Some("#/text"),
    );
}

/// A hundred names may be asked for, and one of them a hundred times. (What that costs is measured by work
/// and not by time: `counting_looks_at_nothing_but_the_articles`.)
#[test]
fn articles_are_counted_however_often_they_are_named() {
    let server = start(&[]);
    for number in 0..5 {
        server.post(&number.to_string(), None, None);
    }
    let many = "article=a&".repeat(99) + "article=b";
    let counts = server.get(&format!("/counts?{many}"));
    assert_eq!(counts["commentCount"], json!({ "a": 5, "b": 0 }));
    let too_many = "article=a&".repeat(101);
    assert_eq!(server.ask("GET", &format!("/counts?{too_many}"), &[], None).status(), 400);
}

/// A head or a body that never ends is ended.
#[test]
fn half_a_request_is_ended() {
    let server = start(&[]);
    let begin = Instant::now();
    let waits: Vec<_> = ["GET /api/v1/comments?arti", "", "GET / HTTP/1.1\r\nx: "]
        .into_iter()
        .map(|half| {
            let mut stream = connect(&server);
            stream.write_all(half.as_bytes()).expect("it is taken");
            std::thread::spawn(move || stream.read_to_end(&mut Vec::new()).map(drop))
        })
        .collect();
    for wait in waits {
        wait.join().expect("it ends").expect("the server closes it");
    }
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    // A head may not be large either.
    let large = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(300_000));
    assert_eq!(status(&raw(&server, large.as_bytes())), "431");
}

/// With more idle connections than it may have, others are served as soon as those ended.
#[test]
fn idle_connections_do_not_shut_others_out() {
    let server = start(&["--connections", "16"]);
    let idle: Vec<TcpStream> = (0..40).map(|_| connect(&server)).collect();
    let begin = Instant::now();
    let answer = minreq::get(format!("{}/api/v1/comments?article=a", server.url)).with_timeout(60);
    assert_eq!(answer.send().expect("an answer").status_code, 200);
    assert!(begin.elapsed() < Duration::from_secs(45), "{:?}", begin.elapsed());
    drop(idle);
}

/// One address has ten places among the listeners and is told so; the rest is for others.
#[test]
fn one_address_does_not_take_all_places_of_listeners() {
    let server = start(&["--behind-proxy"]);
    let mut open = Vec::new();
    for number in 0..12 {
        let mut told = listen(&server, "a");
        let first = told.next().expect("a status");
        assert_eq!(first.contains("200"), number < 10, "{number}: {first}");
        open.push(told);
    }
    let path = "/api/v1/events?article=a";
    let other = raw(&server, format!("HEAD {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-forwarded-for: 7.7.7.7\r\n\r\n").as_bytes());
    assert_eq!(status(&other), "200", "another address has its own");
    let mine = server.ask("GET", "/events?article=a", &[], None);
    check_problem(&mine, 429, "too-many-streams", None);
    assert_ne!(mine.header("retry-after"), "");
}

#[test]
fn when_all_places_are_taken_the_server_says_so() {
    let server = start(&["--streams", "2"]);
    let open: Vec<_> = (0..2)
        .map(|_| {
            let mut told = listen(&server, "a");
            told.next();
            told
        })
        .collect();
    let full = server.ask("GET", "/events?article=a", &[], None);
    check_problem(&full, 503, "crowded", None);
    drop(open);
}

/// An attacker has a /64 of addresses; a home has one too.
#[test]
fn addresses_count_as_who_has_them() {
    let server = start(&["--behind-proxy", "--writes-per-minute", "5"]);
    let rate = |address: &str| {
        let stars = json!({ "ratingValue": 1 });
        let headers = [("x-forwarded-for", address)];
        server.ask("PUT", "/rating?article=a", &headers, Some(&stars)).status()
    };
    let taken = |addresses: &mut dyn Iterator<Item = String>| {
        addresses.filter(|address| rate(address) == 200).count()
    };
    assert_eq!(taken(&mut (0..40).map(|n| format!("2001:db8:1:2::{n:x}"))), 5);
    assert_eq!(taken(&mut (0..10).map(|n| format!("[2001:db8:1:3::{n:x}]:4711"))), 5);
    assert_eq!(taken(&mut (0..10).map(|n| format!("5.5.5.6:{}", 1000 + n))), 5);
    let both = ["7.7.7.7", "::ffff:7.7.7.7"];
    assert_eq!(taken(&mut both.iter().cycle().take(10).map(|a| (*a).to_owned())), 5);
    // What stands before the address that the proxy saw is anybody's word.
    let told = (0..10).map(|n| format!("{n}.{n}.{n}.{n}, 8.8.4.4"));
    assert_eq!(taken(&mut told.into_iter()), 5);
}

#[test]
fn nobody_is_believed_without_being_trusted() {
    let server = start(&["--writes-per-minute", "5"]);
    let taken = (0..20)
        .filter(|n| {
            let address = format!("7.7.7.{n}");
            let headers = [("x-forwarded-for", address.as_str())];
            let stars = json!({ "ratingValue": 1 });
            server.ask("PUT", "/rating?article=a", &headers, Some(&stars)).status() == 200
        })
        .count();
    assert_eq!(taken, 5);
}

/// Each first vote is a new voter; an address has only so many an hour.
#[test]
fn votes_of_new_browsers_are_few_for_each_address() {
    let server = start(&["--newcomers-per-hour", "4"]);
    let rate = |token: Option<&str>| {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = bearer.iter().map(|b| ("authorization", b.as_str())).collect();
        server.ask("PUT", "/rating?article=a", &headers, Some(&json!({ "ratingValue": 1 })))
    };
    let first = rate(None).json();
    let taken = (0..20).filter(|_| rate(None).status() == 200).count();
    assert_eq!(taken, 3);
    assert_eq!(rate(Some(text(&first["token"]))).status(), 200, "who has voted may change it");
    server.post("comments go on", None, None);
}

/// Who votes without having read anything is no reader. Who has just begun to read is kept a moment, and
/// who voted before is not.
#[test]
fn a_first_vote_comes_after_reading() {
    let server = start(&["--vote-after", "1", "--behind-proxy"]);
    let posted = server.post("a", None, None);
    let rate = |address: &str, more: &[(&str, &str)]| {
        let headers = [&[("x-forwarded-for", address)], more].concat();
        server.ask("PUT", "/rating?article=a", &headers, Some(&json!({ "ratingValue": 1 })))
    };
    let vote = format!("/comments/{}/vote", text(&posted["identifier"]));
    for address in ["7.7.7.7", "2001:db8::1"] {
        let refused = rate(address, &[]);
        check_problem(&refused, 429, "unread", None);
        assert_ne!(refused.header("retry-after"), "");
    }
    let nobody = [("authorization", "Bearer 0123456789abcdef")];
    check_problem(&rate("7.7.7.8", &nobody), 429, "unread", None);
    let headers = [("x-forwarded-for", "7.7.7.9")];
    let refused = server.ask("PUT", &vote, &headers, Some(&json!({ "viewerVote": 1 })));
    check_problem(&refused, 429, "unread", None);
    assert_eq!(server.get("/rating?article=a")["aggregateRating"]["ratingCount"], json!(0));
    for (number, path) in ["/comments?article=a", "/rating?article=a"].iter().enumerate() {
        let address = format!("6.6.6.{number}");
        let read = server.ask("GET", path, &[("x-forwarded-for", &address)], None);
        assert_eq!(read.status(), 200);
        let begin = Instant::now();
        let rated = rate(&address, &[]);
        assert_eq!(rated.status(), 200, "{}", rated.json());
        assert!(begin.elapsed() > Duration::from_millis(500), "it came at once");
        // From anywhere else, too.
        let bearer = format!("Bearer {}", text(&rated.json()["token"]));
        let again = rate(&format!("5.5.5.{number}"), &[("authorization", &bearer)]);
        assert_eq!(again.status(), 200);
    }
}

/// A link checker that asks for heads does not use up what its address may write.
#[test]
fn asking_for_a_head_is_reading() {
    let server = start(&["--writes-per-minute", "3"]);
    for _ in 0..31 {
        let head =
            "HEAD /api/v1/comments?article=a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        assert_eq!(status(&raw(&server, head.as_bytes())), "200");
    }
    server.post("a", None, None);
}

/// An answer that comes before the body was read ends the connection and says so, and is received.
#[test]
fn an_early_refusal_is_heard() {
    let server = start(&["--writes-per-minute", "1"]);
    let head = |length: usize, more: &str| {
        format!(
            "POST /api/v1/comments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{more}\r\n"
        )
    };
    let body = comment("a", None).to_string();
    let whole = head(body.len(), "connection: close\r\n") + &body;
    assert_eq!(status(&raw(&server, whole.as_bytes())), "201");
    // Head and body apart, as many clients send them.
    let mut stream = connect(&server);
    stream.write_all(head(body.len(), "").as_bytes()).expect("it is taken");
    let mut answer = String::new();
    let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
    while !answer.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut answer).expect("an answer") > 0, "{answer}");
    }
    assert_eq!(status(&answer), "429");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    let server = start(&[]);
    // Ten megabytes are refused before they come, and who sends them anyway hears it.
    let large = vec![b'x'; 10_000_000];
    let waits = head(large.len(), "expect: 100-continue\r\n");
    let mut stream = connect(&server);
    stream.write_all(waits.as_bytes()).expect("it is taken");
    let mut answer = String::new();
    BufReader::new(&stream).read_line(&mut answer).expect("an answer");
    assert_eq!(status(&answer), "413");
    let sent = [head(large.len(), "").as_bytes(), &large].concat();
    let answer = raw(&server, &sent);
    assert_eq!(status(&answer), "413", "{answer}");
}

/// A body that is cut or malformed is not too large.
#[test]
fn a_broken_body_is_called_broken() {
    let server = start(&[]);
    let head = "POST /api/v1/comments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n");
    let answer = raw(&server, chunked.as_bytes());
    assert_eq!(status(&answer), "400", "{answer}");
    let mut stream = connect(&server);
    stream
        .write_all(format!("{head}content-length: 50\r\n\r\n{{}}").as_bytes())
        .expect("it is taken");
    stream.shutdown(std::net::Shutdown::Write).expect("half is closed");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert_eq!(status(&answer), "400", "{answer}");
    let packed = format!(
        "{head}content-encoding: gzip\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
    );
    assert_eq!(status(&raw(&server, packed.as_bytes())), "415");
}

/// What one reader takes for this and another for that is refused.
#[test]
fn what_can_be_read_two_ways_is_refused() {
    let server = start(&[]);
    let end = "connection: close\r\n\r\n";
    let get = |line: &str, hosts: &str| {
        let answer = raw(&server, format!("GET {line} HTTP/1.1\r\n{hosts}{end}").as_bytes());
        status(&answer).to_owned()
    };
    let (list, host) = ("/api/v1/comments?article=a", "host: x\r\n");
    assert_eq!(get(list, host), "200");
    assert_eq!(get(list, ""), "400");
    assert_eq!(get(list, "host: x\r\nhost: y\r\n"), "400");
    assert_eq!(get("/api/v1/comments?article=%ff", host), "400");
    assert_eq!(get("/api/v1/comments?article=a%", host), "400");
    assert_eq!(get("/api/v1/comments?article=a%00b", host), "422");
    assert_eq!(get("/api/v1/comments?article=a&article=b", host), "400");
    assert_eq!(get("/api/v1/comments?article=a&cursor=%2B1-%2B1", host), "400");
    assert_eq!(get("/api/v1/comments?article=a&limit=%2B5", host), "400");
    let post = |body: &str| {
        let head =
            "POST /api/v1/comments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
        let answer =
            raw(&server, format!("{head}content-length: {}\r\n{end}{body}", body.len()).as_bytes());
        status(&answer).to_owned()
    };
    assert_eq!(post(r#"{"article":"a","text":"x","text":"y","author":{"name":"z"}}"#), "400");
    assert_eq!(post(r#"{"article":"a","text":"x","author":{"name":"z","name":"q"}}"#), "400");
    assert_eq!(post(r#"{"article":"a","text":"x","author":{"name":"z"}}"#), "201");
}

/// Every answer that is no success is a problem, also where there is no route.
#[test]
fn every_refusal_is_a_problem() {
    let dist = tempfile::tempdir().expect("a folder");
    std::fs::write(dist.path().join("a.js"), "1").expect("it is written");
    std::fs::write(dist.path().join(".secret"), "1").expect("it is written");
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("outside.txt"), "1").expect("it is written");
    std::os::unix::fs::symlink(outside.path().join("outside.txt"), dist.path().join("link.txt"))
        .expect("a link");
    let folder = dist.path().to_str().expect("text");
    for arguments in [vec![], vec!["--dist", folder]] {
        let server = start(&arguments);
        let check = |method: &str, path: &str, expected: &str| {
            let request =
                format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            let answer = raw(&server, request.as_bytes());
            assert_eq!(status(&answer), expected, "{method} {path}: {answer}");
            if expected != "200" {
                let problem = answer.to_lowercase();
                assert!(problem.contains("application/problem+json"), "{method} {path}: {answer}");
            }
        };
        check("GET", "/api", "404");
        check("GET", "/api/v1/", "404");
        check("GET", "/api/v1", "404");
        check("GET", "/nothing", "404");
        check("GET", "/.secret", "404");
        check("GET", "/link.txt", "404");
        check("GET", "/..%2fx", "404");
        check("DELETE", "/api/v1/counts", "405");
        check("POST", "/healthz", "405");
        check("GET", "/healthz", "200");
        check("GET", "/readyz", "200");
        for method in ["PATCH", "DELETE"] {
            let path = "/api/v1/comments/%ff";
            let body =
                "content-type: application/json\r\ncontent-length: 12\r\n\r\n{\"text\":\"x\"}";
            let request =
                format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{body}");
            let answer = raw(&server, request.as_bytes());
            assert_eq!(status(&answer), "404", "{answer}");
            assert!(answer.contains("application/problem+json"), "{answer}");
        }
        if !arguments.is_empty() {
            check("GET", "/a.js", "200");
            check("POST", "/a.js", "405");
        }
    }
}

/// A key is its writer's: a stranger who sends the same does not get the writer's secret.
#[test]
fn a_replay_does_not_hand_out_what_is_the_writers() {
    let server = start(&[]);
    let key = ("idempotency-key", "0f8c-4be1-9d2a-77aa-one");
    let first = server.ask("POST", "/comments", &[key], Some(&comment("mine", None))).json();
    let stranger = server.post("somebody else", None, None);
    let bearer = format!("Bearer {}", text(&stranger["token"]));
    let auth = ("authorization", bearer.as_str());
    let replay = server.ask("POST", "/comments", &[key, auth], Some(&comment("mine", None)));
    assert_eq!((replay.status(), replay.header("idempotency-replayed")), (201, "true"));
    let replay = replay.json();
    assert_eq!(replay["identifier"], first["identifier"]);
    for own in ["token", "text", "editableUntil"] {
        assert_eq!(replay.get(own), None, "{own}");
        assert!(first.get(own).is_some(), "{own}");
    }
    // Who lost the answer gets all of it.
    let again = server.ask("POST", "/comments", &[key], Some(&comment("mine", None))).json();
    assert_eq!(again, first);
    for short in ["1", "0f8c", "fifteen-letters"] {
        let key = [("idempotency-key", short)];
        let refused = server.ask("POST", "/comments", &key, Some(&comment("x", None)));
        check_problem(&refused, 400, "invalid", Some("#/Idempotency-Key"));
    }
}

/// What was deleted is not in the database's files any more, nor in an answer that is given again.
#[test]
fn what_was_deleted_is_gone() {
    use std::os::unix::fs::PermissionsExt;
    let mut server = start(&[]);
    let key = ("idempotency-key", "0f8c-4be1-9d2a-77aa-two");
    let mut body = comment("unmistakable-words", None);
    body["author"] = json!({ "name": "Unmistakable Name" });
    let posted = server.ask("POST", "/comments", &[key], Some(&body)).json();
    let bearer = format!("Bearer {}", text(&posted["token"]));
    let path = format!("/comments/{}", text(&posted["identifier"]));
    let gone = server.ask("DELETE", &path, &[("authorization", &bearer)], None);
    assert_eq!(gone.status(), 204);
    let again = server.ask("POST", "/comments", &[key], Some(&body)).json().to_string();
    assert!(
        again.contains("identifier") && !again.to_lowercase().contains("unmistakable"),
        "{again}"
    );
    std::process::Command::new("kill").arg(server.child.id().to_string()).status().expect("kill");
    server.child.wait().expect("it ends");
    for file in std::fs::read_dir(server.folder.path()).expect("a folder").flatten() {
        let bytes = std::fs::read(file.path()).expect("it can be read");
        let held = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!held.contains("unmistakable"), "{:?} holds it", file.path());
        let mode = file.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} is for others too", file.path());
    }
}

/// A change that is stored is told, also when its writer hung up.
#[test]
fn a_change_outlives_its_client() {
    let server = start(&[]);
    let mut told = listen(&server, "a");
    // It listens, and what is written from now on is told.
    assert_eq!(told.next().as_deref(), Some("HTTP/1.1 200 OK"));
    assert!(told.next().is_some_and(|count| count.contains("commentCount")));
    let body = |number: usize| comment(&format!("number {number}"), None).to_string();
    for number in 0..150 {
        let mut stream = connect(&server);
        let body = body(number);
        let request = format!(
            "POST /api/v1/comments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it is taken");
        // Gone a moment later, each time another.
        let until = Instant::now() + Duration::from_micros(37 * (number as u64 % 80));
        while Instant::now() < until {
            std::hint::spin_loop();
        }
    }
    let page = server.get("/comments?article=a&limit=200");
    let stored = page["comment"].as_array().expect("a list");
    assert!(stored.len() > 1, "some arrived");
    // Changes are told in their order: whatever was stored before this one is told before it.
    let last = server.post("the last", None, None);
    let mut heard = std::collections::HashSet::new();
    // A listener that is too far behind is asked to read the list again.
    let mut behind = false;
    while !heard.contains(text(&last["identifier"])) {
        let line = told.next().expect("the last is told");
        let value: Value = serde_json::from_str(&line["data: ".len()..]).expect("JSON");
        behind |= value["identifier"].is_null();
        heard.extend(value["identifier"].as_str().map(str::to_owned));
    }
    let silent = stored.iter().filter(|comment| !heard.contains(text(&comment["identifier"])));
    assert!(behind || silent.count() == 0, "some were not told");
}

/// Nothing is made for who never was there.
#[test]
fn taking_back_what_was_never_given_makes_nothing() {
    let server = start(&[]);
    let back = server.ask("DELETE", "/rating?article=never", &[], None);
    assert_eq!((back.status(), back.json().get("token")), (200, None));
    assert_eq!(back.json()["aggregateRating"]["ratingCount"], json!(0));
}

/// A comment that shows nothing is none; the longest one fits however it is written.
#[test]
fn blank_comments_are_refused_and_long_ones_fit() {
    let server = start(&[]);
    let post = |text: &str, name: &str, url: Option<&str>| {
        let body = json!({ "article": "a", "text": text, "author": { "name": name, "url": url } });
        server.ask("POST", "/comments", &[], Some(&body))
    };
    for blank in ["\u{200b}", "\u{2060}\u{2800}", "\u{ad} \u{3164}", "\u{e0020}"] {
        check_problem(&post(blank, "Ada", None), 422, "unprocessable", Some("#/text"));
        check_problem(&post("a", blank, None), 422, "unprocessable", Some("#/author/name"));
    }
    let shown = post("![](http://x)", "A\u{202e}da", None).json();
    assert_eq!(shown["html"], json!("<p>![](http://x)</p>\n"));
    assert_eq!(shown["author"]["name"], json!("Ada"));
    for url in
        ["https://a@b.org", "https://[::1", "https://x.org\\@y", "http://", "https://1.2.3.4.5"]
    {
        check_problem(&post("a", "Ada", Some(url)), 422, "unprocessable", Some("#/author/url"));
    }
    assert_eq!(post("a", "Ada", Some("https://bücher.example/ü")).status(), 201);
    assert_eq!(post(&("x".repeat(10_000) + "\n"), "Ada", None).status(), 201);
    // Ten thousand emoji as escapes are 120 kB.
    let escapes = "\\ud83d\\ude00".repeat(10_000);
    let body = format!(r#"{{"article":"a","text":"{escapes}","author":{{"name":"Ada"}}}}"#);
    let head = "POST /api/v1/comments HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    assert_eq!(status(&raw(&server, request.as_bytes())), "201");
}

/// When a deletion takes deleted parents with it, listeners hear of each.
#[test]
fn listeners_hear_of_everything_that_goes() {
    let server = start(&[]);
    let root = server.post("root", None, None);
    let token = text(&root["token"]).to_owned();
    let reply = server.post("reply", Some(text(&root["identifier"])), Some(&token));
    let bearer = format!("Bearer {token}");
    let auth = [("authorization", bearer.as_str())];
    server.ask("DELETE", &format!("/comments/{}", text(&root["identifier"])), &auth, None);
    let mut told = listen(&server, "a").skip(2);
    server.ask("DELETE", &format!("/comments/{}", text(&reply["identifier"])), &auth, None);
    let mut gone: Vec<Value> = (0..2)
        .map(|_| {
            serde_json::from_str(&told.next().expect("an event")["data: ".len()..]).expect("JSON")
        })
        .map(|comment: Value| {
            assert_eq!(comment["creativeWorkStatus"], json!("deleted"));
            comment["identifier"].clone()
        })
        .collect();
    gone.reverse();
    assert_eq!(gone, [root["identifier"].clone(), reply["identifier"].clone()]);
}
