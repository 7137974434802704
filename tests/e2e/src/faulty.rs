//! A way to a server on which everything can go wrong: real sockets, one exchange a connection.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::site::Ask;

/// What happens to one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Pass,
    /// The connection ends before anything reaches the server.
    CutBefore,
    /// The server does what it was asked; its answer never arrives.
    LoseAnswer,
    /// The server never hears of it, and nothing is answered until the browser gives up.
    Stall,
    /// The answer stops in the middle and nothing more comes.
    StallInside,
    /// The answer stops in the middle and the connection ends.
    Truncate,
    /// The answer comes later, in milliseconds.
    Delay(u64),
    /// The answer comes in pieces of so many bytes, with so many milliseconds between them.
    Drip(usize, u64),
    /// Somebody else answers: status, headers beside CORS, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// The server does what it was asked, and somebody else answers.
    Replace(u16, Vec<(&'static str, String)>, String),
}

type Choice = Box<dyn Fn(&Ask) -> Fault + Send>;

/// The way to a server; it ends when dropped.
pub struct Faulty {
    /// Its own origin, for the tag in place of the server's.
    pub url: String,
    choice: Arc<Mutex<Choice>>,
    asked: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
    address: SocketAddr,
}

impl Faulty {
    /// A way to the server at this origin on which nothing goes wrong yet.
    pub fn before(origin: &str) -> Result<Self> {
        let server: SocketAddr =
            origin.trim_start_matches("http://").trim_end_matches('/').parse()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let pass: Choice = Box::new(|_| Fault::Pass);
        let choice = Arc::new(Mutex::new(pass));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let ended = Arc::new(AtomicBool::new(false));
        let (on, log, end) = (choice.clone(), asked.clone(), ended.clone());
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(connection) = connection else { continue };
                let (on, log, end) = (on.clone(), log.clone(), end.clone());
                // A browser that gave up is no trouble of ours.
                std::thread::spawn(move || drop(carry(connection, server, &on, &log, &end)));
            }
        });
        Ok(Self { url: format!("http://{address}"), choice, asked, ended, address })
    }

    /// From now on this decides what happens.
    pub fn set(&self, choice: impl Fn(&Ask) -> Fault + Send + 'static) {
        *self.choice.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(choice);
    }

    /// Everything of one method meets this fault.
    pub fn on(&self, method: &'static str, fault: Fault) {
        self.set(move |ask| if ask.method == method { fault.clone() } else { Fault::Pass });
    }

    /// `METHOD /path` of all that was asked so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often something was asked with this method.
    pub fn times(&self, method: &str) -> usize {
        self.asked().iter().filter(|asked| asked.starts_with(method)).count()
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes whoever waits for the next connection.
        let _ = TcpStream::connect(self.address);
    }
}

fn carry(
    mut browser: TcpStream,
    server: SocketAddr,
    choice: &Mutex<Choice>,
    log: &Mutex<Vec<String>>,
    ended: &AtomicBool,
) -> Result<()> {
    let (head, body) = request(&mut browser)?;
    let ask = ask(&head, &body).context("no request")?;
    log.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{} {}", ask.method, ask.path));
    let fault = choice.lock().unwrap_or_else(PoisonError::into_inner)(&ask);
    let through = || -> Result<Vec<u8>> {
        let mut server = TcpStream::connect(server)?;
        server.write_all(once(&head).as_bytes())?;
        server.write_all(&body)?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        Ok(answer)
    };
    let instead = |status: u16, headers: &[(&str, String)], body: &str| {
        let origin = ask.header("origin").unwrap_or("*");
        let mut answer = format!(
            "HTTP/1.1 {status} Faulty\r\nconnection: close\r\ncontent-length: {}\r\n\
             access-control-allow-origin: {origin}\r\naccess-control-expose-headers: retry-after\r\n",
            body.len()
        );
        for (name, value) in headers {
            for part in [name, ": ", value, "\r\n"] {
                answer.push_str(part);
            }
        }
        answer + "\r\n" + body
    };
    let wait = || {
        while !ended.load(Ordering::SeqCst) && is_there(&browser) {
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    match fault {
        Fault::Pass => browser.write_all(&through()?)?,
        Fault::CutBefore => {}
        Fault::LoseAnswer => drop(through()?),
        Fault::Stall => wait(),
        Fault::StallInside => {
            let answer = through()?;
            (&browser).write_all(&answer[..answer.len() * 3 / 4])?;
            wait();
        }
        Fault::Truncate => {
            let answer = through()?;
            browser.write_all(&answer[..answer.len() * 3 / 4])?;
        }
        Fault::Delay(milliseconds) => {
            std::thread::sleep(Duration::from_millis(milliseconds));
            browser.write_all(&through()?)?;
        }
        Fault::Drip(bytes, milliseconds) => {
            for piece in through()?.chunks(bytes) {
                browser.write_all(piece)?;
                browser.flush()?;
                std::thread::sleep(Duration::from_millis(milliseconds));
            }
        }
        Fault::Answer(status, headers, body) => {
            browser.write_all(instead(status, &headers, &body).as_bytes())?;
        }
        Fault::Replace(status, headers, body) => {
            through()?;
            browser.write_all(instead(status, &headers, &body).as_bytes())?;
        }
    }
    let _ = browser.shutdown(Shutdown::Both);
    Ok(())
}

/// Whether the other end still listens.
fn is_there(stream: &TcpStream) -> bool {
    let _ = stream.set_read_timeout(Some(Duration::from_millis(1)));
    let mut byte = [0];
    match stream.peek(&mut byte) {
        Ok(0) => false,
        Ok(_) => true,
        Err(error) => {
            matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
        }
    }
}

fn request(stream: &mut TcpStream) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece)?;
        anyhow::ensure!(read > 0, "nothing was asked");
        bytes.extend_from_slice(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end + 4]).into_owned();
        let length = header(&head, "content-length").and_then(|length| length.parse().ok());
        let length: usize = length.unwrap_or(0);
        let mut body = bytes.split_off(end + 4);
        while body.len() < length {
            let read = stream.read(&mut piece)?;
            anyhow::ensure!(read > 0, "half of a body");
            body.extend_from_slice(&piece[..read]);
        }
        return Ok((head, body));
    }
}

fn header<'a>(head: &'a str, wanted: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
}

fn ask(head: &str, body: &[u8]) -> Option<Ask> {
    let mut words = head.lines().next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    Some(Ask {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: headers.collect(),
        body: String::from_utf8_lossy(body).into_owned(),
    })
}

/// The head of a request after which the server hangs up.
fn once(head: &str) -> String {
    let kept = head.lines().filter(|line| !line.to_lowercase().starts_with("connection:"));
    let kept: Vec<&str> = kept.filter(|line| !line.is_empty()).collect();
    kept.join("\r\n") + "\r\nconnection: close\r\n\r\n"
}
