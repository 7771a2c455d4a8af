//! Load on a server: how many requests in a second, and how long each takes.
//!
//! ```text
//! cargo bench --features server --bench load -- [--url http://127.0.0.1:4566] [--method PUT] [--path PATH]
//!     [--body FILE | --package BYTES] [--connections 8] [--idle 0] [--seconds 5] [--header 'name: value']
//! ```
//!
//! Each connection sends its next request when it has the answer to the last one; `--idle` more are open, and take turns.
//! One line of JSON tells what came: requests, errors, a second's worth, and latencies in microseconds. Without a URL it
//! starts a server of its own in this process, and updates a function in it, with a package of 1 KiB or of so many bytes.
//! `decode_and_hash_us` is what base64 and SHA-256 of that package take alone, in the same run.

use std::env;
use std::fs;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use drylambda::arn::Scope;
use drylambda::lambda::{Lambda, Options};
use drylambda::package::{Digest, Mode, make_zip};
use drylambda::server::{Server, Settings};
use drylambda::state::Settle;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

const CREATE: &str = "/2015-03-31/functions";
const UPDATE: &str = "/2015-03-31/functions/app/code";

const JSON: &str = "Content-Type: application/json\r\n";
/// A request that takes longer is an error.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is sent, and how.
struct Load {
    address: String,
    request: Vec<u8>,
    connections: usize,
    idle: usize,
    seconds: f64,
}

fn main() -> io::Result<()> {
    // `cargo bench` adds an argument of its own.
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let option = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1).cloned()
    };
    let number = |name: &str, default: f64| option(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size of the command line")]
    let package_bytes = number("--package", 1024.0) as usize;
    let own = if option("--url").is_none() { Some(own_server()?) } else { None };
    let url = option("--url").or(own.as_ref().map(Server::endpoint_url)).unwrap_or_default();
    let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let body = match option("--body") {
        Some(file) => fs::read(file)?,
        None => update(package_bytes)?.into_bytes(),
    };
    let method = option("--method").unwrap_or_else(|| "PUT".into());
    let path = option("--path").unwrap_or_else(|| UPDATE.into());
    let header = option("--header").map(|header| format!("{header}\r\n")).unwrap_or_default();
    let length = body.len();
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n{header}{JSON}Content-Length: {length}\r\n\r\n")
            .into_bytes();
    request.extend_from_slice(&body);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers of the command line")]
    let load = Load {
        address,
        request,
        connections: number("--connections", 8.0) as usize,
        idle: number("--idle", 0.0) as usize,
        seconds: number("--seconds", 5.0),
    };
    let reference = decode_and_hash(&body);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(Arc::new(load), reference))
}

/// A server in this process that has the function `app`.
fn own_server() -> io::Result<Server> {
    let options = Options { settle: Settle::Instant, ..Options::default() };
    let settings = Settings { port: 0, ..Settings::default() };
    let scope = Scope::new("123456789012", "us-east-1");
    let server = Server::start(Arc::new(Lambda::new(&options)), scope, settings).map_err(io::Error::other)?;
    let code = update(1024)?;
    let body = format!(
        r#"{{"FunctionName":"app","Runtime":"python3.13","Handler":"app.handler","Role":"arn:aws:iam::123456789012:role/app","Code":{code}}}"#
    );
    let address = server.address();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = runtime.block_on(async {
        let mut stream = TcpStream::connect(address).await?;
        let length = body.len();
        let request = format!("POST {CREATE} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n{body}");
        exchange(&mut stream, request.as_bytes(), &mut Vec::new()).await
    })?;
    if status.0 == 201 {
        Ok(server)
    } else {
        Err(io::Error::other(format!("CreateFunction was answered {}", status.0)))
    }
}

