//! JSON to and from documents, guided by shape.
//!
//! The one idea to hold: reading decodes base64 straight from the input's own bytes, without a JSON tree in between, so
//! a package of 50 MiB is written once, decoded. Unknown members are ignored (R51), nulls are absent (R50), and a wrong
//! type is a `SerializationException` (R52). Writing names every member of an output structure, absent ones as null,
//! as AWS does (W2).

use std::collections::HashMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::document::{Document, Members, find};
use crate::error::Error;
use crate::model::{Kind, Member, Place, Shape};

/// Whether absent members of an answer stand as null (W2, a known unknown for today's AWS).
const WRITE_NULLS: bool = true;

/// The first number beyond 64 bits.
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

/// A package that travels beside the body, under a token that stands in its place there: (base64 text, bytes).
pub type Substitute<'a> = Option<(&'a str, &'a Bytes)>;

/// Reads the body of a request into the members of `shape` that travel in a body.
///
/// # Errors
/// [`Error::Serialization`] for JSON that is malformed or does not fit the shape.
pub fn read(shape: &'static Shape, body: &[u8], substitute: Substitute<'_>) -> Result<Members, Error> {
    read_as(Seed { shape, substitute, top: true }, body)
}

/// Reads members of `shape` wherever they travel: parameters that somebody wrote as JSON. Blobs are base64, moments seconds.
///
/// # Errors
/// As [`read`].
pub fn read_parameters(shape: &'static Shape, text: &[u8]) -> Result<Members, Error> {
    read_as(Seed { shape, substitute: None, top: false }, text)
}

fn read_as(seed: Seed<'_>, text: &[u8]) -> Result<Members, Error> {
    let substitute = seed.substitute;
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let document = seed
        .deserialize(&mut deserializer)
        .and_then(|document| deserializer.end().map(|()| document))
        .map_err(|error| Error::Serialization { reason: explained(&error, text, substitute) })?;
    Ok(document.into_members())
}

