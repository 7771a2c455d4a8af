//! Deployment packages in Python: what is inside.

use std::fs;
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::{PyFileExistsError, PyKeyError, PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyList};

use super::parameters::held;
use crate::arn::Scope;
use crate::error::Error;
use crate::lambda::Lambda;
use crate::operations::{check_together, check_zipped, package_refused};
use crate::package::{File, Limits, Package as Core, Packages, Refusal, Target, UnpackError, advise};

/// How much of a file is read between two looks at the progress.
const STEP_BYTES: u64 = 4 * 1024 * 1024;

/// A deployment package that AWS accepts, and what is inside.
#[pyclass(frozen, module = "drylambda")]
pub(super) struct Package(Arc<Core>);

impl Package {
    /// The package of a function.
    pub(super) fn of(core: Arc<Core>) -> Self {
        Self(core)
    }

    /// The entries that are no folders; the last one of those with one name, as unzipping leaves it.
    fn files(&self) -> Vec<File> {
        let files = self.0.files();
        let mut names = std::collections::HashSet::new();
        let mut kept: Vec<File> =
            files.into_iter().rev().filter(|file| !file.is_directory() && names.insert(file.name.clone())).collect();
        kept.reverse();
        kept
    }
}

#[pymethods]
impl Package {
    /// Checks the bytes of a zip as AWS does.
    #[new]
    fn new(py: Python<'_>, package: &Bound<'_, PyBytes>) -> PyResult<Self> {
        let bytes = held(package);
        let accepted = py.detach(|| Core::accept(bytes, &Limits::default()));
        accepted.map(|core| Self(Arc::new(core))).map_err(|refusal| {
            let found = refusal.to_string();
            PyValueError::new_err(format!("{} ({found})", package_refused(&refusal)))
        })
    }

    /// AWS's `CodeSha256`: base64.
    #[getter]
    fn sha256(&self) -> String {
        self.0.digest().to_base64()
    }

    /// AWS's `CodeSize`, in bytes.
    #[getter]
    fn size(&self) -> u64 {
        self.0.size_bytes()
    }

    /// Bytes of all files once they are unzipped.
    #[getter]
    fn unzipped_size(&self) -> u64 {
        self.0.contents().unzipped_bytes
    }

    /// The names of the files, in the order of the zip.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.files().into_iter().map(|file| file.name).collect()
    }

    /// Bytes of each file once it is unzipped, by name.
    #[getter]
    fn sizes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let sizes = PyDict::new(py);
        self.files().into_iter().try_for_each(|file| sizes.set_item(file.name, file.size_bytes))?;
        Ok(sizes)
    }

    /// Permissions of each file as Unix has them, by name; `None` where the zip says nothing of them.
    #[getter]
    fn modes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let modes = PyDict::new(py);
        self.files().into_iter().try_for_each(|file| modes.set_item(file.name, file.permissions))?;
        Ok(modes)
    }

    /// What tells whether a file is the same: CRC-32, size and permissions, by name.
    fn _checksums<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let sums = PyDict::new(py);
        self.files()
            .into_iter()
            .try_for_each(|file| sums.set_item(file.name, (file.crc32, file.size_bytes, file.permissions)))?;
        Ok(sums)
    }

    /// The contents of a file.
    fn read<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyBytes>> {
        if let Some(contents) = py.detach(|| if name.ends_with('/') { None } else { self.0.read(name) }) {
            return Ok(PyBytes::new(py, &contents));
        }
        if name.ends_with('/') {
            return Err(PyKeyError::new_err(format!("{name:?} is a folder; names are those of files")));
        }
        let near: Vec<String> =
            py.import("difflib")?.call_method1("get_close_matches", (name, self.names(), 3))?.extract()?;
        let instead = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) };
        Err(PyKeyError::new_err(format!("the package has no file {name:?}{instead}")))
    }

    /// Unpacks everything into a folder that is empty or not there, and nothing outside of it.
    fn unpack(&self, py: Python<'_>, directory: PathBuf) -> PyResult<()> {
        py.detach(|| self.0.unpack_into(&directory)).map_err(|error| match &error {
            UnpackError::NotEmpty { .. } => PyFileExistsError::new_err(error.to_string()),
            UnpackError::Folder { source, .. } | UnpackError::Write { source, .. } => {
                PyOSError::new_err((source.raw_os_error(), error.to_string()))
            }
            _ => PyValueError::new_err(error.to_string()),
        })
    }

    /// What AWS does not say of it and the first invocation would: (file or handler, what is wrong).
    #[pyo3(signature = (handler=None, runtime=None, architecture=None, layers=None))]
    fn advise(
        &self,
        py: Python<'_>,
        handler: Option<&str>,
        runtime: Option<&str>,
        architecture: Option<&str>,
        layers: Option<Vec<Bound<'_, Self>>>,
    ) -> Vec<(String, String)> {
        let layers: Vec<Arc<Core>> = layers.iter().flatten().map(|layer| Arc::clone(&layer.get().0)).collect();
        let target = Target { handler, runtime, architecture };
        let all = py.detach(|| advise(&self.0, &layers.iter().map(Arc::as_ref).collect::<Vec<_>>(), &target));
        all.into_iter().map(|advice| (advice.about, advice.text)).collect()
    }

    /// What another package has otherwise: `other` is the newer one, a package or the bytes of a zip.
    fn diff<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let other = match other.cast::<PyBytes>() {
            Ok(zip) => Bound::new(py, Self::new(py, zip)?)?.into_any(),
            Err(_) if other.is_instance_of::<Self>() => other.clone(),
            Err(_) => {
                let found = other.repr()?;
                return Err(PyTypeError::new_err(format!("other is a Package or the bytes of a zip, not {found}")));
            }
        };
        py.import("drylambda.package_diff")?.call_method1("PackageDiff", (slf, other))
    }

    fn __bytes__<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.bytes())
    }

    fn __contains__(&self, name: &str) -> bool {
        self.files().iter().any(|file| file.name == name)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        PyList::new(py, self.names())?.try_iter()
    }

    fn __len__(&self) -> usize {
        self.files().len()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0.digest() == self.0.digest())
    }

    fn __hash__(&self) -> u64 {
        self.0.digest().as_bytes().first_chunk().copied().map_or(0, u64::from_le_bytes)
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("drylambda.html")?.call_method1("package", (slf,))
    }

    fn __repr__(&self) -> String {
        let (size, files) = (self.0.size_bytes(), self.files().len());
        let plural = if files == 1 { "" } else { "s" };
        format!("<drylambda.Package {files} file{plural}, {size} bytes, {}>", self.sha256())
    }
}

