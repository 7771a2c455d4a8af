//! What was called: the newest calls of an emulator, with what came of them.
//!
//! The one idea to hold: an entry is written once, when the call is over, and shared from then on. It has the parameters
//! as the caller gave them but for the packages' bytes and what is longer than any value that AWS takes, and the answer
//! itself, which costs nothing to keep as it is shared with whoever got it. [`cloudtrail`] writes entries the way AWS
//! does.

pub mod cloudtrail;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::arn::Scope;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::iam::Caller;
use crate::model::Operation;
use crate::protocol::document::{Document, Members};
use crate::protocol::json;

/// How many calls are kept; beyond it the oldest go.
const MOST_ENTRIES: usize = 10_000;

/// How many bytes the parameters and texts of all calls that are kept may have together; beyond it the oldest go.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The longest value of a parameter that is kept, in bytes of JSON: fifty tags of the longest keys and values are less.
const MOST_VALUE_BYTES: u64 = 128 * 1024;

/// How much of the text of a refusal is kept, in bytes: such a text repeats what is refused.
const MOST_TEXT_BYTES: usize = 16 * 1024;

/// The newest calls of one emulator, oldest first.
#[derive(Debug, Default)]
pub struct Journal(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Arc<Entry>>,
    /// Of all of them.
    bytes: u64,
}

/// One call and what came of it.
#[derive(Debug)]
pub struct Entry {
    /// Which of the API's operations.
    pub operation: &'static Operation,
    /// The caller's account and the endpoint's Region.
    pub scope: Scope,
    /// Who called.
    pub caller: Caller,
    /// When the call began, on the emulator's clock.
    pub at: Timestamp,
    /// Of the answer (W1).
    pub request_id: String,
    /// As they were given, without bytes and overlong values; nothing of a request that could not be read.
    pub parameters: Members,
    /// The output's members, or the refusal.
    pub result: Result<Arc<Members>, Refused>,
}

impl Entry {
    /// Roughly what it takes of memory beyond the answer, which others have too.
    fn bytes(&self) -> u64 {
        let parameters: usize = self.parameters.iter().map(|(_, value)| value.memory_bytes()).sum();
        let text = self.result.as_ref().err().and_then(|refused| refused.message.as_deref()).map_or(0, str::len);
        let answered = self.result.as_ref().map_or(0, |members| members.iter().map(own_bytes).sum());
        (parameters + text + answered) as u64
    }
}

/// What is kept of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The error code.
    pub code: &'static str,
    /// The text, as far as it is kept; `None` where AWS's is null.
    pub message: Option<Arc<str>>,
    /// The same without the environment variables that it may quote, for records that others read.
    pub public_message: Option<Arc<str>>,
}

impl From<&Error> for Refused {
    fn from(error: &Error) -> Self {
        let text = error.message();
        let message: Option<Arc<str>> = text.as_deref().map(shortened);
        let public_message = match (error, text) {
            (Error::EnvironmentTooLarge { measured }, Some(text)) => Some(shortened(&text.replace(measured, "{}"))),
            _ => message.clone(),
        };
        Self { code: error.code(), message, public_message }
    }
}

