//! What is written about requests: a line each, for people or for programs.
//!
//! The one idea to hold: a line has what is known of the request from outside. It has no query and no header, as these
//! may sign, and nothing of a body.

use std::fmt;
use std::io::Write as _;
use std::time::Duration;

use serde::Serialize;

use crate::clock::Clock;

/// What is written to the standard error about requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Log {
    /// Nothing.
    #[default]
    Off,
    /// A line of text for each.
    Text,
    /// A line of JSON for each.
    Json,
}

impl Log {
    /// Every form by its name.
    pub const NAMES: [(&'static str, Self); 3] = [("off", Self::Off), ("text", Self::Text), ("json", Self::Json)];

    /// The form of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, log)| log)
    }

    /// Writes a line, unless nothing is to be written. A standard error that is closed is nobody's concern here.
    pub(super) fn write(self, line: &Line<'_>) {
        let text = match self {
            Self::Off => return,
            Self::Text => format!("{line}\n"),
            Self::Json => match serde_json::to_string(line) {
                Ok(text) => format!("{text}\n"),
                Err(_) => return,
            },
        };
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

/// What is written of one request.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    /// When it was answered, by the system's clock.
    at: String,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// `None` where the connection broke.
    pub(super) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request_id: Option<&'a str>,
    pub(super) micros: u128,
}

impl<'a> Line<'a> {
    pub(super) fn new(method: &'a str, path: &'a str, taken: Duration) -> Self {
        let at = Clock::system().now().iso();
        let (status, operation, error, request_id) = (None, None, None, None);
        Self { at, method, path, status, operation, error, request_id, micros: taken.as_micros() }
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.at, self.method, self.path.escape_debug())?;
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("broken")?,
        }
        for part in [self.operation, self.error].into_iter().flatten() {
            write!(f, " {part}")?;
        }
        write!(f, " {} us", self.micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line<'static> {
        Line { status: Some(404), error: Some("NoSuchKey"), ..Line::new("GET", "/b/\u{7}", Duration::from_micros(7)) }
    }

    #[test]
    fn a_line_of_text_is_one_line() {
        let text = line().to_string();
        assert!(text.ends_with(" GET /b/\\u{7} 404 NoSuchKey 7 us"), "{text}");
    }

    #[test]
    fn a_line_of_json_has_the_parts_by_name() {
        let json = serde_json::to_value(line()).unwrap();
        assert_eq!((&json["status"], &json["error"], &json["micros"]), (&404.into(), &"NoSuchKey".into(), &7.into()));
    }
}
