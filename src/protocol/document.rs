//! A value of the API, whatever way it came in or goes out.

use bytes::Bytes;

/// The members of a structure that are present, by their AWS names, in no particular order.
pub type Members = Vec<(&'static str, Document)>;

/// One value. Which variant stands where is the shape's decision; an absent member is left out, never `Null`.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// Nothing; stands only where a list or map of the wire held a null.
    Null,
    /// true or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Double(f64),
    /// Text.
    String(String),
    /// Bytes, never base64 text.
    Blob(Bytes),
    /// Seconds since the epoch.
    Timestamp(f64),
    /// Entries of one shape.
    List(Vec<Self>),
    /// Keys and values in the order they came.
    Map(Vec<(String, Self)>),
    /// Named members.
    Structure(Members),
}

impl Document {
    /// The member of this name, where this is a structure that has it.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Structure(members) => find(members, name),
            _ => None,
        }
    }

    /// The text, where this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// How many bytes its parts take, wherever they lie.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::String(text) => text.len(),
                Self::Blob(bytes) => bytes.len(),
                Self::List(entries) => entries.iter().map(Self::memory_bytes).sum(),
                Self::Map(entries) => {
                    entries.iter().map(|(key, value)| size_of::<String>() + key.len() + value.memory_bytes()).sum()
                }
                Self::Structure(members) => {
                    members.iter().map(|(_, value)| size_of::<&str>() + value.memory_bytes()).sum()
                }
                _ => 0,
            }
    }

    /// Takes the members out of a structure; none from anything else.
    #[must_use]
    pub fn into_members(self) -> Members {
        match self {
            Self::Structure(members) => members,
            _ => Members::new(),
        }
    }
}

/// The member of this name among `members`.
#[must_use]
pub fn find<'a>(members: &'a Members, name: &str) -> Option<&'a Document> {
    members.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}
