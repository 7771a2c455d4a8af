//! kwargs to documents, refused with boto3's own words where boto3 refuses them before it sends anything.
//!
//! The one idea to hold: botocore checks types, required and unknown members and lower limits of the parameters; every
//! other constraint is the service's. This walk does the same, with the same texts, while it makes the document.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use super::errors;
use crate::clock::Timestamp;
use crate::model::{Kind, Operation, Place, Shape};
use crate::protocol::document::{Document, Members};

/// Makes the input document of an operation from boto3's kwargs. Bytes are held, not copied.
///
/// # Errors
/// botocore's `ParamValidationError`, or an equal class where botocore is not installed.
pub(super) fn read(operation: &'static Operation, parameters: &Bound<'_, PyDict>) -> PyResult<Document> {
    let payload = match &operation.input.kind {
        Kind::Structure(structure) => structure.payload,
        _ => None,
    };
    let mut walk = Walk { report: Vec::new(), payload, partial: false, base64: false };
    let document = walk.structure(operation.input, parameters, &Path::Input)?;
    if walk.report.is_empty() {
        return Ok(document);
    }
    Err(errors::param_validation(parameters.py(), &walk.report.join("\n")))
}

/// Makes the input document of an operation from JSON's values: a blob is base64, or bytes that were put there.
///
/// # Errors
/// `ValueError` with boto3's words.
pub(super) fn read_json(operation: &'static Operation, parameters: &Bound<'_, PyDict>) -> PyResult<Document> {
    let mut walk = Walk { report: Vec::new(), payload: None, partial: false, base64: true };
    let document = walk.structure(operation.input, parameters, &Path::Input)?;
    if walk.report.is_empty() { Ok(document) } else { Err(PyValueError::new_err(walk.report.join("\n"))) }
}

/// Makes members of an operation's input from some of boto3's kwargs: required ones need not be there.
///
/// # Errors
/// `ValueError` with boto3's words.
pub(super) fn read_some(operation: &'static Operation, parameters: &Bound<'_, PyDict>) -> PyResult<Members> {
    let mut walk = Walk { report: Vec::new(), payload: None, partial: true, base64: false };
    let document = walk.structure(operation.input, parameters, &Path::Input)?;
    if walk.report.is_empty() {
        return Ok(document.into_members());
    }
    Err(PyValueError::new_err(walk.report.join("\n")))
}

/// Where a value stands; spelled out only for a report.
enum Path<'a> {
    Input,
    Member(&'a Self, &'a str),
    Entry(&'a Self, usize),
    Key(&'a Self, &'a str),
}

impl Path<'_> {
    fn spelled(&self) -> String {
        match self {
            Self::Input => "input".into(),
            Self::Member(Self::Input, name) => (*name).to_owned(),
            Self::Member(parent, name) => format!("{}.{name}", parent.spelled()),
            Self::Entry(parent, index) => format!("{}[{index}]", parent.spelled()),
            Self::Key(parent, key) => format!("{} (key: {key})", parent.spelled()),
        }
    }
}

struct Walk {
    report: Vec<String>,
    /// The member that is the whole body: the one blob that botocore also reads from a file.
    payload: Option<&'static str>,
    /// Whether required members may be missing.
    partial: bool,
    /// Whether text in the place of a blob is base64.
    base64: bool,
}

impl Walk {
    fn structure(&mut self, shape: &'static Shape, given: &Bound<'_, PyDict>, path: &Path<'_>) -> PyResult<Document> {
        for member in shape.members().iter().filter(|member| member.required && !self.partial) {
            if !given.contains(member.name)? {
                self.report.push(format!("Missing required parameter in {}: \"{}\"", path.spelled(), member.name));
            }
        }
        let mut known = Vec::with_capacity(given.len());
        for (key, value) in given {
            let name = key.str()?.to_string();
            if let Some(member) = shape.member(&name) {
                known.push((member, value));
            } else {
                let names: Vec<_> = shape.members().iter().map(|member| member.name).collect();
                let (at, names) = (path.spelled(), names.join(", "));
                self.report.push(format!("Unknown parameter in {at}: \"{name}\", must be one of: {names}"));
            }
        }
        let mut members = Members::with_capacity(known.len());
        for (member, value) in known {
            let value = self.value(member.shape, &value, &Path::Member(path, member.name))?;
            // A list in the query string is one parameter for each entry, so an empty one is not there.
            let unsent = matches!(member.place, Place::Query(_)) && value == Document::List(Vec::new());
            if !unsent {
                members.push((member.name, value));
            }
        }
        Ok(Document::Structure(members))
    }