/// What is wrong, and where that stands in the body as the client sent it: with the package in the place of its token.
fn explained(error: &serde_json::Error, text: &[u8], substitute: Substitute<'_>) -> String {
    let told = error.to_string();
    let (line, column) = (error.line(), error.column());
    let (Some((token, package)), Some(what)) =
        (substitute, told.strip_suffix(&format!(" at line {line} column {column}")))
    else {
        return told;
    };
    let before = text.split(|byte| *byte == b'\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let before = before.get(..column).unwrap_or(before);
    if !before.windows(token.len()).any(|it| it == token.as_bytes()) {
        return told;
    }
    let column = (column - token.len()) as u64 + base64_size(package.len() as u64);
    format!("{what} at line {line} column {column}")
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    shape: &'static Shape,
    substitute: Substitute<'a>,
    /// Whether this is the request's own structure, some members of which travel elsewhere.
    top: bool,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Document;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Document, D::Error> {
        match &self.shape.kind {
            Kind::String { .. } | Kind::Blob { .. } => deserializer.deserialize_str(self),
            Kind::Boolean => deserializer.deserialize_bool(self),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Document;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match &self.shape.kind {
            Kind::Structure(_) | Kind::Map { .. } => "an object",
            Kind::List { .. } => "an array",
            Kind::String { .. } => "a string",
            Kind::Integer { .. } => "an integer",
            Kind::Double { .. } | Kind::Timestamp => "a number",
            Kind::Boolean => "a boolean",
            Kind::Blob { .. } => "base64 text",
        })?;
        write!(formatter, " for {}", self.shape.name)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Document, E> {
        match self.shape.kind {
            // For a number, it is refused by the check that every way in makes, in one and the same words.
            Kind::Boolean | Kind::Integer { .. } | Kind::Double { .. } => Ok(Document::Boolean(value)),
            _ => Err(E::invalid_type(serde::de::Unexpected::Bool(value), &self)),
        }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Document, E> {
        match self.shape.kind {
            Kind::Integer { .. } => Ok(Document::Integer(value)),
            #[expect(clippy::cast_precision_loss, reason = "JSON numbers are doubles")]
            Kind::Double { .. } => Ok(Document::Double(value as f64)),
            #[expect(clippy::cast_precision_loss, reason = "JSON numbers are doubles")]
            Kind::Timestamp => Ok(Document::Timestamp(value as f64)),
            _ => Err(E::invalid_type(serde::de::Unexpected::Signed(value), &self)),
        }
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Document, E> {
        // What fits no number of 64 bits fits none of 32 either, and is refused as such.
        self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Document, E> {
        match self.shape.kind {
            Kind::Double { .. } => Ok(Document::Double(value)),
            Kind::Timestamp => Ok(Document::Timestamp(value)),
            // A whole number too large for 64 bits is read as one with a point.
            Kind::Integer { .. } if value.abs() >= TWO_TO_63 => {
                Ok(Document::Integer(if value < 0.0 { i64::MIN } else { i64::MAX }))
            }
            _ => Err(E::invalid_type(serde::de::Unexpected::Float(value), &self)),
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Document, E> {
        match (&self.shape.kind, self.substitute) {
            (Kind::Blob { .. }, Some((token, bytes))) if token == text => return Ok(Document::Blob(bytes.clone())),
            // Something else has the name of a package: it is what it was.
            (_, Some((token, bytes))) if token == text => {
                return Seed { substitute: None, ..self }.visit_str(&BASE64.encode(bytes));
            }
            _ => {}
        }
        match self.shape.kind {
            Kind::String { .. } => Ok(Document::String(text.to_owned())),
            Kind::Blob { .. } => BASE64
                .decode(text)
                .map(|bytes| Document::Blob(bytes.into()))
                .map_err(|error| E::custom(format_args!("{} is not base64: {error}", self.shape.name))),
            _ => Err(E::invalid_type(serde::de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Document, A::Error> {
        let Kind::List { member, .. } = &self.shape.kind else {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        };
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element_seed(Nullable(self.of(member)))? {
            list.push(entry.unwrap_or(Document::Null));
        }
        Ok(Document::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Document, A::Error> {
        match &self.shape.kind {
            Kind::Map { value, .. } => {
                let mut map = Vec::new();
                while let Some(key) = entries.next_key::<String>()? {
                    let value = entries.next_value_seed(Nullable(self.of(value)))?.unwrap_or(Document::Null);
                    map.push((key, value));
                }
                Ok(Document::Map(last_of_each(map)))
            }
            Kind::Structure(structure) => {
                let mut members = Members::new();
                while let Some(name) = entries.next_key::<std::borrow::Cow<'de, str>>()? {
                    let known =
                        structure.members.iter().find(|member| member.name == name && self.travels_here(member));
                    let Some(member) = known else {
                        entries.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    members.retain(|(known, _)| *known != member.name);
                    if let Some(value) = entries.next_value_seed(Nullable(self.of(member.shape)))? {
                        members.push((member.name, value));
                    }
                }
                Ok(Document::Structure(members))
            }
            _ => Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self)),
        }
    }
}

impl Seed<'_> {
    fn of(&self, shape: &'static Shape) -> Self {
        Self { shape, substitute: self.substitute, top: false }
    }

    fn travels_here(&self, member: &Member) -> bool {
        !self.top || member.place == Place::Body
    }
}

/// The entries of a map, of equal keys the last. Takes time in proportion, as a hostile body may hold very many.
fn last_of_each(entries: Vec<(String, Document)>) -> Vec<(String, Document)> {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(entries.len());
    let mut kept: Vec<(String, Document)> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        if let Some(earlier) = places.get(&key).and_then(|place| kept.get_mut(*place)) {
            earlier.1 = value;
        } else {
            places.insert(key.clone(), kept.len());
            kept.push((key, value));
        }
    }
    kept
}

/// A value that may be null.
struct Nullable<'a>(Seed<'a>);

impl<'de> DeserializeSeed<'de> for Nullable<'_> {
    type Value = Option<Document>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Document>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Nullable<'_> {
    type Value = Option<Document>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(deserializer).map(Some)
    }
}

/// Writes the members of an answer that travel in its body.
#[must_use]
pub fn write(shape: &'static Shape, members: &Members) -> Vec<u8> {
    let mut out = Vec::with_capacity(1536);
    write_structure(shape, members, &mut out);
    out
}

fn write_structure(shape: &'static Shape, members: &Members, out: &mut Vec<u8>) {
    let mut separator = b'{';
    // Most handlers give their members in the model's order, so the next one is looked at first.
    let mut next = 0;
    for member in shape.members().iter().filter(|member| member.place == Place::Body) {
        let value = match members.get(next) {
            Some((name, value)) if *name == member.name => {
                next += 1;
                Some(value)
            }
            _ => find(members, member.name),
        };
        if value.is_none() && !WRITE_NULLS {
            continue;
        }
        out.push(separator);
        separator = b',';
        write_text(member.name, out);
        out.push(b':');
        write_value(member.shape, value.unwrap_or(&Document::Null), out);
    }
    if separator == b'{' {
        out.push(b'{');
    }
    out.push(b'}');
}

fn write_value(shape: &'static Shape, value: &Document, out: &mut Vec<u8>) {
    match (value, &shape.kind) {
        (Document::Boolean(value), _) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        (Document::Integer(value), _) => write_number(value, out),
        (Document::Double(value) | Document::Timestamp(value), _) => write_number(value, out),
        (Document::String(text), _) => write_text(text, out),
        (Document::Blob(bytes), _) => {
            out.push(b'"');
            out.extend_from_slice(BASE64.encode(bytes).as_bytes());
            out.push(b'"');
        }
        (Document::List(entries), Kind::List { member, .. }) => {
            write_sequence(*b"[]", entries, out, |entry, out| write_value(member, entry, out));
        }
        (Document::Map(entries), Kind::Map { value, .. }) => {
            write_sequence(*b"{}", entries, out, |(key, entry), out| {
                write_text(key, out);
                out.push(b':');
                write_value(value, entry, out);
            });
        }
        (Document::Structure(members), _) => write_structure(shape, members, out),
        // A list where the model has a structure would be a fault of a handler, which tests find.
        (Document::Null | Document::List(_) | Document::Map(_), _) => out.extend_from_slice(b"null"),
    }
}

fn write_sequence<T>(brackets: [u8; 2], entries: &[T], out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>)) {
    out.push(brackets[0]);
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(entry, out);
    }
    out.push(brackets[1]);
}

fn write_number(value: &impl serde::Serialize, out: &mut Vec<u8>) {
    // Writing a number into memory cannot fail; if it did, null would stand there.
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.extend_from_slice(b"null");
    }
}

/// Writes `text` as a JSON string.
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    // Nearly no text of an answer needs an escape, and looking for one takes many bytes at a time.
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        write_number(&text, out);
    }
}

/// How many bytes botocore's JSON of these members would have, blobs as base64 (for the limits Z10 and Z16, where a
/// call did not come as bytes): `", "` and `": "` between, everything beyond ASCII escaped.
#[must_use]
pub fn size(document: &Document) -> u64 {
    let text = |text: &str| 2 + text.chars().map(character_size).sum::<u64>();
    let between = |count: usize| 2 + 2 * (count as u64).saturating_sub(1);
    match document {
        Document::Null => 4,
        Document::Boolean(value) => 5 - u64::from(*value),
        Document::Integer(value) => value.to_string().len() as u64,
        Document::Double(value) | Document::Timestamp(value) => value.to_string().len() as u64,
        Document::String(value) => text(value),
        Document::Blob(bytes) => 2 + base64_size(bytes.len() as u64),
        Document::List(entries) => between(entries.len()) + entries.iter().map(size).sum::<u64>(),
        Document::Map(entries) => {
            between(entries.len()) + entries.iter().map(|(key, value)| text(key) + 2 + size(value)).sum::<u64>()
        }
        Document::Structure(members) => {
            between(members.len()) + members.iter().map(|(key, value)| text(key) + 2 + size(value)).sum::<u64>()
        }
    }
}

/// How many bytes the base64 text of `bytes` bytes has.
#[must_use]
pub fn base64_size(bytes: u64) -> u64 {
    bytes.div_ceil(3) * 4
}

fn character_size(character: char) -> u64 {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        ' '..='~' => 1,
        _ => 6 * character.len_utf16() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::table;

    fn update(body: &str) -> Result<Members, Error> {
        read(table::UPDATE_FUNCTION_CODE.input, body.as_bytes(), None)
    }

    #[test]
    fn base64_becomes_bytes() {
        let members = update(r#"{"ZipFile":"UEsFBg==","Publish":true,"Architectures":["arm64"]}"#).unwrap();
        assert_eq!(find(&members, "ZipFile"), Some(&Document::Blob(Bytes::from_static(b"PK\x05\x06"))));
        assert_eq!(find(&members, "Publish"), Some(&Document::Boolean(true)));
        let architectures = Document::List(vec![Document::String("arm64".into())]);
        assert_eq!(find(&members, "Architectures"), Some(&architectures));
    }

    #[test]
    fn nulls_are_absent_and_unknown_members_ignored() {
        // R50, R51; a member that travels in the path is unknown to the body.
        let body = r#"{"S3Bucket":null,"Foo":{"a":[1]},"FunctionName":"other","DryRun":false}"#;
        assert_eq!(update(body).unwrap(), vec![("DryRun", Document::Boolean(false))]);
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(update(r#"{"DryRun":false,"DryRun":true}"#).unwrap(), vec![("DryRun", Document::Boolean(true))]);
    }

    #[test]
    fn wrong_types_are_refused() {
        // R52
        for body in [
            r#"{"DryRun":"true"}"#,
            r#"{"DryRun":1}"#,
            r#"{"RevisionId":7}"#,
            r#"{"Architectures":"arm64"}"#,
            r#"{"ZipFile":"not base64!"}"#,
            r#"{"ZipFile":"#,
            "{} {}",
            "[]",
            "\"text\"",
        ] {
            assert!(matches!(update(body), Err(Error::Serialization { .. })), "{body}");
        }
    }

    #[test]
    fn a_token_stands_for_the_package_beside_the_body() {
        let package = Bytes::from_static(b"PK");
        let input = table::UPDATE_FUNCTION_CODE.input;
        let members = read(input, br#"{"ZipFile":"dG9rZW4="}"#, Some(("dG9rZW4=", &package))).unwrap();
        assert_eq!(members, vec![("ZipFile", Document::Blob(package))]);
    }

    #[test]
    fn absent_members_are_written_as_null() {
        // W2
        let body = write(table::GET_FUNCTION_CODE_SIGNING_CONFIG.output.unwrap(), &Members::new());
        assert_eq!(body, br#"{"CodeSigningConfigArn":null,"FunctionName":null}"#);
    }

    #[test]
    fn the_size_is_that_of_botocores_json() {
        let members = vec![
            ("Description", Document::String("né \"x\"".into())),
            ("ZipFile", Document::Blob(Bytes::from_static(b"PK\x05\x06"))),
            ("Architectures", Document::List(vec![Document::String("arm64".into())])),
            ("Publish", Document::Boolean(false)),
        ];
        let json =
            r#"{"Description": "n\u00e9 \"x\"", "ZipFile": "UEsFBg==", "Architectures": ["arm64"], "Publish": false}"#;
        assert_eq!(size(&Document::Structure(members)), json.len() as u64);
    }
}
