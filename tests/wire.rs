//! Whatever comes over the wire gets an answer: never a panic, never a fault of ours, and a refused request leaves no
//! trace.

use bytes::Bytes;
use drylambda::arn::Scope;
use drylambda::lambda::{Lambda, Options};
use drylambda::model::{OPERATIONS, Operation};
use drylambda::package::{Mode, make_zip};
use drylambda::state::Settle;
use drylambda::wire::{self, Request, Response};

const LABELS: [&str; 12] = [
    "fn",
    "%24LATEST",
    "fn%3A1",
    "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Afn",
    "arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Afn",
    "%",
    "%zz",
    "%FF%FE",
    "..",
    "a b",
    "\u{1F600}",
    "%00",
];
const BODIES: [&str; 16] = [
    "",
    "{}",
    "[]",
    "null",
    "\"",
    "{\"ZipFile\":\"\"}",
    "{\"ZipFile\":\"UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==\"}",
    "{\"ZipFile\":\"====\"}",
    "{\"DryRun\":\"true\"}",
    "{\"Architectures\":[null]}",
    "{\"Timeout\":1e400}",
    "{\"Timeout\":99999999999999999999}",
    "{\"MemorySize\":-1,\"Description\":\"\\ud800\"}",
    "{\"Environment\":{\"Variables\":{\"A\":null}}}",
    "{\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"1\":0.5,\"x\":-1}}}",
    "{\"Tags\":{\"a\":\"b\"},\"Tags\":{}}",
];
const QUERIES: [&str; 8] = [
    "",
    "Qualifier=%24LATEST",
    "MaxItems=0",
    "MaxItems=x&Marker=%FF",
    "MaxItems=1&Marker=!!!",
    "tagKeys=&tagKeys=a",
    "&&=&==",
    "FunctionVersion=ALL&MaxItems=1",
];

fn send(lambda: &Lambda, method: &str, path: &str, query: &str, body: &Bytes) -> Response {
    let host = "lambda.us-east-1.amazonaws.com";
    let request = Request {
        method,
        host,
        path,
        query,
        headers: &[],
        body: Ok(body),
        substitute: None,
        read_timeout_ms: None,
        works_off: true,
        endpoint: None,
    };
    wire::answer(lambda, &Scope::new("123456789012", "us-east-1"), request).expect("there are no faults")
}

fn emulator() -> Lambda {
    Lambda::new(&Options { settle: Settle::Instant, seed: Some(1), ..Options::default() })
}

fn path(operation: &Operation, label: &str) -> String {
    let segments = operation.path.split('/').map(|part| if part.starts_with('{') { label } else { part });
    segments.collect::<Vec<_>>().join("/")
}

/// Every operation with every label, query and body of the lists.
fn every_request(mut act: impl FnMut(&Operation, &str, &str, &str)) {
    for operation in OPERATIONS {
        let literal = operation.query.map(|(key, value)| format!("{key}={value}&")).unwrap_or_default();
        for label in LABELS {
            for query in QUERIES {
                for body in BODIES {
                    act(operation, &path(operation, label), &format!("{literal}{query}"), body);
                }
            }
        }
    }
}

#[test]
fn every_request_gets_an_answer_that_is_no_fault_of_ours() {
    let lambda = emulator();
    every_request(|operation, path, query, body| {
        let response = send(&lambda, operation.method, path, query, &Bytes::copy_from_slice(body.as_bytes()));
        assert!(
            response.status != 500 && (200..=501).contains(&response.status),
            "{} {path}?{query} {body}: {response:?}",
            operation.name
        );
    });
}

#[test]
fn a_request_cut_or_changed_anywhere_gets_an_answer() {
    let zip = make_zip([("app.py", "pass", Mode::File)]).unwrap();
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, zip);
    let body = format!(
        r#"{{"FunctionName":"fn","Role":"arn:aws:iam::123456789012:role/r","Handler":"a.b","Runtime":"python3.13","Timeout":3,"Environment":{{"Variables":{{"KEY":"value"}}}},"Tags":{{"k":"v"}},"Architectures":["arm64"],"Code":{{"ZipFile":"{encoded}"}},"Publish":true}}"#
    );
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..5_000 {
        let lambda = emulator();
        let mut bytes = body.clone().into_bytes();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..bytes.len());
            match random.u8(..3) {
                0 => bytes.truncate(at + 1),
                1 => bytes[at] = random.u8(..),
                _ => bytes.insert(at, b"\"{}[]:,0\\nx"[random.usize(..11)]),
            }
        }
        let response = send(&lambda, "POST", "/2015-03-31/functions", "", &Bytes::from(bytes.clone()));
        assert!(
            [201, 400, 404, 413, 501].contains(&response.status),
            "round {round}: {} {response:?}",
            String::from_utf8_lossy(&bytes)
        );
        let listed = send(&lambda, "GET", "/2015-03-31/functions", "", &Bytes::new());
        let functions = String::from_utf8_lossy(&listed.body).matches("\"FunctionName\"").count();
        assert_eq!(functions, usize::from(response.status == 201), "round {round}: a refused call leaves no trace");
    }
}
