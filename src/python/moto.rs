//! moto's S3 as a source of objects, while moto's mock is active in this process.
//!
//! The one idea to hold: moto is Python's, so `drylambda/boto/moto.py` asks it. Here the interpreter is entered for the
//! time of the question, and the bytes that come back are held, not copied.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::{interruption, parameters};
use crate::sources::{Body, Object, ObjectSource, Refusal, Wanted};

/// moto, if it is there at all.
#[derive(Debug)]
pub(super) struct Moto;

/// What moto has, or what it says instead.
#[derive(FromPyObject)]
enum Answer<'py> {
    #[pyo3(transparent)]
    Refused((String, String)),
    #[pyo3(transparent)]
    Found((Bound<'py, PyBytes>, Option<String>, bool, Option<String>)),
}

impl ObjectSource for Moto {
    fn place(&self) -> Option<String> {
        let active = Python::attach(|py| match module(py)? {
            Some(moto) => moto.call_method0("is_active")?.extract(),
            None => PyResult::Ok(false),
        });
        active.unwrap_or(false).then(|| "moto's S3".to_owned())
    }

    fn get(&self, wanted: &Wanted<'_>) -> Option<Result<Object, Refusal>> {
        Python::attach(|py| match ask(py, wanted) {
            Ok(answer) => answer.map(read),
            Err(error) => {
                interruption::keep_grave(py, &error);
                Some(Err(Refusal::Broken { reason: format!("moto's S3: {error}") }))
            }
        })
    }
}

/// `drylambda.boto.moto`, if moto's S3 was imported by somebody; nothing is imported to find out.
fn module(py: Python<'_>) -> PyResult<Option<Bound<'_, PyModule>>> {
    let modules = py.import("sys")?.getattr("modules")?;
    if modules.contains("moto.s3.models")? { Ok(Some(py.import("drylambda.boto.moto")?)) } else { Ok(None) }
}

fn ask<'py>(py: Python<'py>, wanted: &Wanted<'_>) -> PyResult<Option<Answer<'py>>> {
    let Some(moto) = module(py)? else { return Ok(None) };
    let region = wanted.in_region.then_some(wanted.region);
    moto.call_method1("read_object", (wanted.bucket, wanted.key, wanted.version, region))?.extract()
}

fn read(answer: Answer<'_>) -> Result<Object, Refusal> {
    match answer {
        Answer::Found((bytes, version_id, versioned, storage_class)) => {
            Ok(Object { body: Body::Whole(parameters::held(&bytes)), version_id, versioned, storage_class })
        }
        Answer::Refused((code, text)) => Err(match code.as_str() {
            "NoSuchKey" => Refusal::NoSuchKey,
            "NoSuchVersion" => Refusal::NoSuchVersion,
            "PermanentRedirect" => Refusal::OtherRegion { region: text },
            "AccessDenied" => Refusal::AccessDenied { message: text },
            _ => Refusal::Other { code, message: text },
        }),
    }
}
