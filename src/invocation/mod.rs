//! What it is to run a function: one [`Invocation`] in, one [`Outcome`] out, by whatever [`Runner`].
//!
//! The one idea to hold: who may call, which version is meant, what a refusal says, what is logged and how many run at a
//! time is the same whoever runs the code, so it is said around the runner and never by it. A runner knows no operation.

mod events;
mod failure;
mod invoker;
mod log;
mod report;
mod wakes;

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use bytes::Bytes;

pub use self::events::{Delivery, Event, Events, Reason};
pub use self::failure::{Failure, quoted};
pub use self::invoker::{Invoker, Slot};
pub use self::log::entries;
pub use self::report::{Line, report};
pub use self::wakes::Wakes;
use crate::arn::Scope;
use crate::package::Package;
use crate::state::{Code, Settings};
use crate::unpacked::{Directory, Unpacked};

/// The largest answer that is not streamed, in bytes: what comes beyond is [`Failure::ResponseTooLarge`].
pub const RESPONSE_BYTES: usize = 6_291_556;

/// One call of a function, as whoever runs it gets it.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Of the call, and of every line that is logged for it.
    pub request_id: String,
    /// The function's account and Region.
    pub scope: Scope,
    /// The bare name.
    pub function_name: Arc<str>,
    /// `$LATEST` or a number: what runs, whatever was named.
    pub version: String,
    /// The ARN as it was called, with the qualifier if there was one.
    pub invoked_arn: String,
    /// Tells apart what may share an execution environment: it changes with each change of code or configuration.
    pub identity: String,
    /// The configuration.
    pub settings: Arc<Settings>,
    /// The code.
    pub code: Code,
    /// The packages of its layers that are known by their content, in order.
    pub layers: Vec<Arc<Package>>,
    /// Lambda's API for what the function calls itself, if the emulator gives it.
    pub api: Option<Arc<dyn Api>>,
    /// Where packages are unpacked, for runners that need them as folders.
    pub unpacked: Arc<Unpacked>,
    /// JSON, or whatever a runtime of the account's own understands.
    pub payload: Bytes,
    /// The JSON of the caller's context, decoded.
    pub client_context: Option<String>,
    /// X-Ray's header.
    pub trace_id: String,
    /// Whose environment it needs, for functions that isolate tenants.
    pub tenant_id: Option<String>,
    /// How many functions called one another to this call, as far as anybody knows.
    pub depth: u32,
    /// The log group.
    pub log_group: String,
    /// The log stream, for runners that have none of their own.
    pub log_stream: String,
}

impl Invocation {
    /// The package as a read-only folder.
    ///
    /// # Errors
    /// [`CannotRun`] for an image, and for a package that cannot be unpacked.
    pub fn code_directory(&self) -> Result<Arc<Directory>, CannotRun> {
        match &self.code {
            Code::Zip(zip) => self.unpacked.code(&zip.package).map_err(|error| CannotRun(error.to_string())),
            Code::Image(image) => Err(CannotRun(format!("{} is an image, and has no package", image.uri))),
        }
    }

    /// All layers over each other, as a read-only folder: what `/opt` is.
    ///
    /// # Errors
    /// [`CannotRun`] for a layer that cannot be unpacked.
    pub fn layers_directory(&self) -> Result<Arc<Directory>, CannotRun> {
        self.unpacked.layers(&self.layers).map_err(|error| CannotRun(error.to_string()))
    }
}

/// Where in the logs a call belongs.
#[derive(Debug, Clone)]
pub struct LogPlace {
    /// The log group.
    pub group: String,
    /// The log stream.
    pub stream: String,
    /// Of the call.
    pub request_id: String,
}

/// What a call of a function came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The handler's answer, or the error as JSON.
    pub payload: Bytes,
    /// The same in the pieces in which a handler streamed it; none where it did not.
    pub chunks: Vec<Bytes>,
    /// What a handler that streams says it streams.
    pub content_type: Option<String>,
    /// Whether and how it failed.
    pub error: Option<FunctionError>,
    /// What the function wrote, as entries without newlines at their ends, without those that Lambda writes itself.
    pub log: Vec<String>,
    /// The log stream of the execution environment, where it has one of its own.
    pub log_stream: Option<String>,
    /// How long the handler ran, in milliseconds.
    pub duration_ms: f64,
    /// How long it took to begin, in milliseconds, in a new execution environment.
    pub init_ms: Option<f64>,
    /// The most memory that was used, in MB.
    pub max_memory_mb: u32,
}

