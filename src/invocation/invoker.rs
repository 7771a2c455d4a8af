//! Who runs which function, how many calls of it run, and what was logged.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use super::{
    Api, CannotRun, Delivery, Destinations, Event, Events, Invocation, LogPlace, Outcome, RESPONSE_BYTES, Runner,
    Wakes, Watcher, report,
};
use super::{Failure, report::Line};
use crate::arn::Scope;
use crate::clock::{Clock, Timestamp};
use crate::ids::Ids;
use crate::logs::{LogEvent, Logs};
use crate::state::{DurableExecution, Key};
use crate::unpacked::Unpacked;

/// Runs the functions of one emulator; shared between threads by reference.
#[derive(Debug)]
pub struct Invoker {
    /// Of functions that were given no runner of their own.
    runner: Option<Arc<dyn Runner>>,
    bound: Mutex<BTreeMap<Key, Arc<dyn Runner>>>,
    running: Mutex<BTreeMap<Key, u32>>,
    logs: Logs,
    events: Events,
    wakes: Wakes,
    destinations: Mutex<Option<Arc<dyn Destinations>>>,
    watchers: Mutex<Vec<Weak<dyn Watcher>>>,
    api: OnceLock<Arc<dyn Api>>,
    unpacked: Arc<Unpacked>,
    /// Draws the version behind an alias, apart from all other ids.
    draws: Ids,
}

/// A call that runs, as long as this is held.
#[derive(Debug)]
pub struct Slot<'a> {
    invoker: &'a Invoker,
    key: Key,
}

impl Invoker {
    /// An invoker that lets a runner run what no other runner is bound to.
    #[must_use]
    pub fn new(runner: Option<Arc<dyn Runner>>, draws: Ids) -> Self {
        let unpacked = Arc::new(Unpacked::new(std::env::temp_dir()));
        Self {
            runner,
            bound: Mutex::default(),
            running: Mutex::default(),
            logs: Logs::default(),
            events: Events::default(),
            wakes: Wakes::default(),
            destinations: Mutex::default(),
            watchers: Mutex::default(),
            api: OnceLock::new(),
            unpacked,
            draws,
        }
    }

    /// The same for an independent emulator; it has no log. What was bound is bound there too.
    #[must_use]
    pub fn fork(&self, seeded: bool) -> Self {
        // Forking them takes its time, and may need what somebody has who binds one meanwhile.
        let bound: Vec<_> = lock(&self.bound).iter().map(|(key, runner)| (key.clone(), Arc::clone(runner))).collect();
        let bound = bound.into_iter().map(|(key, runner)| (key, runner.fork())).collect();
        Self {
            bound: Mutex::new(bound),
            events: self.events.fork(),
            wakes: self.wakes.fork(),
            destinations: Mutex::new(lock(&self.destinations).clone()),
            ..Self::new(self.runner.as_ref().map(|runner| runner.fork()), self.draws.twin(seeded))
        }
    }

    /// What was logged.
    #[must_use]
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// Calls that nobody waits for.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// When durable executions go on.
    #[must_use]
    pub fn wakes(&self) -> &Wakes {
        &self.wakes
    }

    /// Keeps an event that is due at a moment.
    pub fn accept(&self, due: Timestamp, event: Event) {
        self.events.add(due, event);
        self.tell_watchers();
    }

    /// Notes that an execution has changed.
    pub fn wake(&self, key: &Key, execution: &DurableExecution) {
        self.wakes.note(key, execution);
        self.tell_watchers();
    }

    /// Tells somebody whenever something may be due, from now on and as long as it is there.
    pub fn watch(&self, watcher: &Arc<dyn Watcher>) {
        lock(&self.watchers).push(Arc::downgrade(watcher));
    }

    fn tell_watchers(&self) {
        let mut watchers = lock(&self.watchers);
        watchers.retain(|watcher| watcher.strong_count() > 0);
        let found: Vec<_> = watchers.iter().filter_map(Weak::upgrade).collect();
        drop(watchers);
        for watcher in found {
            watcher.look();
        }
    }

