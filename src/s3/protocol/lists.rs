//! Lists of objects, of their versions, and of uploads.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s3s::dto;

use super::{Caller, convert};
use crate::s3::listing::{Entry, MOST_ENTRIES, Page, Query, page};
use crate::s3::object::{Content, Version, written};
use crate::s3::refusal::Refusal;

/// The number of entries that a page may have.
pub(super) fn limit(name: &'static str, given: Option<i32>) -> Result<usize, Refusal> {
    let Some(given) = given else { return Ok(MOST_ENTRIES) };
    usize::try_from(given).map(|count| count.min(MOST_ENTRIES)).map_err(|_| Refusal::InvalidArgument {
        name,
        value: given.to_string(),
        message: format!("Argument {name} must be an integer between 0 and 2147483647").into(),
    })
}

/// What all lists are asked in the same way.
struct Asked<'a> {
    caller: &'a Caller,
    bucket: &'a str,
    encoding: Option<&'a dto::EncodingType>,
}

impl Asked<'_> {
    fn listed(&self, text: &str) -> String {
        convert::listed(text, self.encoding)
    }

    fn common_prefixes(&self, prefixes: &[String]) -> Option<Vec<dto::CommonPrefix>> {
        let shown = prefixes.iter().map(|prefix| dto::CommonPrefix { prefix: Some(self.listed(prefix)) });
        Some(shown.collect()).filter(|prefixes: &Vec<_>| !prefixes.is_empty())
    }

    /// The current versions that are no delete markers.
    fn objects(&self, query: &Query<'_>, with_owner: bool) -> Result<Page<dto::Object>, Refusal> {
        self.caller.store.with_bucket(self.bucket, |bucket| {
            let owner = with_owner.then(|| convert::owner(&bucket.owner));
            let entries = |key: &str, versions: &Vec<Version>| -> Vec<Entry<dto::Object>> {
                let current = versions.last();
                let shown = current.and_then(|version| {
                    let content = version.content.as_deref()?;
                    Some((self.object(key, version, content, owner.clone()), None))
                });
                shown.into_iter().collect()
            };
            Ok(page(&bucket.keys, query, entries))
        })
    }

    fn object(&self, key: &str, version: &Version, content: &Content, owner: Option<dto::Owner>) -> dto::Object {
        dto::Object {
            key: Some(self.listed(key)),
            last_modified: Some(convert::time(version.modified.to_whole_second())),
            e_tag: Some(convert::etag(&content.etag)),
            checksum_algorithm: algorithms(content),
            checksum_type: content.checksum.as_ref().map(|checksum| convert::checksum_type(checksum.composite)),
            size: Some(convert::length(content.bytes.len())),
            storage_class: Some(class(content).into()),
            owner,
            restore_status: None,
        }
    }
}

fn class(content: &Content) -> String {
    content.labels.storage_class.clone().unwrap_or_else(|| "STANDARD".to_owned())
}

fn algorithms(content: &Content) -> Option<Vec<dto::ChecksumAlgorithm>> {
    content.checksum.as_ref().map(|checksum| vec![dto::ChecksumAlgorithm::from_static(checksum.algorithm.name())])
}

/// A limit as the answer repeats it.
fn shown(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}

pub(super) fn objects(caller: &Caller, input: dto::ListObjectsInput) -> Result<dto::ListObjectsOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let asked = Asked { caller, bucket: &input.bucket, encoding: input.encoding_type.as_ref() };
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: input.marker.as_deref().unwrap_or_default(),
        after_id: None,
        limit: limit("max-keys", input.max_keys)?,
    };
    let page = asked.objects(&query, true)?;
    // Without a delimiter, the last key is the marker of the next page.
    let next_marker = page.next.as_ref().filter(|_| !query.delimiter.is_empty()).map(|(key, _)| asked.listed(key));
    Ok(dto::ListObjectsOutput {
        prefix: Some(asked.listed(query.prefix)),
        marker: Some(asked.listed(query.after)),
        max_keys: Some(shown(query.limit)),
        is_truncated: Some(page.next.is_some()),
        common_prefixes: asked.common_prefixes(&page.common_prefixes),
        contents: Some(page.entries),
        delimiter: input.delimiter.as_deref().map(|text| asked.listed(text)),
        next_marker,
        encoding_type: input.encoding_type.clone(),
        name: Some(input.bucket.clone()),
        request_charged: None,
    })
}

