//! Event source mappings: create, get, update, delete, list (facts 18).
//!
//! The one idea to hold: sources are taken on trust, as nobody here knows which queues and streams there are; what a
//! mapping says about one is judged by the kind of the source ([`kind`]).

mod filter;
mod kind;
mod members;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::members::{CreateEventSourceMapping, Shown, Unreadable, UpdateEventSourceMapping};
use super::access::{Request, Target, request_tags};
use super::context::{Context, Swap};
use super::page::Page;
use super::tags;
use crate::arn::FunctionRef;
use crate::error::{Error, EventSourceError};
use crate::iam::Facts;
use crate::state::event_source::{EventSource, MappingChange, MappingState, Progress, SourceKind};
use crate::state::{EventSourceMapping, Key, Record, RecordKind};

/// The request of GetEventSourceMapping and DeleteEventSourceMapping.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneEventSourceMapping {
    #[serde(rename = "UUID")]
    uuid: String,
}

/// The request of ListEventSourceMappings.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListEventSourceMappings {
    event_source_arn: Option<String>,
    function_name: Option<FunctionRef>,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for CreateEventSourceMapping {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::ForFunction(self.function_name.clone()))
    }

    fn facts(&self, facts: &mut Facts) {
        request_tags(facts, &self.tags);
    }
}

impl Request for UpdateEventSourceMapping {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Record(RecordKind::EventSourceMapping, self.uuid.clone()))
    }

    fn other_function(&self) -> Option<&FunctionRef> {
        self.function_name.as_ref()
    }
}

impl Request for OneEventSourceMapping {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Record(RecordKind::EventSourceMapping, self.uuid.clone()))
    }
}

impl Request for ListEventSourceMappings {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

/// A page of mappings.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EventSourceMappings {
    next_marker: Option<String>,
    event_source_mappings: Vec<Shown>,
}

/// Makes a function be fed by a source.
///
/// # Errors
/// [`EventSourceError`], E10, F7, [`Error::TooManyTags`]; the source and what is asked of it are judged before the
/// function is looked up.
pub(super) fn create(cx: &Context<'_>, input: CreateEventSourceMapping) -> Result<Shown, Error> {
    let source = kind::source(&input, cx.now)?;
    // The id is drawn once nothing is refused any more; until then a consumer group has the name of none.
    let settings = |uuid: &str| kind::with_defaults(source.kind, uuid, input.settings());
    kind::check(&source, &settings(""))?;
    tags::check_count(&input.tags)?;
    let function_arn = function_arn(cx, &input.function_name)?;
    refuse_twice(cx, &source, &function_arn)?;
    let uuid = cx.ids.uuid();
    let enabled = input.enabled != Some(false);
    let mapping = EventSourceMapping {
        settings: settings(&uuid),
        uuid,
        function_arn,
        source: source.clone(),
        enabled,
        change: enabled.then(|| change_to(cx, MappingState::Creating)),
        last_modified: cx.now,
        tags: input.tags,
        progress: Progress::default(),
    };
    let record = Record::EventSourceMapping(Arc::new(mapping.clone()));
    cx.swap(&mapping_key(cx, &mapping.uuid), |_| Ok((Swap::Put(record.clone()), ())))?;
    Ok(shown(cx, mapping))
}

/// A mapping. Reading it settles it.
///
/// # Errors
/// [`EventSourceError::NotFound`].
pub(super) fn get(cx: &Context<'_>, input: OneEventSourceMapping) -> Result<Shown, Error> {
    match cx.record(&mapping_key(cx, &input.uuid), true)? {
        Some(Record::EventSourceMapping(mapping)) => Ok(shown(cx, EventSourceMapping::clone(&mapping))),
        _ => Err(EventSourceError::NotFound.into()),
    }
}

