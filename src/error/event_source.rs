//! What event source mappings refuse with (facts 18).

/// A refusal of an event source mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum EventSourceError {
    /// No source, two of them, or one that feeds no function.
    #[error("Unrecognized event source.")]
    Unrecognized,
    /// Facts 2.6: here it is a wrong parameter.
    #[error("Function does not exist")]
    NoFunction,
    /// Recorded of `DestinationConfig`; of other members from there.
    #[error("Unsupported {member} parameter for given event source mapping type.")]
    Unsupported { member: &'static str },
    /// Recorded of `startingPosition`, as this error and with the full stop.
    #[error(
        "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null."
    )]
    Null { member: &'static str },
    /// Recorded of DynamoDB and `AT_TIMESTAMP`.
    #[error("Unsupported starting position for arn type: {arn}")]
    UnsupportedPosition { arn: String },
    /// The model's documentation (text L).
    #[error("StartingPositionTimestamp is only valid with StartingPosition AT_TIMESTAMP and cannot be in the future.")]
    WrongMoment,
    /// The clocks here begin there (text ours).
    #[error("StartingPositionTimestamp cannot be before 1970-01-01T00:00:00Z.")]
    MomentTooEarly,
    /// A queue's batches of more than ten records wait for them.
    #[error("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10")]
    BatchNeedsWindow,
    /// Documented (text L).
    #[error("Maximum batch size for FIFO queues is 10")]
    BatchOfFifo,
    /// Recorded of `sourceAccessConfigurations`; of other members from there.
    #[error("Required '{member}' parameter is missing.")]
    Missing { member: &'static str },
    /// A pattern that is none.
    #[error("Invalid filter pattern definition.")]
    InvalidFilter,
    /// Documented (text L).
    #[error("Number of filters exceeds the limit of {most} for an event source mapping.")]
    TooManyFilters { most: usize },
    /// Documented (text L).
    #[error("MinimumPollers must be at least {least}, MaximumPollers at most {most}, and neither beyond the other.")]
    Pollers { least: u32, most: u32 },
    /// Documented: it stays what it was at creation (text L).
    #[error("ConsumerGroupId cannot be updated.")]
    ConsumerGroupIsFixed,
    /// Documented: ages below a minute are in the range, and not allowed (text L).
    #[error("MaximumRecordAgeInSeconds must be -1 or at least {least}.")]
    RecordAge { least: i32 },
    /// Documented: share groups give up at some point (text L).
    #[error("MaximumRetryAttempts of -1 is not supported when ConsumptionMode is Queue.")]
    EndlessRetries,
    /// With blanks inside of the quotes.
    #[error(
        "An event source mapping with SQS arn (\" {arn} \") and function (\" {function} \") already exists. Please update \
         or delete the existing mapping with UUID {uuid}"
    )]
    QueueMapped { arn: String, function: String, uuid: String },
    /// With blanks inside of the quotes.
    #[error(
        "The event source arn (\" {arn} \") and function (\" {function} \") provided mapping already exists. Please update \
         or delete the existing mapping with UUID {uuid}"
    )]
    StreamMapped { arn: String, function: String, uuid: String },
    /// Of Kafka, and of brokers with their queues.
    #[error(
        "An event source mapping with event source (\"{source_name}\"), function (\"{function_arn}\"), {noun} (\"{names}\") \
         already exists. Please update or delete the existing mapping with UUID {uuid}"
    )]
    NamesMapped { source_name: String, function_arn: String, noun: &'static str, names: String, uuid: String },
    /// Facts 18.
    #[error("The resource you requested does not exist.")]
    NotFound,
    /// Something is under way (text from memory).
    #[error("Cannot {verb} the event source mapping because it is in use.")]
    InUse { verb: &'static str },
}

impl EventSourceError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::QueueMapped { .. } | Self::StreamMapped { .. } | Self::NamesMapped { .. } => {
                "ResourceConflictException"
            }
            Self::NotFound => "ResourceNotFoundException",
            Self::InUse { .. } => "ResourceInUseException",
            _ => "InvalidParameterValueException",
        }
    }
}
