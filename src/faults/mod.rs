//! Faults on demand: what goes wrong because a test asked for it.
//!
//! The one idea to hold: a [`Rule`] says which calls it meets and what becomes of them. Each call meets one rule at most:
//! the first that was written of those that fit it and have not met all of theirs. So two rules for one operation make
//! a row of faults. Rules meet calls that AWS would understand: after the check of the parameters, before anything else.

pub mod asked;
mod gate;
mod refusal;

pub use gate::Gate;
pub use refusal::{Unknown, refusal};

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::arn::FunctionRef;
use crate::error::{Connection, Error};
use crate::model::Operation;
use crate::protocol::document::{Document, Members, find};

/// What becomes of a call.
#[derive(Debug)]
pub enum Effect {
    /// It is refused, and nothing is done.
    Refuse(Error),
    /// It is done, and the answer is lost with the connection.
    Lose(Connection),
    /// It takes this many milliseconds of the emulator's clock.
    Delay(i64),
    /// It waits for the test.
    Hold(Gate),
}

/// One fault that a test asked for.
#[derive(Debug)]
pub struct Rule {
    operation: Option<&'static Operation>,
    when: Members,
    times: Option<u32>,
    effect: Effect,
    met: AtomicU32,
    /// Its number in this process.
    id: u64,
    /// Whether somebody was told that it met too few calls.
    told: AtomicBool,
}

impl Rule {
    /// A rule for calls of `operation` (of every one without), whose parameters hold `when`, for so many of them.
    #[must_use]
    pub fn new(operation: Option<&'static Operation>, when: Members, times: Option<u32>, effect: Effect) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let id = MADE.fetch_add(1, Ordering::Relaxed) + 1;
        Self { operation, when, times, effect, met: AtomicU32::new(0), id, told: AtomicBool::new(false) }
    }

    /// Its number, by which it is known over HTTP; no other in this process has it.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// What becomes of the calls.
    #[must_use]
    pub fn effect(&self) -> &Effect {
        &self.effect
    }

    /// How many calls it has met.
    #[must_use]
    pub fn met(&self) -> u32 {
        self.met.load(Ordering::Relaxed)
    }

    /// Whether it has met as many calls as it is for; one at least, if it is for any number.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.met() >= self.times.unwrap_or(1)
    }

    /// Whether it may meet another call.
    fn is_open(&self) -> bool {
        self.times.is_none_or(|times| self.met() < times)
    }

    /// Whether it is for this call, which it then has met.
    fn meet(&self, operation: &Operation, input: &Document) -> bool {
        let asked = self.operation.is_none_or(|it| it.name == operation.name);
        let meets =
            asked && self.is_open() && self.when.iter().all(|(name, wanted)| holds(name, wanted, input.member(name)));
        if meets {
            self.met.fetch_add(1, Ordering::Relaxed);
        }
        meets
    }
}

impl fmt::Display for Rule {
    /// As `UpdateFunctionCode (FunctionName="app"): TooManyRequestsException, met 0 of 2 calls`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.operation.map_or("*", |operation| operation.name))?;
        for (at, (name, value)) in self.when.iter().enumerate() {
            write!(formatter, "{}{name}={}", if at == 0 { " (" } else { ", " }, Shown(value))?;
        }
        formatter.write_str(if self.when.is_empty() { ": " } else { "): " })?;
        match &self.effect {
            Effect::Refuse(error) => formatter.write_str(error.code())?,
            Effect::Lose(connection) => write!(formatter, "{} after it was done", connection.name())?,
            Effect::Delay(millis) => {
                write!(formatter, "takes {}.{:03} s", millis / 1000, millis % 1000)?;
            }
            Effect::Hold(_) => formatter.write_str("held")?,
        }
        write!(formatter, ", met {}", self.met())?;
        match self.times {
            Some(times) => write!(formatter, " of {times} calls"),
            None => formatter.write_str(" calls"),
        }
    }
}

/// A value in one line; what has parts is not spelled out.
struct Shown<'a>(&'a Document);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Document::Boolean(value) => value.fmt(formatter),
            Document::Integer(value) => value.fmt(formatter),
            Document::Double(value) | Document::Timestamp(value) => value.fmt(formatter),
            Document::String(text) => write!(formatter, "{text:?}"),
            _ => formatter.write_str("..."),
        }
    }
}

