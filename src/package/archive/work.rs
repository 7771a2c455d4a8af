//! The work of one check, for any number of threads.
//!
//! The one idea: threads take entries from a common list, and the trouble that counts is the one that comes first **in
//! the directory**, not the one found first. The long entries come first and one at a time, the others in batches from
//! one walk through the directory that the threads share.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::ahead::Facts;
use super::directory::{self, Entries, Survey};
use super::entry::Entry;
use super::inflate::{Inflater, Outcome};
use super::refusal::Refusal;
use super::{Contents, Limits, end};

/// One more thread has to have about this much to do: half a millisecond of inflating.
const WORTH_A_WORKER_BYTES: u64 = 512 * 1024;
/// A batch ends with this many entries: taking the lock for each of them would cost as much as an empty one does.
const BATCH_ENTRIES: usize = 64;
/// Or with this much data, so that the threads end at about the same time.
const BATCH_BYTES: usize = 256 * 1024;

/// A check that has read the directory.
#[derive(Debug)]
pub(in super::super) struct Check<'a> {
    survey: Survey<'a>,
    /// What was measured before.
    facts: Facts,
    /// The next of the long entries to take.
    next_long: AtomicUsize,
    /// The walk through all the others.
    rest: Mutex<Entries<'a>>,
    /// Place of `trouble` in the directory, `usize::MAX` as long as there is none.
    trouble_at: AtomicUsize,
    trouble: Mutex<Option<(usize, Refusal)>>,
    called_off: &'a AtomicBool,
}

impl<'a> Check<'a> {
    /// Reads the directory and every header; what `facts` cover is not measured again. Once `called_off` is set, the check ends soon, with no meaning.
    pub(in super::super) fn start(
        bytes: &'a [u8],
        limits: Limits,
        facts: Facts,
        called_off: &'a AtomicBool,
    ) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::NoBytes);
        }
        let found = end::find(bytes)?;
        let entries = Entries::new(bytes, found);
        let survey = directory::survey(entries.clone(), limits, || called_off.load(Ordering::Relaxed))?;
        if survey.claims.entries == 0 {
            return Err(Refusal::NoEntries { offset: found.end_record as u64 });
        }
        Ok(Self {
            survey,
            facts,
            next_long: AtomicUsize::new(0),
            rest: Mutex::new(entries),
            trouble_at: AtomicUsize::new(usize::MAX),
            trouble: Mutex::new(None),
            called_off,
        })
    }

    /// How many threads have something to do, at least one.
    pub(in super::super) fn useful_workers(&self) -> usize {
        let worth = self.survey.work_bytes.saturating_sub(self.facts.work_bytes()) / WORTH_A_WORKER_BYTES;
        usize::try_from(worth.min(self.survey.claims.entries)).unwrap_or(usize::MAX).max(1)
    }

    /// Takes entries until there are none left. Returns when this thread has nothing more to do, others may still.
    pub(in super::super) fn work(&self) {
        let mut inflater = Inflater::default();
        while let Some((place, entry)) = self.survey.long.get(self.next_long.fetch_add(1, Ordering::Relaxed)) {
            self.verify(*place, entry, &mut inflater);
        }
        let mut batch = Vec::with_capacity(BATCH_ENTRIES);
        while self.take(&mut batch) {
            for (place, entry) in batch.drain(..) {
                self.verify(place, &entry, &mut inflater);
            }
        }
    }

    /// The answer, once every worker has returned.
    pub(in super::super) fn finish(self) -> Result<Contents, Refusal> {
        if let Some((_, refusal)) = self.trouble.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(refusal);
        }
        let claims = self.survey.claims;
        if claims.files == 0 {
            return Err(Refusal::OnlyDirectories { entries: claims.entries });
        }
        // No trouble means that every entry gave what it claims.
        Ok(claims)
    }

    /// Moves the next entries that are not long into the empty `batch`, and says whether there were any.
    fn take(&self, batch: &mut Vec<(usize, Entry<'a>)>) -> bool {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = 0;
        while batch.len() < BATCH_ENTRIES && bytes < BATCH_BYTES {
            // The survey has met every entry, so there is no refusal among them any more.
            let Some(Ok((place, entry))) = rest.next() else { break };
            if self.needless(place) {
                break;
            }
            if !directory::is_long(&entry) {
                bytes += entry.data.len();
                batch.push((place, entry));
            }
        }
        !batch.is_empty()
    }

    fn verify(&self, place: usize, entry: &Entry<'a>, inflater: &mut Inflater) {
        let needless = || self.needless(place);
        if needless() || self.facts.cover(entry) {
            return;
        }
        match inflater.verify(entry, needless) {
            Outcome::True | Outcome::Left => {}
            Outcome::Refused(refusal) => self.report(place, refusal),
        }
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
