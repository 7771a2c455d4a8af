//! Changing `$LATEST`: whether it may be changed now, and the change under way.

use std::sync::Arc;

use super::context::Context;
use crate::error::Error;
use crate::state::{Code, Function, Key, Phase, Settings, Settle, Snapshot, Transition};

/// Step 9 of section 4: the caller's revision (N3).
///
/// # Errors
/// [`Error::StaleRevision`].
pub(super) fn check_revision(function: &Function, _: &Key, revision_id: Option<&str>) -> Result<(), Error> {
    let stale = revision_id.is_some_and(|given| !given.is_empty() && given != function.latest.revision_id);
    if stale { Err(Error::StaleRevision) } else { Ok(()) }
}

/// Steps 9 and 10 of section 4: the caller's revision, then the state.
///
/// # Errors
/// [`Error::StaleRevision`] (N3), [`Error::Pending`] (E4), [`Error::UpdateInProgress`] (E3).
pub(super) fn check_writable(function: &Function, key: &Key, revision_id: Option<&str>) -> Result<(), Error> {
    check_revision(function, key, revision_id)?;
    match function.latest.phase {
        Phase::Creating(_) => Err(Error::Pending { arn: key.arn() }),
        Phase::Updating(_) => Err(Error::UpdateInProgress { arn: key.arn() }),
        // T6, T7: an update is how a function is mended.
        Phase::Settled | Phase::CreationFailed(_) | Phase::UpdateFailed(_) | Phase::Inactive(_) => Ok(()),
    }
}

/// The function with these settings and this code in `$LATEST`, an update of which is under way.
#[must_use]
pub(super) fn touched(cx: &Context<'_>, function: &Function, settings: Arc<Settings>, code: Code) -> Function {
    let transition = Transition { failure: function.doom.clone(), ..cx.transition() };
    let latest = Snapshot {
        settings,
        code,
        last_modified: cx.now.to_whole_second(),
        revision_id: cx.ids.uuid(),
        phase: Phase::Updating(transition),
        before: may_fail(cx, function).then(|| Arc::clone(&function.latest)),
    };
    Function { latest: Arc::new(latest), unchanged_since: None, doom: None, ..function.clone() }
}

/// Whether an update that begins now may still fail. Once it has settled it cannot, so what it replaces need not be kept.
pub(super) fn may_fail(cx: &Context<'_>, function: &Function) -> bool {
    function.doom.is_some() || cx.options.settle != Settle::Instant
}
