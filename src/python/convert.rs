//! Documents to the values that boto3 would give: dictionaries, `datetime` for timestamps, `bytes` for blobs; what is the
//! whole body of an answer, as `drylambda.streams` has it.

use bytes::Bytes;
use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDateTime, PyDict, PyList, PyTzInfo};

use crate::model::{Kind, Operation};
use crate::protocol::document::{Document, Members, find};

/// The dictionary of an answer. A body of bytes or of events is what boto3 lets its caller read piece by piece, there or not.
pub(super) fn answer<'py>(py: Python<'py>, operation: &Operation, members: &Members) -> PyResult<Bound<'py, PyDict>> {
    let dict = structure(py, members)?;
    let Some(body) = operation.answered_body() else { return Ok(dict) };
    let value = find(members, body.name);
    let (class, value) = match body.shape.kind {
        Kind::Blob { .. } => ("StreamingBody", to_python(py, value.unwrap_or(&Document::Blob(Bytes::new())))?),
        _ if body.shape.is_event_stream() => {
            ("EventStream", to_python(py, value.unwrap_or(&Document::List(Vec::new())))?)
        }
        _ => return Ok(dict),
    };
    dict.set_item(body.name, py.import("drylambda.streams")?.call_method1(class, (value,))?)?;
    Ok(dict)
}

/// The dictionary of a structure.
pub(super) fn structure<'py>(py: Python<'py>, members: &Members) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in members {
        if *value != Document::Null {
            dict.set_item(name, to_python(py, value)?)?;
        }
    }
    Ok(dict)
}

fn to_python<'py>(py: Python<'py>, value: &Document) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Document::Null => Ok(py.None().into_bound(py)),
        Document::Boolean(value) => value.into_bound_py_any(py),
        Document::Integer(value) => value.into_bound_py_any(py),
        Document::Double(value) => value.into_bound_py_any(py),
        Document::String(text) => text.into_bound_py_any(py),
        Document::Blob(bytes) => Ok(PyBytes::new(py, bytes).into_any()),
        Document::Timestamp(seconds) => {
            let utc = PyTzInfo::utc(py)?;
            Ok(PyDateTime::from_timestamp(py, *seconds, Some(&utc))?.into_any())
        }
        Document::List(entries) => {
            let entries = entries.iter().map(|entry| to_python(py, entry)).collect::<PyResult<Vec<_>>>()?;
            Ok(PyList::new(py, entries)?.into_any())
        }
        Document::Map(entries) => {
            let dict = PyDict::new(py);
            for (key, entry) in entries {
                dict.set_item(key, to_python(py, entry)?)?;
            }
            Ok(dict.into_any())
        }
        Document::Structure(members) => Ok(structure(py, members)?.into_any()),
    }
}
