//! Operations on buckets.

use s3s::dto;

use super::{Caller, convert};
use crate::s3::bucket::Versioning;
use crate::s3::refusal::Refusal;
use crate::s3::wire::is_region;

/// Where buckets lie that say nothing else.
const HOME: &str = "us-east-1";
/// The most buckets of a page.
const MOST_BUCKETS: usize = 10_000;

/// The caller's own, of every Region unless one is named.
pub(super) fn list(caller: &Caller, input: dto::ListBucketsInput) -> Result<dto::ListBucketsOutput, Refusal> {
    let limit = match input.max_buckets {
        None => MOST_BUCKETS,
        Some(count) => {
            usize::try_from(count).ok().filter(|count| (1..=MOST_BUCKETS).contains(count)).ok_or_else(|| {
                Refusal::InvalidArgument {
                    name: "max-buckets",
                    value: count.to_string(),
                    message: "Argument max-buckets must be an integer between 1 and 10000".into(),
                }
            })?
        }
    };
    let prefix = input.prefix.as_deref().unwrap_or_default();
    let asked = input.max_buckets.is_some() || input.prefix.is_some() || input.bucket_region.is_some();
    let after = input.continuation_token.as_deref().unwrap_or_default();
    let all = caller.store.each_bucket(|name, bucket| {
        let wanted = bucket.owner == caller.scope.account
            && name.starts_with(prefix)
            && name > after
            && input.bucket_region.as_deref().is_none_or(|region| region == &*bucket.region);
        wanted.then(|| dto::Bucket {
            name: Some(name.to_owned()),
            creation_date: Some(convert::time(bucket.created.to_whole_second())),
            bucket_region: asked.then(|| bucket.region.to_string()),
        })
    });
    let more = all.len() > limit;
    let buckets: Vec<_> = all.into_iter().take(limit).collect();
    Ok(dto::ListBucketsOutput {
        continuation_token: buckets.last().and_then(|last| last.name.clone()).filter(|_| more),
        buckets: Some(buckets),
        owner: Some(convert::owner(&caller.scope.account)),
        prefix: input.prefix,
    })
}

pub(super) fn create(caller: &Caller, input: dto::CreateBucketInput) -> Result<dto::CreateBucketOutput, Refusal> {
    if input.object_lock_enabled_for_bucket == Some(true) {
        return Err(Refusal::NotImplemented { what: "Object Lock".to_owned() });
    }
    let constraint = input.create_bucket_configuration.and_then(|configuration| configuration.location_constraint);
    let region = location_of(constraint.as_ref().map(dto::BucketLocationConstraint::as_str), &caller.scope.region)?;
    caller.store.create_bucket(&caller.scope, &input.bucket, region)?;
    Ok(dto::CreateBucketOutput { location: Some(format!("/{}", input.bucket)) })
}

/// The Region of a new bucket: any for the endpoint of us-east-1, its own for every other.
fn location_of<'a>(constraint: Option<&'a str>, endpoint: &'a str) -> Result<&'a str, Refusal> {
    match constraint.filter(|constraint| !constraint.is_empty()) {
        None if endpoint == HOME => Ok(HOME),
        None => Err(Refusal::IllegalLocationConstraint { constraint: "unspecified".to_owned() }),
        // Of old, Ireland.
        Some("EU") if endpoint == HOME || endpoint == "eu-west-1" => Ok("eu-west-1"),
        Some(region) if endpoint == HOME && region != HOME && is_region(region) => Ok(region),
        Some(constraint) if endpoint == HOME || !(constraint == "EU" || is_region(constraint)) => {
            Err(Refusal::InvalidLocationConstraint { constraint: constraint.to_owned() })
        }
        Some(region) if region == endpoint => Ok(region),
        Some(constraint) => Err(Refusal::IllegalLocationConstraint { constraint: constraint.to_owned() }),
    }
}

pub(super) fn head(caller: &Caller, input: dto::HeadBucketInput) -> Result<dto::HeadBucketOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let region = caller.store.with_bucket(&input.bucket, |bucket| Ok(bucket.region.to_string()))?;
    Ok(dto::HeadBucketOutput { bucket_region: Some(region), ..Default::default() })
}

pub(super) fn delete(caller: &Caller, input: dto::DeleteBucketInput) -> Result<dto::DeleteBucketOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    caller.store.delete_bucket(&input.bucket)?;
    Ok(dto::DeleteBucketOutput {})
}

