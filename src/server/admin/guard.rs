//! Who may ask for what is beside the API, and which pages may read answers.

use std::fmt;
use std::net::IpAddr;

use hyper::StatusCode;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue, VARY,
};

use super::super::Settings;
use super::super::answer::{self, Answer};
use super::super::head::Head;

/// Somebody who was led here without knowing it.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Stranger<'a> {
    /// By a name that is not this server's.
    Host(&'a str),
    /// By a page.
    Origin(&'a str),
}

impl fmt::Display for Stranger<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => {
                write!(f, "{host} is not a name of this server; start it with --allow-host {host} if it is one")
            }
            Self::Origin(origin) => {
                write!(f, "pages of {origin} may not ask this; start the server with --cors {origin} if they may")
            }
        }
    }
}

/// Refuses names that may be anybody's.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check<'a>(settings: &Settings, head: &'a Head) -> Result<(), Stranger<'a>> {
    let name = name_of(&head.host);
    let known = is_loopback_or_address(name)
        || name.eq_ignore_ascii_case(&settings.host)
        || settings.allowed_hosts.iter().any(|allowed| name.eq_ignore_ascii_case(allowed));
    if !known {
        return Err(Stranger::Host(name));
    }
    Ok(())
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// A name that only this machine gives, or none: who rebinds names has to have one.
fn is_loopback_or_address(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok()
}

/// Lets pages of an origin read an answer.
pub(in super::super) fn share(answer: &mut Answer, origin: HeaderValue) {
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
    headers.append(VARY, HeaderValue::from_static("origin"));
}

/// The answer to a browser that asks what its page may send.
pub(in super::super) fn preflight() -> Answer {
    let mut answer = answer::empty(StatusCode::NO_CONTENT);
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("*"));
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*, authorization"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(host: &str) -> Head {
        let request = hyper::Request::builder().uri("/_drylambda/reset").header("host", host);
        Head::read(request.body(()).unwrap().into_parts().0).unwrap()
    }

    #[test]
    fn names_that_may_be_anybodys_are_refused() {
        let settings = Settings { host: "box".into(), allowed_hosts: vec!["drylambda".into()], ..Settings::default() };
        for (host, known) in [
            ("localhost:4566", true),
            ("LOCALHOST", true),
            ("tests.localhost:1", true),
            ("127.0.0.1:4566", true),
            ("10.0.0.7:80", true),
            ("[::1]:4566", true),
            ("drylambda:4566", true),
            ("box", true),
            ("rebound.example.com:4566", false),
            ("localhost.example.com", false),
            ("127.0.0.1.example.com", false),
            ("", false),
        ] {
            assert_eq!(check(&settings, &head(host)).is_ok(), known, "{host:?}");
        }
    }
}
