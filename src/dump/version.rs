//! `$LATEST` and versions, as text.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::contents::{Contents, Given};
use super::digest::{Base64, Hex};
use super::mistake::Mistake;
use crate::clock::Timestamp;
use crate::images;
use crate::signing::Signature;
use crate::state::{Code, ImageCode, Phase, S3Object, Settings, Snapshot, ZipCode};

/// Code and configuration at one point.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a version of a function")]
pub(super) struct VersionText {
    /// `$LATEST` or a number.
    pub(super) version: String,
    pub(super) configuration: Arc<Settings>,
    code: CodeText,
    last_modified: Timestamp,
    revision_id: String,
    phase: Phase,
    /// What serves on if the update that is under way fails.
    before: Option<Box<Self>>,
}

#[derive(Serialize, Deserialize)]
enum CodeText {
    Zip(ZipText),
    Image(ImageText),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "the code of a zip function or a layer")]
pub(super) struct ZipText {
    code_sha256: Base64,
    #[serde(rename = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<String>,
    signature: Option<Signature>,
    /// Where the function refers to an object instead of keeping a copy.
    referenced: Option<S3Object>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "the code of an image function")]
struct ImageText {
    image_uri: String,
    /// What the tag stood for.
    digest: Hex,
}

impl VersionText {
    pub(super) fn of<'a>(version: String, snapshot: &'a Snapshot, contents: &mut Contents<'a>) -> Self {
        let Snapshot { settings, code, last_modified, revision_id, phase, before } = snapshot;
        let before = before.as_ref().map(|before| Box::new(Self::of(version.clone(), before, contents)));
        Self {
            version,
            configuration: Arc::clone(settings),
            code: CodeText::of(code, contents),
            last_modified: *last_modified,
            revision_id: revision_id.clone(),
            phase: phase.clone(),
            before,
        }
    }

    pub(super) fn into_snapshot(self, given: &Given<'_>) -> Result<Snapshot, Mistake> {
        let before = self.before.map(|before| before.into_snapshot(given).map_err(|mistake| mistake.within("Before")));
        let snapshot = Snapshot {
            settings: self.configuration,
            code: self.code.into_code(given).map_err(|mistake| mistake.within("Code"))?,
            last_modified: self.last_modified,
            revision_id: self.revision_id,
            phase: self.phase,
            before: before.transpose()?.map(Arc::new),
        };
        let other = |before: &Arc<Snapshot>| before.code.package_type() != snapshot.code.package_type();
        if snapshot.before.as_ref().is_some_and(other) {
            return Err(Mistake::at("Before.Code", "a function stays of one package type"));
        }
        Ok(snapshot)
    }
}

impl ZipText {
    pub(super) fn of<'a>(zip: &'a ZipCode, contents: &mut Contents<'a>) -> Self {
        let ZipCode { package, source_kms_key_arn, signature, referenced } = zip;
        Self {
            code_sha256: Base64(contents.add_package(package)),
            source_kms_key_arn: source_kms_key_arn.clone(),
            signature: signature.as_deref().cloned(),
            referenced: referenced.as_deref().cloned(),
        }
    }

    pub(super) fn into_zip(self, given: &Given<'_>) -> Result<ZipCode, Mistake> {
        Ok(ZipCode {
            package: given.package(self.code_sha256.0)?,
            source_kms_key_arn: self.source_kms_key_arn,
            signature: self.signature.map(Box::new),
            referenced: self.referenced.map(Box::new),
        })
    }
}

impl CodeText {
    fn of<'a>(code: &'a Code, contents: &mut Contents<'a>) -> Self {
        match code {
            Code::Zip(zip) => Self::Zip(ZipText::of(zip, contents)),
            Code::Image(image) => {
                // The repository is a part of the URI.
                let ImageCode { uri, repository: _, digest } = &**image;
                Self::Image(ImageText { image_uri: uri.clone(), digest: Hex(*digest) })
            }
        }
    }

    fn into_code(self, given: &Given<'_>) -> Result<Code, Mistake> {
        Ok(match self {
            Self::Zip(zip) => Code::Zip(zip.into_zip(given).map_err(|mistake| mistake.within("Zip"))?),
            Self::Image(ImageText { image_uri: uri, digest: Hex(digest) }) => {
                let wrong = || Mistake::at("Image.ImageUri", format!("{uri:?} is no image URI of ECR"));
                let repository = images::repository(&uri).ok_or_else(wrong)?.to_owned();
                Code::Image(Box::new(ImageCode { uri, repository, digest }))
            }
        })
    }
}
