//! Who calls, and what they may.

mod caller;

pub use caller::Caller;
