//! What interrupts a call: Ctrl-C, whatever else of Python's is no `Exception`, and what a function of the test's raises.
//!
//! The one idea to hold: the core knows answers and refusals only. So what was raised below it is kept for the thread
//! while the core comes back with some refusal, and raised in place of the answer.

use std::cell::Cell;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;

use crate::patience::Patience;
use crate::runner::THREAD_NAME as RUNNER_THREAD_NAME;
use crate::server::THREAD_NAME;

thread_local! {
    static KEPT: Cell<Option<PyErr>> = const { Cell::new(None) };
}

/// Keeps what was raised, for [`raise`]; on a thread of a server or of a runner, where nobody asks for it, it is told at once.
pub(super) fn keep(error: PyErr) {
    if [THREAD_NAME, RUNNER_THREAD_NAME].map(Some).contains(&std::thread::current().name()) {
        Python::attach(|py| error.write_unraisable(py, None));
    } else {
        KEPT.set(Some(error));
    }
}

/// Keeps what was raised if it is no `Exception`, for [`raise`].
pub(super) fn keep_grave(py: Python<'_>, error: &PyErr) {
    if !error.is_instance_of::<PyException>(py) {
        keep(error.clone_ref(py));
    }
}

/// Raises what was kept in this thread.
///
/// # Errors
/// That.
pub(super) fn raise() -> PyResult<()> {
    KEPT.take().map_or(Ok(()), Err)
}

/// Waits until a signal's handler raises something. Handlers run in Python's main thread, so others never stop waiting.
#[derive(Debug)]
pub(super) struct Signals;

impl Patience for Signals {
    fn is_over(&self) -> bool {
        Python::attach(|py| {
            let Err(error) = py.check_signals() else { return false };
            keep(error);
            true
        })
    }
}
