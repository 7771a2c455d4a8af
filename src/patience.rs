//! Who waits, and may give up.
//!
//! The one idea to hold: what waits for something outside of the emulator asks a few times in a second whether anybody still
//! wants it; so Ctrl-C ends it.

use std::fmt;

/// Somebody who waits. Asked on the thread that waits, a few times in a second.
pub trait Patience: fmt::Debug + Send + Sync + 'static {
    /// Whether to wait no longer.
    fn is_over(&self) -> bool;
}

/// Waits as long as it takes.
#[derive(Debug)]
pub struct Endless;

impl Patience for Endless {
    fn is_over(&self) -> bool {
        false
    }
}
