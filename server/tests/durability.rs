//! Nothing that was acknowledged is lost, whatever the disk does and however the server stops.

mod support;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::{Server, binary, check_problem, comment, launch, start, text};

/// Texts of a discussion, by pages.
fn stored(server: &Server) -> Vec<String> {
    let mut out = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = server.get(&format!("/comments?article=a&limit=200{cursor}"));
        for comment in page["comment"].as_array().expect("a list") {
            let html = text(&comment["html"]).trim();
            out.push(html.trim_start_matches("<p>").trim_end_matches("</p>").to_owned());
        }
        let Some(next) = page["next"].as_str() else { return out };
        cursor = format!("&cursor={next}");
    }
}

fn stop(server: &mut Server) {
    Command::new("kill").arg(server.child.id().to_string()).status().expect("kill");
    assert!(server.child.wait().expect("it ends").success());
}

fn start_again(server: &mut Server, arguments: &[&str]) {
    let (child, url) = launch(&server.folder.path().join("test.db"), arguments);
    (server.child, server.url) = (child, url);
}

/// A full disk, then room again, then a write that is refused for a reason of its own: what is
/// acknowledged after that must be there, for others at once, and after a stop.
#[test]
fn after_a_full_disk_nothing_acknowledged_is_lost() {
    let small = ["--db-max-bytes", "400000"];
    let mut server = start(&small);
    let large = "x".repeat(9_000);
    let mut kept: Vec<(String, String)> = Vec::new();
    let mut refused = 0;
    while refused < 3 {
        assert!(kept.len() < 200, "the disk never fills");
        let words = format!("{} {large}", kept.len());
        let answer = server.ask("POST", "/comments", &[], Some(&comment(&words, None)));
        if answer.status() == 201 {
            let (token, id) = (answer.json()["token"].clone(), answer.json()["identifier"].clone());
            kept.push((text(&token).to_owned(), text(&id).to_owned()));
            continue;
        }
        // The truth, and when to come back.
        check_problem(&answer, 503, "full", None);
        let wait: u64 = answer.header("retry-after").parse().expect("seconds");
        assert!(wait > 0);
        refused += 1;
    }
    assert_eq!(stored(&server).len(), kept.len(), "reading goes on");
    // Room again.
    for (token, id) in kept.drain(..6) {
        let bearer = format!("Bearer {token}");
        let path = format!("/comments/{id}");
        let gone = server.ask("DELETE", &path, &[("authorization", &bearer)], None);
        assert_eq!(gone.status(), 204, "{}", gone.json());
    }
    // A write that is refused and rolls back.
    let vote = json!({ "viewerVote": 1 });
    assert_eq!(server.ask("PUT", "/comments/nobody/vote", &[], Some(&vote)).status(), 404);
    let mut acknowledged = Vec::new();
    for number in 0..50 {
        let words = format!("after {number}");
        let answer = server.ask("POST", "/comments", &[], Some(&comment(&words, None)));
        if answer.status() == 201 {
            acknowledged.push(words);
        }
    }
    assert_eq!(acknowledged.len(), 50, "there is room again");
    let lost = |server: &Server| {
        let stored = stored(server);
        acknowledged.iter().filter(|words| !stored.contains(words)).count()
    };
    assert_eq!(lost(&server), 0, "others see it");
    stop(&mut server);
    start_again(&mut server, &small);
    assert_eq!(lost(&server), 0, "it is there after a stop");
}

/// What an operator copies after a stop is one file with everything in it.
#[test]
fn after_a_stop_the_file_alone_holds_everything() {
    let mut server = start(&[]);
    for round in 0..8 {
        for number in 0..3 {
            server.post(&format!("round {round} number {number}"), None, None);
        }
        stop(&mut server);
        let db = server.folder.path().join("test.db");
        assert!(!db.with_extension("db-wal").exists(), "round {round} leaves a log");
        let elsewhere = tempfile::tempdir().expect("a folder");
        let copy = elsewhere.path().join("copy.db");
        std::fs::copy(&db, &copy).expect("it is copied");
        let (mut child, url) = launch(&copy, &[]);
        let list = minreq::get(format!("{url}/api/v1/comments?article=a")).send().expect("a list");
        let list: Value = serde_json::from_str(list.as_str().expect("text")).expect("JSON");
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
        assert_eq!(list["commentCount"], json!((round + 1) * 3));
        start_again(&mut server, &[]);
    }
}

