//! What an account has in a Region: records, and how they change with time.
//!
//! The one idea to hold: a record is a value. An operation reads one, computes a changed copy and hands that to the
//! [`store`](crate::store); nothing here is changed in place, and time is data ("pending since"), read out when asked.

pub mod code_signing;
pub mod function;
pub mod function_url;
pub mod lifecycle;
pub mod settings;

use std::sync::Arc;

pub use code_signing::CodeSigningConfig;
pub use function::{Alias, Code, Function, ImageCode, S3Object, Snapshot, ZipCode};
pub use function_url::{Cors, FunctionUrl};
pub use lifecycle::{Phase, Reason, Settle, Transition};
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
    /// A code signing configuration.
    CodeSigningConfig,
    /// The version numbers of a function that was deleted (V3).
    LastNumber,
}

/// One record of the store; shared, never changed.
#[derive(Debug, Clone)]
pub enum Record {
    /// A function with its versions, aliases and tags.
    Function(Arc<Function>),
    /// A code signing configuration.
    CodeSigningConfig(Arc<CodeSigningConfig>),
    /// The highest version number of a function that was deleted.
    LastNumber(u64),
}

impl Key {
    /// The key of a function.
    #[must_use]
    pub fn function(scope: &Scope, name: &str) -> Self {
        Self { scope: scope.clone(), kind: RecordKind::Function, name: name.into() }
    }

    /// The key of a code signing configuration.
    #[must_use]
    pub fn code_signing_config(scope: &Scope, id: &str) -> Self {
        Self { scope: scope.clone(), kind: RecordKind::CodeSigningConfig, name: id.into() }
    }

    /// The key of what is kept of this function once it is deleted.
    #[must_use]
    pub fn last_number(&self) -> Self {
        Self { kind: RecordKind::LastNumber, ..self.clone() }
    }

    /// The unqualified ARN of the function.
    #[must_use]
    pub fn arn(&self) -> String {
        self.scope.function_arn(&self.name)
    }
}

impl Record {
    /// Bytes that there must be room for in the code storage of the account in the Region (Z15).
    #[must_use]
    pub fn charged_bytes(&self) -> u64 {
        match self {
            Self::Function(function) => function.charged_bytes(),
            Self::CodeSigningConfig(_) | Self::LastNumber(_) => 0,
        }
    }
}
