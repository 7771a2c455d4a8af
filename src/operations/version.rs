//! Published versions: PublishVersion, ListVersionsByFunction (sections 6 and Q4, facts 9).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::capacity_provider;
use super::configuration::FunctionConfiguration;
use super::context::{Context, Step};
use super::latest::check_writable;
use super::page::Page;
use crate::arn::FunctionRef;
use crate::error::Error;
use crate::state::function::{LATEST, PUBLISHED_NUMBER, version_name};
use crate::state::settings::CapacityProviderConfig;
use crate::state::{Code, Function, Phase, Settings, Snapshot};

/// The request of PublishVersion.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PublishVersion {
    function_name: FunctionRef,
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
    publish_to: Option<String>,
}

impl Request for PublishVersion {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// Makes a version of `$LATEST`, or gives the last one again if nothing was touched since (V4, V5).
///
/// # Errors
/// E1 to E5, E9, E10 and V9.
pub(super) fn publish(cx: &Context<'_>, input: PublishVersion) -> Result<FunctionConfiguration, Error> {
    let key = cx.latest_key(&input.function_name)?;
    cx.change(&key, |function| {
        check_writable(function, &key, input.revision_id.as_deref())?;
        let to =
            PublishTo::read(input.publish_to.as_deref(), function.latest.settings.capacity_provider_config.as_ref())?;
        let current = function.latest.code.sha256();
        if let Some(given) = input.code_sha256.as_ref().filter(|given| !given.is_empty() && **given != current) {
            return Err(Error::CodeSha256Mismatch { given: given.clone(), current });
        }
        let configuration = |function: &Function, number: &str, snapshot: &Arc<Snapshot>| {
            FunctionConfiguration::new(cx, function, number, snapshot, Some(number))
        };
        // V5; `$LATEST.PUBLISHED` is replaced each time.
        let again = function.unchanged_since.and_then(|number| Some((number, function.versions.get(&number)?)));
        if let Some((number, snapshot)) = again.filter(|_| to == PublishTo::Number) {
            return Ok(Step::Keep(configuration(function, &number.to_string(), snapshot)));
        }
        to.check_versions(cx, function)?;
        let added_bytes = to.added_bytes(function, &function.latest.code);
        cx.check_room(&key, function.charged_bytes().saturating_add(added_bytes))?;
        let mut changed = function.clone();
        let (number, snapshot) = add(cx, &mut changed, to, input.description.clone(), Phase::Settled);
        let answer = configuration(&changed, &number, &snapshot);
        Ok(Step::Put(Box::new(changed), answer))
    })
}

/// Where a version is published to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PublishTo {
    /// The next number (V3).
    Number,
    /// `$LATEST.PUBLISHED`, made or replaced (V11).
    LatestPublished,
}

impl PublishTo {
    /// What the member of this name asks for, of a function with or without a capacity provider.
    ///
    /// # Errors
    /// [`Error::PublishToUnsupported`] without one.
    pub(super) fn read(member: Option<&str>, provider: Option<&CapacityProviderConfig>) -> Result<Self, Error> {
        match (member, provider) {
            (None, _) => Ok(Self::Number),
            (Some(_), Some(_)) => Ok(Self::LatestPublished),
            (Some(_), None) => Err(Error::PublishToUnsupported),
        }
    }

    /// What a function comes to take by one more version with this code (V8).
    pub(super) fn added_bytes(self, function: &Function, code: &Code) -> u64 {
        // What it replaces is kept until the new one can no longer fail.
        let replaced = self.replaced(function).map_or(0, |version| version.code.stored_bytes());
        code.stored_bytes().saturating_sub(replaced)
    }

    /// Whether one more version finds room on the capacity provider that it runs on.
    ///
    /// # Errors
    /// [`CapacityProviderError::TooManyVersions`](crate::error::CapacityProviderError::TooManyVersions).
    pub(super) fn check_versions(self, cx: &Context<'_>, function: &Function) -> Result<(), Error> {
        let config = function.latest.settings.capacity_provider_config.as_ref();
        if self.replaced(function).is_some() { Ok(()) } else { capacity_provider::check_versions(cx, config) }
    }

    /// The version whose place a new one takes.
    fn replaced(self, function: &Function) -> Option<&Arc<Snapshot>> {
        function.versions.get(&PUBLISHED_NUMBER).filter(|_| self == Self::LatestPublished)
    }
}

/// Adds a frozen copy of `$LATEST` (V6), and gives `$LATEST` a new revision (V7).
pub(super) fn add(
    cx: &Context<'_>,
    function: &mut Function,
    to: PublishTo,
    description: Option<String>,
    phase: Phase,
) -> (String, Arc<Snapshot>) {
    let latest = &function.latest;
    let settings = match description {
        None => Arc::clone(&latest.settings),
        Some(description) => Arc::new(Settings { description, ..(*latest.settings).clone() }),
    };
    let before = to.replaced(function).filter(|_| phase.transition().is_some()).cloned();
    let version = Arc::new(Snapshot { settings, revision_id: cx.ids.uuid(), phase, before, ..(**latest).clone() });
    function.latest = Arc::new(Snapshot { revision_id: cx.ids.uuid(), ..(**latest).clone() });
    let number = match to {
        PublishTo::LatestPublished => PUBLISHED_NUMBER,
        PublishTo::Number => {
            function.last_number += 1;
            function.unchanged_since = Some(function.last_number);
            function.last_number
        }
    };
    function.versions.insert(number, Arc::clone(&version));
    (version_name(number), version)
}

/// The request of ListVersionsByFunction.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListVersionsByFunction {
    function_name: FunctionRef,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for ListVersionsByFunction {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// A page of versions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Versions {
    next_marker: Option<String>,
    versions: Vec<FunctionConfiguration>,
}

/// `$LATEST` first, then ascending numbers, in list form with qualified ARNs (Q4, G5).
///
/// # Errors
/// E1, E10.
pub(super) fn list(cx: &Context<'_>, input: ListVersionsByFunction) -> Result<Versions, Error> {
    let key = cx.key(&input.function_name)?;
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let function = cx.function(&key, false)?;
    let (entries, next_marker) = page.cut(snapshots(&function));
    let versions = entries.into_iter().map(|(number, snapshot)| listed(cx, &function, &number, &snapshot)).collect();
    Ok(Versions { next_marker, versions })
}

/// All versions of a function with keys that sort `$LATEST` first, then by number.
pub(super) fn snapshots(function: &Function) -> impl Iterator<Item = (String, (String, Arc<Snapshot>))> {
    let latest = (String::new(), (LATEST.to_owned(), Arc::clone(&function.latest)));
    let published =
        function.versions.iter().map(|(number, it)| (format!("{number:020}"), (version_name(*number), Arc::clone(it))));
    std::iter::once(latest).chain(published)
}

/// A version in list form, by its qualified ARN.
#[must_use]
pub(super) fn listed(
    cx: &Context<'_>,
    function: &Function,
    number: &str,
    snapshot: &Arc<Snapshot>,
) -> FunctionConfiguration {
    FunctionConfiguration::new(cx, function, number, snapshot, Some(number)).listed()
}
