//! What an account has in a Region: records, and how they change with time.
//!
//! The one idea to hold: a record is a value. An operation reads one, computes a changed copy and hands that to the
//! [`store`](crate::store); nothing here is changed in place, and time is data ("pending since"), read out when asked.

pub mod attached;
pub mod capacity_provider;
pub mod code_signing;
pub mod durable_execution;
pub mod event_invoke;
pub mod event_source;
pub mod function;
pub mod function_scaling;
pub mod function_url;
pub mod layer;
pub mod lifecycle;
pub mod policy;
pub mod provisioned;
pub mod runtime_management;
pub mod settings;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use attached::Attached;
pub use capacity_provider::CapacityProvider;
pub use code_signing::CodeSigningConfig;
pub use durable_execution::DurableExecution;
pub use event_invoke::EventInvokeConfig;
pub use event_source::EventSourceMapping;
pub use function::{Alias, Code, Function, ImageCode, S3Object, Snapshot, ZipCode};
pub use function_scaling::FunctionScaling;
pub use function_url::{Cors, FunctionUrl};
pub use layer::{Layer, LayerVersion};
pub use lifecycle::{Passed, Phase, Reason, Settle, Transition};
pub use policy::{Policy, Statement};
pub use provisioned::ProvisionedConcurrency;
pub use runtime_management::RuntimeManagement;
pub use settings::Settings;

use crate::arn::Scope;
use crate::clock::Timestamp;

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
    /// A capacity provider.
    CapacityProvider,
    /// A code signing configuration.
    CodeSigningConfig,
    /// A layer with its versions.
    Layer,
    /// An event source mapping.
    EventSourceMapping,
    /// A durable execution.
    DurableExecution,
    /// The version numbers of a function that was deleted (V3).
    LastNumber,
}

/// One record of the store; shared, never changed.
#[derive(Debug, Clone)]
pub enum Record {
    /// A function with its versions, aliases and tags.
    Function(Arc<Function>),
    /// A capacity provider.
    CapacityProvider(Arc<CapacityProvider>),
    /// A code signing configuration.
    CodeSigningConfig(Arc<CodeSigningConfig>),
    /// A layer with its versions.
    Layer(Arc<Layer>),
    /// An event source mapping.
    EventSourceMapping(Arc<EventSourceMapping>),
    /// A durable execution.
    DurableExecution(Arc<DurableExecution>),
    /// The highest version number of a function that was deleted.
    LastNumber(u64),
}

impl RecordKind {
    /// The kinds that ARNs name.
    pub const NAMED: [Self; 5] =
        [Self::Function, Self::CapacityProvider, Self::CodeSigningConfig, Self::EventSourceMapping, Self::Layer];

    /// The word for it in an ARN; of what is kept of a deleted function, the function's.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Function | Self::LastNumber => "function",
            Self::CapacityProvider => "capacity-provider",
            Self::CodeSigningConfig => "code-signing-config",
            Self::Layer => "layer",
            Self::EventSourceMapping => "event-source-mapping",
            Self::DurableExecution => "durable-execution",
        }
    }
}

impl Key {
    /// The key of a record.
    #[must_use]
    pub fn new(scope: &Scope, kind: RecordKind, name: &str) -> Self {
        Self { scope: scope.clone(), kind, name: name.into() }
    }

    /// The key of a function.
    #[must_use]
    pub fn function(scope: &Scope, name: &str) -> Self {
        Self::new(scope, RecordKind::Function, name)
    }

    /// The key of what an ARN names in this world; qualifiers and versions are no part of a key.
    #[must_use]
    pub fn of_arn(scope: &Scope, arn: &str) -> Option<Self> {
        let (_, name) = arn.rsplit_once(':')?;
        let kind = RecordKind::NAMED.into_iter().find(|kind| scope.arn(kind.word(), name) == arn)?;
        Some(Self::new(scope, kind, name))
    }

    /// The key of what is kept of this function once it is deleted.
    #[must_use]
    pub fn last_number(&self) -> Self {
        Self { kind: RecordKind::LastNumber, ..self.clone() }
    }

    /// Its ARN; that of a function is unqualified.
    #[must_use]
    pub fn arn(&self) -> String {
        self.scope.arn(self.kind.word(), &self.name)
    }
}

impl Record {
    /// Its tags, to be changed: those of a copy of the record. A function's are changed as part of the function.
    pub fn tags_mut(&mut self) -> Option<&mut BTreeMap<String, String>> {
        match self {
            Self::CapacityProvider(provider) => Some(&mut Arc::make_mut(provider).tags),
            Self::CodeSigningConfig(config) => Some(&mut Arc::make_mut(config).tags),
            Self::EventSourceMapping(mapping) => Some(&mut Arc::make_mut(mapping).tags),
            Self::Layer(layer) if !layer.versions.is_empty() => Some(&mut Arc::make_mut(layer).tags),
            Self::Function(_) | Self::Layer(_) | Self::DurableExecution(_) | Self::LastNumber(_) => None,
        }
    }

    /// Its tags, where it can have any.
    #[must_use]
    pub fn tags(&self) -> Option<&BTreeMap<String, String>> {
        match self {
            Self::Function(function) => Some(&function.tags),
            Self::CapacityProvider(provider) => Some(&provider.tags),
            Self::CodeSigningConfig(config) => Some(&config.tags),
            Self::EventSourceMapping(mapping) => Some(&mapping.tags),
            // One that has no version is none.
            Self::Layer(layer) if !layer.versions.is_empty() => Some(&layer.tags),
            Self::Layer(_) | Self::DurableExecution(_) | Self::LastNumber(_) => None,
        }
    }

    /// Bytes that there must be room for in the code storage of the account in the Region (Z15).
    #[must_use]
    pub fn charged_bytes(&self) -> u64 {
        match self {
            Self::Function(function) => function.charged_bytes(),
            Self::Layer(layer) => layer.stored_bytes(),
            Self::CapacityProvider(_)
            | Self::CodeSigningConfig(_)
            | Self::EventSourceMapping(_)
            | Self::DurableExecution(_)
            | Self::LastNumber(_) => 0,
        }
    }

    /// What time has made of it as a whole. A function settles by its parts: [`Function::settled`].
    #[must_use]
    pub fn passed(&self, now: Timestamp, reading: bool) -> Passed<Self> {
        match self {
            Self::CapacityProvider(provider) => {
                provider.passed(now, reading).map(|provider| Self::CapacityProvider(Arc::new(provider)))
            }
            Self::EventSourceMapping(mapping) => {
                mapping.passed(now, reading).map(|mapping| Self::EventSourceMapping(Arc::new(mapping)))
            }
            Self::DurableExecution(execution) => {
                execution.passed(now, reading).map(|execution| Self::DurableExecution(Arc::new(execution)))
            }
            Self::Function(_) | Self::CodeSigningConfig(_) | Self::Layer(_) | Self::LastNumber(_) => Passed::Nothing,
        }
    }
}
