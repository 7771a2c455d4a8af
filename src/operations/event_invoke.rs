//! Configurations of asynchronous calls: put, update, get, delete, list (facts 13).

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::{Context, Step};
use super::page::Page;
use super::place::Place;
use crate::arn::FunctionRef;
use crate::clock::Timestamp;
use crate::error::{Error, EventInvokeError};
use crate::state::{EventInvokeConfig, Function, Key};

/// The services that can be told of successes and of failures.
const DESTINATIONS: [&str; 3] = ["events", "sns", "sqs"];
/// The service that can be told of failures only.
const OF_FAILURES: &str = "s3";

/// The request of PutFunctionEventInvokeConfig and of UpdateFunctionEventInvokeConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SetEventInvokeConfig {
    function_name: FunctionRef,
    qualifier: Option<String>,
    maximum_retry_attempts: Option<u32>,
    maximum_event_age_in_seconds: Option<u32>,
    destination_config: Option<DestinationConfig>,
}

/// The request of GetFunctionEventInvokeConfig and of DeleteFunctionEventInvokeConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneEventInvokeConfig {
    function_name: FunctionRef,
    qualifier: Option<String>,
}

/// The request of ListFunctionEventInvokeConfigs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListEventInvokeConfigs {
    function_name: FunctionRef,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for SetEventInvokeConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

impl Request for OneEventInvokeConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

impl Request for ListEventInvokeConfigs {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// Who is told; a side that is not there is not spoken of, and one without a destination is nobody.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DestinationConfig {
    on_success: Option<Destination>,
    on_failure: Option<Destination>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destination {
    destination: Option<String>,
}

/// A configuration as it is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EventInvokeConfigAnswer {
    last_modified: Timestamp,
    function_arn: String,
    maximum_retry_attempts: Option<u32>,
    maximum_event_age_in_seconds: Option<u32>,
    destination_config: DestinationConfig,
}

impl EventInvokeConfigAnswer {
    /// Always of a qualified ARN, and with both sides.
    fn of(place: &Place, config: &EventInvokeConfig) -> Self {
        let side = |arn: &Option<String>| Some(Destination { destination: arn.clone() });
        Self {
            last_modified: config.last_modified,
            function_arn: place.qualified_arn(),
            maximum_retry_attempts: config.maximum_retry_attempts,
            maximum_event_age_in_seconds: config.maximum_event_age_in_seconds,
            destination_config: DestinationConfig {
                on_success: side(&config.on_success),
                on_failure: side(&config.on_failure),
            },
        }
    }
}

/// A page of configurations.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EventInvokeConfigs {
    function_event_invoke_configs: Vec<EventInvokeConfigAnswer>,
    next_marker: Option<String>,
}

impl SetEventInvokeConfig {
    /// Whether it asks for anything at all.
    fn is_empty(&self) -> bool {
        let told = self.destination_config.as_ref();
        self.maximum_retry_attempts.is_none()
            && self.maximum_event_age_in_seconds.is_none()
            && told.is_none_or(|told| told.on_success.is_none() && told.on_failure.is_none())
    }

    /// What there was with what it says; what it is silent of stays.
    fn over(&self, before: Option<&EventInvokeConfig>, cx: &Context<'_>) -> EventInvokeConfig {
        let told = self.destination_config.as_ref();
        let side = |given: Option<&Destination>, before: Option<&String>| match given {
            Some(given) => given.arn().map(str::to_owned),
            None => before.cloned(),
        };
        EventInvokeConfig {
            maximum_retry_attempts: self.maximum_retry_attempts.or_else(|| before?.maximum_retry_attempts),
            maximum_event_age_in_seconds: self
                .maximum_event_age_in_seconds
                .or_else(|| before?.maximum_event_age_in_seconds),
            on_success: side(told.and_then(|it| it.on_success.as_ref()), before.and_then(|it| it.on_success.as_ref())),
            on_failure: side(told.and_then(|it| it.on_failure.as_ref()), before.and_then(|it| it.on_failure.as_ref())),
            last_modified: cx.now,
        }
    }
}

impl DestinationConfig {
    /// Refuses who cannot be told.
    fn check(&self, cx: &Context<'_>, function: &Key) -> Result<(), Error> {
        for (side, failure) in [(&self.on_success, false), (&self.on_failure, true)] {
            let Some(arn) = side.as_ref().and_then(Destination::arn) else { continue };
            match arn.split(':').nth(2) {
                Some("lambda") => check_function(cx, function, arn)?,
                Some(service) if DESTINATIONS.contains(&service) || (failure && service == OF_FAILURES) => {}
                _ => return Err(EventInvokeError::WrongDestination { config: self.printed() }.into()),
            }
        }
        Ok(())
    }

    /// As AWS prints it (facts 13).
    fn printed(&self) -> String {
        let side = |name: &str, given: &Option<Destination>| match given {
            None => "null".to_owned(),
            Some(given) => format!("{name}(destination={})", given.destination.as_deref().unwrap_or("null")),
        };
        let (success, failure) = (side("OnSuccess", &self.on_success), side("OnFailure", &self.on_failure));
        format!("DestinationConfig(onSuccess={success}, onFailure={failure})")
    }
}

impl Destination {
    /// Whom it names; an empty ARN is nobody.
    fn arn(&self) -> Option<&str> {
        self.destination.as_deref().filter(|arn| !arn.is_empty())
    }
}

