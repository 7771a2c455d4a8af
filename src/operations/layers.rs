//! Layers on functions: which may be there, and how much room they leave (Z14, facts 8).

use super::context::Context;
use super::source::UNZIPPED_BYTES;
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
    let layer = |arn: &String| {
        cx.may_use_layer(arn)?;
        let sizes = cx.layers.sizes(arn).ok_or_else(|| Error::LayerNotFound { arn: arn.clone() })?;
        let Sizes { code_bytes, unzipped_bytes } = sizes;
        Ok(Layer { arn: arn.clone(), code_size: code_bytes, unzipped_bytes })
    };
    arns.iter().map(layer).collect()
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
