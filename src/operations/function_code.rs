//! UpdateFunctionCode: the centre (all of the behavioural specification; the order of checks is its section 4).

use std::sync::Arc;

use serde::Deserialize;

use super::configuration::FunctionConfiguration;
use super::context::{Context, Step};
use super::latest::{check_writable, touched};
use super::members::given;
use super::{source, version};
use crate::arn::FunctionRef;
use crate::blob::Blob;
use crate::error::Error;
use crate::state::{Code, Function, Phase, Settings};

/// The request (R1 to R13).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateFunctionCode {
    function_name: FunctionRef,
    zip_file: Option<Blob>,
    s3_bucket: Option<String>,
    s3_key: Option<String>,
    s3_object_version: Option<String>,
    s3_object_storage_mode: Option<String>,
    image_uri: Option<String>,
    architectures: Option<Vec<String>>,
    #[serde(default)]
    publish: bool,
    publish_to: Option<String>,
    #[serde(default)]
    dry_run: bool,
    revision_id: Option<String>,
    #[serde(rename = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<String>,
}

/// Gives a function new code, or says with `DryRun` what would come of it.
///
/// # Errors
/// E1, E2 to E5, E9, E10, R20 to R24, Z1 to Z13; a refused call leaves no trace.
pub(super) fn update(cx: &Context<'_>, input: UpdateFunctionCode) -> Result<FunctionConfiguration, Error> {
    // Steps 5 and 7: the name.
    let key = cx.latest_key(&input.function_name)?;
    cx.function(&key, false)?;
    // Step 8: the source.
    if input.image_uri.is_some() {
        return Err(Error::ImageForZipFunction);
    }
    if input.publish_to.is_some() {
        return Err(Error::PublishToUnsupported);
    }
    let source = source::Members {
        zip_file: input.zip_file,
        s3_bucket: input.s3_bucket,
        s3_key: input.s3_key,
        s3_object_version: input.s3_object_version,
        s3_object_storage_mode: input.s3_object_storage_mode,
    }
    .source()?;
    // Steps 9 and 10, before the package is looked at; once more with the write, as others may be faster.
    check_writable(&*cx.function(&key, false)?, &key, input.revision_id.as_deref())?;
    // Steps 11 and 12.
    let package = source.accept(cx)?;
    let cx = &cx.later();
    if input.dry_run {
        let function = cx.function(&key, false)?;
        let current = FunctionConfiguration::of_latest(cx.scope, &function);
        return Ok(current.with_code(package.digest(), package.size_bytes()));
    }
    // Step 13.
    let source_kms_key_arn = given(input.source_kms_key_arn);
    cx.change(&key, |function| {
        check_writable(function, &key, input.revision_id.as_deref())?;
        let code = Code { package: Arc::clone(&package), source_kms_key_arn: source_kms_key_arn.clone() };
        let mut changed = with_code(cx, function, code, input.architectures.as_ref());
        if !input.publish {
            let answer = FunctionConfiguration::of_latest(cx.scope, &changed);
            return Ok(Step::Put(Box::new(changed), answer));
        }
        // V1, V2: the answer describes the new version, which is pending.
        let phase = Phase::Creating(cx.version_transition());
        let (number, snapshot) = version::add(cx, &mut changed, None, phase);
        let answer = FunctionConfiguration::new(cx.scope, &changed, &number, &snapshot, Some(&number));
        Ok(Step::Put(Box::new(changed), answer))
    })
}

/// The function with new code in `$LATEST`, the update under way (T4), whatever the code was before (V4).
fn with_code(cx: &Context<'_>, function: &Function, code: Code, architectures: Option<&Vec<String>>) -> Function {
    let settings = match architectures {
        None => Arc::clone(&function.latest.settings),
        Some(architectures) => {
            Arc::new(Settings { architectures: architectures.clone(), ..(*function.latest.settings).clone() })
        }
    };
    touched(cx, function, settings, code)
}
