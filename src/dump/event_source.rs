//! Event source mappings, as text.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::mistake::Mistake;
use super::modelled;
use super::records::scope;
use crate::arn::{FunctionRef, Scope};
use crate::clock::Timestamp;
use crate::model;
use crate::state::event_source::{
    EventSource, MappingChange, MappingSettings, Progress, SelfManagedEventSource, SourceKind,
};
use crate::state::{EventSourceMapping, Key, RecordKind};

/// One mapping; what is under way is `Change`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "an event source mapping")]
pub(super) struct MappingText {
    account_id: String,
    region: String,
    #[serde(rename = "UUID")]
    uuid: String,
    function_arn: String,
    event_source_arn: Option<String>,
    self_managed_event_source: Option<SelfManagedEventSource>,
    topics: Option<Vec<String>>,
    queues: Option<Vec<String>>,
    starting_position: Option<String>,
    starting_position_timestamp: Option<Timestamp>,
    settings: MappingSettings,
    enabled: bool,
    change: Option<MappingChange>,
    last_modified: Timestamp,
    tags: BTreeMap<String, String>,
    #[serde(default)]
    progress: Progress,
}

impl MappingText {
    pub(super) fn of(scope: &Scope, mapping: &Arc<EventSourceMapping>) -> Self {
        let EventSourceMapping { uuid, function_arn, source, settings, enabled, change, last_modified, tags, progress } =
            EventSourceMapping::clone(mapping);
        let EventSource { kind: _, arn, self_managed, topics, queues, starting_position, starting_position_timestamp } =
            source;
        Self {
            account_id: scope.account.to_string(),
            region: scope.region.to_string(),
            uuid,
            function_arn,
            event_source_arn: arn,
            self_managed_event_source: self_managed,
            topics,
            queues,
            starting_position,
            starting_position_timestamp,
            settings,
            enabled,
            change,
            last_modified,
            tags,
            progress,
        }
    }

    pub(super) fn into_mapping(self) -> Result<(Key, EventSourceMapping), Mistake> {
        let scope = scope(&self.account_id, &self.region)?;
        let part = |part: &str, length| {
            part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let parts: Vec<&str> = self.uuid.split('-').collect();
        if parts.len() != 5 || !parts.iter().zip([8, 4, 4, 4, 12]).all(|(text, length)| part(text, length)) {
            return Err(Mistake::at("UUID", format!("{:?} is no UUID", self.uuid)));
        }
        let named = FunctionRef::parse(&self.function_arn).filter(|function| function.region.is_some());
        if named.is_none() {
            return Err(Mistake::at("FunctionArn", format!("{:?} is no ARN of a function", self.function_arn)));
        }
        let Some(kind) = SourceKind::of(self.event_source_arn.as_deref(), self.self_managed_event_source.is_some())
        else {
            return Err(Mistake::at("EventSourceArn", "nothing that feeds functions, or two sources"));
        };
        self.check()?;
        let source = EventSource {
            kind,
            arn: self.event_source_arn,
            self_managed: self.self_managed_event_source,
            topics: self.topics,
            queues: self.queues,
            starting_position: self.starting_position,
            starting_position_timestamp: self.starting_position_timestamp,
        };
        let mapping = EventSourceMapping {
            uuid: self.uuid,
            function_arn: self.function_arn,
            source,
            settings: self.settings,
            enabled: self.enabled,
            change: self.change,
            last_modified: self.last_modified,
            tags: self.tags,
            progress: self.progress,
        };
        Ok((Key::new(&scope, RecordKind::EventSourceMapping, &mapping.uuid), mapping))
    }

    /// What CreateEventSourceMapping takes.
    fn check(&self) -> Result<(), Mistake> {
        let create = &model::CREATE_EVENT_SOURCE_MAPPING;
        modelled::member(create, "EventSourceArn", &self.event_source_arn)?;
        modelled::member(create, "SelfManagedEventSource", &self.self_managed_event_source)?;
        modelled::member(create, "Topics", &self.topics)?;
        modelled::member(create, "Queues", &self.queues)?;
        modelled::member(create, "StartingPosition", &self.starting_position)?;
        modelled::members(create, &self.settings).map_err(|mistake| mistake.within("Settings"))?;
        let filters = self.settings.filter_criteria.as_ref().and_then(|criteria| criteria.filters.as_deref());
        let is_object = |text: &str| serde_json::from_str(text).is_ok_and(|it: serde_json::Value| it.is_object());
        if !filters.unwrap_or_default().iter().all(|filter| filter.pattern.as_deref().is_some_and(is_object)) {
            return Err(Mistake::at("Settings.FilterCriteria", "a pattern is an object of JSON"));
        }
        modelled::count_tags(self.tags.len())
    }
}
