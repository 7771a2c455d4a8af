//! The extension module `drylambda._drylambda`: values across the border, nothing else.
//!
//! The one idea to hold: Python values become documents by the shape of the operation, the work is done without the
//! interpreter where it is large, and documents become the dictionaries that boto3 would give.

mod calls;
mod clock;
mod convert;
mod errors;
mod events;
mod faults;
mod forms;
mod images;
mod interruption;
mod journal;
mod known;
mod lambda;
mod make_zip;
mod moto;
mod operations;
mod options;
mod package;
mod parameters;
mod polling;
mod process;
mod request;
mod runner;
mod s3;
mod server;
mod signing;
mod sources;

use pyo3::prelude::*;

/// The compiled core of drylambda.
#[pymodule]
mod _drylambda {
    #[pymodule_export]
    use super::clock::Clock;
    #[pymodule_export]
    use super::error_codes;
    #[pymodule_export]
    use super::faults::Fault;
    #[pymodule_export]
    use super::images::Images;
    #[pymodule_export]
    use super::journal::JournalEntry;
    #[pymodule_export]
    use super::lambda::Lambda;
    #[pymodule_export]
    use super::make_zip::make_zip;
    #[pymodule_export]
    use super::operations::{check_operation, descriptions, may_wait, operations, runs_code};
    #[pymodule_export]
    use super::package::{Package, check_file};
    #[pymodule_export]
    use super::polling::{EventSource, Messages, Shard};
    #[pymodule_export]
    use super::process::{Container, Process};
    #[pymodule_export]
    use super::request::{request, sign};
    #[pymodule_export]
    use super::runner::Invocation;
    #[pymodule_export]
    use super::s3::{Bucket, ObjectStore};
    #[pymodule_export]
    use super::server::Server;

    /// Version of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    /// Release of botocore whose model of Lambda this is.
    #[pymodule_export]
    const BOTOCORE_VERSION: &str = crate::model::BOTOCORE_VERSION;
    /// The largest zip in a request, decoded (Z11).
    #[pymodule_export]
    const ZIPPED_BYTES: u64 = crate::operations::ZIPPED_BYTES;
    /// What the sum of uncompressed sizes stays below (Z13).
    #[pymodule_export]
    const UNZIPPED_BYTES: u64 = crate::operations::UNZIPPED_BYTES;
}

/// Every code that an error may have: the model's, those that AWS answers beside it, and drylambda's own two.
#[pyfunction]
fn error_codes() -> Vec<&'static str> {
    crate::error::Error::codes().collect()
}
