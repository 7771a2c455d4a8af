//! Layers: publish, get, list and delete their versions (facts 16).
//!
//! The one idea to hold: a version is read by the account that it is in, and by those that its policy lets in; whoever
//! else asks for it is told no more than that.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::code_signing;
use super::context::{Context, Swap};
use super::page::Page;
use super::source::{self, Source};
use crate::arn::LayerRef;
use crate::error::{Error, LayerError};
use crate::links::LAYERS;
use crate::package::Package;
use crate::state::{Code, Key, Layer, LayerVersion, Record, RecordKind, S3Object};

/// The request of PublishLayerVersion.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PublishLayerVersion {
    layer_name: LayerRef,
    description: Option<String>,
    content: source::Members,
    compatible_architectures: Option<Vec<String>>,
    compatible_runtimes: Option<Vec<String>>,
    license_info: Option<String>,
}

impl Request for PublishLayerVersion {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Layer { layer: self.layer_name.clone(), version: None })
    }
}

/// The request of GetLayerVersion, DeleteLayerVersion and GetLayerVersionPolicy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneLayerVersion {
    pub(super) layer_name: LayerRef,
    pub(super) version_number: i64,
}

impl Request for OneLayerVersion {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Layer { layer: self.layer_name.clone(), version: Some(self.version_number) })
    }
}

/// The request of GetLayerVersionByArn.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetLayerVersionByArn {
    arn: String,
}

impl Request for GetLayerVersionByArn {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Other(self.arn.clone()))
    }
}

/// A layer version with its content.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WholeLayerVersion {
    content: Content,
    layer_arn: String,
    layer_version_arn: String,
    description: String,
    created_date: String,
    version: u64,
    compatible_architectures: Option<Vec<String>>,
    compatible_runtimes: Option<Vec<String>>,
    license_info: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    location: Option<String>,
    code_sha256: String,
    code_size: u64,
    signing_profile_version_arn: Option<String>,
    signing_job_arn: Option<String>,
    resolved_s3_object: Option<S3Object>,
}

/// Makes the next version of a layer, whatever is in it.
///
/// # Errors
/// Of the source and the package as for a function (R20 to R27, Z1 to Z13, E11 to E15, B4), and
/// [`Error::CodeStorageExceeded`].
pub(super) fn publish(cx: &Context<'_>, input: PublishLayerVersion) -> Result<WholeLayerVersion, Error> {
    let key = own(cx, &input.layer_name, "lambda:PublishLayerVersion")?;
    let source = input.content.source()?;
    let Code::Zip(zip) = code_signing::signed(cx, Source::accept(source, cx)?) else { return Err(Error::NoSource) };
    let cx = &cx.later();
    cx.check_room(&key, stored(cx, &key)?.map_or(0, |layer| layer.stored_bytes()).saturating_add(zip.stored_bytes()))?;
    let version = Arc::new(LayerVersion {
        zip,
        description: input.description.unwrap_or_default(),
        created: cx.now,
        compatible_runtimes: input.compatible_runtimes,
        compatible_architectures: input.compatible_architectures,
        license_info: input.license_info,
        policy: None,
    });
    let number = change(cx, &key, |layer| {
        layer.last_number += 1;
        layer.versions.insert(layer.last_number, Arc::clone(&version));
        Ok(layer.last_number)
    })?;
    Ok(whole(cx, &key, number, &version))
}

/// A version of a layer, with a link to its content.
///
/// # Errors
/// [`LayerError::VersionTooLow`], [`Error::NoSuchResource`], [`Error::NotAuthorized`].
pub(super) fn get(cx: &Context<'_>, input: OneLayerVersion) -> Result<WholeLayerVersion, Error> {
    let number = number(input.version_number)?;
    let (key, version) = readable(cx, &input.layer_name, number)?.ok_or(Error::NoSuchResource)?;
    Ok(whole(cx, &key, number, &version))
}

/// The same by the version's ARN.
///
/// # Errors
/// As [`get`].
pub(super) fn get_by_arn(cx: &Context<'_>, input: GetLayerVersionByArn) -> Result<WholeLayerVersion, Error> {
    let (layer, number) = LayerRef::parse_version(&input.arn).ok_or(Error::NoSuchResource)?;
    if number == 0 {
        return Err(LayerError::VersionTooLow.into());
    }
    let (key, version) = readable(cx, &layer, number)?.ok_or(Error::NoSuchResource)?;
    Ok(whole(cx, &key, number, &version))
}

