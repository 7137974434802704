//! The server under load, and Isso beside it: one table, made in one run, written into `docs/server.md`.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::bench_held;
use crate::bench_isso;
use crate::bench_load::{Loaded, Row, table};
use crate::run::{cargo, quietly, root, step};
use crate::tools;

/// The discussions that are read: name and comments.
const DISCUSSIONS: [(&str, usize); 3] = [("a10", 10), ("a1000", 1_000), ("a100000", 100_000)];
/// Comments of each other article, a hundred of which are on the front page.
const OTHERS: usize = 100;
const FRONT: usize = 100;
/// A comment of the usual length.
pub(crate) const WORDS: &str = "A comment of the usual length, with *some* emphasis and an address: https://example.org/path. ";
/// Between these lines of `docs/server.md` the table stands.
const MARKS: [&str; 2] = ["<!-- bench: begin -->\n", "<!-- bench: end -->\n"];

/// Measures for `seconds` a row among `comments` in all, prints the table, and writes it into the docs.
pub(crate) fn run(seconds: u32, comments: usize) -> Result<bool> {
    tools::debian("wrk")?;
    step("building the server for speed", || {
        quietly(cargo().args(["build", "--quiet", "--release", "--package", "jawjaw-server"]))
    })?;
    let folder = root().join("target/bench-server");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let others = comments.saturating_sub(DISCUSSIONS.iter().map(|(_, n)| n).sum()) / OTHERS;
    let others = others.max(FRONT);
    let server = Server::start(&folder, others)?;
    let mut rows = step("measuring", || measure(&server, &folder, seconds, others))?;
    // A server of its own: its memory is that of these alone.
    drop(server);
    let server = Server::serve(&folder)?;
    let held = step("measuring what it does while others make it hard", || {
        let load = server.load();
        bench_held::measure(load.address, load.process, || load.memory())
    })?;
    drop(server);
    rows.extend(step("measuring Isso", || bench_isso::measure(&folder, seconds))?);
    let all = others * OTHERS + DISCUSSIONS.iter().map(|(_, n)| n).sum::<usize>();
    let made = format!("{all} comments in {} articles.\n\n", others + DISCUSSIONS.len());
    let table = made + &table(&rows) + "\n" + &held;
    println!("{table}");
    let docs = root().join("docs/server.md");
    let text = fs::read_to_string(&docs).context("docs/server.md")?;
    let (before, rest) = text.split_once(MARKS[0]).context("docs/server.md has no place for it")?;
    let (_, after) = rest.split_once(MARKS[1]).context("docs/server.md has no end for it")?;
    fs::write(&docs, [before, MARKS[0], &table, MARKS[1], after].concat())?;
    Ok(rows.iter().all(|row| row.failed == 0))
}

fn measure(server: &Server, folder: &Path, seconds: u32, others: usize) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut row = |what: &str, path: &str, more: &[&str]| -> Result<()> {
        rows.push(server.load().row(what, path, seconds, more)?);
        Ok(())
    };
    for (name, comments) in DISCUSSIONS {
        let path = format!("/api/v1/comments?article={name}");
        row(&format!("list 50, article of {comments}"), &path, &[])?;
        let tag = server.tag(&path)?;
        row("… 304", &path, &["-H", &format!("If-None-Match: {tag}")])?;
    }
    row("… newest", "/api/v1/comments?article=a100000&order=newest", &[])?;
    // Rows are numbered in the order of the import.
    let last = DISCUSSIONS.iter().map(|(_, comments)| comments).sum::<usize>() - 50;
    row("… last page", &format!("/api/v1/comments?article=a100000&cursor={last}-{last}"), &[])?;
    let random = script(
        folder,
        "random",
        &format!(
            "function request() return wrk.format('GET', '/api/v1/comments?article=other' .. math.random(0, {})) end\n",
            others - 1
        ),
    )?;
    row("list 50, an article at random", "/", &["-s", &random])?;
    let front: Vec<String> = (0..FRONT).map(|n| format!("article=other{n}")).collect();
    row("counts of 100 articles", &format!("/api/v1/counts?{}", front.join("&")), &[])?;
    let post = script(folder, "post", &posting("post", 0))?;
    row("POST, 16 writers", "/", &["-s", &post])?;
    row("POST, 1 writer", "/", &["-s", &post, "-t", "1", "-c", "1"])?;
    let mix = script(folder, "mix", &posting("mix", 9))?;
    row("9 lists of 1,000 : 1 POST", "/", &["-s", &mix])?;
    Ok(rows)
}

