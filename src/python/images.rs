//! The emulator's container images in Python.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::images::Manifest;
use crate::lambda::Lambda;
use crate::package::Digest;

/// The container images that functions may have.
#[pyclass(frozen, module = "drylambda")]
pub(super) struct Images(pub(super) Arc<Lambda>);

#[pymethods]
impl Images {
    /// Declares what a URI stands for from now on, as a push does; returns the digest.
    #[pyo3(signature = (uri, digest=None, *, supported=true))]
    fn push(&self, uri: &str, digest: Option<&str>, supported: bool) -> PyResult<String> {
        let digest = digest.map(|text| {
            Digest::from_hex(text.strip_prefix("sha256:").unwrap_or(text))
                .ok_or_else(|| PyValueError::new_err(format!("digest is \"sha256:\" and 64 hex digits, not {text:?}")))
        });
        let manifest = if supported { Manifest::Image } else { Manifest::Unsupported };
        let pushed = self.0.images().push(uri, digest.transpose()?, manifest);
        pushed.map(|digest| format!("sha256:{digest}")).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Lets nobody read a repository, as its policy may (I4); with `denied=False` everybody again.
    #[pyo3(signature = (uri, denied=true))]
    fn deny(&self, uri: &str, denied: bool) -> PyResult<()> {
        self.0.images().deny(uri, denied).map_err(|error| PyValueError::new_err(error.to_string()))
    }
}
