//! What the fuzzers require of drylambda, one function for each target. `tests/fuzz_corpus.rs` requires it too, of the files
//! that the fuzzers have found.

#[path = "../../src/package/tests/builder.rs"]
#[allow(dead_code, reason = "the tests of packages use the rest of it")]
mod builder;
mod choices;
pub(crate) mod package;
pub(crate) mod wire;
