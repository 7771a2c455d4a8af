//! Which runtimes there are.

use crate::error::Error;
use crate::model::{self, Kind, printed};

/// The runtimes that can start from a snapshot (facts 4.2).
const WITH_SNAP_START: [&str; 8] =
    ["java11", "java17", "java21", "java25", "python3.12", "python3.13", "dotnet8", "dotnet10"];

/// Refuses a runtime that the model does not have. Retired ones are let through (Z24 is off).
///
/// # Errors
/// [`Error::UnknownRuntime`].
pub(super) fn check(runtime: &str) -> Result<(), Error> {
    match &model::shapes::RUNTIME.kind {
        Kind::String { values, .. } if values.contains(&runtime) => Ok(()),
        _ => Err(Error::UnknownRuntime { runtime: runtime.to_owned(), known: printed::RUNTIMES }),
    }
}

/// Refuses `SnapStart` on a runtime without it.
///
/// # Errors
/// [`Error::SnapStartUnsupported`].
pub(super) fn check_snap_start(runtime: Option<&str>, apply_on: Option<&str>) -> Result<(), Error> {
    match runtime {
        Some(runtime) if apply_on == Some("PublishedVersions") && !WITH_SNAP_START.contains(&runtime) => {
            Err(Error::SnapStartUnsupported { runtime: runtime.to_owned() })
        }
        _ => Ok(()),
    }
}
