//! What holds of every answer on the wire, whatever was asked before.
//!
//! The bytes are choices: a few requests one after the other, most of them with members of the model and values that have
//! a meaning here, some of them broken. Every request gets a whole answer that is no fault of ours, and a refused one
//! leaves no trace.

use std::fmt::Write as _;

use bytes::Bytes;
use drylambda::arn::Scope;
use drylambda::lambda::{Lambda, Options};
use drylambda::model::{Kind, OPERATIONS, Place, Shape};
use drylambda::state::Settle;
use drylambda::wire::{self, Request, Response};
use serde_json::Value;

use super::choices::Choices;

const MOST_REQUESTS: usize = 6;
const HOST: &str = "lambda.us-east-1.amazonaws.com";
/// One file; the 22 bytes of an empty zip; no zip.
const ZIPS: [&str; 3] = [
    "UEsDBBQAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAYVBLAQIUAxQAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAACkgQAAAABhUEsFBgAAAAABAAEALwAAAB8AAAAAAA==",
    "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==",
    "bm8gemlw",
];
/// What has a meaning to somebody: names of functions, versions and aliases, settings, and what parsers trip over.
const WORDS: [&str; 44] = [
    "fn",
    "other",
    "new",
    "fn:1",
    "fn:live",
    "fn:$LATEST",
    "$LATEST",
    "1",
    "2",
    "live",
    "beta",
    "ALL",
    "arn:aws:lambda:us-east-1:123456789012:function:fn",
    "arn:aws:lambda:us-east-1:123456789012:function:fn:live",
    "arn:aws:lambda:eu-west-1:123456789012:function:fn",
    "arn:aws:iam::123456789012:role/r",
    "123456789012:function:fn",
    "python3.13",
    "java21",
    "app.handler",
    "x86_64",
    "arm64",
    "Zip",
    "Image",
    "COPY",
    "REFERENCE",
    "LATEST_PUBLISHED",
    "PublishedVersions",
    "arn:aws:kms:us-east-1:123456789012:key/k",
    "bucket",
    "key",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1",
    "subnet-1",
    "sg-1",
    "",
    " ",
    "\u{0}",
    "\u{1f600}",
    "%",
    "../..",
    "a\"b\\c\n",
    "\u{2028}",
    "null",
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
];

/// Requires of the answers to the requests behind `data` what is true of all answers.
///
/// # Panics
/// If it is not.
pub(crate) fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    let settle = choices.of(&[Settle::OnRead, Settle::Instant, Settle::After(1000)]);
    let lambda = Lambda::new(&Options { settle, seed: Some(1), ..Options::default() });
    for (method, path, body) in prepared() {
        let response = send(&lambda, method, path, "", &[], body.into());
        assert!(response.status < 300, "{method} {path}: {response:?}");
        lambda.clock().advance(if method == "POST" { 1000 } else { 0 });
    }
    let mut before = everything(&lambda);
    for _ in 0..MOST_REQUESTS {
        if choices.is_empty() {
            return;
        }
        let response = requested(&lambda, &mut choices);
        require_whole(&response);
        let after = everything(&lambda);
        if response.status >= 300 {
            assert_eq!(after, before, "a refused request leaves no trace: {response:?}");
        }
        let passed = choices.of(&[0, 0, 400, 1000]);
        lambda.clock().advance(passed);
        before = if passed == 0 { after } else { everything(&lambda) };
    }
}

