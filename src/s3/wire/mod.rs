//! One HTTP request for S3 in, one HTTP response out; no sockets.
//!
//! The one idea to hold: whatever can be said in two ways is said in one before the protocol sees it. Hosts become
//! paths, frames are taken off the body, trailers and the headers in presigned links become headers, and signatures,
//! which are not checked, go.

mod body;
mod host;
mod request;
mod response;

use std::sync::Arc;

pub use body::{Body, BodyReader, without_chunks};
use bytes::Bytes;
pub(super) use host::is_region;

use self::host::Host;
use super::protocol;
use super::refusal::Refusal;
use super::store::ObjectStore;
use crate::arn::Scope;
use crate::iam::Caller;

/// A request as it stands on the wire.
#[derive(Debug)]
pub struct Request<'a> {
    /// In upper case.
    pub method: &'a str,
    /// Host name, with or without a port.
    pub host: &'a str,
    /// Still percent-encoded.
    pub path: &'a str,
    /// Without the question mark, still percent-encoded.
    pub query: &'a str,
    /// Names in any case.
    pub headers: &'a [(String, String)],
    /// The body, or why it cannot be read.
    pub body: Result<Body, Refusal>,
}

/// A response as it goes onto the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Names in any case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
}

/// Answers a request for S3. The Region is the host's, else the signature's, else that of `default`; the account is that
/// of the caller whom `caller` knows behind an access key and `default`'s account, as [`Caller::new`] does.
#[must_use]
pub fn answer(
    store: &Arc<ObjectStore>,
    default: &Scope,
    caller: impl FnOnce(Option<&str>, &Arc<str>) -> Caller,
    request: Request<'_>,
) -> Response {
    let head = request.method == "HEAD";
    let host = Host::parse(request.host);
    let signed = request::signed(request.headers, request.query);
    let region = host.region.map(str::to_owned).or_else(|| signed.region.clone());
    let scope = Scope {
        account: caller(signed.access_key_id.as_deref(), &default.account).account,
        region: region.as_deref().map_or_else(|| Arc::clone(&default.region), Into::into),
    };
    let caller = protocol::Caller { store: Arc::clone(store), scope, knows_region: region.is_some() };
    let answered = match request::normal(request, host) {
        Ok(request) => protocol::answer(caller, request),
        Err(refusal) => Err(refusal),
    };
    response::write(store, answered, head)
}

/// The value of a header.
fn value<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests;
