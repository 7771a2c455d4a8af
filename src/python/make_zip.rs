//! `drylambda.make_zip`: reproducible packages from a mapping or a directory.

use std::fs;
use std::path::{Path, PathBuf};

use pyo3::exceptions::{PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyMemoryView, PyString};

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
        let contents = if let Ok(text) = contents.cast::<PyString>() {
            text.to_str()?.as_bytes().to_vec()
        } else if let Ok(bytes) = contents.cast::<PyBytes>() {
            bytes.as_bytes().to_vec()
        } else if contents.is_instance_of::<PyByteArray>() || contents.is_instance_of::<PyMemoryView>() {
            contents.py().get_type::<PyBytes>().call1((&contents,))?.extract()?
        } else {
            let kind = contents.get_type();
            return Err(PyTypeError::new_err(format!("the contents of {name:?} are bytes or str, not {kind}")));
        };
        files.push((name, contents, Mode::File));
    }
    Ok(files)
}

fn from_directory(root: &Path) -> PyResult<Files> {
    let mut files = Files::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| named(&error, &folder))? {
            let path = entry.map_err(|error| named(&error, &folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).map(|name| format!("{prefix}{name}"));
            let name = name.ok_or_else(|| PyValueError::new_err(format!("{} is not UTF-8", path.display())))?;
            let kind = fs::metadata(&path).map_err(|error| named(&error, &path))?;
            if kind.is_file() {
                let contents = fs::read(&path).map_err(|error| named(&error, &path))?;
                files.push((name, contents, mode(&kind)));
            } else if !kind.is_dir() {
                return Err(PyValueError::new_err(format!("{} is neither a file nor a directory", path.display())));
            } else if loops(&path) {
                return Err(PyValueError::new_err(format!("{} leads back to a directory above it", path.display())));
            } else if !path.ends_with("__pycache__") {
                folders.push((path, format!("{name}/")));
            }
        }
    }
    Ok(files)
}

/// An `OSError` with errno, text and file name, as Python's own have.
fn named(error: &std::io::Error, path: &Path) -> PyErr {
    match error.raw_os_error() {
        Some(errno) => PyOSError::new_err((errno, error.to_string(), path.to_string_lossy().into_owned())),
        None => PyOSError::new_err(format!("{error}: {}", path.display())),
    }
}

/// Whether a symbolic link leads to one of the directories that it lies in.
fn loops(path: &Path) -> bool {
    let (Ok(real), Some(Ok(parent))) = (path.canonicalize(), path.parent().map(Path::canonicalize)) else {
        return false;
    };
    path.is_symlink() && parent.starts_with(real)
}

#[cfg(unix)]
fn mode(kind: &fs::Metadata) -> Mode {
    use std::os::unix::fs::PermissionsExt as _;
    if kind.permissions().mode() & 0o111 == 0 { Mode::File } else { Mode::Executable }
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> Mode {
    Mode::File
}
