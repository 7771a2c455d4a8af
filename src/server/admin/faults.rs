//! `/_drylambda/faults`: what is to go wrong.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Done, Mistake, read};
use crate::faults::{Effect, Faults, Rule, asked};
use crate::protocol::document::Members;
use crate::protocol::json::read_parameters;

/// A fault as somebody asks for it: one of `error`, `delay` and `hold`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// AWS's name, or `*`.
    operation: String,
    /// The code of one of AWS's errors, or botocore's name of a broken connection.
    error: Option<String>,
    /// The error's text.
    message: Option<String>,
    /// Whether the call is done all the same.
    #[serde(default)]
    done: bool,
    /// So many seconds of the emulator's clock.
    delay: Option<f64>,
    /// At most so many seconds of the system's clock.
    hold: Option<f64>,
    /// For so many calls.
    times: Option<u32>,
    /// For calls whose parameters hold these.
    when: Option<Value>,
}

pub(super) fn answer(faults: &Faults, method: &str, which: &str, body: &[u8]) -> Done {
    let (id, act) = which.split_once('/').unwrap_or((which, ""));
    match (method, id, act) {
        ("GET" | "HEAD", "", "") => {
            Ok(json!({ "faults": faults.all().iter().map(|rule| shown(rule)).collect::<Vec<_>>() }).into())
        }
        ("POST", "", "") => {
            let rule = Arc::new(rule(read(body)?).map_err(Mistake::Wrong)?);
            faults.add(Arc::clone(&rule));
            Ok(shown(&rule).into())
        }
        ("DELETE", "", "") => {
            faults.clear();
            Ok(json!({ "status": "ok" }).into())
        }
        ("GET" | "HEAD", id, "") => Ok(shown(&*find(faults, id)?).into()),
        ("DELETE", id, "") => {
            let rule = find(faults, id)?;
            faults.remove(&rule);
            Ok(shown(&rule).into())
        }
        ("POST", id, "release") => {
            let rule = find(faults, id)?;
            let Effect::Hold(gate) = rule.effect() else {
                return Err(Mistake::Wrong(format!("nothing is held by {rule}")));
            };
            gate.release();
            Ok(shown(&rule).into())
        }
        (_, _, "" | "release") => Err(Mistake::Method),
        _ => Err(Mistake::Missing(format!("a fault has nothing called {act:?}"))),
    }
}

fn find(faults: &Faults, id: &str) -> Result<Arc<Rule>, Mistake> {
    let rule = id.parse().ok().and_then(|id: u64| faults.all().into_iter().find(|rule| rule.id() == id));
    rule.ok_or_else(|| Mistake::Missing(format!("no fault has the id {id:?}")))
}

fn rule(asked: Asked) -> Result<Rule, String> {
    let operation = asked::operation(&asked.operation)?;
    let effect = match (asked.error, asked.delay, asked.hold) {
        (Some(error), None, None) => asked::failure(operation, &error, asked.message, asked.done)?,
        (None, Some(_), None) | (None, None, Some(_)) if asked.message.is_some() || asked.done => {
            return Err("message and done are for an error".into());
        }
        (None, Some(seconds), None) => asked::latency(seconds)?,
        // The gate opens when the rule is released or removed, which needs no thread of those that wait.
        (None, None, Some(seconds)) => asked::hold(seconds, || false)?,
        _ => return Err("a fault has one of error, delay and hold".into()),
    };
    if asked.times == Some(0) {
        return Err("times is a number of calls, 1 or more, not 0".into());
    }
    let when = match (operation, asked.when) {
        (_, None) => Members::new(),
        (Some(operation), Some(when)) => {
            read_parameters(operation.input, when.to_string().as_bytes()).map_err(|error| format!("when: {error}"))?
        }
        (None, Some(_)) => return Err("when is about the parameters of one operation, not of all".into()),
    };
    Ok(Rule::new(operation, when, asked.times, effect))
}

fn shown(rule: &Rule) -> Value {
    json!({ "id": rule.id(), "fault": rule.to_string(), "met": rule.met(), "used": rule.is_used() })
}
