//! The emulator's own S3: buckets and objects in memory.
//!
//! The one idea to hold: an object's bytes are one [`bytes::Bytes`] from the request that brought them to the response
//! that gives them back, and to the function that is deployed from them. Only what comes in frames or in parts is copied,
//! once.
//!
//! ```
//! use std::sync::Arc;
//! use drylambda::arn::Scope;
//! use drylambda::clock::{Clock, Timestamp};
//! use drylambda::s3::{Content, GetError, ObjectStore};
//!
//! let store = ObjectStore::new(Arc::new(Clock::frozen_at(Timestamp::SEEDED)), Some(1));
//! let scope = Scope::new("123456789012", "eu-central-1");
//! store.create_bucket(&scope, "deployments", "eu-central-1").unwrap();
//! store.put("deployments", "app.zip", Content::plain("PK".into())).unwrap();
//! assert_eq!(store.get("deployments", "app.zip", None).unwrap().bytes, "PK");
//! assert_eq!(store.get("deployments", "other.zip", None).unwrap_err(), GetError::NoSuchKey);
//! ```

mod bucket;
mod checksum;
mod dump;
mod listing;
mod multipart;
mod object;
mod protocol;
mod refusal;
mod settings;
mod store;
mod wire;

pub use bucket::{Deleted, Versioning};
pub use checksum::{Algorithm, Checksum};
pub use dump::BucketText;
pub use object::{ARCHIVES, Content, Labels, Tags, VersionId, check_key};
pub use refusal::Refusal;
pub use store::{BucketInfo, Buckets, GetError, Object, ObjectStore};
pub use wire::{Body, BodyReader, Request, Response, answer, without_chunks};
