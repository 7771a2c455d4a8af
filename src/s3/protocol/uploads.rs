//! Multipart uploads, from the first request to the last.

use std::collections::BTreeMap;
use std::sync::Arc;

use s3s::dto;

use super::convert::{self, checksums, labels, with_checksum};
use super::{Caller, objects, read, settings};
use crate::s3::checksum::{Algorithm, Checksum};
use crate::s3::multipart::{Announced, NamedPart, Part, Upload, UploadChecksum};
use crate::s3::object::{Labels, check_key};
use crate::s3::refusal::Refusal;

/// The highest number of a part.
const LAST_PART: i32 = 10_000;

pub(super) fn create(
    caller: &Caller,
    mut input: dto::CreateMultipartUploadInput,
) -> Result<dto::CreateMultipartUploadOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    check_key(&input.key)?;
    let mut labels = labels!(input);
    settings::encrypt(caller, &input.bucket, &mut labels)?;
    let (encryption, kms_key_id) = (read::encryption(&labels), labels.kms_key_id.clone());
    let checksum = upload_checksum(input.checksum_algorithm.as_ref(), input.checksum_type.as_ref())?;
    let upload = Upload {
        initiated: caller.store.clock.now(),
        initiator: Arc::clone(&caller.scope.account),
        labels,
        tags: convert::tags_of_header(input.tagging.as_deref())?,
        checksum,
        parts: BTreeMap::new(),
    };
    let id = caller.store.begin_upload(&input.bucket, &input.key, upload)?;
    Ok(dto::CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        checksum_algorithm: checksum.map(|checksum| dto::ChecksumAlgorithm::from_static(checksum.algorithm.name())),
        checksum_type: checksum.map(|checksum| convert::checksum_type(checksum.composite)),
        server_side_encryption: Some(encryption),
        ssekms_key_id: kms_key_id,
        ..Default::default()
    })
}

/// The checksum of an upload: composite where nothing else was said, but for CRC64NVME, which cannot be.
fn upload_checksum(
    algorithm: Option<&dto::ChecksumAlgorithm>,
    kind: Option<&dto::ChecksumType>,
) -> Result<Option<UploadChecksum>, Refusal> {
    let Some(algorithm) = algorithm else { return Ok(None) };
    let algorithm = Algorithm::named(algorithm.as_str())?;
    let composite = match kind.map(dto::ChecksumType::as_str) {
        Some(kind) => kind == dto::ChecksumType::COMPOSITE,
        None => algorithm != Algorithm::Crc64Nvme,
    };
    let impossible = match algorithm {
        Algorithm::Crc64Nvme => composite,
        Algorithm::Sha1 | Algorithm::Sha256 => !composite,
        Algorithm::Crc32 | Algorithm::Crc32c => false,
    };
    if impossible {
        let kind = if composite { "COMPOSITE" } else { "FULL_OBJECT" };
        let name = algorithm.name().to_ascii_lowercase();
        let message = format!("The {kind} checksum type cannot be used with the {name} checksum algorithm.");
        return Err(Refusal::InvalidRequest { message });
    }
    Ok(Some(UploadChecksum { algorithm, composite }))
}

pub(super) fn part(caller: &Caller, mut input: dto::UploadPartInput) -> Result<dto::UploadPartOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    check_part_number(input.part_number)?;
    let wanted = algorithm_of(caller, &input.bucket, &input.key, &input.upload_id)?;
    let given = checksums!(input)?;
    if let (Some(wanted), Some(given)) = (wanted, &given)
        && given.algorithm != wanted
    {
        let (wanted, given) = (wanted.name().to_ascii_lowercase(), given.algorithm.name().to_ascii_lowercase());
        let message =
            format!("Checksum Type mismatch occurred, expected checksum Type: {wanted}, actual checksum Type: {given}");
        return Err(Refusal::InvalidRequest { message });
    }
    let bytes = convert::bytes(input.body.take())?;
    let (_, checksum) = objects::checked(&bytes, input.content_md5.as_deref(), given)?;
    let checksum = checksum.or_else(|| wanted.map(|algorithm| Checksum::of(algorithm, &bytes)));
    let part = Part::new(bytes, checksum.clone(), caller.store.clock.now());
    let etag = part.etag();
    caller.store.put_part(&input.bucket, &input.key, &input.upload_id, input.part_number, part)?;
    Ok(with_checksum!(
        checksum.as_ref(),
        UploadPartOutput {
            e_tag: Some(convert::etag(&etag)),
            server_side_encryption: Some(read::encryption(&Labels::default())),
            ..Default::default()
        }
    ))
}

/// Which checksum the parts of an upload have; also requires that the upload is there.
pub(super) fn algorithm_of(caller: &Caller, bucket: &str, key: &str, id: &str) -> Result<Option<Algorithm>, Refusal> {
    caller.store.with_bucket(bucket, |bucket| Ok(bucket.upload(key, id)?.checksum.map(|checksum| checksum.algorithm)))
}

