//! A package that arrives in pieces: hashed and, as far as its headers lead, checked while it comes in.
//!
//! The one idea to hold: the bytes go into one buffer of the announced length, and everything else that is kept is of
//! constant size. What is there is hashed and read [ahead](super::archive) step by step; when the last piece is there,
//! only what could not be measured before is left for the check, which decides as it does about bytes that were there
//! all at once.
//!
//! ```
//! use drylambda::package::{Limits, Mode, Packages, make_zip};
//!
//! let zip = make_zip([("app.py", "pass", Mode::File)])?;
//! let packages = Packages::new();
//! let mut intake = packages.intake(Some(zip.len() as u64), &Limits::default())?;
//! for piece in zip.chunks(10) {
//!     intake.push(piece)?;
//! }
//! assert_eq!(intake.finish()?.bytes(), &zip);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::{self, Read};
use std::sync::Arc;
use std::thread;

use bytes::Bytes;

use super::archive::Ahead;
use super::examine::{check_the_rest, parallelism};
use super::{Hasher, Limits, Package, Packages, Refusal};

/// The most bytes that may arrive: 1 GiB, four times what they may inflate to. It keeps a sender that never stops, or that
/// announces what it does not have, from taking all memory.
pub const MOST_BYTES: u64 = 1024 * 1024 * 1024;

/// How much arrives before it is looked at: much more than a thread costs to start, little beside a package.
const STEP_BYTES: usize = 1024 * 1024;

/// A package of which some pieces have arrived; made by [`Packages::intake`].
#[derive(Debug)]
pub struct Intake<'p> {
    packages: &'p Packages,
    limits: Limits,
    buffer: Vec<u8>,
    hasher: Hasher,
    ahead: Ahead,
    step_bytes: usize,
}

impl Packages {
    /// Begins to take a package in, of `announced_bytes` if that is known.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooLong`] for an announcement of more than [`MOST_BYTES`]; nothing is allocated for it.
    pub fn intake(&self, announced_bytes: Option<u64>, limits: &Limits) -> Result<Intake<'_>, Refusal> {
        let too_long = Refusal::TooLong { limit_bytes: MOST_BYTES };
        let announced = announced_bytes.unwrap_or_default();
        let room = usize::try_from(announced).ok().filter(|_| announced <= MOST_BYTES).ok_or(too_long)?;
        let mut buffer = Vec::new();
        // If there is no such room, it grows with what really arrives.
        let _ = buffer.try_reserve_exact(room);
        Ok(Intake {
            packages: self,
            limits: *limits,
            buffer,
            hasher: Hasher::new(),
            ahead: Ahead::new(limits.unzipped_bytes),
            step_bytes: STEP_BYTES,
        })
    }
}

impl Intake<'_> {
    /// Looks at smaller pieces, so that small packages have many.
    #[cfg(test)]
    pub(super) fn in_steps_of(self, step_bytes: usize) -> Self {
        Self { step_bytes, ..self }
    }

    /// What reading ahead has found so far: how many entries, how many bytes of data.
    #[cfg(test)]
    pub(super) fn found(&self) -> (usize, u64) {
        self.ahead.found()
    }

    /// Takes the next piece.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooLong`] once more than [`MOST_BYTES`] have arrived.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Refusal> {
        self.buffer.extend_from_slice(piece);
        self.look(self.step_bytes)
    }

    /// Takes everything that a reader has, with no buffer between.
    ///
    /// # Errors
    ///
    /// The reader's own; the refusal is that of [`push`](Self::push).
    pub fn push_all(&mut self, mut reader: impl Read) -> io::Result<Result<(), Refusal>> {
        while reader.by_ref().take(self.step_bytes as u64).read_to_end(&mut self.buffer)? > 0 {
            if let Err(refusal) = self.look(self.step_bytes) {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(()))
    }

    /// The package, once everything has arrived.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] that [`check`](super::check) gives for these bytes, remembered or new.
    pub fn finish(self) -> Result<Arc<Package>, Refusal> {
        self.settle().1
    }

    /// As [`finish`](Self::finish), with everything that has arrived, which is what a package has if there is one.
    pub fn settle(mut self) -> (Bytes, Result<Arc<Package>, Refusal>) {
        let looked = self.look(1);
        let Self { packages, limits, mut buffer, hasher, ahead, .. } = self;
        buffer.shrink_to_fit();
        let bytes = Bytes::from(buffer);
        let check = |bytes: &[u8]| check_the_rest(bytes, limits, ahead.into_facts());
        let package = looked.and_then(|()| packages.accept_hashed(bytes.clone(), hasher.finish(), limits, check));
        (package.as_ref().map_or(bytes, |package| package.bytes().clone()), package)
    }

    /// What has arrived so far; of a package that turns out to be none.
    #[must_use]
    pub fn into_arrived(self) -> Vec<u8> {
        self.buffer
    }

    /// Hashes and reads ahead what is new, if it is as much as `least` bytes: side by side where both have much to do.
    fn look(&mut self, least: usize) -> Result<(), Refusal> {
        let Self { buffer, hasher, ahead, .. } = self;
        if buffer.len() as u64 > MOST_BYTES {
            return Err(Refusal::TooLong { limit_bytes: MOST_BYTES });
        }
        let looked_at = usize::try_from(hasher.length_bytes()).unwrap_or(usize::MAX);
        let new = buffer.get(looked_at..).unwrap_or_default();
        if new.len() < least {
            return Ok(());
        }
        if new.len() < STEP_BYTES || parallelism() < 2 || ahead.is_over() {
            hasher.update(new);
            ahead.follow(buffer);
            return Ok(());
        }
        let bytes = buffer.as_slice();
        thread::scope(|scope| {
            let reading =
                thread::Builder::new().name("drylambda-ahead".into()).spawn_scoped(scope, || ahead.follow(bytes));
            hasher.update(new);
            drop(reading);
        });
        Ok(())
    }
}
