//! AWS Lambda, offline: its control plane, and what was deployed, run.
//!
//! The core of the Python package `drylambda`, usable without Python: [`lambda::Lambda`] answers calls as AWS would,
//! [`wire::answer`] answers HTTP requests. Its centre is `UpdateFunctionCode`: the package is validated as AWS
//! validates it, hashed in one pass, stored by its digest or, with `DryRun`, not stored at all.
//!
//! From the bottom up: values ([`clock`], [`ids`], [`arn`], [`blob`]), who calls ([`iam`]), [`error`], the API as data
//! ([`model`]), its interpreter ([`protocol`]), deployment packages and images ([`package`], [`images`]), records
//! ([`state`]) and where they are kept ([`store`]), an object store that packages come from ([`s3`]), running
//! what was deployed ([`invocation`], [`logs`]), behaviour ([`operations`]), all of it as text ([`dump`]), and the ways in ([`lambda`], [`wire`]), with sockets before them where
//! the feature `server` is on. Signatures are [`sigv4`]'s. A test holds who may import whom.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod arn;
pub mod blob;
pub mod clock;
pub mod dump;
pub mod error;
pub mod faults;
pub mod function_url;
pub mod iam;
pub mod ids;
pub mod images;
pub mod invocation;
pub mod journal;
pub mod lambda;
pub mod layers;
pub mod links;
pub mod logs;
pub mod model;
pub mod operations;
pub mod options;
pub mod package;
pub mod patience;
pub mod polling;
pub mod protocol;
#[cfg(feature = "python")]
mod python;
#[cfg(feature = "server")]
pub mod runner;
pub mod s3;
#[cfg(feature = "server")]
pub mod server;
pub mod signing;
pub mod sigv4;
pub mod sources;
pub mod state;
pub mod store;
pub mod unpacked;
pub mod wire;
