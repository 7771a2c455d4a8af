//! The ways a zip can lie, each with what was expected, what was found, and where.
//!
//! The one idea: the variants are for our own diagnostics, [`Refusal::kind`] is for AWS, which knows three answers.

use super::place::{EntryName, Field, Place};

/// AWS's three answers to a package it does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// "Could not unzip uploaded file.": rules Z1, Z5, Z7.
    NotAZip,
    /// "Uploaded file must be a non-empty zip": rules Z2, Z3, R55.
    Empty,
    /// "Unzipped size must be smaller than 262144000 bytes": rule Z13.
    TooLarge,
}

/// Why an archive is refused. Offsets count bytes from the start of the package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Rule R55.
    #[error("there are no bytes")]
    NoBytes,
    /// More has arrived, or was announced, than any package needs.
    #[error("there are more than {limit_bytes} bytes, which is more than is looked at")]
    TooLong {
        /// The limit.
        limit_bytes: u64,
    },
    /// Rule Z2.
    #[error("the end record at byte {offset} says that there are no entries")]
    NoEntries {
        /// Of the end record.
        offset: u64,
    },
    /// Rule Z3.
    #[error("all {entries} entries are directories")]
    OnlyDirectories {
        /// How many.
        entries: u64,
    },
    /// Rule Z13: the uncompressed sizes, as the directory says them, add up to the limit.
    #[error("the uncompressed sizes add up to the limit of {limit_bytes} bytes at {entry}")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
        /// The entry at which the sum gets there.
        entry: Place,
    },
    /// Rule Z1: text, HTML, gzip, base64, or a zip whose end is cut off.
    #[error("there is no end record in the last {searched_bytes} bytes")]
    NoEndRecord {
        /// How far back was looked.
        searched_bytes: u64,
    },
    /// The end record's comment goes on past the end of the package.
    #[error("the end record at byte {offset} announces a comment of {expected} bytes, {found} follow")]
    CommentCut {
        /// Of the end record.
        offset: u64,
        /// Announced, in bytes.
        expected: u64,
        /// What follows, in bytes.
        found: u64,
    },
    /// One part of an archive in several.
    #[error("the record at byte {offset} ends an archive in several parts")]
    SplitArchive {
        /// Of the end record.
        offset: u64,
    },
    /// A ZIP64 locator that leads nowhere.
    #[error("the locator at byte {offset} leads to byte {expected_offset}, where there is no ZIP64 end record")]
    NoZip64EndRecord {
        /// Of the locator.
        offset: u64,
        /// Where it leads.
        expected_offset: u64,
    },
    /// The two end records of a ZIP64 archive differ.
    #[error(
        "the end records disagree on {field}: the ZIP64 one says {expected}, the one at byte {offset} says {found}"
    )]
    EndRecordsDisagree {
        /// Of the classic end record.
        offset: u64,
        /// What they differ on.
        field: Field,
        /// The ZIP64 record's value.
        expected: u64,
        /// The classic record's value.
        found: u64,
    },
    /// The end record leads to a directory that is not there.
    #[error(
        "the end record at byte {offset} leads to a directory of {directory_bytes} bytes at byte {directory_offset}, \
         where there is none"
    )]
    NoDirectory {
        /// Of the end record.
        offset: u64,
        /// Where the directory should start, as the end record says it.
        directory_offset: u64,
        /// How long it should be.
        directory_bytes: u64,
    },
    /// A directory record does not start with its signature, or goes on past the directory's end.
    #[error("there is no whole directory record at byte {offset}, after {entries} entries")]
    DirectoryBroken {
        /// Where a record should be.
        offset: u64,
        /// How many records came before.
        entries: u64,
    },
    /// The directory holds more or fewer records than its end record says.
    #[error("the end record announces {expected} entries, the directory has {found}")]
    EntryCount {
        /// Announced.
        expected: u64,
        /// Found.
        found: u64,
    },
    /// Rule Z7.
    #[error("{entry} is encrypted (flags {flags:#06x})")]
    Encrypted {
        /// Which.
        entry: Place,
        /// General purpose flags.
        flags: u16,
    },
    /// Rule Z7: only stored (0) and deflate (8) are known.
    #[error("{entry} is compressed by method {method}, not 0 or 8")]
    Method {
        /// Which.
        entry: Place,
        /// As the directory says it.
        method: u16,
    },
    /// The directory leads to a local header that is not there, or that is not whole.
    #[error("there is no local header for {entry}")]
    NoLocalHeader {
        /// Which.
        entry: Place,
    },
    /// Rule Z5: the local header contradicts the directory.
    #[error("the headers of {entry} disagree on {field}: the directory says {expected}, the local header {found}")]
    HeadersDisagree {
        /// Which.
        entry: Place,
        /// What they differ on.
        field: Field,
        /// The directory's value.
        expected: u64,
        /// The local header's value.
        found: u64,
    },
    /// Rule Z5: the local header names another entry.
    #[error("the local header of {entry} names {found}")]
    NamesDisagree {
        /// As the directory names it.
        entry: Place,
        /// As the local header names it.
        found: EntryName,
    },
    /// An entry's data goes on into the directory or past the end.
    #[error("the data of {entry}, {expected} bytes, has only {found} before the directory")]
    DataCut {
        /// Which.
        entry: Place,
        /// Compressed size, in bytes.
        expected: u64,
        /// What there is, in bytes.
        found: u64,
    },
    /// Two entries share bytes, which is how small archives get enormous.
    #[error("{entry} starts inside {other}, which ends at byte {other_end}")]
    Overlap {
        /// The later one.
        entry: Place,
        /// The one it starts in.
        other: Place,
        /// Where that one ends.
        other_end: u64,
    },
    /// The compressed data is not deflate data.
    #[error("the data of {entry} cannot be inflated beyond {inflated_bytes} bytes")]
    NotDeflate {
        /// Which.
        entry: Place,
        /// What it gave before.
        inflated_bytes: u64,
    },
    /// The compressed data stops before its end mark.
    #[error("the data of {entry} stops before its end, after {inflated_bytes} bytes inflated")]
    DeflateCut {
        /// Which.
        entry: Place,
        /// What it gave.
        inflated_bytes: u64,
    },
    /// The compressed data ends before the entry does.
    #[error("the data of {entry} is {expected} bytes, of which inflating used {found}")]
    DataLeft {
        /// Which.
        entry: Place,
        /// Compressed size, in bytes.
        expected: u64,
        /// Used, in bytes.
        found: u64,
    },
    /// Rule Z5: an entry is not as long as the directory says. When it is longer, it was left at `found`.
    #[error("{entry} is {expected} bytes by the directory, and gives {found}")]
    Size {
        /// Which.
        entry: Place,
        /// By the directory, in bytes.
        expected: u64,
        /// What it gives, in bytes.
        found: u64,
    },
    /// Rule Z5.
    #[error("the CRC-32 of {entry} is {expected:08x} by the directory, and {found:08x} of its data")]
    Crc32 {
        /// Which.
        entry: Place,
        /// By the directory.
        expected: u32,
        /// Of the data.
        found: u32,
    },
}

impl Refusal {
    /// Which of AWS's answers this is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoBytes | Self::NoEntries { .. } | Self::OnlyDirectories { .. } => Kind::Empty,
            Self::TooLarge { .. } | Self::TooLong { .. } => Kind::TooLarge,
            _ => Kind::NotAZip,
        }
    }
}