    fn value(&mut self, shape: &'static Shape, given: &Bound<'_, PyAny>, path: &Path<'_>) -> PyResult<Document> {
        match &shape.kind {
            Kind::Structure(_) => match given.cast::<PyDict>() {
                Ok(dict) => self.structure(shape, dict, path),
                Err(_) => self.invalid_type(given, path, "<class 'dict'>"),
            },
            Kind::Map { key, value, .. } => match given.cast::<PyDict>() {
                Ok(dict) => self.map(key, value, dict, path),
                Err(_) => self.invalid_type(given, path, "<class 'dict'>"),
            },
            Kind::List { member, min, .. } => {
                if !given.is_instance_of::<PyList>() && !given.is_instance_of::<PyTuple>() {
                    return self.invalid_type(given, path, "<class 'list'>, <class 'tuple'>");
                }
                self.list(member, *min, given, path)
            }
            Kind::String { min, .. } => match given.cast::<PyString>() {
                Ok(text) => {
                    self.length(text.len()?, *min, path);
                    // A lone surrogate has no UTF-8; botocore would fail to encode it.
                    Ok(Document::String(text.to_str()?.to_owned()))
                }
                Err(_) => self.invalid_type(given, path, "<class 'str'>"),
            },
            Kind::Integer { min, .. } => match given.cast::<PyInt>() {
                Ok(number) => self.integer(number, *min, path),
                Err(_) => self.invalid_type(given, path, "<class 'int'>"),
            },
            Kind::Double { min, whole, .. } => self.double(given, *min, *whole, path),
            Kind::Boolean => match given.cast::<PyBool>() {
                Ok(flag) => Ok(Document::Boolean(flag.is_true())),
                Err(_) => self.invalid_type(given, path, "<class 'bool'>"),
            },
            Kind::Blob { .. } => self.blob(given, path),
            Kind::Timestamp => self.timestamp(given, path),
        }
    }

    fn map(
        &mut self,
        key_shape: &'static Shape,
        value_shape: &'static Shape,
        given: &Bound<'_, PyDict>,
        path: &Path<'_>,
    ) -> PyResult<Document> {
        let mut entries = Vec::with_capacity(given.len());
        for (key, value) in given {
            let spelled = key.str()?.to_string();
            let text = self.value(key_shape, &key, &Path::Key(path, &spelled))?;
            let value = self.value(value_shape, &value, &Path::Member(path, &spelled))?;
            if let Document::String(text) = text {
                entries.push((text, value));
            }
        }
        Ok(Document::Map(entries))
    }

    fn list(
        &mut self,
        member: &'static Shape,
        min: Option<u64>,
        given: &Bound<'_, PyAny>,
        path: &Path<'_>,
    ) -> PyResult<Document> {
        let length = given.len()?;
        self.length(length, min, path);
        let mut entries = Vec::with_capacity(length);
        for (index, entry) in given.try_iter()?.enumerate() {
            entries.push(self.value(member, &entry?, &Path::Entry(path, index))?);
        }
        Ok(Document::List(entries))
    }

    fn integer(&mut self, given: &Bound<'_, PyInt>, min: Option<i64>, path: &Path<'_>) -> PyResult<Document> {
        // Numbers beyond 64 bits violate every limit of the model as the nearest one within does.
        let number = given.extract().unwrap_or(if given.lt(0)? { i64::MIN } else { i64::MAX });
        if let Some(min) = min.filter(|min| number < *min) {
            self.out_of_range(given, &min.to_string(), path);
        }
        // True and False pass botocore's check as numbers, and JSON carries them as what they are.
        Ok(given.cast::<PyBool>().map_or(Document::Integer(number), |flag| Document::Boolean(flag.is_true())))
    }

