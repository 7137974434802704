//! Running it: settings, sockets, health, figures, logs.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use support::{Server, binary, comment, listen, start, text};

/// Runs to the end: whether it succeeded, what it said, what it complained of.
fn run(arguments: &[&str], environment: &[(&str, &str)]) -> (bool, String, String) {
    let mut command = Command::new(binary());
    command.args(arguments).envs(environment.iter().copied());
    let done = command.output().expect("it runs");
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.success(), words(&done.stdout), words(&done.stderr))
}

#[test]
fn settings_come_from_a_file_the_environment_and_flags() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("jawjaw.toml");
    let toml =
        "[limits]\nwrites_per_minute = 7\nreads_per_minute = 8\n[comments]\nedit_window = 60\n";
    std::fs::write(&file, toml).expect("it is written");
    let file = file.to_str().expect("text");
    let check = ["config", "check", "--config", file, "--edit-window", "30"];
    let (succeeded, said, wrong) = run(&check, &[("JAWJAW_LIMITS__READS_PER_MINUTE", "9")]);
    assert!(succeeded, "{wrong}");
    for line in [
        "limits.writes_per_minute = 7 ",
        "limits.reads_per_minute = 9 ",
        "comments.edit_window = 30 ",
        "server.listen = \"127.0.0.1:8787\" ",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    std::fs::write(file, "[limits]\n\nwrites_per_minut = 7\n").expect("it is written");
    let (succeeded, _, wrong) = run(&["config", "check", "--config", file], &[]);
    assert!(!succeeded && wrong.contains("jawjaw.toml:3"), "{wrong}");
    assert!(wrong.contains("did you mean limits.writes_per_minute?"), "{wrong}");
}

/// Before anything is made, and before it says that it listens.
#[test]
fn a_wrong_setting_ends_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = folder.path().join("new.db");
    let name = db.to_str().expect("text");
    for wrong in [
        ["--origin", "blog.example"],
        ["--origin", "https://blog.example/path"],
        ["--origin", "*/"],
        ["--origin", ""],
        ["--origin", "a,b"],
        ["--dist", "/nowhere"],
        ["--edit-window", "9223372036854775807"],
        ["--edit-window", "-1"],
        ["--trusted-proxy", "10/8"],
        ["--listen", "here"],
    ] {
        let arguments = ["--port", "0", "--db", name];
        let arguments = if wrong[0] == "--listen" { &arguments[2..] } else { &arguments[..] };
        let (fine, said, complaint) = run(&[arguments, &wrong].concat(), &[]);
        assert!(!fine && complaint.contains(wrong[0]), "{wrong:?}: {complaint}");
        assert!(said.is_empty() && !complaint.contains("panicked"), "{wrong:?}: {said}{complaint}");
        assert!(!db.exists(), "{wrong:?} made a database");
    }
    // A port that is taken.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("it has one").port().to_string();
    let (fine, _, complaint) = run(&["--port", &port, "--db", name], &[]);
    assert!(!fine && complaint.contains(&port) && !db.exists(), "{complaint}");
}

#[test]
fn origins_are_taken_as_browsers_write_them() {
    let server = start(&["--origin", "HTTPS://Blog.Example/", "--origin", "http://localhost:80"]);
    for (origin, allowed) in [
        ("https://blog.example", true),
        ("http://localhost", true),
        ("https://other.example", false),
    ] {
        let answer = server.ask("GET", "/comments?article=a", &[("origin", origin)], None);
        assert_eq!(answer.header("access-control-allow-origin") == origin, allowed, "{origin}");
    }
}

/// Starts on something else than a port of its own; what it says first.
fn start_with(arguments: &[&str]) -> (Server, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(binary());
    command.arg("--db").arg(folder.path().join("test.db")).args(arguments);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
    let said = child.stdout.take().expect("stdout is piped");
    let mut lines = BufReader::new(said).lines().map_while(Result::ok);
    let first = lines.next().expect("a line");
    let said = if first.contains("metrics") || !arguments.contains(&"--metrics") {
        first
    } else {
        first + "\n" + &lines.next().expect("a second line")
    };
    (Server { child, url: String::new(), folder }, said)
}

