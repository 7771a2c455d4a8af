//! Packages by digest: bytes held once, verdicts remembered.
//!
//! The one idea: two memories with two lifetimes. *Held* packages live exactly as long as somebody uses them: only a weak
//! reference is kept here. *Verdicts* outlive the bytes they are about, and the emulator too: what a check found is a
//! fact about the bytes, so a dry run followed by the real call, or a deploy repeated in every test of a process, checks
//! once. They are small, and the oldest go when there are too many.
//!
//! The very same bytes object given again, while a package holds it, is known by its address and not even hashed: bytes
//! do not change, and an address in use cannot be anybody else's.
//!
//! A blob store on disk has the same two memories: it would take the place of `held`, and tell `verdicts` what it found.
//!
//! ```
//! use std::sync::Arc;
//! use drylambda::package::{Limits, Mode, Packages, make_zip};
//!
//! let zip = make_zip([("app.py", "pass", Mode::File)])?;
//! let packages = Packages::new();
//! let first = packages.accept(zip.clone().into(), &Limits::default())?;
//! let second = packages.accept(zip.into(), &Limits::default())?;
//! assert!(Arc::ptr_eq(&first, &second));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use bytes::Bytes;

use super::examine::{Verdict, examine_unless};
use super::{Digest, Limits, Package, Refusal, check};

/// How many verdicts are remembered: about half a megabyte, more than one test session deploys.
const MOST_VERDICTS: usize = 4096;

/// Fewer held packages than this are never searched for dead ones.
const FEWEST_TO_PURGE: usize = 64;

/// All packages of one emulator; shared between threads by reference.
#[derive(Debug, Default)]
pub struct Packages {
    /// A fork shares it until either holds another package.
    held: Mutex<Arc<Held>>,
    verdicts: Arc<Mutex<Verdicts>>,
}

/// What is known about a digest before its bytes are checked.
enum Recalled {
    Package(Arc<Package>),
    Verdict(Verdict),
}

impl Packages {
    /// Holds nothing, remembers nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Holds nothing, and shares the verdicts of this process.
    #[must_use]
    pub fn remembering() -> Self {
        static VERDICTS: LazyLock<Arc<Mutex<Verdicts>>> = LazyLock::new(Arc::default);
        Self { held: Mutex::default(), verdicts: Arc::clone(&VERDICTS) }
    }

    /// The same held packages, from now on held apart, and the same verdicts.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { held: Mutex::new(Arc::clone(&self.held())), verdicts: Arc::clone(&self.verdicts) }
    }

    /// Gives the package with these bytes: the one that is held if there is one, then the new bytes are dropped.
    ///
    /// Bytes seen before cost the time of their hash, new ones are hashed and checked side by side.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] that [`check`] gives, remembered or new.
    pub fn accept(&self, bytes: Bytes, limits: &Limits) -> Result<Arc<Package>, Refusal> {
        if let Some(package) = self.held().same_object(&bytes).filter(|package| fits(package, *limits)) {
            return Ok(package);
        }
        let recalled = OnceLock::new();
        let recognised = |digest: &Digest| match self.recall(digest, *limits) {
            Some(known) => recalled.set(known).is_ok(),
            None => false,
        };
        let (digest, verdict) = examine_unless(&bytes, *limits, recognised);
        let verdict = match (recalled.into_inner(), verdict) {
            (Some(Recalled::Package(package)), _) => return Ok(package),
            (Some(Recalled::Verdict(verdict)), _) | (None, Some(verdict)) => verdict,
            (None, None) => check(&bytes, limits),
        };
        self.hold(bytes, digest, *limits, verdict)
    }

    /// The same for bytes that are hashed already; `check` is asked if nothing is known of them.
    pub(super) fn accept_hashed(
        &self,
        bytes: Bytes,
        digest: Digest,
        limits: Limits,
        check: impl FnOnce(&[u8]) -> Verdict,
    ) -> Result<Arc<Package>, Refusal> {
        let verdict = match self.recall(&digest, limits) {
            Some(Recalled::Package(package)) => return Ok(package),
            Some(Recalled::Verdict(verdict)) => verdict,
            None => check(&bytes),
        };
        self.hold(bytes, digest, limits, verdict)
    }

    /// The package of bytes whose digest is known: one that was accepted before, in another emulator. It is checked as if
    /// it were new.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] that [`check`] gives, remembered or new.
    pub fn restore(&self, bytes: Bytes, digest: Digest) -> Result<Arc<Package>, Refusal> {
        self.accept_hashed(bytes, digest, Limits::AWS, |bytes| check(bytes, &Limits::AWS))
    }

    /// The package with this digest, if somebody still uses it.
    #[must_use]
    pub fn get(&self, digest: &Digest) -> Option<Arc<Package>> {
        self.held().get(digest)
    }

    /// How many references to packages and how many verdicts are kept.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> (usize, usize) {
        (self.held().by_digest.len(), self.verdicts().by_digest.len())
    }

    fn hold(&self, bytes: Bytes, digest: Digest, limits: Limits, verdict: Verdict) -> Result<Arc<Package>, Refusal> {
        self.verdicts().remember(digest, limits, &verdict);
        let package = Package { bytes, digest, contents: verdict? };
        Ok(Arc::make_mut(&mut self.held()).hold(package))
    }

    fn recall(&self, digest: &Digest, limits: Limits) -> Option<Recalled> {
        match self.held().get(digest).filter(|package| fits(package, limits)) {
            Some(package) => Some(Recalled::Package(package)),
            None => self.verdicts().recall(digest, limits).map(Recalled::Verdict),
        }
    }

    fn held(&self) -> MutexGuard<'_, Arc<Held>> {
        // Every change is one insertion or removal, so what a panicking thread left behind is still whole.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn verdicts(&self) -> MutexGuard<'_, Verdicts> {
        self.verdicts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a package that was accepted once is accepted under these limits.
