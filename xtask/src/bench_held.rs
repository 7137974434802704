//! What the server does while others make it hard: listeners, idle connections, texts made to be slow,
//! large pages that nobody takes.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::bench_load::used;

const LISTENERS: usize = 10_000;
const IDLE: usize = 10_000;
const POSTS: usize = 400;

/// Posts over one connection; how long each answer took.
pub(crate) fn posts(
    address: &str,
    article: &str,
    number: usize,
    text: &str,
) -> Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let body = format!(
        "{{\"article\":\"{article}\",\"text\":\"{text}\",\"author\":{{\"name\":\"Ada\"}}}}"
    );
    let mut took = Vec::new();
    for _ in 0..number {
        let begin = Instant::now();
        let head = "POST /api/v1/comments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json";
        stream.write_all(
            format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes(),
        )?;
        let mut length = 0;
        let mut first = String::new();
        loop {
            let mut line = String::new();
            ensure!(reader.read_line(&mut line)? > 0, "the connection ended");
            if first.is_empty() {
                first.clone_from(&line);
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
                length = value.trim().parse()?;
            }
            if line == "\r\n" {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length])?;
        took.push(begin.elapsed());
        ensure!(first.contains(" 201 "), "{first}");
    }
    Ok(took)
}

/// Milliseconds below which this share of the answers came.
fn share(mut took: Vec<Duration>, percent: usize) -> f64 {
    took.sort();
    let at = (took.len() * percent / 100).min(took.len().saturating_sub(1));
    took.get(at).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
}

/// Lines of Markdown that say what was held and what it cost.
pub(crate) fn measure(
    address: &str,
    process: u32,
    memory: impl Fn() -> Result<u64>,
) -> Result<String> {
    let idle_memory = memory()?;
    let mut out = format!("- Memory when idle: {idle_memory} MB.\n");
    let mut open = Vec::new();
    for number in 0..LISTENERS {
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET /api/v1/events?article=live{number} HTTP/1.1\r\nhost: x\r\n\r\n")?;
        let mut first = [0; 12];
        stream.read_exact(&mut first)?;
        ensure!(
            first == *b"HTTP/1.1 200",
            "listener {number}: {:?}",
            String::from_utf8_lossy(&first)
        );
        open.push(stream);
    }
    let held = memory()?;
    let before = used(process)?;
    let took = posts(address, "live7", 200, "to one of them")?;
    let cost = (used(process)? - before) / 200.0;
    let _ = writeln!(
        out,
        "- {LISTENERS} listeners on as many articles: {held} MB; a post to one of them takes {cost:.1} ms of processor, \
         p50 {:.1} ms.",
        share(took, 50)
    );
    drop(open);
    let large = "&".repeat(9_900);
    posts(address, "large", 200, &large)?;
    let stop = Arc::new(AtomicBool::new(false));
    let bombs: Vec<_> = (0..2)
        .map(|_| {
            let (stop, address) = (Arc::clone(&stop), address.to_owned());
            std::thread::spawn(move || {
                let mut sent = 0;
                while !stop.load(Ordering::Relaxed)
                    && posts(&address, "bombs", 1, &">".repeat(9_999)).is_ok()
                {
                    sent += 1;
                }
                sent
            })
        })
        .collect();
    let mut held = Vec::new();
    for number in 0..IDLE {
        let mut stream = TcpStream::connect(address)?;
        if number < 40 {
            write!(
                stream,
                "GET /api/v1/comments?article=large&limit=200 HTTP/1.1\r\nhost: x\r\n\r\n"
            )?;
        }
        held.push(stream);
    }
    let took = posts(address, "posted", POSTS, "in the middle of it")?;
    let most = memory()?;
    stop.store(true, Ordering::Relaxed);
    let bombs: usize = bombs.into_iter().filter_map(|bomb| bomb.join().ok()).sum();
    let _ = writeln!(
        out,
        "- While two writers send nothing but `>` ({bombs} texts), 40 readers ask for large pages and take none, and \
         {IDLE} connections are idle: POST p50 {:.1} ms, p99 {:.1} ms, {most} MB.",
        share(took.clone(), 50),
        share(took, 99)
    );
    drop(held);
    Ok(out)
}
