//! One HTTP request in, one HTTP response out; no sockets.
//!
//! The one idea to hold: the server and the intercepted botocore request both end here, so HTTP has one
//! implementation. What a request says about Region and account is read from its signature, which is not checked.

mod download;
mod functions;

use std::sync::Arc;

use bytes::Bytes;

pub use self::functions::serve_functions;
use crate::arn::Scope;
use crate::error::{Connection, Error, Throttle};
use crate::lambda::{Answer, Call, Lambda};
use crate::links;
pub use crate::links::Endpoint;
use crate::model::{CREATE_FUNCTION, Operation, PUBLISH_LAYER_VERSION, Place, UPDATE_FUNCTION_CODE};
use crate::operations;
use crate::protocol::body_size;
use crate::protocol::json::{self, Substitute};
use crate::protocol::rest::{self, Parts};
use crate::protocol::route;
use crate::sigv4;

/// A request as it stands on the wire.
#[derive(Debug, Clone)]
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
    /// The whole body, or why it was not read.
    pub body: Result<&'a Bytes, Error>,
    /// A package that travels beside the body, under a token in it.
    pub substitute: Substitute<'a>,
    /// Whether calls that nobody waits for are tried before the answer.
    pub works_off: bool,
    /// How many milliseconds the client waits for the answer; as long as it takes, without.
    pub read_timeout_ms: Option<i64>,
    /// The server that was reached. Links lead there; without one, to AWS.
    pub endpoint: Option<Endpoint<'a>>,
}

/// A response as it goes onto the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// In AWS's spelling.
    pub headers: Vec<(&'static str, String)>,
    /// The whole body.
    pub body: Bytes,
}

/// Answers a request: a call of an operation, or a download.
///
/// # Errors
/// The way in which the connection breaks, if a fault asks for it.
pub fn answer(lambda: &Lambda, default: &Scope, request: Request<'_>) -> Result<Response, Connection> {
    if is_link(request.host, request.path) {
        return Ok(download::answer(lambda, &request));
    }
    let Some((operation, labels)) = route::find(request.method, request.path, request.query) else {
        let (method, path) = (request.method.to_owned(), request.path.to_owned());
        return Ok(refusal(&lambda.refuse(Error::UnknownOperation { method, path })));
    };
    let body_bytes = body_size(&request);
    // Step 1 of section 4: nothing of a body over the limit is read.
    let input = body_size::check(operation, || body_bytes).and_then(|()| {
        let parts = Parts {
            labels: &labels,
            query: request.query,
            headers: request.headers,
            body: request.body.clone()?,
            substitute: request.substitute,
        };
        rest::read(operation, parts)
    });
    let credential = Credential::of(&request);
    let caller = &lambda.caller(credential.access_key_id.as_deref(), &default.account);
    let region = credential.region.or_else(|| region_of_host(request.host).map(str::to_owned));
    let region = region.map_or_else(|| Arc::clone(&default.region), Into::into);
    let scope = &Scope { account: Arc::clone(&caller.account), region };
    let answer = match input {
        Ok(input) => {
            let Request { read_timeout_ms, works_off, endpoint, .. } = request;
            let body_bytes = Some(body_bytes);
            lambda.call(Call { operation, scope, caller, input, body_bytes, read_timeout_ms, works_off, endpoint })
        }
        Err(error) => lambda.refuse_call(operation, scope, caller, error),
    };
    if let Some(connection) = answer.lost {
        return Err(connection);
    }
    Ok(match &answer.result {
        Ok(members) => {
            let written = rest::write(operation, members);
            let mut response = response(&answer, written.status, written.content_type, written.body);
            response.headers.extend(written.headers);
            response
        }
        Err(_) => refusal(&answer),
    })
}

/// The answer to a request that is refused before anybody asks what it is for.
#[must_use]
pub fn refuse(lambda: &Lambda, error: Error) -> Response {
    refusal(&lambda.refuse(error))
}

