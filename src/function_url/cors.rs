//! What browsers are told about requests from other origins.
//!
//! The one idea to hold: where a URL has a configuration, it answers for its function: preflights never reach it, and what
//! it says of other origins itself is replaced.

use bytes::Bytes;

use super::{Request, Response};
use crate::state::Cors;

/// What all these headers begin with.
const PREFIX: &str = "access-control-";

/// The answer to a preflight, if this is one.
#[must_use]
pub fn preflight(cors: &Cors, request: &Request<'_>) -> Option<Response> {
    if request.method != "OPTIONS" || request.header("origin").is_none() {
        return None;
    }
    let asked = request.header("access-control-request-method")?;
    let mut response = Response { status: 200, headers: Vec::new(), body: Bytes::new() };
    let Some(origin) = allowed_origin(cors, request) else { return Some(response) };
    let headers = &mut response.headers;
    said(headers, "Allow-Origin", Some(origin));
    let methods = cors.allow_methods.as_deref().unwrap_or_default();
    if methods.iter().any(|method| method == "*" || method == asked) {
        said(headers, "Allow-Methods", joined(cors.allow_methods.as_ref()));
    }
    said(headers, "Allow-Headers", joined(cors.allow_headers.as_ref()));
    said(headers, "Max-Age", cors.max_age.map(|seconds| seconds.to_string()));
    said(headers, "Allow-Credentials", cors.allow_credentials.filter(|it| *it).map(|_| "true".to_owned()));
    headers.push(("Vary".to_owned(), "Origin".to_owned()));
    Some(response)
}

/// Adds to an answer what its page may do with it.
pub fn share(cors: &Cors, request: &Request<'_>, response: &mut Response) {
    let headers = &mut response.headers;
    headers.retain(|(name, _)| !name.to_ascii_lowercase().starts_with(PREFIX));
    let Some(origin) = allowed_origin(cors, request) else { return };
    said(headers, "Allow-Origin", Some(origin));
    said(headers, "Expose-Headers", joined(cors.expose_headers.as_ref()));
    said(headers, "Allow-Credentials", cors.allow_credentials.filter(|it| *it).map(|_| "true".to_owned()));
    headers.push(("Vary".to_owned(), "Origin".to_owned()));
}

/// The origin of the page that asks, as an answer names it, if the configuration has it.
fn allowed_origin(cors: &Cors, request: &Request<'_>) -> Option<String> {
    let origin = request.header("origin")?;
    let origins = cors.allow_origins.as_deref().unwrap_or_default();
    if origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)) {
        return Some(origin.to_owned());
    }
    // With credentials a browser wants to be named.
    let all = if cors.allow_credentials == Some(true) { origin } else { "*" };
    origins.iter().any(|allowed| allowed == "*").then(|| all.to_owned())
}

fn joined(names: Option<&Vec<String>>) -> Option<String> {
    names.filter(|names| !names.is_empty()).map(|names| names.join(","))
}

fn said(headers: &mut Vec<(String, String)>, name: &str, value: Option<String>) {
    headers.extend(value.map(|value| (format!("Access-Control-{name}"), value)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cors: &Cors, method: &str, headers: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Request { method, path: "/", query: "", headers: &headers, body: &Bytes::new() };
        preflight(cors, &request).map(|response| response.headers).or_else(|| {
            let own = vec![("access-control-allow-origin".to_owned(), "own".to_owned())];
            let mut response = Response { status: 200, headers: own, body: Bytes::new() };
            share(cors, &request, &mut response);
            Some(response.headers)
        })
    }

    #[test]
    fn pages_of_the_configured_origins_are_told_what_they_may() {
        let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
        let cors = Cors {
            allow_origins: texts(&["https://a"]),
            allow_methods: texts(&["GET", "PUT"]),
            allow_headers: texts(&["x-a"]),
            expose_headers: texts(&["x-b"]),
            allow_credentials: Some(true),
            max_age: Some(7),
        };
        let pairs = |pairs: &[(&str, &str)]| {
            let named = |(name, value): &(&str, &str)| (format!("Access-Control-{name}"), (*value).to_owned());
            let mut all: Vec<_> = pairs.iter().map(named).collect();
            all.push(("Vary".to_owned(), "Origin".to_owned()));
            Some(all)
        };
        let asks = |origin, method| [("Origin", origin), ("Access-Control-Request-Method", method)];
        let told = pairs(&[
            ("Allow-Origin", "https://a"),
            ("Allow-Methods", "GET,PUT"),
            ("Allow-Headers", "x-a"),
            ("Max-Age", "7"),
            ("Allow-Credentials", "true"),
        ]);
        assert_eq!(shown(&cors, "OPTIONS", &asks("https://a", "PUT")), told);
        assert_eq!(shown(&cors, "OPTIONS", &asks("https://b", "PUT")), Some(vec![]));
        let shared = pairs(&[("Allow-Origin", "https://a"), ("Expose-Headers", "x-b"), ("Allow-Credentials", "true")]);
        assert_eq!(shown(&cors, "GET", &[("Origin", "https://a")]), shared);
        assert_eq!(shown(&cors, "GET", &[("Origin", "https://b")]), Some(vec![]));
        let everybody = Cors { allow_origins: texts(&["*"]), ..Cors::default() };
        assert_eq!(shown(&everybody, "GET", &[("Origin", "https://b")]), pairs(&[("Allow-Origin", "*")]));
    }
}
