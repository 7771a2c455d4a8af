//! Reserved concurrency: how many calls of a function may run at once, kept free for it (facts 12).

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::{Context, Step};
use super::function::OfFunction;
use super::provisioned_concurrency;
use crate::arn::FunctionRef;
use crate::error::{ConcurrencyError, Error};
use crate::state::{Function, Key};

/// The account's concurrent executions (Q2).
pub(super) const CONCURRENT_EXECUTIONS: u32 = 1000;
/// What has to stay for functions that have none of their own.
pub(super) const UNRESERVED_AT_LEAST: u32 = 100;

/// The request of PutFunctionConcurrency.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutFunctionConcurrency {
    function_name: FunctionRef,
    reserved_concurrent_executions: u32,
}

impl Request for PutFunctionConcurrency {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// What is reserved; no member at all where nothing is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Concurrency {
    reserved_concurrent_executions: Option<u32>,
}

impl Concurrency {
    /// What a function has, if it has any (G6).
    #[must_use]
    pub(super) fn of(function: &Function) -> Option<Self> {
        function.reserved_concurrent_executions.map(|reserved| Self { reserved_concurrent_executions: Some(reserved) })
    }
}

/// Reserves concurrency, or another number of it; 0 stops the function. Goes on during an update (T3, T4).
///
/// # Errors
/// [`ConcurrencyError::FunctionOnly`], E1 (of `$LATEST`), E10, [`ConcurrencyError::UnreservedTooFew`], [`ConcurrencyError::BelowProvisioned`].
pub(super) fn put(cx: &Context<'_>, input: PutFunctionConcurrency) -> Result<Concurrency, Error> {
    let key = function_key(cx, &input.function_name)?;
    let reserved_concurrent_executions = Some(input.reserved_concurrent_executions);
    cx.change(&key, |function| {
        let (asked, provisioned) = (input.reserved_concurrent_executions, provisioned_concurrency::total(function));
        if asked < provisioned {
            return Err(ConcurrencyError::BelowProvisioned { reserved: asked, provisioned }.into());
        }
        let others = reserved(cx, |other| *other.name != *function.name)?;
        let left = CONCURRENT_EXECUTIONS.saturating_sub(others).checked_sub(input.reserved_concurrent_executions);
        if left.is_none_or(|left| left < UNRESERVED_AT_LEAST) {
            return Err(ConcurrencyError::UnreservedTooFew { least: UNRESERVED_AT_LEAST }.into());
        }
        let changed = Function { reserved_concurrent_executions, ..function.clone() };
        Ok(Step::Put(Box::new(changed), Concurrency { reserved_concurrent_executions }))
    })
    .map_err(|error| match error {
        Error::FunctionNotFound { arn } => Error::FunctionNotFound { arn: format!("{arn}:$LATEST") },
        other => other,
    })
}

/// What is reserved for a function.
///
/// # Errors
/// [`ConcurrencyError::FunctionOnly`], E1, E10.
pub(super) fn get(cx: &Context<'_>, input: OfFunction) -> Result<Concurrency, Error> {
    let function = cx.function(&function_key(cx, &input.function_name)?, false)?;
    Ok(Concurrency { reserved_concurrent_executions: function.reserved_concurrent_executions })
}

/// Reserves nothing any more, if anything was.
///
/// # Errors
/// As [`get`].
pub(super) fn delete(cx: &Context<'_>, input: OfFunction) -> Result<(), Error> {
    cx.change(&function_key(cx, &input.function_name)?, |function| {
        if function.reserved_concurrent_executions.is_none() {
            return Ok(Step::Keep(()));
        }
        Ok(Step::Put(Box::new(Function { reserved_concurrent_executions: None, ..function.clone() }), ()))
    })
}

/// What no function of the account has reserved in this Region.
///
/// # Errors
/// Those of the store.
pub(super) fn unreserved(cx: &Context<'_>) -> Result<u32, Error> {
    Ok(CONCURRENT_EXECUTIONS.saturating_sub(reserved(cx, |_| true)?))
}

fn reserved(cx: &Context<'_>, counts: impl Fn(&Function) -> bool) -> Result<u32, Error> {
    let functions = cx.functions()?.into_iter().filter(|function| counts(function));
    Ok(functions.filter_map(|function| function.reserved_concurrent_executions).sum())
}

/// The key of a function that is named without a qualifier.
fn function_key(cx: &Context<'_>, function: &FunctionRef) -> Result<Key, Error> {
    let key = cx.key(function)?;
    if function.qualifier.is_some() { Err(ConcurrencyError::FunctionOnly.into()) } else { Ok(key) }
}
