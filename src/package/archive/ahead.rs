//! Reading ahead: entries measured while a package arrives, before its directory is there.
//!
//! The one idea to hold: **what is found here are facts about bytes, never verdicts.** "At byte 47 begin 900 bytes of
//! deflate data that give 2,000 bytes with this CRC-32" stays true whatever the directory says later. The check alone
//! decides: where the directory claims exactly what was measured it need not measure again, everywhere else it does. So
//! reading ahead follows local headers, which may lie, without trusting one of them: a lie costs time here, at most one
//! pass over the bytes and one limit's worth of inflating, and changes nothing there.

use flate2::{Decompress, FlushDecompress, Status};

use super::directory::work_bytes;
use super::entry::{self, Entry, Method};
use super::inflate::BUFFER_BYTES;

/// The most that is remembered: 2.5 MiB. Archives of more entries have small ones, which are quick to measure again.
const MOST_FACTS: usize = 65_536;
/// The longest descriptor between an entry's data and the next header.
const DESCRIPTOR_BYTES: usize = 24;

/// Data that was read whole, and what it gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fact {
    start: u64,
    method: Method,
    compressed: u64,
    size: u64,
    crc32: u32,
}

/// What reading ahead has found, in the order of the bytes.
#[derive(Debug, Default)]
pub(in super::super) struct Facts(Vec<Fact>);

impl Facts {
    fn add(&mut self, fact: Fact) {
        if self.0.len() < MOST_FACTS {
            self.0.push(fact);
        }
    }

    /// How much of the work of a check was done.
    pub(super) fn work_bytes(&self) -> u64 {
        self.0.iter().fold(0, |work, fact| work.saturating_add(work_bytes(fact.size, fact.compressed)))
    }

    /// Whether everything that the headers of an entry say about its data was measured.
    pub(super) fn cover(&self, entry: &Entry<'_>) -> bool {
        let compressed = entry.data.len() as u64;
        let start = entry.end.saturating_sub(compressed);
        let claimed = Fact { start, method: entry.method, compressed, size: entry.size, crc32: entry.crc32 };
        self.0.binary_search_by_key(&start, |fact| fact.start).is_ok_and(|at| self.0.get(at) == Some(&claimed))
    }
}

/// A reader of local headers and data that follows the bytes as they arrive.
#[derive(Debug)]
pub(in super::super) struct Ahead {
    next: Next,
    /// First byte that was not read yet.
    at: usize,
    /// How many bytes may still be inflated or summed.
    left: u64,
    facts: Facts,
    inflate: Option<Decompress>,
    buffer: Vec<u8>,
}

/// What comes at the place that was reached.
#[derive(Debug)]
enum Next {
    /// A local header, or the descriptor before one.
    Header,
    /// Data that began at `start`, so far with this CRC-32. Only deflate data knows itself where it ends.
    Data { start: usize, method: Method, length: Option<usize>, crc32: crc32fast::Hasher },
    /// Nothing that can be followed.
    End,
}

impl Ahead {
    /// At the first byte. Measuring stops when it has given `limit` bytes: the archive is too large, or has lied.
    pub(in super::super) fn new(limit: u64) -> Self {
        Self { next: Next::Header, at: 0, left: limit, facts: Facts::default(), inflate: None, buffer: Vec::new() }
    }

    /// Whether nothing more can be found.
    pub(in super::super) fn is_over(&self) -> bool {
        matches!(self.next, Next::End)
    }

    /// How many entries were measured, and how many bytes of data they have.
    #[cfg(test)]
    pub(in super::super) fn found(&self) -> (usize, u64) {
        (self.facts.0.len(), self.facts.0.iter().map(|fact| fact.compressed).sum())
    }

    /// What was found.
    pub(in super::super) fn into_facts(self) -> Facts {
        self.facts
    }