/// Refuses a function that is not there, and the function itself. Those of other worlds are taken on trust.
fn check_function(cx: &Context<'_>, function: &Key, arn: &str) -> Result<(), Error> {
    let missing = || EventInvokeError::NoSuchDestination { arn: arn.to_owned() };
    let named = FunctionRef::parse(arn).ok_or_else(missing)?;
    let is_near =
        named.account.as_deref() == Some(&cx.scope.account) && named.region.as_deref() == Some(&cx.scope.region);
    if !is_near {
        return Ok(());
    }
    let key = Key::function(cx.scope, &named.name);
    if cx.store.get(&key)?.is_none() {
        return Err(missing().into());
    }
    if key == *function { Err(EventInvokeError::Itself.into()) } else { Ok(()) }
}

/// Gives a function, a version or an alias a configuration in place of the one that it has.
///
/// # Errors
/// G7, E10, and an [`EventInvokeError`].
pub(super) fn put(cx: &Context<'_>, input: SetEventInvokeConfig) -> Result<EventInvokeConfigAnswer, Error> {
    set(cx, input, |_, _| Ok(None))
}

/// Changes the configuration that a function, a version or an alias has.
///
/// # Errors
/// As [`put`].
pub(super) fn update(cx: &Context<'_>, input: SetEventInvokeConfig) -> Result<EventInvokeConfigAnswer, Error> {
    set(cx, input, |function, place| config_of(function, place).map(Some))
}

/// The configuration of a function, a version or an alias.
///
/// # Errors
/// G7, E10, [`EventInvokeError::NotFound`].
pub(super) fn get(cx: &Context<'_>, input: OneEventInvokeConfig) -> Result<EventInvokeConfigAnswer, Error> {
    let place = Place::new(cx, &input.function_name, input.qualifier)?;
    let function = cx.function(&place.key, false).map_err(|error| instead(error, || not_found(&place)))?;
    Ok(EventInvokeConfigAnswer::of(&place, config_of(&function, &place)?))
}

/// Takes the configuration away.
///
/// # Errors
/// As [`get`].
pub(super) fn delete(cx: &Context<'_>, input: OneEventInvokeConfig) -> Result<(), Error> {
    let place = Place::new(cx, &input.function_name, input.qualifier)?;
    cx.change(&place.key, |function| {
        config_of(function, &place)?;
        let changed = function.with_attached(&place.qualifier, |attached| attached.event_invoke = None);
        Ok(Step::Put(Box::new(changed), ()))
    })
    .map_err(|error| instead(error, || not_found(&place)))
}

/// The configurations of a function, its versions and its aliases.
///
/// # Errors
/// E10, [`EventInvokeError::NoFunction`], [`Error::InvalidMarker`].
pub(super) fn list(cx: &Context<'_>, input: ListEventInvokeConfigs) -> Result<EventInvokeConfigs, Error> {
    let asked = Place::new(cx, &input.function_name, None)?;
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let function = cx.function(&asked.key, false).map_err(|error| instead(error, || EventInvokeError::NoFunction))?;
    if !asked.is_in(&function) {
        return Err(EventInvokeError::NoFunction.into());
    }
    let entries = function.attached.iter().filter_map(|(qualifier, attached)| {
        let place = Place { key: asked.key.clone(), qualifier: qualifier.clone() };
        let config = attached.event_invoke.as_ref()?;
        Some((qualifier.clone(), EventInvokeConfigAnswer::of(&place, config)))
    });
    let (function_event_invoke_configs, next_marker) = page.cut(entries);
    Ok(EventInvokeConfigs { function_event_invoke_configs, next_marker })
}

/// Writes what a request says over what `before` gives of what there is.
fn set(
    cx: &Context<'_>,
    input: SetEventInvokeConfig,
    before: impl for<'a> Fn(&'a Function, &Place) -> Result<Option<&'a EventInvokeConfig>, Error>,
) -> Result<EventInvokeConfigAnswer, Error> {
    let place = Place::new(cx, &input.function_name, input.qualifier.clone())?;
    if input.is_empty() {
        return Err(EventInvokeError::Nothing.into());
    }
    cx.change(&place.key, |function| {
        if !place.is_in(function) {
            return Err(EventInvokeError::NoFunction.into());
        }
        let before = before(function, &place)?;
        if let Some(told) = &input.destination_config {
            told.check(cx, &place.key)?;
        }
        let config = input.over(before, cx);
        let answer = EventInvokeConfigAnswer::of(&place, &config);
        let changed = function.with_attached(&place.qualifier, |attached| attached.event_invoke = Some(config));
        Ok(Step::Put(Box::new(changed), answer))
    })
    .map_err(|error| instead(error, || EventInvokeError::NoFunction))
}

/// The configuration of a place.
fn config_of<'a>(function: &'a Function, place: &Place) -> Result<&'a EventInvokeConfig, Error> {
    let attached = function.attached(&place.qualifier);
    attached.and_then(|attached| attached.event_invoke.as_ref()).ok_or_else(|| not_found(place).into())
}

fn not_found(place: &Place) -> EventInvokeError {
    EventInvokeError::NotFound { arn: place.qualified_arn() }
}

/// Facts 2.6: these operations have texts of their own for a function that is not there.
fn instead(error: Error, other: impl FnOnce() -> EventInvokeError) -> Error {
    if matches!(error, Error::FunctionNotFound { .. }) { other().into() } else { error }
}
