//! The directory's entries, one after the other, all of them looked at before any of them is inflated.
//!
//! The one idea: **an archive costs no memory for each of its entries.** Reading a record with its local header takes a
//! fraction of a microsecond, so whoever needs the entries walks through them again; a table of a million entries would
//! be larger than most packages. Only the few long ones are kept, because they are worth sharing out first.
//!
//! Entries may lie in any order and anything may lie between them, but no two may share a byte. That is what keeps the
//! work proportional to the package: a quoted bomb has many entries over the same data.

use super::end::Directory;
use super::entry::{self, Entry};
use super::place::Place;
use super::refusal::Refusal;
use super::{Contents, Limits};

/// From here on an entry is long: one of them is worth a thread's while, and there are few of them in a package.
const LONG_BYTES: usize = 64 * 1024;
/// Summing a stored byte takes about a tenth of inflating one.
const STORED_DISCOUNT: u64 = 10;

/// A walk through the directory: each entry with its place in it. Ends with the first refusal, if there is one.
#[derive(Debug, Clone)]
pub(super) struct Entries<'a> {
    bytes: &'a [u8],
    directory: Directory,
    at: usize,
    place: usize,
}

impl<'a> Entries<'a> {
    pub(super) fn new(bytes: &'a [u8], directory: Directory) -> Self {
        Self { bytes, directory, at: directory.start, place: 0 }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<(usize, Entry<'a>), Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.directory.end {
            return None;
        }
        let place = self.place;
        let broken = Refusal::DirectoryBroken { offset: self.at as u64, entries: place as u64 };
        let (entry, next) = match entry::read(self.bytes, &self.directory, self.at) {
            Some((entry, next)) => (entry, next),
            None => (Err(broken), self.directory.end),
        };
        self.at = if entry.is_ok() { next } else { self.directory.end };
        self.place += 1;
        Some(entry.map(|entry| (place, entry)))
    }
}

/// What the whole directory says, as far as it can be told from headers.
#[derive(Debug)]
pub(super) struct Survey<'a> {
    /// What there is, if every entry gives what it claims.
    pub(super) claims: Contents,
    /// The long entries, longest first, each with its place: taken last, one would leave one thread working alone.
    pub(super) long: Vec<(usize, Entry<'a>)>,
    /// How much there is to inflate, in bytes.
    pub(super) work_bytes: u64,
}

/// How much there is to inflate in `compressed` bytes that give `size` bytes.
pub(super) fn work_bytes(size: u64, compressed: u64) -> u64 {
    if size == compressed { size / STORED_DISCOUNT } else { size }
}

/// Whether an entry is among those that a survey keeps.
pub(super) fn is_long(entry: &Entry<'_>) -> bool {
    entry.data.len() >= LONG_BYTES
}

/// Looks at every entry. `stop` is asked between two of them; if it says so, the survey ends there, with no meaning.
pub(super) fn survey<'a>(entries: Entries<'a>, limits: Limits, stop: impl Fn() -> bool) -> Result<Survey<'a>, Refusal> {
    let directory = entries.directory;
    let mut survey = Survey::new();
    let mut reaches_limit: Option<Place> = None;
    let mut previous: Option<Entry<'a>> = None;
    let mut in_order = true;
    for next in entries.clone() {
        let (place, entry) = next?;
        if let Some(previous) = previous.filter(|previous| previous.offset <= entry.offset) {
            check_apart(&previous, &entry)?;
        } else {
            in_order = previous.is_none() && in_order;
        }
        survey.add(place, &entry);
        if reaches_limit.is_none() && survey.claims.unzipped_bytes >= limits.unzipped_bytes {
            reaches_limit = Some(entry.place());
        }
        previous = Some(entry);
        if stop() {
            return Ok(survey);
        }
    }
    let found = survey.claims.entries;
    if !directory.announces(found) {
        return Err(Refusal::EntryCount { expected: directory.entries, found });
    }
    if !in_order {
        check_all_apart(&entries)?;
    }
    if let Some(entry) = reaches_limit {
        return Err(Refusal::TooLarge { limit_bytes: limits.unzipped_bytes, entry });
    }
    survey.long.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.data.len()));
    Ok(survey)
}

impl<'a> Survey<'a> {
    fn new() -> Self {
        let claims = Contents { unzipped_bytes: 0, entries: 0, files: 0 };
        Self { claims, long: Vec::new(), work_bytes: 0 }
    }

    fn add(&mut self, place: usize, entry: &Entry<'a>) {
        self.claims.unzipped_bytes = self.claims.unzipped_bytes.saturating_add(entry.size);
        self.claims.entries += 1;
        self.claims.files += u64::from(!entry.is_directory());
        self.work_bytes = self.work_bytes.saturating_add(work_bytes(entry.size, entry.data.len() as u64));
        if is_long(entry) {
            self.long.push((place, *entry));
        }
    }
}

/// Refuses two entries, the one that starts first and the other one, if they share bytes.
fn check_apart(first: &Entry<'_>, second: &Entry<'_>) -> Result<(), Refusal> {
    if second.offset < first.end {
        return Err(Refusal::Overlap { entry: second.place(), other: first.place(), other_end: first.end });
    }
    Ok(())
}

/// Refuses entries that share bytes, whatever order they are listed in. Nearly every writer lists them as they lie, and
/// then neighbours are all there is to compare: this is for the others.
fn check_all_apart(entries: &Entries<'_>) -> Result<(), Refusal> {
    let mut spans: Vec<(u64, u64)> = entries.clone().flatten().map(|(_, entry)| (entry.offset, entry.end)).collect();
    spans.sort_unstable();
    let overlap = spans.iter().zip(spans.iter().skip(1)).find(|((_, end), (offset, _))| offset < end);
    let Some((first, second)) = overlap else { return Ok(()) };
    let with = |span: &(u64, u64)| {
        let (offset, end) = *span;
        entries
            .clone()
            .flatten()
            .map(|(_, entry)| entry)
            .filter(move |entry| (entry.offset, entry.end) == (offset, end))
    };
    // The same span twice is two entries with it.
    let second = with(second).nth(usize::from(first == second));
    match (with(first).next(), second) {
        (Some(first), Some(second)) => check_apart(&first, &second),
        _ => Ok(()),
    }
}
