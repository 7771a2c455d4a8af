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
    charged_bytes: BTreeMap<Scope, u64>,
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
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        state.records = Arc::default();
        state.charged_bytes.clear();
    }

    /// Every record.
    #[must_use]
    pub fn records(&self) -> BTreeMap<Key, Record> {
        let records = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).records);
        records.iter().map(|(key, (_, record))| (key.clone(), record.clone())).collect()
    }

    /// The keys of every record of a kind.
    #[must_use]
    pub fn keys(&self, kind: RecordKind) -> Vec<Key> {
        let records = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).records);
        records.keys().filter(|key| key.kind == kind).cloned().collect()
    }

    /// Puts these records in the place of all that are there. Whoever has read one of those writes too late.
    pub fn replace(&self, records: BTreeMap<Key, Record>) {
        let mut charged_bytes = BTreeMap::<Scope, u64>::new();
        for (key, record) in &records {
            let all = charged_bytes.entry(key.scope.clone()).or_default();
            *all = all.saturating_add(record.charged_bytes());
        }
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        state.last_version += 1;
        let version = state.last_version;
        state.records = Arc::new(records.into_iter().map(|(key, record)| (key, (version, record))).collect());
        state.charged_bytes = charged_bytes;
    }

    /// Puts `record` in the place of the one that is there in the expected version; with none, takes that one away.
    fn write(
        &self,
        key: &Key,
        expected: Option<Version>,
        record: Option<Record>,
        limit_bytes: u64,
    ) -> Result<Version, StoreError> {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let current = state.records.get(key);
        if current.map(|(version, _)| *version) != expected {
            return Err(StoreError::Moved);
        }
        let bytes_before = current.map_or(0, |(_, record)| record.charged_bytes());
        let bytes_after = record.as_ref().map_or(0, Record::charged_bytes);
        let all_before = state.charged_bytes.get(&key.scope).copied().unwrap_or_default();
        let all_after = all_before.saturating_sub(bytes_before).saturating_add(bytes_after);
        if all_after > limit_bytes && all_after > all_before {
            return Err(StoreError::Full);
        }
        if all_after != all_before {
            state.charged_bytes.insert(key.scope.clone(), all_after);
        }
        state.last_version += 1;
        let version = state.last_version;
        let records = Arc::make_mut(&mut state.records);
        match record {
            Some(record) => records.insert(key.clone(), (version, record)),
            None => records.remove(key),
        };
        Ok(version)
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &Key) -> Result<Option<(Version, Record)>, StoreError> {
        Ok(self.0.read().unwrap_or_else(PoisonError::into_inner).records.get(key).cloned())
    }

    fn put(
        &self,
        key: &Key,
        record: Record,
        expected: Option<Version>,
        limit_bytes: u64,
    ) -> Result<Version, StoreError> {
        self.write(key, expected, Some(record), limit_bytes)
    }

    fn delete(&self, key: &Key, expected: Version) -> Result<(), StoreError> {
        self.write(key, Some(expected), None, u64::MAX).map(|_| ())
    }

    fn list(&self, scope: &Scope, kind: RecordKind, from: &str, limit: usize) -> Result<Vec<Record>, StoreError> {
        let state = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let first = Key { scope: scope.clone(), kind, name: from.into() };
        let records = state.records.range(first..).take_while(|(key, _)| key.scope == *scope && key.kind == kind);
        Ok(records.take(limit).map(|(_, (_, record))| record.clone()).collect())
    }

    fn worlds(&self) -> Result<Vec<Scope>, StoreError> {
        let state = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut worlds: Vec<&Scope> = state.records.keys().map(|key| &key.scope).collect();
        worlds.dedup();
        Ok(worlds.into_iter().cloned().collect())
    }

    fn charged_bytes(&self, scope: &Scope) -> Result<u64, StoreError> {
        let state = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(state.charged_bytes.get(scope).copied().unwrap_or_default())
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
    fn who_read_a_record_before_all_were_replaced_writes_too_late() {
        let store = MemoryStore::default();
        let key = conformance::key("us-east-1", "fn");
        let version = store.put(&key, conformance::record("fn"), None, u64::MAX).unwrap();
        let records = store.records();
        store.replace(records.clone());
        let late = store.put(&key, conformance::record("fn"), Some(version), u64::MAX);
        assert_eq!(late, Err(StoreError::Moved));
        assert_eq!(store.records().into_keys().collect::<Vec<_>>(), records.into_keys().collect::<Vec<_>>());
    }

    #[test]
    fn replaced_records_are_charged_for() {
        let store = MemoryStore::default();
        let key = conformance::key("us-east-1", "fn");
        store.put(&key, conformance::record("fn"), None, u64::MAX).unwrap();
        let charged = store.charged_bytes(&key.scope);
        let other = MemoryStore::default();
        other.put(&conformance::key("eu-west-1", "fn"), conformance::record("fn"), None, u64::MAX).unwrap();
        other.replace(store.records());
        assert_eq!(other.charged_bytes(&key.scope), charged);
        assert_eq!(other.charged_bytes(&conformance::key("eu-west-1", "fn").scope), Ok(0));
    }

    #[test]
    fn a_fork_and_its_origin_go_their_own_ways() {
        let store = MemoryStore::default();
        let key = conformance::key("us-east-1", "fn");
        let version = store.put(&key, conformance::record("fn"), None, u64::MAX).unwrap();
        let fork = store.fork();
        store.delete(&key, version).unwrap();
        assert!(store.get(&key).unwrap().is_none());
        assert!(fork.get(&key).unwrap().is_some());
        fork.clear();
        assert!(fork.get(&key).unwrap().is_none());
    }
}