fn fits(package: &Package, limits: Limits) -> bool {
    package.contents.unzipped_bytes < limits.unzipped_bytes
}

/// Packages that are in use.
#[derive(Debug, Default, Clone)]
struct Held {
    by_digest: HashMap<Digest, Weak<Package>>,
    /// The same packages by the address of their bytes.
    by_address: HashMap<usize, Weak<Package>>,
    /// Length at which dead references are removed next.
    purge_at: usize,
}

impl Held {
    fn get(&self, digest: &Digest) -> Option<Arc<Package>> {
        self.by_digest.get(digest).and_then(Weak::upgrade)
    }

    /// The package that holds these very bytes: the same memory, which it keeps alive and nobody changes.
    fn same_object(&self, bytes: &Bytes) -> Option<Arc<Package>> {
        let package = self.by_address.get(&bytes.as_ptr().addr()).and_then(Weak::upgrade)?;
        (package.bytes.as_ptr() == bytes.as_ptr() && package.bytes.len() == bytes.len()).then_some(package)
    }

    /// Holds a package, unless another thread was faster: then its package is the answer.
    fn hold(&mut self, package: Package) -> Arc<Package> {
        if let Some(held) = self.get(&package.digest) {
            return held;
        }
        self.purge();
        let package = Arc::new(package);
        self.by_digest.insert(package.digest, Arc::downgrade(&package));
        self.by_address.insert(package.bytes.as_ptr().addr(), Arc::downgrade(&package));
        package
    }

    /// Removes dead references each time as many were added as were alive the last time: constant work per package.
    fn purge(&mut self) {
        if self.by_digest.len().max(self.by_address.len()) >= self.purge_at.max(FEWEST_TO_PURGE) {
            self.by_digest.retain(|_, package| package.strong_count() > 0);
            self.by_address.retain(|_, package| package.strong_count() > 0);
            self.purge_at = self.by_address.len().saturating_mul(2);
        }
    }
}

/// What checks have found, under which limits; at most [`MOST_VERDICTS`].
#[derive(Debug, Default)]
struct Verdicts {
    by_digest: HashMap<Digest, (Limits, Verdict)>,
    oldest_first: VecDeque<Digest>,
}

impl Verdicts {
    /// The verdict under `limits`, as far as the remembered one settles it.
    fn recall(&self, digest: &Digest, limits: Limits) -> Option<Verdict> {
        let (under, verdict) = self.by_digest.get(digest)?;
        let settled = match verdict {
            Ok(contents) => *under == limits || contents.unzipped_bytes < limits.unzipped_bytes,
            Err(_) => *under == limits,
        };
        settled.then(|| verdict.clone())
    }

    fn remember(&mut self, digest: Digest, limits: Limits, verdict: &Verdict) {
        if self.by_digest.insert(digest, (limits, verdict.clone())).is_some() {
            return;
        }
        self.oldest_first.push_back(digest);
        if self.oldest_first.len() > MOST_VERDICTS
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.by_digest.remove(&oldest);
        }
    }
}
