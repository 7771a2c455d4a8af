//! Every refusal, one variant per situation a caller can cause. Those that one resource alone has are in a file of its
//! own beside this one, each with its code.
//!
//! The one idea to hold: `Display` *is* AWS's message, character for character, with the rule id beside it; code, HTTP
//! status, the case of the message key and `Type` come from the model. Faults of our own are the last variants; their
//! codes begin with `Drylambda`, so that none can be mistaken for AWS's.
//!
//! ```
//! use drylambda::error::Error;
//!
//! let error = Error::FunctionNotFound { arn: "arn:aws:lambda:us-east-1:123456789012:function:fn".into() };
//! assert_eq!((error.code(), error.form().status), ("ResourceNotFoundException", 404));
//! assert_eq!(error.to_string(), "Function not found: arn:aws:lambda:us-east-1:123456789012:function:fn");
//! ```

mod capacity_provider;
mod code;
mod code_signing;
mod concurrency;
mod connection;
mod durable_execution;
mod event_invoke;
mod event_source;
mod form;
mod hint;
mod invoke;
mod layer;
mod policy;
mod runtime_management;

pub use capacity_provider::CapacityProviderError;
pub use code_signing::CodeSigningError;
pub use concurrency::ConcurrencyError;
pub use connection::Connection;
pub use durable_execution::{DurableExecutionError, UpdateError};
pub use event_invoke::EventInvokeError;
pub use event_source::EventSourceError;
pub use form::{Form, Throttle};
pub use invoke::InvokeError;
pub use layer::LayerError;
pub use policy::PolicyError;
pub use runtime_management::RuntimeManagementError;

use crate::iam::Denied;
use crate::sigv4::Refused;

