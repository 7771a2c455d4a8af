//! CopyObject and UploadPartCopy: the bytes stay where they are, and are two objects' from then on.

use s3s::dto;

use super::convert::{self, labels, with_checksum};
use super::read::{self, Conditions, Selected};
use super::uploads::{self, check_part_number};
use super::{Caller, settings};
use crate::s3::checksum::{Algorithm, Checksum};
use crate::s3::multipart::Part;
use crate::s3::object::{Content, Labels, check_key, hex};
use crate::s3::refusal::Refusal;
use crate::s3::store::WriteCondition;

pub(super) fn object(caller: &Caller, mut input: dto::CopyObjectInput) -> Result<dto::CopyObjectOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    check_key(&input.key)?;
    let conditions = Conditions {
        matching: input.copy_source_if_match.take(),
        not_matching: input.copy_source_if_none_match.take(),
        modified_since: input.copy_source_if_modified_since.take(),
        unmodified_since: input.copy_source_if_unmodified_since.take(),
    };
    let source = source(caller, &input.copy_source, input.expected_source_bucket_owner.as_deref(), &conditions)?;
    let replaced = is_replace(input.metadata_directive.as_ref().map(dto::MetadataDirective::as_str))?;
    let given = labels!(input);
    if !replaced && is_itself(&input) && !changes(&given) {
        return Err(Refusal::IllegalCopy);
    }
    let mut labels = if replaced { given } else { kept(&source.content.labels, given) };
    settings::encrypt(caller, &input.bucket, &mut labels)?;
    let tags = if is_replace(input.tagging_directive.as_ref().map(dto::TaggingDirective::as_str))? {
        convert::tags_of_header(input.tagging.as_deref())?
    } else {
        source.tags.clone()
    };
    let content = copied(&source.content, labels, input.checksum_algorithm.as_ref())?;
    let result = with_checksum!(
        content.checksum.as_ref(),
        CopyObjectResult {
            checksum_type: content.checksum.as_ref().map(|checksum| convert::checksum_type(checksum.composite)),
            e_tag: Some(convert::etag(&content.etag)),
            last_modified: Some(convert::time(caller.store.clock.now())),
        }
    );
    let (encryption, kms_key_id) = (read::encryption(&content.labels), content.labels.kms_key_id.clone());
    let version_id = caller.store.put_if(&input.bucket, &input.key, content, tags, &WriteCondition::default())?;
    Ok(dto::CopyObjectOutput {
        copy_object_result: Some(result),
        copy_source_version_id: source.version_id,
        server_side_encryption: Some(encryption),
        ssekms_key_id: kms_key_id,
        version_id,
        ..Default::default()
    })
}

pub(super) fn part(caller: &Caller, mut input: dto::UploadPartCopyInput) -> Result<dto::UploadPartCopyOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    check_part_number(input.part_number)?;
    let conditions = Conditions {
        matching: input.copy_source_if_match.take(),
        not_matching: input.copy_source_if_none_match.take(),
        modified_since: input.copy_source_if_modified_since.take(),
        unmodified_since: input.copy_source_if_unmodified_since.take(),
    };
    let source = source(caller, &input.copy_source, input.expected_source_bucket_owner.as_deref(), &conditions)?;
    let bytes = match input.copy_source_range.as_deref() {
        None => source.content.bytes.clone(),
        Some(text) => ranged(&source.content, text)?,
    };
    let algorithm = uploads::algorithm_of(caller, &input.bucket, &input.key, &input.upload_id)?;
    let checksum = algorithm.map(|algorithm| Checksum::of(algorithm, &bytes));
    let modified = caller.store.clock.now();
    let part = Part::new(bytes, checksum.clone(), modified);
    let etag = part.etag();
    caller.store.put_part(&input.bucket, &input.key, &input.upload_id, input.part_number, part)?;
    let result = with_checksum!(
        checksum.as_ref(),
        CopyPartResult { e_tag: Some(convert::etag(&etag)), last_modified: Some(convert::time(modified)) }
    );
    Ok(dto::UploadPartCopyOutput {
        copy_part_result: Some(result),
        copy_source_version_id: source.version_id,
        ..Default::default()
    })
}