/// The names of the headers that are read of a request, in lower case but for those that the model spells.
pub fn header_names(method: &str, path: &str, query: &str) -> impl Iterator<Item = &'static str> {
    let members = route::find(method, path, query).map_or(&[][..], |(operation, _)| operation.input.members());
    let bound = members.iter().filter_map(|member| match member.place {
        Place::Header(name) => Some(name),
        _ => None,
    });
    let of_download = links::may_be_target(path).then_some("range");
    std::iter::once("authorization").chain(of_download).chain(bound)
}

/// The operation that a request calls, if it calls one.
#[must_use]
pub fn operation(method: &str, path: &str, query: &str) -> Option<&'static Operation> {
    route::find(method, path, query).map(|(operation, _)| operation)
}

/// The most bytes that the body of a request may have, and what one with more is refused with.
#[must_use]
pub fn body_limit(operation: Option<&'static Operation>) -> (u64, Error) {
    let name = operation.map_or("requested", |operation| operation.name);
    let limit_bytes = body_size::limit(name).unwrap_or(body_size::MOST_BYTES);
    (limit_bytes, Error::RequestTooLarge { limit_bytes, operation: name })
}

/// Whether an operation is one that brings code.
#[must_use]
pub fn brings_code(operation: &Operation) -> bool {
    [CREATE_FUNCTION.name, PUBLISH_LAYER_VERSION.name, UPDATE_FUNCTION_CODE.name].contains(&operation.name)
}

/// Whether answering a request may mean to wait: for a function that runs, or for an object of S3 (one that brings code and
/// names a bucket, however the body spells it).
#[must_use]
pub fn may_wait(method: &str, path: &str, query: &str, body: &[u8]) -> bool {
    // Names of members stand between quotation marks, of which a body with a package has few.
    let names_bucket = || body.split(|byte| *byte == b'"').any(|text| text == b"S3Bucket") || body.contains(&b'\\');
    operation(method, path, query).is_some_and(|it| operations::runs_code(it) || brings_code(it) && names_bucket())
}

/// Whether a request is for a package behind a link (G1): by its host, or on any host by its path.
#[must_use]
pub fn is_link(host: &str, path: &str) -> bool {
    links::target(host, path).is_some()
}

/// The size the body would have with the package in place of its token.
fn body_size(request: &Request<'_>) -> u64 {
    let beside = request
        .substitute
        .map_or(0, |(token, bytes)| json::base64_size(bytes.len() as u64).saturating_sub(token.len() as u64));
    request.body.as_ref().map_or(0, |body| body.len() as u64) + beside
}

/// What the signature of a request says of who signed it, and for which Region.
struct Credential {
    access_key_id: Option<String>,
    region: Option<String>,
}

impl Credential {
    /// Nothing of a request without a signature.
    fn of(request: &Request<'_>) -> Self {
        let authorization = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let credential = sigv4::credential(authorization.map(|(_, text)| text.as_str()), request.query);
        let mut parts = credential.as_deref().unwrap_or_default().split('/');
        let access_key_id = parts.next().filter(|key| !key.is_empty()).map(str::to_owned);
        Self { access_key_id, region: parts.nth(1).filter(|region| !region.is_empty()).map(str::to_owned) }
    }
}

/// The Region in `lambda.eu-west-1.amazonaws.com`, `lambda-fips.us-east-1.api.aws` and the like.
fn region_of_host(host: &str) -> Option<&str> {
    let mut labels = host.split('.');
    let service = labels.next()?;
    let region = labels.next()?;
    (service == "lambda" || service == "lambda-fips").then_some(region).filter(|region| region.contains('-'))
}

fn response(answer: &Answer, status: u16, content_type: &str, body: Bytes) -> Response {
    let mut headers = vec![
        ("Date", answer.at.http_date()),
        ("Content-Type", content_type.to_owned()),
        ("Content-Length", body.len().to_string()),
        ("Connection", "keep-alive".to_owned()),
        ("x-amzn-RequestId", answer.request_id.clone()),
    ];
    if status == 204 {
        // A response without content has neither type nor length.
        headers.retain(|(name, _)| !name.starts_with("Content-"));
    }
    Response { status, headers, body }
}

