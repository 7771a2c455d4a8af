//! What an operation works with: the world it is called in, the store, the packages, the present moment.

use std::sync::Arc;

use super::due::Due;
use crate::arn::{FunctionRef, Scope};
use crate::clock::{Clock, Timestamp};
use crate::error::Error;
use crate::iam::Caller;
use crate::ids::Ids;
use crate::images::Registry;
use crate::invocation::Invoker;
use crate::layers::Layers;
use crate::links::{Endpoint, Links};
use crate::options::Options;
use crate::package::Packages;
use crate::signing::Signatures;
use crate::sources::Sources;
use crate::state::function::LATEST;
use crate::state::{Function, Key, Passed, Record, RecordKind, Transition};
use crate::store::{Store, StoreError};

/// How often a step is tried again when another caller was faster. Beyond it the call is refused with E5.
const TRIES: usize = 100;

/// The surroundings of one call.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The account whose resources the call is about and the endpoint's Region: the caller's, unless it was let in elsewhere.
    pub scope: &'a Scope,
    /// Who calls, and what it may.
    pub caller: &'a Caller,
    /// The server that was reached, for links back to it.
    pub endpoint: Option<Endpoint<'a>>,
    /// Where the moment comes from.
    pub clock: &'a Clock,
    /// The moment of the call.
    pub now: Timestamp,
    /// What the emulator was made with.
    pub options: &'a Options,
    /// Where records are.
    pub store: &'a dyn Store,
    /// Where packages are.
    pub packages: &'a Packages,
    /// Where objects of S3 are.
    pub sources: &'a Sources,
    /// Where images are.
    pub images: &'a Registry,
    /// Which packages are signed.
    pub signatures: &'a Signatures,
    /// Which layer versions there are.
    pub layers: &'a Layers,
    /// Links to packages.
    pub links: &'a Links,
    /// Updates that keep what they replaced.
    pub due: &'a Due,
    /// Where ids come from.
    pub ids: &'a Ids,
    /// Who runs functions.
    pub invoker: &'a Invoker,
    /// Of the call; empty where there is none.
    pub request_id: &'a str,
}

/// What a step makes of a function.
pub enum Step<T> {
    /// Nothing is written.
    Keep(T),
    /// The changed function is written.
    Put(Box<Function>, T),
    /// The function is deleted.
    Delete(T),
}

/// What becomes of a record.
pub enum Swap {
    /// It stays as it is.
    Keep,
    /// This takes its place.
    Put(Record),
    /// It goes.
    Delete,
}