#[test]
fn it_listens_on_a_unix_socket() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("jawjaw.sock");
    let listen = format!("unix:{}", path.display());
    let ask = || {
        let mut stream = UnixStream::connect(&path).expect("a connection");
        let request =
            "GET /api/v1/comments?article=a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).expect("it is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let (mut server, said) = start_with(&["--listen", &listen]);
    assert!(said.ends_with(&listen), "{said}");
    assert!(ask().starts_with("HTTP/1.1 200"));
    let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    assert!(run(&["health", "--listen", &listen], &[]).0);
    // Another one does not take it away; one that was killed leaves it behind.
    let (fine, _, complaint) = run(&["--listen", &listen, "--db", "/dev/null/x"], &[]);
    assert!(!fine && complaint.contains("another server"), "{complaint}");
    server.child.kill().expect("it is ours");
    server.child.wait().expect("it ends");
    let (mut server, _) = start_with(&["--listen", &listen]);
    assert!(ask().starts_with("HTTP/1.1 200"));
    Command::new("kill").arg(server.child.id().to_string()).status().expect("kill");
    assert!(server.child.wait().expect("it ends").success());
    assert!(!path.exists(), "it is taken along");
    assert!(!run(&["health", "--listen", &listen], &[]).0);
}

#[test]
fn it_listens_where_it_is_told_to() {
    let (server, said) = start_with(&["--bind", "0.0.0.0", "--port", "0"]);
    let port = said.rsplit(':').next().expect("a port");
    assert!(said.contains("http://0.0.0.0:"), "{said}");
    let (fine, said, _) = run(&["health", "--bind", "0.0.0.0", "--port", port], &[]);
    assert!(fine && said.contains("ready"), "{said}");
    drop(server);
    assert!(!run(&["health", "--bind", "0.0.0.0", "--port", port], &[]).0);
}

#[test]
fn figures_are_told_on_a_listener_of_their_own() {
    let (server, said) = start_with(&["--port", "0", "--metrics", "127.0.0.1:0"]);
    let address = |line: &str| line.split("http://").nth(1).expect("an address").to_owned();
    let mut lines = said.lines();
    let api = address(lines.next().expect("a line"));
    let metrics = address(lines.next().expect("a second line"));
    let list = minreq::get(format!("http://{api}/api/v1/comments?article=secret-article"));
    assert_eq!(list.send().expect("an answer").status_code, 200);
    let figures = minreq::get(format!("http://{metrics}")).send().expect("figures");
    let figures = figures.as_str().expect("text");
    let count = "jawjaw_requests_total{route=\"/api/v1/comments\",status=\"200\"} 1";
    assert!(figures.contains(count), "{figures}");
    assert!(!figures.contains("secret-article"), "{figures}");
    let elsewhere = minreq::get(format!("http://{api}/metrics")).send().expect("an answer");
    assert_eq!(elsewhere.status_code, 404, "not for readers");
    drop(server);
}