/// What AWS says of a zip: code, text, and what is wrong.
type Verdict = Option<(&'static str, Option<String>, Option<String>)>;

fn verdict(result: Result<(), Error>) -> Verdict {
    result.err().map(|error| (error.code(), error.message(), error.hint()))
}

/// Reads and checks a file: the package if it can be one, what AWS says of it together with its layers, and what AWS says if
/// it is sent in the request and not by S3. `progress` is called with bytes read and bytes there.
#[pyfunction]
#[pyo3(signature = (path, layers, progress=None))]
pub(super) fn check_file(
    py: Python<'_>,
    path: PathBuf,
    layers: Vec<Bound<'_, Package>>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Option<Package>, Verdict, Verdict)> {
    let unreadable = |error: io::Error| {
        // Python makes the class of it that fits, with the name in its text; the number is in its own.
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or_default().to_owned();
        PyOSError::new_err((error.raw_os_error(), text, path.display().to_string()))
    };
    let mut file = fs::File::open(&path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let packages = Packages::new();
    let refused = |refusal: &Refusal| Ok((None, verdict(Err(package_refused(refusal))), None));
    let mut intake = match packages.intake(Some(length), &Limits::default()) {
        Ok(intake) => intake,
        Err(refusal) => return refused(&refusal),
    };
    let mut read = 0;
    loop {
        let mut step = file.by_ref().take(STEP_BYTES);
        let before = step.limit();
        let pushed = py.detach(|| intake.push_all(&mut step)).map_err(unreadable)?;
        if let Err(refusal) = pushed {
            return refused(&refusal);
        }
        let came = before - step.limit();
        read += came;
        if let Some(progress) = progress {
            progress.call1((read, length.max(read)))?;
        }
        if came < STEP_BYTES {
            break;
        }
    }
    match py.detach(|| intake.finish()) {
        Err(refusal) => refused(&refusal),
        Ok(core) => {
            let unzipped = |package: &Core| package.contents().unzipped_bytes;
            let together = check_together(unzipped(&core), layers.iter().map(|layer| unzipped(&layer.get().0)));
            let sent = check_zipped(core.size_bytes());
            Ok((Some(Package(core)), verdict(together), verdict(sent)))
        }
    }
}

/// The package of a function, a version or what an alias points to.
pub(super) fn of_function(core: &Lambda, scope: &Scope, name: &str, qualifier: Option<&str>) -> PyResult<Package> {
    let found =
        core.package(scope, name, qualifier).map_err(|error: Error| PyValueError::new_err(error.to_string()))?;
    let none = || PyValueError::new_err(format!("{name} is a function from a container image, which has no zip"));
    found.map(Package::of).ok_or_else(none)
}
