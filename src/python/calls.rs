//! One call and one HTTP request, from Python to the core and back.
//!
//! The one idea to hold: who may wait (for a fault, for S3, for a function that runs) or has much to do leaves the
//! interpreter to others; who does not stays in it, as coming back costs more than the call.

use std::sync::Arc;

use bytes::Bytes;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use super::{convert, errors, faults, interruption, operations, parameters};
use crate::arn::Scope;
use crate::iam::Caller;
use crate::lambda::{Answer, Call, Lambda as Core};
use crate::model::Operation;
use crate::operations::runs_code;
use crate::protocol::document::Document;
use crate::protocol::rest;
use crate::wire::{self, HINT_HEADER};

/// Status, headers, body.
pub(super) type HttpResponse<'py> = (u16, Vec<(&'static str, String)>, Bound<'py, PyBytes>);

/// A package that travels beside a body: the token in the body, and the bytes it stands for.
pub(super) type Beside<'py> = Option<(String, Bound<'py, PyBytes>)>;

/// Work on more bytes than this is done without the interpreter.
const DETACHED_BYTES: usize = 64 * 1024;

/// Answers one call: AWS's operation name, boto3's parameters; boto3's response.
pub(super) fn call<'py>(
    py: Python<'py>,
    (core, scope, caller): (&Core, &Scope, &Caller),
    operation: &str,
    parameters: &Bound<'py, PyDict>,
    region: Option<&str>,
    access_key_id: Option<&str>,
    timeout: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let operation = operations::known(py, operation)?;
    let input = parameters::read(operation, parameters)?;
    let named = access_key_id.map(|key| core.caller(Some(key).filter(|key| !key.is_empty()), &scope.account));
    let caller = named.as_ref().unwrap_or(caller);
    let region = region.map_or_else(|| Arc::clone(&scope.region), Into::into);
    let scope = &Scope { account: Arc::clone(&caller.account), region };
    // A call that a fault may hold has to leave the interpreter to others.
    let faulty = !core.faults().is_idle();
    let url = if faulty { url_of(scope, operation, &input) } else { String::new() };
    let read_timeout_ms = if faulty { faults::read_timeout_ms(timeout)? } else { None };
    let detached = faulty || blob_bytes(&input) > DETACHED_BYTES || names_object(&input) || runs_code(operation);
    let call =
        Call { operation, scope, caller, input, body_bytes: None, read_timeout_ms, works_off: true, endpoint: None };
    let answer = if detached { py.detach(|| core.call(call)) } else { core.call(call) };
    interruption::raise()?;
    if let Some(connection) = answer.lost {
        return Err(errors::connection_error(py, connection, &url));
    }
    match &answer.result {
        Ok(members) => {
            let response = convert::answer(py, operation, members)?;
            response.set_item("ResponseMetadata", metadata(py, &answer, operation)?)?;
            Ok(response)
        }
        Err(error) => Err(errors::client_error(py, operation.name, error, &metadata(py, &answer, operation)?)),
    }
}

