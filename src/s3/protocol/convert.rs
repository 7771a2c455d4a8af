//! Between the protocol's types and the store's.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use s3s::crypto::{Checksum as _, Sha256};
use s3s::{Body, dto};

use super::ready;
use crate::clock::Timestamp;
use crate::s3::checksum::{Algorithm, Checksum};
use crate::s3::object::{Tags, hex};
use crate::s3::refusal::Refusal;

/// The classes that an object of a bucket may be put in.
const STORAGE_CLASSES: [&str; 9] = [
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "GLACIER_IR",
    "DEEP_ARCHIVE",
    "SNOW",
];

/// How S3 encrypts objects.
const ENCRYPTIONS: [&str; 3] = ["AES256", "aws:kms", "aws:kms:dsse"];

/// The most bytes of names and values in the metadata of a user.
const METADATA_BYTES: usize = 2048;

/// What S3 leaves as it is where a list is asked for in URL form; a blank becomes a plus.
const IN_LISTS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b'/').remove(b' ');

/// What stands in a path as it is.
const IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// All bytes of a body. What comes in one piece, as everything does that the wire gives, is not copied.
pub(super) fn bytes(body: Option<dto::StreamingBlob>) -> Result<Bytes, Refusal> {
    let Some(body) = body else { return Ok(Bytes::new()) };
    ready(Body::from(body).store_all_limited(usize::MAX)).map_err(|_| Refusal::IncompleteBody)
}

pub(super) fn time(moment: Timestamp) -> dto::Timestamp {
    let since = Duration::from_millis(u64::try_from(moment.as_millis()).unwrap_or_default());
    SystemTime::UNIX_EPOCH.checked_add(since).map(Into::into).unwrap_or_default()
}

/// A moment as HTTP writes it.
pub(super) fn http_date(moment: &dto::Timestamp) -> Option<String> {
    let mut text = Vec::new();
    moment.format(dto::TimestampFormat::HttpDate, &mut text).ok()?;
    String::from_utf8(text).ok()
}

pub(super) fn from_http_date(text: &str) -> Option<dto::Timestamp> {
    dto::Timestamp::parse(dto::TimestampFormat::HttpDate, text).ok()
}

pub(super) fn etag(text: &str) -> dto::ETag {
    dto::ETag::Strong(text.to_owned())
}

/// A length as S3 writes it.
pub(super) fn length(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// The canonical user that owns the buckets of an account.
pub(super) fn owner(account: &str) -> dto::Owner {
    dto::Owner { id: Some(canonical_id(account)), display_name: None }
}

pub(super) fn canonical_id(account: &str) -> String {
    hex(Sha256::checksum(account.as_bytes()).as_ref())
}

/// `None` for the class that is not written: `STANDARD`.
pub(super) fn storage_class(class: Option<dto::StorageClass>) -> Result<Option<String>, Refusal> {
    let Some(class) = class.map(|class| class.as_str().to_owned()) else { return Ok(None) };
    if !STORAGE_CLASSES.contains(&class.as_str()) {
        return Err(Refusal::InvalidStorageClass { storage_class: class });
    }
    Ok(Some(class).filter(|class| class != "STANDARD"))
}

/// A way to encrypt that there is.
pub(super) fn encryption(asked: Option<&dto::ServerSideEncryption>) -> Result<Option<String>, Refusal> {
    let Some(asked) = asked.map(|asked| asked.as_str().to_owned()) else { return Ok(None) };
    if !ENCRYPTIONS.contains(&asked.as_str()) {
        return Err(Refusal::InvalidArgument {
            name: "x-amz-server-side-encryption",
            value: asked,
            message: "The encryption method specified is not supported".into(),
        });
    }
    Ok(Some(asked))
}

/// Metadata of a user's, which is not too much.
pub(super) fn metadata(given: Option<dto::Metadata>) -> Result<BTreeMap<String, String>, Refusal> {
    let given = given.unwrap_or_default();
    let bytes = given.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > METADATA_BYTES {
        return Err(Refusal::MetadataTooLarge { bytes, limit_bytes: METADATA_BYTES });
    }
    Ok(given.into_iter().collect())
}

/// Reads `x-amz-tagging`: names and values as in a query.
pub(super) fn tags_of_header(text: Option<&str>) -> Result<Tags, Refusal> {
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let tags = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)));
    checked_tags(tags.collect())
}

/// Holds tags of an object against S3's rules.
pub(super) fn checked_tags(tags: Tags) -> Result<Tags, Refusal> {
    const MOST_TAGS: usize = 10;
    if tags.len() > MOST_TAGS {
        return Err(Refusal::InvalidTag { message: "Object tags cannot be greater than 10" });
    }
    well_formed_tags(tags)
}

/// Holds tags against the rules for tags of anything.
pub(super) fn well_formed_tags(tags: Tags) -> Result<Tags, Refusal> {
    const NAME_LETTERS: usize = 128;
    const VALUE_LETTERS: usize = 256;
    let invalid = |message| Err(Refusal::InvalidTag { message });
    for (place, (name, value)) in tags.iter().enumerate() {
        if name.is_empty() || name.chars().count() > NAME_LETTERS {
            return invalid("The TagKey you have provided is invalid");
        }
        if value.chars().count() > VALUE_LETTERS {
            return invalid("The TagValue you have provided is invalid");
        }
        if tags.iter().take(place).any(|(other, _)| other == name) {
            return invalid("Cannot provide multiple Tags with the same key");
        }
    }
    Ok(tags)
}

