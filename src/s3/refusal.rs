//! S3's refusals, one variant per situation.
//!
//! The one idea to hold: `Display` *is* S3's message, character for character; [`Refusal::code`], [`Refusal::status`]
//! and [`Refusal::details`] are what else stands in the answer.

use std::borrow::Cow;

use crate::clock::Timestamp;
use crate::sigv4::{Form, Refused};

/// What S3 refuses a request with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the elements of the answer")]
pub enum Refusal {
    // -- buckets --------------------------------------------------------------------------------------------------
    /// The bucket is not there (E11).
    #[error("The specified bucket does not exist")]
    NoSuchBucket { bucket: String },
    /// The name is somebody else's.
    #[error(
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please \
         select a different name and try again."
    )]
    BucketAlreadyExists { bucket: String },
    /// The name is the caller's own already; us-east-1 does not mind.
    #[error("Your previous request to create the named bucket succeeded and you already own it.")]
    BucketAlreadyOwnedByYou { bucket: String },
    /// Versions and delete markers count.
    #[error("The bucket you tried to delete is not empty")]
    BucketNotEmpty { bucket: String },
    /// The name breaks the rules of names.
    #[error("The specified bucket is not valid.")]
    InvalidBucketName { bucket: String },
    /// No Region has this name.
    #[error("The specified location-constraint is not valid")]
    InvalidLocationConstraint { constraint: String },
    /// The Region is not that of the endpoint; no constraint is `unspecified`.
    #[error(
        "The {constraint} location constraint is incompatible for the region specific endpoint this request was sent to."
    )]
    IllegalLocationConstraint { constraint: String },
    /// The bucket lies in another Region than the endpoint.
    #[error(
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future \
         requests to this endpoint."
    )]
    PermanentRedirect { bucket: String, region: String, endpoint: String },
    /// The bucket has no policy.
    #[error("The bucket policy does not exist")]
    NoSuchBucketPolicy { bucket: String },
    /// The bucket's public access is not blocked.
    #[error("The public access block configuration was not found")]
    NoSuchPublicAccessBlock { bucket: String },
    /// The bucket has no tags.
    #[error("The TagSet does not exist")]
    NoSuchTagSet { bucket: String },
    /// The bucket has no life cycle.
    #[error("The lifecycle configuration does not exist")]
    NoSuchLifecycle { bucket: String },
    /// The policy is no JSON object.
    #[error("Policies must be valid JSON and the first byte must be '{{'")]
    MalformedPolicy,
    /// The expected owner is not the owner.
    #[error("Access Denied")]
    AccessDenied,

    // -- objects --------------------------------------------------------------------------------------------------
    /// The key is not there (E12).
    #[error("The specified key does not exist.")]
    NoSuchKey { key: String },
    /// The key's current version is a delete marker.
    #[error("The specified key does not exist.")]
    Deleted { key: String, version_id: String },
    /// The key has no such version (E13).
    #[error("The specified version does not exist.")]
    NoSuchVersion { key: String, version_id: String },
    /// The version is a delete marker.
    #[error("The specified method is not allowed against this resource.")]
    MethodNotAllowed { method: &'static str },
    /// The object is archived.
    #[error("The operation is not valid for the object's storage class")]
    InvalidObjectState { storage_class: String },
    /// The object is the one that the caller has.
    #[error("Not Modified")]
    NotModified { etag: String },
    /// A condition does not hold.
    #[error("At least one of the pre-conditions you specified did not hold")]
    PreconditionFailed { condition: &'static str },
    /// The range lies outside of the object.
    #[error("The requested range is not satisfiable")]
    InvalidRange { requested: String, object_bytes: u64 },
    /// The part is not there.
    #[error("The requested partnumber is not satisfiable")]
    InvalidPartNumber { requested: i32, parts: usize },
    /// The body is not what its checksum says.
    #[error("The {what} you specified did not match {than}.")]
    BadDigest { what: &'static str, than: &'static str },
    /// The MD5 is none.
    #[error("The Content-MD5 you specified was invalid.")]
    InvalidDigest,
    /// No storage class has this name.
    #[error("The storage class you specified is not valid")]
    InvalidStorageClass { storage_class: String },
    /// A copy onto itself that changes nothing.
    #[error(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's \
         metadata, storage class, website redirect location or encryption attributes."
    )]
    IllegalCopy,
    /// The tags break the rules of tags.
    #[error("{message}")]
    InvalidTag { message: &'static str },
    /// The key is over 1,024 bytes.
    #[error("Your key is too long")]
    KeyTooLong { bytes: usize },
    /// The metadata of the user is over 2 KB.
    #[error("Your metadata headers exceed the maximum allowed metadata size")]
    MetadataTooLarge { bytes: usize, limit_bytes: usize },

    // -- multipart uploads ----------------------------------------------------------------------------------------
    /// The upload is not there.
    #[error(
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or \
         completed."
    )]
    NoSuchUpload { upload_id: String },
    /// A part of the list is not there, or is another one.
    #[error(
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified \
         entity tag may not match the part's entity tag."
    )]
    InvalidPart { upload_id: String, part_number: i32, etag: String },
    /// The list of parts is not in order.
    #[error("The list of parts was not in ascending order. Parts must be ordered by part number.")]
    InvalidPartOrder { upload_id: String },
    /// A part that is not the last has less than 5 MiB.
    #[error("Your proposed upload is smaller than the minimum allowed size")]
    EntityTooSmall { part_number: i32, etag: String, bytes: usize },

    // -- signatures, where they are checked -----------------------------------------------------------------------
    /// Something of the request, or the secret, is not what was signed.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your key and signing method."
    )]
    SignatureDoesNotMatch { access_key_id: String, string_to_sign: String, signature: String },
    /// The key is not known.
    #[error("The AWS Access Key Id you provided does not exist in our records.")]
    InvalidAccessKeyId { access_key_id: String },
    /// A part of the header is missing or broken, or is for somebody else (the part before the semicolon is AWS's).
    #[error("The authorization header is malformed; {reason}")]
    AuthorizationHeaderMalformed { reason: String },
    /// The same of a presigned link.
    #[error("{reason}")]
    AuthorizationQueryParametersError { reason: String },
    /// The request's date is not about now.
    #[error("The difference between the request time and the current time is too large.")]
    RequestTimeTooSkewed { at: Timestamp, now: Timestamp, allowed_seconds: i64 },
    /// A presigned link is too old.
    #[error("Request has expired")]
    LinkExpired { at: Timestamp, now: Timestamp, expires_seconds: i64 },
    /// A presigned link is of the future.
    #[error("Request is not valid yet")]
    LinkNotYetValid,
    /// Headers of AWS's that are not signed.
    #[error("There were headers present in the request which were not signed")]
    HeadersNotSigned { names: String },
    /// The body is not what its hash says.
    #[error("The provided 'x-amz-content-sha256' header does not match what was computed.")]
    ContentSha256Mismatch { announced: String, computed: String },

    // -- requests -------------------------------------------------------------------------------------------------
    /// An argument that cannot be.
    #[error("{message}")]
    InvalidArgument { name: &'static str, value: String, message: Cow<'static, str> },
    /// A request that cannot be.
    #[error("{message}")]
    InvalidRequest { message: String },
    /// XML that is none, or not that of the operation.
    #[error("The XML you provided was not well-formed or did not validate against our published schema")]
    MalformedXml,
    /// A path that is none.
    #[error("Couldn't parse the specified URI.")]
    InvalidUri { uri: String },
    /// Something of S3's that is not built.
    #[error("{what} is not implemented yet")]
    NotImplemented { what: String },
    /// The body ends before its length.
    #[error("You did not provide the number of bytes specified by the Content-Length HTTP header")]
    IncompleteBody,
    /// The body has more bytes than an object may have here.
    #[error("Your proposed upload exceeds the maximum allowed size")]
    EntityTooLarge { proposed_bytes: u64, limit_bytes: u64 },
    /// Nobody said how many bytes the body has.
    #[error("You must provide the Content-Length HTTP header.")]
    MissingContentLength,
}

