//! The operations of the API in Python, and the one sentence for a name that is none of theirs.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::model::{self, Operation};
use crate::wire;

/// Every operation of the API: (AWS's name, boto3's name, whether it is built).
#[pyfunction]
pub(super) fn operations() -> Vec<(&'static str, &'static str, bool)> {
    model::OPERATIONS.iter().map(|it| (it.name, it.python_name, crate::operations::is_built(it))).collect()
}

/// What is written of every operation, in the order of [`operations`]: method, path with the query that it always has, the
/// rules that it follows, and the tests that show it. The last two are empty where nothing is built.
#[pyfunction]
pub(super) fn descriptions() -> Vec<(&'static str, String, &'static str, &'static str)> {
    let row = |operation: &Operation| crate::operations::row(operation).map_or(("", ""), |row| (row.rules, row.tests));
    let query = |query: Option<(&str, &str)>| query.map(|(key, value)| format!("?{key}={value}")).unwrap_or_default();
    let described = |operation: &Operation| {
        let (rules, tests) = row(operation);
        (operation.method, format!("{}{}", operation.path, query(operation.query)), rules, tests)
    };
    model::OPERATIONS.iter().copied().map(described).collect()
}

/// Refuses what is no operation of Lambda.
#[pyfunction]
pub(super) fn check_operation(py: Python<'_>, name: &str) -> PyResult<()> {
    known(py, name).map(drop)
}

/// Whether a call of an operation, by AWS's name, runs code.
#[pyfunction]
pub(super) fn runs_code(operation: &str) -> bool {
    model::operation(operation).is_some_and(crate::operations::runs_code)
}

/// Whether answering a request may mean to wait: for a function that runs, or for an object of S3.
#[pyfunction]
pub(super) fn may_wait(method: &str, path: &str, query: &str, body: &[u8]) -> bool {
    wire::may_wait(method, path, query, body)
}

/// The operation of this name.
///
/// # Errors
/// `ValueError`, with the names that are nearest.
pub(super) fn known(py: Python<'_>, name: &str) -> PyResult<&'static Operation> {
    if let Some(operation) = model::operation(name) {
        return Ok(operation);
    }
    let instead = if let Some(boto3s) = model::OPERATIONS.iter().find(|it| it.python_name == name) {
        format!("boto3's method is AWS's {:?}", boto3s.name)
    } else {
        let names: Vec<_> = model::OPERATIONS.iter().map(|operation| operation.name).collect();
        let near: Vec<String> = py.import("difflib")?.call_method1("get_close_matches", (name, names, 3))?.extract()?;
        let near = near.join(" or ");
        if near.is_empty() {
            "names are AWS's, as UpdateFunctionCode is".to_owned()
        } else {
            format!("did you mean {near}?")
        }
    };
    Err(PyValueError::new_err(format!("{name:?} is not an operation of Lambda; {instead}")))
}
