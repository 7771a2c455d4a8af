//! Which of AWS's errors each situation is.

use super::Error;

impl Error {
    /// The code, e.g. `ResourceNotFoundException`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Validation { .. } => "ValidationException",
            Self::MissingAuthentication => "MissingAuthenticationTokenException",
            Self::IncompleteSignature { .. } => "IncompleteSignatureException",
            Self::UnknownAccessKey { .. } => "UnrecognizedClientException",
            Self::InvalidSignature { .. } => "InvalidSignatureException",
            Self::Serialization { .. } => "SerializationException",
            Self::OtherAccount | Self::NotAuthorized(_) | Self::SourceImageDenied | Self::S3AccessDenied { .. } => {
                "AccessDeniedException"
            }
            Self::UnknownOperation { .. } => "UnknownOperationException",
            Self::RequestTooLarge { .. } | Self::ZippedTooLarge { .. } => "RequestEntityTooLargeException",
            Self::OtherRegion { .. }
            | Self::FunctionNotFound { .. }
            | Self::AliasArnNotFound { .. }
            | Self::FunctionDoesNotExist
            | Self::NoSuchResource
            | Self::AliasNotFound { .. }
            | Self::TaggedResourceNotFound { .. } => "ResourceNotFoundException",
            Self::FunctionExists { .. }
            | Self::FunctionUrlExists { .. }
            | Self::AliasExists { .. }
            | Self::UpdateInProgress { .. }
            | Self::Pending { .. }
            | Self::VersionInUse { .. }
            | Self::ConcurrentRequests => "ResourceConflictException",
            Self::CodeStorageExceeded => "CodeStorageExceededException",
            Self::StaleRevision => "PreconditionFailedException",
            Self::NameTooLong { .. }
            | Self::QualifierMismatch
            | Self::QualifierNotLatest
            | Self::NoSource
            | Self::SeveralSources
            | Self::SourceKeyDenied { .. }
            | Self::EnvironmentKeyDenied { .. }
            | Self::ImageForZipFunction
            | Self::ZipForImageFunction
            | Self::CombinedTooLarge { .. }
            | Self::LayerNotFound { .. }
            | Self::LayerInOtherRegion { .. }
            | Self::SameLayerTwice { .. }
            | Self::TooManyLayers { .. }
            | Self::WrongForPackageType { .. }
            | Self::ImageRequired
            | Self::WrongForFunction { .. }
            | Self::SourceImageMissing { .. }
            | Self::SourceImageInvalid { .. }
            | Self::SourceImageUnsupported { .. }
            | Self::S3Refused { .. }
            | Self::ReferenceNeedsVersions { .. }
            | Self::ReferenceToGlacier { .. }
            | Self::NotAZip { .. }
            | Self::EmptyZip
            | Self::UnzippedTooLarge { .. }
            | Self::CodeSha256Mismatch { .. }
            | Self::PublishToUnsupported
            | Self::UnknownRuntime { .. }
            | Self::RetiredRuntime { .. }
            | Self::SecurityGroupNotFound { .. }
            | Self::SnapStartUnsupported { .. }
            | Self::RoleNotAssumable
            | Self::HalfVpcConfig
            | Self::RuntimeAndHandlerRequired
            | Self::EnvironmentTooLarge { .. }
            | Self::ReservedEnvironment { .. }
            | Self::LatestNotDeletable
            | Self::AliasAsQualifier
            | Self::TooManyWeights
            | Self::RoutedToItself { .. }
            | Self::LatestNotRoutable
            | Self::InvalidMarker
            | Self::TooManyTags
            | Self::NoTags
            | Self::TagsOnQualifier => "InvalidParameterValueException",
            Self::CapacityProvider(refusal) => refusal.code(),
            Self::CodeSigning(refusal) => refusal.code(),
            Self::Concurrency(refusal) => refusal.code(),
            Self::DurableExecution(refusal) => refusal.code(),
            Self::Invoke(refusal) => refusal.code(),
            Self::Policy(refusal) => refusal.code(),
            Self::EventInvoke(refusal) => refusal.code(),
            Self::RuntimeManagement(refusal) => refusal.code(),
            Self::Layer(refusal) => refusal.code(),
            Self::EventSource(refusal) => refusal.code(),
            Self::OnDemand { code, .. } => code,
            Self::Broken { connection } => connection.name(),
            Self::NotReleased { .. } => Self::NOT_RELEASED,
            Self::NotBuilt { .. } => Self::NOT_BUILT,
            Self::CannotRun { .. } => Self::CANNOT_RUN,
            Self::SourceBroken { .. } => Self::SOURCE_BROKEN,
            Self::Internal { .. } => Self::INTERNAL,
        }
    }
}
