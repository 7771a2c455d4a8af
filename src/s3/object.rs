//! What S3 keeps of an object: bytes, what the uploader said about them, and the versions of a key.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::checksum::{Checksum, md5};
use super::refusal::Refusal;
use crate::clock::Timestamp;

/// The storage classes of objects that have to be restored before they can be read.
pub const ARCHIVES: [&str; 2] = ["GLACIER", "DEEP_ARCHIVE"];
/// The longest key, in bytes.
pub(super) const KEY_BYTES: usize = 1024;
/// The smallest part of a multipart upload, but for the last, in bytes.
pub(super) const SMALLEST_PART_BYTES: usize = 5 * 1024 * 1024;

/// Requires that a key is one that an object may have.
///
/// # Errors
/// [`Refusal::InvalidArgument`] for an empty key, [`Refusal::KeyTooLong`] for one over 1,024 bytes.
pub fn check_key(key: &str) -> Result<(), Refusal> {
    match key.len() {
        0 => Err(Refusal::InvalidArgument {
            name: "key",
            value: String::new(),
            message: "User key must have a length greater than 0.".into(),
        }),
        bytes if bytes > KEY_BYTES => Err(Refusal::KeyTooLong { bytes }),
        _ => Ok(()),
    }
}

/// The id of a version; `None` is S3's `null`, the only version of a key in a bucket without versioning.
pub type VersionId = Option<Arc<str>>;

/// Names and values.
pub type Tags = Vec<(String, String)>;

/// An object's bytes and everything that was said of them. It never changes: what is put again is another content.
#[derive(Debug, Clone)]
pub struct Content {
    /// The object itself.
    pub bytes: Bytes,
    /// Without quotes: the MD5 in hexadecimal, or that of the parts' MD5s, a hyphen and their number.
    pub etag: String,
    /// What the uploader said.
    pub labels: Labels,
    /// As the uploader gave it.
    pub checksum: Option<Checksum>,
    /// The sizes of the parts it was uploaded in, in bytes; empty if it was not.
    pub part_bytes: Vec<u64>,
}

/// The headers of an object that come back as they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the header of its name")]
pub struct Labels {
    pub cache_control: Option<String>,
    pub content_disposition: Option<String>,
    pub content_encoding: Option<String>,
    pub content_language: Option<String>,
    pub content_type: Option<String>,
    /// As HTTP writes moments.
    pub expires: Option<String>,
    pub website_redirect_location: Option<String>,
    pub encryption: Option<String>,
    pub kms_key_id: Option<String>,
    /// `None` is `STANDARD`.
    pub storage_class: Option<String>,
    /// `x-amz-meta-*`, without the prefix.
    pub metadata: BTreeMap<String, String>,
}

impl Content {
    /// Bytes of which nothing was said.
    #[must_use]
    pub fn plain(bytes: Bytes) -> Self {
        let etag = hex(&md5(&bytes));
        Self { bytes, etag, labels: Labels::default(), checksum: None, part_bytes: Vec::new() }
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// One version of one key.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) id: VersionId,
    pub(super) modified: Timestamp,
    pub(super) tags: Tags,
    /// `None`: a delete marker.
    pub(super) content: Option<Arc<Content>>,
}

impl Version {
    /// Whether this is the version of an id as requests write it.
    pub(super) fn is(&self, id: &str) -> bool {
        written(&self.id) == id
    }
}

/// A version's id as requests and answers write it.
pub(super) fn written(id: &VersionId) -> &str {
    id.as_deref().unwrap_or("null")
}
