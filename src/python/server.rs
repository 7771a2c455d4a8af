//! The server in Python: `_drylambda.Server`, which `drylambda.Server` keeps.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

use super::lambda::Lambda;
use crate::server::{Log, Server as Core, Settings};

/// An HTTP server that answers for one emulator.
#[pyclass(frozen, module = "drylambda._drylambda")]
pub(super) struct Server {
    running: Mutex<Option<Core>>,
    endpoint_url: String,
    host: String,
    port: u16,
}

#[pymethods]
impl Server {
    #[new]
    #[expect(clippy::too_many_arguments, reason = "the settings, each by its name")]
    #[pyo3(signature = (lambda_, *, host, port, log, allowed_hosts, cors, verify_signatures=None))]
    fn new(
        py: Python<'_>,
        lambda_: &Bound<'_, Lambda>,
        host: String,
        port: &Bound<'_, PyAny>,
        log: &str,
        allowed_hosts: Vec<String>,
        cors: Vec<String>,
        verify_signatures: Option<HashMap<String, String>>,
    ) -> PyResult<Self> {
        let port = port.extract().map_err(|_| PyValueError::new_err(format!("port is from 0 to 65535, not {port}")))?;
        let log = Log::named(log).ok_or_else(|| {
            let names = Log::NAMES.map(|(name, _)| format!("{name:?}")).join(", ");
            PyValueError::new_err(format!("log is one of {names}, not {log:?}"))
        })?;
        let verify_signatures = verify_signatures.map(|keys| keys.into_iter().collect());
        let settings = Settings { host, port, log, allowed_hosts, cors, verify_signatures, ..Settings::default() };
        let (emulator, scope) = lambda_.get().shared();
        let started = py.detach(|| Core::start(emulator, scope, settings)).map_err(|error| {
            // With the number, so that it is the class of OSError that Python has for it.
            match error.source.raw_os_error() {
                Some(number) => PyOSError::new_err((number, error.to_string())),
                None => PyOSError::new_err(error.to_string()),
            }
        })?;
        let address = started.address();
        let (host, port) = (address.ip().to_string(), address.port());
        Ok(Self { endpoint_url: started.endpoint_url(), host, port, running: Mutex::new(Some(started)) })
    }

    /// The URL by which it is reached on this machine.
    #[getter]
    fn endpoint_url(&self) -> &str {
        &self.endpoint_url
    }

    /// The address at which it listens.
    #[getter]
    fn host(&self) -> &str {
        &self.host
    }

    /// The port at which it listens.
    #[getter]
    fn port(&self) -> u16 {
        self.port
    }

    /// Whether it was stopped.
    #[getter]
    fn stopped(&self) -> bool {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Takes no more requests, finishes what is under way, for ten seconds at most, and frees the port.
    fn stop(&self, py: Python<'_>) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        // What is under way may need the interpreter.
        py.detach(|| running.map(Core::stop));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if running.is_some() {
            Python::attach(|py| py.detach(|| drop(running)));
        }
    }
}
