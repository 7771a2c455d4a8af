//! The default store: a map in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{Store, StoreError, Version};
use crate::arn::Scope;
use crate::state::{Key, Record, RecordKind};

type Records = BTreeMap<Key, (Version, Record)>;

/// Records in memory. [`MemoryStore::fork`] costs a pointer; the map is copied at the first write after it.
#[derive(Debug, Default)]
pub struct MemoryStore(RwLock<State>);

#[derive(Debug, Default, Clone)]
struct State {
    records: Arc<Records>,
    last_version: Version,
}

impl MemoryStore {
    /// An independent copy of what is stored now.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self(RwLock::new(self.0.read().unwrap_or_else(PoisonError::into_inner).clone()))
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).records = Arc::default();
    }

    fn write<T>(
        &self,
        key: &Key,
        expected: Option<Version>,
        change: impl FnOnce(&mut Records, Version) -> T,
    ) -> Result<T, StoreError> {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if state.records.get(key).map(|(version, _)| *version) != expected {
            return Err(StoreError::Moved);
        }
        state.last_version += 1;
        let version = state.last_version;
        Ok(change(Arc::make_mut(&mut state.records), version))
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &Key) -> Result<Option<(Version, Record)>, StoreError> {
        Ok(self.0.read().unwrap_or_else(PoisonError::into_inner).records.get(key).cloned())
    }

    fn put(&self, key: &Key, record: Record, expected: Option<Version>) -> Result<Version, StoreError> {
        self.write(key, expected, |records, version| {
            records.insert(key.clone(), (version, record));
            version
        })
    }

    fn delete(&self, key: &Key, expected: Version) -> Result<(), StoreError> {
        self.write(key, Some(expected), |records, _| {
            records.remove(key);
        })
    }

    fn list(&self, scope: &Scope, kind: RecordKind, from: &str, limit: usize) -> Result<Vec<Record>, StoreError> {
        let state = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let first = Key { scope: scope.clone(), kind, name: from.into() };
        let records = state.records.range(first..).take_while(|(key, _)| key.scope == *scope && key.kind == kind);
        Ok(records.take(limit).map(|(_, (_, record))| record.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance;

    #[test]
    fn memory_conforms() {
        conformance::all(&MemoryStore::default);
    }

    #[test]
    fn a_fork_and_its_origin_go_their_own_ways() {
        let store = MemoryStore::default();
        let key = conformance::key("us-east-1", "fn");
        let version = store.put(&key, conformance::record("fn"), None).unwrap();
        let fork = store.fork();
        store.delete(&key, version).unwrap();
        assert!(store.get(&key).unwrap().is_none());
        assert!(fork.get(&key).unwrap().is_some());
        fork.clear();
        assert!(fork.get(&key).unwrap().is_none());
    }
}
