//! Tags of objects.

use s3s::dto;

use super::{Caller, convert};
use crate::s3::object::Tags;
use crate::s3::refusal::Refusal;

pub(super) fn get(caller: &Caller, input: dto::GetObjectTaggingInput) -> Result<dto::GetObjectTaggingOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let place = (input.bucket.as_str(), input.key.as_str(), input.version_id.as_deref());
    let selected = super::read::select(caller, place, "GET")?;
    Ok(dto::GetObjectTaggingOutput {
        tag_set: selected.tags.into_iter().map(convert::tag).collect(),
        version_id: selected.version_id,
    })
}

pub(super) fn put(caller: &Caller, input: dto::PutObjectTaggingInput) -> Result<dto::PutObjectTaggingOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let tags = convert::checked_tags(input.tagging.tag_set.into_iter().map(convert::tag_pair).collect())?;
    let version_id = set(caller, (&input.bucket, &input.key, input.version_id.as_deref()), "PUT", tags)?;
    Ok(dto::PutObjectTaggingOutput { version_id })
}

pub(super) fn delete(
    caller: &Caller,
    input: dto::DeleteObjectTaggingInput,
) -> Result<dto::DeleteObjectTaggingOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let version_id = set(caller, (&input.bucket, &input.key, input.version_id.as_deref()), "DELETE", Tags::new())?;
    Ok(dto::DeleteObjectTaggingOutput { version_id })
}

fn set(
    caller: &Caller,
    (bucket, key, version_id): (&str, &str, Option<&str>),
    method: &'static str,
    tags: Tags,
) -> Result<Option<String>, Refusal> {
    super::read::select(caller, (bucket, key, version_id), method)?;
    caller.store.with_bucket_mut(bucket, |bucket| {
        let version = bucket.version_mut(key, version_id)?;
        version.tags = tags;
        let id = version.id.clone();
        Ok(bucket.shown(&id))
    })
}
