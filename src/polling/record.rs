//! Records as functions get them, made of what clients of their services are answered.
//!
//! The one idea to hold: what comes in has boto3's members, with bytes as base64 and moments as seconds; what goes out has
//! Lambda's (facts 18; the samples of the developer guide).

use serde_json::{Map, Value, json};

use crate::state::event_source::SourceKind;

/// What can be polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A queue of Amazon SQS.
    Sqs,
    /// A Kinesis data stream, or a consumer of one.
    Kinesis,
    /// The stream of a DynamoDB table.
    DynamoDb,
}

/// Where records of one shard or queue come from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// What it is.
    pub kind: Kind,
    /// Its ARN.
    pub arn: String,
    /// The Region it is in.
    pub region: String,
    /// The role of the function, in whose name streams are read.
    pub role: String,
}

impl Kind {
    /// The kind of a source, if it can be polled.
    #[must_use]
    pub fn of(kind: SourceKind) -> Option<Self> {
        match kind {
            SourceKind::Sqs => Some(Self::Sqs),
            SourceKind::Kinesis => Some(Self::Kinesis),
            SourceKind::DynamoDb => Some(Self::DynamoDb),
            SourceKind::ManagedKafka | SourceKind::SelfManagedKafka | SourceKind::Mq | SourceKind::DocumentDb => None,
        }
    }

    /// By what a function names the records that failed: the id of a message, or a sequence number.
    #[must_use]
    pub fn identifier(self, record: &Value) -> Option<&str> {
        match self {
            Self::Sqs => record.get("messageId")?.as_str(),
            Self::Kinesis => record.get("kinesis")?.get("sequenceNumber")?.as_str(),
            Self::DynamoDb => record.get("dynamodb")?.get("SequenceNumber")?.as_str(),
        }
    }

    /// When a record of a stream was written, in seconds since 1970.
    #[must_use]
    pub fn arrival(self, record: &Value) -> Option<f64> {
        match self {
            Self::Sqs => None,
            Self::Kinesis => record.get("kinesis")?.get("approximateArrivalTimestamp")?.as_f64(),
            Self::DynamoDb => record.get("dynamodb")?.get("ApproximateCreationDateTime")?.as_f64(),
        }
    }
}

impl Origin {
    /// A record as a function gets it; `shard` is that of a stream.
    #[must_use]
    pub fn record(&self, shard: &str, read: Value) -> Value {
        match self.kind {
            Kind::Sqs => self.message(&read),
            Kind::Kinesis => self.kinesis(shard, &read),
            Kind::DynamoDb => self.change(read),
        }
    }

