//! Changing `$LATEST`: whether it may be changed now, and the change under way.

use std::sync::Arc;

use super::context::Context;
use crate::error::Error;
use crate::state::{Code, Function, Key, Phase, Settings, Snapshot};

/// Steps 9 and 10 of section 4: the caller's revision, then the state.
///
/// # Errors
/// [`Error::StaleRevision`] (N3), [`Error::Pending`] (E4), [`Error::UpdateInProgress`] (E3).
pub(super) fn check_writable(function: &Function, key: &Key, revision_id: Option<&str>) -> Result<(), Error> {
    if revision_id.is_some_and(|given| !given.is_empty() && given != function.latest.revision_id) {
        return Err(Error::StaleRevision);
    }
    match function.latest.phase {
        Phase::Settled => Ok(()),
        Phase::Creating(_) => Err(Error::Pending { arn: key.arn() }),
        Phase::Updating(_) => Err(Error::UpdateInProgress { arn: key.arn() }),
    }
}

/// The function with these settings and this code in `$LATEST`, an update of which is under way.
#[must_use]
pub(super) fn touched(cx: &Context<'_>, function: &Function, settings: Arc<Settings>, code: Code) -> Function {
    let latest = Snapshot {
        settings,
        code,
        last_modified: cx.now.to_whole_second(),
        revision_id: cx.ids.uuid(),
        phase: Phase::Updating(cx.transition()),
    };
    Function { latest: Arc::new(latest), unchanged_since: None, ..function.clone() }
}
