//! Sockets: TCP, Unix, or one that systemd passed; and what each connection may take of our time.

use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use anyhow::{Context as _, Result, bail};
use listenfd::ListenFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::either::Either;

use crate::config::{Listen, Settings};
use crate::http::support::address::Peer;
use crate::limits;

/// A socket that takes connections.
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener, Option<PathBuf>),
}

pub(crate) type Stream = Either<TcpStream, UnixStream>;

impl Listener {
    /// Opens what the settings name.
    pub(crate) async fn open(settings: &Settings) -> Result<Self> {
        match &settings.listen {
            Listen::Tcp(address) => {
                let listener = TcpListener::bind(address).await.with_context(|| {
                    format!(
                        "{address} is taken or not allowed; choose another with --port or --listen"
                    )
                })?;
                Ok(Self::Tcp(listener))
            }
            Listen::Unix(path) => unix(path, settings.socket_mode),
            Listen::Passed => passed(),
        }
    }

    /// Where it is to be found.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Tcp(listener) => match listener.local_addr() {
                Ok(address) => format!("http://{address}"),
                Err(_) => "a passed socket".to_owned(),
            },
            Self::Unix(_, Some(path)) => format!("unix:{}", path.display()),
            Self::Unix(_, None) => "a passed socket".to_owned(),
        }
    }

    pub(crate) async fn accept(&self) -> io::Result<(Stream, Peer)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                // Answers are small and whole; waiting to fill a packet only delays them.
                let _ = stream.set_nodelay(true);
                Ok((Either::Left(stream), Peer(Some(address.ip()))))
            }
            Self::Unix(listener, _) => {
                let (stream, _) = listener.accept().await?;
                Ok((Either::Right(stream), Peer(None)))
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Self::Unix(_, Some(path)) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn unix(path: &Path, mode: u32) -> Result<Listener> {
    let there = std::fs::symlink_metadata(path).ok();
    if let Some(there) = there {
        if !there.file_type().is_socket() {
            bail!("{} is there and no socket; remove it or name another", path.display());
        }
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            bail!("another server listens on {}", path.display());
        }
        // Left behind by one that was killed.
        std::fs::remove_file(path).with_context(|| format!("removing {}", path.display()))?;
    }
    let listener =
        UnixListener::bind(path).with_context(|| format!("listening on {}", path.display()))?;
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode))
        .with_context(|| format!("setting the mode of {}", path.display()))?;
    Ok(Listener::Unix(listener, Some(path.to_path_buf())))
}

fn passed() -> Result<Listener> {
    let mut passed = ListenFd::from_env();
    if let Ok(Some(listener)) = passed.take_tcp_listener(0) {
        listener.set_nonblocking(true)?;
        return Ok(Listener::Tcp(TcpListener::from_std(listener)?));
    }
    if let Ok(Some(listener)) = passed.take_unix_listener(0) {
        listener.set_nonblocking(true)?;
        return Ok(Listener::Unix(UnixListener::from_std(listener)?, None));
    }
    bail!("no socket was passed; use a systemd .socket unit, or another server.listen")
}

/// A stream whose other end must take what is ready for it. The time runs from when the first byte had
/// to wait until none does: a drop now and then does not keep a large answer in our memory.
pub(crate) struct Patient {
    stream: Stream,
    waits: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    pub(crate) fn new(stream: Stream) -> Self {
        Self { stream, waits: None }
    }

    pub(crate) fn into_inner(self) -> Stream {
        self.stream
    }

    /// Runs the time while a write waits.
    fn judge<T>(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            return polled;
        }
        let waits = self
            .waits
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + limits::WRITE_TIME)));
        match waits.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if matches!(polled, Poll::Ready(Ok(written)) if written == bytes.len()) {
            self.waits = None;
        }
        self.judge(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let all: usize = pieces.iter().map(|piece| piece.len()).sum();
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        if matches!(polled, Poll::Ready(Ok(written)) if written == all) {
            self.waits = None;
        }
        self.judge(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
