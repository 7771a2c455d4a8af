//! What the fuzzers have found to be interesting, played again: see `fuzz`, and CONTRIBUTING.

#[path = "../fuzz/harness/mod.rs"]
mod harness;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use harness::{package, wire};

/// Runs a target on each file of its corpus.
fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files: Vec<_> = fs::read_dir(&folder).expect("the corpus").map(|entry| entry.expect("a file").path()).collect();
    assert!(files.len() > 50, "{} files in {}", files.len(), folder.display());
    for path in files {
        let data = fs::read(&path).expect("a file of the corpus");
        assert!(catch_unwind(|| run(&data)).is_ok(), "{} panics on {}", target, path.display());
    }
}

#[test]
fn packages_that_a_fuzzer_made_are_answered() {
    replay("package", package::run);
}

#[test]
fn requests_that_a_fuzzer_made_are_answered() {
    replay("wire", wire::run);
}
