//! The options of a new emulator: Python's keywords, each read in one place.
//!
//! The one idea to hold: an option is one arm of `read`, one entry of `EmulatorOptions` in `drylambda/_options.py`, and
//! nothing else; `drylambda.Lambda`, `mock_lambda` and the pytest fixtures pass on what they are given. `None` is the
//! same as not given.

use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};

use super::clock::millis;
use super::known::Asked;
use super::{forms, process, runner, sources};
use crate::iam::Iam;
use crate::options::Options;
use crate::state::Settle;

/// What was given, by name.
pub(super) type Given<'py> = Vec<(String, Bound<'py, PyAny>)>;

/// The options that are not `None`.
pub(super) fn given<'py>(options: Option<&Bound<'py, PyDict>>) -> PyResult<Given<'py>> {
    let pairs = options.into_iter().flat_map(PyDictMethods::iter).filter(|(_, value)| !value.is_none());
    pairs.map(|(name, value)| Ok((name.extract()?, value))).collect()
}

/// The settings that the options ask for.
pub(super) fn read(py: Python<'_>, given: &Given<'_>) -> PyResult<Options> {
    let mut options = Options::default();
    let mut sources = sources::Given::default();
    for (name, value) in given {
        match name.as_str() {
            "settle" => options.settle = settle(value)?,
            "seed" => options.seed = Some(seed(value)?),
            "iam" => options.iam = Some(iam(value)?),
            "code_storage_limit" => options.code_storage_limit = forms::bytes(name, value)?,
            "dry_run_conflicts" => options.dry_run_conflicts = flag(name, value)?,
            "keep_version_numbers" => options.keep_version_numbers = flag(name, value)?,
            "roles" => options.roles = Some(Arc::new(Asked::new(value, "roles is a function of a role's ARN")?)),
            "runner" => options.runner = Some(runner::read(value)?),
            "s3_dir" => sources.directory(value)?,
            "s3_endpoint" => sources.endpoint(value)?,
            "security_groups" => {
                let form = "security_groups is a function of a security group's id";
                options.security_groups = Some(Arc::new(Asked::new(value, form)?));
            }
            "strict_images" => options.strict_images = flag(name, value)?,
            "strict_runtimes" => options.strict_runtimes = flag(name, value)?,
            _ => {
                return Err(PyTypeError::new_err(format!("Lambda() got an unexpected keyword argument '{name}'")));
            }
        }
    }
    if options.runner.is_none() {
        options.runner = Some(Arc::new(process::by_default(py)?));
    }
    options.sources = sources.in_order();
    Ok(options)
}

fn settle(settle: &Bound<'_, PyAny>) -> PyResult<Settle> {
    if let Ok(text) = settle.cast::<PyString>() {
        return match text.to_str()? {
            "on_read" => Ok(Settle::OnRead),
            "instant" => Ok(Settle::Instant),
            other => Err(PyValueError::new_err(format!(
                "settle is \"on_read\", \"instant\" or a number of seconds, not {other:?}"
            ))),
        };
    }
    let seconds: f64 = Some(settle)
        .filter(|settle| !settle.is_instance_of::<PyBool>())
        .ok_or_else(|| PyTypeError::new_err("a flag is no number"))
        .and_then(PyAnyMethods::extract)
        .map_err(|_| PyTypeError::new_err("settle is \"on_read\", \"instant\" or a number of seconds"))?;
    u64::try_from(millis(seconds)?)
        .map(Settle::After)
        .map_err(|_| PyValueError::new_err(format!("settle cannot be {seconds} seconds")))
}

fn seed(seed: &Bound<'_, PyAny>) -> PyResult<u64> {
    seed.extract().map_err(|_| PyValueError::new_err("seed is a whole number from 0 to 2**64 - 1"))
}

/// JSON as it is written, or whatever Python can write as JSON.
fn iam(value: &Bound<'_, PyAny>) -> PyResult<Iam> {
    let text = match value.cast::<PyString>() {
        Ok(text) => text.clone(),
        Err(_) => value.py().import("json")?.call_method1("dumps", (value,))?.cast_into()?,
    };
    Iam::read(text.to_str()?).map_err(|mistake| PyValueError::new_err(mistake.to_string()))
}

fn flag(name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.extract().map_err(|_| PyTypeError::new_err(format!("{name} is True or False")))
}