/// What readers write, who they are, and their secrets are in no line of the log.
#[test]
fn the_log_holds_nothing_of_readers() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let file = std::fs::File::create(&log).expect("a file");
    let mut command = Command::new(binary());
    command.args(["--port", "0", "--log-level", "trace", "--log-format", "json", "--behind-proxy"]);
    command.args(["--db-max-bytes", "400000", "--db"]).arg(folder.path().join("test.db"));
    let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().expect("it starts");
    let said = child.stdout.take().expect("stdout is piped");
    let line = BufReader::new(said).lines().next().expect("a line").expect("text");
    let url = line.rsplit(' ').next().expect("an address").to_owned();
    let server = Server { child, url, folder };
    let planted = json!({
        "article": "planted-article",
        "text": "planted-text",
        "author": { "name": "planted-name", "url": "https://planted-url.example" },
    });
    let headers = [
        ("x-forwarded-for", "203.0.113.77"),
        ("idempotency-key", "planted-key-0123456789"),
        ("authorization", "Bearer planted-secret"),
    ];
    let posted = server.ask("POST", "/comments", &headers, Some(&planted)).json();
    let token = text(&posted["token"]).to_owned();
    let identifier = text(&posted["identifier"]).to_owned();
    let bearer = format!("Bearer {token}");
    let auth = [("authorization", bearer.as_str())];
    let path = format!("/comments/{identifier}");
    server.ask("PATCH", &path, &auth, Some(&json!({ "text": "planted-edit" })));
    server.ask("GET", "/comments?article=planted-article&planted-query=1", &auth, None);
    server.ask("PLANTED-METHOD", "/planted-path", &[("planted-header", "x")], None);
    server.ask("POST", "/comments", &headers, Some(&json!({ "planted-member": 1 })));
    // Failures of the database too.
    for _ in 0..60 {
        let mut full = planted.clone();
        full["text"] = json!("planted-large ".repeat(700));
        server.ask("POST", "/comments", &headers[..1], Some(&full));
    }
    let said = std::fs::read_to_string(&log).expect("a log");
    let lines: Vec<Value> =
        said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.len() > 60, "{said}");
    let failed = lines.iter().find(|line| line["level"] == "WARN" && line["status"] == 503);
    let failed = failed.expect("a failure is told");
    assert_eq!(failed["span"]["route"], json!("/api/v1/comments"), "with its route");
    assert!(failed["timestamp"].is_string() && failed["span"]["id"].is_string());
    for held in ["planted", "203.0.113.77", "127.0.0.1", &token, &identifier] {
        let line = said.lines().find(|line| line.to_lowercase().contains(held));
        assert_eq!(line, None, "{held} is in the log");
    }
}

/// A log on a full disk is lost; nothing else fails for it.
#[test]
fn a_log_that_cannot_be_written_breaks_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a full disk");
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("it has one").port();
    drop(free);
    let mut command = Command::new(binary());
    command.args(["--log-level", "trace", "--port", &port.to_string()]);
    if std::env::var_os("JAWJAW_SERVER").is_some() {
        command = Command::new(binary());
        command.args(["--port", &port.to_string()]);
    }
    command.arg("--db").arg(folder.path().join("test.db")).stdout(full()).stderr(full());
    let child = command.spawn().expect("it starts");
    let server = Server { child, url: format!("http://127.0.0.1:{port}"), folder };
    let list = || minreq::get(format!("{}/api/v1/comments?article=a", server.url)).send();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while list().is_err() && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(list().expect("an answer").status_code, 200);
    server.post("a", None, None);
}

/// Who listened, lost the line and comes back is told what it missed, each comment as it is now.
#[test]
fn who_comes_back_is_told_what_was_missed() {
    let server = start(&[]);
    server.post("before", None, None);
    let events = |last: Option<&str>, wanted: usize| {
        let address = server.url.trim_start_matches("http://");
        let mut stream = std::net::TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).expect("a limit");
        let last = last.map(|last| format!("last-event-id: {last}\r\n")).unwrap_or_default();
        let request = format!("GET /api/v1/events?article=a HTTP/1.1\r\nhost: x\r\n{last}\r\n");
        stream.write_all(request.as_bytes()).expect("it is taken");
        let mut found: Vec<(String, String, Value)> = Vec::new();
        let (mut id, mut kind) = (String::new(), String::new());
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Some(value) = line.strip_prefix("id: ") {
                value.clone_into(&mut id);
            } else if let Some(value) = line.strip_prefix("event: ") {
                value.clone_into(&mut kind);
            } else if let Some(value) = line.strip_prefix("data: ") {
                let value = serde_json::from_str(value).expect("JSON");
                found.push((std::mem::take(&mut id), std::mem::take(&mut kind), value));
                if found.len() == wanted {
                    break;
                }
            }
        }
        found
    };
    let first = events(None, 1);
    let (last, _, count) = &first[0];
    assert_eq!((count, last.is_empty()), (&json!({ "commentCount": 1 }), false));
    // Missed: a comment, its edit, and one that came and went.
    let one = server.post("one", None, None);
    let bearer = format!("Bearer {}", text(&one["token"]));
    let auth = [("authorization", bearer.as_str())];
    let gone = server.post("gone", None, Some(text(&one["token"])));
    let path = |comment: &Value| format!("/comments/{}", text(&comment["identifier"]));
    server.ask("PATCH", &path(&one), &auth, Some(&json!({ "text": "one, edited" })));
    server.ask("DELETE", &path(&gone), &auth, None);
    let missed = events(Some(last), 3);
    assert_eq!(missed[0].2, json!({ "commentCount": 2 }));
    let mut said: Vec<(&str, &str)> = missed[1..]
        .iter()
        .map(|(_, _, c)| (text(&c["html"]), text(&c["creativeWorkStatus"])))
        .collect();
    said.sort_unstable();
    assert_eq!(said, [("", "deleted"), ("<p>one, edited</p>\n", "published")]);
    // The number of the last goes on from there.
    let (newest, ..) = missed.last().expect("three");
    server.post("two", None, None);
    let next = events(Some(newest), 2);
    assert_eq!(next[1].2["html"], json!("<p>two</p>\n"));
    // What cannot be known is read again.
    for unknown in ["999999", "x", "-1", ""] {
        assert_eq!(events(Some(unknown), 2)[1].1, "again", "{unknown:?}");
    }
}