/// Why an answer is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// What came of a stream's beginning, if it failed in the middle; `errorType` otherwise.
    pub code: String,
    /// What the system's log says of it: `error`, `failure` or `timeout`.
    pub status: &'static str,
}

impl FunctionError {
    /// An error that the handler or its runtime reported.
    #[must_use]
    pub fn reported(code: impl Into<String>) -> Self {
        Self { code: code.into(), status: "error" }
    }

    /// An error of this `errorType`, whoever reported it: those of a [`Failure`] are the sandbox's, those of the runtime keep
    /// their names, and those of a handler are `Unhandled`, as AWS's clients report them.
    #[must_use]
    pub fn of_type(kind: &str) -> Self {
        let (code, status) = match kind {
            "Sandbox.Timedout" => (kind, "timeout"),
            "Runtime.ExitError" => (kind, "failure"),
            "Runtime.MarshalError" | "Runtime.UnmarshalError" => ("Unhandled", "error"),
            _ if kind.starts_with("Runtime.") => (kind, "error"),
            _ => ("Unhandled", "error"),
        };
        Self { code: code.to_owned(), status }
    }
}

impl Outcome {
    /// An answer of Lambda itself, in the place of the handler's.
    #[must_use]
    pub fn failed(request_id: &str, failure: &Failure) -> Self {
        let error = Some(FunctionError { code: failure.error_type().to_owned(), status: failure.status() });
        Self { payload: failure.to_json(request_id).into(), error, ..Self::default() }
    }
}

/// That nobody here can run a function, in a sentence that says what is missing and how to get it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CannotRun(pub String);

/// Lambda's own API, for functions that call it: the emulator that runs them.
pub trait Api: Debug + Send + Sync {
    /// Answers one request of a function that so many called one another to; `None` if the emulator is gone, or breaks the
    /// connection.
    fn answer(&self, scope: &Scope, depth: u32, request: ApiRequest) -> Option<ApiResponse>;
}

/// One HTTP request of a function.
#[derive(Debug)]
pub struct ApiRequest {
    /// In upper case.
    pub method: String,
    /// Still percent-encoded.
    pub path: String,
    /// Without the question mark, still percent-encoded.
    pub query: String,
    /// Names in any case.
    pub headers: Vec<(String, String)>,
    /// Scheme and authority that were reached.
    pub endpoint: String,
    /// The whole body.
    pub body: Bytes,
}

/// What it is answered.
#[derive(Debug)]
pub struct ApiResponse {
    /// HTTP status.
    pub status: u16,
    /// In AWS's spelling.
    pub headers: Vec<(&'static str, String)>,
    /// The whole body.
    pub body: Bytes,
}

/// Whoever has events and executions worked off beside calls.
pub trait Watcher: Debug + Send + Sync {
    /// Looks what is due; returns at once.
    fn look(&self);
}

/// Whoever takes what is told to destinations and dead-letter targets.
pub trait Destinations: Debug + Send + Sync {
    /// Takes one delivery.
    fn deliver(&self, delivery: &Delivery);
}

/// Whoever runs functions.
pub trait Runner: Debug + Send + Sync {
    /// Runs one call to its end. Several calls may come at the same time.
    ///
    /// # Errors
    /// [`CannotRun`], if this function cannot be run here; what goes wrong in the function is an [`Outcome`].
    fn run(&self, invocation: &Invocation) -> Result<Outcome, CannotRun>;

    /// Another one for an independent emulator, which shares no execution environment with this one.
    fn fork(&self) -> Arc<dyn Runner>;

    /// Lets go of all execution environments.
    fn forget(&self) {}

    /// What another language has made it of, for whoever knows that.
    fn inner(&self) -> Option<&dyn Any> {
        None
    }
}
