//! Event sources as the pollers of Python see them: `drylambda.pollers` reads, everything else is decided here.
//!
//! The one idea to hold: what boto3 was answered comes in as it is, with places for names; what comes back says at which
//! places something is to be done.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString};
use serde_json::{Map, Value};

use super::errors;
use crate::lambda::Lambda as Core;
use crate::polling::answer::{Verdict, is_reported, verdict};
use crate::polling::discarded::{Discarded, FailedCall};
use crate::polling::event;
use crate::polling::filter::Filters;
use crate::polling::record::{Kind, Origin};
use crate::polling::shard::{Limits, behind};
use crate::state::event_source::ShardProgress;
use crate::state::{EventSourceMapping, Key};

/// A mapping that is enabled.
#[pyclass(frozen, module = "drylambda._drylambda")]
pub(super) struct EventSource {
    core: Arc<Core>,
    key: Key,
    mapping: Arc<EventSourceMapping>,
    /// Nothing for sources that cannot be polled.
    origin: Option<Origin>,
    filters: Filters,
    limits: Limits,
}

/// Messages that a function is given at once.
#[pyclass(frozen, module = "drylambda._drylambda")]
pub(super) struct Messages {
    records: Vec<Value>,
    /// Where they stand among those that were read.
    #[pyo3(get)]
    places: Vec<usize>,
    reported: bool,
}

/// Records of a shard that a function is given at once.
#[pyclass(frozen, module = "drylambda._drylambda")]
pub(super) struct Shard {
    core: Arc<Core>,
    key: Key,
    kind: Kind,
    stream_arn: String,
    function_arn: String,
    limits: Limits,
    reported: bool,
    id: String,
    progress: ShardProgress,
    /// All that were read, as the function would get them.
    records: Vec<Value>,
    ids: Vec<String>,
    /// The places of those that filters let through.
    kept: Vec<usize>,
    expired: Option<String>,
    expired_count: usize,
}

/// Every enabled mapping, of all accounts and Regions.
pub(super) fn all(core: &Arc<Core>) -> PyResult<Vec<EventSource>> {
    let found = core.event_sources().map_err(|error| errors::not_done(&error))?;
    found.into_iter().map(|(key, mapping)| EventSource::new(core, key, mapping)).collect()
}

impl EventSource {
    fn new(core: &Arc<Core>, key: Key, mapping: Arc<EventSourceMapping>) -> PyResult<Self> {
        let origin = match (Kind::of(mapping.source.kind), &mapping.source.arn) {
            (Some(kind), Some(arn)) => {
                let role = core.role_of(&key.scope, &mapping.function_arn).map_err(|error| errors::not_done(&error))?;
                let region = arn.split(':').nth(3).unwrap_or_default().to_owned();
                Some(Origin { kind, arn: arn.clone(), region, role: role.unwrap_or_default() })
            }
            _ => None,
        };
        let filters = Filters::new(mapping.settings.filter_criteria.as_ref());
        let limits = Limits::new(&mapping.settings);
        Ok(Self { core: Arc::clone(core), key, mapping, origin, filters, limits })
    }

    fn origin(&self) -> PyResult<&Origin> {
        self.origin.as_ref().ok_or_else(|| PyTypeError::new_err("this source cannot be polled"))
    }

    /// The mapping as it is now, if it is still polled.
    fn current(&self) -> PyResult<Option<Arc<EventSourceMapping>>> {
        self.core.event_source(&self.key).map_err(|error| errors::not_done(&error))
    }

    fn progress(&self, shard: &str) -> PyResult<Option<ShardProgress>> {
        Ok(self.current()?.and_then(|mapping| mapping.progress.shards.get(shard).cloned()))
    }

    /// What was read, as the function gets it.
    fn records(&self, shard: &str, read: &Bound<'_, PyList>) -> PyResult<Vec<Value>> {
        let origin = self.origin()?;
        read.iter().map(|record| Ok(origin.record(shard, value(&record)?))).collect()
    }

