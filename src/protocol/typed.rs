//! Documents to and from Rust structures, through serde.
//!
//! Handlers receive and return plain structures that derive serde's traits with AWS's member names; this file is the
//! data format between. A member that is `None` is left out of the document.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::ser::{self, Serialize};

use super::document::{Document, Members};
use crate::blob::Blob;
use crate::clock::Timestamp;
use crate::error::Error;

/// Makes a handler's input from a validated document.
///
/// # Errors
/// [`Error::Internal`]: validation let a document through that the handler's structure does not take.
pub fn from_document<T: DeserializeOwned>(document: Document) -> Result<T, Error> {
    T::deserialize(document).map_err(Error::from)
}

/// Makes a document from a handler's output.
///
/// # Errors
/// [`Error::Internal`]: the output holds what no document can.
pub fn to_document<T: Serialize>(output: &T) -> Result<Document, Error> {
    output.serialize(Writer).map_err(Error::from)
}

/// The member names that a typed input asks for: what its `Deserialize` passes to `deserialize_struct`.
#[must_use]
pub fn field_names<T: DeserializeOwned>() -> Vec<&'static str> {
    let mut names = Vec::new();
    // Always fails, after the names have been told.
    let _ = T::deserialize(FieldNames(&mut names));
    names
}

/// A deserializer that only listens.
struct FieldNames<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Mismatch> {
        Err(Mismatch("a structure expected".into()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.0.extend_from_slice(fields);
        drop(visitor);
        Err(Mismatch("the names were told".into()))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// What serde's traits report.
#[derive(Debug)]
pub struct Mismatch(String);

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Mismatch {}

impl serde::de::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl ser::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl From<Mismatch> for Error {
    fn from(mismatch: Mismatch) -> Self {
        Self::internal(mismatch.0)
    }
}

impl IntoDeserializer<'_, Mismatch> for Document {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Document {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Boolean(value) => visitor.visit_bool(value),
            Self::Integer(value) => visitor.visit_i64(value),
            Self::Double(value) | Self::Timestamp(value) => visitor.visit_f64(value),
            Self::String(text) => visitor.visit_string(text),
            Self::Blob(bytes) => visitor.visit_bytes(&bytes),
            Self::List(entries) => visitor.visit_seq(SeqDeserializer::new(entries.into_iter())),
            Self::Map(entries) => visitor.visit_map(MapDeserializer::new(entries.into_iter())),
            Self::Structure(members) => visitor.visit_map(MapDeserializer::new(members.into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self == Self::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Self::Blob(bytes) if name == Blob::NEWTYPE => Blob::hand_over(bytes, visitor),
            other => visitor.visit_newtype_struct(other),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self {
            Self::String(text) => visitor.visit_enum(text.into_deserializer()),
            _ => Err(Mismatch("text expected".into())),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// Writes a value as a document.
struct Writer;

/// Writes a list.
struct Entries(Vec<Document>);

/// Writes a map; the key waits for its value.
struct Pairs(Vec<(String, Document)>, Option<String>);

/// Writes a structure.
struct Fields(Members);

impl ser::Serializer for Writer {
    type Ok = Document;
    type Error = Mismatch;
    type SerializeSeq = Entries;
    type SerializeTuple = ser::Impossible<Document, Mismatch>;
    type SerializeTupleStruct = ser::Impossible<Document, Mismatch>;
    type SerializeTupleVariant = ser::Impossible<Document, Mismatch>;
    type SerializeMap = Pairs;
    type SerializeStruct = Fields;
    type SerializeStructVariant = ser::Impossible<Document, Mismatch>;

    fn serialize_bool(self, value: bool) -> Result<Document, Mismatch> {
        Ok(Document::Boolean(value))
    }

    fn serialize_i8(self, value: i8) -> Result<Document, Mismatch> {
        Ok(Document::Integer(value.into()))
    }

    fn serialize_i16(self, value: i16) -> Result<Document, Mismatch> {
        Ok(Document::Integer(value.into()))
    }

    fn serialize_i32(self, value: i32) -> Result<Document, Mismatch> {
        Ok(Document::Integer(value.into()))
    }

    fn serialize_i64(self, value: i64) -> Result<Document, Mismatch> {
        Ok(Document::Integer(value))
    }

    fn serialize_u8(self, value: u8) -> Result<Document, Mismatch> {
        Ok(Document::Integer(value.into()))
    }

    fn serialize_u16(self, value: u16) -> Result<Document, Mismatch> {
        Ok(Document::Integer(value.into()))
    }

    fn serialize_u32(self, value: u32) -> Result<Document, Mismatch> {
        Ok(Document::Integer(value.into()))
    }

    fn serialize_u64(self, value: u64) -> Result<Document, Mismatch> {
        i64::try_from(value).map(Document::Integer).map_err(|_| Mismatch(format!("{value} does not fit")))
    }

    fn serialize_f32(self, value: f32) -> Result<Document, Mismatch> {
        Ok(Document::Double(value.into()))
    }

    fn serialize_f64(self, value: f64) -> Result<Document, Mismatch> {
        Ok(Document::Double(value))
    }

    fn serialize_char(self, value: char) -> Result<Document, Mismatch> {
        Ok(Document::String(value.into()))
    }

    fn serialize_str(self, text: &str) -> Result<Document, Mismatch> {
        Ok(Document::String(text.to_owned()))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Document, Mismatch> {
        Ok(Document::Blob(bytes::Bytes::copy_from_slice(bytes)))
    }

    fn serialize_none(self) -> Result<Document, Mismatch> {
        Ok(Document::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Document, Mismatch> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Document, Mismatch> {
        Ok(Document::Structure(Members::new()))
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Document, Mismatch> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Document, Mismatch> {
        Ok(Document::String(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Document, Mismatch> {
        match value.serialize(self)? {
            Document::Integer(millis) if name == Timestamp::NEWTYPE => {
                Ok(Document::Timestamp(Timestamp::from_millis(millis).as_seconds()))
            }
            document => Ok(document),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Document, Mismatch> {
        Err(unsupported(name))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Entries, Mismatch> {
        Ok(Entries(Vec::with_capacity(length.unwrap_or(0))))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Mismatch> {
        Err(unsupported("tuple"))
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Mismatch> {
        Err(unsupported(name))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Mismatch> {
        Err(unsupported(name))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Pairs, Mismatch> {
        Ok(Pairs(Vec::with_capacity(length.unwrap_or(0)), None))
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Fields, Mismatch> {
        Ok(Fields(Members::with_capacity(length)))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Mismatch> {
        Err(unsupported(name))
    }
}

fn unsupported(what: &str) -> Mismatch {
    Mismatch(format!("{what} has no form in a document"))
}

impl ser::SerializeSeq for Entries {
    type Ok = Document;
    type Error = Mismatch;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Mismatch> {
        self.0.push(value.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Result<Document, Mismatch> {
        Ok(Document::List(self.0))
    }
}

impl ser::SerializeMap for Pairs {
    type Ok = Document;
    type Error = Mismatch;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Mismatch> {
        match key.serialize(Writer)? {
            Document::String(text) => self.1 = Some(text),
            _ => return Err(unsupported("a map key that is not text")),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Mismatch> {
        let key = self.1.take().ok_or_else(|| unsupported("a value without a key"))?;
        self.0.push((key, value.serialize(Writer)?));
        Ok(())
    }

    fn end(self) -> Result<Document, Mismatch> {
        Ok(Document::Map(self.0))
    }
}

impl ser::SerializeStruct for Fields {
    type Ok = Document;
    type Error = Mismatch;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Mismatch> {
        match value.serialize(Writer)? {
            Document::Null => {}
            present => self.0.push((key, present)),
        }
        Ok(())
    }

    fn end(self) -> Result<Document, Mismatch> {
        Ok(Document::Structure(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        zip_file: Option<Blob>,
        #[serde(default)]
        publish: bool,
        description: Option<String>,
    }

    #[test]
    fn bytes_arrive_by_handle_and_are_not_copied() {
        let bytes = Bytes::from(vec![7; 100]);
        let document = Document::Structure(vec![("ZipFile", Document::Blob(bytes.clone()))]);
        let input: Input = from_document(document).unwrap();
        assert_eq!(input.zip_file.unwrap().0.as_ptr(), bytes.as_ptr());
        assert!(!input.publish);
    }

    #[test]
    fn absent_members_are_left_out() {
        let output = Input { zip_file: None, publish: true, description: Some("x".into()) };
        let members = to_document(&output).unwrap().into_members();
        assert_eq!(members, vec![("Publish", Document::Boolean(true)), ("Description", Document::String("x".into()))]);
    }

    #[test]
    fn a_moment_is_written_as_one() {
        let moment = Timestamp::from_millis(1_500);
        assert_eq!(to_document(&moment).unwrap(), Document::Timestamp(1.5));
        assert_eq!(Timestamp::from_seconds(1.5), moment);
    }

    #[test]
    fn a_document_that_does_not_fit_is_our_fault_and_no_panic() {
        let wrong = Document::Structure(vec![("Publish", Document::String("yes".into()))]);
        assert!(matches!(from_document::<Input>(wrong), Err(Error::Internal { .. })));
    }
}
