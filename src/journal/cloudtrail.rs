//! Entries of the journal as CloudTrail and EventBridge write them (section 13).
//!
//! The one idea to hold: names of members begin with a small letter, keys of maps stay as they are, and what is secret is
//! not there: neither bytes, nor environment variables, nor what the model calls sensitive.

use serde_json::{Map, Value, json};

use super::Entry;
use crate::iam::PrincipalKind;
use crate::ids::uuid_of;
use crate::model::{Kind, Operation, Place, Shape};
use crate::package::Digest;
use crate::protocol::document::{Document, Members};

/// The version of the format.
const EVENT_VERSION: &str = "1.11";

/// Operations whose event has a version beside the date of the API. Recorded are the first three; the others are from
/// memory (L).
const SECOND_VERSION: [&str; 8] = [
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
    "AddPermission",
    "GetFunction",
    "GetFunctionConfiguration",
    "GetPolicy",
    "RemovePermission",
    "TagResource",
];

/// The record of a call, as CloudTrail delivers it.
#[must_use]
pub fn record(entry: &Entry) -> Value {
    let operation = entry.operation;
    let read_only = is_read_only(operation);
    let mut record = json!({
        "eventVersion": EVENT_VERSION,
        "userIdentity": user_identity(entry),
        "eventTime": entry.at.iso(),
        "eventSource": "lambda.amazonaws.com",
        "eventName": event_name(operation),
        "awsRegion": &*entry.scope.region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": concat!("drylambda/", env!("CARGO_PKG_VERSION")),
        "requestParameters": or_null(lowered(Some(operation.input), &entry.parameters)),
        "responseElements": Value::Null,
        "requestID": entry.request_id,
        "eventID": event_id(entry),
        "readOnly": read_only,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": &*entry.scope.account,
        "eventCategory": "Management",
    });
    match &entry.result {
        Ok(members) if !read_only => {
            record["responseElements"] = or_null(lowered(operation.output, members));
        }
        Ok(_) => {}
        Err(refused) => {
            record["errorCode"] = refused.code.into();
            record["errorMessage"] = refused.public_message.as_deref().into();
        }
    }
    record
}

/// The same as EventBridge delivers it to rules.
#[must_use]
pub fn event(entry: &Entry) -> Value {
    json!({
        "version": "0",
        "id": event_id(entry),
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.lambda",
        "account": &*entry.scope.account,
        "time": entry.at.iso(),
        "region": &*entry.scope.region,
        "resources": [],
        "detail": record(entry),
    })
}

/// `UpdateFunctionCode20150331v2`: the operation, the date in its path, and perhaps a version.
fn event_name(operation: &Operation) -> String {
    let date = operation.path.split('/').nth(1).unwrap_or_default().replace('-', "");
    let version = if SECOND_VERSION.contains(&operation.name) { "v2" } else { "" };
    format!("{}{date}{version}", operation.name)
}

fn is_read_only(operation: &Operation) -> bool {
    operation.name.starts_with("Get") || operation.name.starts_with("List")
}

fn user_identity(entry: &Entry) -> Value {
    let principal = entry.caller.principal(entry.scope.partition());
    let account = &*principal.account;
    let mut identity = json!({ "arn": principal.arn, "accountId": account, "principalId": principal.user_id() });
    match &principal.kind {
        PrincipalKind::Root => identity["type"] = "Root".into(),
        PrincipalKind::User(name) => {
            identity["type"] = "IAMUser".into();
            identity["userName"] = name.as_str().into();
        }
        PrincipalKind::AssumedRole { role, .. } => {
            identity["type"] = "AssumedRole".into();
            let arn = principal.condition_arn();
            let issuer = json!({ "type": "Role", "arn": arn, "accountId": account, "userName": role });
            identity["sessionContext"] = json!({ "sessionIssuer": issuer });
        }
        PrincipalKind::FederatedUser(_) => identity["type"] = "FederatedUser".into(),
    }
    if let Some(key) = &entry.caller.access_key_id {
        identity["accessKeyId"] = (**key).into();
    }
    identity
}

/// The same for the same call.
fn event_id(entry: &Entry) -> String {
    let digest = Digest::of(entry.request_id.as_bytes());
    let (bytes, _) = digest.as_bytes().split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
    uuid_of(*bytes)
}

