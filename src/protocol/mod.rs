//! Between bytes and documents: the one interpreter of the model.
//!
//! The one idea to hold: whatever way a call comes in, it becomes a [`Document`] that follows the operation's input
//! shape, is [validated](validate) there, and its answer goes out by the output shape. Nothing here knows an operation
//! by name.
//!
//! - [`document`]: the values; [`typed`]: documents to and from Rust structures
//! - [`json`]: JSON to and from documents, guided by shape; [`rest`]: the HTTP bindings around it; [`event_stream`]: a body
//!   of events
//! - [`request`]: the request that a client sends
//! - [`route`]: method, path and query to an operation
//! - [`validate`]: AWS's constraints and their wording; [`pattern`]: the model's regular expressions

pub(crate) mod body_size;
pub mod document;
pub mod event_stream;
pub mod json;
pub mod pattern;
pub mod request;
pub mod rest;
pub mod route;
pub mod typed;
pub mod validate;

pub use document::{Document, Members};