/// A socket that was passed (systemd's protocol): the restart refuses nobody.
#[test]
fn a_passed_socket_is_served() {
    let (fine, _, complaint) = run(&["--listen", "systemd", "--db", "/dev/null/x"], &[]);
    assert!(!fine && complaint.contains("no socket was passed"), "{complaint}");
}

/// Stored counts are what the rows say, whatever was done in which order.
#[test]
fn stored_counts_fit_after_everything() {
    let server = start(&["--newcomers-per-hour", "1000"]);
    let mut seed = 7_u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut written: Vec<(String, String)> = Vec::new();
    let mut tokens: Vec<String> = Vec::new();
    for step in 0..300 {
        let at =
            |length: usize, random: u64| usize::try_from(random).expect("small") % length.max(1);
        let token = (!tokens.is_empty()).then(|| tokens[at(tokens.len(), random(1000))].clone());
        let bearer = format!("Bearer {}", token.clone().unwrap_or_default());
        let auth = [("authorization", bearer.as_str())];
        let answer = match random(6) {
            0 | 1 => {
                let parent = (!written.is_empty() && random(2) == 0)
                    .then(|| written[at(written.len(), random(1000))].0.clone());
                let posted = server.ask(
                    "POST",
                    "/comments",
                    &auth,
                    Some(&comment(&step.to_string(), parent.as_deref())),
                );
                let json = posted.json();
                if let Some(id) = json["identifier"].as_str() {
                    let token = json["token"].as_str().map(str::to_owned).or(token);
                    written.push((id.to_owned(), token.unwrap_or_default()));
                }
                posted
            }
            2 if !written.is_empty() => {
                let (id, token) = written[at(written.len(), random(1000))].clone();
                let bearer = format!("Bearer {token}");
                server.ask(
                    "DELETE",
                    &format!("/comments/{id}"),
                    &[("authorization", &bearer)],
                    None,
                )
            }
            3 if !written.is_empty() => {
                let (id, _) = &written[at(written.len(), random(1000))];
                let vote = i64::try_from(random(3)).expect("small") - 1;
                server.ask(
                    "PUT",
                    &format!("/comments/{id}/vote"),
                    &auth,
                    Some(&json!({ "viewerVote": vote })),
                )
            }
            4 => server.ask(
                "PUT",
                "/rating?article=a",
                &auth,
                Some(&json!({ "ratingValue": random(5) + 1 })),
            ),
            _ => server.ask("DELETE", "/rating?article=a", &auth, None),
        };
        assert!(answer.status() < 500, "{}", answer.json());
        if let Some(token) = answer.json()["token"].as_str() {
            tokens.push(token.to_owned());
        }
    }
    let db = server.folder.path().join("test.db");
    let backup = server.folder.path().join("backup.db");
    let done = Command::new(binary()).arg("backup").arg(&backup).arg("--db").arg(&db).output();
    let done = done.expect("it runs");
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && complaint.is_empty(), "{complaint}");
    let page = server.get("/comments?article=a&limit=200");
    let there = page["comment"].as_array().expect("a list").iter();
    let published = there.filter(|comment| comment["creativeWorkStatus"] == "published").count();
    assert!(published > 5);
    assert_eq!(page["commentCount"], json!(published));
}

