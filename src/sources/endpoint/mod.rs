//! Any server that speaks S3: one GET, signed or not, whose body is read as it is needed.
//!
//! The one idea to hold: whoever calls waits anyway, so the request is made on the caller's own thread, and the bytes
//! come when they are read. There is no runtime, no queue and nothing in the background; while the bytes of one step are
//! hashed and checked, the system's socket takes the next ones.
//!
//! Keys are sent as they are, encoded once: `a//b`, `/a` and `a/../b` are three good keys. Redirects are not followed,
//! because Lambda does not follow them either (E14). Connections are not kept, because servers of tests come and go.

mod answer;
mod patience;
mod proxy;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ureq::http::{HeaderMap, Response, StatusCode, Uri};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector as _, RustlsConnector, TcpConnector};
use ureq::{Agent, Body as ResponseBody, config::Config};

use self::patience::InBeats;
use super::{Body, Object, ObjectSource, Refusal, Wanted};
use crate::clock::Clock;
use crate::patience::{Endless, Patience};
use crate::sigv4::{self, Credentials, NO_BODY};

/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long it may stay silent.
const SILENCE: Duration = Duration::from_secs(30);
/// How long all of it may take, however little comes at a time.
const TOTAL: Duration = Duration::from_mins(10);
/// As much of an error document as is read.
const DOCUMENT_BYTES: u64 = 64 * 1024;
/// What S3 does not encode.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const IN_PATH: &AsciiSet = &IN_QUERY.remove(b'/');

/// A server with buckets.
#[derive(Debug)]
pub struct Endpoint {
    /// Without a slash at its end.
    url: String,
    host: String,
    /// Before the bucket's name; mostly empty.
    path: String,
    agent: Agent,
    credentials: Option<Credentials>,
    clock: Clock,
}

/// Why an endpoint cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEndpoint {
    /// The address is none.
    #[error("an endpoint is a URL like \"http://localhost:9000\", not {0:?}")]
    Url(String),
    /// The proxy that the environment names for it is none, or is one for SOCKS.
    #[error("{variable} is a URL like \"http://proxy:3128\"")]
    Proxy {
        /// The name of the variable.
        variable: &'static str,
    },
    /// The file of certificates holds none.
    #[error("there is no certificate in the CA bundle")]
    NoCertificates,
}

impl Endpoint {
    /// The server at `url`. Requests are signed with `credentials`, or not at all. `ca_bundle` is the text of a PEM file
    /// with the authorities to trust instead of Mozilla's.
    ///
    /// Nothing is connected before an object is wanted, and no proxy is asked.
    ///
    /// # Errors
    /// [`BadEndpoint`].
    pub fn new(url: &str, credentials: Option<Credentials>, ca_bundle: Option<&str>) -> Result<Self, BadEndpoint> {
        Self::in_environment(url, credentials, ca_bundle, |_| None)
    }

