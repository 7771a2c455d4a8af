//! What single members of requests have in common, whatever the operation.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::Error;

/// A member whose part of Lambda is not built; what it holds does not matter.
#[derive(Debug, Deserialize)]
pub(super) struct Unbuilt(IgnoredAny);

impl Unbuilt {
    /// Refuses a request that asks for `what`.
    ///
    /// # Errors
    /// [`Error::NotBuilt`].
    pub(super) fn check(asked: bool, what: &str) -> Result<(), Error> {
        if asked { Err(Error::NotBuilt { what: what.to_owned() }) } else { Ok(()) }
    }
}

/// A key that is named; the empty text names none (R42).
pub(super) fn given(key_arn: Option<String>) -> Option<String> {
    key_arn.filter(|arn| !arn.is_empty())
}
