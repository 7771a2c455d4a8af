//! A client's side in Python, for the command line: the request of a call, and its signature.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::{operations, parameters};
use crate::clock::Clock;
use crate::package::Digest;
use crate::protocol::request as client;
use crate::sigv4::{self, Credentials};

/// Method, path with query, headers and body.
type Sent<'py> = (&'static str, String, Vec<(&'static str, String)>, Bound<'py, PyBytes>);

/// The request that calls an operation, by AWS's name, with parameters as JSON has them: blobs are base64, or bytes.
///
/// Raises `ValueError` with boto3's words for parameters that cannot be sent.
#[pyfunction]
pub(super) fn request<'py>(py: Python<'py>, operation: &str, parameters: &Bound<'py, PyDict>) -> PyResult<Sent<'py>> {
    let operation = operations::known(py, operation)?;
    let sent = client::of(operation, &parameters::read_json(operation, parameters)?);
    Ok((sent.method, sent.target, sent.headers, PyBytes::new(py, &sent.body)))
}

/// The headers that sign a request to Lambda, now: `credentials` are the id, the secret and the token of a session.
/// `headers` must name the host.
#[pyfunction]
pub(super) fn sign(
    method: &str,
    target: &str,
    headers: Vec<(String, String)>,
    body: &[u8],
    region: &str,
    credentials: (String, String, Option<String>),
) -> Vec<(&'static str, String)> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (access_key_id, secret_access_key, session_token) = credentials;
    let credentials = Credentials { access_key_id, secret_access_key, session_token };
    let body = Some(Digest::of(body));
    let request = sigv4::Request { method, path, query, headers: &headers, body, service: "lambda" };
    sigv4::sign(&request, &credentials, region, Clock::system().now())
}