/// Changes a mapping under which nothing is under way.
///
/// # Errors
/// [`EventSourceError`], E10, F7.
pub(super) fn update(cx: &Context<'_>, input: UpdateEventSourceMapping) -> Result<Shown, Error> {
    let key = mapping_key(cx, &input.uuid);
    change(cx, &key, "update", |mapping| {
        let given = input.settings();
        kind::check_request(mapping.source.kind, &given)?;
        let settings = kind::updated(mapping.source.kind, &mapping.settings, given)?;
        kind::check(&mapping.source, &settings)?;
        let state = match input.enabled {
            Some(true) => MappingState::Enabling,
            Some(false) if mapping.enabled => MappingState::Disabling,
            _ => MappingState::Updating,
        };
        let named = input.function_name.as_ref().map(|function| function_arn(cx, function)).transpose()?;
        if let Some(function_arn) = named.as_ref().filter(|arn| **arn != mapping.function_arn) {
            refuse_twice(cx, &mapping.source, function_arn)?;
        }
        Ok(EventSourceMapping {
            function_arn: named.unwrap_or_else(|| mapping.function_arn.clone()),
            settings,
            enabled: input.enabled.unwrap_or(mapping.enabled),
            change: Some(change_to(cx, state)),
            last_modified: cx.now,
            ..mapping.clone()
        })
    })
}

/// Deletes a mapping under which nothing is under way; it is gone once that is settled.
///
/// # Errors
/// [`EventSourceError::NotFound`], [`EventSourceError::InUse`].
pub(super) fn delete(cx: &Context<'_>, input: OneEventSourceMapping) -> Result<Shown, Error> {
    change(cx, &mapping_key(cx, &input.uuid), "delete", |mapping| {
        let change = Some(change_to(cx, MappingState::Deleting));
        Ok(EventSourceMapping { change, last_modified: cx.now, ..mapping.clone() })
    })
}

/// The mappings by id: of one source, of one function, of both, or all. Those that are listed are settled.
///
/// # Errors
/// [`Error::InvalidMarker`].
pub(super) fn list(cx: &Context<'_>, input: ListEventSourceMappings) -> Result<EventSourceMappings, Error> {
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let function = input.function_name.as_ref().map(|function| arn_of(cx, function));
    let source = input.event_source_arn.filter(|arn| !arn.is_empty());
    let wanted = |mapping: &EventSourceMapping| {
        function.as_ref().is_none_or(|arn| *arn == mapping.function_arn)
            && source.as_ref().is_none_or(|arn| Some(arn) == mapping.source.arn.as_ref())
    };
    let (mappings, next_marker) = page.read(cx, RecordKind::EventSourceMapping, |record| match record {
        Record::EventSourceMapping(mapping) if wanted(&mapping) => Some((mapping_key(cx, &mapping.uuid), mapping)),
        _ => None,
    })?;
    let listed = |(key, mapping): (Key, Arc<EventSourceMapping>)| Shown {
        arn: key.arn(),
        mapping: Arc::unwrap_or_clone(mapping),
        unreadable: None,
        listed: true,
    };
    Ok(EventSourceMappings { next_marker, event_source_mappings: mappings.into_iter().map(listed).collect() })
}

/// Writes what `step` makes of a mapping.
fn change(
    cx: &Context<'_>,
    key: &Key,
    verb: &'static str,
    mut step: impl FnMut(&EventSourceMapping) -> Result<EventSourceMapping, Error>,
) -> Result<Shown, Error> {
    let changed = cx.swap(key, |record| {
        let Some(Record::EventSourceMapping(mapping)) = record else { return Err(EventSourceError::NotFound.into()) };
        if mapping.change.is_some() {
            return Err(EventSourceError::InUse { verb }.into());
        }
        let changed = step(mapping)?;
        Ok((Swap::Put(Record::EventSourceMapping(Arc::new(changed.clone()))), changed))
    })?;
    Ok(shown(cx, changed))
}

fn change_to(cx: &Context<'_>, state: MappingState) -> MappingChange {
    MappingChange { state, transition: cx.version_transition() }
}

