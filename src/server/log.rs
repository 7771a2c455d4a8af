//! What is written about requests: a line each, for people or for programs.
//!
//! The one idea to hold: a line has what is known of the request from outside. It has no query and no header, as these
//! may sign, and nothing of a body.

use std::fmt;
use std::io::{self, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
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
}

/// How many lines wait to be written; beyond it they are not.
const MOST_WAITING: usize = 1024;

/// How long the last lines may take when the server stops.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Writes lines on a thread of its own: whoever reads them may be slow, or gone.
#[derive(Debug)]
pub(super) struct Writer {
    form: Log,
    lines: Option<SyncSender<String>>,
    ended: Mutex<Receiver<()>>,
}

impl Writer {
    /// For lines of a form; nothing is written for `off`.
    ///
    /// # Errors
    /// The system's, if it has no thread.
    pub(super) fn new(form: Log) -> io::Result<Self> {
        let (lines, waiting) = sync_channel::<String>(MOST_WAITING);
        let (end, ended) = sync_channel(1);
        if form != Log::Off {
            thread::Builder::new().name("drylambda-log".into()).spawn(move || {
                for line in waiting {
                    // A standard error that is closed is nobody's concern here.
                    let _ = io::stderr().lock().write_all(line.as_bytes());
                }
                let _ = end.send(());
            })?;
        }
        Ok(Self { form, lines: Some(lines), ended: Mutex::new(ended) })
    }

    /// Whether anything is written.
    pub(super) fn is_on(&self) -> bool {
        self.form != Log::Off
    }

    /// Writes a line.
    pub(super) fn write(&self, line: &Line<'_>) {
        let text = match self.form {
            Log::Off => return,
            Log::Text => format!("{line}\n"),
            Log::Json => match serde_json::to_string(line) {
                Ok(text) => format!("{text}\n"),
                Err(_) => return,
            },
        };
        if let Some(lines) = &self.lines {
            let _ = lines.try_send(text);
        }
    }
}

impl Drop for Writer {
    /// Lets the last lines be written.
    fn drop(&mut self) {
        self.lines = None;
        if self.is_on() {
            let _ = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner).recv_timeout(LAST_LINES);
        }
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
