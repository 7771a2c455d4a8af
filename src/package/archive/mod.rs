//! The zip check: is this a zip that can be unzipped, and how much is inside.
//!
//! The one idea: **headers are believed only where they speak against the package.** The check follows the central
//! directory as an unzipper does, then compares every statement of the archive with what is really there: local headers
//! with directory, lengths with data, sizes and CRC-32 with what inflating gives. Statements serve only to stop early:
//! an archive whose sizes add up to the limit is refused at its word, and an entry that gives more than it claims is a
//! lie at that very byte. So the work is bounded by the bytes received and the limit, whatever the archive claims.
//!
//! The answer is that of a reader who first goes through the directory and adds up its sizes, then through the contents
//! in directory order, and stops at the first thing wrong. Threads share the work but cannot change the answer.
//!
//! Not looked at, because AWS does not either: names, modes, symbolic links, times, comments, handler files. Data
//! descriptors are stepped over: they repeat what the directory says, and a reader with a directory never needs them.
//!
//! ```
//! use drylambda::package::{Kind, Limits, check};
//!
//! let end_record_alone = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
//! let refusal = check(end_record_alone, &Limits::default()).unwrap_err();
//! assert_eq!(refusal.kind(), Kind::Empty);
//! ```

mod ahead;
mod directory;
mod end;
mod entry;
mod fields;
mod inflate;
mod list;
mod place;
mod refusal;
mod work;

use std::sync::atomic::AtomicBool;

pub(super) use self::ahead::{Ahead, Facts};
pub(super) use self::entry::Entry;
pub(super) use self::inflate::Inflater;
pub use self::list::File;
pub(super) use self::list::{entries, list, read, starts};
pub use self::place::{EntryName, Field, Place};
pub use self::refusal::{Kind, Refusal};
pub(super) use self::work::Check;

/// What an archive may not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The sum of all uncompressed sizes must be smaller than this, in bytes.
    pub unzipped_bytes: u64,
}

impl Limits {
    /// AWS's: 262,144,000 bytes (250 MiB), rule Z13.
    pub const AWS: Self = Self { unzipped_bytes: 262_144_000 };
}

impl Default for Limits {
    /// [`AWS`](Self::AWS)'s.
    fn default() -> Self {
        Self::AWS
    }
}

/// What an accepted archive holds, measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Sum of what all entries inflate to, in bytes.
    pub unzipped_bytes: u64,
    /// All entries of the directory, duplicates and directories included.
    pub entries: u64,
    /// Entries that are not directories: whose names do not end in `/`.
    pub files: u64,
}

/// Checks an archive on the calling thread.
///
/// # Errors
///
/// The [`Refusal`] for the first thing wrong; its [`kind`](Refusal::kind) is AWS's answer.
pub fn check(bytes: &[u8], limits: &Limits) -> Result<Contents, Refusal> {
    let never = AtomicBool::new(false);
    let check = Check::start(bytes, *limits, Facts::default(), &never)?;
    check.work();
    check.finish()
}