/// Refuses a second mapping of a source to a function.
fn refuse_twice(cx: &Context<'_>, source: &EventSource, function_arn: &str) -> Result<(), Error> {
    let same = |other: &EventSource| {
        (&other.arn, &other.self_managed, &other.topics, &other.queues)
            == (&source.arn, &source.self_managed, &source.topics, &source.queues)
    };
    let there = all(cx)?.into_iter().find(|it| it.function_arn == function_arn && same(&it.source));
    there.map_or(Ok(()), |there| Err(taken(source, function_arn, there.uuid.clone()).into()))
}

fn taken(source: &EventSource, function_arn: &str, uuid: String) -> EventSourceError {
    let arn = source.arn.clone().unwrap_or_default();
    // Behind `arn:aws:lambda:REGION:ACCOUNT:function:`.
    let function = function_arn.splitn(7, ':').nth(6).unwrap_or_default().to_owned();
    let (noun, names) = match source.kind {
        SourceKind::Sqs => return EventSourceError::QueueMapped { arn, function, uuid },
        SourceKind::Kinesis | SourceKind::DynamoDb | SourceKind::DocumentDb => {
            return EventSourceError::StreamMapped { arn, function, uuid };
        }
        SourceKind::ManagedKafka | SourceKind::SelfManagedKafka => ("topics", &source.topics),
        SourceKind::Mq => ("queues", &source.queues),
    };
    let endpoints = source.self_managed.as_ref().and_then(|it| it.endpoints.as_ref());
    let servers = endpoints.map(|endpoints| endpoints.values().flatten().cloned().collect::<Vec<_>>().join(","));
    EventSourceError::NamesMapped {
        source_name: servers.unwrap_or(arn),
        function_arn: function_arn.to_owned(),
        noun,
        names: names.as_deref().unwrap_or_default().join(","),
        uuid,
    }
}

/// Every mapping of this world that has not gone.
fn all(cx: &Context<'_>) -> Result<Vec<Arc<EventSourceMapping>>, Error> {
    let records = cx.store.list(cx.scope, RecordKind::EventSourceMapping, "", usize::MAX)?;
    let mappings = records.into_iter().filter_map(|record| match cx.left(record, false)? {
        Record::EventSourceMapping(mapping) => Some(mapping),
        _ => None,
    });
    Ok(mappings.collect())
}

/// The ARN of a function, version or alias that there is.
fn function_arn(cx: &Context<'_>, function: &FunctionRef) -> Result<String, Error> {
    let found = match cx.function(&cx.key(function)?, false) {
        Err(Error::FunctionNotFound { .. }) => return Err(EventSourceError::NoFunction.into()),
        found => found?,
    };
    found.target(function.qualifier.as_deref()).ok_or(EventSourceError::NoFunction)?;
    Ok(arn_of(cx, function))
}

/// The ARN that a caller's name for a function stands for, whether there is one or not.
fn arn_of(cx: &Context<'_>, function: &FunctionRef) -> String {
    let scope = crate::arn::Scope {
        account: function.account.as_deref().map_or_else(|| Arc::clone(&cx.scope.account), Arc::from),
        region: function.region.as_deref().map_or_else(|| Arc::clone(&cx.scope.region), Arc::from),
    };
    match &function.qualifier {
        Some(qualifier) => scope.qualified_arn(&function.name, qualifier),
        None => scope.function_arn(&function.name),
    }
}

fn mapping_key(cx: &Context<'_>, uuid: &str) -> Key {
    Key::new(cx.scope, RecordKind::EventSourceMapping, uuid)
}

fn shown(cx: &Context<'_>, mapping: EventSourceMapping) -> Shown {
    let key = mapping.settings.kms_key_arn.as_ref().filter(|_| mapping.settings.filter_criteria.is_some());
    let unreadable = key.and_then(|key| cx.undecryptable(key, &mapping.function_arn)).map(Unreadable);
    Shown { arn: mapping_key(cx, &mapping.uuid).arn(), mapping, unreadable, listed: false }
}