    /// As [`Self::new`], in an environment whose variables `variable` reads. For `https`, the proxy is that of
    /// `https_proxy` and `no_proxy`; plain HTTP and this machine are reached directly.
    ///
    /// # Errors
    /// [`BadEndpoint`].
    pub fn in_environment(
        url: &str,
        credentials: Option<Credentials>,
        ca_bundle: Option<&str>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BadEndpoint> {
        let bad = || BadEndpoint::Url(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let host = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(bad)?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || url.contains(['?', '#']) {
            return Err(bad());
        }
        let roots = match ca_bundle {
            Some(bundle) => authorities(bundle)?,
            None => RootCerts::WebPki,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .timeout_global(Some(TOTAL))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .proxy(proxy::of(&uri, variable)?)
            .user_agent(concat!("drylambda/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(roots).build());
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            host: host.to_string(),
            path: uri.path().trim_end_matches('/').to_owned(),
            agent: agent(config.build(), Arc::new(Endless)),
            credentials,
            clock: Clock::system(),
        })
    }

    /// The same one, for somebody who may stop waiting for it.
    #[must_use]
    pub fn waited_for_by(self, patience: Arc<dyn Patience>) -> Self {
        Self { agent: agent(self.agent.config().clone(), patience), ..self }
    }

    fn send(&self, wanted: &Wanted<'_>) -> Result<Response<ResponseBody>, ureq::Error> {
        let path = format!("{}/{}/{}", self.path, wanted.bucket, utf8_percent_encode(wanted.key, IN_PATH));
        let query = wanted.version.map(|version| format!("versionId={}", utf8_percent_encode(version, IN_QUERY)));
        let query = query.unwrap_or_default();
        let origin = self.url.get(..self.url.len() - self.path.len()).unwrap_or_default();
        let mut request = self.agent.get(format!("{origin}{path}{}{query}", if query.is_empty() { "" } else { "?" }));
        if let Some(credentials) = &self.credentials {
            let headers = [("host", self.host.as_str()), ("x-amz-content-sha256", NO_BODY)];
            let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let unsigned = sigv4::Request {
                method: "GET",
                path: &path,
                query: &query,
                headers: &headers,
                body: None,
                service: "s3",
            };
            for (name, value) in sigv4::sign(&unsigned, credentials, wanted.region, self.clock.now()) {
                request = request.header(name, value);
            }
            for (name, value) in headers {
                request = request.header(name, value);
            }
        }
        request.call()
    }

    fn broken(&self, reason: impl fmt::Display) -> Refusal {
        Refusal::Broken { reason: format!("{}: {reason}", self.described()) }
    }

    fn described(&self) -> String {
        format!("the endpoint {}", self.url)
    }
}

impl ObjectSource for Endpoint {
    fn place(&self) -> Option<String> {
        Some(self.described())
    }

    fn get(&self, wanted: &Wanted<'_>) -> Option<Result<Object, Refusal>> {
        let response = match self.send(wanted) {
            Ok(response) => response,
            Err(error) => return Some(Err(self.broken(error))),
        };
        let (head, mut body) = response.into_parts();
        let header = |name| text(&head.headers, name);
        let region = header("x-amz-bucket-region").filter(|region| !region.is_empty());
        if head.status == StatusCode::OK {
            // Not every server says where its buckets are.
            if let Some(Err(refusal)) = region.map(|region| wanted.check_region(&region)) {
                return Some(Err(refusal));
            }
            let version_id = header("x-amz-version-id").filter(|version| !version.is_empty());
            if let Some((asked, came)) = wanted.version.zip(version_id.as_deref()).filter(|(asked, came)| asked != came)
            {
                return Some(Err(self.broken(format_args!("version {came:?} came instead of {asked:?}"))));
            }
            let announced_bytes = body.content_length();
            let reader = Box::new(Named { place: self.described(), reader: body.into_reader() });
            return Some(Ok(Object {
                body: Body::Arriving { announced_bytes, reader },
                // While versions are suspended, new objects have the version null.
                versioned: version_id.as_deref().is_some_and(|version| version != "null"),
                version_id,
                storage_class: header("x-amz-storage-class"),
            }));
        }
        let mut document = Vec::new();
        if let Err(error) = body.as_reader().take(DOCUMENT_BYTES).read_to_end(&mut document) {
            return Some(Err(self.broken(error)));
        }
        let marker = header("x-amz-delete-marker").is_some_and(|text| text == "true");
        let status = head.status.as_u16();
        if document.is_empty()
            && let Some(refusal) = answer::without_document(status, wanted.version.is_some(), marker)
        {
            return Some(Err(refusal));
        }
        match answer::refusal(status, region.as_deref(), &String::from_utf8_lossy(&document)) {
            Ok(refusal) => refusal.map(Err),
            Err(reason) => Some(Err(self.broken(reason))),
        }
    }
}

/// A reader whose errors say where they come from.
struct Named<R> {
    place: String,
    reader: R,
}

impl<R: Read> Read for Named<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.place)))
    }
}

/// As `ureq`'s own agents connect, but in beats.
fn agent(config: Config, patience: Arc<dyn Patience>) -> Agent {
    let proxied = ().chain(ConnectProxyConnector::default());
    let connector = proxied.chain(TcpConnector::default()).chain(InBeats(patience)).chain(RustlsConnector::default());
    Agent::with_parts(config, connector, DefaultResolver::default())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn authorities(bundle: &str) -> Result<RootCerts, BadEndpoint> {
    let certificates: Vec<_> = parse_pem(bundle.as_bytes())
        .filter_map(|item| if let Ok(PemItem::Certificate(certificate)) = item { Some(certificate) } else { None })
        .collect();
    if certificates.is_empty() {
        return Err(BadEndpoint::NoCertificates);
    }
    Ok(RootCerts::new_with_certs(&certificates))
}
