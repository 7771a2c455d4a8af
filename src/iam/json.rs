//! JSON as a tree in which no key stands twice: of two `Effect`s, neither may win in silence.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A value. Numbers are kept as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Flag(bool),
    Number(String),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Json {
    /// Reads one value.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut json: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        json.write_numbers(&mut numbers(text));
        Ok(json)
    }

    /// Puts numbers in as they are written, in their order: the parser has made binary ones of them.
    fn write_numbers<'a>(&mut self, written: &mut impl Iterator<Item = &'a str>) {
        match self {
            Self::Number(number) => {
                if let Some(written) = written.next() {
                    written.clone_into(number);
                }
            }
            Self::List(list) => list.iter_mut().for_each(|value| value.write_numbers(written)),
            Self::Object(entries) => entries.iter_mut().for_each(|(_, value)| value.write_numbers(written)),
            Self::Null | Self::Flag(_) | Self::Text(_) => {}
        }
    }

    /// A text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An object of one entry.
    pub(super) fn entry(key: &str, value: Self) -> Self {
        Self::Object(vec![(key.to_owned(), value)])
    }

    /// The value of a key of an object.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

/// The numbers in a text that is JSON, in the order in which they stand: what begins with a sign or a digit outside of
/// texts.
fn numbers(json: &str) -> impl Iterator<Item = &str> {
    let mut rest = json;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[rest.find(|it: char| it == '"' || it == '-' || it.is_ascii_digit())?..];
            if let Some(text) = rest.strip_prefix('"') {
                rest = behind_text(text);
                continue;
            }
            let inside = |it: char| matches!(it, '+' | '-' | '.' | 'e' | 'E') || it.is_ascii_digit();
            let (number, behind) = rest.split_at(rest.find(|it| !inside(it)).unwrap_or(rest.len()));
            rest = behind;
            return Some(number);
        }
    })
}

/// What comes behind the end of a text whose beginning was passed.
fn behind_text(text: &str) -> &str {
    let mut escaped = false;
    let end = text.find(|it: char| {
        let ends = it == '"' && !escaped;
        escaped = it == '\\' && !escaped;
        ends
    });
    end.map_or("", |end| &text[end + 1..])
}

impl fmt::Display for Json {
    /// Compact JSON, in the order in which it was read.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::to_string(text).map_err(|_| fmt::Error);
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Flag(flag) => write!(formatter, "{flag}"),
            Self::Number(number) => formatter.write_str(number),
            Self::Text(text) => formatter.write_str(&quoted(text)?),
            Self::List(list) => {
                for (at, value) in list.iter().enumerate() {
                    write!(formatter, "{}{value}", if at == 0 { "[" } else { "," })?;
                }
                formatter.write_str(if list.is_empty() { "[]" } else { "]" })
            }
            Self::Object(entries) => {
                for (at, (key, value)) in entries.iter().enumerate() {
                    write!(formatter, "{}{}:{value}", if at == 0 { "{" } else { "," }, quoted(key)?)?;
                }
                formatter.write_str(if entries.is_empty() { "{}" } else { "}" })
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Number(number.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object: Vec<(String, Json)> = Vec::new();
        while let Some((key, value)) = entries.next_entry::<String, Json>()? {
            if object.iter().any(|(name, _)| *name == key) {
                return Err(A::Error::custom(format_args!("the key {key:?} stands twice")));
            }
            object.push((key, value));
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_were_read() {
        for text in [
            "12345678901234567890123",
            "1.50",
            "1e300",
            "-0",
            "-0.0",
            "1E+2",
            "[1.0,[2.00,{}],3.000]",
            r#"{"1.0":"2.0","a\\":4.0,"\"5.0":[6.0,null,true,"\\\"7.0"],"-8":-9.0}"#,
        ] {
            assert_eq!(Json::read(text).unwrap().to_string(), text);
        }
    }
}
