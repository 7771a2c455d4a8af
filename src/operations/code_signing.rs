//! Code signing of functions. No configuration can be made yet, so none is ever set.

use serde::{Deserialize, Serialize};

use super::context::Context;
use crate::arn::FunctionRef;
use crate::error::Error;

/// The request of GetFunctionCodeSigningConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetFunctionCodeSigningConfig {
    function_name: FunctionRef,
}

/// The answer without a configuration: no member at all (facts 17), which Terraform needs at every plan.
#[derive(Debug, Serialize)]
pub(super) struct NoConfig {}

/// The code signing configuration of a function.
///
/// # Errors
/// E1, E10.
pub(super) fn of_function(cx: &Context<'_>, input: GetFunctionCodeSigningConfig) -> Result<NoConfig, Error> {
    cx.function(&cx.key(&input.function_name)?, false)?;
    Ok(NoConfig {})
}
