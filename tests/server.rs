//! Clients that are slow, many or silent: each is answered or cut off in time, and nobody else waits for them.
//!
//! The limits are short here, and no test measures time: a server that hangs is noticed by [`HANGS`].
#![cfg(feature = "server")]

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use drylambda::arn::Scope;
use drylambda::lambda::{Lambda, Options};
use drylambda::server::{Limits, Server, Settings};

/// Longer than anything takes, even on a busy machine.
const HANGS: Duration = Duration::from_secs(30);

/// What a slow client is given.
const SHORT: Duration = Duration::from_millis(60);

const UPDATE: &str = "PUT /2015-03-31/functions/app/code HTTP/1.1\r\nHost: localhost\r\n";
const PUT: &str = "PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\n";

fn server(limits: Limits) -> Server {
    let lambda = Arc::new(Lambda::new(&Options::default()));
    let settings = Settings { port: 0, limits, ..Settings::default() };
    Server::start(lambda, Scope::new("123456789012", "us-east-1"), settings).unwrap()
}

fn impatient() -> Limits {
    Limits { head_timeout: SHORT, pause: SHORT, ..Limits::default() }
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(HANGS)).unwrap();
    stream
}

/// Everything up to the end of a connection.
fn heard(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    match stream.read_to_end(&mut all) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the server hangs: {error}, after {:?}", String::from_utf8_lossy(&all)),
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// The answer to what is sent, once the server has closed the connection.
fn said(server: &Server, sent: &str) -> String {
    let mut stream = connect(server);
    stream.write_all(sent.as_bytes()).unwrap();
    heard(&mut stream)
}

fn health(server: &Server) -> String {
    said(server, "GET /_drylambda/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

#[test]
fn who_says_nothing_is_cut_off() {
    let server = server(impatient());
    for silent in ["", "G", "GET / HTTP/1.1\r\nHost: local", "PR", "PRI * HTTP/2.0\r\n\r\n"] {
        let heard = said(&server, silent);
        assert!(!heard.starts_with("HTTP/1.1 5") && !heard.contains(" 200 "), "{silent:?}: {heard}");
    }
    assert!(health(&server).starts_with("HTTP/1.1 200"));
}

#[test]
fn an_idle_connection_is_closed() {
    let server = server(impatient());
    let heard = said(&server, "GET /_drylambda/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
}

#[test]
fn a_body_that_pauses_is_refused() {
    let server = server(impatient());
    for (head, code) in [(UPDATE, "RequestTimeout"), (PUT, "RequestTimeout")] {
        for begun in ["", "{"] {
            let heard = said(&server, &format!("{head}Content-Length: 100000\r\n\r\n{begun}"));
            assert!(heard.starts_with("HTTP/1.1 408") && heard.contains(code), "{heard}");
        }
    }
    let heard = said(&server, &format!("{UPDATE}Transfer-Encoding: chunked\r\n\r\n2\r\n{{"));
    assert!(heard.starts_with("HTTP/1.1 408"), "{heard}");
}

#[test]
fn a_body_that_is_asked_for_and_never_comes_is_refused() {
    let server = server(impatient());
    let heard = said(&server, &format!("{UPDATE}Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n"));
    assert!(heard.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 408"), "{heard}");
}

#[test]
fn a_body_that_trickles_is_refused_although_it_never_pauses() {
    let server = server(Limits { pause: Duration::from_millis(400), bytes_per_second: u32::MAX, ..Limits::default() });
    let mut stream = connect(&server);
    stream.write_all(format!("{UPDATE}Content-Length: 60000\r\n\r\n").as_bytes()).unwrap();
    // The wait for an answer is the pause between the bytes.
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let mut first = [0; 12];
    let answered = (0..60_000).any(|_| {
        let _ = stream.write_all(b" ");
        stream.read_exact(&mut first).is_ok()
    });
    assert!(answered);
    assert_eq!(&first, b"HTTP/1.1 408");
}

#[test]
fn bodies_wait_for_room_and_are_refused_when_there_is_none() {
    let server = server(Limits { body_bytes: 1_000_000, pause: Duration::from_secs(2), ..Limits::default() });
    let mut first = connect(&server);
    first.write_all(format!("{PUT}Content-Length: 900000\r\n\r\nx").as_bytes()).unwrap();
    // Who is larger than all the room is refused at once, who finds none waits.
    let too_large = said(&server, &format!("{PUT}Connection: close\r\nContent-Length: 2000000\r\n\r\n"));
    assert!(too_large.starts_with("HTTP/1.1 400") && too_large.contains("EntityTooLarge"), "{too_large}");
    let mut second = connect(&server);
    second.write_all(format!("{PUT}Content-Length: 900000\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
    drop(first);
    second.write_all(&vec![b'x'; 900_000]).unwrap();
    let answered = heard(&mut second);
    assert!(answered.contains("NoSuchBucket"), "{answered}");
    assert!(health(&server).starts_with("HTTP/1.1 200"));
}

#[test]
fn small_requests_do_not_wait_for_large_bodies() {
    let server = server(Limits { body_bytes: 1_000_000, ..Limits::default() });
    let mut large = connect(&server);
    large.write_all(format!("{PUT}Content-Length: 1000000\r\n\r\nx").as_bytes()).unwrap();
    assert!(health(&server).starts_with("HTTP/1.1 200"));
    let small = said(&server, &format!("{UPDATE}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}"));
    assert!(small.contains("ResourceNotFoundException"), "{small}");
}

#[test]
fn a_stopping_server_finishes_a_body_that_still_comes() {
    let server = server(Limits::default());
    let mut stream = connect(&server);
    stream.write_all(format!("{UPDATE}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n").as_bytes()).unwrap();
    let mut asked = [0; 25];
    // Now it is under way.
    stream.read_exact(&mut asked).unwrap();
    let stopping = std::thread::spawn(move || server.stop());
    stream.write_all(b"{}").unwrap();
    assert!(heard(&mut stream).contains("ResourceNotFoundException"));
    stopping.join().unwrap();
}

// HTTP/2, in frames by hand

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The headers of a GET in HPACK: what stands in its table, and a path and an authority as they are.
fn hpack(path: &str) -> Vec<u8> {
    let length = |text: &str| u8::try_from(text.len()).unwrap();
    let mut block = vec![0x82, 0x86, 0x04, length(path)];
    block.extend_from_slice(path.as_bytes());
    block.extend_from_slice(&[0x01, 9]);
    block.extend_from_slice(b"localhost");
    block
}

fn get(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &hpack("/_drylambda/health"))
}

/// The kind of the next frame and its payload; none at the end of the connection.
fn next_frame(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut filled = |mut bytes: Vec<u8>| match stream.read_exact(&mut bytes) {
        Ok(()) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => panic!("the server hangs: {error}"),
        Err(_) => None,
    };
    let head = filled(vec![0; 9])?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    Some((head[3], filled(vec![0; length as usize])?))
}

/// What comes of frames behind a good beginning, when the client then says no more.
fn exchanged(server: &Server, sent: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut stream = connect(server);
    let begun = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    // A server that has had enough closes while the client still sends.
    let _ = stream.write_all(&[&begun[..], sent].concat());
    let _ = stream.shutdown(Shutdown::Write);
    std::iter::from_fn(|| next_frame(&mut stream)).collect()
}

#[test]
fn http2_is_answered_to_who_knows_that_it_is_there() {
    let server = server(Limits::default());
    let mut stream = connect(&server);
    stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[]), &get(1), &get(3)].concat()).unwrap();
    let bodies =
        std::iter::from_fn(|| next_frame(&mut stream)).filter(|(kind, body)| *kind == DATA && !body.is_empty());
    let bodies: Vec<_> = bodies.take(2).collect();
    assert_eq!(bodies.len(), 2);
    assert!(bodies.iter().all(|(_, body)| body.starts_with(b"{\"drylambda\"")));
}

#[test]
fn http2_that_is_none_ends_the_connection() {
    let server = server(impatient());
    let endless: Vec<u8> = frame(HEADERS, END_STREAM, 1, &hpack("/"))
        .into_iter()
        .chain((0..10_000).flat_map(|_| frame(CONTINUATION, 0, 1, b"\0\x01a\x01b")))
        .collect();
    for (what, sent) in [
        ("garbage", vec![0xAA; 4096]),
        ("a frame of 16 MiB", [&[0xFF, 0xFF, 0xFF, DATA, 0][..], &[0; 4096]].concat()),
        ("headers of stream 0", frame(HEADERS, END_STREAM | END_HEADERS, 0, &hpack("/"))),
        ("headers of the server's stream", frame(HEADERS, END_STREAM | END_HEADERS, 2, &hpack("/"))),
        ("no HPACK", frame(HEADERS, END_STREAM | END_HEADERS, 1, &[0xFF; 64])),
        ("settings of no size", frame(SETTINGS, 0, 0, &[0; 5])),
        ("a window that overflows", frame(8, 0, 0, &0x7FFF_FFFF_u32.to_be_bytes()).repeat(2)),
        ("a body without headers", frame(DATA, 0, 1, b"x")),
        ("headers without end", endless),
    ] {
        let frames = exchanged(&server, &sent);
        assert!(frames.iter().all(|(kind, _)| ![HEADERS, DATA].contains(kind)), "{what}: {frames:?}");
    }
    assert!(health(&server).starts_with("HTTP/1.1 200"));
}

#[test]
fn http2_floods_end_the_connection_or_are_borne() {
    let server = server(Limits::default());
    let opened = |stream: u32| [get(stream), frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat();
    let resets: Vec<u8> = (0..20_000).flat_map(|stream| opened(2 * stream + 1)).collect();
    let frames = exchanged(&server, &resets);
    assert!(frames.iter().any(|(kind, _)| *kind == GOAWAY), "rapid resets are too much to be borne");
    for flood in [frame(SETTINGS, 0, 0, &[]), frame(PING, 0, 0, &[0; 8])] {
        exchanged(&server, &flood.repeat(20_000));
    }
    assert!(health(&server).starts_with("HTTP/1.1 200"));
}
