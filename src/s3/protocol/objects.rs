//! Writing and deleting objects.

use bytes::Bytes;
use s3s::dto;

use super::convert::{self, checksums, labels, with_checksum};
use super::{Caller, read, settings};
use crate::s3::bucket::Deleted;
use crate::s3::checksum::{Checksum, check_md5, md5};
use crate::s3::object::{Content, check_key, hex};
use crate::s3::refusal::Refusal;
use crate::s3::store::WriteCondition;

/// The most keys of one DeleteObjects.
const MOST_DELETED: usize = 1000;

pub(super) fn put(caller: &Caller, mut input: dto::PutObjectInput) -> Result<dto::PutObjectOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    check_key(&input.key)?;
    if input.write_offset_bytes.is_some() {
        return Err(Refusal::NotImplemented { what: "Appending to an object".to_owned() });
    }
    let mut labels = labels!(input);
    settings::encrypt(caller, &input.bucket, &mut labels)?;
    let tags = convert::tags_of_header(input.tagging.as_deref())?;
    let condition = write_condition(input.if_match.as_ref(), input.if_none_match.as_ref())?;
    let given = checksums!(input)?;
    let bytes = convert::bytes(input.body.take())?;
    let (md5, checksum) = checked(&bytes, input.content_md5.as_deref(), given)?;
    let etag = hex(&md5);
    let (encryption, kms_key_id) = (read::encryption(&labels), labels.kms_key_id.clone());
    let content = Content { bytes, etag: etag.clone(), labels, checksum: checksum.clone(), part_bytes: Vec::new() };
    let version_id = caller.store.put_if(&input.bucket, &input.key, content, tags, &condition)?;
    Ok(with_checksum!(
        checksum.as_ref(),
        PutObjectOutput {
            checksum_type: checksum.as_ref().map(|_| convert::checksum_type(false)),
            e_tag: Some(convert::etag(&etag)),
            server_side_encryption: Some(encryption),
            ssekms_key_id: kms_key_id,
            version_id: version_id,
            ..Default::default()
        }
    ))
}

/// Holds bytes against the checksums that came with them.
pub(super) fn checked(
    bytes: &Bytes,
    content_md5: Option<&str>,
    given: Option<Checksum>,
) -> Result<([u8; 16], Option<Checksum>), Refusal> {
    let md5 = md5(bytes);
    check_md5(content_md5, md5)?;
    if let Some(given) = &given {
        given.check(bytes)?;
    }
    Ok((md5, given))
}

/// What must hold of the object that is there. S3 knows `If-None-Match` of writes with `*` alone.
pub(super) fn write_condition(
    if_match: Option<&dto::ETagCondition>,
    if_none_match: Option<&dto::ETagCondition>,
) -> Result<WriteCondition, Refusal> {
    if if_none_match.is_some_and(|condition| !condition.is_any()) {
        return Err(Refusal::NotImplemented { what: "If-None-Match with an ETag in a write".to_owned() });
    }
    let etag = |condition: &dto::ETagCondition| condition.as_etag().map_or("*", dto::ETag::value).to_owned();
    Ok(WriteCondition { absent: if_none_match.is_some(), etag: if_match.map(etag) })
}

pub(super) fn delete(caller: &Caller, input: dto::DeleteObjectInput) -> Result<dto::DeleteObjectOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    if input.if_match_size.is_some() || input.if_match_last_modified_time.is_some() {
        return Err(Refusal::NotImplemented { what: "Deleting by size or time".to_owned() });
    }
    let condition = write_condition(input.if_match.as_ref(), None)?;
    let deleted = caller.store.delete_if(&input.bucket, &input.key, input.version_id.as_deref(), &condition)?;
    Ok(dto::DeleteObjectOutput {
        delete_marker: deleted.marker.then_some(true),
        version_id: deleted.version_id,
        request_charged: None,
    })
}

pub(super) fn delete_many(
    caller: &Caller,
    input: dto::DeleteObjectsInput,
) -> Result<dto::DeleteObjectsOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let (objects, quiet) = (input.delete.objects, input.delete.quiet == Some(true));
    if objects.is_empty() || objects.len() > MOST_DELETED {
        return Err(Refusal::MalformedXml);
    }
    if objects.iter().any(|object| object.size.is_some() || object.last_modified_time.is_some()) {
        return Err(Refusal::NotImplemented { what: "Deleting by size or time".to_owned() });
    }
    let (mut done, mut errors) = (Vec::new(), Vec::new());
    for dto::ObjectIdentifier { key, version_id, e_tag, .. } in objects {
        let condition = WriteCondition { absent: false, etag: e_tag.map(dto::ETag::into_value) };
        match caller.store.delete_if(&input.bucket, &key, version_id.as_deref(), &condition) {
            Ok(deleted) => done.push(shown(key, version_id, deleted)),
            Err(refusal) => errors.push(dto::Error {
                code: Some(refusal.code().to_owned()),
                message: Some(refusal.to_string()),
                key: Some(key),
                version_id,
            }),
        }
    }
    Ok(dto::DeleteObjectsOutput {
        deleted: Some(done).filter(|_| !quiet),
        errors: Some(errors).filter(|errors| !errors.is_empty()),
        request_charged: None,
    })
}

/// The id that was asked for, and that of the marker that was made or is gone.
fn shown(key: String, asked: Option<String>, deleted: Deleted) -> dto::DeletedObject {
    dto::DeletedObject {
        key: Some(key),
        delete_marker: deleted.marker.then_some(true),
        delete_marker_version_id: deleted.version_id.filter(|_| deleted.marker),
        version_id: asked,
    }
}
