//! What was called: the newest calls of an emulator, with what came of them.
//!
//! The one idea to hold: an entry is written once, when the call is over, and shared from then on. It has the parameters
//! as the caller gave them but for the packages' bytes, and the answer itself, which costs nothing to keep as it is
//! shared with whoever got it. [`cloudtrail`] writes entries the way AWS does.

pub mod cloudtrail;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::arn::Scope;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::iam::Caller;
use crate::model::Operation;
use crate::protocol::document::{Document, Members};

/// How many calls are kept; beyond it the oldest go.
const MOST_ENTRIES: usize = 10_000;

/// The newest calls of one emulator, oldest first.
#[derive(Debug, Default)]
pub struct Journal(Mutex<VecDeque<Arc<Entry>>>);

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
    /// As they were given, without bytes; nothing of a request that could not be read.
    pub parameters: Members,
    /// The output's members, or the refusal.
    pub result: Result<Arc<Members>, Error>,
}

impl Journal {
    /// Adds a call.
    pub fn add(&self, entry: Entry) {
        let entry = Arc::new(entry);
        let mut entries = self.entries();
        // What is dropped is dropped outside of the lock.
        let oldest = if entries.len() < MOST_ENTRIES { None } else { entries.pop_front() };
        entries.push_back(entry);
        drop(entries);
        drop(oldest);
    }

    /// Every call that is kept, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Entry>> {
        self.entries().iter().cloned().collect()
    }

    /// Forgets every call.
    pub fn clear(&self) {
        let forgotten = std::mem::take(&mut *self.entries());
        drop(forgotten);
    }

    fn entries(&self) -> MutexGuard<'_, VecDeque<Arc<Entry>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A copy of an input's members without bytes.
#[must_use]
pub fn without_bytes(input: &Document) -> Members {
    match input {
        Document::Structure(members) => copied(members),
        _ => Members::new(),
    }
}

fn copied(members: &Members) -> Members {
    let kept = members.iter().filter(|(_, value)| !matches!(value, Document::Blob(_) | Document::Null));
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
            result: result.map(Arc::new),
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
        assert_eq!(without_bytes(&input), [("Publish", Document::Boolean(true)), ("Code", code)]);
    }
}
