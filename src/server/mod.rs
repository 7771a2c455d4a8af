//! One port for every client: Lambda and S3 over HTTP, for any SDK in any language.
//!
//! The one idea to hold: HTTP only carries. Whatever a request means is said by [`crate::wire`] and [`crate::s3`], as
//! for the ways in that need no socket; what is said here is how bytes come and go, how many, and how long that may
//! take. A runtime belongs to its server and ends with it.
//!
//! ```
//! use std::sync::Arc;
//! use drylambda::arn::Scope;
//! use drylambda::lambda::{Lambda, Options};
//! use drylambda::server::{Server, Settings};
//!
//! let lambda = Arc::new(Lambda::new(&Options::default()));
//! let settings = Settings { port: 0, ..Settings::default() };
//! let server = Server::start(lambda, Scope::new("123456789012", "us-east-1"), settings)?;
//! assert!(server.endpoint_url().starts_with("http://127.0.0.1:"));
//! server.stop();
//! # Ok::<(), drylambda::server::CannotListen>(())
//! ```

mod admin;
mod answer;
mod body;
mod connection;
mod events;
mod exchange;
mod function_url;
mod head;
mod lambda;
mod log;
mod s3;
mod signature;
mod under_way;
mod upload;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{Instant, timeout};

use self::under_way::UnderWay;

pub use self::log::Log;
use crate::arn::Scope;
use crate::lambda::{Lambda, Watcher};
use crate::sigv4::Keys;

/// How long a stopping server waits for what is under way.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// How long it waits for connections on which nothing is.
const IDLE_TIMEOUT: Duration = Duration::from_millis(500);

/// How often it looks.
const BEAT: Duration = Duration::from_millis(20);

/// The name of every thread of a server.
pub const THREAD_NAME: &str = "drylambda-server";

/// Threads for answers that take long or are held; what comes beyond waits.
const MOST_BLOCKING_THREADS: usize = 512;

/// Large packages that come at the same time, each of which has one of these threads; others wait.
const MOST_UPLOADS: usize = 128;

/// How long an idle one of them is kept.
const BLOCKING_THREAD_KEPT: Duration = Duration::from_secs(5);

/// How many connections may wait to be accepted, as far as the system lets them.
const BACKLOG: u32 = 4096;

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name or address to listen at.
    pub host: String,
    /// The port; 0 is any that is free.
    pub port: u16,
    /// What is written about requests.
    pub log: Log,
    /// Names, beside the loopback's and `host`, by which `/_drylambda/` may be asked.
    pub allowed_hosts: Vec<String>,
    /// The origins whose pages may read answers; `*` is any, and none is the default.
    pub cors: Vec<String>,
    /// The keys that requests have to be signed with; without, signatures only tell account and Region.
    pub verify_signatures: Option<Keys>,
    /// How much is taken of clients, and how long is waited for them.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 4566,
            log: Log::default(),
            allowed_hosts: Vec::new(),
            cors: Vec::new(),
            verify_signatures: None,
            limits: Limits::default(),
        }
    }
}

impl Settings {
    /// Whether pages of an origin may read answers.
    fn allows_origin(&self, origin: &str) -> bool {
        self.cors.iter().any(|allowed| allowed == "*" || allowed == origin)
    }
}

/// How much is taken of clients, and how long is waited for them.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most bytes that the bodies of all requests under way may have together; who comes later waits.
    pub body_bytes: usize,
    /// How long a client may take for the head of a request, and how long a connection may be idle.
    pub head_timeout: Duration,
    /// How long a client may pause within a body.
    pub pause: Duration,
    /// How many bytes of a body have to come in a second, on the whole, once the pause has passed.
    pub bytes_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 512 * 1024 * 1024,
            head_timeout: Duration::from_mins(1),
            pause: Duration::from_secs(30),
            bytes_per_second: 16 * 1024,
        }
    }
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen at {host} port {port}: {source}")]
pub struct CannotListen {
    /// Where it was to listen.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What the system says.
    pub source: io::Error,
}