    fn message(&self, read: &Value) -> Value {
        let mut record = json!({
            "messageId": read["MessageId"],
            "receiptHandle": read["ReceiptHandle"],
            "body": read["Body"],
            "attributes": members(read.get("Attributes")),
            "messageAttributes": members(read.get("MessageAttributes")).into_iter().map(attribute).collect::<Map<_, _>>(),
            "md5OfBody": read["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.arn,
            "awsRegion": self.region,
        });
        if let Some(digest) = read.get("MD5OfMessageAttributes") {
            record["md5OfMessageAttributes"] = digest.clone();
        }
        record
    }

    fn kinesis(&self, shard: &str, read: &Value) -> Value {
        json!({
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": read["PartitionKey"],
                "sequenceNumber": read["SequenceNumber"],
                "data": read["Data"],
                "approximateArrivalTimestamp": read["ApproximateArrivalTimestamp"],
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": format!("{shard}:{}", read["SequenceNumber"].as_str().unwrap_or_default()),
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": self.role,
            "awsRegion": self.region,
            "eventSourceARN": self.arn,
        })
    }

    fn change(&self, read: Value) -> Value {
        let mut record = members(Some(&read));
        for (name, value) in [("eventVersion", "1.1"), ("eventSource", "aws:dynamodb")] {
            record.entry(name).or_insert_with(|| value.into());
        }
        // Mocks say any.
        record.insert("awsRegion".to_owned(), self.region.as_str().into());
        if let Some(created) = record.get_mut("dynamodb").and_then(|it| it.get_mut("ApproximateCreationDateTime")) {
            *created = whole(created);
        }
        // The members of an identity alone are spelled otherwise.
        if let Some(Value::Object(identity)) = record.remove("userIdentity") {
            let spelled = identity.into_iter().map(|(name, value)| (lower_first(&name), value));
            record.insert("userIdentity".to_owned(), Value::Object(spelled.collect()));
        }
        record.insert("eventSourceARN".to_owned(), self.arn.as_str().into());
        Value::Object(record)
    }
}

fn members(value: Option<&Value>) -> Map<String, Value> {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// An attribute of a message: with lists that nobody can fill yet.
fn attribute((name, value): (String, Value)) -> (String, Value) {
    let mut members: Map<_, _> =
        members(Some(&value)).into_iter().map(|(name, value)| (lower_first(&name), value)).collect();
    for name in ["stringListValues", "binaryListValues"] {
        members.entry(name).or_insert_with(|| json!([]));
    }
    (name, Value::Object(members))
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// Seconds as DynamoDB writes them: without a fraction where there is none.
#[expect(clippy::cast_possible_truncation, reason = "a number without a fraction that moments can be")]
fn whole(seconds: &Value) -> Value {
    match seconds.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => Value::from(number as i64),
        _ => seconds.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(kind: Kind, arn: &str) -> Origin {
        Origin { kind, arn: arn.to_owned(), region: "us-east-2".to_owned(), role: "arn:aws:iam::1:role/r".to_owned() }
    }

    #[test]
    fn a_message_is_as_in_the_developer_guide() {
        let arn = "arn:aws:sqs:us-east-2:123456789012:my-queue";
        let attributes = json!({"ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183"});
        let read = json!({
            "MessageId": "059f36b4", "ReceiptHandle": "AQEB", "Body": "Test", "MD5OfBody": "e4e6", "Attributes": attributes,
            "MD5OfMessageAttributes": "be1e",
            "MessageAttributes": {
                "one": {"StringValue": "1", "DataType": "Number"}, "two": {"BinaryValue": "AA==", "DataType": "Binary"},
            },
        });
        let record = json!({
            "messageId": "059f36b4", "receiptHandle": "AQEB", "body": "Test", "attributes": attributes,
            "messageAttributes": {
                "one": {"stringValue": "1", "stringListValues": [], "binaryListValues": [], "dataType": "Number"},
                "two": {"binaryValue": "AA==", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"},
            },
            "md5OfBody": "e4e6", "md5OfMessageAttributes": "be1e", "eventSource": "aws:sqs", "eventSourceARN": arn,
            "awsRegion": "us-east-2",
        });
        assert_eq!(origin(Kind::Sqs, arn).record("", read), record);
        assert_eq!(Kind::Sqs.identifier(&record), Some("059f36b4"));
    }

    #[test]
    fn a_record_of_kinesis_is_as_in_the_developer_guide() {
        let arn = "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream";
        let read = json!({
            "PartitionKey": "1", "SequenceNumber": "4959", "Data": "SGVsbG8=", "ApproximateArrivalTimestamp": 1_545_084_650.987,
            "EncryptionType": "NONE",
        });
        let record = origin(Kind::Kinesis, arn).record("shardId-000000000006", read);
        let wanted = json!({
            "kinesis": {
                "kinesisSchemaVersion": "1.0", "partitionKey": "1", "sequenceNumber": "4959", "data": "SGVsbG8=",
                "approximateArrivalTimestamp": 1_545_084_650.987,
            },
            "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": "shardId-000000000006:4959",
            "eventName": "aws:kinesis:record", "invokeIdentityArn": "arn:aws:iam::1:role/r", "awsRegion": "us-east-2",
            "eventSourceARN": arn,
        });
        assert_eq!(
            (Kind::Kinesis.identifier(&record), Kind::Kinesis.arrival(&record)),
            (Some("4959"), Some(1_545_084_650.987))
        );
        assert_eq!(record, wanted);
    }

    #[test]
    fn a_change_of_a_table_is_as_in_the_developer_guide() {
        let arn = "arn:aws:dynamodb:us-east-2:123456789012:table/t/stream/2026";
        let change = |created: Value| {
            json!({"Keys": {"Id": {"N": "101"}}, "NewImage": {"Id": {"N": "101"}, "Raw": {"B": "AA=="}},
                "SequenceNumber": "111", "SizeBytes": 26, "StreamViewType": "NEW_AND_OLD_IMAGES",
                "ApproximateCreationDateTime": created})
        };
        let read = json!({
            "eventID": "1", "eventName": "REMOVE", "eventVersion": "1.0", "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1", "dynamodb": change(json!(1_428_537_600.0)),
            "userIdentity": {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"},
        });
        let wanted = json!({
            "eventID": "1", "eventName": "REMOVE", "eventVersion": "1.0", "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-2", "dynamodb": change(json!(1_428_537_600)), "eventSourceARN": arn,
            "userIdentity": {"principalId": "dynamodb.amazonaws.com", "type": "Service"},
        });
        assert_eq!(origin(Kind::DynamoDb, arn).record("", read), wanted);
        assert_eq!(Kind::DynamoDb.identifier(&wanted), Some("111"));
    }
}
