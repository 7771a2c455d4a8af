//! Signatures, where the server was told to check them.
//!
//! The one idea to hold: clients sign by the system's clock, so they are checked by it, whatever the emulator's says. A
//! download link has a signature of the emulator's own, and what is beside the API has none.

use super::Shared;
use super::head::Head;
use crate::clock::Clock;
use crate::package::Digest;
use crate::sigv4::{Refused, Request, verify};

/// Requires a signature of one of the keys, if there are keys. `body` is what was hashed of it, if it was hashed.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(shared: &Shared, head: &Head, service: &str, body: Option<Digest>) -> Result<(), Refused> {
    let Some(keys) = &shared.settings.verify_signatures else { return Ok(()) };
    let headers = headers(head);
    verify(keys, &request(head, &headers, service, body), Clock::system().now())
}

/// Requires that a body is the one whose hash was signed, where signatures are checked and a hash is said.
///
/// # Errors
/// What was said, and what came.
pub(super) fn check_body(shared: &Shared, head: &Head, body: &[u8]) -> Result<(), Refused> {
    if shared.settings.verify_signatures.is_none() {
        return Ok(());
    }
    let headers = headers(head);
    let announced = request(head, &headers, "s3", None).announced();
    // Who says no hash in a header has signed that there is no body; a link signs none.
    let is_silent = head.header("authorization").is_some() && head.header("x-amz-content-sha256").is_none();
    let Some(announced) = announced.or_else(|| is_silent.then(|| Digest::of(b""))) else { return Ok(()) };
    let computed = Digest::of(body);
    if announced == computed { Ok(()) } else { Err(Refused::OtherBody { announced: announced.to_hex(), computed }) }
}

fn request<'a>(head: &'a Head, headers: &'a [(String, String)], service: &'a str, body: Option<Digest>) -> Request<'a> {
    let Head { method, path, query, .. } = head;
    Request { method, path, query, headers, body, service }
}

/// Every header, and the host, which HTTP/2 does not send as one.
fn headers(head: &Head) -> Vec<(String, String)> {
    let mut headers = head.all();
    if !headers.iter().any(|(name, _)| name == "host") {
        headers.push(("host".to_owned(), head.host.clone()));
    }
    headers
}
