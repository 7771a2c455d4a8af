//! The forms of what tests declare: a mistake is told at once, as nothing would ever be found under it.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::model::{Kind, Shape};
use crate::protocol::pattern;

/// The version of a layer, of an account's or of AWS's own.
pub(super) const LAYER_VERSION: &[&str] =
    &["arn:<partition>:lambda:<region>:<account>:layer:<name>:<version>", "arn:<partition>:lambda:::awslayer:<name>"];
/// The version of a signing profile.
pub(super) const PROFILE_VERSION: &[&str] =
    &["arn:<partition>:signer:<region>:<account>:/signing-profiles/<name>/<version>"];
/// A signing job.
pub(super) const SIGNING_JOB: &[&str] = &["arn:<partition>:signer:<region>:<account>:/signing-jobs/<id>"];

/// Requires that a text is an ARN of one of these forms, in which `<...>` stands for anything, and that the model takes it
/// for a value of `shape`.
///
/// # Errors
/// `ValueError` with the forms.
pub(super) fn check(name: &str, arn: &str, forms: &[&str], shape: &Shape) -> PyResult<()> {
    let modelled = match shape.kind {
        Kind::String { pattern: Some(pattern), .. } => pattern::matches(pattern, arn),
        _ => true,
    };
    if modelled && forms.iter().any(|form| has_form(arn, form)) {
        return Ok(());
    }
    Err(PyValueError::new_err(format!("{name} is {}, not {arn:?}", forms.join(" or "))))
}

/// Whether a text has the parts of a form: the same words, and something for what stands in `<>`.
fn has_form(text: &str, form: &str) -> bool {
    let (mut given, mut wanted) = (text.split([':', '/']), form.split([':', '/']));
    loop {
        match (given.next(), wanted.next()) {
            (None, None) => return true,
            (Some(part), Some(any)) if any.starts_with('<') && !part.is_empty() => {}
            (Some(part), Some(word)) if part == word => {}
            _ => return false,
        }
    }
}

/// A number of bytes.
///
/// # Errors
/// `ValueError` for anything else.
pub(super) fn bytes(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    let count = Some(value).filter(|value| !value.is_instance_of::<PyBool>()).and_then(|value| value.extract().ok());
    count.ok_or_else(|| {
        PyValueError::new_err(format!("{name} is a whole number of bytes, 0 or more and below 2**64, not {value:?}"))
    })
}

/// A number of seconds.
///
/// # Errors
/// `ValueError` for one that no `float` holds, `TypeError` for what is no number.
pub(super) fn seconds(name: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let read: PyResult<f64> = value.extract();
    read.map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(value.py()) {
            PyValueError::new_err(format!("{name} is a number of seconds, and far smaller"))
        } else {
            PyTypeError::new_err(format!("{name} is a number of seconds, not {value:?}"))
        }
    })
}
