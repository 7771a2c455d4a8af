//! What functions have logged: the newest events of every log group.
//!
//! The one idea to hold: it is CloudWatch Logs' form, groups with streams of events, without CloudWatch Logs' API.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::arn::Scope;
use crate::clock::Timestamp;

/// How many bytes the messages of a log group may have together; beyond it the oldest go.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// When it was written, by the emulator's clock.
    pub at: Timestamp,
    /// Which execution environment wrote it, e.g. `2026/01/01/[$LATEST]0123…`.
    pub stream: Arc<str>,
    /// Which call it belongs to.
    pub request_id: Arc<str>,
    /// Without the newline at its end.
    pub message: String,
}

/// The log groups of one emulator.
#[derive(Debug, Default)]
pub struct Logs(Mutex<BTreeMap<(Scope, String), Group>>);

#[derive(Debug, Default)]
struct Group {
    events: VecDeque<LogEvent>,
    /// Of all messages.
    bytes: usize,
    /// How many of the events, from the oldest on, were taken.
    taken: usize,
}

impl Logs {
    /// Adds events to a log group.
    pub fn add(&self, scope: &Scope, group: &str, events: impl Iterator<Item = LogEvent>) {
        let mut groups = self.groups();
        let group = groups.entry((scope.clone(), group.to_owned())).or_default();
        for event in events {
            group.bytes += event.message.len();
            group.events.push_back(event);
        }
        while group.bytes > MOST_BYTES {
            let Some(oldest) = group.events.pop_front() else { break };
            group.bytes -= oldest.message.len();
            group.taken = group.taken.saturating_sub(1);
        }
    }

    /// The events of all groups that were not taken before, oldest first in each, for whoever keeps them elsewhere. They stay
    /// here, too.
    #[must_use]
    pub fn take(&self) -> Vec<(Scope, String, Vec<LogEvent>)> {
        let mut taken = Vec::new();
        for ((scope, name), group) in &mut *self.groups() {
            let new: Vec<_> = group.events.iter().skip(group.taken).cloned().collect();
            group.taken = group.events.len();
            if !new.is_empty() {
                taken.push((scope.clone(), name.clone(), new));
            }
        }
        taken
    }

    /// The events of a log group, oldest first.
    #[must_use]
    pub fn of(&self, scope: &Scope, group: &str) -> Vec<LogEvent> {
        let groups = self.groups();
        groups
            .get(&(scope.clone(), group.to_owned()))
            .map_or_else(Vec::new, |group| group.events.iter().cloned().collect())
    }

    /// The events of all log groups, oldest first in each.
    #[must_use]
    pub fn all(&self) -> Vec<(Scope, String, Vec<LogEvent>)> {
        let groups = self.groups();
        let all = groups.iter();
        all.map(|((scope, name), group)| (scope.clone(), name.clone(), group.events.iter().cloned().collect()))
            .collect()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.groups().clear();
    }

    fn groups(&self) -> MutexGuard<'_, BTreeMap<(Scope, String), Group>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