/// The answer to the same question is named alike until something changes, also what only time changes.
#[test]
fn a_tag_changes_with_everything_that_is_seen() {
    let server = start(&["--edit-window", "3"]);
    let posted = server.post("a", None, None);
    let bearer = format!("Bearer {}", text(&posted["token"]));
    let auth = ("authorization", bearer.as_str());
    let tag = |headers: &[(&str, &str)]| {
        server.ask("GET", "/comments?article=a", headers, None).header("etag").to_owned()
    };
    let (mine, others) = (tag(&[auth]), tag(&[]));
    assert_ne!(mine, others);
    let again = server.ask("GET", "/comments?article=a", &[("if-none-match", &mine)], None);
    assert_eq!(again.status(), 200, "the tag of another viewer");
    server.ask("PUT", "/rating?article=a", &[], Some(&json!({ "ratingValue": 4 })));
    let rated = tag(&[]);
    assert_ne!(rated, others);
    let path = format!("/comments/{}/vote", text(&posted["identifier"]));
    server.ask("PUT", &path, &[], Some(&json!({ "viewerVote": 1 })));
    assert_ne!(tag(&[]), rated);
    let still = tag(&[auth]);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    // The time for changing it ends; no write says so.
    while tag(&[auth]) == still && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let answer = server.ask("GET", "/comments?article=a", &[auth, ("if-none-match", &still)], None);
    assert_eq!((answer.status(), &answer.json()["comment"][0]["text"]), (200, &Value::Null));
}

/// The demo is an ordinary discussion, filled once.
#[test]
fn the_demo_is_filled_once() {
    let dist = tempfile::tempdir().expect("a folder");
    let server = start(&["--demo", "--dist", dist.path().to_str().expect("text")]);
    let list = server.get("/comments?article=kettle");
    assert_eq!(
        (&list["commentCount"], &list["aggregateRating"]["ratingCount"]),
        (&json!(13), &json!(17))
    );
    assert_eq!(list["comment"][0]["upvoteCount"], json!(14));
    drop(listen(&server, "kettle"));
}

/// The socket of a systemd unit is taken over, and systemd is told when readers are served and when not.
#[test]
fn a_passed_socket_is_served_and_systemd_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let notices = folder.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&notices).expect("a socket");
    socket.set_read_timeout(Some(std::time::Duration::from_secs(30))).expect("a limit");
    let hear = |wanted: &str| {
        let mut said = String::new();
        while !said.contains(wanted) {
            let mut bytes = [0; 200];
            let length = socket.recv(&mut bytes).expect("a notice");
            said += &String::from_utf8_lossy(&bytes[..length]);
        }
    };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("it has one");
    // systemd passes sockets from number 3 on, and names the process they are for.
    let script = "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(binary()).args(["--listen", "systemd", "--db"]);
    command.arg(folder.path().join("test.db")).env("NOTIFY_SOCKET", &notices);
    let passed = std::os::fd::OwnedFd::from(listener.try_clone().expect("a handle"));
    let child = command.stdin(passed).stdout(Stdio::null()).spawn().expect("it starts");
    // It waits in the socket until it is served.
    let list = minreq::get(format!("http://{address}/api/v1/comments?article=a")).send();
    assert_eq!(list.expect("an answer").status_code, 200);
    hear("READY=1");
    let mut server = Server { child, url: format!("http://{address}"), folder };
    Command::new("kill").arg(server.child.id().to_string()).status().expect("kill");
    hear("STOPPING=1");
    assert!(server.child.wait().expect("it ends").success());
}
