//! On disks that are full, read-only or slow nothing acknowledged is lost, the answers are true, and the server
//! goes on by itself when they are better. These tests mount file systems and hold system calls up; as root:
//!
//! `cargo test -p jawjaw-server --test disks -- --ignored`

mod support;

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use support::{Server, binary, check_problem, comment, text};

/// Starts a program that says where it listens.
fn serve(mut command: Command, db: &Path, folder: TempDir) -> Server {
    command.args(["--port", "0", "--writes-per-minute", "4000000000", "--db"]).arg(db);
    command.args(["--reads-per-minute", "4000000000"]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
    let said = child.stdout.take().expect("stdout is piped");
    let line = BufReader::new(said).lines().next().expect("a line").expect("text");
    let url = line.rsplit(' ').next().expect("an address").to_owned();
    Server { child, url, folder }
}

fn post(server: &Server, words: &str) -> u16 {
    server.ask("POST", "/comments", &[], Some(&comment(words, None))).status()
}

fn stored(server: &Server) -> usize {
    let list = server.get("/comments?article=a&limit=200");
    usize::try_from(list["commentCount"].as_u64().expect("a number")).expect("small")
}

fn stop(server: &mut Server) {
    let name = server.child.id().to_string();
    Command::new("kill").arg(name).status().expect("kill");
    server.child.wait().expect("it ends");
}

/// A small disk of its own, as long as this lives.
struct Disk {
    keeper: Child,
    folder: PathBuf,
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
    }
}

impl Disk {
    fn of(folder: &Path, size: &str) -> Self {
        let script =
            format!("mount -t tmpfs -o size={size} tmpfs \"$1\" && echo ready && exec sleep 600");
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &script, "sh"]).arg(folder).stdout(Stdio::piped());
        let mut keeper = command.spawn().expect("unshare is there");
        let said = keeper.stdout.take().expect("stdout is piped");
        let line = BufReader::new(said).lines().next().expect("root may mount").expect("text");
        assert_eq!(line, "ready");
        Self { keeper, folder: folder.to_owned() }
    }

    /// Starts a server that has its database there.
    fn serve(&self) -> Server {
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--target", &self.keeper.id().to_string()]).arg(binary());
        serve(command, &self.folder.join("test.db"), tempfile::tempdir().expect("a folder"))
    }

    /// The disk as seen from outside.
    fn outside(&self, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.keeper.id()));
        root.join(self.folder.strip_prefix("/").expect("it is absolute")).join(name)
    }

    fn fill(&self) {
        let mut file = std::fs::File::create(self.outside("filler")).expect("a file");
        while std::io::Write::write_all(&mut file, &[b'x'; 512]).is_ok() {}
    }
}

#[test]
#[ignore = "mounts a file system, which root may"]
fn a_full_disk_loses_nothing_and_heals() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::of(folder.path(), "16m");
    let mut server = disk.serve();
    let mut acknowledged = 0;
    for number in 0..20 {
        assert_eq!(post(&server, &format!("before {number}")), 201);
        acknowledged += 1;
    }
    for round in 0..3 {
        disk.fill();
        let mut refused = 0;
        for number in 0..2_000 {
            let words = format!("{} round {round} number {number}", "x".repeat(3_000));
            let answer = server.ask("POST", "/comments", &[], Some(&comment(&words, None)));
            if answer.status() == 201 {
                acknowledged += 1;
                continue;
            }
            let kind = text(&answer.json()["type"]).to_owned();
            assert!(kind.ends_with(":full") || kind.ends_with(":disk"), "{kind}");
            assert_eq!(answer.status(), 503);
            refused += 1;
            if refused == 20 {
                break;
            }
        }
        assert_eq!(refused, 20, "the disk never fills");
        assert_eq!(stored(&server), acknowledged, "reading goes on");
        std::fs::remove_file(disk.outside("filler")).expect("there is room again");
        // One that is refused for its own sake.
        let vote = json!({ "viewerVote": 1 });
        assert_eq!(server.ask("PUT", "/comments/nobody/vote", &[], Some(&vote)).status(), 404);
        for number in 0..30 {
            assert_eq!(post(&server, &format!("round {round} after {number}")), 201);
            acknowledged += 1;
        }
        assert_eq!(stored(&server), acknowledged);
    }
    stop(&mut server);
    server = disk.serve();
    assert_eq!(stored(&server), acknowledged, "it is there after a stop");
    server.child.kill().expect("it is ours");
}

