//! Which proxy leads to an endpoint, by the environment.
//!
//! The one idea to hold: as botocore and Python's `urllib` do it. The scheme of the endpoint chooses the variable, the
//! lower-case spelling comes first, and `no_proxy` names hosts with their sub-domains.
//!
//! A proxy is asked to connect through (`CONNECT`), which those for plain HTTP mostly refuse; so an endpoint of plain HTTP
//! is reached directly, and so is one on this machine, which is where tests have theirs.

use std::net::IpAddr;

use ureq::http::Uri;
use ureq::{Proxy, ProxyProtocol};

use super::BadEndpoint;

/// The variables for endpoints of `https`, the first that is set counts.
const VARIABLES: [&str; 2] = ["https_proxy", "HTTPS_PROXY"];
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// The proxy for an endpoint, if it needs one; `variable` reads the environment.
///
/// # Errors
/// [`BadEndpoint::Proxy`].
pub(super) fn of(uri: &Uri, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, BadEndpoint> {
    let first = |names: [&'static str; 2]| {
        let mut set = names.into_iter().filter_map(|name| Some((name, variable(name)?)));
        set.find(|(_, value)| !value.trim().is_empty())
    };
    let host = uri.host().unwrap_or_default();
    if uri.scheme_str() != Some("https") || is_loopback(host) {
        return Ok(None);
    }
    let exceptions = first(EXCEPTIONS).map(|(_, value)| value).unwrap_or_default();
    let Some((name, address)) = first(VARIABLES).filter(|_| !is_excepted(host, uri.port_u16(), &exceptions)) else {
        return Ok(None);
    };
    let proxy = Proxy::new(address.trim()).ok();
    let usable = proxy.filter(|proxy| matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https));
    usable.map(Some).ok_or(BadEndpoint::Proxy { variable: name })
}

/// Whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Whether a host is one of those in a list of names and their sub-domains, with or without a port.
fn is_excepted(host: &str, port: Option<u16>, exceptions: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let with_port = port.map(|port| format!("{host}:{port}"));
    let mut names = exceptions.split(',').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty());
    names.any(|name| {
        let name = name.trim_start_matches('.');
        let covers = |host: &str| host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        name == "*" || covers(&host) || with_port.as_deref().is_some_and(covers)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str, variables: &[(&str, &str)]) -> Result<Option<String>, BadEndpoint> {
        let variable = |name: &str| variables.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned());
        Ok(super::of(&url.parse().unwrap(), variable)?.map(|proxy| proxy.uri().to_string()))
    }

    #[test]
    fn the_scheme_of_the_endpoint_chooses_the_proxy() {
        let both =
            [("https_proxy", "http://secure:1"), ("http_proxy", "http://plain:1"), ("ALL_PROXY", "http://all:1")];
        assert_eq!(of("https://s3.example.com", &both), Ok(Some("http://secure:1/".into())));
        assert_eq!(of("http://s3.example.com", &both), Ok(None));
        assert_eq!(of("https://s3.example.com", &both[1..]), Ok(None));
        let spellings = [("HTTPS_PROXY", "http://upper:1"), ("https_proxy", " ")];
        assert_eq!(of("https://s3.example.com", &spellings), Ok(Some("http://upper:1/".into())));
    }

    #[test]
    fn this_machine_is_reached_directly() {
        for host in ["localhost", "LOCALHOST:9000", "s3.localhost", "127.0.0.1", "127.1.2.3:9000", "[::1]:9000"] {
            assert_eq!(of(&format!("https://{host}/"), &[("https_proxy", "http://proxy:1")]), Ok(None), "{host}");
        }
    }

    #[test]
    fn exceptions_are_names_with_their_sub_domains() {
        for (exceptions, direct) in [
            ("*", true),
            ("example.com", true),
            (".example.com", true),
            ("other.org, EXAMPLE.com", true),
            ("s3.example.com:9000", true),
            ("s3.example.com:9001", false),
            ("ample.com", false),
            ("a.s3.example.com", false),
            ("", false),
            (",", false),
        ] {
            let variables = [("https_proxy", "http://proxy:1"), ("no_proxy", exceptions)];
            let proxy = of("https://s3.example.com:9000", &variables).unwrap();
            assert_eq!(proxy.is_none(), direct, "{exceptions:?}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_where_it_would_be_used() {
        for address in ["garbage://x y", "socks5://proxy:1", "http://"] {
            let variables = [("HTTPS_PROXY", address)];
            let refusal = of("https://s3.example.com", &variables).unwrap_err();
            assert_eq!(refusal, BadEndpoint::Proxy { variable: "HTTPS_PROXY" }, "{address}");
            assert_eq!(of("http://s3.example.com", &variables), Ok(None), "{address}");
        }
    }
}
