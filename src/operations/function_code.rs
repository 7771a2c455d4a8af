//! UpdateFunctionCode: the centre (all of the behavioural specification; the order of checks is its section 4).

use std::sync::Arc;

use serde::Deserialize;

use super::access::{Request, Target};
use super::configuration::FunctionConfiguration;
use super::context::{Context, Step};
use super::latest::{check_revision, check_writable, may_fail, touched};
use super::version::PublishTo;
use super::{code_signing, layers, source, version};
use crate::arn::FunctionRef;
use crate::blob::Blob;
use crate::error::Error;
use crate::state::{Code, Function, Key, Phase, Settings, Transition};

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
/// Those of section 4, in its order: E10 and F7, E9, E1, R20 to R25 and V11, E2, E4 and E3, Z11 with E11 to E15 or I1 to
/// I4, Z1, Z2 and Z13, R44, Z14, 3.3, Z15. A refused call leaves no trace. (E6 comes before every operation.)
pub(super) fn update(cx: &Context<'_>, mut input: UpdateFunctionCode) -> Result<FunctionConfiguration, Error> {
    // Steps 5 and 7: the name.
    let key = cx.latest_key(&input.function_name)?;
    let function = cx.function(&key, false)?;
    // Steps 8 to 10: the source, and what the function says to the request.
    let members = input.members();
    let (zip, image) = (members.name_zip(), members.image_uri.is_some());
    let update = Update { zip, image, publish: input.publish || input.publish_to.is_some(), input };
    update.check_kind(&function)?;
    let source = members.source()?;
    update.check_state(cx, &key, &function)?;
    // Steps 11 and 12: the code.
    let code = code_signing::signed(cx, source.accept(cx)?);
    cx.may_encrypt(&key, &code)?;
    // That took time, in which others may have written: everything is asked of the function as it is now.
    let cx = &cx.later();
    let check = |function: &Function| {
        let to = update.check_kind(function)?;
        update.check_state(cx, &key, function)?;
        update.check_code(cx, &key, function, &code, to).map(|()| to)
    };
    if update.input.dry_run {
        let function = cx.function(&key, false)?;
        check(&function)?;
        return Ok(FunctionConfiguration::of_latest(cx, &function).with_code(code));
    }
    // Step 13.
    cx.change(&key, |function| {
        let to = check(function)?;
        let mut changed = with_code(cx, function, code.clone(), update.input.architectures.as_ref());
        if !update.publish {
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

/// A request that has to fit the function, each time it is asked.
struct Update {
    /// Whether a source of a zip function is named, or a part of one.
    zip: bool,
    /// Whether an image is named.
    image: bool,
    /// Whether a version is to be published.
    publish: bool,
    /// The other members.
    input: UpdateFunctionCode,
}

impl Update {
    /// Step 8: the kind of code (R24, R25), and where it is published to (V11).
    fn check_kind(&self, function: &Function) -> Result<PublishTo, Error> {
        match function.latest.code {
            Code::Zip(_) if self.image => return Err(Error::ImageForZipFunction),
            Code::Image(_) if self.zip => return Err(Error::ZipForImageFunction),
            Code::Zip(_) | Code::Image(_) => {}
        }
        let provider = function.latest.settings.capacity_provider_config.as_ref();
        PublishTo::read(self.input.publish_to.as_deref(), provider)
    }

    /// Steps 9 and 10: revision and state; D9.
    fn check_state(&self, cx: &Context<'_>, key: &Key, function: &Function) -> Result<(), Error> {
        let any_state = self.input.dry_run && !cx.options.dry_run_conflicts;
        let checked = if any_state { check_revision } else { check_writable };
        checked(function, key, self.input.revision_id.as_deref())
    }

    /// The end of step 12: layers (Z14), signature (3.3), room (Z15).
    fn check_code(
        &self,
        cx: &Context<'_>,
        key: &Key,
        function: &Function,
        code: &Code,
        to: PublishTo,
    ) -> Result<(), Error> {
        layers::check_size(&function.latest.settings.layers, code)?;
        code_signing::verify(cx, key, function.code_signing_config_arn.as_deref(), code)?;
        let replaced = function.latest.code.stored_bytes();
        let kept = if may_fail(cx, function) { replaced } else { 0 };
        let latest = code.stored_bytes().max(kept);
        if self.publish {
            to.check_versions(cx, function)?;
        }
        let published = if self.publish { to.added_bytes(function, code) } else { 0 };
        let others = function.charged_bytes().saturating_sub(function.latest.charged_bytes());
        cx.check_room(key, others.saturating_add(latest).saturating_add(published))
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