/// What is copied. It may lie in any Region.
fn source(
    caller: &Caller,
    source: &dto::CopySource,
    expected_owner: Option<&str>,
    conditions: &Conditions,
) -> Result<Selected, Refusal> {
    let dto::CopySource::Bucket { bucket, key, version_id } = source else {
        return Err(Refusal::NotImplemented { what: "Copying from an access point".to_owned() });
    };
    caller.store.with_bucket(bucket, |bucket| {
        let other = expected_owner.is_some_and(|owner| *owner != *bucket.owner);
        if other { Err(Refusal::AccessDenied) } else { Ok(()) }
    })?;
    let selected =
        read::select(caller, (bucket, key, version_id.as_deref()), "GET").map_err(|refusal| match refusal {
            Refusal::MethodNotAllowed { .. } => Refusal::InvalidRequest {
                message: "The source of a copy request may not specifically refer to a delete marker by version id."
                    .to_owned(),
            },
            Refusal::Deleted { key, .. } => Refusal::NoSuchKey { key },
            other => other,
        })?;
    conditions.check(&selected).map_err(|refusal| match refusal {
        // A write is never "not modified".
        Refusal::NotModified { .. } => Refusal::PreconditionFailed { condition: "x-amz-copy-source-If-None-Match" },
        other => other,
    })?;
    read::check_archived(&selected.content)?;
    Ok(selected)
}

fn is_replace(directive: Option<&str>) -> Result<bool, Refusal> {
    match directive {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(other) => Err(Refusal::InvalidArgument {
            name: "x-amz-metadata-directive",
            value: other.to_owned(),
            message: "Unknown metadata directive.".into(),
        }),
    }
}

/// Whether the current version of an object is copied onto itself.
fn is_itself(input: &dto::CopyObjectInput) -> bool {
    matches!(&input.copy_source, dto::CopySource::Bucket { bucket, key, version_id: None }
        if **bucket == *input.bucket && **key == *input.key)
}

/// Whether a copy says something that is not kept from its source.
fn changes(given: &Labels) -> bool {
    given.storage_class.is_some() || given.website_redirect_location.is_some() || given.encryption.is_some()
}

/// The labels of a source, with what a copy never takes over from it.
fn kept(source: &Labels, given: Labels) -> Labels {
    Labels {
        website_redirect_location: given.website_redirect_location,
        encryption: given.encryption,
        kms_key_id: given.kms_key_id,
        storage_class: given.storage_class,
        ..source.clone()
    }
}

/// The same bytes as an object of their own: in one piece, whatever the source was uploaded in.
fn copied(source: &Content, labels: Labels, algorithm: Option<&dto::ChecksumAlgorithm>) -> Result<Content, Refusal> {
    let own = source.checksum.as_ref().map(|checksum| checksum.algorithm);
    let algorithm = algorithm.map(|algorithm| Algorithm::named(algorithm.as_str())).transpose()?.or(own);
    let checksum = match (&source.checksum, algorithm) {
        (Some(checksum), Some(algorithm)) if checksum.algorithm == algorithm && !checksum.composite => {
            Some(checksum.clone())
        }
        (_, algorithm) => algorithm.map(|algorithm| Checksum::of(algorithm, &source.bytes)),
    };
    let etag =
        if source.part_bytes.is_empty() { source.etag.clone() } else { hex(&crate::s3::checksum::md5(&source.bytes)) };
    Ok(Content { bytes: source.bytes.clone(), etag, labels, checksum, part_bytes: Vec::new() })
}

/// `bytes=first-last` of a source, both of which must be given and be there.
fn ranged(content: &Content, text: &str) -> Result<bytes::Bytes, Refusal> {
    let Ok(range @ dto::Range::Int { last: Some(last), .. }) = dto::Range::parse(text) else {
        return Err(Refusal::InvalidArgument {
            name: "x-amz-copy-source-range",
            value: text.to_owned(),
            message:
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the \
                      zero-based offsets of the first and last bytes to copy"
                    .into(),
        });
    };
    let found = range.check(content.bytes.len() as u64).ok().filter(|_| last < content.bytes.len() as u64);
    match found.map(|found| (usize::try_from(found.start), usize::try_from(found.end))) {
        Some((Ok(start), Ok(end))) => Ok(content.bytes.slice(start..end)),
        _ => Err(Refusal::InvalidArgument {
            name: "x-amz-copy-source-range",
            value: text.to_owned(),
            message: format!("Range specified is not valid for source object of size: {}", content.bytes.len()).into(),
        }),
    }
}
