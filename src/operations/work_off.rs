//! What is due: calls that nobody waits for, and executions that go on.
//!
//! The one idea to hold: whoever comes by does it, one after another in the order of time; nothing runs in the background.

use super::context::Context;
use super::durable_execution::run;
use super::invoke::event;
use crate::arn::Scope;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::iam::Caller;
use crate::invocation::{Event, Invoker};
use crate::state::Key;

/// Something that is due.
#[derive(Debug)]
pub enum Work {
    /// A call that nobody waits for.
    Event(Box<Event>),
    /// An execution that goes on.
    Execution(Key),
}

/// Takes the first thing that is due, if there is one.
pub(crate) fn take(invoker: &Invoker, now: Timestamp, (with_events, with_executions): (bool, bool)) -> Option<Work> {
    let event = with_events.then(|| invoker.events().take(now)).flatten();
    let execution = || with_executions.then(|| invoker.wakes().take(now)).flatten().map(Work::Execution);
    event.map(|event| Work::Event(Box::new(event))).or_else(execution)
}

/// Does what was taken.
///
/// # Errors
/// [`Error::CannotRun`], where nobody can run a function: that event is lost, and the function's log says why. Faults of ours.
pub(crate) fn act(cx: &Context<'_>, work: Work) -> Result<(), Error> {
    match work {
        Work::Event(event) => {
            let scope = event.scope.clone();
            within(cx, &scope, |cx| event::attempt(cx, *event))
        }
        Work::Execution(key) => within(cx, &key.scope, |cx| run::go_on(cx, &key, None)),
    }
}

/// Does everything that is due by now, and what comes of it: how much that was. A thread that is in the middle of an event
/// already does nothing, and comes to the others in its turn.
///
/// # Errors
/// As [`act`]: of the call with this id alone, if there is one, as whoever makes another call is not to blame.
pub(crate) fn work_off(cx: &Context<'_>, own: Option<&str>) -> Result<usize, Error> {
    let mut count = 0;
    while let Some(work) = if event::is_busy() { None } else { take(cx.invoker, cx.clock.now(), (true, true)) } {
        let is_own = matches!((&work, own), (Work::Event(event), Some(own)) if event.request_id == own);
        let is_anothers = own.is_some() && !is_own;
        match act(cx, work) {
            Err(Error::CannotRun { .. }) if is_anothers => {}
            other => other?,
        }
        count += 1;
    }
    Ok(count)
}

/// The same for whoever waits for an execution, which goes on in the middle of an event, too: how much that was, and when
/// something is due next.
///
/// # Errors
/// As [`act`], but for events that cannot be run.
pub(super) fn work_off_waiting(cx: &Context<'_>) -> Result<(usize, Option<Timestamp>), Error> {
    let mut count = 0;
    let with_events = !event::is_busy();
    while let Some(work) = take(cx.invoker, cx.clock.now(), (with_events, true)) {
        let is_event = matches!(work, Work::Event(_));
        match act(cx, work) {
            Err(Error::CannotRun { .. }) if is_event => {}
            other => other?,
        }
        count += 1;
    }
    Ok((count, if with_events { cx.invoker.next_due() } else { cx.invoker.wakes().next_due() }))
}

/// The same surroundings at the present moment, for nobody's call in another world.
fn within<T>(cx: &Context<'_>, scope: &Scope, act: impl FnOnce(&Context<'_>) -> T) -> T {
    let caller = Caller::new(None, &scope.account);
    let now = cx.clock.now();
    act(&Context { scope, caller: &caller, endpoint: None, request_id: "", now, ..*cx })
}