fn or_null(members: Map<String, Value>) -> Value {
    if members.is_empty() { Value::Null } else { Value::Object(members) }
}

fn lowered(shape: Option<&'static Shape>, members: &Members) -> Map<String, Value> {
    let Some(shape) = shape else { return Map::new() };
    let members = members.iter().filter_map(|(name, value)| {
        let member = shape.member(name).filter(|member| member.place != Place::Status)?;
        let value = match *name {
            "Environment" => Value::Object(Map::new()),
            _ => written(member.shape, value)?,
        };
        Some((with_small_letter(name), value))
    });
    members.collect()
}

/// `S3Bucket` is `s3Bucket`, `KMSKeyArn` is `kMSKeyArn` (R43).
fn with_small_letter(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

/// A value; none where it is not to be seen.
fn written(shape: &'static Shape, value: &Document) -> Option<Value> {
    if shape.sensitive {
        return None;
    }
    match (value, &shape.kind) {
        (Document::Boolean(value), _) => Some((*value).into()),
        (Document::Integer(value), _) => Some((*value).into()),
        (Document::Double(value) | Document::Timestamp(value), _) => Some((*value).into()),
        (Document::String(text), _) => Some(text.as_str().into()),
        (Document::List(entries), Kind::List { member, .. }) => {
            Some(entries.iter().filter_map(|entry| written(member, entry)).collect())
        }
        (Document::Map(entries), Kind::Map { value: shape, .. }) => {
            let entries = entries.iter().filter_map(|(key, value)| Some((key.clone(), written(shape, value)?)));
            Some(Value::Object(entries.collect()))
        }
        (Document::Structure(members), _) => Some(Value::Object(lowered(Some(shape), members))),
        (Document::Null | Document::Blob(_) | Document::List(_) | Document::Map(_), _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::entry;
    use super::*;
    use crate::error::Error;
    use crate::model;

    fn text(text: &str) -> Document {
        Document::String(text.into())
    }

    #[test]
    fn names_are_those_that_cloudtrail_has() {
        for (operation, name) in [
            (&model::UPDATE_FUNCTION_CODE, "UpdateFunctionCode20150331v2"),
            (&model::UPDATE_FUNCTION_CONFIGURATION, "UpdateFunctionConfiguration20150331v2"),
            (&model::CREATE_FUNCTION, "CreateFunction20150331"),
            (&model::PUBLISH_VERSION, "PublishVersion20150331"),
            (&model::DELETE_FUNCTION, "DeleteFunction20150331"),
            (&model::ADD_PERMISSION, "AddPermission20150331v2"),
        ] {
            assert_eq!(event_name(operation), name);
        }
    }

    #[test]
    fn parameters_are_those_that_were_sent_in_lower_camel() {
        let parameters = vec![
            ("FunctionName", text("fn:$LATEST")),
            ("S3Bucket", text("b")),
            ("SourceKMSKeyArn", text("arn")),
            ("DryRun", Document::Boolean(true)),
        ];
        let record = record(&entry(parameters, Err(Error::NoSource)));
        let expected =
            json!({ "functionName": "fn:$LATEST", "s3Bucket": "b", "sourceKMSKeyArn": "arn", "dryRun": true });
        assert_eq!(record["requestParameters"], expected);
        assert_eq!(record["responseElements"], Value::Null);
        assert_eq!(record["errorCode"], "InvalidParameterValueException");
        assert_eq!(record["errorMessage"], "Please provide a source for function code.");
    }

    #[test]
    fn the_environment_is_emptied() {
        let variables = Document::Map(vec![("SECRET".into(), text("secret"))]);
        let environment = Document::Structure(vec![("Variables", variables)]);
        let tracing = Document::Structure(vec![("Mode", text("Active"))]);
        let members = vec![("TracingConfig", tracing), ("Environment", environment), ("Version", text("1"))];
        let record = record(&entry(Members::new(), Ok(members)));
        let expected = json!({ "environment": {}, "tracingConfig": { "mode": "Active" }, "version": "1" });
        assert_eq!(record["responseElements"], expected);
        assert_eq!(record["requestParameters"], Value::Null);
        assert!(!record.to_string().contains("secret"));
    }
}