/// Nobody may write the file; somebody may again, and it was started again.
#[test]
#[ignore = "becomes another user, which root may"]
fn a_read_only_file_says_so_and_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = |path: &Path, mode: u32| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path, mode).expect("it is ours");
    };
    open(folder.path(), 0o777);
    let program = folder.path().join("server");
    std::fs::copy(binary(), &program).expect("it is copied");
    open(&program, 0o755);
    let db = folder.path().join("test.db");
    let nobody = || {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
        command
    };
    let mut server = serve(nobody(), &db, tempfile::tempdir().expect("a folder"));
    assert_eq!(post(&server, "while it can"), 201);
    stop(&mut server);
    open(&db, 0o444);
    let mut server = serve(nobody(), &db, tempfile::tempdir().expect("a folder"));
    for _ in 0..3 {
        let answer = server.ask("POST", "/comments", &[], Some(&comment("while it cannot", None)));
        check_problem(&answer, 503, "read-only", None);
        assert_ne!(answer.header("retry-after"), "");
    }
    let ready = || minreq::get(format!("{}/readyz", server.url)).send().expect("an answer");
    assert_eq!(ready().status_code, 503);
    assert_eq!(stored(&server), 1, "reading goes on");
    // What was made beside it is like it.
    stop(&mut server);
    for file in std::fs::read_dir(folder.path()).expect("a folder").flatten() {
        open(&file.path(), 0o755);
    }
    let server = serve(nobody(), &db, folder);
    assert_eq!(post(&server, "again"), 201);
    let ready = minreq::get(format!("{}/readyz", server.url)).send().expect("an answer");
    assert_eq!((ready.status_code, stored(&server)), (200, 2));
}

/// Every write to the disk takes a third of a second.
#[test]
#[ignore = "holds system calls up, with strace"]
fn a_slow_disk_keeps_nobody_from_reading() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = folder.path().join("test.db");
    let server = serve(Command::new(binary()), &db, folder);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"]);
    strace.args(["-e", "inject=fsync,fdatasync:delay_enter=300000"]);
    strace.args(["-p", &server.child.id().to_string()]).stderr(Stdio::piped());
    // It ends with the server.
    let mut strace = strace.spawn().expect("strace is there");
    let said = strace.stderr.take().expect("stderr is piped");
    // Kept: it would end at the first word that nobody can read.
    let mut said = BufReader::new(said).lines();
    let line = said.next().expect("a line").expect("text");
    assert!(line.contains("attached"), "{line}");
    let start = Instant::now();
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let server = &server;
                scope.spawn(move || {
                    [0, 1].map(|number| post(server, &format!("writer {writer} number {number}")))
                })
            })
            .collect();
        let mut slowest = Duration::ZERO;
        while writers.iter().any(|writer| !writer.is_finished()) {
            let begin = Instant::now();
            stored(&server);
            slowest = slowest.max(begin.elapsed());
        }
        assert!(slowest < Duration::from_millis(250), "a reader waited {slowest:?}");
        writers.into_iter().flat_map(|writer| writer.join().expect("it ends")).collect()
    });
    assert!(start.elapsed() > Duration::from_secs(4), "the disk was not slow");
    assert_eq!(answers, [201; 16]);
    assert_eq!(stored(&server), 16);
    drop(server);
    strace.wait().expect("it ends");
}
