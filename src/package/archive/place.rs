//! How a refusal points at things: an entry by name and offset, a statement by field.

use std::fmt;

/// An entry, by name and by where its local header is or should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name in the directory.
    pub name: EntryName,
    /// Of the local header, as the directory says it, counted from the start of the package.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} (header at byte {})", self.name, self.offset)
    }
}

/// An entry's name as far as a message needs it: at most 120 bytes, anything but UTF-8 replaced.
///
/// Refusals are remembered, and names may be 64 KiB long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryName(Box<str>);

impl EntryName {
    const MOST_BYTES: usize = 120;

    pub(super) fn new(name: &[u8]) -> Self {
        let start = name.get(..Self::MOST_BYTES).unwrap_or(name);
        Self(String::from_utf8_lossy(start).into())
    }

    /// The name, perhaps shortened.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// A statement that an archive makes twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Compression method.
    Method,
    /// CRC-32 of the contents.
    Crc32,
    /// Bytes as compressed.
    CompressedSize,
    /// Bytes as inflated.
    UncompressedSize,
    /// Number of entries.
    EntryCount,
    /// Bytes of the directory.
    DirectorySize,
    /// Start of the directory.
    DirectoryOffset,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "the method",
            Self::Crc32 => "the CRC-32",
            Self::CompressedSize => "the compressed size",
            Self::UncompressedSize => "the uncompressed size",
            Self::EntryCount => "the number of entries",
            Self::DirectorySize => "the directory's size",
            Self::DirectoryOffset => "the directory's offset",
        })
    }
}