/// The response of a refused call (K1, K2).
fn refusal(answer: &Answer) -> Response {
    let internal = Error::internal("a success was written as an error");
    let error = answer.result.as_ref().err().unwrap_or(&internal);
    let (form, throttle) = (error.form(), error.throttle());
    let mut body = Vec::with_capacity(256);
    body.extend_from_slice(b"{");
    if let Some(fault) = form.fault {
        body.extend_from_slice(b"\"Type\":");
        json::write_text(fault, &mut body);
        body.push(b',');
    }
    json::write_text(form.message_key, &mut body);
    body.push(b':');
    match error.message() {
        Some(message) => json::write_text(&message, &mut body),
        None => body.extend_from_slice(b"null"),
    }
    if let Some(Throttle { reason, .. }) = throttle {
        body.extend_from_slice(b",\"Reason\":");
        json::write_text(reason, &mut body);
    }
    body.push(b'}');
    let mut response = response(answer, form.status, "application/json", body.into());
    if let Some(Throttle { retry_after_seconds, .. }) = throttle {
        response.headers.push(("Retry-After", retry_after_seconds.to_string()));
    }
    response.headers.push(("x-amzn-ErrorType", error.code().to_owned()));
    if let Some(hint) = error.hint() {
        response.headers.push((HINT_HEADER, header_text(&hint)));
    }
    response
}

/// The header that carries what we know beyond AWS's message.
pub const HINT_HEADER: &str = "x-drylambda-hint";

/// `text` as a header can carry it.
fn header_text(text: &str) -> String {
    text.chars().map(|letter| if (' '..='~').contains(&letter) { letter } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lambda::Options;

    fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &'static [u8]) -> Response {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let lambda = Lambda::new(&Options { seed: Some(1), ..Options::default() });
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let host = "lambda.eu-west-1.amazonaws.com";
        let body = Bytes::from_static(body);
        let request = Request {
            method,
            host,
            path,
            query,
            headers: &headers,
            body: Ok(&body),
            substitute: None,
            read_timeout_ms: None,
            works_off: true,
            endpoint: None,
        };
        answer(&lambda, &Scope::new("123456789012", "us-east-1"), request).unwrap()
    }

    fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
        response.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn a_refusal_names_its_code_in_the_header_and_its_text_in_the_body() {
        // Case 81: K1, K2
        let response = request("PUT", "/2015-03-31/functions/fn/code", &[], b"{}");
        assert_eq!(response.status, 404);
        assert_eq!(header(&response, "x-amzn-ErrorType"), Some("ResourceNotFoundException"));
        assert_eq!(
            response.body,
            r#"{"Type":"User","Message":"Function not found: arn:aws:lambda:eu-west-1:123456789012:function:fn"}"#
        );
    }

    #[test]
    fn region_and_account_come_from_the_signature() {
        let credential = "AWS4-HMAC-SHA256 Credential=210987654321/20260101/ap-south-1/lambda/aws4_request, \
                          SignedHeaders=host, Signature=0";
        let response = request("GET", "/2015-03-31/functions/fn", &[("Authorization", credential)], b"");
        assert!(String::from_utf8_lossy(&response.body).contains("ap-south-1:210987654321"), "{response:?}");
    }

    #[test]
    fn an_unknown_path_is_a_404_of_its_own() {
        let response = request("GET", "/nothing", &[], b"");
        assert_eq!(header(&response, "x-amzn-ErrorType"), Some("UnknownOperationException"));
        assert_eq!(response.status, 404);
    }

    #[test]
    fn a_wrong_type_is_a_serialization_exception() {
        // Case 55: R52
        let response = request("PUT", "/2015-03-31/functions/fn/code", &[], br#"{"DryRun":"true"}"#);
        assert_eq!((response.status, header(&response, "x-amzn-ErrorType")), (400, Some("SerializationException")));
    }
}
