//! What time does to a durable execution.
//!
//! The one idea to hold: everything that is due happens in the order and at the moments in which it was due, however late
//! somebody looks.

use std::sync::Arc;

use super::operation::{ChainedProgress, Details, ErrorObject, Operation, OperationStatus, Outcome};
use super::{DEFAULT_RETENTION_DAYS, DurableExecution, Happening, MOST_SECONDS};
use crate::clock::Timestamp;
use crate::state::lifecycle::Passed;

/// Milliseconds of a second.
const SECOND: i64 = 1000;
/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * SECOND;

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// A wait ends.
    Wait(usize),
    /// A step is to be tried again.
    Retry(usize),
    /// A callback is no longer waited for, by its timeout or by that of its signs of life.
    Callback(usize, bool),
    /// The execution has lasted too long.
    Timeout,
}

/// A moment, so many seconds later.
#[must_use]
pub fn later(moment: Timestamp, seconds: u32) -> Timestamp {
    moment.plus_millis(i64::from(seconds) * SECOND)
}

impl DurableExecution {
    /// When it has lasted too long; `None` once it has ended.
    #[must_use]
    pub fn times_out_at(&self) -> Option<Timestamp> {
        if self.ended.is_some() {
            return None;
        }
        let last = later(self.started, MOST_SECONDS);
        let stands = self.pause.as_ref().is_some_and(|pause| pause.stops_time);
        let at = later(self.started, self.timeout_seconds()).plus_millis(self.stood_millis);
        Some(if stands { last } else { at.min(last) })
    }

    /// The next moment at which something happens to it by itself, or its code is to run; `None` if only others can let
    /// it go on, or it has ended.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        let due = self.next_due().map(|(at, _)| at);
        due.into_iter().chain(self.runs_at()).chain(self.calls_at()).min()
    }

    /// Since when there is a call of another function to be made; that is nobody's as long as its code runs.
    fn calls_at(&self) -> Option<Timestamp> {
        let is_to_be_made = |operation: &&Arc<Operation>| {
            let to_be_made =
                matches!(operation.details, Details::ChainedInvoke { progress: ChainedProgress::ToBeMade, .. });
            to_be_made && operation.status == OperationStatus::Started
        };
        let can_go_on = self.ended.is_none() && !self.is_running_code();
        self.operations.iter().filter(is_to_be_made).map(|operation| operation.started).min().filter(|_| can_go_on)
    }

    /// When its code is to run next; `None` if it runs, waits, is paused or has ended.
    #[must_use]
    pub fn runs_at(&self) -> Option<Timestamp> {
        self.progress.next_run.filter(|_| self.ended.is_none() && self.pause.is_none() && !self.is_running_code())
    }

    /// What time has made of it.
    #[must_use]
    pub fn passed(&self, now: Timestamp, reading: bool) -> Passed<Self> {
        if self.is_gone(now, reading) {
            return Passed::Gone;
        }
        if self.next_due().is_none_or(|(at, _)| at > now) {
            return Passed::Nothing;
        }
        let mut changed = self.clone();
        while let Some((at, due)) = changed.next_due().filter(|(at, _)| *at <= now) {
            changed.happen(at, due);
        }
        if changed.is_gone(now, reading) { Passed::Gone } else { Passed::Became(changed) }
    }

    fn is_gone(&self, now: Timestamp, reading: bool) -> bool {
        let days = self.config.retention_period_in_days.unwrap_or(DEFAULT_RETENTION_DAYS);
        let is_old = |at: Timestamp| now >= at.plus_millis(i64::from(days) * DAY);
        self.deletion.as_ref().is_some_and(|deletion| deletion.is_over(now, reading))
            || self.ended.as_ref().is_some_and(|ended| is_old(ended.at))
    }

    fn next_due(&self) -> Option<(Timestamp, Due)> {
        let timeout = (self.times_out_at()?, Due::Timeout);
        let each = self.operations.iter().enumerate();
        let operations = each.filter_map(|(place, operation)| due(place, operation));
        // Of what is due at one moment, what began first is first, and the end of all is last.
        operations.chain([timeout]).min_by_key(|(at, _)| *at)
    }

    fn happen(&mut self, at: Timestamp, due: Due) {
        let found = |place: usize| self.operations.get(place).map(|operation| Operation::clone(operation));
        match due {
            Due::Wait(place) => {
                if let Some(operation) = found(place) {
                    self.complete(operation.ended_as(OperationStatus::Succeeded, at), at, Happening::Succeeded);
                }
            }
            Due::Retry(place) => {
                let Some(mut operation) = found(place) else { return };
                operation.status = OperationStatus::Ready;
                if let Details::Step { next_attempt, .. } = &mut operation.details {
                    *next_attempt = None;
                }
                self.put(operation, at, None);
                self.wake(at);
            }
            Due::Callback(place, is_silent) => {
                let Some(operation) = found(place) else { return };
                let error = if is_silent {
                    ErrorObject::typed("Callback.Heartbeat", "Callback timed out on heartbeat")
                } else {
                    ErrorObject::typed("Callback.Timeout", "Callback timed out")
                };
                let operation = operation.ended_as(OperationStatus::TimedOut, at).with_outcome(Outcome::error(error));
                self.complete(operation, at, Happening::TimedOut);
            }
            Due::Timeout => {
                let text = format!("Execution timed out after {} seconds.", self.timeout_seconds());
                self.end(at, Happening::TimedOut, Outcome::error(ErrorObject::message(text)));
            }
        }
    }
}

/// When something happens to an operation by itself.
fn due(place: usize, operation: &Operation) -> Option<(Timestamp, Due)> {
    match &operation.details {
        Details::Wait { until } if operation.status == OperationStatus::Started => Some((*until, Due::Wait(place))),
        Details::Step { next_attempt: Some(at), .. } if operation.status == OperationStatus::Pending => {
            Some((*at, Due::Retry(place)))
        }
        Details::Callback { timeout_seconds, heartbeat_seconds, last_heartbeat, .. }
            if operation.status == OperationStatus::Started =>
        {
            let timeout = timeout_seconds.map(|seconds| (later(operation.started, seconds), false));
            let silence = heartbeat_seconds.map(|seconds| (later(*last_heartbeat, seconds), true));
            let (at, is_silent) = timeout.into_iter().chain(silence).min()?;
            Some((at, Due::Callback(place, is_silent)))
        }
        _ => None,
    }
}
