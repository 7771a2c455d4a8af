//! Hash and check of one package, side by side.
//!
//! The one idea: hashing is a single chain of bytes and cannot be split, the check can. So one thread hashes while the
//! others check, and when the hash is done its thread helps with the entries that are left. Small packages do both on
//! the calling thread: starting a thread costs more than they take.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::archive::{Check, Contents, Facts, Limits, Refusal};
use super::digest::Digest;

/// From here on a second thread pays: hashing this much takes about 150 microseconds, starting a thread about 20.
const PARALLEL_FROM_BYTES: usize = 256 * 1024;

/// More threads than this gain nothing: memory bandwidth and the longest entry decide.
const MOST_WORKERS: usize = 8;

/// What the check says: contents or refusal.
pub(super) type Verdict = Result<Contents, Refusal>;

/// Hashes and checks `bytes`.
pub(super) fn examine(bytes: &[u8], limits: Limits) -> (Digest, Verdict) {
    let (digest, verdict) = examine_unless(bytes, limits, |_| false);
    // Nothing was recognised, so nothing was called off; were it otherwise, checking again is the answer.
    (digest, verdict.unwrap_or_else(|| super::archive::check(bytes, &limits)))
}

/// Hashes `bytes`, and checks them unless `recognised` says that their verdict is known: then there is none here.
///
/// The digest has to be there before anything can be recognised. Where one thread does both, it comes first. Where two
/// run, the check starts at once and is called off if the digest turns out to be recognised: repeated bytes cost the
/// time of their hash, new bytes never wait for it.
pub(super) fn examine_unless(
    bytes: &[u8],
    limits: Limits,
    recognised: impl Fn(&Digest) -> bool + Sync,
) -> (Digest, Option<Verdict>) {
    if bytes.len() < PARALLEL_FROM_BYTES || parallelism() < 2 {
        let digest = Digest::of(bytes);
        let verdict = (!recognised(&digest)).then(|| super::archive::check(bytes, &limits));
        return (digest, verdict);
    }
    in_parallel(bytes, limits, &recognised)
}

fn in_parallel(
    bytes: &[u8],
    limits: Limits,
    recognised: &(impl Fn(&Digest) -> bool + Sync),
) -> (Digest, Option<Verdict>) {
    let called_off = AtomicBool::new(false);
    let started: OnceLock<Result<Check<'_>, Refusal>> = OnceLock::new();
    let hash = || {
        let digest = Digest::of(bytes);
        if recognised(&digest) {
            called_off.store(true, Ordering::Relaxed);
        } else if let Some(Ok(check)) = started.get() {
            check.work();
        }
        digest
    };
    let digest = thread::scope(|scope| {
        let hashing = thread::Builder::new().name("drylambda-hash".into()).spawn_scoped(scope, hash);
        if let Ok(check) = started.get_or_init(|| Check::start(bytes, limits, Facts::default(), &called_off)) {
            // One thread hashes.
            work_together(scope, check, parallelism() - 1);
        }
        match hashing {
            Ok(handle) => handle.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_no_thread) => hash(),
        }
    });
    // The scope has joined every worker, so every entry is settled, or the check was called off.
    let verdict = started.into_inner().filter(|_| !called_off.load(Ordering::Relaxed));
    (digest, verdict.map(|started| started.and_then(Check::finish)))
}

/// Checks bytes that are hashed already; what `facts` cover is not measured again.
pub(super) fn check_the_rest(bytes: &[u8], limits: Limits, facts: Facts) -> Verdict {
    let never = AtomicBool::new(false);
    let check = Check::start(bytes, limits, facts, &never)?;
    thread::scope(|scope| work_together(scope, &check, parallelism()));
    check.finish()
}

/// Does the work of a check on this thread and as many others as help, at most `most` in all.
fn work_together<'scope>(scope: &'scope thread::Scope<'scope, '_>, check: &'scope Check<'_>, most: usize) {
    for _ in 1..check.useful_workers().min(most) {
        // A thread that cannot be had is a thread that does not help; the work gets done all the same.
        let _ = thread::Builder::new().name("drylambda-check".into()).spawn_scoped(scope, || check.work());
    }
    check.work();
}

/// How many threads this machine runs at once. Asked once: the answer costs several file reads.
pub(super) fn parallelism() -> usize {
    static PARALLELISM: OnceLock<usize> = OnceLock::new();
    *PARALLELISM.get_or_init(|| thread::available_parallelism().map_or(1, |count| count.get().min(MOST_WORKERS)))
}
