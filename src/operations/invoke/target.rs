//! What a call reaches: the function, the version behind its qualifier, and the code that serves just now.

use std::sync::Arc;

use bytes::Bytes;

use super::event;
use crate::arn::{FunctionRef, LayerRef};
use crate::error::{Error, InvokeError};
use crate::invocation::{Invocation, LogPlace};
use crate::operations::context::{Context, missing};
use crate::operations::layer;
use crate::package::Package;
use crate::state::function::LATEST;
use crate::state::{Alias, Code, Function, Key, Phase, Settings, Snapshot};

/// What is called.
pub(in crate::operations) struct Called {
    pub key: Key,
    pub function: Arc<Function>,
    /// As it was called; none for the bare name.
    qualifier: Option<String>,
    /// What runs: `$LATEST` or a number.
    pub version: String,
    snapshot: Arc<Snapshot>,
}

impl Called {
    /// What a name and a qualifier reach; which version behind an alias with weights is drawn anew each time.
    ///
    /// # Errors
    /// E10, E1, [`InvokeError::NoPublishedVersion`], [`InvokeError::NotActive`].
    pub(in crate::operations) fn find(
        cx: &Context<'_>,
        function: &FunctionRef,
        qualifier: Option<&str>,
    ) -> Result<Self, Error> {
        let key = cx.key(function)?;
        let named = Some(qualifier.unwrap_or(LATEST));
        let function = cx.function(&key, false).map_err(|error| match error {
            Error::FunctionNotFound { .. } => missing(cx, &key, named),
            other => other,
        })?;
        let version = named.and_then(|named| function.aliases.get(named)).map(|alias| routed(cx, alias));
        let target = function.target(version.as_deref().or(named)).ok_or_else(|| missing(cx, &key, named))?;
        let version = target.version.clone();
        if function.latest.settings.capacity_provider_config.is_some() && function.versions.is_empty() {
            return Err(InvokeError::NoPublishedVersion.into());
        }
        let snapshot = serving(target.snapshot)?;
        Ok(Self { key, qualifier: qualifier.map(str::to_owned), version, snapshot, function })
    }

    /// As it was called; none for the bare name.
    pub(super) fn qualifier(&self) -> Option<&str> {
        self.qualifier.as_deref()
    }

    /// The configuration of what serves.
    pub(in crate::operations) fn settings(&self) -> &Settings {
        &self.snapshot.settings
    }

    /// Refuses a call without the tenant that it needs, or with one that it does not.
    ///
    /// # Errors
    /// [`InvokeError::TenantMissing`], [`InvokeError::TenantUnknown`].
    pub(super) fn check_tenant(&self, tenant_id: Option<&str>) -> Result<(), Error> {
        match (&self.snapshot.settings.tenancy_config, tenant_id) {
            (Some(_), None) => Err(InvokeError::TenantMissing.into()),
            (None, Some(_)) => Err(InvokeError::TenantUnknown.into()),
            _ => Ok(()),
        }
    }

    /// Where what this call logs belongs, unless its environment has a stream of its own.
    pub(super) fn log(&self, cx: &Context<'_>) -> LogPlace {
        let Self { key, version, snapshot, .. } = self;
        let group = snapshot.settings.logging_config.log_group.clone();
        LogPlace {
            group: group.unwrap_or_else(|| format!("/aws/lambda/{}", key.name)),
            stream: format!("{}/[{version}]{}", cx.now.log_stream_date(), snapshot.revision_id.replace('-', "")),
            request_id: cx.request_id.to_owned(),
        }
    }

    /// What whoever runs it gets.
    ///
    /// # Errors
    /// [`Error::CannotRun`], where a layer is no longer there.
    pub(in crate::operations) fn invocation(&self, cx: &Context<'_>, payload: Bytes) -> Result<Invocation, Error> {
        let Self { key, qualifier, version, snapshot, .. } = self;
        let settings = &snapshot.settings;
        let arn = qualifier.as_ref().map_or_else(|| key.arn(), |it| cx.scope.qualified_arn(&key.name, it));
        let identity = format!("{}:{version}@{}", key.arn(), snapshot.revision_id);
        let id: String = cx.request_id.chars().filter(char::is_ascii_hexdigit).collect();
        let sampled = u8::from(settings.tracing_config.mode.as_deref() == Some("Active"));
        let LogPlace { group: log_group, stream: log_stream, .. } = self.log(cx);
        Ok(Invocation {
            request_id: cx.request_id.to_owned(),
            scope: cx.scope.clone(),
            function_name: Arc::clone(&key.name),
            invoked_arn: arn,
            trace_id: format!("Root=1-{:08x}-{id:.24};Parent={id:.16};Sampled={sampled}", cx.now.as_millis() / 1000),
            log_stream,
            log_group,
            identity,
            version: version.clone(),
            settings: Arc::clone(settings),
            code: snapshot.code.clone(),
            layers: layers(cx, snapshot)?,
            api: cx.invoker.api(),
            unpacked: Arc::clone(cx.invoker.unpacked()),
            payload,
            client_context: None,
            tenant_id: None,
            depth: event::depth(),
        })
    }
}

/// The version that a call of an alias goes to.
fn routed(cx: &Context<'_>, alias: &Alias) -> String {
    let mut left = if alias.weights.is_empty() { 1.0 } else { cx.invoker.draw() };
    for (version, weight) in &alias.weights {
        if left < *weight {
            return version.clone();
        }
        left -= weight;
    }
    alias.function_version.clone()
}

/// What serves while this is what was last asked for.
fn serving(snapshot: &Arc<Snapshot>) -> Result<Arc<Snapshot>, Error> {
    let state = match (&snapshot.phase, &snapshot.before) {
        (Phase::Updating(_) | Phase::Creating(_), Some(before)) => return Ok(Arc::clone(before)),
        (Phase::Settled | Phase::Updating(_) | Phase::UpdateFailed(_), _) => return Ok(Arc::clone(snapshot)),
        (Phase::Creating(_), None) => "Pending",
        (Phase::CreationFailed(_), _) => "Failed",
        (Phase::Inactive(_), _) => "Inactive",
    };
    Err(InvokeError::NotActive { state }.into())
}

/// The packages of the layers that were published here. Of those that were declared only the sizes are known.
fn layers(cx: &Context<'_>, snapshot: &Snapshot) -> Result<Vec<Arc<Package>>, Error> {
    let Code::Zip(_) = snapshot.code else { return Ok(Vec::new()) };
    let declared = |arn: &str| cx.layers.sizes(arn).is_some();
    let published = snapshot.settings.layers.iter().filter(|it| !declared(&it.arn));
    let package = |arn: &str| {
        let found = LayerRef::parse_version(arn).map(|(layer, number)| layer::package(cx, &layer, number));
        found.transpose()?.flatten().ok_or_else(|| Error::CannotRun {
            why: format!("{arn}, a layer of it, was deleted; AWS keeps deleted layers for functions that have them"),
        })
    };
    published.map(|it| package(&it.arn)).collect()
}