pub(super) fn objects_v2(caller: &Caller, input: dto::ListObjectsV2Input) -> Result<dto::ListObjectsV2Output, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let asked = Asked { caller, bucket: &input.bucket, encoding: input.encoding_type.as_ref() };
    let token = input.continuation_token.as_deref().map(read_token).transpose()?;
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: token.as_deref().or(input.start_after.as_deref()).unwrap_or_default(),
        after_id: None,
        limit: limit("max-keys", input.max_keys)?,
    };
    let page = asked.objects(&query, input.fetch_owner == Some(true))?;
    Ok(dto::ListObjectsV2Output {
        prefix: Some(asked.listed(query.prefix)),
        max_keys: Some(shown(query.limit)),
        key_count: Some(shown(page.len())),
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next.as_ref().map(|(key, _)| URL_SAFE_NO_PAD.encode(key)),
        common_prefixes: asked.common_prefixes(&page.common_prefixes),
        contents: Some(page.entries),
        delimiter: input.delimiter.as_deref().map(|text| asked.listed(text)),
        start_after: input.start_after.as_deref().map(|text| asked.listed(text)),
        continuation_token: input.continuation_token.clone(),
        encoding_type: input.encoding_type.clone(),
        name: Some(input.bucket.clone()),
        request_charged: None,
    })
}

/// The key behind a continuation token.
fn read_token(token: &str) -> Result<String, Refusal> {
    let key = URL_SAFE_NO_PAD.decode(token).ok().and_then(|key| String::from_utf8(key).ok());
    key.filter(|key| !key.is_empty()).ok_or_else(|| Refusal::InvalidArgument {
        name: "continuation-token",
        value: token.to_owned(),
        message: "The continuation token provided is incorrect".into(),
    })
}

/// A version in a list: an object's, or a delete marker.
enum Listed {
    Object(dto::ObjectVersion),
    Marker(dto::DeleteMarkerEntry),
}

pub(super) fn versions(
    caller: &Caller,
    input: dto::ListObjectVersionsInput,
) -> Result<dto::ListObjectVersionsOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let asked = Asked { caller, bucket: &input.bucket, encoding: input.encoding_type.as_ref() };
    let after_id = input.version_id_marker.as_deref().filter(|id| !id.is_empty());
    if after_id.is_some() && input.key_marker.as_deref().unwrap_or_default().is_empty() {
        return Err(Refusal::InvalidArgument {
            name: "version-id-marker",
            value: after_id.unwrap_or_default().to_owned(),
            message: "A version-id marker cannot be specified without a key marker.".into(),
        });
    }
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: input.key_marker.as_deref().unwrap_or_default(),
        after_id,
        limit: limit("max-keys", input.max_keys)?,
    };
    let page = caller.store.with_bucket(&input.bucket, |bucket| {
        let owner = convert::owner(&bucket.owner);
        Ok(page(&bucket.keys, &query, |key, versions| asked.versions(key, versions, &owner)))
    })?;
    let (mut objects, mut markers) = (Vec::new(), Vec::new());
    for entry in page.entries {
        match entry {
            Listed::Object(object) => objects.push(object),
            Listed::Marker(marker) => markers.push(marker),
        }
    }
    let (next_key, next_id) = page.next.unzip();
    Ok(dto::ListObjectVersionsOutput {
        is_truncated: Some(next_key.is_some()),
        common_prefixes: asked.common_prefixes(&page.common_prefixes),
        versions: Some(objects),
        delete_markers: Some(markers),
        delimiter: input.delimiter.as_deref().map(|text| asked.listed(text)),
        encoding_type: input.encoding_type.clone(),
        key_marker: Some(asked.listed(query.after)),
        max_keys: Some(shown(query.limit)),
        name: Some(input.bucket.clone()),
        next_key_marker: next_key.map(|key| asked.listed(&key)),
        next_version_id_marker: next_id.flatten(),
        prefix: Some(asked.listed(query.prefix)),
        version_id_marker: Some(after_id.unwrap_or_default().to_owned()),
        request_charged: None,
    })
}

