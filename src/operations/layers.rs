//! Layers on functions: which may be there, whose signatures count, and how much room they leave (Z14, 3.3, facts 8).

use super::context::Context;
use super::source::UNZIPPED_BYTES;
use super::{code_signing, layer};
use crate::arn::LayerRef;
use crate::error::Error;
use crate::layers::Sizes;
use crate::state::Code;
use crate::state::settings::Layer;

/// The most layers of a function (Q4).
const MOST: usize = 5;

/// The layers of these ARNs, in their order.
///
/// # Errors
/// [`Error::TooManyLayers`], [`Error::LayerInOtherRegion`], [`Error::SameLayerTwice`], [`Error::LayerNotFound`],
/// [`Error::NotAuthorized`].
pub(super) fn resolve(cx: &Context<'_>, arns: &[String]) -> Result<Vec<Layer>, Error> {
    if arns.len() > MOST {
        return Err(Error::TooManyLayers { most: MOST });
    }
    let elsewhere = |arn: &&String| {
        let region = arn.split(':').nth(3).unwrap_or_default();
        !region.is_empty() && region != &*cx.scope.region
    };
    if arns.iter().any(|arn| elsewhere(&arn)) {
        return Err(Error::LayerInOtherRegion { region: cx.scope.region.to_string() });
    }
    for (index, second) in arns.iter().enumerate() {
        if let Some(first) = arns.iter().take(index).find(|first| of_one_layer(first, second)) {
            return Err(Error::SameLayerTwice { first: first.clone(), second: second.clone() });
        }
    }
    arns.iter().map(|arn| usable(cx, arn)).collect()
}

/// A layer version that the caller may give to functions: one that was declared, or one that was published.
fn usable(cx: &Context<'_>, arn: &str) -> Result<Layer, Error> {
    cx.may_use_layer(arn)?;
    if let Some(Sizes { code_bytes, unzipped_bytes }) = cx.layers.sizes(arn) {
        return Ok(Layer { arn: arn.to_owned(), code_size: code_bytes, unzipped_bytes, signature: None });
    }
    let found = match LayerRef::parse_version(arn) {
        Some((layer, number)) => layer::readable(cx, &layer, number)?,
        None => None,
    };
    let (_, version) = found.ok_or_else(|| Error::LayerNotFound { arn: arn.to_owned() })?;
    Ok(Layer {
        arn: arn.to_owned(),
        code_size: version.zip.package.size_bytes(),
        unzipped_bytes: version.zip.package.contents().unzipped_bytes,
        signature: version.zip.signature.as_deref().cloned(),
    })
}

/// Whether a code signing configuration lets a function have these layers (3.3). Those that were declared are taken for
/// granted.
///
/// # Errors
/// Those of [`code_signing::verify_signature`].
pub(super) fn verify(cx: &Context<'_>, config_arn: Option<&str>, layers: &[Layer]) -> Result<(), Error> {
    layers
        .iter()
        .filter(|layer| cx.layers.sizes(&layer.arn).is_none())
        .try_for_each(|layer| code_signing::verify_signature(cx, &layer.arn, config_arn, layer.signature.as_ref()))
}

fn of_one_layer(one: &str, other: &str) -> bool {
    one.rsplit_once(':').map(|(layer, _)| layer) == other.rsplit_once(':').map(|(layer, _)| layer)
}

/// Refuses code that is too large together with the function's layers (Z14).
///
/// # Errors
/// [`Error::CombinedTooLarge`].
pub(super) fn check_size(layers: &[Layer], code: &Code) -> Result<(), Error> {
    let Code::Zip(zip) = code else { return Ok(()) };
    if layers.is_empty() {
        return Ok(());
    }
    check_together(zip.package.contents().unzipped_bytes, layers.iter().map(|layer| layer.unzipped_bytes))
}

/// Refuses unzipped code and layers, in bytes, that are too large together (Z14).
///
/// # Errors
/// [`Error::CombinedTooLarge`].
pub fn check_together(code_bytes: u64, layers: impl Iterator<Item = u64>) -> Result<(), Error> {
    let actual_bytes = layers.fold(code_bytes, u64::saturating_add);
    let limit_bytes = UNZIPPED_BYTES;
    if actual_bytes > limit_bytes { Err(Error::CombinedTooLarge { limit_bytes, actual_bytes }) } else { Ok(()) }
}
