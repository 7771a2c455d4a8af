//! Whether a function may call itself in circles: put, get (facts 19).

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::{Context, Step};
use super::function::OfFunction;
use crate::arn::FunctionRef;
use crate::error::Error;
use crate::state::function::LATEST;

/// What a function may that may.
const ALLOW: &str = "Allow";
/// What becomes of circles when nobody has said anything.
const TERMINATE: &str = "Terminate";

/// The request of PutFunctionRecursionConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutFunctionRecursionConfig {
    function_name: FunctionRef,
    recursive_loop: String,
}

impl Request for PutFunctionRecursionConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// What becomes of circles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FunctionRecursionConfig {
    recursive_loop: &'static str,
}

impl FunctionRecursionConfig {
    fn new(allowed: bool) -> Self {
        Self { recursive_loop: if allowed { ALLOW } else { TERMINATE } }
    }
}

/// Says what becomes of circles; neither revision nor `LastModified` changes.
///
/// # Errors
/// E1, E10.
pub(super) fn put(cx: &Context<'_>, input: PutFunctionRecursionConfig) -> Result<FunctionRecursionConfig, Error> {
    let allowed = input.recursive_loop == ALLOW;
    cx.change(&cx.key(&input.function_name)?, |function| {
        let changed = function.with_attached(LATEST, |attached| attached.allows_recursion = allowed);
        Ok(Step::Put(Box::new(changed), FunctionRecursionConfig::new(allowed)))
    })
}

/// What becomes of circles.
///
/// # Errors
/// E1, E10.
pub(super) fn get(cx: &Context<'_>, input: OfFunction) -> Result<FunctionRecursionConfig, Error> {
    let function = cx.function(&cx.key(&input.function_name)?, false)?;
    Ok(FunctionRecursionConfig::new(function.attached(LATEST).is_some_and(|attached| attached.allows_recursion)))
}
