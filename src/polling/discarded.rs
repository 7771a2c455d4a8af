//! What a destination is told of records that were given up.
//!
//! The one idea to hold: it is told where they are, and not what they say; a bucket is told that, too.

use serde_json::{Value, json};

use super::record::Kind;
use crate::clock::Timestamp;

/// Records that were given up.
#[derive(Debug)]
pub struct Discarded<'a> {
    /// Of which kind their stream is.
    pub kind: Kind,
    /// Its ARN.
    pub stream_arn: &'a str,
    /// Their shard.
    pub shard: &'a str,
    /// Themselves, as the function got them; some.
    pub records: &'a [Value],
    /// The function.
    pub function_arn: &'a str,
    /// The call that failed last, if any was made.
    pub call: Option<FailedCall>,
    /// How often they were tried.
    pub attempts: u32,
    /// When they were given up.
    pub at: Timestamp,
}

/// A call that failed.
#[derive(Debug, Clone, Default)]
pub struct FailedCall {
    /// Its id.
    pub request_id: String,
    /// Its HTTP status.
    pub status: u16,
    /// The version that ran.
    pub executed_version: Option<String>,
    /// `Handled` or `Unhandled`.
    pub function_error: Option<String>,
}

impl Discarded<'_> {
    /// What is sent.
    #[must_use]
    pub fn text(&self) -> String {
        let arrival = |record: Option<&Value>| {
            let seconds = record.and_then(|record| self.kind.arrival(record));
            seconds.map(|seconds| Timestamp::from_seconds(seconds).iso_millis())
        };
        let (first, last) = (self.records.first(), self.records.last());
        let batch = json!({
            "shardId": self.shard,
            "startSequenceNumber": first.and_then(|record| self.kind.identifier(record)),
            "endSequenceNumber": last.and_then(|record| self.kind.identifier(record)),
            "approximateArrivalOfFirstRecord": arrival(first),
            "approximateArrivalOfLastRecord": arrival(last),
            "batchSize": self.records.len(),
            "streamArn": self.stream_arn,
        });
        let info = if self.kind == Kind::DynamoDb { "DDBStreamBatchInfo" } else { "KinesisBatchInfo" };
        let call = self.call.as_ref();
        json!({
            "requestContext": {
                "requestId": call.map(|call| &call.request_id),
                "functionArn": self.function_arn,
                "condition": if call.is_some() { "RetryAttemptsExhausted" } else { "RecordAgeExceeded" },
                "approximateInvokeCount": self.attempts,
            },
            "responseContext": call.map(|call| json!({
                "statusCode": call.status,
                "executedVersion": call.executed_version,
                "functionError": call.function_error,
            })),
            "version": "1.0",
            "timestamp": self.at.iso_millis(),
            info: batch,
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_told_as_in_the_developer_guide() {
        let record = |number: &str, arrival: f64| json!({"kinesis": {"sequenceNumber": number, "approximateArrivalTimestamp": arrival}});
        let records = [record("495902", 1_573_691_885.0), record("495907", 1_573_691_885.5)];
        let call = FailedCall {
            request_id: "c9b8fa9f".to_owned(),
            status: 200,
            executed_version: Some("$LATEST".to_owned()),
            function_error: Some("Unhandled".to_owned()),
        };
        let mut discarded = Discarded {
            kind: Kind::Kinesis,
            stream_arn: "arn:aws:kinesis:us-east-2:123456789012:stream/mystream",
            shard: "shardId-000000000001",
            records: &records,
            function_arn: "arn:aws:lambda:us-east-2:123456789012:function:myfunction",
            call: Some(call),
            attempts: 1,
            at: Timestamp::from_millis(1_573_691_886_021),
        };
        let text: Value = serde_json::from_str(&discarded.text()).unwrap();
        let wanted = json!({
            "requestContext": {
                "requestId": "c9b8fa9f",
                "functionArn": "arn:aws:lambda:us-east-2:123456789012:function:myfunction",
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": 1
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": "2019-11-14T00:38:06.021Z",
            "KinesisBatchInfo": {
                "shardId": "shardId-000000000001",
                "startSequenceNumber": "495902",
                "endSequenceNumber": "495907",
                "approximateArrivalOfFirstRecord": "2019-11-14T00:38:05.000Z",
                "approximateArrivalOfLastRecord": "2019-11-14T00:38:05.500Z",
                "batchSize": 2,
                "streamArn": "arn:aws:kinesis:us-east-2:123456789012:stream/mystream"
            }
        });
        assert_eq!(text, wanted);
        discarded.call = None;
        let text: Value = serde_json::from_str(&discarded.text()).unwrap();
        assert_eq!(text["requestContext"]["condition"], "RecordAgeExceeded");
        assert_eq!(text["responseContext"], Value::Null);
    }
}
