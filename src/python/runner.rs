//! Runners that are Python's: `drylambda.runners`, and callables.

use std::any::Any;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::process::process;
use super::{errors, interruption};
use crate::arn::{FunctionRef, Scope};
use crate::clock::{Clock, Stopwatch};
use crate::invocation::{CannotRun, FunctionError, Invocation as Core, Outcome, Runner, entries};
use crate::lambda::Lambda;
use crate::logs::LogEvent;
use crate::state::Key;
use crate::unpacked::Directory;

/// One call of a function, as a runner in Python gets it.
#[pyclass(frozen, module = "drylambda")]
pub(super) struct Invocation {
    core: Core,
    /// Milliseconds since 1970, by the system's clock.
    deadline_ms: i64,
    /// Folders that were asked for, which stay as long as this does.
    held: Mutex<Vec<Arc<Directory>>>,
}

impl Invocation {
    /// An invocation that begins now.
    fn new(core: Core) -> Self {
        let deadline_ms = Clock::system().now().as_millis() + i64::from(core.settings.timeout) * 1000;
        Self { core, deadline_ms, held: Mutex::default() }
    }

    fn hold(&self, directory: Result<Arc<Directory>, CannotRun>) -> PyResult<PathBuf> {
        let directory = directory.map_err(|cannot| PyValueError::new_err(cannot.to_string()))?;
        let path = directory.path().to_owned();
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push(directory);
        Ok(path)
    }
}

#[pymethods]
impl Invocation {
    /// Of the call, and of every line that is logged for it.
    #[getter]
    fn request_id(&self) -> &str {
        &self.core.request_id
    }

    /// The bare name.
    #[getter]
    fn function_name(&self) -> &str {
        &self.core.function_name
    }

    /// `$LATEST` or a number.
    #[getter]
    fn version(&self) -> &str {
        &self.core.version
    }

    /// The ARN as it was called, with the qualifier if there was one.
    #[getter]
    fn function_arn(&self) -> &str {
        &self.core.invoked_arn
    }

    /// The function's account.
    #[getter]
    fn account_id(&self) -> &str {
        &self.core.scope.account
    }

    /// The function's Region.
    #[getter]
    fn region(&self) -> &str {
        &self.core.scope.region
    }

    /// As it is configured; none for images.
    #[getter]
    fn handler(&self) -> Option<&str> {
        self.core.settings.handler.as_deref()
    }

    /// As it is configured; none for images.
    #[getter]
    fn runtime(&self) -> Option<&str> {
        self.core.settings.runtime.as_deref()
    }

    /// In MB.
    #[getter]
    fn memory_size(&self) -> u32 {
        self.core.settings.memory_size
    }

    /// In seconds.
    #[getter]
    fn timeout(&self) -> u32 {
        self.core.settings.timeout
    }

    /// When the call is to be over: milliseconds since 1970, by the system's clock.
    #[getter]
    fn deadline_ms(&self) -> i64 {
        self.deadline_ms
    }

    /// The function's variables.
    #[getter]
    fn environment<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, value) in self.core.settings.environment.iter().flat_map(|it| &it.variables) {
            dict.set_item(name, value)?;
        }
        Ok(dict)
    }

    /// The event, as it was given.
    #[getter]
    fn payload<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.core.payload)
    }

    /// The JSON of the caller's context.
    #[getter]
    fn client_context(&self) -> Option<&str> {
        self.core.client_context.as_deref()
    }

    /// X-Ray's header.
    #[getter]
    fn trace_id(&self) -> &str {
        &self.core.trace_id
    }

    /// For functions that isolate tenants.
    #[getter]
    fn tenant_id(&self) -> Option<&str> {
        self.core.tenant_id.as_deref()
    }

    /// The log group.
    #[getter]
    fn log_group(&self) -> &str {
        &self.core.log_group
    }

    /// `Text` or `JSON`.
    #[getter]
    fn log_format(&self) -> &str {
        self.core.settings.logging_config.log_format.as_deref().unwrap_or("Text")
    }

    /// The least level that is logged, for the format JSON.
    #[getter]
    fn log_level(&self) -> Option<&str> {
        self.core.settings.logging_config.application_log_level.as_deref()
    }

    /// The log stream.
    #[getter]
    fn log_stream(&self) -> &str {
        &self.core.log_stream
    }

    /// The package as a read-only folder.
    #[getter]
    fn code_dir(&self, py: Python<'_>) -> PyResult<PathBuf> {
        self.hold(py.detach(|| self.core.code_directory()))
    }

    /// All layers over each other, as a read-only folder: what `/opt` is.
    #[getter]
    fn layers_dir(&self, py: Python<'_>) -> PyResult<PathBuf> {
        self.hold(py.detach(|| self.core.layers_directory()))
    }

    /// Changes with each change of code or configuration.
    #[getter]
    fn identity(&self) -> &str {
        &self.core.identity
    }
}

