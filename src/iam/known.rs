//! Which roles and which security groups there are, where somebody knows.

use std::fmt::Debug;

/// Somebody who knows all resources of one kind.
pub trait Known: Debug + Send + Sync {
    /// Whether there is one of this name: the ARN of a role, the id of a security group.
    fn has(&self, name: &str) -> bool;
}
