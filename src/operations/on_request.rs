//! What happens to functions on AWS without a call, and here when a test asks for it: updates that fail, functions that
//! become inactive.

use std::sync::Arc;

use super::context::{Context, Step};
use super::latest::check_writable;
use crate::error::Error;
use crate::state::{Function, Phase, Reason, Snapshot};

/// Lets what is under way end as `Failed`, with the versions it publishes, or else the next update (T6).
pub(crate) fn fail_update(cx: &Context<'_>, name: &str, reason: &Reason) -> Result<(), Error> {
    cx.change(&cx.latest_key(&cx.named(name)?)?, |function| {
        let doomed = |snapshot: &Arc<Snapshot>| {
            let phase = snapshot.phase.failing(reason)?;
            Some(Arc::new(Snapshot { phase, ..(**snapshot).clone() }))
        };
        let changed = match doomed(&function.latest) {
            None => Function { doom: Some(reason.clone()), ..function.clone() },
            Some(latest) => {
                let versions = function.versions.iter();
                let versions = versions.map(|(number, it)| (*number, doomed(it).unwrap_or_else(|| Arc::clone(it))));
                Function { latest, versions: versions.collect(), ..function.clone() }
            }
        };
        Ok(Step::Put(Box::new(changed), ()))
    })
}

/// Lets a function become `Inactive` (T7).
pub(crate) fn deactivate(cx: &Context<'_>, name: &str, reason: &Reason) -> Result<(), Error> {
    let key = cx.latest_key(&cx.named(name)?)?;
    cx.change(&key, |function| {
        check_writable(function, &key, None)?;
        let latest = Snapshot { phase: Phase::Inactive(reason.clone()), ..(*function.latest).clone() };
        Ok(Step::Put(Box::new(Function { latest: Arc::new(latest), ..function.clone() }), ()))
    })
}
