//! What a poller of event sources decides: which records a function is given, in which batches, and what becomes of them.
//!
//! The one idea to hold: nothing here reads a queue or runs a function. Records come in as what a client of their service
//! was answered, in JSON, and events go out as text; a batch that was answered says which of its records are done
//! ([`answer`]), and a shard what is read of it next ([`shard`]).

pub mod answer;
pub mod discarded;
pub mod event;
pub mod filter;
pub mod pattern;
pub mod record;
pub mod shard;
