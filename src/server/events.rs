//! Calls that nobody waits for and executions that go on: a server has them worked off beside the requests.
//!
//! The one idea to hold: there is one task that takes what is due, and only as long as something waits; what it has taken runs
//! on threads of its own, several at a time, as functions do.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Shared;
use crate::lambda::{Watcher, Work};

/// How often it is looked whether somebody has moved the clock, while nothing is due.
const BEAT: Duration = Duration::from_millis(100);
/// How many run at a time at most.
const MOST_AT_ONCE: usize = 64;

/// Looks whenever something may be due, as long as the server is there.
#[derive(Debug)]
pub(super) struct Looking {
    pub shared: Weak<Shared>,
    pub runtime: Handle,
}

impl Watcher for Looking {
    fn look(&self) {
        if let Some(shared) = self.shared.upgrade() {
            let _inside = self.runtime.enter();
            look(&shared);
        }
    }
}

/// Has events worked off if there are some, unless that is under way.
pub(super) fn look(shared: &Arc<Shared>) {
    if shared.lambda.event_due_in().is_none() {
        return;
    }
    if shared.works.swap(true, Ordering::AcqRel) {
        shared.came.notify_one();
        return;
    }
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        work(&shared).await;
        shared.works.store(false, Ordering::Release);
        // What came between the last look and that has nobody else.
        look(&shared);
    });
}

/// Takes what is due, until nothing waits and nothing runs.
async fn work(shared: &Shared) {
    let mut running: JoinSet<bool> = JoinSet::new();
    let mut has_execution = false;
    loop {
        while let Some(ended) = running.try_join_next() {
            has_execution &= !ended.is_ok_and(|was_execution| was_execution);
        }
        let has_room = running.len() < MOST_AT_ONCE;
        if has_room && let Some(work) = shared.lambda.take_due(!has_execution) {
            let lambda = Arc::clone(&shared.lambda);
            let is_execution = matches!(work, Work::Execution(_));
            has_execution |= is_execution;
            running.spawn_blocking(move || {
                // What nobody can run is told in the function's log.
                let _ = lambda.act(work);
                is_execution
            });
            continue;
        }
        let wait = shared.lambda.event_due_in();
        if wait.is_none() && running.is_empty() {
            return;
        }
        // What is due already waits for something that runs.
        let wait = wait.filter(|wait| !wait.is_zero()).map_or(BEAT, |wait| wait.min(BEAT));
        tokio::select! {
            () = sleep(wait) => {}
            () = shared.came.notified() => {}
            Some(ended) = running.join_next() => has_execution &= !ended.is_ok_and(|was_execution| was_execution),
        }
    }
}
