//! Calls that nobody waits for: events that wait to be tried, and what was told of those that are over.
//!
//! The one idea to hold: an event is data with a moment at which it is due. Nothing waits for that moment: whoever calls, or
//! moves the clock, has what is due by then worked off.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::arn::Scope;
use crate::clock::Timestamp;

/// How many deliveries are kept; beyond it the oldest go.
const MOST_DELIVERIES: usize = 10_000;

/// An asynchronous call that is not over.
#[derive(Debug, Clone)]
pub struct Event {
    /// Of the call that brought it, and of all attempts.
    pub request_id: String,
    /// The function's account and Region.
    pub scope: Scope,
    /// The bare name.
    pub function_name: String,
    /// As it was called.
    pub qualifier: Option<String>,
    /// JSON.
    pub payload: Bytes,
    /// The JSON of the caller's context.
    pub client_context: Option<String>,
    /// For functions that isolate tenants.
    pub tenant_id: Option<String>,
    /// When it was accepted.
    pub accepted: Timestamp,
    /// How often the function was called for it.
    pub attempts: u32,
    /// How often it was too much for the function.
    pub throttles: u32,
    /// How many functions called one another to this one, as far as anybody knows.
    pub depth: u32,
}

/// What is told to a destination or a dead-letter target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Who is told: a queue, a topic, a bus, a bucket or a function.
    pub target_arn: String,
    /// The function that it is about.
    pub function_arn: String,
    /// Why.
    pub reason: Reason,
    /// JSON: the record of a destination; the event itself for a dead-letter target.
    pub body: String,
    /// Message attributes: name, type, value.
    pub attributes: Vec<(&'static str, &'static str, String)>,
}

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The destination of successes.
    Success,
    /// The destination of failures.
    Failure,
    /// The dead-letter target.
    DeadLetter,
}

/// The events of one emulator; shared between threads by reference.
#[derive(Debug, Default)]
pub struct Events(Mutex<Queue>);

#[derive(Debug, Default, Clone)]
struct Queue {
    /// By the moment they are due and the order in which they came.
    waiting: BTreeMap<(Timestamp, u64), Event>,
    count: u64,
    deliveries: VecDeque<Delivery>,
}

impl Events {
    /// Adds an event that is due at a moment.
    pub fn add(&self, due: Timestamp, event: Event) {
        let mut queue = self.queue();
        queue.count += 1;
        let place = (due, queue.count);
        queue.waiting.insert(place, event);
    }

    /// Takes the first event that is due.
    #[must_use]
    pub fn take(&self, now: Timestamp) -> Option<Event> {
        let mut queue = self.queue();
        let (due, _) = *queue.waiting.first_key_value()?.0;
        (due <= now).then(|| queue.waiting.pop_first())?.map(|(_, event)| event)
    }

    /// When the next event is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.queue().waiting.first_key_value().map(|((due, _), _)| *due)
    }

    /// How many events wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue().waiting.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps what was told.
    pub fn told(&self, delivery: Delivery) {
        let mut queue = self.queue();
        queue.deliveries.push_back(delivery);
        if queue.deliveries.len() > MOST_DELIVERIES {
            queue.deliveries.pop_front();
        }
    }

    /// Everything that was told, the oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.queue().deliveries.iter().cloned().collect()
    }

    /// An independent copy.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self(Mutex::new(self.queue().clone()))
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.queue() = Queue::default();
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
