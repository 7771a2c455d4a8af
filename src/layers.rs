//! Layer versions that functions may have although nobody has published them here.
//!
//! The one idea to hold: a test declares those that it takes for granted (AWS's own, a vendor's), and what counts of them is
//! their size. What is published is a record of its account.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The declared layer versions of one emulator, by ARN; shared between threads by reference.
#[derive(Debug, Default)]
pub struct Layers(Mutex<HashMap<String, Sizes>>);

/// How large a layer version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Of its zip, in bytes: `CodeSize`.
    pub code_bytes: u64,
    /// Of what is in it, in bytes: counts with the function's own code (Z14).
    pub unzipped_bytes: u64,
}

impl Layers {
    /// Declares the layer version of this ARN.
    pub fn declare(&self, arn: &str, sizes: Sizes) {
        self.layers().insert(arn.to_owned(), sizes);
    }

    /// The sizes of a declared layer version.
    #[must_use]
    pub fn sizes(&self, arn: &str) -> Option<Sizes> {
        self.layers().get(arn).copied()
    }

    /// An independent copy of what is declared now.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self(Mutex::new(self.layers().clone()))
    }

    /// Every declaration.
    #[must_use]
    pub fn declared(&self) -> BTreeMap<String, Sizes> {
        self.layers().iter().map(|(arn, sizes)| (arn.clone(), *sizes)).collect()
    }

    /// Puts these declarations in the place of all that are there.
    pub fn replace(&self, declared: BTreeMap<String, Sizes>) {
        *self.layers() = declared.into_iter().collect();
    }

    /// Forgets every declaration.
    pub fn clear(&self) {
        self.layers().clear();
    }

    fn layers(&self) -> MutexGuard<'_, HashMap<String, Sizes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
