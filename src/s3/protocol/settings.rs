//! What deploy tools set on a bucket beside versioning and policy: public access, encryption, tags, life cycle.
//!
//! The one idea to hold: a setting is kept as it was put and told again; but for encryption, which new objects tell,
//! nothing follows from it here.

use s3s::dto;

use super::{Caller, convert};
use crate::s3::bucket::Bucket;
use crate::s3::object::{Labels, Tags};
use crate::s3::refusal::Refusal;
use crate::s3::settings::{Lifecycle, Settings, check_encryption, check_rules, encrypted_by_s3};

/// The most tags of a bucket.
const MOST_TAGS: usize = 50;
/// What transitions leave out unless a request says otherwise.
const SMALLEST_TRANSITION: &str = dto::TransitionDefaultMinimumObjectSize::ALL_STORAGE_CLASSES_128K;

/// Encrypts a new object as its bucket does, where the request says nothing of it.
pub(super) fn encrypt(caller: &Caller, bucket: &str, labels: &mut Labels) -> Result<(), Refusal> {
    if labels.encryption.is_some() {
        return Ok(());
    }
    let by_default = caller
        .store
        .with_bucket(bucket, |bucket| Ok(bucket.settings.encryption.apply_server_side_encryption_by_default.clone()))?;
    if let Some(by_default) = by_default {
        labels.encryption = Some(by_default.sse_algorithm.as_str().to_owned());
        labels.kms_key_id = labels.kms_key_id.take().or(by_default.kms_master_key_id);
    }
    Ok(())
}

/// The bucket of a request, to read a setting of it.
fn read<T>(
    caller: &Caller,
    name: &str,
    owner: Option<&str>,
    act: impl FnOnce(&Bucket) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    caller.admit(name, owner)?;
    caller.store.with_bucket(name, act)
}

/// The settings of the bucket of a request, to change.
fn write(caller: &Caller, name: &str, owner: Option<&str>, act: impl FnOnce(&mut Settings)) -> Result<(), Refusal> {
    caller.admit(name, owner)?;
    caller.store.with_bucket_mut(name, |bucket| {
        act(&mut bucket.settings);
        Ok(())
    })
}

pub(super) fn public_access(
    caller: &Caller,
    input: dto::GetPublicAccessBlockInput,
) -> Result<dto::GetPublicAccessBlockOutput, Refusal> {
    let found = read(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |bucket| {
        let missing = || Refusal::NoSuchPublicAccessBlock { bucket: input.bucket.clone() };
        bucket.settings.public_access.clone().ok_or_else(missing)
    })?;
    Ok(dto::GetPublicAccessBlockOutput { public_access_block_configuration: Some(found) })
}

/// What is not said is off.
pub(super) fn set_public_access(
    caller: &Caller,
    input: dto::PutPublicAccessBlockInput,
) -> Result<dto::PutPublicAccessBlockOutput, Refusal> {
    let given = input.public_access_block_configuration;
    let whole = dto::PublicAccessBlockConfiguration {
        block_public_acls: given.block_public_acls.or(Some(false)),
        block_public_policy: given.block_public_policy.or(Some(false)),
        ignore_public_acls: given.ignore_public_acls.or(Some(false)),
        restrict_public_buckets: given.restrict_public_buckets.or(Some(false)),
    };
    write(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |settings| {
        settings.public_access = Some(whole);
    })?;
    Ok(dto::PutPublicAccessBlockOutput {})
}

pub(super) fn delete_public_access(
    caller: &Caller,
    input: dto::DeletePublicAccessBlockInput,
) -> Result<dto::DeletePublicAccessBlockOutput, Refusal> {
    write(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |settings| settings.public_access = None)?;
    Ok(dto::DeletePublicAccessBlockOutput {})
}

pub(super) fn encryption(
    caller: &Caller,
    input: dto::GetBucketEncryptionInput,
) -> Result<dto::GetBucketEncryptionOutput, Refusal> {
    let rule = read(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |bucket| {
        Ok(bucket.settings.encryption.clone())
    })?;
    let configuration = dto::ServerSideEncryptionConfiguration { rules: vec![rule] };
    Ok(dto::GetBucketEncryptionOutput { server_side_encryption_configuration: Some(configuration) })
}

