//! A code signing configuration: whose signatures count, and what happens to packages without one.

use std::collections::BTreeMap;

use crate::clock::Timestamp;

/// One code signing configuration of an account in a Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSigningConfig {
    /// `csc-` and 17 characters.
    pub id: String,
    /// Text of the caller's.
    pub description: String,
    /// ARNs of the profile versions whose signatures count.
    pub allowed_publishers: Vec<String>,
    /// `Warn` or `Enforce`.
    pub untrusted_artifact_on_deployment: String,
    /// When it was last changed.
    pub last_modified: Timestamp,
    /// Tags by key.
    pub tags: BTreeMap<String, String>,
}
