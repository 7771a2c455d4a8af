//! The journal in Python.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyDict, PyTzInfo};

use super::convert;
use crate::journal::{Entry, cloudtrail};

/// One call that the emulator answered, and what came of it.
#[pyclass(frozen, module = "drylambda")]
pub(super) struct JournalEntry(pub(super) Arc<Entry>);

#[pymethods]
impl JournalEntry {
    /// AWS's name of the operation.
    #[getter]
    fn operation(&self) -> &'static str {
        self.0.operation.name
    }

    /// The parameters as they were given, without packages' bytes.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        convert::structure(py, &self.0.parameters)
    }

    /// boto3's response without its metadata; nothing for a call that was refused.
    #[getter]
    fn response<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        self.0.result.as_ref().ok().map(|members| convert::structure(py, members)).transpose()
    }

    /// The code of the refusal, if the call was refused.
    #[getter]
    fn error_code(&self) -> Option<&'static str> {
        self.0.result.as_ref().err().map(|refused| refused.code)
    }

    /// The text of the refusal, if the call was refused and AWS's text is not null.
    #[getter]
    fn error_message(&self) -> Option<&str> {
        self.0.result.as_ref().err().and_then(|refused| refused.message.as_deref())
    }

    /// The ARN of the caller.
    #[getter]
    fn principal(&self) -> String {
        self.0.caller.arn(self.0.scope.partition())
    }

    /// The access key that signed the call, if one did.
    #[getter]
    fn access_key_id(&self) -> Option<&str> {
        self.0.caller.access_key_id.as_deref()
    }

    /// The Region that was called.
    #[getter]
    fn region(&self) -> &str {
        &self.0.scope.region
    }

    /// The account of the caller.
    #[getter]
    fn account_id(&self) -> &str {
        &self.0.scope.account
    }

    /// When the call began, by the emulator's clock.
    #[getter]
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of four-digit years are exact in a double")]
    fn time<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        let utc = PyTzInfo::utc(py)?;
        PyDateTime::from_timestamp(py, self.0.at.as_seconds(), Some(&utc))
    }

    /// The id of the request.
    #[getter]
    fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The call as a record of CloudTrail.
    fn cloudtrail<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        loads(py, &cloudtrail::record(&self.0).to_string())
    }

    /// The call as an event of EventBridge.
    fn eventbridge<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        loads(py, &cloudtrail::event(&self.0).to_string())
    }

    fn __repr__(&self) -> String {
        let outcome = self.0.result.as_ref().map_or_else(|refused| refused.code, |_| "ok");
        let (operation, at) = (self.0.operation.name, self.0.at.last_modified());
        let name = self.0.parameters.iter().find(|(name, _)| *name == "FunctionName");
        let name = name.and_then(|(_, name)| name.as_str()).map(|name| format!(" {name}")).unwrap_or_default();
        format!("<drylambda.JournalEntry {operation}{name}: {outcome} {at}>")
    }
}

fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (text,))
}
