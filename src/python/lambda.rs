//! The emulator in Python: `_drylambda.Lambda`, on which `drylambda.Lambda` stands.

use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};

use super::clock::Clock;
use super::faults::{self, Fault};
use super::images::Images;
use super::journal::JournalEntry;
use super::package::{Package, of_function as package_of};
use super::{calls, convert, errors, events, forms, interruption, options, polling, runner, s3, signing};
use crate::arn::{Scope, is_version_number};
use crate::iam::Caller;
use crate::lambda::Lambda as Core;
use crate::layers::Sizes;
use crate::model::{self, Kind, Shape};
use crate::package;
use crate::state::Reason;

/// An emulator of AWS Lambda's control plane, seen from one account and Region.
#[pyclass(frozen, subclass, module = "drylambda._drylambda")]
pub(super) struct Lambda {
    core: Arc<Core>,
    scope: Scope,
    /// Who makes the calls that do not say otherwise.
    caller: Caller,
}

impl Lambda {
    /// The emulator, and the account and Region of calls that do not say otherwise.
    pub(super) fn shared(&self) -> (Arc<Core>, Scope) {
        (Arc::clone(&self.core), self.scope.clone())
    }
}

#[pymethods]
impl Lambda {
    #[new]
    #[pyo3(signature = (*, region="us-east-1", account_id="123456789012", access_key_id=None, sharing=None, forking=None, **options))]
    fn new(
        py: Python<'_>,
        region: &str,
        account_id: &str,
        access_key_id: Option<&str>,
        sharing: Option<&Bound<'_, Self>>,
        forking: Option<&Bound<'_, Self>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        if account_id.len() != 12 || !is_version_number(account_id) {
            return Err(PyValueError::new_err(format!("account_id is twelve digits, not {account_id:?}")));
        }
        if region.is_empty() || !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(PyValueError::new_err(format!("region is a name like 'eu-central-1', not {region:?}")));
        }
        let given = options::given(options)?;
        let core = match (sharing, forking) {
            (Some(other), None) if given.is_empty() => Arc::clone(&other.get().core),
            (None, Some(other)) if given.is_empty() => {
                let forked = own(other.get().core.fork());
                interruption::raise()?;
                forked
            }
            (Some(_), Some(_)) => return Err(PyValueError::new_err("sharing and forking are two ways to have one")),
            (Some(_), None) | (None, Some(_)) => {
                let names: Vec<_> = given.iter().map(|(name, _)| name.as_str()).collect();
                let names = names.join(", ");
                return Err(PyValueError::new_err(format!("{names}: for a new emulator; a shared one has its own")));
            }
            (None, None) => own(Core::new(&options::read(py, &given)?)),
        };
        let mut scope = Scope::new(account_id, region);
        let caller = core.caller(access_key_id, &scope.account);
        scope.account = Arc::clone(&caller.account);
        Ok(Self { core, scope, caller })
    }

    /// The Region that calls go to when nothing else says so.
    #[getter]
    fn region(&self) -> &str {
        &self.scope.region
    }

    /// The account that calls belong to when nothing else says so.
    #[getter]
    fn account_id(&self) -> &str {
        &self.scope.account
    }

    /// The access key in whose name direct calls are made, if there is one.
    #[getter]
    fn access_key_id(&self) -> Option<&str> {
        self.caller.access_key_id.as_deref()
    }

    /// The emulator's clock.
    #[getter]
    fn clock(&self) -> Clock {
        Clock(Arc::clone(&self.core))
    }

    /// The emulator's container images.
    #[getter]
    fn images(&self) -> Images {
        Images(Arc::clone(&self.core))
    }

    /// The calls that the emulator has answered, oldest first.
    fn _journal(&self) -> Vec<JournalEntry> {
        self.core.journal().all().into_iter().map(JournalEntry).collect()
    }

    fn _forget_calls(&self) {
        self.core.journal().clear();
    }

    /// Declares that a package counts as signed (3.3).
    #[pyo3(signature = (package, profile_version_arn, job_arn=None, *, flaw=None))]
    fn sign(
        &self,
        package: &Bound<'_, PyAny>,
        profile_version_arn: String,
        job_arn: Option<String>,
        flaw: Option<&str>,
    ) -> PyResult<()> {
        signing::declare(&self.core, &self.scope, package, profile_version_arn, job_arn, flaw)
    }

    /// Declares a layer version that functions may have, by its zip or by its sizes.
    #[pyo3(
        signature = (arn, package=None, *, code_size=None, unzipped_size=None),
        text_signature = "($self, arn, package=None, *, code_size=0, unzipped_size=0)"
    )]
    fn declare_layer(
        &self,
        arn: &str,
        package: Option<&Bound<'_, PyBytes>>,
        code_size: Option<&Bound<'_, PyAny>>,
        unzipped_size: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        forms::check("arn", arn, forms::LAYER_VERSION, &model::shapes::LAYER_VERSION_ARN)?;
        let bytes = |name, value: Option<_>| value.map_or(Ok(0), |value| forms::bytes(name, value));
        let (code_bytes, unzipped_bytes) = (bytes("code_size", code_size)?, bytes("unzipped_size", unzipped_size)?);
        let sizes = match package {
            None => Sizes { code_bytes, unzipped_bytes },
            Some(package) => {
                let bytes = package.as_bytes();
                let contents = package::check(bytes, &package::Limits::default());
                let contents = contents.map_err(|refusal| PyValueError::new_err(refusal.to_string()))?;
                Sizes { code_bytes: bytes.len() as u64, unzipped_bytes: contents.unzipped_bytes }
            }
        };
        self.core.layers().declare(arn, sizes);
        Ok(())
    }

    /// A function with its versions, aliases and tags as it is now.
    fn _look<'py>(&self, py: Python<'py>, function_name: &str) -> PyResult<Bound<'py, PyDict>> {
        let look = self.core.look_at(&self.scope, function_name).map_err(|error| errors::not_done(&error))?;
        convert::structure(py, &look)
    }

    /// The names of all functions.
    fn _names(&self) -> PyResult<Vec<String>> {
        self.core.function_names(&self.scope).map_err(|error| errors::not_done(&error))
    }

    /// What was deployed: the package of a function, a version or what an alias points to.
    #[pyo3(signature = (function_name, qualifier=None))]
    fn package(&self, function_name: &str, qualifier: Option<&str>) -> PyResult<Package> {
        package_of(&self.core, &self.scope, function_name, qualifier)
    }

    /// Lets the update of a function that is under way, or else its next one, end as `Failed` (T6).
    #[pyo3(signature = (function_name, code="InternalError", reason=None))]
    fn fail_update(&self, function_name: &str, code: &str, reason: Option<&str>) -> PyResult<()> {
        let reason = reason_of(&model::shapes::LAST_UPDATE_STATUS_REASON_CODE, code, reason, "The update failed.")?;
        self.core.fail_update(&self.scope, function_name, &reason).map_err(|error| errors::not_done(&error))
    }

    /// Lets a function become `Inactive`, until it is updated (T7).
    #[pyo3(signature = (function_name, code="Idle", reason=None))]
    fn deactivate(&self, function_name: &str, code: &str, reason: Option<&str>) -> PyResult<()> {
        let reason = reason_of(&model::shapes::STATE_REASON_CODE, code, reason, "The function is inactive.")?;
        self.core.deactivate(&self.scope, function_name, &reason).map_err(|error| errors::not_done(&error))
    }

    /// Lets calls of an operation fail: with one of its errors, or with a broken connection.
    #[pyo3(signature = (operation, error, message=None, *, times=None, when=None, done=false))]
    #[expect(clippy::too_many_arguments, reason = "the parts of a rule, each named at the call")]
    fn fail(
        &self,
        py: Python<'_>,
        operation: &str,
        error: &str,
        message: Option<String>,
        times: Option<&Bound<'_, PyAny>>,
        when: Option<&Bound<'_, PyDict>>,
        done: bool,
    ) -> PyResult<Fault> {
        let calls = faults::Calls::read(py, operation, times, when)?;
        let effect = faults::failure(&calls, error, message, done)?;
        Ok(Fault::add(&self.core, calls, effect))
    }

    /// Lets calls of an operation take a number of seconds, by the emulator's clock.
    #[pyo3(signature = (operation, seconds, *, times=None, when=None))]
    fn delay(
        &self,
        py: Python<'_>,
        operation: &str,
        seconds: f64,
        times: Option<&Bound<'_, PyAny>>,
        when: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Fault> {
        let calls = faults::Calls::read(py, operation, times, when)?;
        Ok(Fault::add(&self.core, calls, faults::latency(seconds)?))
    }

    /// Lets calls of an operation wait until they are released.
    #[pyo3(signature = (operation, *, times=None, when=None, timeout=30.0))]
    fn hold(
        &self,
        py: Python<'_>,
        operation: &str,
        times: Option<&Bound<'_, PyAny>>,
        when: Option<&Bound<'_, PyDict>>,
        timeout: f64,
    ) -> PyResult<Fault> {
        let calls = faults::Calls::read(py, operation, times, when)?;
        Ok(Fault::add(&self.core, calls, faults::hold(timeout)?))
    }

    /// Lets a function be run by a runner from now on; `None` is the emulator's own again.
    fn bind(&self, function_name: &str, runner: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        runner::bind(&self.core, &self.scope, function_name, runner)
    }

    /// The runner of a function, if it is Python's, and what a call would hand to it.
    #[pyo3(signature = (function_name, qualifier=None))]
    fn _prepare<'py>(
        &self,
        py: Python<'py>,
        function_name: &str,
        qualifier: Option<&str>,
    ) -> PyResult<(Option<Bound<'py, PyAny>>, runner::Invocation)> {
        runner::prepare(py, &self.core, &self.scope, function_name, qualifier)
    }

    /// The events of a log group: (milliseconds since 1970, stream, request id, message), oldest first.
    fn _logs(&self, log_group: &str) -> Vec<runner::Logged> {
        runner::logs(&self.core, &self.scope, log_group)
    }

    /// The events of all log groups that were not taken before: account, Region, log group, events as of `_logs`.
    fn _take_logs(&self) -> Vec<(String, String, String, Vec<runner::Logged>)> {
        runner::take_logs(&self.core)
    }

    /// Has every asynchronous call tried that is due by now, and those that come of it: how many it were.
    fn run_events(&self, py: Python<'_>) -> PyResult<usize> {
        events::work_off(py, &self.core)
    }

    /// What was told to destinations and dead-letter targets, oldest first.
    fn _deliveries<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        events::deliveries(py, &self.core)
    }

    /// Hands what is told to destinations and dead-letter targets to a callable, too.
    fn _set_destinations(&self, destinations: Option<Py<PyAny>>) {
        events::set_destinations(&self.core, destinations);
    }

    /// Lets go of all execution environments; the next call of a function has a new one.
    fn _close(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.core.invoker().close());
        interruption::raise()
    }

    /// The event source mappings that are enabled, of all accounts and Regions.
    fn _event_sources(&self) -> PyResult<Vec<polling::EventSource>> {
        polling::all(&self.core)
    }

    /// Lets a function leave `Pending` that waits for a reader.
    fn _await_function(&self, function_name: &str) -> PyResult<()> {
        self.core.await_function(&self.scope, function_name).map_err(|error| errors::not_done(&error))
    }

    /// Whether another view is on the same emulator.
    fn _shares(&self, other: &Bound<'_, Self>) -> bool {
        Arc::ptr_eq(&self.core, &other.get().core)
    }

    /// Lets go what faults hold; those that met too few calls, if nobody was told yet.
    fn _end_faults(&self) -> Vec<String> {
        self.core.faults().end().iter().map(ToString::to_string).collect()
    }

    /// Whether a fault may meet the next call.
    fn _is_faulty(&self) -> bool {
        !self.core.faults().is_idle()
    }

    /// The faults that were asked for and not removed, oldest first.
    #[getter]
    fn faults(&self) -> Vec<Fault> {
        Fault::all(&self.core)
    }

    /// Forgets every function, image and bucket of every account and Region.
    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.core.reset());
        interruption::raise()
    }

    /// Everything that `reset` forgets but for faults and calls, as JSON.
    fn dump<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        let text = py.detach(|| self.core.dump());
        PyString::new(py, &text)
    }

    /// Puts what `dump` wrote in the place of everything that is here but for faults and calls.
    fn load(&self, state: &Bound<'_, PyAny>) -> PyResult<()> {
        let text = match (state.cast::<PyString>(), state.cast::<PyBytes>()) {
            (Ok(text), _) => text.to_str()?.as_bytes(),
            (_, Ok(bytes)) => bytes.as_bytes(),
            _ => {
                let given = state.get_type().name()?;
                return Err(PyTypeError::new_err(format!("state is str or bytes, as dump() gives it, not {given}")));
            }
        };
        let loaded = state.py().detach(|| self.core.load(text));
        loaded.map_err(|mistake| PyValueError::new_err(mistake.to_string()))
    }

    /// Answers one call: AWS's operation name, boto3's parameters; boto3's response. `access_key_id` is that of a client
    /// which signs, or empty for one that does not.
    #[pyo3(signature = (operation, parameters, region=None, access_key_id=None, timeout=None))]
    fn _call<'py>(
        &self,
        py: Python<'py>,
        operation: &str,
        parameters: &Bound<'py, PyDict>,
        region: Option<&str>,
        access_key_id: Option<&str>,
        timeout: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        calls::call(py, (&self.core, &self.scope, &self.caller), operation, parameters, region, access_key_id, timeout)
    }

    /// Answers one HTTP request: (status, headers, body). `headers` are pairs, or a mapping that is asked only for those
    /// that count. `package` is (token in the body, the bytes it stands for), `timeout` how many seconds the client waits
    /// for the answer, or urllib3's `Timeout`; `endpoint` is where links lead, if not to AWS.
    #[pyo3(signature = (method, host, path, query, headers, body, package=None, timeout=None, *, endpoint=None))]
    #[expect(clippy::too_many_arguments, reason = "the parts of a request, each named at the only call")]
    fn _wire<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        host: &str,
        path: &str,
        query: &str,
        headers: &Bound<'py, PyAny>,
        body: &Bound<'py, PyBytes>,
        package: Option<(String, Bound<'py, PyBytes>)>,
        timeout: Option<&Bound<'py, PyAny>>,
        endpoint: Option<&str>,
    ) -> PyResult<calls::HttpResponse<'py>> {
        let request = (method, host, path, query);
        calls::wire(py, (&self.core, &self.scope), request, headers, (body, package), timeout, endpoint)
    }

    /// Its own S3: objects for tests that want no client.
    #[getter]
    fn s3(&self) -> s3::ObjectStore {
        s3::ObjectStore { store: Arc::clone(self.core.s3()), scope: self.scope.clone() }
    }

    /// Answers one HTTP request for S3: (status, headers, body). `headers` are pairs or a mapping; `body` is bytes, or an
    /// iterable of them; `chunked` tells that the bytes are HTTP's chunks still.
    #[pyo3(signature = (method, host, path, query, headers, body, *, chunked=false))]
    #[expect(clippy::too_many_arguments, reason = "the parts of a request, each named at the only call")]
    fn _s3<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        host: &str,
        path: &str,
        query: &str,
        headers: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        chunked: bool,
    ) -> PyResult<s3::HttpResponse<'py>> {
        s3::answer(py, &self.core, &self.scope, (method, host, path, query), headers, (body, chunked))
    }

    /// The bytes behind a `Code.Location`.
    ///
    /// Raises `ValueError` if the link yields nothing, with S3's words.
    fn download<'py>(&self, py: Python<'py>, location: &str) -> PyResult<Bound<'py, PyBytes>> {
        let (host, rest) = location.split_once("://").and_then(|(_, rest)| rest.split_once('/')).unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or_default();
        let package = self.core.download(host, &format!("/{path}"), query);
        let package = package.map_err(|(status, code, message)| {
            PyValueError::new_err(format!("{status} {code}: {message} ({location})"))
        })?;
        Ok(PyBytes::new(py, package.bytes()))
    }
}

/// An emulator whose functions may call it.
fn own(core: Core) -> Arc<Core> {
    let core = Arc::new(core);
    crate::wire::serve_functions(&core);
    core
}

/// A reason with a code that the model has.
fn reason_of(codes: &Shape, code: &str, text: Option<&str>, default: &str) -> PyResult<Reason> {
    match &codes.kind {
        Kind::String { values, .. } if !values.contains(&code) => {
            let known = values.join(", ");
            Err(PyValueError::new_err(format!("{code:?} is no {}; there are {known}", codes.name)))
        }
        _ => Ok(Reason { text: text.unwrap_or(default).to_owned(), code: code.to_owned() }),
    }
}