    fn reported(&self) -> bool {
        is_reported(self.mapping.settings.function_response_types.as_deref())
    }
}

#[pymethods]
impl EventSource {
    #[getter]
    fn uuid(&self) -> &str {
        &self.mapping.uuid
    }

    #[getter]
    fn account_id(&self) -> &str {
        &self.key.scope.account
    }

    #[getter]
    fn region(&self) -> &str {
        &self.key.scope.region
    }

    #[getter]
    fn function_arn(&self) -> &str {
        &self.mapping.function_arn
    }

    /// Its ARN; a cluster that is not AWS's has none.
    #[getter]
    fn source_arn(&self) -> Option<&str> {
        self.mapping.source.arn.as_deref()
    }

    /// What polls it: `sqs`, `kinesis`, `dynamodb`, or nothing does.
    #[getter]
    fn kind(&self) -> Option<&'static str> {
        // Windows that tumble are not built.
        if self.mapping.settings.tumbling_window_in_seconds.is_some_and(|seconds| seconds > 0) {
            return None;
        }
        self.origin.as_ref().map(|origin| match origin.kind {
            Kind::Sqs => "sqs",
            Kind::Kinesis => "kinesis",
            Kind::DynamoDb => "dynamodb",
        })
    }

    #[getter]
    fn batch_size(&self) -> u32 {
        self.limits.batch_size
    }

    #[getter]
    fn window_seconds(&self) -> u32 {
        self.mapping.settings.maximum_batching_window_in_seconds.unwrap_or_default()
    }

    #[getter]
    fn starting_position(&self) -> Option<&str> {
        self.mapping.source.starting_position.as_deref()
    }

    /// Seconds since 1970.
    #[getter]
    fn starting_timestamp(&self) -> Option<f64> {
        self.mapping.source.starting_position_timestamp.map(crate::clock::Timestamp::as_seconds)
    }

    /// Where it is told of records that were given up.
    #[getter]
    fn on_failure(&self) -> Option<&str> {
        let config = self.mapping.settings.destination_config.as_ref()?;
        config.on_failure.as_ref()?.destination.as_deref().filter(|arn| !arn.is_empty())
    }

    /// Whether it is still polled.
    fn is_polled(&self) -> PyResult<bool> {
        Ok(self.current()?.is_some())
    }

    /// What becomes of messages: the places of those that filters drop, and batches of the others.
    fn messages(&self, read: &Bound<'_, PyList>) -> PyResult<(Vec<usize>, Vec<Messages>)> {
        let kind = self.origin()?.kind;
        let (mut dropped, mut kept) = (Vec::new(), Vec::new());
        for (place, record) in self.records("", read)?.into_iter().enumerate() {
            if self.filters.accept(kind, &record) {
                kept.push((place, record));
            } else {
                dropped.push(place);
            }
        }
        let mut batches = Vec::new();
        let most = usize::try_from(self.limits.batch_size).unwrap_or(usize::MAX);
        while !kept.is_empty() {
            let rest = kept.split_off(event::first(kept.iter().map(|(_, record)| record), most));
            let (places, records) = std::mem::replace(&mut kept, rest).into_iter().unzip();
            batches.push(Messages { records, places, reported: self.reported() });
        }
        Ok((dropped, batches))
    }

    /// The shards that were begun.
    fn begun(&self) -> PyResult<Vec<String>> {
        let shards = self.current()?.map(|mapping| mapping.progress.shards.keys().cloned().collect());
        Ok(shards.unwrap_or_default())
    }

    /// Begins a shard behind a record.
    fn begin(&self, shard: &str, after: Option<String>) -> PyResult<()> {
        let begun = ShardProgress { after, retries: Vec::new() };
        let noted = self.core.note_progress(&self.key, |progress| {
            progress.shards.entry(shard.to_owned()).or_insert_with(|| begun.clone());
        });
        noted.map_err(|error| errors::not_done(&error))
    }

    /// The sequence number of the last record of a shard that is behind, and how many are read next.
    fn position(&self, shard: &str) -> PyResult<(Option<String>, u32)> {
        let progress = self.progress(shard)?.unwrap_or_default();
        let wanted = self.limits.wanted(&progress);
        Ok((progress.after, wanted))
    }

    /// What becomes of the records that follow in a shard. Those that are too old are given up at once.
    fn shard(&self, shard: &str, read: &Bound<'_, PyList>) -> PyResult<Shard> {
        let origin = self.origin()?;
        let mut records = self.records(shard, read)?;
        let now = self.core.clock().now();
        let mut progress = self.progress(shard)?.unwrap_or_default();
        let ids = |records: &[Value]| -> Vec<String> {
            records.iter().map(|record| origin.kind.identifier(record).unwrap_or_default().to_owned()).collect()
        };
        let old = self.limits.too_old(now.as_seconds(), records.iter().map(|record| origin.kind.arrival(record)));
        let mut expired = None;
        if old > 0 {
            let discarded = Discarded {
                kind: origin.kind,
                stream_arn: &origin.arn,
                shard,
                records: records.get(..old).unwrap_or_default(),
                function_arn: &self.mapping.function_arn,
                call: None,
                attempts: progress.retries.first().map_or(0, |retry| retry.attempts),
                at: now,
            };
            expired = Some(discarded.text());
            progress = behind(&progress, &ids(&records), old);
            put(&self.core, &self.key, shard, &progress, None)?;
            records.drain(..old);
        }
        let most = usize::try_from(self.limits.wanted(&progress)).unwrap_or(usize::MAX);
        records.truncate(most);
        let mut kept: Vec<usize> = Vec::new();
        for (place, record) in records.iter().enumerate() {
            if self.filters.accept(origin.kind, record) {
                kept.push(place);
            }
        }
        let fitting = event::first(kept.iter().filter_map(|place| records.get(*place)), most);
        if let Some(beyond) = kept.get(fitting).copied() {
            kept.truncate(fitting);
            records.truncate(beyond);
        }
        Ok(Shard {
            core: Arc::clone(&self.core),
            key: self.key.clone(),
            kind: origin.kind,
            stream_arn: origin.arn.clone(),
            function_arn: self.mapping.function_arn.clone(),
            limits: self.limits,
            reported: self.reported(),
            id: shard.to_owned(),
            progress,
            ids: ids(&records),
            records,
            kept,
            expired,
            expired_count: old,
        })
    }
}

