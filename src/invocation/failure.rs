//! The answers that Lambda gives in a handler's place.

use std::fmt::Write as _;

/// Why there is no answer of the handler.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// It ran longer than the function's timeout, in seconds.
    TimedOut(f64),
    /// The process ended with this status.
    Exited(i32),
    /// The process ended with status 0.
    ExitedWithoutReason,
    /// The process was ended by a signal of this name; `killed` is also what comes of too much memory.
    Killed(String),
    /// The process could not be started, with the whole sentence.
    NotStarted(String),
    /// More than [`RESPONSE_BYTES`](super::RESPONSE_BYTES) were answered.
    ResponseTooLarge,
}

impl Failure {
    /// `errorType`.
    #[must_use]
    pub fn error_type(&self) -> &'static str {
        match self {
            Self::TimedOut(_) => "Sandbox.Timedout",
            Self::Exited(_) | Self::ExitedWithoutReason | Self::Killed(_) => "Runtime.ExitError",
            Self::NotStarted(_) => "Runtime.InvalidEntrypoint",
            Self::ResponseTooLarge => "Function.ResponseSizeTooLarge",
        }
    }

    /// What the system's log calls it.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Self::TimedOut(_) => "timeout",
            Self::ResponseTooLarge => "error",
            _ => "failure",
        }
    }

    /// The sentence behind `Error: `.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::TimedOut(seconds) => format!("Task timed out after {seconds:.2} seconds"),
            Self::Exited(status) => format!("Runtime exited with error: exit status {status}"),
            Self::ExitedWithoutReason => "Runtime exited without providing a reason".to_owned(),
            Self::Killed(signal) => format!("Runtime exited with error: signal: {signal}"),
            Self::NotStarted(why) => why.clone(),
            Self::ResponseTooLarge => {
                format!(
                    "Response payload size exceeded maximum allowed payload size ({} bytes).",
                    super::RESPONSE_BYTES
                )
            }
        }
    }

    /// The payload of the answer to a call.
    #[must_use]
    pub fn to_json(&self, request_id: &str) -> String {
        let reason = self.reason();
        let message = match self {
            Self::ResponseTooLarge => reason,
            _ => format!("RequestId: {request_id} Error: {reason}"),
        };
        format!(r#"{{"errorType":"{}","errorMessage":{}}}"#, self.error_type(), quoted(&message))
    }
}

/// A text as JSON has it, in quotation marks.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            letter if letter < ' ' => {
                let _ = write!(json, "\\u{:04x}", u32::from(letter));
            }
            letter => json.push(letter),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_json_that_names_the_request() {
        let failure = Failure::TimedOut(3.0);
        let json = r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r-1 Error: Task timed out after 3.00 seconds"}"#;
        assert_eq!(failure.to_json("r-1"), json);
        let json: serde_json::Value =
            serde_json::from_str(&Failure::NotStarted("a \"b\"\n\u{1}".into()).to_json("r")).unwrap();
        assert_eq!(json["errorMessage"], "RequestId: r Error: a \"b\"\n\u{1}");
    }
}
