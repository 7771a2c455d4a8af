//! Which runtimes there are.

use crate::error::Error;
use crate::model::{self, Kind};

/// What AWS prints for a runtime it does not know, recorded 2026-01-12 (facts 4.2).
const PRINTED: &str = "nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, \
    python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, \
    dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2";

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
        _ => Err(Error::UnknownRuntime { runtime: runtime.to_owned(), known: PRINTED }),
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