#[pymethods]
impl Messages {
    /// What the function is given.
    #[getter]
    fn event<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let records: Vec<_> = self.records.iter().collect();
        PyBytes::new(py, event::text(&records).as_bytes())
    }

    /// The places of the messages that are done; the payload is what the function returned, if it did.
    fn done(&self, payload: Option<&[u8]>) -> Vec<usize> {
        match verdict(Kind::Sqs, &self.records, payload, self.reported) {
            Verdict::Done => self.places.clone(),
            Verdict::Failed => Vec::new(),
            Verdict::But(failed) => {
                let places = self.places.iter().enumerate();
                places.filter(|(place, _)| !failed.contains(place)).map(|(_, place)| *place).collect()
            }
        }
    }
}

#[pymethods]
impl Shard {
    /// What the function is given; nothing, if filters dropped everything.
    #[getter]
    fn event<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        let records: Vec<_> = self.given().collect();
        (!records.is_empty()).then(|| PyBytes::new(py, event::text(&records).as_bytes()))
    }

    /// How many records were read, and are not too old.
    #[getter]
    fn count(&self) -> usize {
        self.records.len()
    }

    /// How many of them filters dropped.
    #[getter]
    fn filtered(&self) -> usize {
        self.records.len() - self.kept.len()
    }

    /// What the destination is told of records that were too old, if there were any, and how many those were.
    #[getter]
    fn expired(&self) -> Option<(&str, usize)> {
        self.expired.as_deref().map(|text| (text, self.expired_count))
    }

    /// Lets the records be behind that filters dropped with all others.
    fn skip(&self) -> PyResult<()> {
        put(&self.core, &self.key, &self.id, &behind(&self.progress, &self.ids, self.ids.len()), None)
    }

    /// What the call made of it: how many records it failed on, what the destination is told, of how many records, and
    /// whether trying again ends some time. `call` is (request id, status, version, kind of error), without one if the
    /// function was not reached.
    fn settle(
        &self,
        payload: Option<&[u8]>,
        call: Option<(String, u16, Option<String>, Option<String>)>,
    ) -> PyResult<(usize, Option<String>, usize, bool)> {
        let given: Vec<Value> = self.given().cloned().collect();
        let Some((request_id, status, executed_version, function_error)) = call else {
            // Nobody tried it.
            put(&self.core, &self.key, &self.id, &self.progress, Some(false))?;
            return Ok((given.len(), None, 0, false));
        };
        let verdict = verdict(self.kind, &given, payload, self.reported);
        let settled = self.limits.settle(&self.progress, &self.ids, &self.kept, &verdict);
        // Who tells what failed was called well.
        put(&self.core, &self.key, &self.id, &settled.progress, Some(verdict != Verdict::Failed))?;
        let failed = match &verdict {
            Verdict::Done => 0,
            Verdict::Failed => given.len(),
            Verdict::But(failed) => given.len() - failed.first().copied().unwrap_or_default(),
        };
        let Some(range) = settled.discarded else { return Ok((failed, None, 0, settled.ends)) };
        let discarded = Discarded {
            kind: self.kind,
            stream_arn: &self.stream_arn,
            shard: &self.id,
            records: self.records.get(range.clone()).unwrap_or_default(),
            function_arn: &self.function_arn,
            call: Some(FailedCall { request_id, status, executed_version, function_error }),
            attempts: settled.attempts,
            at: self.core.clock().now(),
        };
        Ok((failed, Some(discarded.text()), range.len(), settled.ends))
    }
}

