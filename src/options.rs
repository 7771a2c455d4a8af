//! The settings of an emulator, and the switches of what nobody has recorded.

use std::sync::Arc;

use crate::iam::{Iam, Known};
use crate::invocation::Runner;
use crate::sources::ObjectSource;
use crate::state::Settle;

/// The account's storage for code, in bytes: 300 GiB (Q2).
pub const TOTAL_CODE_BYTES: u64 = 322_122_547_200;

/// What an emulator is made with.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "switches that have nothing to do with each other")]
pub struct Options {
    /// When new functions and updates settle.
    pub settle: Settle,
    /// With a seed, ids repeat and the clock stands at [`Timestamp::SEEDED`](crate::clock::Timestamp::SEEDED) until it
    /// is moved.
    pub seed: Option<u64>,
    /// Who may what; without it everybody may everything.
    pub iam: Option<Iam>,
    /// Which roles there are; without it every role is taken on trust.
    pub roles: Option<Arc<dyn Known>>,
    /// Which security groups there are; without it every group is taken on trust.
    pub security_groups: Option<Arc<dyn Known>>,
    /// Whether an image must have been declared before a function can have it.
    pub strict_images: bool,
    /// Whether runtimes that AWS has retired are refused (Z24).
    pub strict_runtimes: bool,
    /// How many bytes of code an account stores in a Region (Z15).
    pub code_storage_limit: u64,
    /// Where objects of S3 are looked for after the emulator's own S3, in this order (section 11).
    pub sources: Vec<Arc<dyn ObjectSource>>,
    /// Whether version numbers go on when a function is deleted and made again (V3).
    pub keep_version_numbers: bool,
    /// Who runs functions that no runner of their own is bound to; without it nobody does.
    pub runner: Option<Arc<dyn Runner>>,
    /// Whether a dry run is refused while an update is under way, as the real call is (D9).
    pub dry_run_conflicts: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            settle: Settle::default(),
            seed: None,
            iam: None,
            roles: None,
            security_groups: None,
            strict_images: false,
            strict_runtimes: false,
            code_storage_limit: TOTAL_CODE_BYTES,
            sources: Vec::new(),
            keep_version_numbers: false,
            runner: None,
            dry_run_conflicts: true,
        }
    }
}