impl Context<'_> {
    /// The same call at the present moment: checking a package takes time, in which others may have written.
    #[must_use]
    pub fn later(&self) -> Self {
        Self { now: self.clock.now(), ..*self }
    }

    /// The function that a test names, without a call: by its name, or by an ARN.
    ///
    /// # Errors
    /// [`Error::FunctionNotFound`] for what can be the name of none.
    pub fn named(&self, text: &str) -> Result<FunctionRef, Error> {
        FunctionRef::parse(text).ok_or_else(|| Error::FunctionNotFound { arn: self.scope.function_arn(text) })
    }

    /// The key of the function that a caller named (E10, F7).
    ///
    /// # Errors
    /// [`Error::OtherRegion`] and [`Error::OtherAccount`].
    pub fn key(&self, function: &FunctionRef) -> Result<Key, Error> {
        if let Some(region) = function.region.as_ref().filter(|region| ***region != *self.scope.region) {
            return Err(Error::OtherRegion { region: region.clone(), endpoint_region: self.scope.region.to_string() });
        }
        if function.account.as_ref().is_some_and(|account| **account != *self.scope.account) {
            return Err(Error::OtherAccount);
        }
        Ok(Key::function(self.scope, &function.name))
    }

    /// The key of a function where only `$LATEST` will do (E9, F3).
    ///
    /// # Errors
    /// As [`Context::key`], and [`Error::QualifierNotLatest`].
    pub fn latest_key(&self, function: &FunctionRef) -> Result<Key, Error> {
        let key = self.key(function)?;
        match function.qualifier.as_deref() {
            None | Some(LATEST) => Ok(key),
            Some(_) => Err(Error::QualifierNotLatest),
        }
    }

    /// The function of this key as it is now; `reading` settles what waits for a reader.
    ///
    /// # Errors
    /// [`Error::FunctionNotFound`] (E1).
    pub fn function(&self, key: &Key, reading: bool) -> Result<Arc<Function>, Error> {
        let function = self.stored(key)?;
        if !reading {
            return Ok(function.settled(self.now, false).map_or(function, Arc::new));
        }
        if function.settled(self.now, true).is_none() {
            return Ok(function);
        }
        self.change(key, |function| {
            let settled = function.settled(self.now, true).unwrap_or_else(|| function.clone());
            Ok(Step::Put(Box::new(settled.clone()), Arc::new(settled)))
        })
    }

    /// Takes one step from the function as it is now to what `step` makes of it, again if another caller was faster.
    ///
    /// # Errors
    /// [`Error::FunctionNotFound`], what `step` refuses with, and [`Error::ConcurrentRequests`].
    pub fn change<T>(&self, key: &Key, mut step: impl FnMut(&Function) -> Result<Step<T>, Error>) -> Result<T, Error> {
        self.swap(key, |record| {
            let Some(Record::Function(function)) = record else { return Err(not_found(key)) };
            let settled = function.settled(self.now, false);
            Ok(match step(settled.as_ref().unwrap_or(function))? {
                Step::Keep(outcome) => (Swap::Keep, outcome),
                Step::Put(changed, outcome) => (Swap::Put(Record::Function(Arc::new(*changed))), outcome),
                Step::Delete(outcome) => {
                    self.keep_last_number(key, function.last_number)?;
                    (Swap::Delete, outcome)
                }
            })
        })
    }

    /// Replaces the record of a key by what `step` makes of it, again if another caller was faster.
    ///
    /// # Errors
    /// What `step` refuses with, [`Error::CodeStorageExceeded`] and [`Error::ConcurrentRequests`].
    pub fn swap<T>(
        &self,
        key: &Key,
        mut step: impl FnMut(Option<&Record>) -> Result<(Swap, T), Error>,
    ) -> Result<T, Error> {
        for _ in 0..TRIES {
            let (version, current) = self.store.get(key)?.unzip();
            let current = current.and_then(|record| self.left(record, false));
            let (swap, outcome) = step(current.as_ref())?;
            let written = match (swap, version) {
                (Swap::Put(record), _) => {
                    let put = self.store.put(key, record.clone(), version, self.options.code_storage_limit);
                    if put.is_ok() {
                        self.note_due(key, &record);
                    }
                    put.map(|_| ())
                }
                (Swap::Delete, Some(version)) => self.store.delete(key, version),
                (Swap::Keep, _) | (Swap::Delete, None) => return Ok(outcome),
            };
            match written {
                Ok(()) => return Ok(outcome),
                Err(StoreError::Moved) => {}
                Err(broken) => return Err(broken.into()),
            }
        }
        Err(Error::ConcurrentRequests)
    }

    /// The record of this key as it is now; `reading` carries out what waits for a reader.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn record(&self, key: &Key, reading: bool) -> Result<Option<Record>, Error> {
        let Some((version, record)) = self.store.get(key)? else { return Ok(None) };
        let written = match record.passed(self.now, reading) {
            Passed::Nothing => return Ok(Some(record)),
            Passed::Became(record) => {
                let put = self.store.put(key, record.clone(), Some(version), u64::MAX);
                put.map(|_| self.note_due(key, &record))
            }
            Passed::Gone => self.store.delete(key, version),
        };
        match written {
            // Somebody else was faster, with this or with something newer.
            Ok(()) | Err(StoreError::Moved) => {}
            Err(broken) => return Err(broken.into()),
        }
        Ok(self.store.get(key)?.and_then(|(_, record)| self.left(record, reading)))
    }

    /// Notes when a record that was written is due, and who waits for its end.
    fn note_due(&self, key: &Key, record: &Record) {
        match record {
            Record::Function(function) => self.due.add(key, function),
            Record::DurableExecution(execution) => self.invoker.wake(key, execution),
            _ => {}
        }
    }

    /// What time has left of a record.
    pub(super) fn left(&self, record: Record, reading: bool) -> Option<Record> {
        match record.passed(self.now, reading) {
            Passed::Nothing => Some(record),
            Passed::Became(changed) => Some(changed),
            Passed::Gone => None,
        }
    }

    /// The functions of the account in this Region, by name, as they are now; nothing that waits for a reader settles.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn functions(&self) -> Result<Vec<Arc<Function>>, Error> {
        let records = self.store.list(self.scope, RecordKind::Function, "", usize::MAX)?;
        let functions = records.into_iter().filter_map(|record| match record {
            Record::Function(function) => Some(function.settled(self.now, false).map_or(function, Arc::new)),
            _ => None,
        });
        Ok(functions.collect())
    }

    fn stored(&self, key: &Key) -> Result<Arc<Function>, Error> {
        match self.store.get(key)? {
            Some((_, Record::Function(function))) => Ok(function),
            _ => Err(not_found(key)),
        }
    }

    /// Remembers the version numbers of a function that is about to be deleted, where they are never used again (V3).
    fn keep_last_number(&self, key: &Key, last_number: u64) -> Result<(), Error> {
        if !self.options.keep_version_numbers || last_number == 0 {
            return Ok(());
        }
        let key = key.last_number();
        let expected = self.store.get(&key)?.map(|(version, _)| version);
        match self.store.put(&key, Record::LastNumber(last_number), expected, u64::MAX) {
            // Somebody else deletes the same function.
            Ok(_) | Err(StoreError::Moved) => Ok(()),
            Err(broken) => Err(broken.into()),
        }
    }

    /// The highest version number that a function of this key has had (V3).
    ///
    /// # Errors
    /// A fault of the store.
    pub fn last_number(&self, key: &Key) -> Result<u64, Error> {
        match self.store.get(&key.last_number())? {
            Some((_, Record::LastNumber(number))) if self.options.keep_version_numbers => Ok(number),
            _ => Ok(0),
        }
    }

    /// Whether there is room for the function of this key once it takes `charged_after` bytes (Z15). The store asks again
    /// with each write, as others may be faster; asked before, a call that is refused has drawn no ids.
    ///
    /// # Errors
    /// [`Error::CodeStorageExceeded`].
    pub fn check_room(&self, key: &Key, charged_after: u64) -> Result<(), Error> {
        if self.has_room(key, charged_after)? {
            return Ok(());
        }
        // What has settled since it was written may take less by now.
        self.settle_due()?;
        if self.has_room(key, charged_after)? { Ok(()) } else { Err(Error::CodeStorageExceeded) }
    }

    fn has_room(&self, key: &Key, charged_after: u64) -> Result<bool, Error> {
        let charged = self.store.get(key)?.map_or(0, |(_, record)| record.charged_bytes());
        let all = self.store.charged_bytes(self.scope)?.saturating_sub(charged).saturating_add(charged_after);
        Ok(charged_after <= charged || all <= self.options.code_storage_limit)
    }

    /// A transition that begins now and ends with a new revision (N1).
    #[must_use]
    pub fn transition(&self) -> Transition {
        Transition::new(self.options.settle, self.now, Some(self.ids.uuid()))
    }

    /// The same for a published version, which keeps its revision (facts 3.2).
    #[must_use]
    pub fn version_transition(&self) -> Transition {
        Transition::new(self.options.settle, self.now, None)
    }
}

/// E1.
#[must_use]
pub(super) fn not_found(key: &Key) -> Error {
    Error::FunctionNotFound { arn: key.arn() }
}

/// E1 of a qualifier, where one was given.
#[must_use]
pub(super) fn missing(cx: &Context<'_>, key: &Key, qualifier: Option<&str>) -> Error {
    let arn = qualifier.map_or_else(|| key.arn(), |qualifier| cx.scope.qualified_arn(&key.name, qualifier));
    Error::FunctionNotFound { arn }
}

/// The qualifier of a call that may carry one in the name, in its own parameter, or in both (G7).
///
/// # Errors
/// [`Error::QualifierMismatch`] if the two differ.
pub(super) fn qualifier(function: &FunctionRef, parameter: Option<String>) -> Result<Option<String>, Error> {
    match (&function.qualifier, parameter) {
        (Some(named), Some(given)) if *named != given => Err(Error::QualifierMismatch),
        (Some(named), _) => Ok(Some(named.clone())),
        (None, given) => Ok(given),
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Moved => Self::ConcurrentRequests,
            StoreError::Full => Self::CodeStorageExceeded,
            StoreError::Broken(reason) => Self::internal(reason),
        }
    }
}
