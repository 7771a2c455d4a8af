//! A qualifier of a function, as the operations on what hangs there name it.

use super::context::{Context, qualifier};
use crate::arn::{FunctionRef, is_version_number};
use crate::error::Error;
use crate::state::function::{LATEST, PUBLISHED};
use crate::state::{Function, Key};

/// A function and one of its qualifiers: [`LATEST`] for the function itself.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The function's.
    pub key: Key,
    /// `$LATEST`, a version or an alias; nobody has looked whether it is there.
    pub qualifier: String,
}

impl Place {
    /// What a name and a parameter say together.
    ///
    /// # Errors
    /// [`Error::QualifierMismatch`] (G7), and those of [`Context::key`].
    pub(super) fn new(cx: &Context<'_>, function: &FunctionRef, parameter: Option<String>) -> Result<Self, Error> {
        let qualifier = qualifier(function, parameter)?.unwrap_or_else(|| LATEST.to_owned());
        Ok(Self { key: cx.key(function)?, qualifier })
    }

    /// Its ARN; that of the function itself is unqualified.
    pub(super) fn arn(&self) -> String {
        if self.qualifier == LATEST { self.key.arn() } else { self.qualified_arn() }
    }

    /// Its ARN with the qualifier, `$LATEST` too.
    pub(super) fn qualified_arn(&self) -> String {
        self.key.scope.qualified_arn(&self.key.name, &self.qualifier)
    }

    /// Whether the function has it.
    pub(super) fn is_in(&self, function: &Function) -> bool {
        function.target(Some(&self.qualifier)).is_some()
    }

    /// Refuses a version or an alias that the function does not have (facts 2.6).
    ///
    /// # Errors
    /// [`Error::FunctionNotFound`] and [`Error::AliasArnNotFound`], of the qualified ARN.
    pub(super) fn check(&self, function: &Function) -> Result<(), Error> {
        if self.is_in(function) { Ok(()) } else { Err(self.missing()) }
    }

    /// That there is no such version or alias, or no such function to have one (facts 2.6).
    pub(super) fn missing(&self) -> Error {
        let arn = self.qualified_arn();
        match &*self.qualifier {
            version if version == PUBLISHED || is_version_number(version) => Error::FunctionNotFound { arn },
            _ => Error::AliasArnNotFound { arn },
        }
    }
}
