//! Packages and objects: every content once, by its SHA-256.
//!
//! The one idea to hold: contents are the large part. They are written last, straight into the text, whose end they are;
//! and read straight into the bytes that functions and objects share.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::digest::Base64;
use super::mistake::Mistake;
use crate::package::{Digest, Package, Packages};

/// The contents that a text is going to have.
#[derive(Default)]
pub(super) struct Contents<'a> {
    by_digest: BTreeMap<Digest, &'a Bytes>,
    /// Digests by place in memory: what functions and objects share is hashed once.
    by_place: HashMap<(usize, usize), Digest>,
}

impl<'a> Contents<'a> {
    /// Takes bytes in; their digest.
    pub(super) fn add(&mut self, bytes: &'a Bytes) -> Digest {
        let digest = *self.by_place.entry(place(bytes)).or_insert_with(|| Digest::of(bytes));
        self.by_digest.insert(digest, bytes);
        digest
    }

    /// Takes a package in; its digest.
    pub(super) fn add_package(&mut self, package: &'a Package) -> Digest {
        self.by_place.insert(place(package.bytes()), package.digest());
        self.by_digest.insert(package.digest(), package.bytes());
        package.digest()
    }

    /// The same object of JSON, with the contents as its last member.
    pub(super) fn append_to(&self, mut text: String) -> String {
        const AROUND: usize = "\n    \"\": \"\",".len() + 44;
        let bytes: usize = self.by_digest.values().map(|bytes| AROUND + bytes.len().div_ceil(3) * 4).sum();
        text.reserve_exact(bytes + 64);
        text.truncate(text.trim_end_matches(['\n', '}']).len());
        text.push_str(",\n  \"Contents\": {");
        for (place, (digest, bytes)) in self.by_digest.iter().enumerate() {
            text.push_str(if place == 0 { "\n    \"" } else { ",\n    \"" });
            text.push_str(&digest.to_base64());
            text.push_str("\": \"");
            STANDARD.encode_string(bytes, &mut text);
            text.push('"');
        }
        text.push_str(if self.by_digest.is_empty() { "}\n}\n" } else { "\n  }\n}\n" });
        text
    }
}

fn place(bytes: &Bytes) -> (usize, usize) {
    (bytes.as_ptr().addr(), bytes.len())
}

/// One content of a text.
pub(super) struct Received(Bytes);

impl<'de> Deserialize<'de> for Received {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Base64Visitor)
    }
}

struct Base64Visitor;

impl Visitor<'_> for Base64Visitor {
    type Value = Received;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("bytes in base64")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Received, E> {
        let bytes = STANDARD.decode(text).map_err(|error| E::custom(format!("no base64: {error}")))?;
        Ok(Received(bytes.into()))
    }
}

/// The contents that a text has: each is what its digest says.
pub(super) struct Given<'a> {
    by_digest: BTreeMap<Digest, Bytes>,
    packages: &'a Packages,
}

impl<'a> Given<'a> {
    /// Holds every content against its digest.
    ///
    /// # Errors
    /// The first that is another.
    pub(super) fn new(contents: BTreeMap<Base64, Received>, packages: &'a Packages) -> Result<Self, Mistake> {
        let mut by_digest = BTreeMap::new();
        for (Base64(digest), Received(bytes)) in contents {
            let found = Digest::of(&bytes);
            if found != digest {
                let (place, found) = (format!("Contents[{:?}]", digest.to_base64()), found.to_base64());
                return Err(Mistake::at(&place, format!("the SHA-256 of these {} bytes is {found}", bytes.len())));
            }
            by_digest.insert(digest, bytes);
        }
        Ok(Self { by_digest, packages })
    }

    /// The content of a digest.
    pub(super) fn bytes(&self, digest: &Digest) -> Option<Bytes> {
        self.by_digest.get(digest).cloned()
    }

    /// The content of a digest as a package, checked as on its first day.
    ///
    /// # Errors
    /// It is not there, or no package that Lambda takes.
    pub(super) fn package(&self, digest: Digest) -> Result<Arc<Package>, Mistake> {
        let missing = || Mistake::at("CodeSha256", format!("Contents has nothing under {}", digest.to_base64()));
        let bytes = self.bytes(&digest).ok_or_else(missing)?;
        let refused = |refusal| format!("the content {} is no package: {refusal}", digest.to_base64());
        self.packages.restore(bytes, digest).map_err(|refusal| Mistake::at("CodeSha256", refused(refusal)))
    }
}
