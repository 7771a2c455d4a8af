//! Making packages: the same files give the same bytes, on every machine and at every time.
//!
//! The one idea: everything that usually varies between two runs is fixed. Entries are sorted by name, dated 1980-01-01,
//! have mode 0644 or 0755 and are deflated at one level; so the digest changes only when the code does. (Another version
//! of the compressor may give other bytes.)
//!
//! ```
//! use drylambda::package::{Mode, make_zip};
//!
//! let one = make_zip([("b.py", "2", Mode::File), ("a.py", "1", Mode::File)])?;
//! let other = make_zip([("a.py", "1", Mode::File), ("b.py", "2", Mode::File)])?;
//! assert_eq!(one, other);
//! # Ok::<(), drylambda::package::MakeError>(())
//! ```

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::io::{self, Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// The longest name a zip can hold, in bytes.
const LONGEST_NAME_BYTES: usize = u16::MAX as usize;

/// Level of deflate: zlib's default.
const LEVEL: i64 = 6;

/// What may be done with a file once it is unzipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Read by all, written by its owner: 0644.
    #[default]
    File,
    /// Also run by all: 0755. For `bootstrap` and other programs.
    Executable,
}

impl Mode {
    /// The Unix permission bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::File => 0o644,
            Self::Executable => 0o755,
        }
    }
}

/// Why a package cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// A file has no name.
    #[error("a file in a package needs a name")]
    EmptyName,
    /// Two files have the same name.
    #[error("two files in the package are called {name:?}")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A name does not fit a zip.
    #[error("the name of a file in a package may have at most 65535 bytes, this one has {length_bytes}")]
    NameTooLong {
        /// How long it is.
        length_bytes: usize,
    },
    /// The writer failed.
    #[error("the package cannot be written")]
    Write(#[from] zip::result::ZipError),
    /// Compressing failed.
    #[error("a file cannot be compressed into the package")]
    Compress(#[from] io::Error),
}

/// Makes a zip of `files`: name with `/` between folders, contents, mode. No files give the 22-byte zip with no entries.
///
/// # Errors
///
/// Names that are empty, too long or there twice. The writer's own failures are not known to happen in memory.
pub fn make_zip<N, C>(files: impl IntoIterator<Item = (N, C, Mode)>) -> Result<Vec<u8>, MakeError>
where
    N: Into<String>,
    C: AsRef<[u8]>,
{
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, (contents, mode)) in sorted(files)? {
        let contents = contents.as_ref();
        writer.start_file(name, options(mode, contents.len()))?;
        writer.write_all(contents)?;
    }
    Ok(writer.finish()?.into_inner())
}

fn sorted<N, C>(files: impl IntoIterator<Item = (N, C, Mode)>) -> Result<BTreeMap<String, (C, Mode)>, MakeError>
where
    N: Into<String>,
{
    let mut by_name = BTreeMap::new();
    for (name, contents, mode) in files {
        let name = name.into();
        if name.is_empty() {
            return Err(MakeError::EmptyName);
        }
        if name.len() > LONGEST_NAME_BYTES {
            return Err(MakeError::NameTooLong { length_bytes: name.len() });
        }
        match by_name.entry(name) {
            Slot::Vacant(slot) => slot.insert((contents, mode)),
            Slot::Occupied(slot) => return Err(MakeError::DuplicateName { name: slot.key().clone() }),
        };
    }
    Ok(by_name)
}

fn options(mode: Mode, size_bytes: usize) -> SimpleFileOptions {
    SimpleFileOptions::DEFAULT
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        .unix_permissions(mode.bits())
        .large_file(u32::try_from(size_bytes).is_err())
}
