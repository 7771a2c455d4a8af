//! Where objects of S3 come from, as Python's options say it.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::interruption::Signals;
use super::moto::Moto;
use crate::sources::{Credentials, Directory, Endpoint, ObjectSource};

/// The access keys that `drylambda.boto` and moto's mock set. They are good for nothing.
const DUMMY_ACCESS_KEYS: [&str; 2] = ["DRYLAMBDADUMMYKEY", "FOOBARKEY"];

/// What was given of it.
#[derive(Default)]
pub(super) struct Given {
    endpoint: Option<Endpoint>,
    directory: Option<Directory>,
}

impl Given {
    /// Reads `s3_endpoint`, with the usual environment variables of AWS's tools as they are now.
    pub(super) fn endpoint(&mut self, url: &Bound<'_, PyAny>) -> PyResult<()> {
        let environment = url.py().import("os")?.getattr("environ")?;
        let variable = |name: &str| -> PyResult<Option<String>> {
            let value: Option<String> = environment.call_method1("get", (name,))?.extract()?;
            Ok(value.filter(|value| !value.is_empty()))
        };
        let key = variable("AWS_ACCESS_KEY_ID")?.filter(|id| !DUMMY_ACCESS_KEYS.contains(&id.as_str()));
        let credentials = match key.zip(variable("AWS_SECRET_ACCESS_KEY")?) {
            None => None,
            Some((access_key_id, secret_access_key)) => {
                let session_token = variable("AWS_SESSION_TOKEN")?;
                Some(Credentials { access_key_id, secret_access_key, session_token })
            }
        };
        let url: String = url.extract().map_err(|_| PyValueError::new_err("s3_endpoint is a URL"))?;
        // Without TLS nobody has to be trusted.
        let is_secure = url.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("https:"));
        let bundle = match variable("AWS_CA_BUNDLE")?.filter(|_| is_secure) {
            None => None,
            Some(path) => Some(std::fs::read_to_string(&path).map_err(|error| named("AWS_CA_BUNDLE", &path, &error))?),
        };
        let read = |name: &str| variable(name).ok().flatten();
        let endpoint = Endpoint::in_environment(&url, credentials, bundle.as_deref(), read);
        let endpoint = endpoint.map_err(|bad| PyValueError::new_err(format!("s3_endpoint: {bad}")))?;
        self.endpoint = Some(endpoint.waited_for_by(Arc::new(Signals)));
        Ok(())
    }

    /// Reads `s3_dir`.
    pub(super) fn directory(&mut self, path: &Bound<'_, PyAny>) -> PyResult<()> {
        let path: PathBuf = path.extract()?;
        let directory = Directory::new(&path).map_err(|error| named("s3_dir", &path.to_string_lossy(), &error))?;
        self.directory = Some(directory);
        Ok(())
    }

    /// The sources in the order in which they are asked.
    pub(super) fn in_order(self) -> Vec<Arc<dyn ObjectSource>> {
        let mut sources: Vec<Arc<dyn ObjectSource>> = vec![Arc::new(Moto)];
        sources.extend(self.endpoint.map(|endpoint| Arc::new(endpoint) as _));
        sources.extend(self.directory.map(|directory| Arc::new(directory) as _));
        sources
    }
}

/// The system's error, with the name of what it is about.
fn named(option: &str, path: &str, error: &std::io::Error) -> PyErr {
    std::io::Error::new(error.kind(), format!("{option}={path:?}: {error}")).into()
}
