//! The end of an archive: where the directory is and how much it holds.
//!
//! The one idea: a zip is read from its end, and everything before the first entry and after the end record is somebody
//! else's (rule Z4). So the end record is looked for backwards, and offsets are taken to count from wherever makes them
//! lead to the directory: a stub put in front shifts them all by its length, unless its maker has corrected them.

use super::fields::Fields;
use super::place::Field;
use super::refusal::Refusal;

/// End record without comment.
const END_BYTES: usize = 22;
const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
/// The end record with the longest comment, 65,557 bytes: how far back an end record can start.
const SEARCH_BYTES: usize = END_BYTES + u16::MAX as usize;
const LOCATOR_BYTES: usize = 20;
const LOCATOR_SIGNATURE: [u8; 4] = *b"PK\x06\x07";
/// ZIP64 end record without the extensible data that may follow.
const END64_BYTES: usize = 56;
const END64_SIGNATURE: [u8; 4] = *b"PK\x06\x06";
/// The part of the ZIP64 end record that its own size field does not count.
const END64_UNCOUNTED_BYTES: u64 = 12;
/// What a directory record starts with.
pub(super) const RECORD_SIGNATURE: [u8; 4] = *b"PK\x01\x02";

/// Where the directory is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directory {
    /// First byte of the first record.
    pub(super) start: usize,
    /// First byte after the last record.
    pub(super) end: usize,
    /// What to add to the archive's own offsets.
    pub(super) base: u64,
    /// How many records there should be.
    pub(super) entries: u64,
    /// Whether `entries` is a 64-bit number; otherwise writers without ZIP64 let it wrap at 65,536.
    pub(super) wide: bool,
    /// Of the end record, for messages.
    pub(super) end_record: usize,
}

impl Directory {
    /// Whether `found` records are as many as announced.
    pub(super) fn announces(&self, found: u64) -> bool {
        self.entries == found || (!self.wide && self.entries == found & u64::from(u16::MAX))
    }
}

/// What an end record says, before anything is compared with the archive.
#[derive(Debug, Clone, Copy)]
struct End {
    entries: u64,
    size: u64,
    offset: u64,
    /// First byte of whichever record comes right after the directory.
    at: usize,
    wide: bool,
}

/// Finds the directory by the last end record that leads to one.
pub(super) fn find(bytes: &[u8]) -> Result<Directory, Refusal> {
    let tail_start = bytes.len().saturating_sub(SEARCH_BYTES);
    let tail = bytes.get(tail_start..).unwrap_or_default();
    let mut first_refusal = None;
    // Four bytes in a comment may look like a signature, so one that leads nowhere is not the end of the search.
    for (at, _) in tail.windows(END_SIGNATURE.len()).enumerate().rev().filter(|(_, window)| *window == END_SIGNATURE) {
        match follow(bytes, tail_start + at) {
            Some(Ok(directory)) => return Ok(directory),
            Some(Err(refusal)) => first_refusal = first_refusal.or(Some(refusal)),
            None => {}
        }
    }
    Err(first_refusal.unwrap_or(Refusal::NoEndRecord { searched_bytes: tail.len() as u64 }))
}

/// Reads the end record at `at` and follows it to the directory; `None` if the bytes stop before the record does.
fn follow(bytes: &[u8], at: usize) -> Option<Result<Directory, Refusal>> {
    let offset = at as u64;
    let mut fields = Fields::at(bytes, at + END_SIGNATURE.len());
    let [disk, directory_disk, entries_here, entries] = [fields.u16()?, fields.u16()?, fields.u16()?, fields.u16()?];
    let [size, directory_offset] = [fields.u32()?, fields.u32()?];
    let comment_bytes = u64::from(fields.u16()?);
    let found = (bytes.len() - at - END_BYTES) as u64;
    if found < comment_bytes {
        return Some(Err(Refusal::CommentCut { offset, expected: comment_bytes, found }));
    }
    let parts = [0, u16::MAX];
    if !parts.contains(&disk) || !parts.contains(&directory_disk) || entries_here != entries {
        return Some(Err(Refusal::SplitArchive { offset }));
    }
    let end = End { entries: entries.into(), size: size.into(), offset: directory_offset.into(), at, wide: false };
    Some(widen(bytes, end).and_then(|wide| locate(bytes, &wide, at)))
}