impl Refusal {
    /// S3's code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.form().0
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.form().1
    }

    fn form(&self) -> (&'static str, u16) {
        match self {
            Self::NoSuchBucket { .. } => ("NoSuchBucket", 404),
            Self::BucketAlreadyExists { .. } => ("BucketAlreadyExists", 409),
            Self::BucketAlreadyOwnedByYou { .. } => ("BucketAlreadyOwnedByYou", 409),
            Self::BucketNotEmpty { .. } => ("BucketNotEmpty", 409),
            Self::InvalidBucketName { .. } => ("InvalidBucketName", 400),
            Self::InvalidLocationConstraint { .. } => ("InvalidLocationConstraint", 400),
            Self::IllegalLocationConstraint { .. } => ("IllegalLocationConstraintException", 400),
            Self::PermanentRedirect { .. } => ("PermanentRedirect", 301),
            Self::NoSuchBucketPolicy { .. } => ("NoSuchBucketPolicy", 404),
            Self::NoSuchPublicAccessBlock { .. } => ("NoSuchPublicAccessBlockConfiguration", 404),
            Self::NoSuchTagSet { .. } => ("NoSuchTagSet", 404),
            Self::NoSuchLifecycle { .. } => ("NoSuchLifecycleConfiguration", 404),
            Self::MalformedPolicy => ("MalformedPolicy", 400),
            Self::AccessDenied | Self::LinkExpired { .. } | Self::LinkNotYetValid | Self::HeadersNotSigned { .. } => {
                ("AccessDenied", 403)
            }
            Self::NoSuchKey { .. } | Self::Deleted { .. } => ("NoSuchKey", 404),
            Self::NoSuchVersion { .. } => ("NoSuchVersion", 404),
            Self::MethodNotAllowed { .. } => ("MethodNotAllowed", 405),
            Self::InvalidObjectState { .. } => ("InvalidObjectState", 403),
            Self::NotModified { .. } => ("NotModified", 304),
            Self::PreconditionFailed { .. } => ("PreconditionFailed", 412),
            Self::InvalidRange { .. } => ("InvalidRange", 416),
            Self::InvalidPartNumber { .. } => ("InvalidPartNumber", 416),
            Self::BadDigest { .. } => ("BadDigest", 400),
            Self::InvalidDigest => ("InvalidDigest", 400),
            Self::InvalidStorageClass { .. } => ("InvalidStorageClass", 400),
            Self::IllegalCopy | Self::InvalidRequest { .. } => ("InvalidRequest", 400),
            Self::InvalidTag { .. } => ("InvalidTag", 400),
            Self::KeyTooLong { .. } => ("KeyTooLongError", 400),
            Self::MetadataTooLarge { .. } => ("MetadataTooLarge", 400),
            Self::NoSuchUpload { .. } => ("NoSuchUpload", 404),
            Self::InvalidPart { .. } => ("InvalidPart", 400),
            Self::InvalidPartOrder { .. } => ("InvalidPartOrder", 400),
            Self::EntityTooSmall { .. } => ("EntityTooSmall", 400),
            Self::SignatureDoesNotMatch { .. } => ("SignatureDoesNotMatch", 403),
            Self::InvalidAccessKeyId { .. } => ("InvalidAccessKeyId", 403),
            Self::AuthorizationHeaderMalformed { .. } => ("AuthorizationHeaderMalformed", 400),
            Self::AuthorizationQueryParametersError { .. } => ("AuthorizationQueryParametersError", 400),
            Self::RequestTimeTooSkewed { .. } => ("RequestTimeTooSkewed", 403),
            Self::ContentSha256Mismatch { .. } => ("XAmzContentSHA256Mismatch", 400),
            Self::InvalidArgument { .. } => ("InvalidArgument", 400),
            Self::MalformedXml => ("MalformedXML", 400),
            Self::InvalidUri { .. } => ("InvalidURI", 400),
            Self::NotImplemented { .. } => ("NotImplemented", 501),
            Self::IncompleteBody => ("IncompleteBody", 400),
            Self::EntityTooLarge { .. } => ("EntityTooLarge", 400),
            Self::MissingContentLength => ("MissingContentLength", 411),
        }
    }

    /// The headers beside those of every answer.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let marker = || ("x-amz-delete-marker", "true".to_owned());
        match self {
            Self::PermanentRedirect { region, .. } => vec![("x-amz-bucket-region", region.clone())],
            Self::Deleted { version_id, .. } => vec![marker(), ("x-amz-version-id", version_id.clone())],
            Self::MethodNotAllowed { .. } => vec![marker(), ("Allow", "DELETE".to_owned())],
            Self::NotModified { etag } => vec![("ETag", format!("\"{etag}\""))],
            _ => Vec::new(),
        }
    }

    /// The elements beside code and message, in S3's order.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, String)> {
        match self.clone() {
            Self::NoSuchBucket { bucket }
            | Self::BucketAlreadyExists { bucket }
            | Self::BucketAlreadyOwnedByYou { bucket }
            | Self::BucketNotEmpty { bucket }
            | Self::InvalidBucketName { bucket }
            | Self::NoSuchPublicAccessBlock { bucket }
            | Self::NoSuchTagSet { bucket }
            | Self::NoSuchLifecycle { bucket }
            | Self::NoSuchBucketPolicy { bucket } => vec![("BucketName", bucket)],
            Self::InvalidLocationConstraint { constraint } => vec![("LocationConstraint", constraint)],
            Self::PermanentRedirect { bucket, endpoint, .. } => vec![("Endpoint", endpoint), ("Bucket", bucket)],
            Self::NoSuchKey { key } | Self::Deleted { key, .. } => vec![("Key", key)],
            Self::NoSuchVersion { key, version_id } => vec![("Key", key), ("VersionId", version_id)],
            Self::MethodNotAllowed { method } => {
                vec![("Method", method.to_owned()), ("ResourceType", "DeleteMarker".to_owned())]
            }
            Self::InvalidObjectState { storage_class } => vec![("StorageClass", storage_class)],
            Self::PreconditionFailed { condition } => vec![("Condition", condition.to_owned())],
            Self::InvalidRange { requested, object_bytes } => {
                vec![("RangeRequested", requested), ("ActualObjectSize", object_bytes.to_string())]
            }
            Self::InvalidPartNumber { requested, parts } => {
                vec![("PartNumberRequested", requested.to_string()), ("ActualPartCount", parts.to_string())]
            }
            Self::InvalidStorageClass { storage_class } => vec![("StorageClassRequested", storage_class)],
            Self::KeyTooLong { bytes } => {
                vec![("Size", bytes.to_string()), ("MaxSizeAllowed", super::object::KEY_BYTES.to_string())]
            }
            Self::MetadataTooLarge { bytes, limit_bytes } => {
                vec![("Size", bytes.to_string()), ("MaxSizeAllowed", limit_bytes.to_string())]
            }
            Self::NoSuchUpload { upload_id } | Self::InvalidPartOrder { upload_id } => vec![("UploadId", upload_id)],
            Self::InvalidPart { upload_id, part_number, etag } => {
                vec![("UploadId", upload_id), ("PartNumber", part_number.to_string()), ("ETag", etag)]
            }
            Self::EntityTooSmall { part_number, etag, bytes } => vec![
                ("ProposedSize", bytes.to_string()),
                ("MinSizeAllowed", super::object::SMALLEST_PART_BYTES.to_string()),
                ("PartNumber", part_number.to_string()),
                ("ETag", etag),
            ],
            Self::InvalidArgument { name, value, .. } => {
                vec![("ArgumentName", name.to_owned()), ("ArgumentValue", value)]
            }
            Self::InvalidUri { uri } => vec![("URI", uri)],
            Self::EntityTooLarge { proposed_bytes, limit_bytes } => {
                vec![("ProposedSize", proposed_bytes.to_string()), ("MaxSizeAllowed", limit_bytes.to_string())]
            }
            Self::SignatureDoesNotMatch { access_key_id, string_to_sign, signature } => vec![
                ("AWSAccessKeyId", access_key_id),
                ("StringToSign", string_to_sign),
                ("SignatureProvided", signature),
            ],
            Self::InvalidAccessKeyId { access_key_id } => vec![("AWSAccessKeyId", access_key_id)],
            Self::RequestTimeTooSkewed { at, now, allowed_seconds } => vec![
                ("RequestTime", at.amz_date()),
                ("ServerTime", now.iso()),
                ("MaxAllowedSkewMilliseconds", (allowed_seconds * 1000).to_string()),
            ],
            Self::LinkExpired { at, now, expires_seconds } => vec![
                ("X-Amz-Expires", expires_seconds.to_string()),
                ("Expires", at.plus_millis(expires_seconds * 1000).iso()),
                ("ServerTime", now.iso()),
            ],
            Self::HeadersNotSigned { names } => vec![("HeadersNotSigned", names)],
            Self::ContentSha256Mismatch { announced, computed } => {
                vec![("ClientComputedContentSHA256", announced), ("S3ComputedContentSHA256", computed)]
            }
            Self::AuthorizationHeaderMalformed { .. }
            | Self::AuthorizationQueryParametersError { .. }
            | Self::LinkNotYetValid
            | Self::IllegalLocationConstraint { .. }
            | Self::MalformedPolicy
            | Self::AccessDenied
            | Self::NotModified { .. }
            | Self::BadDigest { .. }
            | Self::InvalidDigest
            | Self::IllegalCopy
            | Self::InvalidRequest { .. }
            | Self::InvalidTag { .. }
            | Self::MalformedXml
            | Self::NotImplemented { .. }
            | Self::IncompleteBody
            | Self::MissingContentLength => Vec::new(),
        }
    }
}

