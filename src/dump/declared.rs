//! What tests declare, as text: images, signatures, layer versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::digest::{Base64, Hex};
use super::mistake::Mistake;
use crate::images::{self, Manifest, Repository};
use crate::layers::Sizes;
use crate::package::Digest;
use crate::signing::Signature;

/// The declared images of a repository.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a repository of images")]
pub(super) struct RepositoryText {
    /// Host and name, without tag and digest.
    repository: String,
    tags: BTreeMap<String, Hex>,
    manifests: BTreeMap<Hex, Manifest>,
    denied: bool,
}

impl RepositoryText {
    pub(super) fn of((name, repository): (&String, &Repository)) -> Self {
        let Repository { tags, manifests, denied } = repository;
        Self {
            repository: name.clone(),
            tags: tags.iter().map(|(tag, digest)| (tag.clone(), Hex(*digest))).collect(),
            manifests: manifests.iter().map(|(digest, manifest)| (Hex(*digest), *manifest)).collect(),
            denied: *denied,
        }
    }

    pub(super) fn into_repository(self) -> Result<(String, Repository), Mistake> {
        if images::repository(&self.repository) != Some(&self.repository) {
            return Err(Mistake::at("Repository", format!("{:?} is no repository of ECR", self.repository)));
        }
        let repository = Repository {
            tags: self.tags.into_iter().map(|(tag, Hex(digest))| (tag, digest)).collect(),
            manifests: self.manifests.into_iter().map(|(Hex(digest), manifest)| (digest, manifest)).collect(),
            denied: self.denied,
        };
        Ok((self.repository, repository))
    }
}

/// A package that counts as signed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a signature")]
pub(super) struct SignatureText {
    code_sha256: Base64,
    signature: Signature,
}

impl SignatureText {
    pub(super) fn of((digest, signature): (&Digest, &Signature)) -> Self {
        Self { code_sha256: Base64(*digest), signature: signature.clone() }
    }

    pub(super) fn into_signature(self) -> (Digest, Signature) {
        (self.code_sha256.0, self.signature)
    }
}

/// A layer version that functions may have although nobody has published it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a layer version")]
pub(super) struct DeclaredLayerText {
    layer_version_arn: String,
    /// Bytes of its zip.
    code_size: u64,
    /// Bytes of what is in it.
    unzipped_bytes: u64,
}

impl DeclaredLayerText {
    pub(super) fn of((arn, sizes): (&String, &Sizes)) -> Self {
        let Sizes { code_bytes, unzipped_bytes } = *sizes;
        Self { layer_version_arn: arn.clone(), code_size: code_bytes, unzipped_bytes }
    }

    pub(super) fn into_sizes(self) -> (String, Sizes) {
        let Self { layer_version_arn, code_size: code_bytes, unzipped_bytes } = self;
        (layer_version_arn, Sizes { code_bytes, unzipped_bytes })
    }
}