/// What the connections of a server share.
#[derive(Debug)]
struct Shared {
    lambda: Arc<Lambda>,
    /// The account and Region of requests that do not say otherwise.
    scope: Scope,
    settings: Settings,
    /// How many bytes bodies may still have together.
    memory: Arc<Semaphore>,
    log: log::Writer,
    under_way: UnderWay,
    /// How many large packages may still come at the same time.
    uploads: Semaphore,
    /// Whether somebody works off what nobody waits for.
    works: AtomicBool,
    /// That something came meanwhile.
    came: Notify,
}

/// A server that listens; dropped, it stops.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    lambda: Arc<Lambda>,
    under_way: UnderWay,
    /// Every connection listens to it, so it is closed when the last of them is.
    stop: watch::Sender<bool>,
    runtime: Option<Runtime>,
    /// What the emulator tells when something may be due.
    looking: Option<Arc<dyn Watcher>>,
    /// Where the runtime's threads are: not in a process that was forked off.
    process: u32,
}

impl Server {
    /// Listens at the settings' host and port, and answers until it is stopped or dropped.
    ///
    /// # Errors
    /// For a host that is not there, or a port that is taken.
    pub fn start(lambda: Arc<Lambda>, scope: Scope, settings: Settings) -> Result<Self, CannotListen> {
        let begun = log::Writer::new(settings.log).and_then(|log| {
            let runtime = runtime()?;
            let listener = runtime.block_on(async { listen(&settings.host, settings.port) })?;
            let address = listener.local_addr()?;
            Ok((log, runtime, listener, address))
        });
        let (log, runtime, listener, address) = begun.map_err(|source| {
            let Settings { host, port, .. } = &settings;
            CannotListen { host: host.clone(), port: *port, source }
        })?;
        let (stop, stopping) = watch::channel(false);
        let under_way = UnderWay::default();
        let memory = Arc::new(Semaphore::new(settings.limits.body_bytes));
        let shared = Arc::new(Shared {
            lambda: Arc::clone(&lambda),
            scope,
            settings,
            memory,
            log,
            under_way: under_way.clone(),
            uploads: Semaphore::new(MOST_UPLOADS),
            works: AtomicBool::new(false),
            came: Notify::new(),
        });
        let looking = events::Looking { shared: Arc::downgrade(&shared), runtime: runtime.handle().clone() };
        let looking: Arc<dyn Watcher> = Arc::new(looking);
        lambda.watch(&looking);
        runtime.spawn(connection::accept(listener, shared, stopping));
        Ok(Self {
            address,
            lambda,
            under_way,
            stop,
            runtime: Some(runtime),
            looking: Some(looking),
            process: std::process::id(),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL by which it is reached on this machine, e.g. `http://127.0.0.1:4566`.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        let mut reached = self.address;
        if reached.ip().is_unspecified() {
            reached.set_ip(if reached.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
        }
        format!("http://{reached}")
    }

    /// The emulator that it serves.
    #[must_use]
    pub fn lambda(&self) -> &Arc<Lambda> {
        &self.lambda
    }

    /// Takes no more requests, finishes what is under way, for ten seconds at most, and frees the port.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        drop(self.looking.take());
        if self.process != std::process::id() {
            // The threads stayed behind in the other process, so there is nobody to wait for.
            std::mem::forget(runtime);
            return;
        }
        self.stop.send_replace(true);
        runtime.block_on(async {
            let began = Instant::now();
            // Whoever is not done by then is cut off.
            while timeout(BEAT, self.stop.closed()).await.is_err() {
                let patience = if self.under_way.is_empty() { IDLE_TIMEOUT } else { STOP_TIMEOUT };
                if began.elapsed() >= patience {
                    break;
                }
            }
        });
        runtime.shutdown_timeout(Duration::from_secs(1));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .enable_io()
        .enable_time()
        .thread_name(THREAD_NAME)
        .max_blocking_threads(MOST_BLOCKING_THREADS)
        .thread_keep_alive(BLOCKING_THREAD_KEPT)
        .build()
}

/// Listens at the first address of a name that can be listened at.
fn listen(host: &str, port: u16) -> io::Result<TcpListener> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (host.trim_start_matches('[').trim_end_matches(']'), port).to_socket_addrs()? {
        match listen_at(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn listen_at(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A port whose last server has just gone can be taken again at once.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
