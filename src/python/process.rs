//! Python's way to say how functions run in processes and in containers.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::interruption::Signals;
use crate::runner::{Engine, Process as Core, Settings};

/// A runner that runs functions in processes of their own, by AWS's runtime interface clients.
#[pyclass(frozen, module = "drylambda.runners")]
pub(super) struct Process(Settings);

#[pymethods]
impl Process {
    #[new]
    #[pyo3(signature = (*, commands=None, environment=None, memory_limit=true))]
    fn new(
        py: Python<'_>,
        commands: Option<BTreeMap<String, Vec<OsString>>>,
        environment: Option<BTreeMap<String, String>>,
        memory_limit: bool,
    ) -> PyResult<Self> {
        let mut settings = settings(py)?;
        settings.commands = commands.unwrap_or_default();
        if let Some((runtime, _)) = settings.commands.iter().find(|(_, command)| command.is_empty()) {
            return Err(PyValueError::new_err(format!("the command of {runtime} is empty")));
        }
        settings.environment = environment.unwrap_or_default();
        settings.limits_memory = memory_limit;
        Ok(Self(settings))
    }
}

/// A runner that runs functions in containers, by the command of Docker or of what takes the same commands.
#[pyclass(frozen, module = "drylambda.runners")]
pub(super) struct Container(Settings);

#[pymethods]
impl Container {
    #[new]
    #[pyo3(signature = (*, command=None, images=None, environment=None, options=None))]
    fn new(
        py: Python<'_>,
        command: Option<Vec<OsString>>,
        images: Option<BTreeMap<String, String>>,
        environment: Option<BTreeMap<String, String>>,
        options: Option<Vec<OsString>>,
    ) -> PyResult<Self> {
        let known = Engine::default();
        let command = command.unwrap_or(known.command);
        if command.is_empty() {
            return Err(PyValueError::new_err("the command of the containers is empty"));
        }
        let engine = Engine { command, images: images.unwrap_or_default(), options: options.unwrap_or_default() };
        let mut settings = contained(py, engine)?;
        settings.environment = environment.unwrap_or_default();
        Ok(Self(settings))
    }
}

/// The runner that a value says, if it is one that runs processes or containers.
pub(super) fn process(value: &Bound<'_, PyAny>) -> PyResult<Option<Core>> {
    if let Ok(process) = value.cast::<Process>() {
        return Ok(Some(Core::new(process.get().0.clone())));
    }
    if let Ok(container) = value.cast::<Container>() {
        return Ok(Some(Core::new(container.get().0.clone())));
    }
    let Ok(name) = value.cast::<PyString>() else { return Ok(None) };
    Ok(match name.to_str()? {
        "process" => Some(by_default(value.py())?),
        "container" => Some(Core::new(contained(value.py(), Engine::default())?)),
        _ => None,
    })
}

/// The runner of emulators that were given none.
pub(super) fn by_default(py: Python<'_>) -> PyResult<Core> {
    Ok(Core::new(settings(py)?))
}

/// An engine runs functions, and sees to their memory.
fn contained(py: Python<'_>, engine: Engine) -> PyResult<Settings> {
    Ok(Settings { engine: Some(engine), limits_memory: false, ..settings(py)? })
}

/// This interpreter runs functions in Python, and programs are where it finds them.
fn settings(py: Python<'_>) -> PyResult<Settings> {
    let sys = py.import("sys")?;
    let executable: Option<PathBuf> = sys.getattr("executable")?.extract()?;
    let path: Option<OsString> = py.import("os")?.getattr("environ")?.call_method1("get", ("PATH",))?.extract()?;
    let (major, minor): (u8, u8) =
        sys.getattr("version_info")?.get_item(pyo3::types::PySlice::new(py, 0, 2, 1))?.extract()?;
    let known = Settings::default();
    Ok(Settings {
        python: executable.filter(|it| !it.as_os_str().is_empty()).unwrap_or(known.python),
        python_version: Some(format!("{major}.{minor}")),
        path: path.unwrap_or(known.path),
        patience: Arc::new(Signals),
        ..Settings::default()
    })
}
