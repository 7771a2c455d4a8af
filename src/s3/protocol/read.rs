//! Reading objects: which version, under which conditions, which part of it.

use std::ops::Range;
use std::sync::Arc;

use s3s::{Body, dto};

use super::Caller;
use super::convert::{self, with_checksum};
use crate::clock::Timestamp;
use crate::s3::object::{ARCHIVES, Content, Labels};
use crate::s3::refusal::Refusal;

/// The type of an object of which none was given.
const CONTENT_TYPE: &str = "binary/octet-stream";

/// A version that is no delete marker, and what the answer says of it.
pub(super) struct Selected {
    pub(super) content: Arc<Content>,
    pub(super) modified: Timestamp,
    pub(super) version_id: Option<String>,
    pub(super) tags: Vec<(String, String)>,
}

/// What the caller requires of the object.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub(super) matching: Option<dto::ETagCondition>,
    pub(super) not_matching: Option<dto::ETagCondition>,
    pub(super) modified_since: Option<dto::Timestamp>,
    pub(super) unmodified_since: Option<dto::Timestamp>,
}

/// Finds the version that a request reads.
pub(super) fn select(
    caller: &Caller,
    (bucket, key, version_id): (&str, &str, Option<&str>),
    method: &'static str,
) -> Result<Selected, Refusal> {
    let found = caller.store.find(bucket, key, version_id)?;
    match found.version.content {
        Some(content) => Ok(Selected {
            content,
            modified: found.version.modified,
            version_id: found.version_id,
            tags: found.version.tags,
        }),
        None if version_id.is_some() => Err(Refusal::MethodNotAllowed { method }),
        None => Err(Refusal::Deleted { key: key.to_owned(), version_id: found.version_id.unwrap_or_default() }),
    }
}

impl Conditions {
    /// In HTTP's order: an ETag is asked before a time, and makes it unasked.
    pub(super) fn check(&self, selected: &Selected) -> Result<(), Refusal> {
        let etag = &selected.content.etag;
        let modified = convert::time(selected.modified.to_whole_second());
        let is = |condition: &dto::ETagCondition| condition.as_etag().is_none_or(|given| given.value() == etag);
        let failed = |condition| Err(Refusal::PreconditionFailed { condition });
        match (&self.matching, &self.unmodified_since) {
            (Some(condition), _) if !is(condition) => return failed("If-Match"),
            (None, Some(since)) if modified > *since => return failed("If-Unmodified-Since"),
            _ => {}
        }
        match (&self.not_matching, &self.modified_since) {
            (Some(condition), _) if is(condition) => Err(Refusal::NotModified { etag: etag.clone() }),
            (None, Some(since)) if modified <= *since => Err(Refusal::NotModified { etag: etag.clone() }),
            _ => Ok(()),
        }
    }
}

/// What part of an object is asked for.
struct Slice {
    range: Range<usize>,
    /// How many parts it was uploaded in, where one of them is asked for.
    parts: Option<i32>,
    partial: bool,
}

impl Slice {
    fn of(content: &Content, range: Option<dto::Range>, part: Option<i32>) -> Result<Self, Refusal> {
        let whole = content.bytes.len();
        if let Some(part) = part {
            return Self::of_part(content, part);
        }
        let Some(range) = range else { return Ok(Self { range: 0..whole, parts: None, partial: false }) };
        let refusal = || Refusal::InvalidRange { requested: range.to_header_string(), object_bytes: whole as u64 };
        // Of nothing there is no last byte either.
        let found = range.check(whole as u64).ok().filter(|found| !found.is_empty()).ok_or_else(refusal)?;
        let place = |place| usize::try_from(place).map_err(|_| refusal());
        Ok(Self { range: place(found.start)?..place(found.end)?, parts: None, partial: true })
    }

    fn of_part(content: &Content, part: i32) -> Result<Self, Refusal> {
        let whole = [content.bytes.len() as u64];
        let parts = if content.part_bytes.is_empty() { &whole[..] } else { &content.part_bytes };
        let refusal = || Refusal::InvalidPartNumber { requested: part, parts: parts.len() };
        let place = usize::try_from(part).ok().and_then(|part| part.checked_sub(1)).ok_or_else(refusal)?;
        let bytes = *parts.get(place).ok_or_else(refusal)?;
        let start: u64 = parts.iter().take(place).sum();
        let at = |place: u64| usize::try_from(place).map_err(|_| refusal());
        let count = (!content.part_bytes.is_empty()).then(|| i32::try_from(parts.len()).unwrap_or(i32::MAX));
        Ok(Self { range: at(start)?..at(start + bytes)?, parts: count, partial: true })
    }