impl Asked<'_> {
    /// The versions of a key, newest first.
    fn versions(&self, key: &str, versions: &[Version], owner: &dto::Owner) -> Vec<Entry<Listed>> {
        let newest_first = versions.iter().rev().enumerate();
        newest_first
            .map(|(place, version)| {
                (self.version(key, version, place == 0, owner), Some(written(&version.id).to_owned()))
            })
            .collect()
    }

    fn version(&self, key: &str, version: &Version, latest: bool, owner: &dto::Owner) -> Listed {
        let (key, version_id) = (Some(self.listed(key)), Some(written(&version.id).to_owned()));
        let last_modified = Some(convert::time(version.modified.to_whole_second()));
        let owner = Some(owner.clone());
        match version.content.as_deref() {
            None => Listed::Marker(dto::DeleteMarkerEntry {
                key,
                version_id,
                last_modified,
                owner,
                is_latest: Some(latest),
            }),
            Some(content) => Listed::Object(dto::ObjectVersion {
                key,
                version_id,
                last_modified,
                owner,
                is_latest: Some(latest),
                checksum_algorithm: algorithms(content),
                checksum_type: content.checksum.as_ref().map(|checksum| convert::checksum_type(checksum.composite)),
                e_tag: Some(convert::etag(&content.etag)),
                size: Some(convert::length(content.bytes.len())),
                storage_class: Some(class(content).into()),
                restore_status: None,
            }),
        }
    }
}

pub(super) fn uploads(
    caller: &Caller,
    input: dto::ListMultipartUploadsInput,
) -> Result<dto::ListMultipartUploadsOutput, Refusal> {
    caller.admit(&input.bucket, input.expected_bucket_owner.as_deref())?;
    let asked = Asked { caller, bucket: &input.bucket, encoding: input.encoding_type.as_ref() };
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: input.key_marker.as_deref().unwrap_or_default(),
        after_id: input.upload_id_marker.as_deref().filter(|id| !id.is_empty()),
        limit: limit("max-uploads", input.max_uploads)?,
    };
    let page = caller.store.with_bucket(&input.bucket, |bucket| {
        let owner = convert::owner(&bucket.owner);
        Ok(page(&bucket.uploads, &query, |key, uploads| {
            let mut oldest_first: Vec<_> = uploads.iter().collect();
            oldest_first.sort_by_key(|(id, upload)| (upload.initiated, *id));
            let shown = oldest_first.into_iter().map(|(id, upload)| {
                let shown = dto::MultipartUpload {
                    key: Some(asked.listed(key)),
                    upload_id: Some(id.clone()),
                    initiated: Some(convert::time(upload.initiated)),
                    initiator: Some(dto::Initiator {
                        id: Some(convert::canonical_id(&upload.initiator)),
                        display_name: None,
                    }),
                    owner: Some(owner.clone()),
                    storage_class: Some(
                        upload.labels.storage_class.clone().unwrap_or_else(|| "STANDARD".to_owned()).into(),
                    ),
                    checksum_algorithm: upload
                        .checksum
                        .map(|checksum| dto::ChecksumAlgorithm::from_static(checksum.algorithm.name())),
                    checksum_type: upload.checksum.map(|checksum| convert::checksum_type(checksum.composite)),
                };
                (shown, Some(id.clone()))
            });
            shown.collect()
        }))
    })?;
    let (next_key, next_id) = page.next.unzip();
    Ok(dto::ListMultipartUploadsOutput {
        is_truncated: Some(next_key.is_some()),
        common_prefixes: asked.common_prefixes(&page.common_prefixes),
        uploads: Some(page.entries),
        delimiter: input.delimiter.as_deref().map(|text| asked.listed(text)),
        encoding_type: input.encoding_type.clone(),
        key_marker: Some(asked.listed(query.after)),
        max_uploads: Some(shown(query.limit)),
        bucket: Some(input.bucket.clone()),
        next_key_marker: next_key.map(|key| asked.listed(&key)),
        next_upload_id_marker: next_id.flatten(),
        prefix: input.prefix.as_deref().map(|text| asked.listed(text)),
        upload_id_marker: Some(query.after_id.unwrap_or_default().to_owned()),
        request_charged: None,
    })
}