/// One rule, of an algorithm that S3 has.
pub(super) fn set_encryption(
    caller: &Caller,
    input: dto::PutBucketEncryptionInput,
) -> Result<dto::PutBucketEncryptionOutput, Refusal> {
    let Ok([mut rule]) = <[_; 1]>::try_from(input.server_side_encryption_configuration.rules) else {
        return Err(Refusal::MalformedXml);
    };
    check_encryption(&rule)?;
    rule.bucket_key_enabled.get_or_insert(false);
    write(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |settings| settings.encryption = rule)?;
    Ok(dto::PutBucketEncryptionOutput {})
}

/// Back to what every bucket has.
pub(super) fn delete_encryption(
    caller: &Caller,
    input: dto::DeleteBucketEncryptionInput,
) -> Result<dto::DeleteBucketEncryptionOutput, Refusal> {
    write(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |settings| {
        settings.encryption = encrypted_by_s3();
    })?;
    Ok(dto::DeleteBucketEncryptionOutput {})
}

pub(super) fn tagging(
    caller: &Caller,
    input: dto::GetBucketTaggingInput,
) -> Result<dto::GetBucketTaggingOutput, Refusal> {
    let tags =
        read(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |bucket| Ok(bucket.settings.tags.clone()))?;
    if tags.is_empty() {
        return Err(Refusal::NoSuchTagSet { bucket: input.bucket });
    }
    Ok(dto::GetBucketTaggingOutput { tag_set: tags.into_iter().map(convert::tag).collect() })
}

pub(super) fn set_tagging(
    caller: &Caller,
    input: dto::PutBucketTaggingInput,
) -> Result<dto::PutBucketTaggingOutput, Refusal> {
    let tags: Tags = input.tagging.tag_set.into_iter().map(convert::tag_pair).collect();
    if tags.len() > MOST_TAGS {
        return Err(Refusal::InvalidTag { message: "Bucket tag count cannot be greater than 50" });
    }
    let tags = convert::well_formed_tags(tags)?;
    write(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |settings| settings.tags = tags)?;
    Ok(dto::PutBucketTaggingOutput {})
}

pub(super) fn delete_tagging(
    caller: &Caller,
    input: dto::DeleteBucketTaggingInput,
) -> Result<dto::DeleteBucketTaggingOutput, Refusal> {
    write(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |settings| settings.tags.clear())?;
    Ok(dto::DeleteBucketTaggingOutput {})
}

pub(super) fn lifecycle(
    caller: &Caller,
    input: dto::GetBucketLifecycleConfigurationInput,
) -> Result<dto::GetBucketLifecycleConfigurationOutput, Refusal> {
    let found = read(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |bucket| {
        let missing = || Refusal::NoSuchLifecycle { bucket: input.bucket.clone() };
        bucket.settings.lifecycle.clone().ok_or_else(missing)
    })?;
    Ok(dto::GetBucketLifecycleConfigurationOutput {
        rules: Some(found.rules),
        transition_default_minimum_object_size: Some(found.smallest_transition.into()),
    })
}

/// Rules without an id get one.
pub(super) fn set_lifecycle(
    caller: &Caller,
    input: dto::PutBucketLifecycleConfigurationInput,
) -> Result<dto::PutBucketLifecycleConfigurationOutput, Refusal> {
    let mut rules = input.lifecycle_configuration.ok_or(Refusal::MalformedXml)?.rules;
    check_rules(&rules)?;
    let smallest = input.transition_default_minimum_object_size;
    let smallest_transition = smallest.map_or(SMALLEST_TRANSITION.to_owned(), |smallest| smallest.as_str().to_owned());
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    for rule in &mut rules {
        rule.id.get_or_insert_with(|| caller.store.ids.uuid());
    }
    let kept = Lifecycle { rules, smallest_transition: smallest_transition.clone() };
    write(caller, &input.bucket, None, |settings| settings.lifecycle = Some(kept))?;
    Ok(dto::PutBucketLifecycleConfigurationOutput {
        transition_default_minimum_object_size: Some(smallest_transition.into()),
    })
}

pub(super) fn delete_lifecycle(
    caller: &Caller,
    input: dto::DeleteBucketLifecycleInput,
) -> Result<dto::DeleteBucketLifecycleOutput, Refusal> {
    write(caller, &input.bucket, input.expected_bucket_owner.as_deref(), |settings| settings.lifecycle = None)?;
    Ok(dto::DeleteBucketLifecycleOutput {})
}