/// A tag as a request has it.
pub(super) fn tag_pair(tag: dto::Tag) -> (String, String) {
    (tag.key.unwrap_or_default(), tag.value.unwrap_or_default())
}

/// A tag as an answer shows it.
pub(super) fn tag((name, value): (String, String)) -> dto::Tag {
    dto::Tag { key: Some(name), value: Some(value) }
}

/// The one checksum among the five that there may be.
pub(super) fn given_checksum(given: [(Algorithm, Option<String>); 5]) -> Result<Option<Checksum>, Refusal> {
    let mut found = given.into_iter().filter_map(|(algorithm, value)| Some((algorithm, value?)));
    let Some((algorithm, value)) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err(Refusal::InvalidRequest {
            message: "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.".to_owned(),
        });
    }
    Ok(Some(Checksum { algorithm, value, composite: false }))
}

/// A checksum in the member of its algorithm.
pub(super) fn shown_checksum(checksum: Option<&Checksum>) -> dto::Checksum {
    let mut shown = dto::Checksum::default();
    if let Some(checksum) = checksum {
        let member = match checksum.algorithm {
            Algorithm::Crc32 => &mut shown.checksum_crc32,
            Algorithm::Crc32c => &mut shown.checksum_crc32c,
            Algorithm::Crc64Nvme => &mut shown.checksum_crc64nvme,
            Algorithm::Sha1 => &mut shown.checksum_sha1,
            Algorithm::Sha256 => &mut shown.checksum_sha256,
        };
        *member = Some(checksum.value.clone());
        shown.checksum_type = Some(checksum_type(checksum.composite));
    }
    shown
}

pub(super) fn checksum_type(composite: bool) -> dto::ChecksumType {
    dto::ChecksumType::from_static(if composite {
        dto::ChecksumType::COMPOSITE
    } else {
        dto::ChecksumType::FULL_OBJECT
    })
}

/// A text of a list, in URL form where that was asked for.
pub(super) fn listed(text: &str, encoding: Option<&dto::EncodingType>) -> String {
    if encoding.is_some() { utf8_percent_encode(text, IN_LISTS).to_string().replace(' ', "+") } else { text.to_owned() }
}

/// A key in a path.
pub(super) fn in_path(key: &str) -> String {
    utf8_percent_encode(key, IN_PATHS).to_string()
}

/// The five checksums of an input.
macro_rules! checksums {
    ($input:expr) => {{
        use $crate::s3::checksum::Algorithm;
        $crate::s3::protocol::convert::given_checksum([
            (Algorithm::Crc32, $input.checksum_crc32.take()),
            (Algorithm::Crc32c, $input.checksum_crc32c.take()),
            (Algorithm::Crc64Nvme, $input.checksum_crc64nvme.take()),
            (Algorithm::Sha1, $input.checksum_sha1.take()),
            (Algorithm::Sha256, $input.checksum_sha256.take()),
        ])
    }};
}

/// An output with a checksum in the member of its algorithm.
macro_rules! with_checksum {
    ($checksum:expr, $output:ident { $($member:ident: $value:expr),+ }) => {
        with_checksum!($checksum, $output { $($member: $value,)+ })
    };
    ($checksum:expr, $output:ident { $($member:ident: $value:expr,)* $(..$base:expr)? }) => {{
        let shown = $crate::s3::protocol::convert::shown_checksum($checksum);
        s3s::dto::$output {
            checksum_crc32: shown.checksum_crc32,
            checksum_crc32c: shown.checksum_crc32c,
            checksum_crc64nvme: shown.checksum_crc64nvme,
            checksum_sha1: shown.checksum_sha1,
            checksum_sha256: shown.checksum_sha256,
            $($member: $value,)*
            $(..$base)?
        }
    }};
}

/// The labels of an input that makes an object.
macro_rules! labels {
    ($input:expr) => {{
        if $input.sse_customer_algorithm.is_some() {
            return Err(Refusal::NotImplemented { what: "Encryption with keys of customers".to_owned() });
        }
        if $input.object_lock_mode.is_some() || $input.object_lock_legal_hold_status.is_some() {
            return Err(Refusal::NotImplemented { what: "Object Lock".to_owned() });
        }
        $crate::s3::object::Labels {
            cache_control: $input.cache_control.take(),
            content_disposition: $input.content_disposition.take(),
            content_encoding: $input.content_encoding.take(),
            content_language: $input.content_language.take(),
            content_type: $input.content_type.take().filter(|text| !text.is_empty()),
            expires: $input.expires.as_ref().and_then($crate::s3::protocol::convert::http_date),
            website_redirect_location: $input.website_redirect_location.take(),
            encryption: $crate::s3::protocol::convert::encryption($input.server_side_encryption.as_ref())?,
            kms_key_id: $input.ssekms_key_id.take(),
            storage_class: $crate::s3::protocol::convert::storage_class($input.storage_class.take())?,
            metadata: $crate::s3::protocol::convert::metadata($input.metadata.take())?,
        }
    }};
}

pub(super) use {checksums, labels, with_checksum};
