//! Whoever runs functions in Rust: [`Process`], and what it needs.

mod process;

pub use self::process::{Engine, Process, Settings, THREAD_NAME};
