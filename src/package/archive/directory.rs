//! The directory's entries, all of them, before any of them is inflated.
//!
//! The one idea: entries may lie in any order and anything may lie between them, but no two may share a byte. That is
//! what keeps the work proportional to the package: a quoted bomb has many entries over the same data.

use super::end::Directory;
use super::entry::{self, Entry};
use super::refusal::Refusal;

/// A directory record without name, extra field and comment.
const RECORD_BYTES: u64 = 46;

/// Reads every record with its local header. `stop` is asked between records; if it says so, the list is cut there.
pub(super) fn read<'a>(
    bytes: &'a [u8],
    directory: &Directory,
    stop: impl Fn() -> bool,
) -> Result<Vec<Entry<'a>>, Refusal> {
    let room = (directory.end - directory.start) as u64 / RECORD_BYTES;
    // What is announced counts only as far as there are bytes for it: an archive may announce 2^64 entries.
    let mut entries = Vec::with_capacity(usize::try_from(directory.entries.min(room)).unwrap_or_default());
    let mut at = directory.start;
    while at < directory.end && !stop() {
        let (entry, next) = entry::read(bytes, directory, at)
            .ok_or(Refusal::DirectoryBroken { offset: at as u64, entries: entries.len() as u64 })?;
        entries.push(entry?);
        at = next;
    }
    let found = entries.len() as u64;
    if !directory.announces(found) && !stop() {
        return Err(Refusal::EntryCount { expected: directory.entries, found });
    }
    apart(&entries)?;
    Ok(entries)
}

/// Refuses entries that share bytes.
fn apart(entries: &[Entry<'_>]) -> Result<(), Refusal> {
    // Nearly every writer lists entries in the order in which they lie: then neighbours are all there is to compare.
    if entries.is_sorted_by_key(|entry| entry.offset) {
        return neighbours_apart(entries.iter());
    }
    let mut by_offset: Vec<&Entry<'_>> = entries.iter().collect();
    by_offset.sort_by_key(|entry| entry.offset);
    neighbours_apart(by_offset.into_iter())
}

fn neighbours_apart<'e, 'a: 'e>(entries: impl Iterator<Item = &'e Entry<'a>> + Clone) -> Result<(), Refusal> {
    let following = entries.clone().skip(1);
    match entries.zip(following).find(|(entry, next)| next.offset < entry.end) {
        Some((entry, next)) => {
            Err(Refusal::Overlap { entry: next.place(), other: entry.place(), other_end: entry.end })
        }
        None => Ok(()),
    }
}
