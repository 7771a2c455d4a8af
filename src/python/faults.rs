//! Faults on demand in Python.

use std::sync::Arc;
use std::time::Duration;

use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt};

use super::clock::millis;
use super::{interruption::Signals, operations, parameters};
use crate::faults::{self, Effect, Gate, Rule};
use crate::lambda::Lambda;
use crate::model::Operation;
use crate::patience::Patience as _;
use crate::protocol::document::Members;

/// What stands for every operation.
const EVERY: &str = "*";
/// How long Ctrl-C is not heard.
const BEAT: Duration = Duration::from_millis(100);

/// Which calls a fault is for.
pub(super) struct Calls {
    operation: Option<&'static Operation>,
    when: Members,
    times: Option<u32>,
}

impl Calls {
    /// Reads what a test says of the calls.
    ///
    /// # Errors
    /// `ValueError` for what can meet no call.
    pub(super) fn read(
        py: Python<'_>,
        operation: &str,
        times: Option<&Bound<'_, PyAny>>,
        when: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let operation = if operation == EVERY { None } else { Some(operations::known(py, operation)?) };
        let times = times.map(|given| number_of_calls("times", given, 1)).transpose()?;
        let when = match (operation, when) {
            (_, None) => Members::new(),
            (Some(operation), Some(when)) => parameters::read_some(operation, when)
                .map_err(|error| PyValueError::new_err(format!("when: {}", error.value(py))))?,
            (None, Some(_)) => {
                return Err(PyValueError::new_err("when is about the parameters of one operation, not of all"));
            }
        };
        Ok(Self { operation, when, times })
    }
}

/// How many calls a test means.
fn number_of_calls(name: &str, given: &Bound<'_, PyAny>, least: u32) -> PyResult<u32> {
    let wrong = || PyValueError::new_err(format!("{name} is a number of calls, {least} or more, not {given}"));
    match given.extract::<u32>() {
        Ok(calls) if calls >= least => Ok(calls),
        Err(error) if !given.is_instance_of::<PyInt>() => Err(error),
        Ok(_) | Err(_) => Err(wrong()),
    }
}

/// What was asked for, or what is wrong with it.
pub(super) fn asked<T>(asked: Result<T, String>) -> PyResult<T> {
    asked.map_err(PyValueError::new_err)
}

/// A refusal, or a broken connection.
pub(super) fn failure(calls: &Calls, error: &str, message: Option<String>, done: bool) -> PyResult<Effect> {
    asked(faults::asked::failure(calls.operation, error, message, done))
}

/// An answer that takes its time.
pub(super) fn latency(seconds: f64) -> PyResult<Effect> {
    asked(faults::asked::latency(seconds))
}

/// A call that waits, `timeout` seconds at most.
pub(super) fn hold(timeout: f64) -> PyResult<Effect> {
    // Ctrl-C ends the waiting.
    asked(faults::asked::hold(timeout, || Signals.is_over()))
}

/// What the timeouts of urllib3, aiohttp and httpx call the seconds that a client waits for an answer.
const READ_TIMEOUTS: [&str; 3] = ["read_timeout", "sock_read", "read"];

/// Milliseconds that a client waits for an answer: of a number of seconds, or of a library's timeout.
pub(super) fn read_timeout_ms(timeout: Option<&Bound<'_, PyAny>>) -> PyResult<Option<i64>> {
    let Some(timeout) = timeout else { return Ok(None) };
    let mut own = None;
    for name in READ_TIMEOUTS {
        own = own.or(timeout.getattr_opt(name)?);
    }
    let seconds = own.as_ref().unwrap_or(timeout);
    // Whatever is no number of seconds stands for a client that waits as long as it takes.
    seconds.extract::<f64>().ok().filter(|seconds| seconds.is_finite()).map(millis).transpose()
}

/// A fault that a test asked for.
#[pyclass(frozen, module = "drylambda")]
pub(super) struct Fault {
    core: Arc<Lambda>,
    rule: Arc<Rule>,
}

impl Fault {
    /// Writes a rule.
    pub(super) fn add(core: &Arc<Lambda>, calls: Calls, effect: Effect) -> Self {
        let Calls { operation, when, times } = calls;
        let rule = Arc::new(Rule::new(operation, when, times, effect));
        core.faults().add(Arc::clone(&rule));
        Self { core: Arc::clone(core), rule }
    }

    /// Every rule of an emulator.
    pub(super) fn all(core: &Arc<Lambda>) -> Vec<Self> {
        core.faults().all().into_iter().map(|rule| Self { core: Arc::clone(core), rule }).collect()
    }

    fn gate(&self) -> PyResult<&Gate> {
        match self.rule.effect() {
            Effect::Hold(gate) => Ok(gate),
            _ => Err(PyTypeError::new_err(format!("nothing is held by {}", self.rule))),
        }
    }
}

#[pymethods]
impl Fault {
    /// How many calls it has met.
    #[getter]
    fn calls(&self) -> u32 {
        self.rule.met()
    }

    /// Whether it has met as many calls as it is for; one at least, if it is for any number.
    #[getter]
    fn used(&self) -> bool {
        self.rule.is_used()
    }

    /// Waits until so many calls are held.
    #[pyo3(signature = (calls=None, timeout=10.0), text_signature = "($self, calls=1, timeout=10.0)")]
    fn wait(&self, py: Python<'_>, calls: Option<&Bound<'_, PyAny>>, timeout: f64) -> PyResult<()> {
        let calls = calls.map_or(Ok(1), |given| number_of_calls("calls", given, 0))?;
        let (gate, mut left) = (self.gate()?, asked(faults::asked::patience(timeout))?);
        loop {
            if py.detach(|| gate.await_calls(calls, left.min(BEAT))) {
                return Ok(());
            }
            py.check_signals()?;
            left = left.saturating_sub(BEAT);
            if left.is_zero() {
                break;
            }
        }
        Err(PyRuntimeError::new_err(format!("after {timeout} seconds not {calls} calls wait: {}", self.rule)))
    }

    /// Lets the calls that are held go on, and holds no others.
    fn release(&self) -> PyResult<()> {
        self.gate()?.release();
        Ok(())
    }

    /// Takes the fault away; calls that it holds go on.
    fn remove(&self) {
        self.core.faults().remove(&self.rule);
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// Removes the fault, with a warning if it was not used.
    fn __exit__(
        &self,
        py: Python<'_>,
        kind: &Bound<'_, PyAny>,
        _error: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        self.remove();
        if kind.is_none() && !self.used() {
            let unused = [self.rule.to_string()];
            py.import("drylambda.exceptions")?.call_method1("warn_of_unused_faults", (unused,))?;
        }
        Ok(())
    }

    fn __str__(&self) -> String {
        self.rule.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<drylambda.Fault {}>", self.rule)
    }
}
