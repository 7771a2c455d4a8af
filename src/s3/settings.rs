//! What a bucket is set to, beside versioning and policy.
//!
//! The one idea to hold: these are S3's own documents, kept as they were put and told again.

use s3s::dto;

use super::object::Tags;
use super::refusal::Refusal;

/// The most rules of a life cycle.
const MOST_RULES: usize = 1000;

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

/// Requires an algorithm that S3 has.
///
/// # Errors
/// [`Refusal::MalformedXml`].
pub(super) fn check_encryption(rule: &dto::ServerSideEncryptionRule) -> Result<(), Refusal> {
    const KNOWN: [&str; 3] = [
        dto::ServerSideEncryption::AES256,
        dto::ServerSideEncryption::AWS_KMS,
        dto::ServerSideEncryption::AWS_KMS_DSSE,
    ];
    let by_default = rule.apply_server_side_encryption_by_default.as_ref();
    let known = by_default.is_some_and(|by_default| KNOWN.contains(&by_default.sse_algorithm.as_str()));
    if known { Ok(()) } else { Err(Refusal::MalformedXml) }
}

/// Holds the rules of a life cycle against S3's.
///
/// # Errors
/// [`Refusal::MalformedXml`], [`Refusal::InvalidRequest`], [`Refusal::InvalidArgument`].
pub(super) fn check_rules(rules: &[dto::LifecycleRule]) -> Result<(), Refusal> {
    if rules.is_empty() || rules.len() > MOST_RULES {
        return Err(Refusal::MalformedXml);
    }
    for (place, rule) in rules.iter().enumerate() {
        let known = matches!(rule.status.as_str(), dto::ExpirationStatus::ENABLED | dto::ExpirationStatus::DISABLED);
        if !known || rule.filter.is_some() == rule.prefix.is_some() {
            return Err(Refusal::MalformedXml);
        }
        let acts = rule.abort_incomplete_multipart_upload.is_some()
            || rule.expiration.is_some()
            || rule.noncurrent_version_expiration.is_some()
            || rule.noncurrent_version_transitions.as_ref().is_some_and(|it| !it.is_empty())
            || rule.transitions.as_ref().is_some_and(|it| !it.is_empty());
        if !acts {
            let message = "At least one action needs to be specified in a rule".to_owned();
            return Err(Refusal::InvalidRequest { message });
        }
        if let Some(id) = &rule.id
            && rules.iter().take(place).any(|other| other.id.as_ref() == Some(id))
        {
            return Err(Refusal::InvalidArgument {
                name: "ID",
                value: id.clone(),
                message: "Rule ID must be unique. Found same ID for one or more rules".into(),
            });
        }
    }
    Ok(())
}
