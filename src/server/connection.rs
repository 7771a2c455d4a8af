//! Connections: accepted, told apart by their version of HTTP, and closed when the server stops.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::{Shared, exchange};

/// How many connections are open at the same time; others wait to be accepted.
const MOST_CONNECTIONS: usize = 10_000;

/// How long nobody is accepted after the system could not, as it has no more descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The most headers of a request, and the most bytes of its head.
const MOST_HEADERS: usize = 128;
const HEAD_BYTES: usize = 64 * 1024;

/// How many requests an HTTP/2 connection has under way at the same time.
const MOST_STREAMS: u32 = 64;

/// What an HTTP/2 client may send of a body before it is read: a round trip's worth on a fast line.
const WINDOW_BYTES: u32 = 256 * 1024;

/// How an HTTP/2 client begins that knows its server (h2c with prior knowledge).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Accepts connections until the server stops.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopping: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let accepted = tokio::select! {
            biased;
            _ = stopping.wait_for(|stopping| *stopping) => return,
            accepted = accepted => accepted,
        };
        match accepted {
            (Ok(place), Ok((stream, _))) => {
                let (shared, stopping) = (Arc::clone(&shared), stopping.clone());
                tokio::spawn(async move {
                    // A client that breaks its connection is told nothing any more.
                    let _ = serve(stream, shared, stopping).await;
                    drop(place);
                });
            }
            _ => sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, mut stopping: watch::Receiver<bool>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let patience = shared.settings.limits.head_timeout;
    let is_http2 = tokio::select! {
        biased;
        _ = stopping.wait_for(|stopping| *stopping) => return Ok(()),
        begun = timeout(patience, begins_with_preface(&stream)) => begun??,
    };
    let service = {
        let stopping = stopping.clone();
        service_fn(move |request| exchange::answer(Arc::clone(&shared), stopping.clone(), request))
    };
    let stream = TokioIo::new(stream);
    if is_http2 {
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(MOST_STREAMS)
            .initial_stream_window_size(WINDOW_BYTES)
            // A stream that waits for memory takes nothing from those that have it.
            .initial_connection_window_size(MOST_STREAMS * WINDOW_BYTES)
            .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX))
            .keep_alive_interval(patience)
            .keep_alive_timeout(patience)
            .serve_connection(stream, service);
        until_stopped(connection, http2::Connection::graceful_shutdown, stopping).await;
    } else {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience)
            .max_headers(MOST_HEADERS)
            .max_header_size(HEAD_BYTES)
            // Who has said everything may close that half, and still hears the answer.
            .half_close(true)
            .serve_connection(stream, service);
        until_stopped(connection, http1::Connection::graceful_shutdown, stopping).await;
    }
    Ok(())
}

/// Serves a connection to its end, which is after the requests under way once the server stops.
async fn until_stopped<C: Future>(
    connection: C,
    finish: impl FnOnce(Pin<&mut C>),
    mut stopping: watch::Receiver<bool>,
) {
    let mut connection = pin!(connection);
    let stopped = tokio::select! {
        biased;
        _ = stopping.wait_for(|stopping| *stopping) => true,
        _ = connection.as_mut() => false,
    };
    if stopped {
        finish(connection.as_mut());
        connection.await;
    }
}

/// Whether a client speaks HTTP/2, by its first bytes, which stay unread. All of the preface is waited for, as hyper would
/// wait for the rest of it without end.
async fn begins_with_preface(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0; PREFACE.len()];
    loop {
        let count = stream.peek(&mut first).await?;
        let first = first.get(..count).unwrap_or_default();
        if count == 0 || !PREFACE.starts_with(first) || first == PREFACE {
            return Ok(first == PREFACE);
        }
        // What was peeked at stays, so the socket stays ready: the next byte is asked for in a while.
        sleep(Duration::from_millis(1)).await;
    }
}
