//! Which records a function is given.
//!
//! The one idea to hold: what a producer wrote is looked at as its pattern is. Where the pattern asks for its fields, it
//! has to be JSON with fields; where the pattern names texts, it has to be a text that is none. Everything else is
//! dropped (Lambda's developer guide, "Properly filtering messages").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::pattern;
use super::record::Kind;
use crate::state::event_source::FilterCriteria;

/// The patterns of a mapping.
#[derive(Debug, Clone, Default)]
pub struct Filters(Vec<Value>);

impl Filters {
    /// The filters of a mapping; none let everything through.
    #[must_use]
    pub fn new(criteria: Option<&FilterCriteria>) -> Self {
        let filters = criteria.and_then(|criteria| criteria.filters.as_deref()).unwrap_or_default();
        // What is no JSON matches nothing.
        let read = |text: &str| serde_json::from_str(text).unwrap_or_default();
        Self(filters.iter().map(|filter| filter.pattern.as_deref().map_or(Value::Null, read)).collect())
    }

    /// Whether a record, as a function would get it, matches one of them.
    #[must_use]
    pub fn accept(&self, kind: Kind, record: &Value) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| is_accepted(kind, pattern, record))
    }
}

fn is_accepted(kind: Kind, pattern: &Value, record: &Value) -> bool {
    let (member, written, mut seen) = match kind {
        // Patterns of Kinesis are about what is under `kinesis`.
        Kind::Kinesis => ("data", data(record), record.get("kinesis").cloned().unwrap_or_default()),
        Kind::Sqs => ("body", record.get("body").and_then(Value::as_str).map(str::to_owned), record.clone()),
        Kind::DynamoDb => return pattern::matches(pattern, record),
    };
    let Some(wanted) = asked(pattern, member) else { return pattern::matches(pattern, &seen) };
    let Some(written) = written else { return false };
    let json = serde_json::from_str(&written).ok().filter(|value: &Value| value.is_object() || value.is_array());
    let value = match (wanted, json) {
        (Asked::Fields, Some(json)) => json,
        (Asked::Text, None) => Value::String(written),
        _ => return false,
    };
    if let Some(seen) = seen.as_object_mut() {
        seen.insert(member.to_owned(), value);
    }
    pattern::matches(pattern, &seen)
}

/// What a pattern asks of what a producer wrote.
#[derive(Clone, Copy)]
enum Asked {
    Fields,
    Text,
}

/// What a pattern asks of a member, in itself or in one of its alternatives.
fn asked(pattern: &Value, member: &str) -> Option<Asked> {
    match pattern.get(member) {
        Some(Value::Array(_)) => Some(Asked::Text),
        Some(_) => Some(Asked::Fields),
        None => pattern.get("$or")?.as_array()?.iter().find_map(|pattern| asked(pattern, member)),
    }
}

/// The data of a Kinesis record as text.
fn data(record: &Value) -> Option<String> {
    let data = record.get("kinesis")?.get("data")?.as_str()?;
    String::from_utf8(STANDARD.decode(data).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::state::event_source::Filter;

    fn filters(patterns: &[Value]) -> Filters {
        let filters = patterns.iter().map(|pattern| Filter { pattern: Some(pattern.to_string()) }).collect();
        Filters::new(Some(&FilterCriteria { filters: Some(filters) }))
    }

    #[test]
    fn bodies_are_looked_at_as_patterns_are() {
        let (fields, text) = (json!({"body": {"city": ["Paris"]}}), json!({"body": ["Paris", {"prefix": "7"}]}));
        let others = json!({"messageAttributes": {"kind": {"stringValue": ["new"]}}});
        let either = json!({"$or": [{"body": {"city": ["Paris"]}}, {"body": {"city": ["Rome"]}}]});
        for (body, pattern, accepted) in [
            (r#"{"city": "Paris"}"#, &fields, true),
            (r#"{"city": "Rome"}"#, &fields, false),
            (r#"{"city": "Rome"}"#, &either, true),
            ("Paris", &fields, false),
            ("{broken", &fields, false),
            ("Paris", &text, true),
            ("7", &text, true),
            ("Rome", &text, false),
            (r#"{"city": "Paris"}"#, &text, false),
            (r#"["Paris"]"#, &text, false),
            ("anything", &others, true),
        ] {
            let record = json!({"body": body, "messageAttributes": {"kind": {"stringValue": "new"}}});
            assert_eq!(
                filters(std::slice::from_ref(pattern)).accept(Kind::Sqs, &record),
                accepted,
                "{body} by {pattern}"
            );
        }
    }

    #[test]
    fn data_of_kinesis_is_decoded() {
        let record = |data: &[u8]| json!({"kinesis": {"partitionKey": "1", "data": STANDARD.encode(data)}});
        let pattern = filters(&[json!({"partitionKey": ["1"], "data": {"n": [{"numeric": [">", 1]}]}})]);
        assert!(pattern.accept(Kind::Kinesis, &record(br#"{"n": 2}"#)));
        for data in [&br#"{"n": 1}"#[..], b"no JSON", b"\xff"] {
            assert!(!pattern.accept(Kind::Kinesis, &record(data)), "{data:?}");
        }
        assert!(filters(&[json!({"partitionKey": ["1"]})]).accept(Kind::Kinesis, &record(b"\xff")));
    }

    #[test]
    fn one_filter_of_several_is_enough_and_none_lets_all_through() {
        let record = json!({"eventName": "INSERT", "dynamodb": {"NewImage": {"n": {"N": "7"}}}});
        let (insert, other) =
            (json!({"eventName": ["INSERT"]}), json!({"dynamodb": {"NewImage": {"n": {"N": ["8"]}}}}));
        assert!(filters(&[other.clone(), insert.clone()]).accept(Kind::DynamoDb, &record));
        assert!(!filters(&[other]).accept(Kind::DynamoDb, &record));
        assert!(Filters::new(None).accept(Kind::DynamoDb, &record));
    }
}