/// Deletes a version, if it is there. Functions that have it keep it.
///
/// # Errors
/// [`LayerError::VersionTooLow`], [`Error::NotAuthorized`].
pub(super) fn delete(cx: &Context<'_>, input: OneLayerVersion) -> Result<(), Error> {
    let number = number(input.version_number)?;
    let key = own(cx, &input.layer_name, "lambda:DeleteLayerVersion")?;
    if version(cx, &key, number)?.is_none() {
        return Ok(());
    }
    change(cx, &key, |layer| {
        layer.versions.remove(&number);
        if layer.versions.is_empty() {
            layer.tags.clear();
        }
        Ok(())
    })
}

/// The request of ListLayers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListLayers {
    compatible_architecture: Option<String>,
    compatible_runtime: Option<String>,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for ListLayers {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

/// The request of ListLayerVersions.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListLayerVersions {
    layer_name: LayerRef,
    compatible_architecture: Option<String>,
    compatible_runtime: Option<String>,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for ListLayerVersions {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

/// A page of layers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Layers {
    next_marker: Option<String>,
    layers: Vec<ListedLayer>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedLayer {
    layer_name: String,
    layer_arn: String,
    latest_matching_version: ListedVersion,
}

/// A page of versions of a layer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LayerVersions {
    next_marker: Option<String>,
    layer_versions: Vec<ListedVersion>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedVersion {
    layer_version_arn: String,
    version: u64,
    description: String,
    created_date: String,
    compatible_architectures: Option<Vec<String>>,
    compatible_runtimes: Option<Vec<String>>,
    license_info: Option<String>,
}

/// What versions are asked for.
struct Filter {
    architecture: Option<String>,
    runtime: Option<String>,
}

impl Filter {
    /// The versions that say that they are for it, newest first.
    fn matching<'a>(&self, layer: &'a Layer) -> impl Iterator<Item = (u64, &'a Arc<LayerVersion>)> {
        let says = |said: &Option<Vec<String>>, asked: &Option<String>| {
            asked.as_ref().is_none_or(|asked| said.iter().flatten().any(|it| it == asked))
        };
        let fits = move |version: &LayerVersion| {
            says(&version.compatible_architectures, &self.architecture)
                && says(&version.compatible_runtimes, &self.runtime)
        };
        let newest_first = layer.versions.iter().rev().map(|(number, version)| (*number, version));
        let matching: Vec<_> = newest_first.filter(|(_, version)| fits(version)).collect();
        matching.into_iter()
    }
}

/// The layers by name, each with the newest of its versions that match; those without such a version are not there.
///
/// # Errors
/// [`Error::InvalidMarker`].
pub(super) fn list(cx: &Context<'_>, input: ListLayers) -> Result<Layers, Error> {
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let filter = Filter { architecture: input.compatible_architecture, runtime: input.compatible_runtime };
    let records = cx.store.list(cx.scope, RecordKind::Layer, &page.from, usize::MAX)?;
    let entries = records.iter().filter_map(|record| {
        let Record::Layer(layer) = record else { return None };
        let key = Key::new(cx.scope, RecordKind::Layer, &layer.name);
        let (number, version) = filter.matching(layer).next()?;
        let listed = ListedLayer {
            layer_name: layer.name.to_string(),
            layer_arn: key.arn(),
            latest_matching_version: listed(&key, number, version),
        };
        Some((layer.name.to_string(), listed))
    });
    let (layers, next_marker) = page.cut(entries);
    Ok(Layers { next_marker, layers })
}

/// The versions of a layer that match, newest first; of a layer that is not there, none.
///
/// # Errors
/// [`Error::InvalidMarker`], [`Error::NotAuthorized`].
pub(super) fn list_versions(cx: &Context<'_>, input: ListLayerVersions) -> Result<LayerVersions, Error> {
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let key = own(cx, &input.layer_name, "lambda:ListLayerVersions")?;
    let filter = Filter { architecture: input.compatible_architecture, runtime: input.compatible_runtime };
    let layer = stored(cx, &key)?.unwrap_or_else(|| Arc::new(Layer::new(&key.name)));
    // Twenty digits that fall as numbers rise.
    let entries = filter
        .matching(&layer)
        .map(|(number, version)| (format!("{:020}", u64::MAX - number), listed(&key, number, version)));
    let (layer_versions, next_marker) = page.cut(entries);
    Ok(LayerVersions { next_marker, layer_versions })
}

/// The number of a version as it can be.
///
/// # Errors
/// [`LayerError::VersionTooLow`].
pub(super) fn number(given: i64) -> Result<u64, Error> {
    u64::try_from(given).ok().filter(|number| *number > 0).ok_or_else(|| LayerError::VersionTooLow.into())
}

/// The ARN of a version.
#[must_use]
pub(super) fn version_arn(key: &Key, number: u64) -> String {
    format!("{}:{number}", key.arn())
}

/// The key of a layer that only its account may do this with.
///
/// # Errors
/// [`Error::NoSuchResource`] in another Region, [`Error::NotAuthorized`] in another account.
pub(super) fn own(cx: &Context<'_>, layer: &LayerRef, action: &str) -> Result<Key, Error> {
    let key = key(cx, layer).ok_or(Error::NoSuchResource)?;
    if key.scope.account == cx.scope.account { Ok(key) } else { Err(cx.not_let_in(action, &key.arn())) }
}

/// A version that the caller's account may use, with the key of its layer.
///
/// # Errors
/// [`Error::NotAuthorized`] for one of another account, be it there or not.
pub(super) fn readable(
    cx: &Context<'_>,
    layer: &LayerRef,
    number: u64,
) -> Result<Option<(Key, Arc<LayerVersion>)>, Error> {
    let Some(key) = key(cx, layer) else { return Ok(None) };
    let version = version(cx, &key, number)?;
    let may = |version: &Arc<LayerVersion>| version.lets_in(&cx.scope.account);
    if key.scope.account != cx.scope.account && !version.as_ref().is_some_and(may) {
        return Err(cx.not_let_in("lambda:GetLayerVersion", &version_arn(&key, number)));
    }
    Ok(version.map(|version| (key, version)))
}

/// What a version of a layer brings, for a function that has it: who may use it was asked when it was given one.
///
/// # Errors
/// A fault of the store.
pub(super) fn package(cx: &Context<'_>, layer: &LayerRef, number: u64) -> Result<Option<Arc<Package>>, Error> {
    let Some(key) = key(cx, layer) else { return Ok(None) };
    Ok(version(cx, &key, number)?.map(|version| Arc::clone(&version.zip.package)))
}

/// The key of a layer in this Region.
fn key(cx: &Context<'_>, layer: &LayerRef) -> Option<Key> {
    let scope = layer.scope(cx.scope);
    (scope.region == cx.scope.region).then(|| Key::new(scope, RecordKind::Layer, &layer.name))
}

/// A version as it is now.
///
/// # Errors
/// A fault of the store.
pub(super) fn version(cx: &Context<'_>, key: &Key, number: u64) -> Result<Option<Arc<LayerVersion>>, Error> {
    Ok(stored(cx, key)?.and_then(|layer| layer.versions.get(&number).cloned()))
}

fn stored(cx: &Context<'_>, key: &Key) -> Result<Option<Arc<Layer>>, Error> {
    match cx.store.get(key)? {
        Some((_, Record::Layer(layer))) => Ok(Some(layer)),
        _ => Ok(None),
    }
}

/// Writes a layer as `step` changes it; one that is not there yet begins without versions.
///
/// # Errors
/// What `step` refuses with, and those of [`Context::swap`].
pub(super) fn change<T>(
    cx: &Context<'_>,
    key: &Key,
    mut step: impl FnMut(&mut Layer) -> Result<T, Error>,
) -> Result<T, Error> {
    cx.swap(key, |record| {
        let mut layer = match record {
            Some(Record::Layer(layer)) => Layer::clone(layer),
            _ => Layer::new(&key.name),
        };
        let outcome = step(&mut layer)?;
        Ok((Swap::Put(Record::Layer(Arc::new(layer))), outcome))
    })
}

fn whole(cx: &Context<'_>, key: &Key, number: u64, version: &LayerVersion) -> WholeLayerVersion {
    let zip = &version.zip;
    let resolved_s3_object = zip.referenced.as_deref().cloned();
    let link = || cx.links.make(LAYERS, (&key.scope, cx.endpoint.map(|it| it.url)), &key.name, &zip.package, cx.now);
    let signature = zip.signature.as_deref();
    let ListedVersion {
        layer_version_arn,
        version,
        description,
        created_date,
        compatible_architectures,
        compatible_runtimes,
        license_info,
    } = listed(key, number, version);
    WholeLayerVersion {
        content: Content {
            location: resolved_s3_object.is_none().then(link),
            code_sha256: zip.package.digest().to_base64(),
            code_size: zip.package.size_bytes(),
            signing_profile_version_arn: signature.map(|signature| signature.profile_version_arn.clone()),
            signing_job_arn: signature.map(|signature| signature.job_arn.clone()),
            resolved_s3_object,
        },
        layer_arn: key.arn(),
        layer_version_arn,
        description,
        created_date,
        version,
        compatible_architectures,
        compatible_runtimes,
        license_info,
    }
}

fn listed(key: &Key, number: u64, version: &LayerVersion) -> ListedVersion {
    ListedVersion {
        layer_version_arn: version_arn(key, number),
        version: number,
        description: version.description.clone(),
        created_date: version.created.last_modified(),
        compatible_architectures: version.compatible_architectures.clone(),
        compatible_runtimes: version.compatible_runtimes.clone(),
        license_info: version.license_info.clone(),
    }
}
