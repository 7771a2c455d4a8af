//! UpdateFunctionCode: the centre (all of the behavioural specification; the order of checks is its section 4).

use std::sync::Arc;

use serde::Deserialize;

use super::access::{Request, Target};
use super::configuration::FunctionConfiguration;
use super::context::{Context, Step};
use super::latest::{check_revision, check_writable, touched};
use super::version::PublishTo;
use super::{code_signing, layers, source, version};
use crate::arn::FunctionRef;
use crate::blob::Blob;
use crate::error::Error;
use crate::state::{Code, Function, Phase, Settings, Transition};

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

impl Request for UpdateFunctionCode {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

impl UpdateFunctionCode {
    /// The members that say where the code comes from, taken out.
    fn members(&mut self) -> source::Members {
        source::Members {
            zip_file: self.zip_file.take(),
            s3_bucket: self.s3_bucket.take(),
            s3_key: self.s3_key.take(),
            s3_object_version: self.s3_object_version.take(),
            s3_object_storage_mode: self.s3_object_storage_mode.take(),
            image_uri: self.image_uri.take(),
            source_kms_key_arn: self.source_kms_key_arn.take(),
        }
    }
}

/// Gives a function new code, or says with `DryRun` what would come of it.
///
/// # Errors
/// E1, E2 to E5, E9, E10, R20 to R25, Z1 to Z13, I1 to I4; a refused call leaves no trace.
pub(super) fn update(cx: &Context<'_>, mut input: UpdateFunctionCode) -> Result<FunctionConfiguration, Error> {
    // Steps 5 and 7: the name.
    let key = cx.latest_key(&input.function_name)?;
    let function = cx.function(&key, false)?;
    // Step 8: the source.
    let image_function = matches!(function.latest.code, Code::Image(_));
    let members = input.members();
    if !image_function && members.image_uri.is_some() {
        return Err(Error::ImageForZipFunction);
    }
    if image_function && members.name_zip() {
        return Err(Error::ZipForImageFunction);
    }
    let publish = input.publish || input.publish_to.is_some();
    let to = PublishTo::read(input.publish_to.as_deref(), function.latest.settings.capacity_provider_config.as_ref())?;
    let source = members.source()?;
    // Steps 9 and 10, before the package is looked at; once more with the write, as others may be faster.
    let checked = if input.dry_run && !cx.options.dry_run_conflicts { check_revision } else { check_writable };
    checked(&function, &key, input.revision_id.as_deref())?;
    // Steps 11 and 12.
    let code = source.accept(cx)?;
    layers::check_size(&function.latest.settings.layers, &code)?;
    let code = code_signing::verified(cx, &key, function.code_signing_config_arn.as_deref(), code)?;
    cx.may_encrypt(&key, &code)?;
    let cx = &cx.later();
    if input.dry_run {
        let function = cx.function(&key, false)?;
        check_room(cx, &function, &code, publish.then_some(to))?;
        return Ok(FunctionConfiguration::of_latest(cx, &function).with_code(code));
    }
    // Step 13.
    cx.change(&key, |function| {
        check_writable(function, &key, input.revision_id.as_deref())?;
        layers::check_size(&function.latest.settings.layers, &code)?;
        check_room(cx, function, &code, publish.then_some(to))?;
        let mut changed = with_code(cx, function, code.clone(), input.architectures.as_ref());
        if !publish {
            let answer = FunctionConfiguration::of_latest(cx, &changed);
            return Ok(Step::Put(Box::new(changed), answer));
        }
        // V1, V2: the answer describes the new version, which is pending.
        let failure = changed.latest.phase.transition().and_then(|transition| transition.failure.clone());
        let phase = Phase::Creating(Transition { failure, ..cx.version_transition() });
        let (number, snapshot) = version::add(cx, &mut changed, to, None, phase);
        let answer = FunctionConfiguration::new(cx, &changed, &number, &snapshot, Some(&number));
        Ok(Step::Put(Box::new(changed), answer))
    })
}

/// Z15: room for the code in `$LATEST`, and once more where it is published.
fn check_room(cx: &Context<'_>, function: &Function, code: &Code, published: Option<PublishTo>) -> Result<(), Error> {
    let (stored, replaced) = (code.stored_bytes(), function.latest.code.stored_bytes());
    match published {
        None => cx.check_room(stored, replaced),
        Some(to) => cx.check_room(stored.saturating_mul(2), replaced.saturating_add(to.replaced_bytes(function))),
    }
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
