//! Calls that nobody waits for: accepted, tried, tried again, given up, and who is told.
//!
//! The one idea to hold: what an event is due for is decided anew each time, by what the function and its configuration are
//! then.

use std::cell::Cell;
use std::fmt::Write as _;

use serde::de::IgnoredAny;

use super::target::Called;
use crate::arn::{FunctionRef, Scope};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::invocation::{Delivery, Event, Outcome, Reason};
use crate::operations::context::Context;
use crate::state::EventInvokeConfig;
use crate::state::function::LATEST;

/// How often a failed event is tried again, unless a configuration says otherwise.
const RETRIES: u32 = 2;
/// How long an event is tried, in seconds, unless a configuration says otherwise: six hours.
const MOST_AGE_SECONDS: u32 = 21_600;
/// How long is waited before each of the retries, in milliseconds.
const RETRY_MS: [i64; 2] = [60_000, 120_000];
/// How long is waited at first and at most when a function has as many calls as it may, in milliseconds.
const THROTTLED_MS: (i64, i64) = (1_000, 300_000);
/// How many functions may call one another until AWS takes it for a loop.
const MOST_DEPTH: u32 = 16;
/// How much of an error's text a dead letter has, in bytes.
const DEAD_LETTER_BYTES: usize = 1024;

thread_local! {
    /// How deep in a chain of events this thread is.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Keeps an event, which is due at once.
pub(super) fn accept(cx: &Context<'_>, called: &Called, event: Event) {
    let depth = DEPTH.get();
    let loops = depth >= MOST_DEPTH && !called.allows_recursion();
    if loops {
        give_up(cx, called, &event, "RecursiveInvocation", None);
    } else {
        cx.invoker.accept(cx.now, Event { depth, ..event });
    }
}

/// Does something in this thread for a function that so many called one another to.
pub(crate) fn at_depth<T>(depth: u32, act: impl FnOnce() -> T) -> T {
    let before = DEPTH.replace(depth);
    let done = act();
    DEPTH.set(before);
    done
}

/// How many functions called one another to what this thread is at.
pub(super) fn depth() -> u32 {
    DEPTH.get()
}

/// Whether this thread is in the middle of an event already: who is will come to what is due.
pub(crate) fn is_busy() -> bool {
    DEPTH.get() > 0
}

/// Tries an event that is due.
///
/// # Errors
/// Faults of ours.
pub(crate) fn attempt(cx: &Context<'_>, mut event: Event) -> Result<(), Error> {
    let Some(function) = FunctionRef::parse(&event.function_name) else { return Ok(()) };
    let called = match Called::find(cx, &function, event.qualifier.as_deref()) {
        Ok(called) => called,
        // Not active yet, or no longer; what is too old by then is nobody's.
        Err(Error::Invoke(_)) if !is_older(cx, &event, MOST_AGE_SECONDS) => {
            later(cx, event, MOST_AGE_SECONDS);
            return Ok(());
        }
        // There is no such function any more.
        Err(Error::Invoke(_) | Error::FunctionNotFound { .. }) => return Ok(()),
        Err(other) => return Err(other),
    };
    let config = called.event_config().cloned();
    let most_age = config.as_ref().and_then(|it| it.maximum_event_age_in_seconds).unwrap_or(MOST_AGE_SECONDS);
    if is_older(cx, &event, most_age) {
        give_up(cx, &called, &event, "EventAgeExceeded", None);
        return Ok(());
    }
    if called.function.reserved_concurrent_executions == Some(0) {
        give_up(cx, &called, &event, "ZeroReservedConcurrency", None);
        return Ok(());
    }
    match run(cx, &called, &event)? {
        None => later(cx, event, most_age),
        Some(outcome) => {
            let version = called.version.as_str();
            event.attempts += 1;
            let retries = config.as_ref().and_then(|it| it.maximum_retry_attempts).unwrap_or(RETRIES);
            if outcome.error.is_none() {
                let target = config.and_then(|it| it.on_success);
                tell(cx, &called, &event, "Success", target, Some((version, &outcome)));
            } else if event.attempts > retries {
                give_up(cx, &called, &event, "RetriesExhausted", Some((version, &outcome)));
            } else {
                let wait = RETRY_MS.get((event.attempts as usize).saturating_sub(1)).copied().unwrap_or(RETRY_MS[1]);
                put_off(cx, wait, event, most_age);
            }
        }
    }
    Ok(())
}

fn is_older(cx: &Context<'_>, event: &Event, seconds: u32) -> bool {
    cx.now > event.accepted.plus_millis(i64::from(seconds) * 1000)
}

/// Calls the function; `None` if as many calls of it run as may.
fn run(cx: &Context<'_>, called: &Called, event: &Event) -> Result<Option<Outcome>, Error> {
    let cx = &Context { request_id: &event.request_id, ..*cx };
    let Some(_slot) = cx.invoker.slot(&called.key, called.function.reserved_concurrent_executions) else {
        return Ok(None);
    };
    // Whoever brought the event may be gone.
    let noted = |why: String| {
        cx.invoker.note(&event.scope, &called.log(cx), cx.now, &why);
        Error::CannotRun { why }
    };
    let mut invocation = called.invocation(cx, event.payload.clone()).map_err(|error| match error {
        Error::CannotRun { why } => noted(why),
        other => other,
    })?;
    (invocation.client_context, invocation.tenant_id) = (event.client_context.clone(), event.tenant_id.clone());
    invocation.depth = event.depth + 1;
    let ran = at_depth(invocation.depth, || cx.invoker.run(&called.key, &invocation, cx.clock));
    ran.map(|(outcome, _)| Some(outcome)).map_err(|cannot| noted(cannot.0))
}

/// Puts an event off, longer each time, until it is too old.
fn later(cx: &Context<'_>, mut event: Event, most_age_seconds: u32) {
    let (first, most) = THROTTLED_MS;
    let wait = first.saturating_mul(1 << event.throttles.min(16)).min(most);
    event.throttles += 1;
    put_off(cx, wait, event, most_age_seconds);
}

/// Puts an event off by so many milliseconds, and no longer than until it is too old.
fn put_off(cx: &Context<'_>, millis: i64, event: Event, most_age_seconds: u32) {
    let last = event.accepted.plus_millis(i64::from(most_age_seconds) * 1000 + 1);
    cx.invoker.accept(cx.now.plus_millis(millis).min(last), event);
}

/// Tells whoever wants to know that an event is given up.
fn give_up(cx: &Context<'_>, called: &Called, event: &Event, condition: &str, ran: Option<(&str, &Outcome)>) {
    let target = called.event_config().and_then(|it| it.on_failure.clone());
    tell(cx, called, event, condition, target, ran);
    if let Some(target_arn) = called.dead_letter_target() {
        let text = ran.map_or_else(String::new, |(_, outcome)| String::from_utf8_lossy(&outcome.payload).into_owned());
        let end = (0..=DEAD_LETTER_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
        let mut attributes =
            vec![("RequestID", "String", event.request_id.clone()), ("ErrorCode", "Number", "200".to_owned())];
        attributes.extend(
            text.get(..end.unwrap_or_default())
                .filter(|it| !it.is_empty())
                .map(|it| ("ErrorMessage", "String", it.to_owned())),
        );
        let body = String::from_utf8_lossy(&event.payload).into_owned();
        cx.invoker.deliver(Delivery {
            target_arn,
            function_arn: called.key.arn(),
            reason: Reason::DeadLetter,
            body,
            attributes,
        });
    }
}

/// Tells a destination, if there is one, what has become of an event.
fn tell(
    cx: &Context<'_>,
    called: &Called,
    event: &Event,
    condition: &str,
    target: Option<String>,
    ran: Option<(&str, &Outcome)>,
) {
    let Some(target_arn) = target else { return };
    let body = record(cx.now, called, event, condition, ran);
    let is_function = FunctionRef::parse(&target_arn).filter(|_| target_arn.contains(":lambda:"));
    if let Some(function) = is_function {
        let told = Event {
            request_id: cx.ids.uuid(),
            scope: Scope::new(
                function.account.as_deref().unwrap_or(&cx.scope.account),
                function.region.as_deref().unwrap_or(&cx.scope.region),
            ),
            function_name: function.name,
            qualifier: function.qualifier,
            payload: body.clone().into(),
            client_context: None,
            tenant_id: None,
            accepted: cx.now,
            attempts: 0,
            throttles: 0,
            depth: event.depth + 1,
        };
        if told.depth < MOST_DEPTH {
            cx.invoker.accept(cx.now, told);
        }
    }
    let reason = if condition == "Success" { Reason::Success } else { Reason::Failure };
    cx.invoker.deliver(Delivery { target_arn, function_arn: called.key.arn(), reason, body, attributes: Vec::new() });
}

/// What a destination is told, as AWS writes it.
fn record(now: Timestamp, called: &Called, event: &Event, condition: &str, ran: Option<(&str, &Outcome)>) -> String {
    let qualifier = event.qualifier.as_deref().unwrap_or(LATEST);
    let arn = format!("{}:{qualifier}", called.key.arn());
    let context = format!(
        r#"{{"requestId":"{}","functionArn":"{arn}","condition":"{condition}","approximateInvokeCount":{}}}"#,
        event.request_id, event.attempts
    );
    let mut json = format!(
        r#"{{"version":"1.0","timestamp":"{}","requestContext":{context},"requestPayload":{}"#,
        now.iso_millis(),
        raw(&event.payload)
    );
    if let Some((version, outcome)) = ran {
        let error = outcome.error.as_ref().map_or("", |_| r#","functionError":"Unhandled""#);
        let context = format!(r#"{{"statusCode":200,"executedVersion":"{version}"{error}}}"#);
        let _ = write!(json, r#","responseContext":{context},"responsePayload":{}"#, raw(&outcome.payload));
    }
    json.push('}');
    json
}

/// JSON as it is; what is none, as a text.
fn raw(payload: &[u8]) -> String {
    let text = String::from_utf8_lossy(payload);
    match serde_json::from_str::<IgnoredAny>(&text) {
        Ok(_) => text.into_owned(),
        Err(_) if text.is_empty() => "{}".to_owned(),
        Err(_) => serde_json::Value::from(text).to_string(),
    }
}

impl Called {
    /// What is configured for asynchronous calls of what was called.
    fn event_config(&self) -> Option<&EventInvokeConfig> {
        self.function.attached(self.qualifier().unwrap_or(LATEST))?.event_invoke.as_ref()
    }

    fn dead_letter_target(&self) -> Option<String> {
        self.settings().dead_letter_config.as_ref()?.target_arn.clone()
    }

    fn allows_recursion(&self) -> bool {
        self.function.attached(LATEST).is_some_and(|it| it.allows_recursion)
    }
}

/// An event that begins with a call.
pub(super) fn event(cx: &Context<'_>, called: &Called, qualifier: Option<String>, payload: bytes::Bytes) -> Event {
    Event {
        request_id: cx.request_id.to_owned(),
        scope: cx.scope.clone(),
        function_name: called.key.name.to_string(),
        qualifier,
        payload,
        client_context: None,
        tenant_id: None,
        accepted: cx.now,
        attempts: 0,
        throttles: 0,
        depth: 0,
    }
}