/// What S3 says to a request that is not signed as it should be. In the place of a body ([`super::Request::body`]) it is
/// the answer to the request.
impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Missing => Self::AccessDenied,
            Refused::Incomplete { form, message } | Refused::WrongScope { form, message } => match form {
                Form::Header => Self::AuthorizationHeaderMalformed { reason: message },
                Form::Query => Self::AuthorizationQueryParametersError { reason: message },
            },
            Refused::UnknownKey { access_key_id } => Self::InvalidAccessKeyId { access_key_id },
            Refused::Skewed { form: Form::Header, at, now, allowed_seconds } => {
                Self::RequestTimeTooSkewed { at, now, allowed_seconds }
            }
            Refused::Skewed { form: Form::Query, at, now, .. } if now < at => Self::LinkNotYetValid,
            Refused::Skewed { form: Form::Query, at, now, allowed_seconds } => {
                Self::LinkExpired { at, now, expires_seconds: allowed_seconds }
            }
            Refused::Mismatch { access_key_id, string_to_sign, signature } => {
                Self::SignatureDoesNotMatch { access_key_id, string_to_sign, signature }
            }
            Refused::OtherBody { announced, computed } => {
                Self::ContentSha256Mismatch { announced, computed: computed.to_hex() }
            }
            Refused::HeadersNotSigned { names } => Self::HeadersNotSigned { names: names.join(", ") },
        }
    }
}