/// Takes the 64-bit values where a locator before the end record leads to them.
fn widen(bytes: &[u8], narrow: End) -> Result<End, Refusal> {
    let Some((locator_at, disk, end64_offset)) = locator(bytes, narrow.at) else { return Ok(narrow) };
    let offset = locator_at as u64;
    if disk != 0 {
        return Err(Refusal::SplitArchive { offset });
    }
    let wide = end64(bytes, locator_at, end64_offset)
        .ok_or(Refusal::NoZip64EndRecord { offset, expected_offset: end64_offset })??;
    let pairs = [
        (Field::EntryCount, narrow.entries, wide.entries, u64::from(u16::MAX)),
        (Field::DirectorySize, narrow.size, wide.size, u64::from(u32::MAX)),
        (Field::DirectoryOffset, narrow.offset, wide.offset, u64::from(u32::MAX)),
    ];
    for (field, found, expected, look_there) in pairs {
        if found != expected && found != look_there {
            return Err(Refusal::EndRecordsDisagree { offset: narrow.at as u64, field, expected, found });
        }
    }
    Ok(wide)
}

/// The ZIP64 locator right before the end record, if there is one: where it is, to which part and where it leads.
fn locator(bytes: &[u8], end_at: usize) -> Option<(usize, u32, u64)> {
    let at = end_at.checked_sub(LOCATOR_BYTES)?;
    let mut fields = Fields::at(bytes, at);
    let signature = fields.array()?;
    let disk = fields.u32()?;
    let end64_offset = fields.u64()?;
    (signature == LOCATOR_SIGNATURE).then_some((at, disk, end64_offset))
}

/// The ZIP64 end record: where the locator leads or, if a stub has shifted that, right before the locator.
fn end64(bytes: &[u8], locator_at: usize, end64_offset: u64) -> Option<Result<End, Refusal>> {
    let as_said = usize::try_from(end64_offset).ok();
    let right_before = locator_at.checked_sub(END64_BYTES);
    [as_said, right_before].into_iter().flatten().find_map(|at| end64_at(bytes, locator_at, at))
}

fn end64_at(bytes: &[u8], locator_at: usize, at: usize) -> Option<Result<End, Refusal>> {
    let mut fields = Fields::at(bytes, at);
    let signature = fields.array()?;
    let size_bytes = fields.u64()?;
    let ends_at = (at as u64).checked_add(END64_UNCOUNTED_BYTES)?.checked_add(size_bytes)?;
    if signature != END64_SIGNATURE || ends_at != locator_at as u64 || locator_at.checked_sub(at)? < END64_BYTES {
        return None;
    }
    let _versions = fields.u32()?;
    let [disk, directory_disk] = [fields.u32()?, fields.u32()?];
    let [entries_here, entries, size, offset] = [fields.u64()?, fields.u64()?, fields.u64()?, fields.u64()?];
    if disk != 0 || directory_disk != 0 || entries_here != entries {
        return Some(Err(Refusal::SplitArchive { offset: at as u64 }));
    }
    Some(Ok(End { entries, size, offset, at, wide: true }))
}

/// Finds the directory's bytes: right before the end record, or else where the offset says.
fn locate(bytes: &[u8], end: &End, end_record: usize) -> Result<Directory, Refusal> {
    let shifted = || {
        let start = (end.at as u64).checked_sub(end.size)?;
        Some((start, start.checked_sub(end.offset)?))
    };
    let absolute = || (end.offset.checked_add(end.size)? <= end.at as u64).then_some((end.offset, 0));
    [shifted(), absolute()]
        .into_iter()
        .flatten()
        .find_map(|(start, base)| {
            let stop = usize::try_from(start.checked_add(end.size)?).ok()?;
            let start = usize::try_from(start).ok()?;
            let begins = end.size == 0 || Fields::at(bytes, start).array() == Some(RECORD_SIGNATURE);
            let (entries, wide) = (end.entries, end.wide);
            begins.then_some(Directory { start, end: stop, base, entries, wide, end_record })
        })
        .ok_or(Refusal::NoDirectory {
            offset: end_record as u64,
            directory_offset: end.offset,
            directory_bytes: end.size,
        })
}
