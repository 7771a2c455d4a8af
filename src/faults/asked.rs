//! What a test asks for, checked in one place for every way to ask.

use std::time::Duration;

use super::{Effect, Gate, refusal};
use crate::error::Connection;
use crate::model::{self, Operation};

/// What stands for every operation.
const EVERY: &str = "*";

/// The longest that a call is held or takes, in seconds.
const MOST_SECONDS: f64 = 86_400.0;

/// The operation of a name; none for `*`, which is every one.
///
/// # Errors
/// What else might be meant.
pub fn operation(name: &str) -> Result<Option<&'static Operation>, String> {
    if name == EVERY {
        return Ok(None);
    }
    model::operation(name).map(Some).ok_or_else(|| {
        let instead = match model::OPERATIONS.iter().find(|it| it.python_name == name) {
            Some(boto3s) => format!("boto3's method is AWS's {:?}", boto3s.name),
            None => "names are AWS's, as UpdateFunctionCode is".to_owned(),
        };
        format!("{name:?} is not an operation of Lambda; {instead}")
    })
}

/// A refusal, or a broken connection; `done` if the call is done all the same.
///
/// # Errors
/// Why there is no such effect.
pub fn failure(
    operation: Option<&'static Operation>,
    error: &str,
    message: Option<String>,
    done: bool,
) -> Result<Effect, String> {
    let connection = Connection::named(error);
    if done && !connection.is_some_and(Connection::may_be_done) {
        let lost: Vec<_> = Connection::ALL.into_iter().filter(|it| it.may_be_done()).map(Connection::name).collect();
        let lost = lost.join(" or ");
        return Err(format!("done=True is for answers that are lost: {lost}, not {error}"));
    }
    if message.is_some() && connection.is_some() {
        return Err(format!("message is for AWS's errors; {error} has botocore's own"));
    }
    refusal(operation, error, message, done).map_err(|unknown| unknown.to_string())
}

/// An answer that takes its time.
///
/// # Errors
/// For less than a millisecond, or more than a day.
pub fn latency(seconds: f64) -> Result<Effect, String> {
    if !(0.001..=MOST_SECONDS).contains(&seconds) {
        return Err(format!("seconds is 0.001 to {MOST_SECONDS}, not {seconds}"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a day has fewer milliseconds")]
    Ok(Effect::Delay((seconds * 1000.0).round() as i64))
}

/// A call that waits, `timeout` seconds at most, or until `is_over`.
///
/// # Errors
/// See [`patience`].
pub fn hold(timeout: f64, is_over: impl Fn() -> bool + Send + Sync + 'static) -> Result<Effect, String> {
    Ok(Effect::Hold(Gate::new(patience(timeout)?, is_over)))
}

/// How long somebody waits.
///
/// # Errors
/// For less than nothing, or more than a day.
pub fn patience(seconds: f64) -> Result<Duration, String> {
    if !(0.0..=MOST_SECONDS).contains(&seconds) {
        return Err(format!("timeout is 0 to {MOST_SECONDS} seconds, not {seconds}"));
    }
    Ok(Duration::from_secs_f64(seconds))
}
