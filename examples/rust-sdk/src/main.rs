//! Deploys a package by AWS's SDK for Rust, to whatever `AWS_ENDPOINT_URL` names, and says what came of it:
//!
//! ```console
//! $ drylambda serve &
//! $ export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_REGION=eu-west-1
//! $ export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing
//! $ cargo run -- app.zip
//! ```

use std::error::Error;
use std::time::Duration;
use std::{env, fs};

use aws_sdk_lambda::client::Waiters as _;
use aws_sdk_lambda::error::{DisplayErrorContext, ProvideErrorMetadata as _};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use aws_sdk_lambda::{Client, operation::RequestId as _};

const NAME: &str = "rust-sdk";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let package = Blob::new(fs::read(env::args().nth(1).ok_or("the path of a package is missing")?)?);
    // A server at a port of this machine needs no TLS, so none is built in.
    let http = aws_smithy_http_client::Builder::new().build_http();
    let lambda = Client::new(&aws_config::from_env().http_client(http).load().await);

    let created = lambda
        .create_function()
        .function_name(NAME)
        .runtime(Runtime::Python313)
        .role("arn:aws:iam::123456789012:role/app")
        .handler("app.handler")
        .code(FunctionCode::builder().zip_file(package.clone()).build())
        .send()
        .await
        .map_err(|error| DisplayErrorContext(error).to_string())?;
    println!("created {}", created.state().map_or("", |state| state.as_str()));

    let patience = Duration::from_secs(60);
    lambda.wait_until_function_active_v2().function_name(NAME).wait(patience).await?;
    let update = || lambda.update_function_code().function_name(NAME).zip_file(package.clone());
    let dry = update().dry_run(true).send().await?;
    println!("dry run {}", dry.code_sha256().unwrap_or_default());
    let published = update().publish(true).send().await?;
    println!("published {} {}", published.version().unwrap_or_default(), published.code_sha256().unwrap_or_default());
    lambda.wait_until_function_updated_v2().function_name(NAME).wait(patience).await?;

    let refused = update().revision_id("00000000-0000-4000-8000-000000000000").send().await;
    let error = refused.err().ok_or("an old revision should be refused")?;
    let id = error.request_id().unwrap_or_default().len();
    let error = error.into_service_error();
    println!("refused {} {} {id}", error.is_precondition_failed_exception(), error.message().unwrap_or_default());
    Ok(())
}