/// While it is in use: the copy is whole, checked, for its owner only, and there at once.
#[test]
fn a_backup_is_whole_while_the_server_writes() {
    use std::os::unix::fs::PermissionsExt;
    let server = start(&[]);
    for number in 0..20 {
        server.post(&format!("number {number}"), None, None);
    }
    let db = server.folder.path().join("test.db");
    let target = server.folder.path().join("backup.db");
    // One of yesterday is replaced.
    std::fs::write(&target, "yesterday's").expect("it is written");
    let backup = |target: &std::path::Path| {
        let mut command = Command::new(binary());
        command.arg("backup").arg(target).arg("--db").arg(&db);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("it runs")
    };
    assert!(backup(&target).success());
    let mode = std::fs::metadata(&target).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let left: Vec<_> = std::fs::read_dir(server.folder.path()).expect("a folder").collect();
    assert!(
        left.iter().flatten().all(|file| !file.file_name().to_string_lossy().ends_with(".part"))
    );
    let (mut child, url) = launch(&target, &[]);
    let list = minreq::get(format!("{url}/api/v1/comments?article=a")).send().expect("a list");
    let list: Value = serde_json::from_str(list.as_str().expect("text")).expect("JSON");
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    assert_eq!(list["commentCount"], json!(20));
    // What cannot be done is not half done.
    assert!(!backup(&db).success(), "not onto itself");
    assert!(!backup(server.folder.path()).success(), "not onto a folder");
    assert!(!backup(&server.folder.path().join("no/such/folder.db")).success());
}

#[test]
fn a_locked_database_is_busy_and_a_damaged_start_says_why() {
    let server = start(&[]);
    server.post("a", None, None);
    let folder = server.folder.path();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(binary());
        let done = command.args(["--port", "0"]).args(arguments).stdout(Stdio::null()).output();
        let done = done.expect("it runs");
        (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let (fine, said) = run(&["--db", ":memory:"]);
    assert!(!fine && said.contains("memory"), "{said}");
    std::fs::write(folder.join("text.db"), "not a database, but long enough to be read as one")
        .expect("it is written");
    let (fine, said) = run(&["--db", folder.join("text.db").to_str().expect("text")]);
    assert!(!fine && said.contains("text.db"), "{said}");
    // Closing what is not there makes nothing.
    let nowhere = folder.join("nowhere.db");
    let name = nowhere.to_str().expect("text");
    let (fine, said) = run(&["--db", name, "--close", "a"]);
    assert!(!fine && said.contains("nowhere.db") && !nowhere.exists(), "{said}");
    let here = folder.join("test.db");
    let here = here.to_str().expect("text");
    let (fine, said) = run(&["--db", here, "--close", "typo"]);
    assert!(!fine && said.contains("typo"), "{said}");
    assert!(!run(&["--db", here, "--close", ""]).0);
    // Both are done.
    let (fine, said) = run(&["--db", here, "--close", "a", "--reopen", "a"]);
    assert!(fine, "{said}");
    assert_eq!(server.get("/comments?article=a")["closed"], json!(false));
}

/// With half a head, half a body, a listener and a reader that do not read: ten seconds are the most,
/// and a second signal is the end.
#[test]
fn a_stop_ends_whatever_clients_do() {
    use std::io::{Read, Write};
    let mut server = start(&[]);
    for _ in 0..60 {
        server.post(&"x".repeat(9_900), None, None);
    }
    let address = server.url.trim_start_matches("http://").to_owned();
    let send = |words: &str| {
        let mut stream = std::net::TcpStream::connect(&address).expect("a connection");
        stream.write_all(words.as_bytes()).expect("it is taken");
        stream
    };
    let list = "GET /api/v1/comments?article=a&limit=200 HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut open = vec![
        send("GET /api/v1/comments?art"),
        send(
            "POST /api/v1/comments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{",
        ),
        send("GET /api/v1/events?article=a HTTP/1.1\r\nhost: x\r\n\r\n"),
        send(&list.repeat(40)),
    ];
    let mut first = [0; 12];
    open[2].read_exact(&mut first).expect("the listener is heard");
    let kill = || {
        Command::new("kill").arg(server.child.id().to_string()).status().expect("kill");
    };
    let begin = Instant::now();
    kill();
    let mut ended = None;
    while ended.is_none() && begin.elapsed() < Duration::from_secs(15) {
        ended = server.child.try_wait().expect("it is ours");
        std::thread::sleep(Duration::from_millis(20));
    }
    let took = begin.elapsed();
    assert!(ended.is_some() && took <= Duration::from_secs(10), "{ended:?} after {took:?}");
    drop(open);
    start_again(&mut server, &[]);
    assert_eq!(stored(&server).len(), 60);
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut half = std::net::TcpStream::connect(&address).expect("a connection");
    half.write_all(b"GET / HT").expect("it is taken");
    let pid = server.child.id().to_string();
    Command::new("kill").arg(&pid).status().expect("kill");
    // It no longer takes connections: the first signal was heard.
    let until = Instant::now() + Duration::from_secs(5);
    while std::net::TcpStream::connect(&address).is_ok() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    let begin = Instant::now();
    Command::new("kill").arg(&pid).status().expect("kill");
    let ended = server.child.wait().expect("it ends");
    assert!(begin.elapsed() < Duration::from_secs(2), "{ended:?} after {:?}", begin.elapsed());
}