impl Shard {
    fn given(&self) -> impl Iterator<Item = &Value> {
        self.kept.iter().filter_map(|place| self.records.get(*place))
    }
}

/// Writes down how far a shard has come, and how the function did.
fn put(core: &Core, key: &Key, shard: &str, now: &ShardProgress, succeeded: Option<bool>) -> PyResult<()> {
    let noted = core.note_progress(key, |progress| {
        progress.shards.insert(shard.to_owned(), now.clone());
        progress.succeeded = succeeded.or(progress.succeeded);
    });
    noted.map_err(|error| errors::not_done(&error))
}

/// What a client was answered, as JSON: bytes in base64, moments in seconds since 1970.
fn value(given: &Bound<'_, PyAny>) -> PyResult<Value> {
    if given.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = given.cast::<PyString>() {
        return Ok(text.to_str()?.into());
    }
    if let Ok(bytes) = given.cast::<PyBytes>() {
        return Ok(STANDARD.encode(bytes.as_bytes()).into());
    }
    if given.is_instance_of::<PyBool>() {
        return Ok(given.extract::<bool>()?.into());
    }
    if given.is_instance_of::<PyInt>() {
        return Ok(given.extract::<i64>()?.into());
    }
    if given.is_instance_of::<PyFloat>() {
        return Ok(given.extract::<f64>()?.into());
    }
    if let Ok(entries) = given.cast::<PyDict>() {
        let mut members = Map::new();
        for (name, entry) in entries.iter() {
            members.insert(name.extract()?, value(&entry)?);
        }
        return Ok(Value::Object(members));
    }
    if let Ok(entries) = given.cast::<PyList>() {
        return entries.iter().map(|entry| value(&entry)).collect::<PyResult<_>>().map(Value::Array);
    }
    let seconds = given.call_method0("timestamp").and_then(|it| it.extract::<f64>());
    seconds.map(Value::from).map_err(|_| PyTypeError::new_err(format!("no client was answered {given}")))
}
