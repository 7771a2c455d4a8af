//! What a call costs in the core: directly, and from HTTP request to HTTP response.

use std::hint::black_box;
use std::sync::Arc;

use base64::Engine as _;
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use drylambda::arn::Scope;
use drylambda::journal::{self, Entry};
use drylambda::lambda::{Call, Lambda, Options};
use drylambda::model;
use drylambda::package::{Mode, make_zip};
use drylambda::protocol::Document;
use drylambda::state::Settle;
use drylambda::wire::{self, Request};

const MIB: usize = 1024 * 1024;

fn text(text: &str) -> Document {
    Document::String(text.into())
}

fn zip(bytes: usize) -> Bytes {
    let mut random = fastrand::Rng::with_seed(1);
    let contents: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(bytes).collect();
    make_zip([("app.py", contents, Mode::File)]).unwrap_or_default().into()
}

/// An emulator with the function `fn`, whose updates never conflict.
fn emulator(scope: &Scope) -> Lambda {
    let lambda = Lambda::new(&Options { settle: Settle::Instant, seed: Some(1), ..Options::default() });
    let input = Document::Structure(vec![
        ("FunctionName", text("fn")),
        ("Role", text("arn:aws:iam::123456789012:role/r")),
        ("Handler", text("app.handler")),
        ("Runtime", text("python3.13")),
        ("Code", Document::Structure(vec![("ZipFile", Document::Blob(zip(1)))])),
    ]);
    let caller = &lambda.caller(None, &scope.account);
    let call = Call {
        operation: &model::CREATE_FUNCTION,
        scope,
        caller,
        input,
        body_bytes: None,
        read_timeout_ms: None,
        works_off: true,
        endpoint: None,
    };
    assert!(lambda.call(call).result.is_ok());
    lambda
}

fn calls(criterion: &mut Criterion) {
    let scope = Scope::new("123456789012", "us-east-1");
    let lambda = emulator(&scope);
    let caller = lambda.caller(None, &scope.account);
    for (size, bytes) in [("1 KiB", 1024), ("48 MiB", 48 * MIB)] {
        let zip = zip(bytes);
        let mut group = criterion.benchmark_group(format!("UpdateFunctionCode, {size}"));
        group.throughput(Throughput::Bytes(zip.len() as u64)).sample_size(if bytes > MIB { 10 } else { 100 });
        group.bench_function("direct", |bencher| {
            bencher.iter(|| {
                let members = vec![("FunctionName", text("fn")), ("ZipFile", Document::Blob(zip.clone()))];
                let input = Document::Structure(members);
                let operation = &model::UPDATE_FUNCTION_CODE;
                black_box(lambda.call(Call {
                    operation,
                    scope: &scope,
                    caller: &caller,
                    input,
                    body_bytes: None,
                    read_timeout_ms: None,
                    works_off: true,
                    endpoint: None,
                }))
            });
        });
        let body: Bytes =
            format!(r#"{{"ZipFile": "{}"}}"#, base64::engine::general_purpose::STANDARD.encode(&zip)).into();
        group.bench_function("wire", |bencher| {
            bencher.iter(|| {
                let request = Request {
                    method: "PUT",
                    host: "lambda.us-east-1.amazonaws.com",
                    path: "/2015-03-31/functions/fn/code",
                    query: "",
                    headers: &[],
                    body: Ok(&body),
                    substitute: None,
                    read_timeout_ms: None,
                    works_off: true,
                    endpoint: None,
                };
                black_box(wire::answer(&lambda, &scope, request).ok())
            });
        });
        group.finish();
    }
}

/// What every update pays for faults that nobody asked for, and for the journal that nobody reads.
fn hooks(criterion: &mut Criterion) {
    let scope = Scope::new("123456789012", "us-east-1");
    let lambda = emulator(&scope);
    let caller = lambda.caller(None, &scope.account);
    let operation = &model::UPDATE_FUNCTION_CODE;
    let members = vec![("FunctionName", text("fn")), ("ZipFile", Document::Blob(zip(1024)))];
    let input = Document::Structure(members);
    let call = Call {
        operation,
        scope: &scope,
        caller: &caller,
        input: input.clone(),
        body_bytes: None,
        read_timeout_ms: None,
        works_off: true,
        endpoint: None,
    };
    let answer = lambda.call(call);
    let Ok(output) = answer.result else { return };
    criterion.bench_function("faults and journal, unused", |bencher| {
        bencher.iter(|| {
            let parameters = journal::kept(&input);
            let none = black_box(lambda.faults()).is_idle();
            lambda.journal().add(Entry {
                operation,
                scope: scope.clone(),
                caller: caller.clone(),
                at: answer.at,
                request_id: answer.request_id.clone(),
                parameters,
                result: Ok(Arc::clone(&output)),
            });
            none
        });
    });
}

criterion_group!(benches, calls, hooks);
criterion_main!(benches);
