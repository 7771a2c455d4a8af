//! Bytes that travel through documents and typed inputs without being copied.
//!
//! The one idea to hold: serde knows bytes only as slices and vectors, so a 50 MiB package would be copied on its way
//! into a typed input. A [`Blob`] is passed by handle instead: the document's deserializer leaves the handle in a
//! thread-local place and the blob picks it up in the same call.

use std::cell::Cell;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// A reference-counted piece of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blob(pub Bytes);

thread_local! {
    static HANDED_OVER: Cell<Option<Bytes>> = const { Cell::new(None) };
}

impl Blob {
    /// The newtype name by which a deserializer recognises a blob.
    pub(crate) const NEWTYPE: &'static str = "$drylambda::Blob";

    /// Gives `bytes` to the [`Blob`] that `visitor` is about to make on this thread.
    pub(crate) fn hand_over<'de, V: Visitor<'de>, E: Error>(bytes: Bytes, visitor: V) -> Result<V::Value, E> {
        HANDED_OVER.set(Some(bytes));
        let made = visitor.visit_unit();
        HANDED_OVER.set(None);
        made
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(Self::NEWTYPE, BlobVisitor)
    }
}

struct BlobVisitor;

impl<'de> Visitor<'de> for BlobVisitor {
    type Value = Blob;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("bytes")
    }

    fn visit_unit<E: Error>(self) -> Result<Blob, E> {
        HANDED_OVER.take().map(Blob).ok_or_else(|| E::custom("bytes expected"))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Blob, D::Error> {
        deserializer.deserialize_bytes(self)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Blob, E> {
        Ok(Blob(Bytes::copy_from_slice(bytes)))
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}