/// A script for wrk.
pub(crate) fn script(folder: &Path, name: &str, text: &str) -> Result<String> {
    let seed =
        "math.randomseed(os.time() + tonumber(tostring({}):match('0x(%x+)'), 16) % 1000000)\n";
    let file = folder.join(format!("{name}.lua"));
    fs::write(&file, [seed, text].concat())?;
    Ok(file.to_string_lossy().into_owned())
}

/// Posts, after so many reads each time.
fn posting(name: &str, reads: u32) -> String {
    format!(
        "local n = 0\n\
         local mine = math.random(1, 1000000000)\n\
         function request()\n\
           n = n + 1\n\
           if n % {every} ~= 0 then return wrk.format('GET', '/api/v1/comments?article=a1000') end\n\
           local body = '{{\"article\":\"posted\",\"text\":\"number ' .. n .. ', with a few *words* of its own\",\
         \"author\":{{\"name\":\"Ada\"}}}}'\n\
           local headers = {{ ['content-type'] = 'application/json', ['idempotency-key'] = 'bench-{name}-' .. mine .. '-' .. n }}\n\
           return wrk.format('POST', '/api/v1/comments', headers, body)\n\
         end\n",
        every = reads + 1
    )
}

fn binary() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("release/jawjaw-server")
}

/// A server of our own; ended by its handle.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(folder: &Path, others: usize) -> Result<Self> {
        let import = folder.join("bench.jsonl");
        step("filling it", || {
            fs::write(&import, data(folder, others)?)?;
            let mut command = Command::new(binary());
            quietly(command.arg("import").arg(&import).arg("--db").arg(folder.join("bench.db")))
        })?;
        Self::serve(folder)
    }

    fn serve(folder: &Path) -> Result<Self> {
        let mut command = Command::new(binary());
        command.args(["--port", "0", "--streams-per-address", "100000", "--db"]);
        command.arg(folder.join("bench.db"));
        for limit in ["writes-per-minute", "reads-per-minute", "newcomers-per-hour"] {
            command.args([&format!("--{limit}"), "4000000000"]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let said = child.stdout.take().context("stdout is piped")?;
        let first = BufReader::new(said).lines().next().context("the server said nothing")??;
        let address = first.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(Self { child, address })
    }

    fn load(&self) -> Loaded<'_> {
        Loaded { address: &self.address, process: self.child.id() }
    }

    fn tag(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let tag = answer.lines().find_map(|line| line.strip_prefix("etag: "));
        Ok(tag.context("the list has no tag")?.to_owned())
    }
}

/// The discussions as an import, with its closing line.
fn data(folder: &Path, others: usize) -> Result<String> {
    let mut out =
        String::from("{\"jawjaw\":\"export\",\"version\":1,\"made\":\"2026-01-01T00:00:00Z\"}\n");
    let mut lines = 1;
    let mut discussion = |name: &str, comments: usize| {
        for number in 0..comments {
            lines += 1;
            let _ = writeln!(
                out,
                "{{\"comment\":{{\"identifier\":\"{name}-{number}\",\"article\":\"{name}\",\"viewer\":\"{}\",\
                 \"name\":\"Reader {number}\",\"text\":\"{WORDS}{WORDS}{number}\",\"dateCreated\":\"2025-12-01T00:00:00Z\"}}}}",
                number % 500
            );
        }
    };
    for (name, comments) in DISCUSSIONS {
        discussion(name, comments);
    }
    for number in 0..others {
        discussion(&format!("other{number}"), OTHERS);
    }
    let file = folder.join("sum");
    fs::write(&file, &out)?;
    let sum = quietly(Command::new("sha256sum").arg(&file))?;
    let sum = sum.split_whitespace().next().context("sha256sum said nothing")?;
    let _ = writeln!(out, "{{\"end\":{{\"lines\":{lines},\"sha256\":\"{sum}\"}}}}");
    Ok(out)
}
