//! `/_drylambda/logs`: what functions have logged; behind it the name of a log group, as `/aws/lambda/app`.

use serde_json::{Value, json};

use super::{Done, Mistake};
use crate::lambda::Lambda;

pub(super) fn answer(lambda: &Lambda, method: &str, asked: &str) -> Done {
    if !matches!(method, "GET" | "HEAD") {
        return Err(Mistake::Method);
    }
    let mut events = Vec::new();
    for (scope, group, logged) in lambda.invoker().logs().all() {
        // A name may begin with a slash, and does so by default; of what it may have, only the hash is encoded in a path.
        if !asked.is_empty() && asked.replace("%23", "#") != group.strip_prefix('/').unwrap_or(&group) {
            continue;
        }
        events.extend(logged.iter().map(|event| -> Value {
            json!({
                "account_id": &*scope.account,
                "region": &*scope.region,
                "log_group": group,
                "log_stream": &*event.stream,
                "request_id": &*event.request_id,
                "time": event.at.iso_micros(),
                "message": event.message,
            })
        }));
    }
    Ok(json!({ "events": events }).into())
}