pub(super) fn check_part_number(number: i32) -> Result<(), Refusal> {
    if (1..=LAST_PART).contains(&number) {
        return Ok(());
    }
    Err(Refusal::InvalidArgument {
        name: "partNumber",
        value: number.to_string(),
        message: "Part number must be an integer between 1 and 10000, inclusive".into(),
    })
}

pub(super) fn complete(
    caller: &Caller,
    mut input: dto::CompleteMultipartUploadInput,
) -> Result<dto::CompleteMultipartUploadOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let condition = objects::write_condition(input.if_match.as_ref(), input.if_none_match.as_ref())?;
    let parts = input.multipart_upload.take().and_then(|upload| upload.parts).unwrap_or_default();
    let named: Vec<_> = parts.into_iter().map(named_part).collect::<Result<_, _>>()?;
    let announced = Announced {
        bytes: input.mpu_object_size.map(|bytes| u64::try_from(bytes).unwrap_or(u64::MAX)),
        checksum: checksums!(input)?,
    };
    let place = (input.bucket.as_str(), input.key.as_str(), input.upload_id.as_str());
    let completed = caller.store.complete_upload(place, &named, &announced, &condition)?;
    let region = caller.store.with_bucket(&input.bucket, |bucket| Ok(Arc::clone(&bucket.region)))?;
    let location = format!("https://{}.s3.{region}.amazonaws.com/{}", input.bucket, convert::in_path(&input.key));
    let labels = Labels { encryption: completed.encryption, ..Labels::default() };
    let checksum = completed.checksum;
    Ok(with_checksum!(
        checksum.as_ref(),
        CompleteMultipartUploadOutput {
            bucket: Some(input.bucket),
            checksum_type: checksum.as_ref().map(|checksum| convert::checksum_type(checksum.composite)),
            e_tag: Some(convert::etag(&completed.etag)),
            key: Some(input.key),
            location: Some(location),
            server_side_encryption: Some(read::encryption(&labels)),
            version_id: completed.version_id,
            ..Default::default()
        }
    ))
}

fn named_part(mut part: dto::CompletedPart) -> Result<NamedPart, Refusal> {
    let checksum = checksums!(part)?.map(|checksum| checksum.value);
    match (part.part_number, part.e_tag) {
        (Some(number), Some(etag)) => Ok(NamedPart { number, etag: etag.into_value(), checksum }),
        _ => Err(Refusal::MalformedXml),
    }
}

pub(super) fn abort(
    caller: &Caller,
    input: dto::AbortMultipartUploadInput,
) -> Result<dto::AbortMultipartUploadOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    caller.store.abort_upload(&input.bucket, &input.key, &input.upload_id)?;
    Ok(dto::AbortMultipartUploadOutput::default())
}

pub(super) fn parts(caller: &Caller, input: dto::ListPartsInput) -> Result<dto::ListPartsOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let limit = super::lists::limit("max-parts", input.max_parts)?;
    let upload =
        caller.store.with_bucket(&input.bucket, |bucket| bucket.upload(&input.key, &input.upload_id).cloned())?;
    let owner = caller.store.with_bucket(&input.bucket, |bucket| Ok(convert::owner(&bucket.owner)))?;
    let after = input.part_number_marker.unwrap_or(0);
    let left: Vec<_> = upload.parts.range(after.saturating_add(1)..).collect();
    let truncated = left.len() > limit;
    let shown: Vec<_> = left.into_iter().take(limit).map(|(number, part)| shown_part(*number, part)).collect();
    Ok(dto::ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        checksum_algorithm: upload.checksum.map(|it| dto::ChecksumAlgorithm::from_static(it.algorithm.name())),
        checksum_type: upload.checksum.map(|it| convert::checksum_type(it.composite)),
        initiator: Some(dto::Initiator { id: Some(convert::canonical_id(&upload.initiator)), display_name: None }),
        is_truncated: Some(truncated),
        max_parts: Some(i32::try_from(limit).unwrap_or(i32::MAX)),
        next_part_number_marker: Some(shown.last().and_then(|part| part.part_number).unwrap_or(0)),
        owner: Some(owner),
        part_number_marker: Some(after),
        parts: Some(shown),
        storage_class: Some(upload.labels.storage_class.unwrap_or_else(|| "STANDARD".to_owned()).into()),
        ..Default::default()
    })
}

fn shown_part(number: i32, part: &Part) -> dto::Part {
    with_checksum!(
        part.checksum.as_ref(),
        Part {
            e_tag: Some(convert::etag(&part.etag())),
            last_modified: Some(convert::time(part.modified)),
            part_number: Some(number),
            size: Some(convert::length(part.bytes.len())),
        }
    )
}
