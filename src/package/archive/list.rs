//! What is in an accepted archive: names, sizes, modes, and the contents of one entry.
//!
//! The one idea: nothing is kept. Whoever asks walks through the directory again; the check has already compared it with
//! what is really there.

use flate2::{Decompress, FlushDecompress, Status};

use super::directory::Entries;
use super::end;
use super::entry::{Entry, Method};

/// One entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// As it stands there, with `/` between folders; what is no UTF-8 is replaced.
    pub name: String,
    /// Bytes once it is unzipped.
    pub size_bytes: u64,
    /// Bytes that it takes in the archive, without its headers.
    pub compressed_bytes: u64,
    /// Of its contents.
    pub crc32: u32,
    /// Permissions as Unix has them, where a Unix wrote the entry.
    pub permissions: Option<u16>,
    /// Whether it is a symbolic link, whose contents are where it leads.
    pub is_link: bool,
}

impl File {
    fn of(entry: &Entry<'_>) -> Self {
        Self {
            name: String::from_utf8_lossy(entry.name).into_owned(),
            size_bytes: entry.size,
            compressed_bytes: entry.data.len() as u64,
            crc32: entry.crc32,
            permissions: entry.permissions(),
            is_link: entry.is_link(),
        }
    }

    /// Whether it is a folder: whether its name ends in `/`.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// The entries of an accepted archive, in the order of its directory.
pub(in super::super) fn list(bytes: &[u8]) -> Vec<File> {
    entries(bytes).map(|entry| File::of(&entry)).collect()
}

/// The contents of an accepted archive's entry of this name: of the last one, as unzipping leaves it, if there are several.
pub(in super::super) fn read(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    let entry = entries(bytes).filter(|entry| String::from_utf8_lossy(entry.name) == name).last()?;
    match entry.method {
        Method::Stored => Some(entry.data.to_vec()),
        Method::Deflate if entry.data.is_empty() => Some(Vec::new()),
        Method::Deflate => {
            // The check has inflated it: it gives just this much.
            let mut contents = Vec::with_capacity(usize::try_from(entry.size).ok()?);
            let status = Decompress::new(false).decompress_vec(entry.data, &mut contents, FlushDecompress::Finish);
            (status.ok()? == Status::StreamEnd).then_some(contents)
        }
    }
}

/// Up to `most` bytes from the start of each entry's contents, in the order of the directory.
pub(in super::super) fn starts(bytes: &[u8], most: usize) -> impl Iterator<Item = (File, Vec<u8>)> {
    entries(bytes).map(move |entry| {
        let start = match entry.method {
            Method::Stored => entry.data.get(..most).unwrap_or(entry.data).to_vec(),
            Method::Deflate => {
                let mut start = Vec::with_capacity(most);
                // What cannot be inflated gives nothing; the check has inflated it, so there is no such thing.
                let _ = Decompress::new(false).decompress_vec(entry.data, &mut start, FlushDecompress::None);
                start
            }
        };
        (File::of(&entry), start)
    })
}

/// The entries of an accepted archive themselves.
pub(in super::super) fn entries(bytes: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    let entries = end::find(bytes).ok().map(|directory| Entries::new(bytes, directory));
    entries.into_iter().flatten().flatten().map(|(_, entry)| entry)
}
