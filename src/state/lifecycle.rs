//! Pending and Active, InProgress and Successful: computed from times, never driven by background work (section 8).
//!
//! The one idea to hold: an update that is under way is a [`Transition`] in the record, which says when it ends and
//! which revision id it ends with (N1). Whoever looks asks [`Transition::is_over`].

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// When new functions and updates settle, the setting of an emulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Settle {
    /// When the function is next read (GetFunction, GetFunctionConfiguration, a waiter). A write with no read between
    /// is refused as on AWS. The default.
    #[default]
    OnRead,
    /// At once: writes never conflict.
    Instant,
    /// After this many milliseconds on the emulator's clock.
    After(u64),
}

/// What a function or version is going through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// `State: Active`, `LastUpdateStatus: Successful`.
    Settled,
    /// `State: Pending` (T2, V2).
    Creating(Transition),
    /// `State: Active`, `LastUpdateStatus: InProgress` (T4).
    Updating(Transition),
    /// `State: Failed`: it could not be created.
    CreationFailed(Reason),
    /// `State: Active`, `LastUpdateStatus: Failed`: what was there before the update serves on (T6).
    UpdateFailed(Reason),
    /// `State: Inactive`, until it is updated (T7).
    Inactive(Reason),
}

/// Why a function is as it is: AWS's sentence and its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Reason {
    /// `StateReason` or `LastUpdateStatusReason`.
    pub text: String,
    /// `StateReasonCode` or `LastUpdateStatusReasonCode`.
    pub code: String,
}

/// A change of state that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Transition {
    /// When it ends; `None` is "when the function is read".
    pub ends_at: Option<Timestamp>,
    /// The revision id it ends with; `None` keeps the one there is (a version's, facts 3.2).
    pub next_revision_id: Option<String>,
    /// Why it fails when it ends (T6); `None` is "it succeeds".
    pub failure: Option<Reason>,
}

/// What time has made of a thing that takes its time to come and to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passed<T> {
    /// It is as it was.
    Nothing,
    /// What was under way has ended.
    Became(T),
    /// It has been deleted.
    Gone,
}

impl<T> Passed<T> {
    /// The same of what holds the thing.
    pub fn map<U>(self, wrap: impl FnOnce(T) -> U) -> Passed<U> {
        match self {
            Self::Nothing => Passed::Nothing,
            Self::Became(thing) => Passed::Became(wrap(thing)),
            Self::Gone => Passed::Gone,
        }
    }
}

impl Reason {
    /// Text and code.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        (&self.text, &self.code)
    }
}

impl Transition {
    /// A transition that begins `now`.
    #[must_use]
    pub fn new(settle: Settle, now: Timestamp, next_revision_id: Option<String>) -> Self {
        let ends_at = match settle {
            Settle::OnRead => None,
            // Over for everybody, also for a call that began earlier and writes later.
            Settle::Instant => Some(Timestamp::EPOCH),
            Settle::After(millis) => Some(now.plus_millis(i64::try_from(millis).unwrap_or(i64::MAX))),
        };
        Self { ends_at, next_revision_id, failure: None }
    }

    /// Whether it is over `now`, for somebody who is `reading` or not.
    #[must_use]
    pub fn is_over(&self, now: Timestamp, reading: bool) -> bool {
        self.ends_at.map_or(reading, |ends_at| now >= ends_at)
    }
}

impl Phase {
    /// The transition under way, if one is.
    #[must_use]
    pub fn transition(&self) -> Option<&Transition> {
        match self {
            Self::Creating(transition) | Self::Updating(transition) => Some(transition),
            _ => None,
        }
    }

    /// What it becomes when the transition under way is over.
    #[must_use]
    pub fn ended(&self) -> Self {
        match self {
            Self::Creating(Transition { failure: Some(reason), .. }) => Self::CreationFailed(reason.clone()),
            Self::Updating(Transition { failure: Some(reason), .. }) => Self::UpdateFailed(reason.clone()),
            Self::Creating(_) | Self::Updating(_) => Self::Settled,
            settled => settled.clone(),
        }
    }

    /// The same, but failing when it ends; nothing where nothing is under way.
    #[must_use]
    pub fn failing(&self, failure: &Reason) -> Option<Self> {
        let doomed = |transition: &Transition| Transition { failure: Some(failure.clone()), ..transition.clone() };
        match self {
            Self::Creating(transition) => Some(Self::Creating(doomed(transition))),
            Self::Updating(transition) => Some(Self::Updating(doomed(transition))),
            _ => None,
        }
    }
}
