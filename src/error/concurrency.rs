//! What reserved and provisioned concurrency refuse with (facts 12).

/// A refusal of concurrency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum ConcurrencyError {
    /// What belongs to a function, asked of a version or an alias.
    #[error(
        "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. \
         Please specify either a function name or an unqualified function ARN."
    )]
    FunctionOnly,
    /// Recorded without `Type`.
    #[error(
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its \
         minimum value of [{least}]."
    )]
    UnreservedTooFew { least: u32 },
    /// Recorded with a blank before and two within, and without `Type`.
    #[error(
        " ReservedConcurrentExecutions  {reserved} should not be lower than function's total provisioned concurrency \
         [{provisioned}]."
    )]
    BelowProvisioned { reserved: u32, provisioned: u32 },
    /// Provisioned for `$LATEST`.
    #[error("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")]
    Unpublished,
    /// Read or taken from `$LATEST`.
    #[error("The function resource provided must be an alias or a published version.")]
    NeitherAliasNorVersion,
    /// Nothing is provisioned.
    #[error("No Provisioned Concurrency Config found for this function")]
    NoConfig,
    /// More is provisioned than reserved.
    #[error(
        "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
    )]
    AboveReserved,
    /// More is provisioned than the account has left (text L).
    #[error("Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [{left}].")]
    AboveUnreserved { left: u32 },
    /// An alias of a version that has its own.
    #[error("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version")]
    VersionProvisioned,
    /// A version of an alias that has its own.
    #[error("Version is pointed by a Provisioned Concurrency alias")]
    AliasProvisioned,
}

impl ConcurrencyError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoConfig => "ProvisionedConcurrencyConfigNotFoundException",
            Self::VersionProvisioned | Self::AliasProvisioned => "ResourceConflictException",
            Self::FunctionOnly
            | Self::UnreservedTooFew { .. }
            | Self::BelowProvisioned { .. }
            | Self::Unpublished
            | Self::NeitherAliasNorVersion
            | Self::AboveReserved
            | Self::AboveUnreserved { .. } => "InvalidParameterValueException",
        }
    }

    pub(super) fn has_type(&self) -> bool {
        !matches!(self, Self::UnreservedTooFew { .. } | Self::BelowProvisioned { .. })
    }
}
