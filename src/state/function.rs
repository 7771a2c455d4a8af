//! A function: `$LATEST`, its published versions, its aliases and tags, as parts that are shared and never changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::attached::Attached;
use super::lifecycle::{Phase, Reason};
use super::settings::Settings;
use crate::clock::Timestamp;
use crate::package::{Digest, Package};
use crate::signing::Signature;

/// One function of an account in a Region.
#[derive(Debug, Clone)]
pub struct Function {
    /// The bare name.
    pub name: Arc<str>,
    /// `$LATEST`.
    pub latest: Arc<Snapshot>,
    /// Published versions by number; `$LATEST.PUBLISHED` is [`PUBLISHED_NUMBER`] (V11).
    pub versions: BTreeMap<u64, Arc<Snapshot>>,
    /// The highest number that was ever given out; numbers are never used again (V3).
    pub last_number: u64,
    /// The version that `$LATEST` is unchanged since, if any: publishing then gives that one again (V4, V5).
    pub unchanged_since: Option<u64>,
    /// The code signing configuration of the function.
    pub code_signing_config_arn: Option<String>,
    /// How many concurrent executions are kept free for it (facts 12).
    pub reserved_concurrent_executions: Option<u32>,
    /// Why the next update is to fail (T6).
    pub doom: Option<Reason>,
    /// Aliases by name.
    pub aliases: BTreeMap<String, Arc<Alias>>,
    /// What hangs on versions and aliases, by qualifier; what hangs on the function itself stands under [`LATEST`].
    pub attached: BTreeMap<String, Arc<Attached>>,
    /// Tags by key.
    pub tags: Arc<BTreeMap<String, String>>,
}

/// Code and configuration at one point: `$LATEST` now, or a version for ever.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// What the caller chose.
    pub settings: Arc<Settings>,
    /// What runs.
    pub code: Code,
    /// When it was last changed (P6, V6).
    pub last_modified: Timestamp,
    /// Its revision now; see [`Snapshot::settled`] for the one that follows.
    pub revision_id: String,
    /// What it is going through.
    pub phase: Phase,
    /// What an update replaced that may still fail, and then serves on (T6).
    pub before: Option<Arc<Self>>,
}

/// The code of a function. Which of the two it is never changes (R26). What few functions have is boxed: each version of
/// each function has one of these.
#[derive(Debug, Clone)]
pub enum Code {
    /// A deployment package.
    Zip(ZipCode),
    /// A container image.
    Image(Box<ImageCode>),
}

/// The code of a zip function.
#[derive(Debug, Clone)]
pub struct ZipCode {
    /// The deployment package.
    pub package: Arc<Package>,
    /// The caller's key for the stored package; named anew at each update, or gone (R40).
    pub source_kms_key_arn: Option<String>,
    /// Who signed the package, where it counts as signed (P18).
    pub signature: Option<Box<Signature>>,
    /// The object that the function refers to instead of keeping a copy (B5).
    pub referenced: Option<Box<S3Object>>,
}

/// One version of an object in S3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct S3Object {
    /// The bucket's name.
    #[serde(rename = "S3Bucket")]
    pub bucket: String,
    /// The object's key.
    #[serde(rename = "S3Key")]
    pub key: String,
    /// Which version; none where the bucket has none.
    #[serde(rename = "S3ObjectVersion")]
    pub version_id: Option<String>,
}

/// The code of an image function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageCode {
    /// As the caller wrote it, with its tag (I5).
    pub uri: String,
    /// Registry and repository, without tag and digest.
    pub repository: String,
    /// What the tag stood for at the call (I5).
    pub digest: Digest,
}

/// A name for a version, or for two with weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// The version it points to: a number or `$LATEST`.
    pub function_version: String,
    /// Text of the caller's.
    pub description: String,
    /// Shares of the calls that go to other versions, 0.0 to 1.0.
    pub weights: BTreeMap<String, f64>,
    /// Its own revision (N2).
    pub revision_id: String,
}

/// What a qualifier names.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// `$LATEST` or a version number.
    pub version: String,
    /// Its code and configuration.
    pub snapshot: &'a Arc<Snapshot>,
}

impl Snapshot {
    /// This snapshot with a transition that is over `now` carried out; `None` where there is none.
    #[must_use]
    pub fn settled(&self, now: Timestamp, reading: bool) -> Option<Self> {
        let transition = self.phase.transition().filter(|transition| transition.is_over(now, reading))?;
        if let (Phase::CreationFailed(_), Some(before)) = (self.phase.ended(), &self.before) {
            // A version that could not take the place of another one (V11).
            return Some((**before).clone());
        }
        let revision_id = transition.next_revision_id.clone().unwrap_or_else(|| self.revision_id.clone());
        let phase = self.phase.ended();
        let serving = self.before.as_deref().filter(|_| matches!(phase, Phase::UpdateFailed(_))).unwrap_or(self);
        let (settings, code) = (Arc::clone(&serving.settings), serving.code.clone());
        Some(Self { settings, code, revision_id, phase, before: None, last_modified: self.last_modified })
    }
}

impl Snapshot {
    /// The part of [`Function::charged_bytes`] that is this snapshot's.
    #[must_use]
    pub fn charged_bytes(&self) -> u64 {
        let before = self.before.as_ref().map_or(0, |before| before.code.stored_bytes());
        self.code.stored_bytes().max(before)
    }
}

