//! What an operation works with: the world it is called in, the store, the packages, the present moment.

use std::sync::Arc;

use crate::arn::{FunctionRef, Scope};
use crate::clock::{Clock, Timestamp};
use crate::error::Error;
use crate::ids::Ids;
use crate::images::Registry;
use crate::links::Links;
use crate::package::Packages;
use crate::state::function::LATEST;
use crate::state::{Function, Key, Record, Settle, Transition};
use crate::store::{Store, StoreError};

/// How often a step is tried again when another caller was faster. Beyond it the call is refused with E5.
const TRIES: usize = 100;

/// The surroundings of one call.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The caller's account and the endpoint's Region.
    pub scope: &'a Scope,
    /// Where the moment comes from.
    pub clock: &'a Clock,
    /// The moment of the call.
    pub now: Timestamp,
    /// When updates settle.
    pub settle: Settle,
    /// Where records are.
    pub store: &'a dyn Store,
    /// Where packages are.
    pub packages: &'a Packages,
    /// Where images are.
    pub images: &'a Registry,
    /// Links to packages.
    pub links: &'a Links,
    /// Where ids come from.
    pub ids: &'a Ids,
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

impl Context<'_> {
    /// The same call at the present moment: checking a package takes time, in which others may have written.
    #[must_use]
    pub fn later(&self) -> Self {
        Self { now: self.clock.now(), ..*self }
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
        let (_, Record::Function(function)) = self.store.get(key)?.ok_or_else(|| not_found(key))?;
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
        for _ in 0..TRIES {
            let (version, Record::Function(function)) = self.store.get(key)?.ok_or_else(|| not_found(key))?;
            let settled = function.settled(self.now, false);
            let (outcome, written) = match step(settled.as_ref().unwrap_or(&function))? {
                Step::Keep(outcome) => return Ok(outcome),
                Step::Put(changed, outcome) => {
                    (outcome, self.store.put(key, Record::Function(Arc::new(*changed)), Some(version)).map(|_| ()))
                }
                Step::Delete(outcome) => (outcome, self.store.delete(key, version)),
            };
            match written {
                Ok(()) => return Ok(outcome),
                Err(StoreError::Moved) => {}
                Err(broken) => return Err(broken.into()),
            }
        }
        Err(Error::ConcurrentRequests)
    }

    /// A transition that begins now and ends with a new revision (N1).
    #[must_use]
    pub fn transition(&self) -> Transition {
        Transition::new(self.settle, self.now, Some(self.ids.uuid()))
    }

    /// The same for a published version, which keeps its revision (facts 3.2).
    #[must_use]
    pub fn version_transition(&self) -> Transition {
        Transition::new(self.settle, self.now, None)
    }
}

/// E1.
#[must_use]
pub(super) fn not_found(key: &Key) -> Error {
    Error::FunctionNotFound { arn: key.arn() }
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
            StoreError::Broken(reason) => Self::internal(reason),
        }
    }
}
