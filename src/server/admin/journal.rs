//! `/_drylambda/journal`: the calls that were answered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::{Done, Mistake};
use crate::journal::{Entry, Journal};
use crate::protocol::document::{Document, Members};

pub(super) fn answer(journal: &Journal, method: &str, query: &str) -> Done {
    match method {
        "GET" | "HEAD" => {
            let asked = query.split('&').find_map(|pair| pair.strip_prefix("operation="));
            let calls = journal.all();
            let calls = calls.iter().filter(|entry| asked.is_none_or(|name| name == entry.operation.name));
            Ok(json!({ "calls": calls.map(|entry| shown(entry)).collect::<Vec<_>>() }).into())
        }
        "DELETE" => {
            journal.clear();
            Ok(json!({ "status": "ok" }).into())
        }
        _ => Err(Mistake::Method),
    }
}

fn shown(entry: &Entry) -> Value {
    let mut shown = json!({
        "operation": entry.operation.name,
        "parameters": members(&entry.parameters),
        "region": &*entry.scope.region,
        "account_id": &*entry.scope.account,
        "principal": entry.caller.arn(entry.scope.partition()),
        "access_key_id": entry.caller.access_key_id.as_deref(),
        "time": entry.at.iso_micros(),
        "request_id": entry.request_id,
    });
    match &entry.result {
        Ok(output) => shown["response"] = members(output),
        Err(refused) => {
            shown["error_code"] = refused.code.into();
            shown["error_message"] = refused.message.as_deref().into();
        }
    }
    shown
}

fn members(members: &Members) -> Value {
    Value::Object(members.iter().map(|(name, value)| ((*name).to_owned(), plain(value))).collect())
}

/// A value as JSON: bytes as base64, moments as seconds.
fn plain(value: &Document) -> Value {
    match value {
        Document::Null => Value::Null,
        Document::Boolean(value) => (*value).into(),
        Document::Integer(value) => (*value).into(),
        Document::Double(value) | Document::Timestamp(value) => (*value).into(),
        Document::String(text) => text.as_str().into(),
        Document::Blob(bytes) => BASE64.encode(bytes).into(),
        Document::List(entries) => entries.iter().map(plain).collect(),
        Document::Map(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        Document::Structure(inner) => members(inner),
    }
}