/// A text, or its beginning and its length.
fn shortened(text: &str) -> Arc<str> {
    if text.len() <= MOST_TEXT_BYTES {
        return text.into();
    }
    let end = (0..=MOST_TEXT_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    format!("{}... ({} bytes)", text.get(..end).unwrap_or_default(), text.len()).into()
}

impl Journal {
    /// Adds a call.
    pub fn add(&self, entry: Entry) {
        let entry = Arc::new(entry);
        let bytes = entry.bytes();
        // What is dropped is dropped outside of the lock.
        let mut dropped = Vec::new();
        let mut kept = self.kept();
        while kept.entries.len() >= MOST_ENTRIES || (kept.bytes + bytes > MOST_BYTES && !kept.entries.is_empty()) {
            let Some(oldest) = kept.entries.pop_front() else { break };
            kept.bytes -= oldest.bytes();
            dropped.push(oldest);
        }
        kept.bytes += bytes;
        kept.entries.push_back(entry);
        drop(kept);
        drop(dropped);
    }

    /// Every call that is kept, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Entry>> {
        self.kept().entries.iter().cloned().collect()
    }

    /// Forgets every call.
    pub fn clear(&self) {
        let forgotten = std::mem::take(&mut *self.kept());
        drop(forgotten);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is kept of an answer: all of it but for what a function said at length.
#[must_use]
pub fn kept_answer(answer: &Arc<Members>) -> Arc<Members> {
    let is_kept = |it: &&(&'static str, Document)| own_bytes(it) as u64 <= MOST_VALUE_BYTES;
    if answer.iter().all(|it| is_kept(&it)) {
        return Arc::clone(answer);
    }
    Arc::new(answer.iter().filter(is_kept).cloned().collect())
}

/// The bytes of what a function said, which nobody has but the answer; the rest of an answer is shared.
fn own_bytes((name, value): &(&'static str, Document)) -> usize {
    match value {
        Document::Blob(bytes) => bytes.len(),
        Document::List(_) if *name == "EventStream" => value.memory_bytes(),
        _ => 0,
    }
}

/// A copy of an input's members without bytes, and without values that are longer than any that can be meant.
#[must_use]
pub fn kept(input: &Document) -> Members {
    match input {
        Document::Structure(members) => copied(members),
        _ => Members::new(),
    }
}

fn copied(members: &Members) -> Members {
    let is_kept = |value: &Document| match value {
        Document::Blob(_) | Document::Null => false,
        Document::Structure(_) => true,
        value => json::size(value) <= MOST_VALUE_BYTES,
    };
    let kept = members.iter().filter(|(_, value)| is_kept(value));
    kept.map(|(name, value)| {
        let value = match value {
            Document::Structure(members) => Document::Structure(copied(members)),
            other => other.clone(),
        };
        (*name, value)
    })
    .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model;

    /// A call of UpdateFunctionCode.
    pub(crate) fn entry(parameters: Members, result: Result<Members, Error>) -> Entry {
        let scope = Scope::new("123456789012", "eu-west-1");
        Entry {
            operation: &model::UPDATE_FUNCTION_CODE,
            caller: Caller::new(Some("AKIAIOSFODNN7EXAMPLE"), &scope.account),
            scope,
            at: Timestamp::SEEDED,
            request_id: "8f7b4a5e-93b6-4a7c-9d5f-0d8c1b2a3e4f".into(),
            parameters,
            result: result.map(Arc::new).map_err(|error| Refused::from(&error)),
        }
    }

    #[test]
    fn the_oldest_calls_go_when_there_are_too_many() {
        let journal = Journal::default();
        for number in 0..=MOST_ENTRIES {
            journal.add(Entry { request_id: number.to_string(), ..entry(Members::new(), Err(Error::NoSource)) });
        }
        let all = journal.all();
        assert_eq!((all.len(), &*all[0].request_id), (MOST_ENTRIES, "1"));
        journal.clear();
        assert!(journal.all().is_empty());
    }

    #[test]
    fn bytes_are_left_out_wherever_they_stand() {
        let code = vec![("ZipFile", Document::Blob("zip".into())), ("S3Key", Document::String("key".into()))];
        let input = Document::Structure(vec![
            ("ZipFile", Document::Blob("zip".into())),
            ("Publish", Document::Boolean(true)),
            ("Code", Document::Structure(code)),
        ]);
        let code = Document::Structure(vec![("S3Key", Document::String("key".into()))]);
        assert_eq!(kept(&input), [("Publish", Document::Boolean(true)), ("Code", code)]);
    }

    #[test]
    fn what_is_longer_than_any_value_is_left_out() {
        let text = |bytes: u64| Document::String("x".repeat(usize::try_from(bytes).unwrap() - 2));
        let list = Document::List(vec![Document::String(String::new()); 100_000]);
        let input = vec![("A", text(MOST_VALUE_BYTES)), ("B", text(MOST_VALUE_BYTES + 1)), ("C", list)];
        let input = Document::Structure(vec![("Code", Document::Structure(input))]);
        let [("Code", Document::Structure(code))] = &kept(&input)[..] else { panic!("{input:?}") };
        assert_eq!(code.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["A"]);
    }

    #[test]
    fn a_text_keeps_its_beginning_and_tells_its_length() {
        assert_eq!(*shortened("short"), *"short");
        let exact = "x".repeat(MOST_TEXT_BYTES);
        assert_eq!(*shortened(&exact), *exact);
        let long = format!("{}ü and more", &exact[1..]);
        assert_eq!(*shortened(&long), format!("{}... ({} bytes)", &exact[1..], long.len()));
    }

    #[test]
    fn secrets_are_taken_out_before_a_text_is_cut() {
        let measured = format!("{{\"KEY\":\"{}\"}}", "s".repeat(MOST_TEXT_BYTES));
        let refused = Refused::from(&Error::EnvironmentTooLarge { measured });
        let public = refused.public_message.unwrap();
        assert!(!public.contains("KEY") && public.contains("{}") && refused.message.unwrap().contains("KEY"));
    }
}
