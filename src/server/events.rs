//! Calls that nobody waits for: a server works them off beside the requests.
//!
//! The one idea to hold: there is one task for it, and only as long as an event waits.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::Shared;

/// How often it is looked whether somebody has moved the clock, while no event is due.
const BEAT: Duration = Duration::from_millis(100);

/// Has events worked off if there are some, unless that is under way.
pub(super) fn look(shared: &Arc<Shared>) {
    if shared.lambda.event_due_in().is_none() || shared.works.swap(true, Ordering::AcqRel) {
        return;
    }
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        while let Some(wait) = shared.lambda.event_due_in() {
            if wait.is_zero() {
                let lambda = Arc::clone(&shared.lambda);
                // What nobody can run is told in the function's log.
                let _ = spawn_blocking(move || lambda.work_off()).await;
            } else {
                sleep(wait.min(BEAT)).await;
            }
        }
        shared.works.store(false, Ordering::Release);
        // What came between the last look and that has nobody else.
        look(&shared);
    });
}
