//! Which packages count as signed, as a test declares it.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::forms;
use crate::arn::Scope;
use crate::lambda::Lambda;
use crate::model;
use crate::package::Digest;
use crate::signing::{Flaw, Signature};

/// Declares that a package counts as signed (3.3).
///
/// # Errors
/// `ValueError` for a profile, a job or a flaw that cannot be; `TypeError` for what is no package and no hash.
pub(super) fn declare(
    core: &Lambda,
    scope: &Scope,
    package: &Bound<'_, PyAny>,
    profile_version_arn: String,
    job_arn: Option<String>,
    flaw: Option<&str>,
) -> PyResult<()> {
    let digest = digest_of(package)?;
    forms::check("profile_version_arn", &profile_version_arn, forms::PROFILE_VERSION, &model::shapes::ARN)?;
    if let Some(arn) = &job_arn {
        forms::check("job_arn", arn, forms::SIGNING_JOB, &model::shapes::ARN)?;
    }
    let flaw = match flaw {
        None => None,
        Some("integrity") => Some(Flaw::Integrity),
        Some("expired") => Some(Flaw::Expired),
        Some("revoked") => Some(Flaw::Revoked),
        Some(other) => {
            let message = format!("flaw is \"integrity\", \"expired\" or \"revoked\", not {other:?}");
            return Err(PyValueError::new_err(message));
        }
    };
    let (partition, Scope { region, account }) = (scope.partition(), scope);
    let job_arn =
        job_arn.unwrap_or_else(|| format!("arn:{partition}:signer:{region}:{account}:/signing-jobs/{digest}"));
    core.signatures().declare(digest, Signature { profile_version_arn, job_arn, flaw });
    Ok(())
}

/// The digest of bytes, or the one that a `CodeSha256` spells.
fn digest_of(package: &Bound<'_, PyAny>) -> PyResult<Digest> {
    if let Ok(bytes) = package.cast::<PyBytes>() {
        return Ok(Digest::of(bytes.as_bytes()));
    }
    let text: Option<String> = package.extract().ok();
    text.and_then(|text| Digest::from_base64(&text))
        .ok_or_else(|| PyTypeError::new_err("package is bytes, or the CodeSha256 of a package"))
}
