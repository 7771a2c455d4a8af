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

/// Does everything that is due by now, and what comes of it: how much that was. A thread that is in the middle of an event
/// already does nothing, and comes to the others in its turn.
///
/// # Errors
/// [`Error::CannotRun`], where nobody can run a function: that event is lost, the others wait. Faults of ours.
pub(crate) fn work_off(cx: &Context<'_>) -> Result<usize, Error> {
    let mut count = 0;
    while !event::is_busy() && take_one(cx, true)? {
        count += 1;
    }
    Ok(count)
}

/// The same for whoever waits for an execution, which goes on in the middle of an event, too: how much that was, and when
/// something is due next.
///
/// # Errors
/// As [`work_off`].
pub(super) fn work_off_waiting(cx: &Context<'_>) -> Result<(usize, Option<Timestamp>), Error> {
    let mut count = 0;
    let with_events = !event::is_busy();
    while take_one(cx, with_events)? {
        count += 1;
    }
    Ok((count, if with_events { cx.invoker.next_due() } else { cx.invoker.wakes().next_due() }))
}

/// Does the first thing that is due, if there is one.
fn take_one(cx: &Context<'_>, with_events: bool) -> Result<bool, Error> {
    let now = cx.clock.now();
    if let Some(event) = with_events.then(|| cx.invoker.events().take(now)).flatten() {
        let scope = event.scope.clone();
        within(cx, &scope, |cx| event::attempt(cx, event))?;
    } else if let Some(key) = cx.invoker.wakes().take(now) {
        within(cx, &key.scope, |cx| run::go_on(cx, &key, None))?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// The same surroundings at the present moment, for nobody's call in another world.
fn within<T>(cx: &Context<'_>, scope: &Scope, act: impl FnOnce(&Context<'_>) -> T) -> T {
    let caller = Caller::new(None, &scope.account);
    let now = cx.clock.now();
    act(&Context { scope, caller: &caller, endpoint: None, request_id: "", now, ..*cx })
}