    /// Goes on as far as the bytes go; `bytes` are all that have arrived, the earlier ones unchanged.
    pub(in super::super) fn follow(&mut self, bytes: &[u8]) {
        loop {
            let next = match &self.next {
                Next::Header => self.header(bytes),
                Next::Data { method: Method::Stored, .. } => self.stored(bytes),
                Next::Data { method: Method::Deflate, .. } => self.deflated(bytes),
                Next::End => None,
            };
            match next {
                Some(next) => self.next = next,
                None => return,
            }
        }
    }

    /// What follows the header here; `None` as long as it is not whole.
    fn header(&mut self, bytes: &[u8]) -> Option<Next> {
        let rest = bytes.get(self.at..)?;
        let after_descriptor = if self.at == 0 { 0 } else { DESCRIPTOR_BYTES };
        let window = rest.get(..after_descriptor + entry::HEADER_SIGNATURE.len())?;
        let gap = window.windows(entry::HEADER_SIGNATURE.len()).position(|four| four == entry::HEADER_SIGNATURE);
        let Some(gap) = gap else { return Some(Next::End) };
        let (header, start) = entry::local_header(bytes, (self.at + gap) as u64)?;
        let Some((method, length)) = header.data() else { return Some(Next::End) };
        self.at = start;
        if length == Some(0) {
            return Some(Next::Header);
        }
        if let Some(inflate) = &mut self.inflate {
            inflate.reset(false);
        }
        Some(Next::Data { start, method, length, crc32: crc32fast::Hasher::new() })
    }

    /// Sums what there is of stored data.
    fn stored(&mut self, bytes: &[u8]) -> Option<Next> {
        let Next::Data { start, length: Some(length), crc32, .. } = &mut self.next else { return Some(Next::End) };
        let end = start.saturating_add(*length);
        let data = bytes.get(self.at..end.min(bytes.len())).unwrap_or_default();
        crc32.update(data);
        self.at += data.len();
        self.left = self.left.saturating_sub(data.len() as u64);
        if self.left == 0 {
            return Some(Next::End);
        }
        if self.at < end {
            return None;
        }
        let (start, length, crc32) = (*start as u64, *length as u64, crc32.clone().finalize());
        self.facts.add(Fact { start, method: Method::Stored, compressed: length, size: length, crc32 });
        Some(Next::Header)
    }

    /// Inflates what there is of deflate data.
    fn deflated(&mut self, bytes: &[u8]) -> Option<Next> {
        let Next::Data { start, length, crc32, .. } = &mut self.next else { return Some(Next::End) };
        let end = length.map_or(bytes.len(), |length| start.saturating_add(length).min(bytes.len()));
        let state = self.inflate.get_or_insert_with(|| Decompress::new(false));
        self.buffer.resize(BUFFER_BYTES, 0);
        loop {
            let (used, given) = (state.total_in(), state.total_out());
            let arrived = bytes.get(self.at..end).unwrap_or_default();
            let status = state.decompress(arrived, &mut self.buffer, FlushDecompress::None);
            let (read, written) = (state.total_in() - used, state.total_out() - given);
            self.at += usize::try_from(read).unwrap_or(usize::MAX);
            self.left = self.left.saturating_sub(written);
            let written_bytes = usize::try_from(written).ok().and_then(|written| self.buffer.get(..written));
            crc32.update(written_bytes.unwrap_or_default());
            match status {
                Ok(_) if self.left == 0 => return Some(Next::End),
                Ok(Status::StreamEnd) => {
                    let (compressed, size) = (state.total_in(), state.total_out());
                    let (start, crc32) = (*start as u64, crc32.clone().finalize());
                    self.facts.add(Fact { start, method: Method::Deflate, compressed, size, crc32 });
                    return Some(Next::Header);
                }
                // More has to arrive. Where the data should have ended, it never does.
                Ok(_) if read == 0 && written == 0 => return None,
                Ok(_) => {}
                Err(_) => return Some(Next::End),
            }
        }
    }
}
