//! The emulator's S3 in Python: requests on the wire, and a small object for tests that want no client.

use std::sync::Arc;

use bytes::Bytes;
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyString};

use super::parameters;
use crate::arn::Scope;
use crate::lambda::Lambda;
use crate::s3::{self, Body, BodyReader, Content, GetError, Versioning};

/// Status, headers, body.
pub(super) type HttpResponse<'py> = (u16, Vec<(String, String)>, Bound<'py, PyBytes>);

/// Work on more bytes than this is done without the interpreter.
const DETACHED_BYTES: usize = 64 * 1024;

/// The emulator's S3, seen from one account and Region.
#[pyclass(frozen, module = "drylambda._drylambda")]
pub(super) struct ObjectStore {
    pub(super) store: Arc<s3::ObjectStore>,
    pub(super) scope: Scope,
}

/// A bucket's settings.
#[pyclass(frozen, get_all, module = "drylambda._drylambda")]
pub(super) struct Bucket {
    /// Where it lies.
    region: String,
    /// The account that owns it.
    account_id: String,
    /// Whether versioning is enabled.
    versioned: bool,
    /// The text of its policy, if it has one.
    policy: Option<String>,
}

#[pymethods]
impl Bucket {
    fn __repr__(&self) -> String {
        let versioned = if self.versioned { " versioned" } else { "" };
        format!("<drylambda.Bucket {} {}{versioned}>", self.region, self.account_id)
    }
}

#[pymethods]
impl ObjectStore {
    /// Every bucket by name, of all accounts and Regions.
    #[getter]
    fn buckets<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let buckets = PyDict::new(py);
        for (name, info) in self.store.buckets() {
            let bucket = Bucket {
                region: info.region.to_string(),
                account_id: info.owner_account.to_string(),
                versioned: info.versioned,
                policy: info.policy,
            };
            buckets.set_item(name, Py::new(py, bucket)?)?;
        }
        Ok(buckets)
    }

    /// Puts an object, in a bucket that is made if it is missing; returns the version's id, if it has one.
    #[pyo3(signature = (bucket, key, body, *, region=None, versioned=None))]
    fn put(
        &self,
        py: Python<'_>,
        bucket: &str,
        key: &str,
        body: &Bound<'_, PyAny>,
        region: Option<&str>,
        versioned: Option<bool>,
    ) -> PyResult<Option<String>> {
        let body = bytes(body)?;
        s3::check_key(key).map_err(refused)?;
        match self.store.bucket(bucket) {
            None => {
                let region = region.unwrap_or(&self.scope.region);
                let scope = Scope::new(&self.scope.account, region);
                self.store.create_bucket(&scope, bucket, region).map_err(refused)?;
            }
            Some(info) if region.is_some_and(|region| *region != *info.region) => {
                let wanted = region.unwrap_or_default();
                return Err(PyValueError::new_err(format!(
                    "the bucket {bucket} is in {}, not in {wanted}",
                    info.region
                )));
            }
            Some(_) => {}
        }
        if let Some(versioned) = versioned {
            let enabled = self.store.bucket(bucket).is_some_and(|info| info.versioned);
            // A bucket that never had versions has none to suspend.
            if versioned != enabled {
                let versioning = if versioned { Versioning::Enabled } else { Versioning::Suspended };
                self.store.set_versioning(bucket, versioning).map_err(refused)?;
            }
        }
        let put = || self.store.put(bucket, key, Content::plain(body.clone()));
        let put = if body.len() > DETACHED_BYTES { py.detach(put) } else { put() };
        put.map_err(refused)
    }

    /// The bytes of an object.
    #[pyo3(signature = (bucket, key, version_id=None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let object = self.store.get(bucket, key, version_id).map_err(|error| {
            PyKeyError::new_err(match error {
                GetError::NoSuchBucket => format!("no bucket {bucket}"),
                GetError::NoSuchKey => format!("no object {key} in the bucket {bucket}"),
                GetError::NoSuchVersion => {
                    format!("no version {} of {key} in the bucket {bucket}", version_id.unwrap_or_default())
                }
                GetError::DeleteMarker => format!("the version of {key} in the bucket {bucket} is a delete marker"),
            })
        })?;
        Ok(PyBytes::new(py, &object.bytes))
    }

    /// Deletes an object, if it is there; where versions are kept, puts a delete marker.
    fn delete(&self, bucket: &str, key: &str) -> PyResult<()> {
        match self.store.delete(bucket, key, None) {
            Ok(_) => Ok(()),
            Err(_) => Err(PyKeyError::new_err(format!("no bucket {bucket}"))),
        }
    }

    fn __repr__(&self) -> String {
        let count = self.store.buckets().len();
        format!("<drylambda.ObjectStore {count} bucket{}>", if count == 1 { "" } else { "s" })
    }
}

