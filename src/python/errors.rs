//! Refusals as Python exceptions. The classes are Python's to choose (botocore's where it is installed), so this file
//! only makes the response dictionary and asks `drylambda.exceptions` for the exception.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::{Connection, Error};
use crate::model;

/// The exception for a refused call; `metadata` is its `ResponseMetadata`.
pub(super) fn client_error(py: Python<'_>, operation: &str, error: &Error, metadata: &Bound<'_, PyDict>) -> PyErr {
    let make = || -> PyResult<PyErr> {
        let exception = module(py)?
            .call_method1("client_error", (error.code(), response(py, error, metadata)?, operation, error.hint()))?;
        Ok(PyErr::from_value(exception))
    };
    make().unwrap_or_else(|failure| failure)
}

/// The dictionary that botocore's parser would make of the refusal (K3).
fn response<'py>(py: Python<'py>, error: &Error, metadata: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let message = error.message();
    let inner = PyDict::new(py);
    inner.set_item("Message", &message)?;
    inner.set_item("Code", error.code())?;
    let response = PyDict::new(py);
    response.set_item("Error", inner)?;
    response.set_item("ResponseMetadata", metadata)?;
    if model::exception(error.code()).is_some() {
        let form = error.form();
        if let Some(fault) = form.fault {
            response.set_item("Type", fault)?;
        }
        response.set_item(form.message_key, message)?;
    }
    if let Some(throttle) = error.throttle() {
        response.set_item("Reason", throttle.reason)?;
        response.set_item("retryAfterSeconds", throttle.retry_after_seconds.to_string())?;
    }
    Ok(response)
}

/// What a command of ours, which is no call, cannot do.
pub(super) fn not_done(error: &Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// botocore's `ParamValidationError`, or ours.
pub(super) fn param_validation(py: Python<'_>, report: &str) -> PyErr {
    let make = || Ok(PyErr::from_value(module(py)?.call_method1("param_validation_error", (report,))?));
    make().unwrap_or_else(|failure: PyErr| failure)
}

/// botocore's exception for a broken connection, or ours.
pub(super) fn connection_error(py: Python<'_>, connection: Connection, url: &str) -> PyErr {
    let make = || Ok(PyErr::from_value(module(py)?.call_method1("connection_error", (connection.name(), url))?));
    make().unwrap_or_else(|failure: PyErr| failure)
}

fn module(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("drylambda.exceptions")
}