/// Whether a value holds all that is wanted of it: members of structures and keys of maps may be more.
fn holds(name: &str, wanted: &Document, found: Option<&Document>) -> bool {
    let Some(found) = found else { return false };
    match (wanted, found) {
        (Document::Structure(wanted), Document::Structure(found)) => {
            wanted.iter().all(|(name, wanted)| holds(name, wanted, find(found, name)))
        }
        (Document::Map(wanted), Document::Map(found)) => wanted.iter().all(|(key, wanted)| {
            holds(key, wanted, found.iter().find(|(other, _)| other == key).map(|(_, value)| value))
        }),
        // A function is the same by its name, by a partial ARN and by a full one.
        (Document::String(wanted), Document::String(found)) if name == "FunctionName" && wanted != found => {
            match (FunctionRef::parse(wanted), FunctionRef::parse(found)) {
                (Some(wanted), Some(found)) => names(&wanted, &found),
                _ => false,
            }
        }
        _ => wanted == found,
    }
}

/// Whether all that is said of the wanted function is true of the other one.
fn names(wanted: &FunctionRef, found: &FunctionRef) -> bool {
    let fits = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
    // A name without account and Region is in those of the call, whichever they are.
    let placed = |wanted: &Option<String>, found: &Option<String>| found.is_none() || fits(wanted, found);
    wanted.name == found.name
        && fits(&wanted.qualifier, &found.qualifier)
        && placed(&wanted.account, &found.account)
        && placed(&wanted.region, &found.region)
}

/// The rules of one emulator.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Mutex<Vec<Arc<Rule>>>,
    /// Whether a rule may meet another call: what calls without faults ask.
    any: AtomicBool,
}

impl Faults {
    /// Adds a rule, behind those that are there.
    pub fn add(&self, rule: Arc<Rule>) {
        let mut rules = self.rules();
        rules.push(rule);
        self.any.store(true, Ordering::Release);
    }

    /// Takes a rule away, and lets go whom it holds. It may be gone already.
    pub fn remove(&self, rule: &Arc<Rule>) {
        let mut rules = self.rules();
        rules.retain(|other| !Arc::ptr_eq(other, rule));
        self.look_at(&rules);
        drop(rules);
        let_go(std::slice::from_ref(rule));
    }

    /// Takes every rule away, and lets go whom they hold.
    pub fn clear(&self) {
        let mut rules = self.rules();
        let forgotten = std::mem::take(&mut *rules);
        self.any.store(false, Ordering::Release);
        drop(rules);
        let_go(&forgotten);
    }

    /// Lets go whom the rules hold; gives those that met too few calls, each once.
    #[must_use]
    pub fn end(&self) -> Vec<Arc<Rule>> {
        let rules = self.all();
        let_go(&rules);
        rules.into_iter().filter(|rule| !rule.is_used() && !rule.told.swap(true, Ordering::Relaxed)).collect()
    }

    /// Every rule, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Rule>> {
        self.rules().clone()
    }

    /// Whether there are none that may meet another call; those that are used up are kept to be told of.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        !self.any.load(Ordering::Acquire)
    }

    /// The rule that this call meets, if it meets one.
    #[must_use]
    pub fn meet(&self, operation: &Operation, input: &Document) -> Option<Arc<Rule>> {
        if self.is_idle() {
            return None;
        }
        // Under the lock, so that no rule meets more calls than it is for.
        let rules = self.rules();
        let met = rules.iter().find(|rule| rule.meet(operation, input)).cloned();
        if met.as_ref().is_some_and(|rule| !rule.is_open()) {
            self.look_at(&rules);
        }
        met
    }

    fn look_at(&self, rules: &[Arc<Rule>]) {
        self.any.store(rules.iter().any(|rule| rule.is_open()), Ordering::Release);
    }

    fn rules(&self) -> MutexGuard<'_, Vec<Arc<Rule>>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the gates of rules.
fn let_go(rules: &[Arc<Rule>]) {
    for rule in rules {
        if let Effect::Hold(gate) = &rule.effect {
            gate.release();
        }
    }
}

#[cfg(test)]
mod tests;