/// What a refusal of S3's is without a client.
#[expect(clippy::needless_pass_by_value, reason = "the form in which map_err gives it")]
fn refused(refusal: s3::Refusal) -> PyErr {
    PyValueError::new_err(format!("{}: {refusal}", refusal.code()))
}

/// The content of an object: bytes that are held and not copied, or a text.
fn bytes(body: &Bound<'_, PyAny>) -> PyResult<Bytes> {
    if let Ok(bytes) = body.cast::<PyBytes>() {
        return Ok(parameters::held(bytes));
    }
    if let Ok(text) = body.cast::<PyString>() {
        return Ok(Bytes::copy_from_slice(text.to_str()?.as_bytes()));
    }
    let copied = body.cast::<PyByteArray>().map(|bytes| Bytes::from(bytes.to_vec()));
    copied.map_err(|_| PyTypeError::new_err(format!("body is bytes or text, not {}", body.get_type())))
}

/// Answers one HTTP request. `headers` is a mapping or pairs of text or bytes; `body` is bytes, or an iterable of them, and
/// whether the bytes are HTTP's chunks.
pub(super) fn answer<'py>(
    py: Python<'py>,
    core: &Lambda,
    scope: &Scope,
    (method, host, path, query): (&str, &str, &str, &str),
    headers: &Bound<'py, PyAny>,
    (body, chunked): (&Bound<'py, PyAny>, bool),
) -> PyResult<HttpResponse<'py>> {
    // Names of hosts have no case, but buckets and Regions do.
    let host = &host.to_ascii_lowercase();
    let headers = all(headers)?;
    let body = if let Ok(bytes) = body.cast::<PyBytes>() {
        // A part is copied when it becomes the object's, without the interpreter, where no Python object can be let go.
        // What is copied here instead leaves no second object's worth of parts behind then.
        let is_part = query.split('&').any(|pair| pair.starts_with("partNumber="));
        Ok(if is_part { Bytes::copy_from_slice(bytes.as_bytes()) } else { parameters::held(bytes) })
    } else {
        let mut reader = BodyReader::new(&headers);
        for piece in body.try_iter()? {
            reader.feed(piece?.cast::<PyBytes>()?.as_bytes());
        }
        Err(reader)
    };
    // A short request may mean long work: a copy, or the end of an upload.
    let response = py.detach(|| {
        let whole = |bytes: Bytes| {
            let bytes = if chunked { s3::without_chunks(&bytes)? } else { bytes };
            Body::whole(&headers, bytes)
        };
        let body = body.map_or_else(BodyReader::finish, whole);
        let request = s3::Request { method, host, path, query, headers: &headers, body };
        s3::answer(core.s3(), scope, |key, account| core.caller(key, account), request)
    });
    Ok((response.status, response.headers, PyBytes::new(py, &response.body)))
}

/// Names and values of all headers.
fn all(headers: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let items = if headers.hasattr("items")? { headers.call_method0("items")? } else { headers.clone() };
    items
        .try_iter()?
        .map(|pair| {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
            Ok((text(&name)?, text(&value)?))
        })
        .collect()
}

/// A header's text; botocore signs bytes.
fn text(value: &Bound<'_, PyAny>) -> PyResult<String> {
    match value.cast::<PyBytes>() {
        Ok(bytes) => Ok(String::from_utf8_lossy(bytes.as_bytes()).into_owned()),
        Err(_) => Ok(value.str()?.to_string()),
    }
}