    /// When the next event or execution is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.events.next_due().into_iter().chain(self.wakes.next_due()).min()
    }

    /// Gives functions that run Lambda's own API from now on; what was given first stays.
    pub fn set_api(&self, api: Arc<dyn Api>) {
        let _ = self.api.set(api);
    }

    /// Lambda's own API, where functions have it.
    #[must_use]
    pub fn api(&self) -> Option<Arc<dyn Api>> {
        self.api.get().map(Arc::clone)
    }

    /// Hands over what is told to destinations and dead-letter targets from now on.
    pub fn set_destinations(&self, destinations: Option<Arc<dyn Destinations>>) {
        *lock(&self.destinations) = destinations;
    }

    /// Tells a destination.
    pub fn deliver(&self, delivery: Delivery) {
        let destinations = lock(&self.destinations).clone();
        if let Some(destinations) = destinations {
            destinations.deliver(&delivery);
        }
        self.events.told(delivery);
    }

    /// Where packages are unpacked.
    #[must_use]
    pub fn unpacked(&self) -> &Arc<Unpacked> {
        &self.unpacked
    }

    /// Lets a runner run a function from now on, whether it is there already or not; `None` is the emulator's own again.
    pub fn bind(&self, key: Key, runner: Option<Arc<dyn Runner>>) {
        let mut bound = lock(&self.bound);
        // What it replaces is dropped outside of the lock.
        let replaced = match runner {
            Some(runner) => bound.insert(key, runner),
            None => bound.remove(&key),
        };
        drop(bound);
        drop(replaced);
    }

    /// Who runs a function, if anybody does.
    #[must_use]
    pub fn runner(&self, key: &Key) -> Option<Arc<dyn Runner>> {
        lock(&self.bound).get(key).or(self.runner.as_ref()).map(Arc::clone)
    }

    /// Lets go of everything: runners that were bound, execution environments, logs.
    pub fn forget(&self) {
        let bound = std::mem::take(&mut *lock(&self.bound));
        drop(bound);
        self.close();
        self.events.clear();
        self.wakes.clear();
        self.logs.clear();
    }

    /// Lets go of all execution environments.
    pub fn close(&self) {
        let bound: Vec<_> = lock(&self.bound).values().map(Arc::clone).collect();
        bound.iter().chain(&self.runner).for_each(|runner| runner.forget());
        // What cannot be removed now is tried again in the end.
        let _ = self.unpacked.remove();
    }

    /// A number from 0 to 1, without 1.
    #[must_use]
    pub fn draw(&self) -> f64 {
        self.draws.share()
    }

    /// Takes a place among the calls of a function that run; `None` if `most` run already.
    #[must_use]
    pub fn slot(&self, key: &Key, most: Option<u32>) -> Option<Slot<'_>> {
        let mut running = lock(&self.running);
        let count = running.get(key).copied().unwrap_or_default();
        if most.is_some_and(|most| count >= most) {
            return None;
        }
        running.insert(key.clone(), count + 1);
        Some(Slot { invoker: self, key: key.clone() })
    }

    /// Runs a call to its end and logs it: the outcome, and the lines of its log.
    ///
    /// # Errors
    /// [`CannotRun`]; then nothing is logged.
    pub fn run(&self, key: &Key, invocation: &Invocation, clock: &Clock) -> Result<(Outcome, Vec<Line>), CannotRun> {
        let runner = self.runner(key).ok_or_else(|| CannotRun("this emulator was made without a runner".to_owned()))?;
        let began = clock.now();
        let mut outcome = runner.run(invocation)?;
        if outcome.chunks.is_empty() && outcome.payload.len() > RESPONSE_BYTES {
            let told = Outcome::failed(&invocation.request_id, &Failure::ResponseTooLarge);
            outcome = Outcome { payload: told.payload, error: told.error, ..outcome };
        }
        let ended = clock.now();
        let lines = report(invocation, &outcome, began, ended);
        let stream = outcome.log_stream.as_deref().unwrap_or(&invocation.log_stream);
        let Invocation { scope, log_group, request_id, .. } = invocation;
        self.log(scope, (log_group, stream, request_id), ended, &lines);
        Ok((outcome, lines))
    }

    /// Logs that a call could not be run.
    pub fn note(&self, scope: &Scope, place: &LogPlace, at: Timestamp, text: &str) {
        let place = (place.group.as_str(), place.stream.as_str(), place.request_id.as_str());
        self.log(scope, place, at, &[Line(format!("drylambda: {text}"))]);
    }

    fn log(&self, scope: &Scope, (group, stream, request_id): (&str, &str, &str), at: Timestamp, lines: &[Line]) {
        let (stream, request_id): (Arc<str>, Arc<str>) = (stream.into(), request_id.into());
        let event = |Line(message): &Line| LogEvent {
            at,
            stream: Arc::clone(&stream),
            request_id: Arc::clone(&request_id),
            message: message.clone(),
        };
        self.logs.add(scope, group, lines.iter().map(event));
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut running = lock(&self.invoker.running);
        if let Some(count) = running.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.key);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
