//! What an account has in a Region: records, and how they change with time.
//!
//! The one idea to hold: a record is a value. An operation reads one, computes a changed copy and hands that to the
//! [`store`](crate::store); nothing here is changed in place, and time is data ("pending since"), read out when asked.

pub mod function;
pub mod lifecycle;
pub mod settings;

use std::sync::Arc;

pub use function::{Alias, Code, Function, ImageCode, S3Object, Snapshot, ZipCode};
pub use lifecycle::{Phase, Settle, Transition};
pub use settings::Settings;

use crate::arn::Scope;

/// What a record is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Account and Region.
    pub scope: Scope,
    /// What kind of thing it is.
    pub kind: RecordKind,
    /// Its name in that world.
    pub name: Arc<str>,
}

/// The kinds of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKind {
    /// A function with its versions, aliases and tags.
    Function,
}

/// One record of the store; shared, never changed.
#[derive(Debug, Clone)]
pub enum Record {
    /// A function with its versions, aliases and tags.
    Function(Arc<Function>),
}

impl Key {
    /// The key of a function.
    #[must_use]
    pub fn function(scope: &Scope, name: &str) -> Self {
        Self { scope: scope.clone(), kind: RecordKind::Function, name: name.into() }
    }

    /// The unqualified ARN of the function.
    #[must_use]
    pub fn arn(&self) -> String {
        self.scope.function_arn(&self.name)
    }
}
