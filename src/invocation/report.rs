//! What Lambda itself writes to a function's log around a call, as text and as JSON.

use super::failure::quoted;
use super::{Invocation, Outcome};
use crate::clock::Timestamp;

/// One entry of a log, without the newline at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(pub String);

/// The whole log of a call, in order: START, what the function wrote, END and REPORT.
///
/// `began` and `ended` are by the emulator's clock.
#[must_use]
pub fn report(invocation: &Invocation, outcome: &Outcome, began: Timestamp, ended: Timestamp) -> Vec<Line> {
    let own = outcome.log.iter().cloned().map(Line);
    let config = &invocation.settings.logging_config;
    if config.log_format.as_deref() == Some("JSON") {
        let level = config.system_log_level.as_deref().unwrap_or("INFO");
        let before = (level != "WARN").then(|| platform(began, "platform.start", &start(invocation)));
        let after = platform(ended, "platform.report", &metrics(invocation, outcome));
        // Reports of what failed are warnings.
        let after = (level != "WARN" || outcome.error.is_some()).then_some(after);
        return before.into_iter().chain(own).chain(after).collect();
    }
    let id = &invocation.request_id;
    let mut lines = vec![Line(format!("START RequestId: {id} Version: {}", invocation.version))];
    lines.extend(own);
    if let Some(told) = told(invocation, outcome, ended) {
        lines.push(Line(told));
    }
    lines.push(Line(format!("END RequestId: {id}")));
    lines.push(Line(text_report(invocation, outcome)));
    lines
}

/// What is said of a failure of the sandbox between the function's own lines and END.
fn told(invocation: &Invocation, outcome: &Outcome, at: Timestamp) -> Option<String> {
    let error = outcome.error.as_ref()?;
    let id = &invocation.request_id;
    let payload = String::from_utf8_lossy(&outcome.payload);
    let reason = payload.split_once(" Error: ").map(|(_, rest)| rest.trim_end_matches("\"}"));
    match error.status {
        "timeout" => Some(format!("{} {id} {}", at.iso_millis(), reason?)),
        "failure" => Some(format!("RequestId: {id} Error: {}\n{}", reason?, error.code)),
        _ => None,
    }
}

fn text_report(invocation: &Invocation, outcome: &Outcome) -> String {
    let Outcome { duration_ms, init_ms, max_memory_mb, .. } = outcome;
    let init = init_ms.map_or_else(String::new, |ms| format!("Init Duration: {ms:.2} ms\t"));
    let status = outcome.error.as_ref().filter(|error| error.status != "error");
    let status = status.map_or_else(String::new, |error| match error.status {
        "timeout" => "Status: timeout".to_owned(),
        _ => format!("Status: error\tError Type: {}", error.code),
    });
    format!(
        "REPORT RequestId: {}\tDuration: {duration_ms:.2} ms\tBilled Duration: {} ms\tMemory Size: {} MB\tMax Memory \
         Used: {max_memory_mb} MB\t{init}{status}",
        invocation.request_id,
        billed(outcome),
        invocation.settings.memory_size,
    )
}

/// Whole milliseconds, with what it took to begin.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "durations are short and not negative")]
fn billed(outcome: &Outcome) -> u64 {
    (outcome.duration_ms + outcome.init_ms.unwrap_or(0.0)).ceil() as u64
}

fn platform(at: Timestamp, kind: &str, record: &str) -> Line {
    Line(format!(r#"{{"time":"{}","type":"{kind}","record":{record}}}"#, at.iso_millis()))
}

fn start(invocation: &Invocation) -> String {
    let (id, version) = (quoted(&invocation.request_id), quoted(&invocation.version));
    format!(r#"{{"requestId":{id},"functionArn":{},"version":{version}}}"#, quoted(&invocation.invoked_arn))
}

fn metrics(invocation: &Invocation, outcome: &Outcome) -> String {
    let Outcome { duration_ms, init_ms, max_memory_mb, error, .. } = outcome;
    let init = init_ms.map_or_else(String::new, |ms| format!(r#","initDurationMs":{ms:.3}"#));
    let (status, kind) = match error {
        None => ("success", String::new()),
        Some(error) => (error.status, format!(r#","errorType":{}"#, quoted(&error.code))),
    };
    format!(
        r#"{{"requestId":{},"metrics":{{"durationMs":{duration_ms:.3},"billedDurationMs":{},"memorySizeMB":{},"maxMemoryUsedMB":{max_memory_mb}{init}}},"status":"{status}"{kind}}}"#,
        quoted(&invocation.request_id),
        billed(outcome),
        invocation.settings.memory_size,
    )
}
