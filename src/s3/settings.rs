//! What a bucket is set to, beside versioning and policy.
//!
//! The one idea to hold: these are S3's own documents, kept as they were put and told again.

use s3s::dto;

use super::object::Tags;

/// The settings of one bucket.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// `None` once it was taken away.
    pub(super) public_access: Option<dto::PublicAccessBlockConfiguration>,
    pub(super) encryption: dto::ServerSideEncryptionRule,
    pub(super) tags: Tags,
    pub(super) lifecycle: Option<Lifecycle>,
}

/// The life cycle of objects.
#[derive(Debug, Clone)]
pub(super) struct Lifecycle {
    pub(super) rules: dto::LifecycleRules,
    /// `TransitionDefaultMinimumObjectSize`.
    pub(super) smallest_transition: String,
}

impl Default for Settings {
    /// Those of new buckets since April 2023: nothing is public, and everything is encrypted.
    fn default() -> Self {
        let all = dto::PublicAccessBlockConfiguration {
            block_public_acls: Some(true),
            block_public_policy: Some(true),
            ignore_public_acls: Some(true),
            restrict_public_buckets: Some(true),
        };
        Self { public_access: Some(all), encryption: encrypted_by_s3(), tags: Tags::new(), lifecycle: None }
    }
}

/// The rule of a bucket that has none of its own.
pub(super) fn encrypted_by_s3() -> dto::ServerSideEncryptionRule {
    let sse_algorithm = dto::ServerSideEncryption::from_static(dto::ServerSideEncryption::AES256);
    let by_default = dto::ServerSideEncryptionByDefault { kms_master_key_id: None, sse_algorithm };
    dto::ServerSideEncryptionRule {
        apply_server_side_encryption_by_default: Some(by_default),
        bucket_key_enabled: Some(false),
    }
}
