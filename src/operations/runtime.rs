//! Which runtimes there are.

use super::context::Context;
use crate::error::Error;
use crate::model::{self, Kind, printed};

/// The runtimes that can start from a snapshot (facts 4.2).
const WITH_SNAP_START: [&str; 8] =
    ["java11", "java17", "java21", "java25", "python3.12", "python3.13", "dotnet8", "dotnet10"];

/// The runtimes that AWS no longer takes (Z24, facts 4.2): those recorded, those known otherwise, and their elders.
#[rustfmt::skip]
const RETIRED: [&str; 20] = [
    "java8", "go1.x", "nodejs14.x", "python3.7", "dotnetcore3.1",
    "provided", "ruby2.7", "nodejs12.x",
    "nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "python2.7", "python3.6",
    "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "ruby2.5",
];

/// Refuses a runtime that the model does not have, and one that is retired where that is switched on (Z24).
///
/// # Errors
/// [`Error::UnknownRuntime`] and [`Error::RetiredRuntime`].
pub(super) fn check(cx: &Context<'_>, runtime: &str) -> Result<(), Error> {
    match &model::shapes::RUNTIME.kind {
        Kind::String { values, .. } if values.contains(&runtime) => {}
        _ => return Err(Error::UnknownRuntime { runtime: runtime.to_owned(), known: printed::RUNTIMES }),
    }
    if cx.options.strict_runtimes && RETIRED.contains(&runtime) {
        return Err(Error::RetiredRuntime { runtime: runtime.to_owned() });
    }
    Ok(())
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
