//! Digests as the text spells them: packages as `CodeSha256`, images as their registries do.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;

use crate::package::Digest;

/// In base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Base64(pub(super) Digest);

/// `sha256:` and hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hex(pub(super) Digest);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_base64())
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        let digest = Digest::from_base64(&text);
        digest.map(Self).ok_or_else(|| D::Error::custom(format!("{text:?} is no SHA-256 in base64")))
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("sha256:{}", self.0))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        let digest = text.strip_prefix("sha256:").and_then(Digest::from_hex);
        let wrong = || D::Error::custom(format!("{text:?} is not \"sha256:\" and 64 lower-case hexadecimal digits"));
        digest.map(Self).ok_or_else(wrong)
    }
}
