//! One bucket: its settings, and the versions of each key.
//!
//! The one idea to hold: the versions of a key stand oldest first, and the last is the current one; a bucket without
//! versioning has at most one, whose id is `null`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::multipart::Upload;
use super::object::{Version, VersionId, written};
use super::refusal::Refusal;
use super::settings::Settings;
use crate::clock::Timestamp;

/// Whether a bucket keeps old versions. A bucket that never did has no such state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versioning {
    /// Each write makes a version.
    Enabled,
    /// Each write replaces the version `null`; others stay.
    Suspended,
}

#[derive(Debug, Clone)]
pub(super) struct Bucket {
    pub(super) owner: Arc<str>,
    pub(super) region: Arc<str>,
    pub(super) created: Timestamp,
    pub(super) versioning: Option<Versioning>,
    pub(super) policy: Option<String>,
    pub(super) settings: Settings,
    pub(super) keys: BTreeMap<String, Vec<Version>>,
    /// By key and id.
    pub(super) uploads: BTreeMap<String, BTreeMap<String, Upload>>,
}

/// What deleting came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// The version that is gone, or the marker that was made; `None` in a bucket without versions.
    pub version_id: Option<String>,
    /// Whether that version is a delete marker.
    pub marker: bool,
}

impl Bucket {
    /// The current version of a key, or the one that is named.
    pub(super) fn version(&self, key: &str, id: Option<&str>) -> Result<&Version, Refusal> {
        let versions = self.keys.get(key);
        match id {
            None => versions.and_then(|versions| versions.last()).ok_or_else(|| Refusal::NoSuchKey { key: key.into() }),
            Some(id) => versions
                .and_then(|versions| versions.iter().find(|version| version.is(id)))
                .ok_or_else(|| Refusal::NoSuchVersion { key: key.into(), version_id: id.into() }),
        }
    }

    /// As [`Self::version`], to change.
    pub(super) fn version_mut(&mut self, key: &str, id: Option<&str>) -> Result<&mut Version, Refusal> {
        let versions = self.keys.get_mut(key);
        match id {
            None => {
                versions.and_then(|versions| versions.last_mut()).ok_or_else(|| Refusal::NoSuchKey { key: key.into() })
            }
            Some(id) => versions
                .and_then(|versions| versions.iter_mut().find(|version| version.is(id)))
                .ok_or_else(|| Refusal::NoSuchVersion { key: key.into(), version_id: id.into() }),
        }
    }

    /// Adds a version, in the place of the version `null` if it is itself that.
    pub(super) fn push(&mut self, key: &str, version: Version) {
        let versions = self.keys.entry(key.to_owned()).or_default();
        if version.id.is_none() {
            versions.retain(|other| other.id.is_some());
        }
        versions.push(version);
    }

    /// Deletes the named version for good; without one, puts a marker there, under `marker_id`, if versions are kept.
    pub(super) fn delete(&mut self, key: &str, id: Option<&str>, now: Timestamp, marker_id: VersionId) -> Deleted {
        let Some(id) = id else {
            if self.versioning.is_none() {
                self.keys.remove(key);
                return Deleted::default();
            }
            let version_id = Some(written(&marker_id).to_owned());
            self.push(key, Version { id: marker_id, modified: now, tags: Vec::new(), content: None });
            return Deleted { version_id, marker: true };
        };
        let mut marker = false;
        if let Some(versions) = self.keys.get_mut(key) {
            versions.retain(|version| {
                let found = version.is(id);
                marker |= found && version.content.is_none();
                !found
            });
            if versions.is_empty() {
                self.keys.remove(key);
            }
        }
        Deleted { version_id: Some(id.to_owned()), marker }
    }

    /// An upload.
    pub(super) fn upload(&self, key: &str, id: &str) -> Result<&Upload, Refusal> {
        let upload = self.uploads.get(key).and_then(|uploads| uploads.get(id));
        upload.ok_or_else(|| Refusal::NoSuchUpload { upload_id: id.to_owned() })
    }

    /// As [`Self::upload`], to change.
    pub(super) fn upload_mut(&mut self, key: &str, id: &str) -> Result<&mut Upload, Refusal> {
        let upload = self.uploads.get_mut(key).and_then(|uploads| uploads.get_mut(id));
        upload.ok_or_else(|| Refusal::NoSuchUpload { upload_id: id.to_owned() })
    }

    /// Takes an upload out.
    pub(super) fn take_upload(&mut self, key: &str, id: &str) -> Result<Upload, Refusal> {
        let uploads = self.uploads.get_mut(key);
        let taken = uploads.and_then(|uploads| uploads.remove(id));
        if self.uploads.get(key).is_some_and(BTreeMap::is_empty) {
            self.uploads.remove(key);
        }
        taken.ok_or_else(|| Refusal::NoSuchUpload { upload_id: id.to_owned() })
    }

    /// How a version's id is told to whoever asks: not at all where versions were never kept.
    pub(super) fn shown(&self, id: &VersionId) -> Option<String> {
        self.versioning.map(|_| written(id).to_owned())
    }
}