    fn double(
        &mut self,
        given: &Bound<'_, PyAny>,
        min: Option<f64>,
        whole: bool,
        path: &Path<'_>,
    ) -> PyResult<Document> {
        let decimal = || PyResult::Ok(given.get_type().name()? == "Decimal");
        if !given.is_instance_of::<PyFloat>() && !given.is_instance_of::<PyInt>() && !decimal()? {
            return self.invalid_type(given, path, "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>");
        }
        let number: f64 = given.call_method0("__float__")?.extract()?;
        if let Some(min) = min.filter(|min| number < *min) {
            let min = if whole { min.to_string() } else { format!("{min:?}") };
            self.out_of_range(given, &min, path);
        }
        // True and False pass botocore's check as numbers, and JSON carries them as what they are.
        Ok(given.cast::<PyBool>().map_or(Document::Double(number), |flag| Document::Boolean(flag.is_true())))
    }

    fn blob(&mut self, given: &Bound<'_, PyAny>, path: &Path<'_>) -> PyResult<Document> {
        if let Ok(bytes) = given.cast::<PyBytes>() {
            return Ok(Document::Blob(held(bytes)));
        }
        if let Some(text) = given.cast::<PyString>().ok().filter(|_| self.base64) {
            let decoded = STANDARD.decode(text.to_str()?);
            if let Err(error) = &decoded {
                self.report.push(format!("Invalid base64 for parameter {}: {error}", path.spelled()));
            }
            return Ok(Document::Blob(decoded.unwrap_or_default().into()));
        }
        if let Ok(text) = given.cast::<PyString>() {
            return Ok(Document::Blob(Bytes::copy_from_slice(text.to_str()?.as_bytes())));
        }
        if let Ok(array) = given.cast::<PyByteArray>() {
            // The caller may change it later, so it is copied.
            return Ok(Document::Blob(array.to_vec().into()));
        }
        if given.hasattr("read")? {
            if matches!(path, Path::Member(Path::Input, name) if Some(*name) == self.payload) {
                let read = given.call_method0("read")?;
                return self.blob(&read, path);
            }
            // botocore takes it for a blob, and its serializer then fails on it.
            let kind = given.get_type().fully_qualified_name()?;
            return Err(PyTypeError::new_err(format!("a bytes-like object is required, not '{kind}'")));
        }
        self.invalid_type(given, path, "<class 'bytes'>, <class 'bytearray'>, file-like object")
    }

    fn timestamp(&mut self, given: &Bound<'_, PyAny>, path: &Path<'_>) -> PyResult<Document> {
        let seconds = if given.hasattr("timestamp")? { given.call_method0("timestamp")? } else { given.clone() };
        let written = given.extract().ok().and_then(|text: &str| Timestamp::from_iso(text).map(Timestamp::as_seconds));
        match written.map_or_else(|| seconds.extract(), Ok) {
            Ok(seconds) => Ok(Document::Timestamp(seconds)),
            Err(_) => self.invalid_type(given, path, "<class 'datetime.datetime'>, timestamp-string"),
        }
    }

    fn length(&mut self, length: usize, min: Option<u64>, path: &Path<'_>) {
        if let Some(min) = min.filter(|min| (length as u64) < *min) {
            let at = path.spelled();
            self.report.push(format!("Invalid length for parameter {at}, value: {length}, valid min length: {min}"));
        }
    }

    fn out_of_range(&mut self, given: &Bound<'_, PyAny>, min: &str, path: &Path<'_>) {
        let at = path.spelled();
        self.report.push(format!("Invalid value for parameter {at}, value: {given}, valid min value: {min}"));
    }

    fn invalid_type(&mut self, given: &Bound<'_, PyAny>, path: &Path<'_>, valid: &str) -> PyResult<Document> {
        let mut line = format!("Invalid type for parameter {}, value: {}, ", path.spelled(), given.str()?);
        // Writing into a string cannot fail.
        let _ = write!(line, "type: {}, valid types: {valid}", given.get_type().str()?);
        self.report.push(line);
        Ok(Document::Null)
    }
}

/// The bytes of a Python object, held by reference and not copied. A subclass of `bytes` is copied: it may run code when
/// it is let go, and that may be anywhere.
pub(super) fn held(bytes: &Bound<'_, PyBytes>) -> Bytes {
    if !bytes.is_exact_instance_of::<PyBytes>() {
        return Bytes::copy_from_slice(bytes.as_bytes());
    }
    Bytes::from_owner(PyBackedBytes::from(bytes.clone()))
}