/// Two functions: one that is being changed and has a version, one that is being made and has an alias.
fn prepared() -> [(&'static str, &'static str, String); 6] {
    let function = |name: &str| {
        let rest =
            r#""Runtime":"python3.13","Role":"arn:aws:iam::123456789012:role/r","Handler":"a.b","Tags":{"a":"b"}"#;
        format!(r#"{{"FunctionName":"{name}","Code":{{"ZipFile":"{}"}},{rest}}}"#, ZIPS[0])
    };
    [
        ("POST", "/2015-03-31/functions", function("fn")),
        ("GET", "/2015-03-31/functions/fn", String::new()),
        ("POST", "/2015-03-31/functions/fn/versions", "{}".into()),
        ("PUT", "/2015-03-31/functions/fn/configuration", r#"{"Description":"one"}"#.into()),
        ("POST", "/2015-03-31/functions", function("other")),
        ("POST", "/2015-03-31/functions/other/aliases", r#"{"Name":"live","FunctionVersion":"$LATEST"}"#.into()),
    ]
}

/// All that a list shows: it settles nothing.
fn everything(lambda: &Lambda) -> [Bytes; 3] {
    let get = |path, query| send(lambda, "GET", path, query, &[], Bytes::new()).body;
    [
        get("/2015-03-31/functions", "FunctionVersion=ALL"),
        get("/2015-03-31/functions/other/aliases", ""),
        get("/2016-08-19/account-settings", ""),
    ]
}

fn send(lambda: &Lambda, method: &str, path: &str, query: &str, headers: &[(String, String)], body: Bytes) -> Response {
    let request = Request {
        method,
        host: HOST,
        path,
        query,
        headers,
        body: Ok(&body),
        substitute: None,
        read_timeout_ms: None,
        works_off: true,
        endpoint: None,
    };
    wire::answer(lambda, &Scope::new("123456789012", "us-east-1"), request).expect("there are no faults")
}

/// Sends one request and gives its answer.
fn requested(lambda: &Lambda, choices: &mut Choices<'_>) -> Response {
    let operation = OPERATIONS[choices.below(OPERATIONS.len())];
    let mut path: Vec<String> = Vec::new();
    for part in operation.path.split('/') {
        path.push(if part.starts_with('{') { encoded(&text(choices)) } else { part.to_owned() });
    }
    let mut query = operation.query.map(|(key, value)| format!("{key}={value}&")).unwrap_or_default();
    let mut headers = vec![("Authorization".to_owned(), format!("Credential={}", text(choices)))];
    let mut body = String::new();
    for member in operation.input.members() {
        match member.place {
            _ if !(member.required || choices.once_in(3)) => {}
            Place::Query(name) => {
                let _ = write!(query, "{name}={}&", encoded(&text(choices)));
            }
            Place::Header(name) => headers.push((name.to_owned(), text(choices))),
            Place::Body => {
                body.push(if body.is_empty() { '{' } else { ',' });
                let _ = write!(body, "{:?}:", member.name);
                value(member.shape, choices, 0, &mut body);
            }
            Place::Label(_) | Place::Status => {}
        }
    }
    body.push_str(if body.is_empty() { "" } else { "}" });
    let mut body = body.into_bytes();
    if choices.once_in(8) {
        let at = choices.below(body.len() + 1);
        body.splice(at..at, choices.bytes().iter().copied());
    }
    let method =
        if choices.once_in(16) { choices.of(&["GET", "PUT", "POST", "DELETE", "PATCH"]) } else { operation.method };
    let mut path = path.join("/");
    if choices.once_in(16) {
        path = String::from_utf8_lossy(choices.bytes()).into_owned();
    }
    send(lambda, method, &path, &query, &headers, body.into())
}

/// A value of a shape as JSON, or of another one now and then.
fn value(shape: &Shape, choices: &mut Choices<'_>, depth: usize, json: &mut String) {
    if choices.once_in(16) || depth > 6 {
        json.push_str(choices.of(&["null", "true", "{}", "[]", "\"\"", "-1", "1e400", "0.5", "[null]", "\"\\ud800\""]));
        return;
    }
    match &shape.kind {
        Kind::Structure(structure) => {
            json.push('{');
            let before = json.len();
            for member in structure.members {
                if member.required || choices.once_in(3) {
                    json.push_str(if json.len() > before { "," } else { "" });
                    let _ = write!(json, "{:?}:", member.name);
                    value(member.shape, choices, depth + 1, json);
                }
            }
            json.push('}');
        }
        Kind::List { member, .. } => {
            json.push('[');
            for at in 0..choices.below(4) {
                json.push_str(if at > 0 { "," } else { "" });
                value(member, choices, depth + 1, json);
            }
            json.push(']');
        }
        Kind::Map { value: entry, .. } => {
            json.push('{');
            for at in 0..choices.below(3) {
                json.push_str(if at > 0 { "," } else { "" });
                let _ = write!(json, "{}:", Value::from(text(choices)));
                value(entry, choices, depth + 1, json);
            }
            json.push('}');
        }
        Kind::String { values, .. } if !values.is_empty() && !choices.once_in(8) => {
            let _ = write!(json, "{}", Value::from(values[choices.below(values.len())]));
        }
        Kind::String { .. } => {
            let _ = write!(json, "{}", Value::from(text(choices)));
        }
        Kind::Blob { .. } => {
            let _ = write!(json, "\"{}\"", choices.of(&ZIPS));
        }
        Kind::Boolean => json.push_str(choices.of(&["true", "false"])),
        Kind::Double { .. } => json.push_str(choices.of(&["0.5", "0", "1", "1.5", "-1", "1e-320"])),
        Kind::Integer { .. } | Kind::Timestamp => {
            let _ = write!(json, "{}", choices.number().cast_signed());
        }
    }
}

/// A word that means something, or whatever comes.
fn text(choices: &mut Choices<'_>) -> String {
    if choices.once_in(8) {
        return String::from_utf8_lossy(choices.bytes()).into_owned();
    }
    choices.of(&WORDS).to_owned()
}

/// Percent-encoded as clients do it.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// A status, headers that a socket could carry, and a body of JSON that says what went wrong if something did.
fn require_whole(response: &Response) {
    let Response { status, headers, body } = response;
    assert!((200..=501).contains(status) && *status != 500, "{response:?}");
    let header = |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    assert!(header("x-amzn-RequestId").is_some_and(|id| id.len() == 36), "{response:?}");
    for (name, value) in headers {
        assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{name}: {value:?}");
    }
    if *status == 204 {
        assert!(body.is_empty() && header("Content-Length").is_none(), "{response:?}");
        return;
    }
    assert_eq!(header("Content-Length"), Some(body.len().to_string().as_str()), "{response:?}");
    let document: Value = serde_json::from_slice(body).expect("a body of JSON");
    let members = document.as_object().expect("a JSON object");
    let code = header("x-amzn-ErrorType");
    assert_eq!(code.is_some(), *status >= 300, "{response:?}");
    if let Some(code) = code {
        assert_ne!(code, "DrylambdaInternalError", "{response:?}");
        assert!(members.contains_key("message") || members.contains_key("Message"), "{response:?}");
    }
}
