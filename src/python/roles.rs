//! Which roles there are, as Python's option `roles` says it: a function of an ARN.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use super::interruption;
use crate::iam::Roles;

/// A callable that tells whether there is a role of an ARN.
#[derive(Debug)]
pub(super) struct Asked(Py<PyAny>);

impl Asked {
    /// Takes any callable.
    pub(super) fn new(asked: &Bound<'_, PyAny>) -> PyResult<Self> {
        if asked.is_callable() {
            Ok(Self(asked.clone().unbind()))
        } else {
            Err(PyTypeError::new_err("roles is a function of a role's ARN"))
        }
    }
}

impl Roles for Asked {
    fn has(&self, arn: &str) -> bool {
        Python::attach(|py| {
            let answer = self.0.bind(py).call1((arn,)).and_then(|answer| answer.is_truthy());
            // A refusal cannot carry the exception, so it is raised in the refusal's place.
            answer.unwrap_or_else(|error| {
                interruption::keep(error);
                false
            })
        })
    }
}
