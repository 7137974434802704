//! Killed at any moment, the server loses nothing it acknowledged and does nothing twice.
//!
//! `ROUNDS=2000 cargo test -p jawjaw-server --test killed` goes on for some ten minutes.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::{binary, launch, text};

/// A server that does not outlive a failed test.
struct Running(Child);

impl Running {
    fn kill(&mut self) {
        self.0.kill().expect("it is ours");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(db: &Path) -> (Running, String) {
    let limits = ["--newcomers-per-hour", "4000000000", "--reads-per-minute", "4000000000"];
    let (child, url) = launch(db, &limits);
    (Running(child), url)
}

/// Numbers that are the same in every run of the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// A change as it is sent, the same each time.
#[derive(Clone)]
struct Sent {
    method: &'static str,
    path: String,
    key: String,
    token: Option<String>,
    body: Value,
}

impl Sent {
    /// The answer, and whether it was given before; none where the server is gone.
    fn send(&self, url: &str) -> Option<(Value, bool)> {
        let method = minreq::Method::Custom(self.method.to_owned());
        let mut request = minreq::Request::new(method, format!("{url}/api/v1{}", self.path))
            .with_header("content-type", "application/json")
            .with_header("idempotency-key", &self.key)
            .with_body(self.body.to_string())
            .with_timeout(20);
        if let Some(token) = &self.token {
            request = request.with_header("authorization", format!("Bearer {token}"));
        }
        let answer = request.send().ok()?;
        // Of a connection that was cut minreq makes an empty answer.
        let body = answer.as_str().ok().filter(|body| !body.is_empty())?;
        assert!([200, 201].contains(&answer.status_code), "{} {body}", self.path);
        let replayed = answer.headers.contains_key("idempotency-replayed");
        Some((serde_json::from_str(body).ok()?, replayed))
    }
}

/// One of those who write, and what must be stored of them.
struct Writer {
    name: String,
    article: String,
    token: Option<String>,
    last: Option<String>,
    /// Words and vote of each comment.
    comments: BTreeMap<String, (String, i64)>,
    stars: Option<i64>,
    number: u64,
    dice: Dice,
    acknowledged: Vec<(Sent, Value)>,
    /// Sent, and never answered.
    open: Option<Sent>,
}

impl Writer {
    fn next(&mut self) -> Sent {
        self.number += 1;
        let key = format!("{}-key-number-{}", self.name, self.number);
        let words = format!("{} number {}", self.name, self.number);
        let (method, path, body) = match (&self.last, self.dice.below(6)) {
            (Some(last), 0) => ("PATCH", format!("/comments/{last}"), json!({ "text": words })),
            (Some(last), 1 | 2) => {
                let vote = i64::try_from(self.dice.below(3)).expect("small") - 1;
                ("PUT", format!("/comments/{last}/vote"), json!({ "viewerVote": vote }))
            }
            (Some(_), 3) => {
                let stars = self.dice.below(5) + 1;
                let path = format!("/rating?article={}", self.article);
                ("PUT", path, json!({ "ratingValue": stars }))
            }
            (last, kind) => {
                let parent = last.clone().filter(|_| kind == 4 && !self.number.is_multiple_of(7));
                let author = json!({ "name": self.name });
                let body = json!({
                    "article": self.article, "text": words, "author": author, "parentItem": parent,
                });
                ("POST", "/comments".to_owned(), body)
            }
        };
        Sent { method, path, key, token: self.token.clone(), body }
    }

    /// Writes until the server is gone.
    fn write(&mut self, url: &str, count: &AtomicU64) {
        loop {
            let sent = self.next();
            let Some((answer, _)) = sent.send(url) else {
                self.open = Some(sent);
                return;
            };
            count.fetch_add(1, Ordering::Relaxed);
            self.took(sent, answer);
        }
    }

    fn took(&mut self, sent: Sent, answer: Value) {
        if let Some(token) = answer["token"].as_str() {
            self.token = Some(token.to_owned());
        }
        let of_path = sent.path.split('/').nth(2).unwrap_or_default().to_owned();
        let words = || text(&sent.body["text"]).to_owned();
        match (sent.method, sent.path.ends_with("/vote")) {
            ("POST", _) => {
                let identifier = text(&answer["identifier"]).to_owned();
                self.comments.insert(identifier.clone(), (words(), 0));
                self.last = Some(identifier);
            }
            ("PATCH", _) => self.comments.entry(of_path).or_default().0 = words(),
            (_, true) => {
                let vote = sent.body["viewerVote"].as_i64().expect("a vote");
                self.comments.entry(of_path).or_default().1 = vote;
            }
            _ => self.stars = sent.body["ratingValue"].as_i64(),
        }
        self.acknowledged.push((sent, answer));
    }

    /// Sends again what nobody answered, and some of what was answered; whether the first had been done.
    fn again(&mut self, url: &str) -> bool {
        for (sent, before) in self.acknowledged.iter().rev().take(5) {
            let (answer, replayed) = sent.send(url).expect("it is served");
            assert!(replayed, "{} was forgotten", sent.key);
            // The words of a comment are told as they are now.
            if before.get("identifier").is_some() {
                assert_eq!(answer["identifier"], before["identifier"], "{}", sent.key);
            } else {
                assert_eq!(&answer, before, "{}", sent.key);
            }
        }
        let Some(sent) = self.open.take() else { return false };
        let (answer, replayed) = sent.send(url).expect("it is served");
        self.took(sent, answer);
        replayed
    }
}

/// Everything of an article: words and votes of each comment, and how many gave how many stars.
fn stored(url: &str, article: &str) -> (BTreeMap<String, (String, i64)>, Value, usize) {
    let (mut comments, mut cursor, mut rows) = (BTreeMap::new(), String::new(), 0);
    loop {
        let path = format!("{url}/api/v1/comments?article={article}&limit=200{cursor}");
        let page = minreq::get(path).send().expect("a page");
        let page: Value = serde_json::from_str(page.as_str().expect("text")).expect("JSON");
        for comment in page["comment"].as_array().expect("a list") {
            let html = text(&comment["html"]).trim();
            let words = html.trim_start_matches("<p>").trim_end_matches("</p>").to_owned();
            let votes = |name: &str| comment[name].as_i64().expect("a number");
            let vote = votes("upvoteCount") - votes("downvoteCount");
            comments.insert(text(&comment["identifier"]).to_owned(), (words, vote));
            rows += 1;
        }
        let Some(next) = page["next"].as_str() else {
            assert_eq!(page["commentCount"].as_u64(), Some(rows as u64));
            return (comments, page["aggregateRating"]["spread"].clone(), rows);
        };
        cursor = format!("&cursor={next}");
    }
}

#[test]
fn killed_at_any_moment_nothing_is_lost_and_nothing_is_done_twice() {
    let rounds = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(12);
    let seed = std::env::var("SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(7);
    let folder = tempfile::tempdir().expect("a folder");
    let db = folder.path().join("killed.db");
    let mut dice = Dice(seed);
    let (mut all, mut done) = (0, 0);
    for round in 0..rounds {
        let article = format!("round-{round}");
        let mut writers: Vec<Writer> = (0..4)
            .map(|number| Writer {
                name: format!("r{round}w{number}"),
                article: article.clone(),
                token: None,
                last: None,
                comments: BTreeMap::new(),
                stars: None,
                number: 0,
                dice: Dice(dice.below(1 << 30)),
                acknowledged: Vec::new(),
                open: None,
            })
            .collect();
        let (mut server, url) = serve(&db);
        let count = Arc::new(AtomicU64::new(0));
        std::thread::scope(|scope| {
            for writer in &mut writers {
                let (url, count) = (&url, &count);
                scope.spawn(move || writer.write(url, count));
            }
            // After some answers, and then anywhere within one.
            let after = dice.below(60);
            while count.load(Ordering::Relaxed) < after {
                std::thread::sleep(Duration::from_micros(50));
            }
            let until = Instant::now() + Duration::from_micros(dice.below(4_000));
            while Instant::now() < until {
                std::hint::spin_loop();
            }
            server.kill();
        });
        if round % 4 == 3 {
            // Once more, while it starts or reads its log.
            let mut command = Command::new(binary());
            command.args(["--port", "0", "--db"]).arg(&db).stdout(Stdio::null());
            let mut server = Running(command.spawn().expect("it starts"));
            std::thread::sleep(Duration::from_micros(dice.below(30_000)));
            server.kill();
        }
        let (mut server, url) = serve(&db);
        let mut expected = BTreeMap::new();
        let mut spread = [0; 5];
        for writer in &mut writers {
            done += usize::from(writer.again(&url));
            all += writer.acknowledged.len();
            expected.append(&mut writer.comments);
            if let Some(stars) = writer.stars {
                spread[usize::try_from(stars - 1).expect("small")] += 1;
            }
        }
        let (comments, stars, rows) = stored(&url, &article);
        assert_eq!(comments, expected, "round {round} of seed {seed}");
        assert_eq!((rows, stars), (expected.len(), json!(spread)), "round {round} of seed {seed}");
        server.kill();
    }
    // The backup looks through every page, and compares stored counts with what is there.
    let mut backup = Command::new(binary());
    backup.arg("backup").arg(folder.path().join("copy.db")).arg("--db").arg(&db);
    let said = backup.output().expect("it runs");
    let complaints = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success() && !complaints.contains("differ"), "{complaints}");
    println!(
        "{rounds} rounds: {all} changes acknowledged, of which {done} when they were sent again"
    );
    assert!(all > rounds * 4, "{all} were acknowledged");
}
