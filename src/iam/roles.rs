//! Which roles there are, where somebody knows.

use std::fmt::Debug;

/// Somebody who knows the roles of all accounts.
pub trait Roles: Debug + Send + Sync {
    /// Whether there is a role of this ARN.
    fn has(&self, arn: &str) -> bool;
}
