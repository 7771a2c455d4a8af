//! Which roles and security groups there are, as Python's options `roles` and `security_groups` say it: functions of names.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use super::interruption;
use crate::iam::Known;

/// A callable that tells whether there is something of a name.
#[derive(Debug)]
pub(super) struct Asked(Py<PyAny>);

impl Asked {
    /// Takes any callable; `form` is what the option is, for the refusal of everything else.
    pub(super) fn new(asked: &Bound<'_, PyAny>, form: &'static str) -> PyResult<Self> {
        if asked.is_callable() { Ok(Self(asked.clone().unbind())) } else { Err(PyTypeError::new_err(form)) }
    }
}

impl Known for Asked {
    fn has(&self, name: &str) -> bool {
        Python::attach(|py| {
            let answer = self.0.bind(py).call1((name,)).and_then(|answer| answer.is_truthy());
            // A refusal cannot carry the exception, so it is raised in the refusal's place.
            answer.unwrap_or_else(|error| {
                interruption::keep(error);
                false
            })
        })
    }
}
