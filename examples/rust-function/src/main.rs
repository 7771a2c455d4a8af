//! A function in Rust, as AWS's own runtime client for it has it: says what it was given, and by whom it was called.
//!
//! `cargo build` makes `bootstrap`; a package with that file alone is a function of the runtime `provided.al2023`.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(answer)).await
}

async fn answer(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let LambdaEvent { payload, context } = event;
    match payload.get("fail").and_then(Value::as_str) {
        Some(why) => Err(why.into()),
        None => Ok(json!({
            "event": payload,
            "id": context.request_id,
            "arn": context.invoked_function_arn,
            "memory": context.env_config.memory,
        })),
    }
}
