//! Which packages count as signed (3.3).
//!
//! The one idea to hold: without AWS Signer every package is unsigned, unless a test declares a signature for its digest.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::package::Digest;

/// The declared signatures of one emulator; shared between threads by reference.
#[derive(Debug, Default)]
pub struct Signatures(Mutex<HashMap<Digest, Signature>>);

/// Who signed a package, and what is wrong with the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Signature {
    /// ARN of the version of a signing profile.
    pub profile_version_arn: String,
    /// ARN of the signing job.
    pub job_arn: String,
    /// Nothing, where it is in order.
    pub flaw: Option<Flaw>,
}

/// What is wrong with a signature, in the order in which it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Flaw {
    /// The package was changed after it was signed: blocks always.
    Integrity,
    /// It was signed too long ago.
    Expired,
    /// The profile or the job was revoked.
    Revoked,
}

impl Signatures {
    /// Declares the signature of the package with this digest; the newest counts.
    pub fn declare(&self, digest: Digest, signature: Signature) {
        self.signatures().insert(digest, signature);
    }

    /// The signature of the package with this digest, if it counts as signed.
    #[must_use]
    pub fn of(&self, digest: &Digest) -> Option<Signature> {
        self.signatures().get(digest).cloned()
    }

    /// An independent copy of what is declared now.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self(Mutex::new(self.signatures().clone()))
    }

    /// Every declaration.
    #[must_use]
    pub fn declared(&self) -> BTreeMap<Digest, Signature> {
        self.signatures().iter().map(|(digest, signature)| (*digest, signature.clone())).collect()
    }

    /// Puts these declarations in the place of all that are there.
    pub fn replace(&self, declared: BTreeMap<Digest, Signature>) {
        *self.signatures() = declared.into_iter().collect();
    }

    /// Forgets every declaration.
    pub fn clear(&self) {
        self.signatures().clear();
    }

    fn signatures(&self) -> MutexGuard<'_, HashMap<Digest, Signature>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