impl Function {
    /// This function with all transitions that are over `now` carried out; `None` where nothing is to be done. A
    /// reader of any version settles the whole function: on AWS the time has passed for all of them.
    #[must_use]
    pub fn settled(&self, now: Timestamp, reading: bool) -> Option<Self> {
        let latest = self.latest.settled(now, reading);
        let versions: Vec<_> = self
            .versions
            .iter()
            .filter_map(|(number, version)| Some((*number, Arc::new(version.settled(now, reading)?))))
            .collect();
        if latest.is_none() && versions.is_empty() {
            return None;
        }
        let mut settled = self.clone();
        if let Some(latest) = latest {
            if matches!(latest.phase, Phase::UpdateFailed(_)) {
                // What was published of the update is not what is here again.
                settled.unchanged_since = None;
            }
            settled.latest = Arc::new(latest);
        }
        settled.versions.extend(versions);
        Some(settled)
    }

    /// What a qualifier (`$LATEST`, a number, an alias, or none) names here.
    #[must_use]
    pub fn target(&self, qualifier: Option<&str>) -> Option<Target<'_>> {
        match qualifier {
            None | Some(LATEST) => Some(Target { version: LATEST.into(), snapshot: &self.latest }),
            Some(text) => match self.aliases.get(text) {
                Some(alias) => self.target(Some(&alias.function_version)),
                None => self.version(text).map(|snapshot| Target { version: text.into(), snapshot }),
            },
        }
    }

    /// What hangs on a qualifier.
    #[must_use]
    pub fn attached(&self, qualifier: &str) -> Option<&Attached> {
        self.attached.get(qualifier).map(|attached| &**attached)
    }

    /// This function after `change` of what hangs on a qualifier.
    #[must_use]
    pub fn with_attached(&self, qualifier: &str, change: impl FnOnce(&mut Attached)) -> Self {
        let mut changed = self.clone();
        let mut attached = self.attached(qualifier).cloned().unwrap_or_default();
        change(&mut attached);
        if attached.is_empty() {
            changed.attached.remove(qualifier);
        } else {
            changed.attached.insert(qualifier.to_owned(), Arc::new(attached));
        }
        changed
    }

    /// The published version of this number.
    #[must_use]
    pub fn version(&self, number: &str) -> Option<&Arc<Snapshot>> {
        self.versions.get(&self.version_number(number)?)
    }

    /// The number of a published version, where this is how it is written: `1` is, `01` and `0` are not.
    #[must_use]
    pub fn version_number(&self, text: &str) -> Option<u64> {
        let number = if text == PUBLISHED { PUBLISHED_NUMBER } else { text.parse().ok()? };
        (self.versions.contains_key(&number) && version_name(number) == text).then_some(number)
    }

    /// Bytes of code that count against the account's storage: `$LATEST` and each version in full (V8, Q3).
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        std::iter::once(&self.latest).chain(self.versions.values()).map(|it| it.code.stored_bytes()).sum()
    }

    /// Bytes of code that there must be room for: where an update may still fail, for the larger of what it brings and
    /// what it replaced, so that the way back is always open (T6).
    #[must_use]
    pub fn charged_bytes(&self) -> u64 {
        std::iter::once(&self.latest).chain(self.versions.values()).map(|it| it.charged_bytes()).sum()
    }
}

impl Code {
    /// `Zip` or `Image`.
    #[must_use]
    pub fn package_type(&self) -> &'static str {
        match self {
            Self::Zip(_) => "Zip",
            Self::Image(_) => "Image",
        }
    }

    /// `CodeSha256`: base64 of the package's hash, or the image's digest in hex (P4).
    #[must_use]
    pub fn sha256(&self) -> String {
        match self {
            Self::Zip(zip) => zip.package.digest().to_base64(),
            Self::Image(image) => image.digest.to_hex(),
        }
    }

    /// Who signed it (P18).
    #[must_use]
    pub fn signature(&self) -> Option<&Signature> {
        match self {
            Self::Zip(zip) => zip.signature.as_deref(),
            Self::Image(_) => None,
        }
    }

    /// `CodeSize` in bytes; 0 for images (P5).
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        match self {
            Self::Zip(zip) => zip.package.size_bytes(),
            Self::Image(_) => 0,
        }
    }

    /// Bytes that Lambda stores: nothing for what it refers to (B5).
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        match self {
            Self::Zip(zip) => zip.stored_bytes(),
            Self::Image(_) => 0,
        }
    }
}

impl ZipCode {
    /// Bytes that Lambda stores: nothing for what it refers to (B5).
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        if self.referenced.is_some() { 0 } else { self.package.size_bytes() }
    }
}

impl ImageCode {
    /// `ResolvedImageUri`.
    #[must_use]
    pub fn resolved_uri(&self) -> String {
        format!("{}@sha256:{}", self.repository, self.digest)
    }
}

/// The qualifier of the unpublished version.
pub const LATEST: &str = "$LATEST";
/// The version that takes the place of a number on managed instances (V11).
pub const PUBLISHED: &str = "$LATEST.PUBLISHED";
/// The place of [`PUBLISHED`] among the versions: no number is 0.
pub const PUBLISHED_NUMBER: u64 = 0;

/// How a published version is called.
#[must_use]
pub fn version_name(number: u64) -> String {
    if number == PUBLISHED_NUMBER { PUBLISHED.to_owned() } else { number.to_string() }
}
