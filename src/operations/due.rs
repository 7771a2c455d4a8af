//! Updates that keep what they replaced until a certain moment: they may fail until then, and no longer (T6).
//!
//! The one idea to hold: nothing runs in the background, so whoever calls next, for whatever, lets go of what time has
//! made useless. Without this the bytes of an old package stayed until its own function was read or written.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::context::{Context, Step};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::state::{Function, Key};

/// Functions that keep something, by the end of the update that does; shared between threads by reference. What has been
/// settled since is still in it.
#[derive(Debug, Default)]
pub struct Due(Mutex<BTreeSet<(Timestamp, Key)>>);

impl Due {
    /// Remembers what a function that is written keeps.
    pub(crate) fn add(&self, key: &Key, function: &Function) {
        let snapshots = std::iter::once(&function.latest).chain(function.versions.values());
        let ends = snapshots.filter(|it| it.before.is_some()).filter_map(|it| it.phase.transition()?.ends_at);
        for ends_at in ends {
            self.keeping().insert((ends_at, key.clone()));
        }
    }

    /// An independent copy of what is due now.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self(Mutex::new(self.keeping().clone()))
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.keeping().clear();
    }

    /// The functions whose updates are over `now`; they are in it no longer.
    fn take(&self, now: Timestamp) -> Vec<Key> {
        let mut keeping = self.keeping();
        let mut over = Vec::new();
        while keeping.first().is_some_and(|(ends_at, _)| *ends_at <= now) {
            over.extend(keeping.pop_first().map(|(_, key)| key));
        }
        over
    }

    fn keeping(&self) -> MutexGuard<'_, BTreeSet<(Timestamp, Key)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Context<'_> {
    /// Settles every function whose update is over and keeps what it replaced.
    ///
    /// # Errors
    /// Faults of the store.
    pub(crate) fn settle_due(&self) -> Result<(), Error> {
        for key in self.due.take(self.now) {
            let settle = |function: &Function| Ok(Step::Put(Box::new(function.clone()), ()));
            match self.change(&key, settle) {
                // It has been deleted, or is being written by others, who settle it.
                Ok(()) | Err(Error::FunctionNotFound { .. } | Error::ConcurrentRequests) => {}
                Err(broken) => return Err(broken),
            }
        }
        Ok(())
    }
}