/// Answers one HTTP request: status, headers, body.
pub(super) fn wire<'py>(
    py: Python<'py>,
    (core, scope): (&Core, &Scope),
    (method, host, path, query): (&str, &str, &str, &str),
    headers: &Bound<'py, PyAny>,
    (body, package): (&Bound<'py, PyBytes>, Beside<'py>),
    timeout: Option<&Bound<'py, PyAny>>,
    endpoint: Option<&str>,
) -> PyResult<HttpResponse<'py>> {
    let headers = if headers.is_instance_of::<PyList>() {
        headers.extract()?
    } else {
        asked(headers, wire::header_names(method, path, query))?
    };
    let body = parameters::held(body);
    let package = package.map(|(token, bytes)| (token, parameters::held(&bytes)));
    let substitute = package.as_ref().map(|(token, bytes)| (token.as_str(), bytes));
    let faulty = !core.faults().is_idle();
    let read_timeout_ms = if faulty { faults::read_timeout_ms(timeout)? } else { None };
    let headers = &headers;
    // The server is moto's, which has no URLs of functions.
    let endpoint = endpoint.map(|url| wire::Endpoint { url, has_function_urls: false });
    let request = wire::Request {
        method,
        host,
        path,
        query,
        headers,
        body: Ok(&body),
        substitute,
        read_timeout_ms,
        works_off: true,
        endpoint,
    };
    let bytes = body.len() + package.as_ref().map_or(0, |(_, bytes)| bytes.len());
    // Coming back to the interpreter while other threads hold it takes milliseconds, so only who may wait leaves it.
    let detached = faulty || bytes > DETACHED_BYTES || wire::may_wait(method, path, query, &body);
    let response =
        if detached { py.detach(|| wire::answer(core, scope, request)) } else { wire::answer(core, scope, request) };
    interruption::raise()?;
    let response = response.map_err(|connection| {
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        errors::connection_error(py, connection, &format!("https://{host}{path}{query}"))
    })?;
    Ok((response.status, response.headers, PyBytes::new(py, &response.body)))
}

/// Where botocore would send a call.
fn url_of(scope: &Scope, operation: &Operation, input: &Document) -> String {
    let (region, path) = (&scope.region, rest::path(operation, input));
    format!("https://lambda.{region}.amazonaws.com{path}")
}

/// The headers of these names in a mapping; values are text or, as botocore signs, bytes.
fn asked(headers: &Bound<'_, PyAny>, names: impl Iterator<Item = &'static str>) -> PyResult<Vec<(String, String)>> {
    let mut found = Vec::new();
    for name in names {
        let value = headers.call_method1("get", (name,))?;
        if let Ok(bytes) = value.cast::<PyBytes>() {
            found.push((name.to_owned(), String::from_utf8_lossy(bytes.as_bytes()).into_owned()));
        } else if !value.is_none() {
            found.push((name.to_owned(), value.str()?.to_string()));
        }
    }
    Ok(found)
}

/// Bytes of the blobs in an input, which are all the work there is.
fn blob_bytes(document: &Document) -> usize {
    match document {
        Document::Blob(bytes) => Bytes::len(bytes),
        Document::Structure(members) => members.iter().map(|(_, value)| blob_bytes(value)).sum(),
        _ => 0,
    }
}

/// Whether an input names an object of S3, which may have to be waited for.
fn names_object(document: &Document) -> bool {
    let Document::Structure(members) = document else { return false };
    members.iter().any(|(name, value)| *name == "S3Bucket" || names_object(value))
}

/// `ResponseMetadata` as botocore makes it, without the headers that only a body has.
fn metadata<'py>(py: Python<'py>, answer: &Answer, operation: &Operation) -> PyResult<Bound<'py, PyDict>> {
    let headers = PyDict::new(py);
    headers.set_item("date", answer.at.http_date())?;
    headers.set_item("connection", "keep-alive")?;
    headers.set_item("x-amzn-requestid", &answer.request_id)?;
    let (status, content_type) = match &answer.result {
        Ok(members) => {
            for (name, value) in rest::headers(operation, members) {
                headers.set_item(name.to_ascii_lowercase(), value)?;
            }
            (rest::status(operation, members), rest::content_type(operation))
        }
        Err(error) => {
            headers.set_item("x-amzn-errortype", error.code())?;
            if let Some(throttle) = error.throttle() {
                headers.set_item("retry-after", throttle.retry_after_seconds.to_string())?;
            }
            if let Some(hint) = error.hint() {
                headers.set_item(HINT_HEADER, hint)?;
            }
            (error.form().status, "application/json")
        }
    };
    if status != 204 {
        headers.set_item("content-type", content_type)?;
    }
    let metadata = PyDict::new(py);
    metadata.set_item("RequestId", &answer.request_id)?;
    metadata.set_item("HTTPStatusCode", status)?;
    metadata.set_item("HTTPHeaders", headers)?;
    metadata.set_item("RetryAttempts", 0)?;
    Ok(metadata)
}
