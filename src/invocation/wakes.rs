//! When durable executions go on.
//!
//! The one idea to hold: the record of an execution knows when it is due; this only finds those that are. What has changed
//! since is still in it, and whoever comes to it sees that there is nothing to do.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::clock::Timestamp;
use crate::state::{DurableExecution, Key};

/// Executions by the moments at which they are due; shared between threads by reference.
#[derive(Debug, Default)]
pub struct Wakes {
    due: Mutex<Due>,
    changed: Condvar,
}

#[derive(Debug, Default, Clone)]
struct Due {
    keys: BTreeSet<(Timestamp, Key)>,
    /// How often an execution has changed.
    changes: u64,
}

impl Wakes {
    /// Notes that an execution has changed and when it is due now; and once it has ended, that whoever called it is due.
    pub fn note(&self, key: &Key, execution: &DurableExecution) {
        self.add(key, execution.due_at());
        if let Some((parent, ended)) = execution.parent.as_ref().zip(execution.ended.as_ref()) {
            self.add(&Key { name: parent.key_name().into(), ..key.clone() }, Some(ended.at));
        }
    }

    fn add(&self, key: &Key, due: Option<Timestamp>) {
        let mut all = self.due();
        all.keys.extend(due.map(|due| (due, key.clone())));
        all.changes += 1;
        self.changed.notify_all();
    }

    /// Takes the first execution that is due.
    #[must_use]
    pub fn take(&self, now: Timestamp) -> Option<Key> {
        let mut all = self.due();
        let is_due = all.keys.first().is_some_and(|(due, _)| *due <= now);
        if is_due { all.keys.pop_first().map(|(_, key)| key) } else { None }
    }

    /// When the next execution is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due().keys.first().map(|(due, _)| *due)
    }

    /// How often an execution has changed.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.due().changes
    }

    /// Waits until an execution has changed since there were so many changes.
    pub fn wait(&self, changes: u64) {
        let all = self.due();
        let waited = self.changed.wait_while(all, |all| all.changes == changes);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// An independent copy.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { due: Mutex::new(self.due().clone()), changed: Condvar::new() }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut all = self.due();
        all.keys.clear();
        all.changes += 1;
        self.changed.notify_all();
    }

    fn due(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
