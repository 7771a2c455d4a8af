//! The emulator's clock in Python.

use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::{events, forms};
use crate::clock::Timestamp;
use crate::lambda::Lambda;

/// The clock of an emulator: runs with the system's, shifted or frozen.
#[pyclass(frozen, module = "drylambda")]
pub(super) struct Clock(pub(super) Arc<Lambda>);

#[pymethods]
impl Clock {
    /// Seconds since the epoch, by this clock.
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of four-digit years are exact in a double")]
    fn time(&self) -> f64 {
        self.0.clock().now().as_seconds()
    }

    /// Whether the clock stands.
    #[getter]
    fn frozen(&self) -> bool {
        self.0.clock().is_frozen()
    }

    /// Stops the clock, at `at` (a datetime, an ISO 8601 text or seconds since the epoch) or where it is.
    #[pyo3(signature = (at=None))]
    fn freeze(&self, py: Python<'_>, at: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        self.0.clock().freeze(at.map(moment).transpose()?);
        events::work_off(py, &self.0).map(|_| ())
    }

    /// Lets the clock run again, from where it stands.
    fn resume(&self) {
        self.0.clock().resume();
    }

    /// Moves the clock on by `seconds` (back, if negative), frozen or running.
    fn advance(&self, seconds: &Bound<'_, PyAny>) -> PyResult<()> {
        events::advance(seconds.py(), &self.0, millis(forms::seconds("seconds", seconds)?)?)
    }

    fn __repr__(&self) -> String {
        let state = if self.0.clock().is_frozen() { "frozen" } else { "running" };
        format!("<drylambda.Clock {} {state}>", self.0.clock().now().last_modified())
    }
}

/// Whole milliseconds of `seconds`.
///
/// # Errors
/// `ValueError` for a number that is no time.
pub(super) fn millis(seconds: f64) -> PyResult<i64> {
    if !seconds.is_finite() {
        return Err(PyValueError::new_err(format!("{seconds} is not a number of seconds")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "casts saturate, and the clock cuts what is out of range")]
    Ok((seconds * 1000.0).round() as i64)
}

fn moment(at: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    let seconds: f64 = if at.is_instance_of::<PyString>() {
        let datetime = at.py().import("datetime")?.getattr("datetime")?;
        // Python 3.10 does not read the Z.
        let text = at.extract::<String>()?.replace('Z', "+00:00");
        seconds_of(&datetime.call_method1("fromisoformat", (text,))?)?
    } else if at.hasattr("timestamp")? {
        seconds_of(at)?
    } else {
        at.extract().map_err(|_| PyTypeError::new_err("freeze takes a datetime, an ISO 8601 text or seconds"))?
    };
    millis(seconds).map(Timestamp::from_millis)
}

/// Seconds of a datetime; one without a zone is UTC.
fn seconds_of(datetime: &Bound<'_, PyAny>) -> PyResult<f64> {
    let py = datetime.py();
    let zoned = if datetime.getattr("tzinfo")?.is_none() {
        let utc = py.import("datetime")?.getattr("timezone")?.getattr("utc")?;
        let zone = pyo3::types::PyDict::new(py);
        zone.set_item("tzinfo", utc)?;
        datetime.call_method("replace", (), Some(&zone))?
    } else {
        datetime.clone()
    };
    zoned.call_method0("timestamp")?.extract()
}
