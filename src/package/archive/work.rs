//! The work of one check, for any number of threads.
//!
//! The one idea: threads take entries from a common list, and the trouble that counts is the one that comes first **in
//! the directory**, not the one found first. The limit fits in because of how claims bind: entries before the one where
//! the claimed sizes reach the limit cannot give more than they claim without being refused for it, so only that one
//! entry can reach the limit, it knows how much is left for it, and entries after it are never looked at.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::entry::Entry;
use super::inflate::{Inflater, Outcome};
use super::refusal::Refusal;
use super::{Contents, Limits, directory, end};

/// One more thread has to have about this much to do: half a millisecond of inflating.
const WORTH_A_WORKER_BYTES: u64 = 512 * 1024;
/// Summing a stored byte takes about a tenth of inflating one.
const STORED_DISCOUNT: u64 = 10;

/// A check that has read the directory.
#[derive(Debug)]
pub(in super::super) struct Check<'a> {
    /// Longest first, each with its place in the directory: a long entry taken last would leave one thread working alone.
    entries: Vec<(usize, Entry<'a>)>,
    /// The entry in which claims reach the limit, and how much is left for it.
    full: Option<(usize, u64)>,
    claims: Contents,
    limits: Limits,
    /// The next of `entries` to take.
    next: AtomicUsize,
    /// Place of `trouble` in the directory, `usize::MAX` as long as there is none.
    trouble_at: AtomicUsize,
    trouble: Mutex<Option<(usize, Refusal)>>,
    called_off: &'a AtomicBool,
}

impl<'a> Check<'a> {
    /// Reads the directory and every header. Once `called_off` is set, the check ends soon, with no meaning.
    pub(in super::super) fn start(
        bytes: &'a [u8],
        limits: Limits,
        called_off: &'a AtomicBool,
    ) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::NoBytes);
        }
        let found = end::find(bytes)?;
        let entries = directory::read(bytes, &found, || called_off.load(Ordering::Relaxed))?;
        if entries.is_empty() {
            return Err(Refusal::NoEntries { offset: found.end_record as u64 });
        }
        let claims = claims(&entries);
        let full = full(&entries, limits.unzipped_bytes);
        let needed = full.map_or(entries.len(), |(last, _)| last + 1);
        let mut entries: Vec<_> = entries.into_iter().take(needed).enumerate().collect();
        entries.sort_by_key(|(_, entry)| Reverse(entry.data.len()));
        Ok(Self {
            entries,
            full,
            claims,
            limits,
            next: AtomicUsize::new(0),
            trouble_at: AtomicUsize::new(usize::MAX),
            trouble: Mutex::new(None),
            called_off,
        })
    }

    /// How many threads have something to do, at least one.
    pub(in super::super) fn useful_workers(&self) -> usize {
        let work = self.entries.iter().fold(0u64, |work, (_, entry)| {
            let discount = if entry.size == entry.data.len() as u64 { STORED_DISCOUNT } else { 1 };
            work.saturating_add(entry.size / discount)
        });
        usize::try_from(work / WORTH_A_WORKER_BYTES).unwrap_or(usize::MAX).clamp(1, self.entries.len().max(1))
    }

    /// Takes entries until there are none left. Returns when this thread has nothing more to do, others may still.
    pub(in super::super) fn work(&self) {
        let mut inflater = Inflater::default();
        while let Some((place, entry)) = self.entries.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let needless = || self.needless(*place);
            if needless() {
                continue;
            }
            let allowed = self.full.filter(|(full, _)| full == place).map_or(u64::MAX, |(_, left)| left);
            match inflater.verify(entry, allowed, needless) {
                Outcome::True | Outcome::Left => {}
                Outcome::Refused(refusal) => self.report(*place, refusal),
                Outcome::Full => {
                    let limit_bytes = self.limits.unzipped_bytes;
                    self.report(*place, Refusal::TooLarge { limit_bytes, entry: entry.place() });
                }
            }
        }
    }

    /// The answer, once every worker has returned.
    pub(in super::super) fn finish(self) -> Result<Contents, Refusal> {
        if let Some((_, refusal)) = self.trouble.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(refusal);
        }
        if self.claims.files == 0 {
            return Err(Refusal::OnlyDirectories { entries: self.claims.entries });
        }
        // No trouble means that every entry gave what it claims.
        Ok(self.claims)
    }

    /// Whether an entry cannot change the answer any more.
    fn needless(&self, place: usize) -> bool {
        self.trouble_at.load(Ordering::Relaxed) < place || self.called_off.load(Ordering::Relaxed)
    }

    fn report(&self, place: usize, refusal: Refusal) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if trouble.as_ref().is_none_or(|(earliest, _)| place < *earliest) {
            *trouble = Some((place, refusal));
            self.trouble_at.store(place, Ordering::Relaxed);
        }
    }
}

fn claims(entries: &[Entry<'_>]) -> Contents {
    Contents {
        unzipped_bytes: entries.iter().fold(0, |sum, entry| entry.size.saturating_add(sum)),
        entries: entries.len() as u64,
        files: entries.iter().filter(|entry| !entry.is_directory()).count() as u64,
    }
}

/// The first entry that brings the sum of claims to the limit, and what the entries before it leave of the limit.
fn full(entries: &[Entry<'_>], limit: u64) -> Option<(usize, u64)> {
    let mut left = limit;
    entries.iter().enumerate().find_map(|(place, entry)| match left.checked_sub(entry.size) {
        Some(0) | None => Some((place, left)),
        Some(rest) => {
            left = rest;
            None
        }
    })
}
