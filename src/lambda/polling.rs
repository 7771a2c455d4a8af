//! Event source mappings, for who polls their sources.
//!
//! The one idea to hold: a poller is no caller. It looks at the mappings of all accounts and Regions, and what it has done
//! is written into them, so that it is dumped, forked and deleted with them.

use std::sync::Arc;

use super::Lambda;
use crate::arn::{FunctionRef, Scope};
use crate::error::Error;
use crate::iam::Caller;
use crate::operations::{Context, Swap};
use crate::state::event_source::Progress;
use crate::state::{EventSourceMapping, Function, Key, Passed, Record, RecordKind};
use crate::store::Store as _;

impl Lambda {
    /// The mappings that are polled, by account, Region and id: those that are enabled, or will be with the next read. A
    /// poller waits for no reader, and settles nothing.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn event_sources(&self) -> Result<Vec<(Key, Arc<EventSourceMapping>)>, Error> {
        let mut found = Vec::new();
        for key in self.store.keys(RecordKind::EventSourceMapping) {
            let mapping = self.event_source(&key)?;
            found.extend(mapping.map(|mapping| (key, mapping)));
        }
        Ok(found)
    }

    /// One of them, if it is still polled.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn event_source(&self, key: &Key) -> Result<Option<Arc<EventSourceMapping>>, Error> {
        let Some((_, record)) = self.store.get(key)? else { return Ok(None) };
        let record = match record.passed(self.clock.now(), true) {
            Passed::Nothing => record,
            Passed::Became(changed) => changed,
            Passed::Gone => return Ok(None),
        };
        Ok(match record {
            Record::EventSourceMapping(mapping) => (mapping.enabled && mapping.change.is_none()).then_some(mapping),
            _ => None,
        })
    }

    /// Writes down how far a mapping has come; nothing, if it has gone meanwhile.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn note_progress(&self, key: &Key, change: impl Fn(&mut Progress)) -> Result<(), Error> {
        self.as_poller(&key.scope, |cx| {
            cx.swap(key, |record| {
                let Some(Record::EventSourceMapping(mapping)) = record else { return Ok((Swap::Keep, ())) };
                let mut changed = EventSourceMapping::clone(mapping);
                change(&mut changed.progress);
                Ok((Swap::Put(Record::EventSourceMapping(Arc::new(changed))), ()))
            })
        })
    }

    /// The role of the function that a mapping feeds, if there is one.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn role_of(&self, scope: &Scope, function_arn: &str) -> Result<Option<String>, Error> {
        Ok(self.fed(scope, function_arn, false)?.map(|function| function.latest.settings.role.clone()))
    }

    /// Lets a function leave `Pending` that waits for a reader, as a service waits that is to call it.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn await_function(&self, scope: &Scope, name: &str) -> Result<(), Error> {
        self.fed(scope, name, true).map(|_| ())
    }

    fn fed(&self, scope: &Scope, name: &str, reading: bool) -> Result<Option<Arc<Function>>, Error> {
        let Some(function) = FunctionRef::parse(name) else { return Ok(None) };
        let account = function.account.as_deref().unwrap_or(&scope.account);
        let scope = Scope::new(account, function.region.as_deref().unwrap_or(&scope.region));
        match self.as_poller(&scope, |cx| cx.function(&Key::function(&scope, &function.name), reading)) {
            Ok(function) => Ok(Some(function)),
            Err(Error::FunctionNotFound { .. }) => Ok(None),
            Err(broken) => Err(broken),
        }
    }

    fn as_poller<T>(&self, scope: &Scope, act: impl FnOnce(&Context<'_>) -> T) -> T {
        let caller = Caller::new(None, &scope.account);
        act(&self.context(scope, &caller, self.clock.now()))
    }
}
