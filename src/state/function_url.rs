//! A URL by which a function, or an alias of it, is called.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// The URL of a function or an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionUrl {
    /// The first part of its host.
    pub id: String,
    /// `NONE` or `AWS_IAM`.
    pub auth_type: String,
    /// What browsers are told, if anything.
    pub cors: Option<Cors>,
    /// `BUFFERED` or `RESPONSE_STREAM`, where a caller chose.
    pub invoke_mode: Option<String>,
    /// When it was made.
    pub creation_time: Timestamp,
    /// When it was last changed.
    pub last_modified_time: Timestamp,
}

/// What browsers are told about requests from other origins. Members that were not sent are not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cors {
    /// Whether requests may carry cookies.
    pub allow_credentials: Option<bool>,
    /// Headers that requests may have.
    pub allow_headers: Option<Vec<String>>,
    /// Methods that requests may have.
    pub allow_methods: Option<Vec<String>>,
    /// Where requests may come from.
    pub allow_origins: Option<Vec<String>>,
    /// Headers of responses that scripts may read.
    pub expose_headers: Option<Vec<String>>,
    /// Seconds for which a browser may keep this.
    pub max_age: Option<u32>,
}