/// Any endpoint knows where a bucket lies.
pub(super) fn location(
    caller: &Caller,
    input: dto::GetBucketLocationInput,
) -> Result<dto::GetBucketLocationOutput, Refusal> {
    let region = caller.store.with_bucket(&input.bucket, |bucket| {
        if input.expected_bucket_owner.as_deref().is_some_and(|owner| *owner != *bucket.owner) {
            return Err(Refusal::AccessDenied);
        }
        Ok(bucket.region.to_string())
    })?;
    let location_constraint = Some(region).filter(|region| region != HOME).map(Into::into);
    Ok(dto::GetBucketLocationOutput { location_constraint })
}

pub(super) fn versioning(
    caller: &Caller,
    input: dto::GetBucketVersioningInput,
) -> Result<dto::GetBucketVersioningOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let status = caller.store.with_bucket(&input.bucket, |bucket| Ok(bucket.versioning))?.map(|versioning| {
        dto::BucketVersioningStatus::from_static(match versioning {
            Versioning::Enabled => dto::BucketVersioningStatus::ENABLED,
            Versioning::Suspended => dto::BucketVersioningStatus::SUSPENDED,
        })
    });
    Ok(dto::GetBucketVersioningOutput { status, mfa_delete: None })
}

pub(super) fn set_versioning(
    caller: &Caller,
    input: dto::PutBucketVersioningInput,
) -> Result<dto::PutBucketVersioningOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let status = input.versioning_configuration.status;
    let versioning = match status.as_ref().map(dto::BucketVersioningStatus::as_str) {
        Some(dto::BucketVersioningStatus::ENABLED) => Versioning::Enabled,
        Some(dto::BucketVersioningStatus::SUSPENDED) => Versioning::Suspended,
        _ => return Err(Refusal::MalformedXml),
    };
    caller.store.set_versioning(&input.bucket, versioning)?;
    Ok(dto::PutBucketVersioningOutput {})
}

pub(super) fn policy(caller: &Caller, input: dto::GetBucketPolicyInput) -> Result<dto::GetBucketPolicyOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let policy = caller.store.with_bucket(&input.bucket, |bucket| {
        bucket.policy.clone().ok_or_else(|| Refusal::NoSuchBucketPolicy { bucket: input.bucket.clone() })
    })?;
    Ok(dto::GetBucketPolicyOutput { policy: Some(policy) })
}

/// The text is kept as it is; what it allows is not looked at here.
pub(super) fn set_policy(
    caller: &Caller,
    input: dto::PutBucketPolicyInput,
) -> Result<dto::PutBucketPolicyOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    if !input.policy.starts_with('{') || serde_json::from_str::<serde::de::IgnoredAny>(&input.policy).is_err() {
        return Err(Refusal::MalformedPolicy);
    }
    caller.store.set_policy(&input.bucket, Some(input.policy))?;
    Ok(dto::PutBucketPolicyOutput {})
}

pub(super) fn delete_policy(
    caller: &Caller,
    input: dto::DeleteBucketPolicyInput,
) -> Result<dto::DeleteBucketPolicyOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    caller.store.set_policy(&input.bucket, None)?;
    Ok(dto::DeleteBucketPolicyOutput {})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_lies_where_its_endpoint_lets_it() {
        for (constraint, endpoint, expected) in [
            (None, HOME, Ok(HOME)),
            (Some(""), HOME, Ok(HOME)),
            (Some("eu-west-1"), HOME, Ok("eu-west-1")),
            (Some("EU"), HOME, Ok("eu-west-1")),
            (Some(HOME), HOME, Err("InvalidLocationConstraint")),
            (Some("nowhere"), HOME, Err("InvalidLocationConstraint")),
            (Some("nowhere"), "eu-west-1", Err("InvalidLocationConstraint")),
            (None, "eu-west-1", Err("IllegalLocationConstraintException")),
            (Some("eu-west-2"), "eu-west-1", Err("IllegalLocationConstraintException")),
            (Some(HOME), "eu-west-1", Err("IllegalLocationConstraintException")),
            (Some("EU"), "eu-west-2", Err("IllegalLocationConstraintException")),
            (Some("eu-west-1"), "eu-west-1", Ok("eu-west-1")),
            (Some("EU"), "eu-west-1", Ok("eu-west-1")),
        ] {
            let found = location_of(constraint, endpoint);
            assert_eq!(found.as_deref().map_err(Refusal::code), expected, "{constraint:?} {endpoint}");
        }
    }
}