    /// `Content-Range`, of an answer that is not the whole.
    fn header(&self, content: &Content) -> Option<String> {
        let Range { start, end } = self.range;
        (self.partial && end > start).then(|| format!("bytes {start}-{}/{}", end - 1, content.bytes.len()))
    }
}

/// As S3 encrypts what nobody said anything of.
pub(super) fn encryption(labels: &Labels) -> dto::ServerSideEncryption {
    labels.encryption.clone().unwrap_or_else(|| dto::ServerSideEncryption::AES256.to_owned()).into()
}

/// What GetObject and HeadObject say alike.
macro_rules! described {
    ($output:ident, $selected:expr, $slice:expr, $checksum_mode:expr, { $($member:ident: $value:expr,)* }) => {{
        let (selected, slice): (&Selected, &Slice) = (&$selected, &$slice);
        let (content, labels) = (&selected.content, &selected.content.labels);
        let asked = $checksum_mode.as_ref().is_some_and(|mode| mode.as_str() == dto::ChecksumMode::ENABLED);
        let checksum = content.checksum.as_ref().filter(|_| asked && !slice.partial);
        with_checksum!(checksum, $output {
            accept_ranges: Some("bytes".to_owned()),
            cache_control: labels.cache_control.clone(),
            checksum_type: checksum.map(|checksum| convert::checksum_type(checksum.composite)),
            content_disposition: labels.content_disposition.clone(),
            content_encoding: labels.content_encoding.clone(),
            content_language: labels.content_language.clone(),
            content_length: Some(convert::length(slice.range.len())),
            content_range: slice.header(content),
            content_type: Some(labels.content_type.clone().unwrap_or_else(|| CONTENT_TYPE.to_owned())),
            e_tag: Some(convert::etag(&content.etag)),
            expires: labels.expires.as_deref().and_then(convert::from_http_date),
            last_modified: Some(convert::time(selected.modified.to_whole_second())),
            metadata: Some(labels.metadata.clone().into_iter().collect()),
            parts_count: slice.parts,
            server_side_encryption: Some(encryption(labels)),
            ssekms_key_id: labels.kms_key_id.clone(),
            storage_class: labels.storage_class.clone().map(Into::into),
            version_id: selected.version_id.clone(),
            website_redirect_location: labels.website_redirect_location.clone(),
            $($member: $value,)*
            ..Default::default()
        })
    }};
}

pub(super) fn get(caller: &Caller, input: dto::GetObjectInput) -> Result<dto::GetObjectOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let selected = select(caller, (&input.bucket, &input.key, input.version_id.as_deref()), "GET")?;
    let conditions = Conditions {
        matching: input.if_match,
        not_matching: input.if_none_match,
        modified_since: input.if_modified_since,
        unmodified_since: input.if_unmodified_since,
    };
    conditions.check(&selected)?;
    check_archived(&selected.content)?;
    let slice = Slice::of(&selected.content, input.range, input.part_number)?;
    let body = Body::from(selected.content.bytes.slice(slice.range.clone()));
    Ok(described!(GetObjectOutput, selected, slice, input.checksum_mode, {
        body: Some(body.into()),
        tag_count: i32::try_from(selected.tags.len()).ok().filter(|count| *count > 0),
    }))
}

/// An archived object is not read, by GetObject or by a copy.
pub(super) fn check_archived(content: &Content) -> Result<(), Refusal> {
    match &content.labels.storage_class {
        Some(class) if ARCHIVES.contains(&class.as_str()) => {
            Err(Refusal::InvalidObjectState { storage_class: class.clone() })
        }
        _ => Ok(()),
    }
}

pub(super) fn head(caller: &Caller, input: dto::HeadObjectInput) -> Result<dto::HeadObjectOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let selected = select(caller, (&input.bucket, &input.key, input.version_id.as_deref()), "HEAD")?;
    let conditions = Conditions {
        matching: input.if_match,
        not_matching: input.if_none_match,
        modified_since: input.if_modified_since,
        unmodified_since: input.if_unmodified_since,
    };
    conditions.check(&selected)?;
    let slice = Slice::of(&selected.content, input.range, input.part_number)?;
    Ok(described!(HeadObjectOutput, selected, slice, input.checksum_mode, {}))
}
