//! Asynchronous calls in Python, and what is told of those that are over.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::{errors, interruption};
use crate::invocation::{Delivery, Destinations, Reason};
use crate::lambda::Lambda;

/// A callable that takes what is told.
#[derive(Debug)]
struct Hook(Py<PyAny>);

impl Destinations for Hook {
    fn deliver(&self, delivery: &Delivery) {
        Python::attach(|py| {
            let called = told(py, delivery).and_then(|parts| self.0.bind(py).call1(parts));
            // The function is not at fault, so it is raised in the answer's place.
            called.map_or_else(interruption::keep, |_| ());
        });
    }
}

/// Moves the clock on by so many milliseconds; what is due on the way happens then.
///
/// # Errors
/// As [`work_off`].
pub(super) fn advance(py: Python<'_>, core: &Lambda, millis: i64) -> PyResult<()> {
    if core.event_due_in().is_none() {
        core.clock().advance(millis);
        return Ok(());
    }
    let advanced = py.detach(|| core.advance(millis));
    interruption::raise()?;
    advanced.map_err(|error| errors::not_done(&error))
}

/// Has every event tried that is due by now.
///
/// # Errors
/// What nobody can run, and what was raised beneath.
pub(super) fn work_off(py: Python<'_>, core: &Lambda) -> PyResult<usize> {
    if core.event_due_in().is_none_or(|wait| !wait.is_zero()) {
        return Ok(0);
    }
    let worked = py.detach(|| core.work_off());
    interruption::raise()?;
    worked.map_err(|error| errors::not_done(&error))
}

/// Everything that was told: the parts of `drylambda.deliveries.Delivery`.
pub(super) fn deliveries<'py>(py: Python<'py>, core: &Lambda) -> PyResult<Vec<Bound<'py, PyTuple>>> {
    core.invoker().events().deliveries().iter().map(|delivery| told(py, delivery)).collect()
}

/// Hands what is told to a callable from now on.
pub(super) fn set_destinations(core: &Lambda, hook: Option<Py<PyAny>>) {
    core.invoker().set_destinations(hook.map(|hook| Arc::new(Hook(hook)) as _));
}

fn told<'py>(py: Python<'py>, delivery: &Delivery) -> PyResult<Bound<'py, PyTuple>> {
    let reason = match delivery.reason {
        Reason::Success => "success",
        Reason::Failure => "failure",
        Reason::DeadLetter => "dead-letter",
    };
    let attributes = PyDict::new(py);
    for (name, kind, value) in &delivery.attributes {
        attributes.set_item(name, (kind, value))?;
    }
    (&delivery.target_arn, &delivery.function_arn, reason, &delivery.body, attributes).into_pyobject(py)
}