/// A callable that gets an [`Invocation`] and answers payload, kind of error or `None`, and log.
#[derive(Debug)]
struct Callable(Py<PyAny>);

impl Runner for Callable {
    fn run(&self, invocation: &Core) -> Result<Outcome, CannotRun> {
        let begun = Stopwatch::start();
        Python::attach(|py| {
            let given = Invocation::new(invocation.clone());
            let answered = self.0.bind(py).call1((given,));
            let taken =
                answered.and_then(|it| it.extract::<(Bound<'_, PyBytes>, Option<String>, Bound<'_, PyBytes>)>());
            let (payload, error, log) = taken.map_err(|error| {
                // Nobody here could answer it, so it is raised in the answer's place.
                let why = error.value(py).to_string();
                interruption::keep(error);
                CannotRun(why)
            })?;
            Ok(Outcome {
                payload: Bytes::copy_from_slice(payload.as_bytes()),
                error: error.as_deref().map(FunctionError::of_type),
                log: entries(log.as_bytes()),
                duration_ms: begun.elapsed_ms(),
                max_memory_mb: invocation.settings.memory_size,
                ..Outcome::default()
            })
        })
    }

    fn fork(&self) -> Arc<dyn Runner> {
        Python::attach(|py| {
            let runner = self.0.bind(py);
            // A plain function has nothing of its own.
            let forked = if runner.hasattr("fork").is_ok_and(|has| has) {
                runner.call_method0("fork")
            } else {
                Ok(runner.clone())
            };
            let forked = forked.unwrap_or_else(|error| {
                interruption::keep(error);
                runner.clone()
            });
            Arc::new(Self(forked.unbind()))
        })
    }

    fn forget(&self) {
        Python::attach(|py| {
            let runner = self.0.bind(py);
            if runner.hasattr("forget").is_ok_and(|has| has) {
                runner.call_method0("forget").map_or_else(interruption::keep, |_| ());
            }
        });
    }

    fn inner(&self) -> Option<&dyn Any> {
        Some(&self.0)
    }
}

/// The runner that an option says: a name, a handler, canned answers.
///
/// # Errors
/// What `drylambda.runners.resolve` raises for what is none.
pub(super) fn read(value: &Bound<'_, PyAny>) -> PyResult<Arc<dyn Runner>> {
    if let Some(process) = process(value)? {
        return Ok(Arc::new(process));
    }
    let resolved = value.py().import("drylambda.runners")?.call_method1("resolve", (value,))?;
    Ok(Arc::new(Callable(resolved.unbind())))
}

/// Lets a function be run by a runner, or by the emulator's own again.
pub(super) fn bind(core: &Lambda, scope: &Scope, name: &str, runner: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let function = FunctionRef::parse(name).filter(|it| it.qualifier.is_none());
    let function = function.ok_or_else(|| {
        PyValueError::new_err(format!(
            "{name:?} names no function: a runner is bound to a name, or to an ARN without qualifier"
        ))
    })?;
    let scope = Scope::new(
        function.account.as_deref().unwrap_or(&scope.account),
        function.region.as_deref().unwrap_or(&scope.region),
    );
    let runner = runner.map(read).transpose()?;
    core.invoker().bind(Key::function(&scope, &function.name), runner);
    Ok(())
}

/// The runner of a function, if it is Python's, and what a call would hand to it.
pub(super) fn prepare<'py>(
    py: Python<'py>,
    core: &Lambda,
    scope: &Scope,
    name: &str,
    qualifier: Option<&str>,
) -> PyResult<(Option<Bound<'py, PyAny>>, Invocation)> {
    let (runner, invocation) = core.prepare(scope, name, qualifier).map_err(|error| errors::not_done(&error))?;
    let object = runner.as_ref().and_then(|runner| runner.inner()?.downcast_ref::<Py<PyAny>>());
    Ok((object.map(|it| it.bind(py).clone()), Invocation::new(invocation)))
}

/// Milliseconds since 1970, stream, request id, message.
pub(super) type Logged = (i64, String, String, String);

/// The events of a log group.
pub(super) fn logs(core: &Lambda, scope: &Scope, group: &str) -> Vec<Logged> {
    core.invoker().logs().of(scope, group).into_iter().map(logged).collect()
}

/// What was logged and not taken before: account, Region, log group, events.
pub(super) fn take_logs(core: &Lambda) -> Vec<(String, String, String, Vec<Logged>)> {
    let taken = core.invoker().logs().take().into_iter();
    let of_group = |(scope, group, events): (Scope, String, Vec<LogEvent>)| {
        (scope.account.to_string(), scope.region.to_string(), group, events.into_iter().map(logged).collect())
    };
    taken.map(of_group).collect()
}

fn logged(event: LogEvent) -> Logged {
    (event.at.as_millis(), event.stream.to_string(), event.request_id.to_string(), event.message)
}
