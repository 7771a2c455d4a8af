//! The limits of environment variables.

use crate::error::Error;
use crate::state::settings::Environment;

/// The most bytes of the variables as compact JSON (facts 4.2).
const LIMIT_BYTES: usize = 4096;

/// Names that Lambda itself sets. Those that begin with an underscore break the pattern of names already.
const RESERVED: [&str; 16] = [
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

/// Refuses variables that AWS refuses.
///
/// # Errors
/// [`Error::EnvironmentTooLarge`] and [`Error::ReservedEnvironment`].
pub(super) fn check(environment: Option<&Environment>) -> Result<(), Error> {
    let Some(Environment { variables }) = environment else { return Ok(()) };
    let keys: Vec<_> = variables.keys().map(String::as_str).filter(|key| RESERVED.contains(key)).collect();
    if !keys.is_empty() {
        return Err(Error::ReservedEnvironment { keys: keys.join(", ") });
    }
    let measured = serde_json::to_string(variables).map_err(|error| Error::internal(error.to_string()))?;
    if measured.len() > LIMIT_BYTES { Err(Error::EnvironmentTooLarge { measured }) } else { Ok(()) }
}