/// The body of an update with a package of so many bytes, which do not compress.
fn update(bytes: usize) -> io::Result<String> {
    let mut random = fastrand::Rng::with_seed(1);
    let noise: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(bytes.saturating_sub(120)).collect();
    let zip = make_zip([("app.py", noise, Mode::File)]).map_err(io::Error::other)?;
    Ok(format!(r#"{{"ZipFile":"{}"}}"#, BASE64.encode(zip)))
}

/// What decoding and hashing the package of an update takes at best.
fn decode_and_hash(body: &[u8]) -> Duration {
    let text = body.split(|byte| *byte == b'"').max_by_key(|part| part.len()).unwrap_or_default();
    let once = |_| {
        let began = Instant::now();
        let package = BASE64.decode(text).unwrap_or_default();
        std::hint::black_box(Digest::of(&package));
        began.elapsed()
    };
    (0..5).map(once).min().unwrap_or_default()
}

async fn run(load: Arc<Load>, reference: Duration) -> io::Result<()> {
    // Whoever is idle waits here for its turn.
    let idle = Arc::new(Mutex::new(std::collections::VecDeque::new()));
    for _ in 0..load.idle {
        idle.lock().await.push_back(TcpStream::connect(&load.address).await?);
    }
    let until = Instant::now() + Duration::from_secs_f64(load.seconds);
    let began = Instant::now();
    let mut sending = Vec::new();
    for _ in 0..load.connections {
        let (load, idle) = (Arc::clone(&load), Arc::clone(&idle));
        sending.push(tokio::spawn(async move {
            let (mut taken, mut errors, mut buffer) = (Vec::new(), 0_u64, Vec::new());
            let Ok(mut stream) = TcpStream::connect(&load.address).await else { return (taken, 1) };
            while Instant::now() < until {
                let sent = Instant::now();
                let answer = timeout(PATIENCE, exchange(&mut stream, &load.request, &mut buffer)).await;
                let answer = answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
                match answer {
                    Ok((200..=299, _)) => taken.push(sent.elapsed()),
                    Ok(_) | Err(_) => errors += 1,
                }
                // Some servers keep no connection, which is no error.
                if !answer.is_ok_and(|(_, kept)| kept) {
                    match TcpStream::connect(&load.address).await {
                        Ok(again) => stream = again,
                        Err(_) => break,
                    }
                }
                if load.idle > 0 {
                    let mut idle = idle.lock().await;
                    idle.push_back(stream);
                    let Some(next) = idle.pop_front() else { break };
                    stream = next;
                }
            }
            (taken, errors)
        }));
    }
    let (mut taken, mut errors) = (Vec::new(), 0);
    for it in sending {
        let (more, failed) = it.await.map_err(io::Error::other)?;
        taken.extend(more);
        errors += failed;
    }
    tell(&mut taken, errors, began.elapsed(), reference);
    Ok(())
}

/// Sends a request and reads the whole answer; its status, and whether the connection goes on.
async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> io::Result<(u16, bool)> {
    stream.write_all(request).await?;
    buffer.clear();
    let head = loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(end) = buffer.windows(4).position(|it| it == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = String::from_utf8_lossy(buffer.get(..head).unwrap_or_default()).to_ascii_lowercase();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let length = text.split("content-length:").nth(1).and_then(|rest| rest.split("\r\n").next());
    let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    while buffer.len() < head + length {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok((status, !text.contains("connection: close") && !text.starts_with("http/1.0")))
}

#[expect(clippy::print_stdout, reason = "this is what it is for")]
#[expect(clippy::cast_precision_loss, reason = "counts of a few seconds")]
fn tell(taken: &mut [Duration], errors: u64, elapsed: Duration, reference: Duration) {
    taken.sort_unstable();
    let at = |share: usize| taken.get((taken.len() * share / 1000).min(taken.len().saturating_sub(1)));
    let [p50, p99, p999] = [500, 990, 999].map(|share| at(share).map_or(0, Duration::as_micros));
    println!(
        r#"{{"requests": {}, "errors": {errors}, "per_second": {:.0}, "p50_us": {p50}, "p99_us": {p99}, "p999_us": {p999}, "decode_and_hash_us": {}}}"#,
        taken.len(),
        taken.len() as f64 / elapsed.as_secs_f64(),
        reference.as_micros()
    );
}