/// What a call is refused with. Rule ids are those of the behavioural specification; "facts" are the neighbours' rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum Error {
    // -- the request itself -------------------------------------------------------------------------------------
    /// The whole request is too large (Z10, Z16).
    #[error("Request must be smaller than {limit_bytes} bytes for the {operation} operation")]
    RequestTooLarge { limit_bytes: u64, operation: &'static str },
    /// No signature, where signatures are checked (section 4, step 2).
    #[error("Missing Authentication Token")]
    MissingAuthentication,
    /// A signature with a part missing or broken (texts L).
    #[error("{message}")]
    IncompleteSignature { message: String },
    /// A key that is not known (section 4, step 2); its id is for [`Error::hint`].
    #[error("The security token included in the request is invalid.")]
    UnknownAccessKey { access_key_id: String },
    /// A signature of something else, for somebody else, or of another time (section 4, step 2).
    #[error("{message}")]
    InvalidSignature { message: String },
    /// A wrong JSON type, malformed JSON, or a blob that is no base64 (R52; the text is ours, rule L).
    #[error("{reason}")]
    Serialization { reason: String },
    /// Constraints of the model are violated (1.6); `message` holds all of them.
    #[error("{message}")]
    Validation { message: String },
    /// No operation has this method and path. The text is ours: AWS's is not recorded.
    #[error("no Lambda operation answers {method} {path}")]
    UnknownOperation { method: String, path: String },

    // -- names --------------------------------------------------------------------------------------------------
    /// A plain name over 64 characters, in CreateFunction only (facts 2.2).
    #[error(
        "1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: Member must have \
         length less than or equal to 64"
    )]
    NameTooLong { name: String },
    /// The ARN names another Region (E10, F7).
    #[error("Functions from '{region}' are not reachable in this region ('{endpoint_region}')")]
    OtherRegion { region: String, endpoint_region: String },
    /// The ARN names another account and no policy lets the caller in (F7): the text is null.
    #[error("")]
    OtherAccount,
    /// The caller's policies do not allow it (E6).
    #[error(transparent)]
    NotAuthorized(Box<Denied>),
    /// The name's qualifier and the `Qualifier` parameter differ (G7).
    #[error("The derived qualifier from the function name does not match the specified qualifier.")]
    QualifierMismatch,
    /// A qualifier where only `$LATEST` will do (E9).
    #[error(
        "Current operation does not support versions other than $LATEST. Please set the version to $LATEST or do not set \
         a version in your request."
    )]
    QualifierNotLatest,

    // -- what is not there, or there already ----------------------------------------------------------------------
    /// E1.
    #[error("Function not found: {arn}")]
    FunctionNotFound { arn: String },
    /// Facts 2.6, GetAlias and others.
    #[error("Cannot find alias arn: {arn}")]
    AliasArnNotFound { arn: String },
    /// Facts 2.6, UpdateAlias.
    #[error("Alias not found: {arn}")]
    AliasNotFound { arn: String },
    /// Facts 4.2.
    #[error("Function already exist: {name}")]
    FunctionExists { name: String },
    /// Facts 10.
    #[error("Alias already exists: {arn}")]
    AliasExists { arn: String },

    // -- revisions and states -------------------------------------------------------------------------------------
    /// E2.
    #[error(
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve \
         the latest Revision Id"
    )]
    StaleRevision,
    /// E3.
    #[error("The operation cannot be performed at this time. An update is in progress for resource: {arn}")]
    UpdateInProgress { arn: String },
    /// E4, today's form.
    #[error(
        "The operation cannot be performed at this time. The resource {arn} is currently in the following state: \
         'Pending'. StateReasonCode: 'Creating'"
    )]
    Pending { arn: String },
    /// E5.
    #[error("Conflict due to concurrent requests on this function. Please try this request again.")]
    ConcurrentRequests,

    // -- the package ----------------------------------------------------------------------------------------------
    /// R20, R22, R27.
    #[error("Please provide a source for function code.")]
    NoSource,
    /// R21.
    #[error("Please do not provide other FunctionCode parameters when providing a ZipFile.")]
    SeveralSources,
    /// R24.
    #[error("Please don't provide ImageUri when updating a function with packageType Zip.")]
    ImageForZipFunction,
    /// R25.
    #[error("Please provide ImageUri when updating a function with packageType Image.")]
    ZipForImageFunction,
    /// The package type and the members of CreateFunction do not fit together (texts L).
    #[error("Please don't provide {unwanted} when the intended function PackageType is {package_type}.")]
    WrongForPackageType { unwanted: &'static str, package_type: &'static str },
    /// An image function needs an image (text L).
    #[error("Please provide ImageUri when the intended function PackageType is Image.")]
    ImageRequired,
    /// The settings of one package type on a function of the other (texts L).
    #[error("Please don't provide {unwanted} when updating a function with packageType {package_type}.")]
    WrongForFunction { unwanted: &'static str, package_type: &'static str },
    /// I1.
    #[error("Source image {uri} does not exist. Provide a valid source image.")]
    SourceImageMissing { uri: String },
    /// I2.
    #[error("Source image {uri} is not valid. Provide a valid source image.")]
    SourceImageInvalid { uri: String },
    /// I3.
    #[error("The image manifest, config or layer media type for the source image {uri} is not supported.")]
    SourceImageUnsupported { uri: String },
    /// I4.
    #[error("Lambda does not have permission to access the ECR image. Check the ECR permissions.")]
    SourceImageDenied,
    /// R44: the frame is ours, after P14's.
    #[error(
        "Lambda was unable to encrypt your code because the KMS access was denied. Please check your KMS permissions. KMS \
         Exception: AccessDeniedException KMS Message: {message}"
    )]
    SourceKeyDenied { message: String },
    /// P14's text, of variables that must be read to be put under another key; the code is R44's.
    #[error(
        "Lambda was unable to decrypt your environment variables because the KMS access was denied. Please check your KMS \
         permissions. KMS Exception: AccessDeniedException KMS Message: {message}"
    )]
    EnvironmentKeyDenied { message: String },
    /// E11 to E14, and whatever else S3 says. `hint` is for [`Error::hint`].
    #[error("Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}")]
    S3Refused { code: String, message: String, hint: Option<String> },
    /// E15; `message` is S3's, `hint` is for [`Error::hint`].
    #[error(
        "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for \
         {bucket}/{key}. S3 Error Code: AccessDenied. S3 Error Message: {message}"
    )]
    S3AccessDenied { bucket: String, key: String, message: String, hint: Option<String> },
    /// B4 (text L).
    #[error("S3 bucket {bucket} must have versioning enabled to use S3ObjectStorageMode REFERENCE.")]
    ReferenceNeedsVersions { bucket: String },
    /// B4 (text L).
    #[error("Objects in storage class {class} are not supported with S3ObjectStorageMode REFERENCE.")]
    ReferenceToGlacier { class: String },
    /// Z11.
    #[error("Zipped size must be smaller than {limit_bytes} bytes")]
    ZippedTooLarge { limit_bytes: u64 },
    /// Z1; `found` says what is wrong with the archive, for [`Error::hint`].
    #[error("Could not unzip uploaded file. Please check your file, then try to upload again.")]
    NotAZip { found: String },
    /// Z2, Z3, R55.
    #[error("Uploaded file must be a non-empty zip")]
    EmptyZip,
    /// Z13.
    #[error("Unzipped size must be smaller than {limit_bytes} bytes")]
    UnzippedTooLarge { limit_bytes: u64 },
    /// Z15.
    #[error("Code storage limit exceeded.")]
    CodeStorageExceeded,
    /// Z14.
    #[error(
        "Function code combined with layers exceeds the maximum allowed size of {limit_bytes} bytes. The actual size is \
         {actual_bytes} bytes."
    )]
    CombinedTooLarge { limit_bytes: u64, actual_bytes: u64 },
    /// Facts 8.
    #[error("Layer version {arn} does not exist.")]
    LayerNotFound { arn: String },
    /// Facts 8.
    #[error("Layers are not in the same region as the function. Layers are expected to be in region {region}.")]
    LayerInOtherRegion { region: String },
    /// Facts 8.
    #[error(
        "Two different versions of the same layer are not allowed to be referenced in the same function. {first} and \
         {second} are versions of the same layer."
    )]
    SameLayerTwice { first: String, second: String },
    /// Q4 (text L).
    #[error("You cannot reference more than {most} layers.")]
    TooManyLayers { most: usize },
    /// V9.
    #[error(
        "CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({current}). Please try again with the \
         CodeSHA256 in $LATEST."
    )]
    CodeSha256Mismatch { given: String, current: String },
    /// V11: only functions on a capacity provider have this version (text L).
    #[error("PublishTo is not supported for functions without a capacity provider configuration.")]
    PublishToUnsupported,

    // -- settings -------------------------------------------------------------------------------------------------
    /// Facts 4.2: not a `ValidationException`, and no quotes round the value.
    #[error(
        "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{known}] or be a \
         valid ARN"
    )]
    UnknownRuntime { runtime: String, known: &'static str },
    /// Z24, facts 4.2.
    #[error(
        "The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. We \
         recommend you use a supported runtime while creating or updating functions."
    )]
    RetiredRuntime { runtime: String },
    /// A security group that is not there, where groups are looked for (facts 4.2).
    #[error(
        "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The \
         security group '{id}' does not exist"
    )]
    SecurityGroupNotFound { id: String },
    /// Facts 4.2.
    #[error("{runtime} is not supported for SnapStart enabled functions.")]
    SnapStartUnsupported { runtime: String },
    /// A role that is not there, where roles are looked for (facts 4.2).
    #[error("The role defined for the function cannot be assumed by Lambda.")]
    RoleNotAssumable,
    /// A network has both or neither (text L).
    #[error("SubnetIds and SecurityIds must coexist or be both empty list.")]
    HalfVpcConfig,
    /// A zip function needs both (texts L).
    #[error("Runtime and Handler are mandatory parameters for functions created with deployment packages.")]
    RuntimeAndHandlerRequired,
    /// Facts 4.2.
    #[error(
        "Lambda was unable to configure your environment variables because the environment variables you have provided \
         exceeded the 4KB limit. String measured: {measured}"
    )]
    EnvironmentTooLarge { measured: String },
    /// AWS's reserved names (text L).
    #[error(
        "Lambda was unable to configure your environment variables because the environment variables you have provided \
         contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {keys}"
    )]
    ReservedEnvironment { keys: String },

    // -- versions and aliases ---------------------------------------------------------------------------------------
    /// Facts 6.
    #[error("$LATEST version cannot be deleted without deleting the function.")]
    LatestNotDeletable,
    /// Facts 6.
    #[error("Deletion of aliases is not currently supported.")]
    AliasAsQualifier,
    /// A version that aliases point to stays (text L).
    #[error("Unable to delete version because the following aliases reference it: [{aliases}]")]
    VersionInUse { aliases: String },
    /// Facts 10.
    #[error("Number of items in AdditionalVersionWeights cannot be greater than 1")]
    TooManyWeights,
    /// Facts 10.
    #[error(
        "Invalid function version {version}. Function version {version} is already included in routing configuration."
    )]
    RoutedToItself { version: String },
    /// Facts 10; recorded without `Type`.
    #[error("$LATEST is not supported for an alias pointing to more than 1 version")]
    LatestNotRoutable,

    // -- function URLs ----------------------------------------------------------------------------------------------
    /// Facts 2.6.
    #[error("Function does not exist")]
    FunctionDoesNotExist,
    /// Facts 2.6.
    #[error("The resource you requested does not exist.")]
    NoSuchResource,
    /// Facts 14; with two blanks after the colon.
    #[error(
        "Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists for this \
         Lambda function"
    )]
    FunctionUrlExists { arn: String },

    // -- resources with refusals of their own ------------------------------------------------------------------------
    /// Of capacity providers, and of what runs on them.
    #[error(transparent)]
    CapacityProvider(#[from] CapacityProviderError),
    /// Of code signing.
    #[error(transparent)]
    CodeSigning(#[from] CodeSigningError),
    /// Of durable executions.
    #[error(transparent)]
    DurableExecution(#[from] DurableExecutionError),
    /// Of Invoke.
    #[error(transparent)]
    Invoke(#[from] InvokeError),
    /// Of layers.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// Of reserved and provisioned concurrency.
    #[error(transparent)]
    Concurrency(#[from] ConcurrencyError),
    /// Of policies of resources.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Of configurations of asynchronous calls.
    #[error(transparent)]
    EventInvoke(#[from] EventInvokeError),
    /// Of the management of runtimes.
    #[error(transparent)]
    RuntimeManagement(#[from] RuntimeManagementError),
    /// Of event source mappings.
    #[error(transparent)]
    EventSource(#[from] EventSourceError),

    // -- lists ------------------------------------------------------------------------------------------------------
    /// A marker that is not of our form (text L).
    #[error("The provided Marker is invalid.")]
    InvalidMarker,

    // -- tags -------------------------------------------------------------------------------------------------------
    /// Facts 4.2 and 15.
    #[error("Number of tags exceeds resource tag limit.")]
    TooManyTags,
    /// Facts 15.
    #[error("An error occurred and the request cannot be processed.")]
    NoTags,
    /// Facts 15.
    #[error("Tags on function aliases and versions are not supported. Please specify a function ARN.")]
    TagsOnQualifier,
    /// Facts 15, the other taggable resources.
    #[error("{kind} not found: {arn}")]
    TaggedResourceNotFound { kind: &'static str, arn: String },

    // -- on demand ----------------------------------------------------------------------------------------------------
    /// What a test asked for (E7, E8 and others).
    #[error("{message}")]
    OnDemand { code: &'static str, message: String },
    /// There is no answer.
    #[error("the connection broke, as a test asked drylambda for it")]
    Broken { connection: Connection },

    // -- ours, never AWS's --------------------------------------------------------------------------------------------
    /// An operation, or a part of one, that has no behaviour yet.
    #[error(
        "drylambda {version} does not build {what} yet. This answer is drylambda's own, not AWS's; its README \
         says what is built.",
        version = env!("CARGO_PKG_VERSION")
    )]
    NotBuilt { what: String },
    /// A function that nobody here can run.
    #[error(
        "drylambda {version} cannot run this function: {why}. This answer is drylambda's own, not AWS's.",
        version = env!("CARGO_PKG_VERSION")
    )]
    CannotRun { why: String },
    /// A source of objects gave no answer of S3's: there is no answer of AWS's to give.
    #[error(
        "drylambda {version} could not read the object. This answer is drylambda's own, not AWS's. It was looked for in \
         {reason}",
        version = env!("CARGO_PKG_VERSION")
    )]
    SourceBroken { reason: String },
    /// A call that a test holds, and that nothing lets go.
    #[error(
        "drylambda {version} held this call for {seconds} seconds, as a test asked for it, and nothing released it. This \
         answer is drylambda's own, not AWS's.",
        version = env!("CARGO_PKG_VERSION")
    )]
    NotReleased { seconds: u64 },
    /// A fault of ours.
    #[error("InternalError in drylambda {version}, not an answer of AWS: {reason}", version = env!("CARGO_PKG_VERSION"))]
    Internal { reason: String },
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::NotAuthorized(Box::new(denied))
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Missing => Self::MissingAuthentication,
            Refused::Incomplete { message, .. } => Self::IncompleteSignature { message },
            Refused::UnknownKey { access_key_id } => Self::UnknownAccessKey { access_key_id },
            other => Self::InvalidSignature { message: other.to_string() },
        }
    }
}

impl Error {
    /// Code of the error for what is not built; no AWS error has this prefix.
    pub const NOT_BUILT: &str = "DrylambdaNotImplemented";
    /// Code of the error for functions that nobody can run.
    pub const CANNOT_RUN: &str = "DrylambdaCannotRun";
    /// Code of the error for objects that cannot be read.
    pub const SOURCE_BROKEN: &str = "DrylambdaSourceBroken";
    /// Code of the error for calls that nothing releases.
    pub const NOT_RELEASED: &str = "DrylambdaNotReleased";
    /// Code of the error for faults of our own.
    pub const INTERNAL: &str = "DrylambdaInternalError";

    /// A fault of ours, told by `reason`.
    pub fn internal(reason: impl Into<String>) -> Self {
        Self::Internal { reason: reason.into() }
    }
}
