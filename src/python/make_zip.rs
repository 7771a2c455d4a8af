//! `drylambda.make_zip`: reproducible packages from a mapping or a directory.

use std::fs;
use std::path::{Path, PathBuf};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::package::{Mode, make_zip as write_zip};

/// A deployment package: the same files give the same bytes.
///
/// `files` maps names to contents (`bytes`, or `str` as UTF-8), or is the path of a directory, whose files are taken
/// with their executable bit; `__pycache__` is left out, as it changes from run to run.
///
/// Raises `TypeError` for other contents, `ValueError` for impossible names, `OSError` if the directory cannot be read.
#[pyfunction]
pub(super) fn make_zip<'py>(py: Python<'py>, files: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let files = if let Ok(mapping) = files.cast::<PyDict>() {
        from_mapping(mapping)?
    } else if files.hasattr("items")? {
        let mapping = PyDict::new(py);
        mapping.call_method1("update", (files,))?;
        from_mapping(&mapping)?
    } else {
        let path: PathBuf = files
            .extract()
            .map_err(|_| PyTypeError::new_err("make_zip takes a mapping of names to contents, or a directory"))?;
        py.detach(|| from_directory(&path))?
    };
    let zip = py.detach(|| write_zip(files)).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &zip))
}

type Files = Vec<(String, Vec<u8>, Mode)>;

fn from_mapping(mapping: &Bound<'_, PyDict>) -> PyResult<Files> {
    let mut files = Files::with_capacity(mapping.len());
    for (name, contents) in mapping {
        let name: String = name.extract()?;
        let contents = match contents.cast::<PyString>() {
            Ok(text) => text.to_str()?.as_bytes().to_vec(),
            Err(_) => contents
                .call_method0("__bytes__")
                .or_else(|_| contents.py().get_type::<PyBytes>().call1((&contents,)))
                .ok()
                .filter(|_| !contents.is_instance_of::<pyo3::types::PyInt>())
                .and_then(|bytes| bytes.extract().ok())
                .ok_or_else(|| PyTypeError::new_err(format!("the contents of {name:?} are neither bytes nor str")))?,
        };
        files.push((name, contents, Mode::File));
    }
    Ok(files)
}

fn from_directory(root: &Path) -> PyResult<Files> {
    let mut files = Files::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).map(|name| format!("{prefix}{name}"));
            let name = name.ok_or_else(|| PyValueError::new_err(format!("{} is not UTF-8", path.display())))?;
            if !path.is_dir() {
                files.push((name, fs::read(&path)?, mode(&path)?));
            } else if !path.ends_with("__pycache__") {
                folders.push((path, format!("{name}/")));
            }
        }
    }
    Ok(files)
}

#[cfg(unix)]
fn mode(path: &Path) -> PyResult<Mode> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(if fs::metadata(path)?.permissions().mode() & 0o111 == 0 { Mode::File } else { Mode::Executable })
}

#[cfg(not(unix))]
fn mode(_: &Path) -> PyResult<Mode> {
    Ok(Mode::File)
}
