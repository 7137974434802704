//! The server under load: one table, made in one run, written into `docs/server.md`.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::bench_held;
use crate::run::{cargo, quietly, root, step};
use crate::tools;

const CONNECTIONS: &str = "16";
/// The discussions that are read: name and comments.
const DISCUSSIONS: [(&str, usize); 3] = [("a10", 10), ("a1000", 1_000), ("a100000", 100_000)];
/// Articles of a front page, and the comments of each.
const FRONT: (usize, usize) = (100, 100);
/// Between these lines of `docs/server.md` the table stands.
const MARKS: [&str; 2] = ["<!-- bench: begin -->\n", "<!-- bench: end -->\n"];

/// One row: what, how it is asked, and what came out.
struct Row {
    what: String,
    figures: Figures,
    memory: u64,
}

#[derive(Debug, PartialEq)]
struct Figures {
    per_second: f64,
    half: String,
    most: String,
    failed: u64,
}

/// Measures for `seconds` a row, prints the table, and writes it into the docs.
pub(crate) fn run(seconds: u32) -> Result<bool> {
    tools::debian("wrk")?;
    step("building the server for speed", || {
        quietly(cargo().args(["build", "--quiet", "--release", "--package", "jawjaw-server"]))
    })?;
    let folder = root().join("target/bench-server");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let server = Server::start(&folder)?;
    let rows = step("measuring", || measure(&server, &folder, seconds))?;
    // A server of its own: its memory is that of these alone.
    drop(server);
    let server = Server::serve(&folder)?;
    let held = step("measuring what it does while others make it hard", || {
        bench_held::measure(&server.address, server.child.id(), || server.memory())
    })?;
    let table = table(&rows) + "\n" + &held;
    println!("{table}");
    let docs = root().join("docs/server.md");
    let text = fs::read_to_string(&docs).context("docs/server.md")?;
    let (before, rest) = text.split_once(MARKS[0]).context("docs/server.md has no place for it")?;
    let (_, after) = rest.split_once(MARKS[1]).context("docs/server.md has no end for it")?;
    fs::write(&docs, [before, MARKS[0], &table, MARKS[1], after].concat())?;
    let failed: u64 = rows.iter().map(|row| row.figures.failed).sum();
    Ok(failed == 0)
}

fn measure(server: &Server, folder: &Path, seconds: u32) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut row = |what: &str, path: &str, more: &[&str]| -> Result<()> {
        eprintln!("  {what}");
        let figures = server.load(path, seconds, more)?;
        rows.push(Row { what: what.to_owned(), figures, memory: server.memory()? });
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
    let front: Vec<String> = (0..FRONT.0).map(|n| format!("article=front{n}")).collect();
    row("counts of 100 articles", &format!("/api/v1/counts?{}", front.join("&")), &[])?;
    let post = script(folder, "post", 0)?;
    row("POST, 16 writers", "/", &["-s", &post])?;
    row("POST, 1 writer", "/", &["-s", &post, "-t", "1", "-c", "1"])?;
    let mix = script(folder, "mix", 9)?;
    row("9 lists of 1,000 : 1 POST", "/", &["-s", &mix])?;
    Ok(rows)
}

/// A script for wrk that posts, after so many reads each time.
fn script(folder: &Path, name: &str, reads: u32) -> Result<String> {
    let text = format!(
        "local n = 0\n\
         math.randomseed(os.time() + tonumber(tostring({{}}):match('0x(%x+)'), 16) % 1000000)\n\
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
    );
    let file = folder.join(format!("{name}.lua"));
    fs::write(&file, text)?;
    Ok(file.to_string_lossy().into_owned())
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
    fn start(folder: &Path) -> Result<Self> {
        let import = folder.join("bench.jsonl");
        step("filling it", || {
            fs::write(&import, data(folder)?)?;
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

    fn load(&self, path: &str, seconds: u32, more: &[&str]) -> Result<Figures> {
        let mut wrk = Command::new("wrk");
        wrk.args(["-t", "2", "-c", CONNECTIONS, "--latency", "-d", &format!("{seconds}s")]);
        let said = quietly(wrk.args(more).arg(format!("http://{}{path}", self.address)))?;
        figures(&said).with_context(|| format!("wrk said:\n{said}"))
    }

    fn tag(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let tag = answer.lines().find_map(|line| line.strip_prefix("etag: "));
        Ok(tag.context("the list has no tag")?.to_owned())
    }

    /// Megabytes in memory.
    fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        Ok(kilobytes.context("no VmRSS")? / 1_024)
    }
}

/// The discussions as an import, with its closing line.
fn data(folder: &Path) -> Result<String> {
    let mut out =
        String::from("{\"jawjaw\":\"export\",\"version\":1,\"made\":\"2026-01-01T00:00:00Z\"}\n");
    let words = "A comment of the usual length, with *some* emphasis and an address: https://example.org/path. ";
    let mut lines = 1;
    let mut discussion = |name: &str, comments: usize| {
        for number in 0..comments {
            lines += 1;
            let _ = writeln!(
                out,
                "{{\"comment\":{{\"identifier\":\"{name}-{number}\",\"article\":\"{name}\",\"viewer\":\"{}\",\
                 \"name\":\"Reader {number}\",\"text\":\"{words}{words}{number}\",\"dateCreated\":\"2025-12-01T00:00:00Z\"}}}}",
                number % 500
            );
        }
    };
    for (name, comments) in DISCUSSIONS {
        discussion(name, comments);
    }
    for number in 0..FRONT.0 {
        discussion(&format!("front{number}"), FRONT.1);
    }
    let file = folder.join("sum");
    fs::write(&file, &out)?;
    let sum = quietly(Command::new("sha256sum").arg(&file))?;
    let sum = sum.split_whitespace().next().context("sha256sum said nothing")?;
    let _ = writeln!(out, "{{\"end\":{{\"lines\":{lines},\"sha256\":\"{sum}\"}}}}");
    Ok(out)
}

/// What wrk says at its end.
fn figures(said: &str) -> Result<Figures> {
    let after = |name: &str| {
        let line = said.lines().find_map(|line| line.trim().strip_prefix(name));
        line.map(|rest| rest.trim().to_owned())
    };
    let per_second = after("Requests/sec:").context("no rate")?.parse()?;
    let failed = match after("Non-2xx or 3xx responses:") {
        Some(number) => number.parse()?,
        None => 0,
    };
    let (Some(half), Some(most)) = (after("50%"), after("99%")) else { bail!("no latencies") };
    Ok(Figures { per_second, half, most, failed })
}

fn table(rows: &[Row]) -> String {
    let mut out = String::from(
        "| | requests/s | p50 | p99 | memory |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    for Row { what, figures, memory } in rows {
        let Figures { per_second, half, most, failed } = figures;
        let failed = if *failed > 0 { format!(" ({failed} failed)") } else { String::new() };
        let _ =
            writeln!(out, "| {what} | {per_second:.0}{failed} | {half} | {most} | {memory} MB |");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_what_wrk_says() {
        let said = "  Latency Distribution\n     50%    3.50ms\n     75%    4.10ms\n     99%   19.00ms\n\
                    Requests/sec:   4264.10\n";
        let read = figures(said).expect("they are there");
        let expected = Figures {
            per_second: 4264.1,
            half: "3.50ms".into(),
            most: "19.00ms".into(),
            failed: 0,
        };
        assert_eq!(read, expected);
        let failed = format!("{said}  Non-2xx or 3xx responses: 7\n");
        assert_eq!(figures(&failed).expect("they are there").failed, 7);
        assert!(figures("unable to connect").is_err());
    }
}
