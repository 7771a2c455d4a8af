//! `/_drylambda/clock`: the emulator's clock.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{Done, Mistake, read};
use crate::clock::{Clock, Timestamp};

/// What a clock can be told.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Told {
    /// To move on by so many seconds, or back.
    Advance(f64),
    /// To stand, at a moment or where it is.
    Freeze(Option<String>),
    /// To run again.
    Resume(IgnoredAny),
}

pub(super) fn answer(clock: &Clock, method: &str, body: &[u8]) -> Done {
    match method {
        "GET" | "HEAD" => Ok(shown(clock).into()),
        "POST" => {
            tell(clock, read(body)?)?;
            Ok(shown(clock).into())
        }
        _ => Err(Mistake::Method),
    }
}

fn tell(clock: &Clock, told: Told) -> Result<(), Mistake> {
    match told {
        #[expect(clippy::cast_possible_truncation, reason = "casts saturate, and the clock cuts what is out of range")]
        Told::Advance(seconds) => clock.advance((seconds * 1000.0).round() as i64),
        Told::Freeze(None) => clock.freeze(None),
        Told::Freeze(Some(text)) => match Timestamp::from_iso(&text) {
            Some(moment) => clock.freeze(Some(moment)),
            None => return Err(Mistake::Wrong(format!("freeze is an ISO 8601 text or null, not {text:?}"))),
        },
        Told::Resume(IgnoredAny) => clock.resume(),
    }
    Ok(())
}

fn shown(clock: &Clock) -> Value {
    json!({ "now": clock.now().iso_micros(), "frozen": clock.is_frozen() })
}
