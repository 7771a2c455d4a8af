//! Where records are kept: get, put-if-version, delete-if-version, list.
//!
//! The one idea to hold: a write names the version it read and fails if the record has moved on, so an operation is a
//! pure step from record to record and two callers can never mix. The version is the store's own and is not AWS's
//! `RevisionId`. Every store passes the suite in `conformance`.

#[cfg(test)]
pub(crate) mod conformance;
pub mod memory;

pub use memory::MemoryStore;

use crate::arn::Scope;
use crate::state::{Key, Record, RecordKind};

/// The store's own version of a record; never 0.
pub type Version = u64;

/// A synchronous, shared store of records.
pub trait Store: Send + Sync {
    /// The record of this key with its version.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the store cannot be read.
    fn get(&self, key: &Key) -> Result<Option<(Version, Record)>, StoreError>;

    /// Writes a record if the stored version is still `expected` (`None`: if there is no record), and if the code of
    /// its world stays within `limit_bytes` or does not grow.
    ///
    /// # Errors
    /// [`StoreError::Moved`] or [`StoreError::Full`] if not, [`StoreError::Broken`] if the store cannot be written.
    fn put(
        &self,
        key: &Key,
        record: Record,
        expected: Option<Version>,
        limit_bytes: u64,
    ) -> Result<Version, StoreError>;

    /// Deletes a record if the stored version is still `expected`.
    ///
    /// # Errors
    /// [`StoreError::Moved`] or [`StoreError::Broken`].
    fn delete(&self, key: &Key, expected: Version) -> Result<(), StoreError>;

    /// Up to `limit` records of one kind in one world, by name, beginning at the first name not before `from`.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the store cannot be read.
    fn list(&self, scope: &Scope, kind: RecordKind, from: &str, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// Every world that has records, in order.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the store cannot be read.
    fn worlds(&self) -> Result<Vec<Scope>, StoreError>;

    /// Bytes of code that the records of one world take.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the store cannot be read.
    fn charged_bytes(&self, scope: &Scope) -> Result<u64, StoreError>;
}

/// Why a store refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The record changed since it was read.
    #[error("the record changed since it was read")]
    Moved,
    /// There is no room for more code.
    #[error("there is no room for more code")]
    Full,
    /// The store itself failed.
    #[error("the store failed: {0}")]
    Broken(String),
}
