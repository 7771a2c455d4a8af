//! What a function's answer says of the records that it was given.
//!
//! The one idea to hold: who was asked to tell which records failed, and tells something else, has failed with all of
//! them; who was not asked is not read.

use serde_json::Value;

use super::record::Kind;

/// How a mapping asks a function to tell which records failed.
const REPORTED: &str = "ReportBatchItemFailures";

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every record is done.
    Done,
    /// No record is.
    Failed,
    /// All are but these, by their places in the batch.
    But(Vec<usize>),
}

/// Whether a mapping asks which records failed.
#[must_use]
pub fn is_reported(response_types: Option<&[String]>) -> bool {
    response_types.is_some_and(|types| types.iter().any(|kind| kind == REPORTED))
}

/// What an answer says of a batch: `payload` is what the function returned, and nothing if it did not.
#[must_use]
pub fn verdict(kind: Kind, records: &[Value], payload: Option<&[u8]>, reported: bool) -> Verdict {
    let Some(payload) = payload else { return Verdict::Failed };
    if !reported {
        return Verdict::Done;
    }
    failures(kind, records, payload).unwrap_or(Verdict::Failed)
}

/// The failures that an answer lists; nothing if it is none of the forms that are documented.
fn failures(kind: Kind, records: &[Value], payload: &[u8]) -> Option<Verdict> {
    let answer: Value = if payload.is_empty() { Value::Null } else { serde_json::from_slice(payload).ok()? };
    let listed = match &answer {
        Value::Null => return Some(Verdict::Done),
        Value::Object(members) => members.get("batchItemFailures"),
        _ => return None,
    };
    let listed = match listed {
        None | Some(Value::Null) => return Some(Verdict::Done),
        Some(listed) => listed.as_array()?,
    };
    let mut failed = Vec::new();
    for failure in listed {
        let identifier = failure.get("itemIdentifier")?.as_str()?;
        failed.push(records.iter().position(|record| kind.identifier(record) == Some(identifier))?);
    }
    failed.sort_unstable();
    failed.dedup();
    Some(if failed.is_empty() { Verdict::Done } else { Verdict::But(failed) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_are_read_as_documented() {
        let records = [json!({"messageId": "a"}), json!({"messageId": "b"}), json!({"messageId": "c"})];
        for (answer, verdict) in [
            (r#"{"batchItemFailures": []}"#, Verdict::Done),
            (r#"{"batchItemFailures": null}"#, Verdict::Done),
            ("{}", Verdict::Done),
            ("null", Verdict::Done),
            ("", Verdict::Done),
            (r#"{"batchItemFailures": [{"itemIdentifier": "c"}, {"itemIdentifier": "a"}]}"#, Verdict::But(vec![0, 2])),
            (r#"{"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "b"}]}"#, Verdict::But(vec![1])),
            (r#"{"batchItemFailures": [{"itemIdentifier": ""}]}"#, Verdict::Failed),
            (r#"{"batchItemFailures": [{"itemIdentifier": null}]}"#, Verdict::Failed),
            (r#"{"batchItemFailures": [{"id": "a"}]}"#, Verdict::Failed),
            (r#"{"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "z"}]}"#, Verdict::Failed),
            (r#"{"batchItemFailures": "a"}"#, Verdict::Failed),
            (r#""done""#, Verdict::Failed),
            ("no JSON", Verdict::Failed),
        ] {
            assert_eq!(super::verdict(Kind::Sqs, &records, Some(answer.as_bytes()), true), verdict, "{answer}");
        }
    }

    #[test]
    fn who_is_not_asked_is_not_read() {
        let records = [json!({"messageId": "a"})];
        let answer = br#"{"batchItemFailures": [{"itemIdentifier": "a"}]}"#;
        assert_eq!(verdict(Kind::Sqs, &records, Some(answer), false), Verdict::Done);
        assert_eq!(verdict(Kind::Sqs, &records, None, false), Verdict::Failed);
        assert!(is_reported(Some(&["ReportBatchItemFailures".to_owned()])) && !is_reported(Some(&[])));
    }
}
