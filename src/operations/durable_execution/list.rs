//! ListDurableExecutionsByFunction.

use std::cmp::Reverse;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::shown::Part;
use super::status;
use crate::arn::FunctionRef;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::operations::access::{Request, Target};
use crate::operations::context::{self, Context, qualifier};
use crate::state::durable_execution::key_name;
use crate::state::{DurableExecution, Function, Record, RecordKind};

/// The request of ListDurableExecutionsByFunction.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct ListDurableExecutionsByFunction {
    function_name: FunctionRef,
    qualifier: Option<String>,
    durable_execution_name: Option<String>,
    statuses: Option<Vec<String>>,
    started_after: Option<f64>,
    started_before: Option<f64>,
    #[serde(default)]
    reverse_order: bool,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for ListDurableExecutionsByFunction {
    fn target(&self) -> Result<Target, Error> {
        let qualifier = qualifier(&self.function_name, self.qualifier.clone())?;
        Ok(Target::Function { function: self.function_name.clone(), qualifier })
    }
}

/// A page of executions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct DurableExecutions {
    next_marker: Option<String>,
    durable_executions: Vec<Listed>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    durable_execution_arn: String,
    durable_execution_name: String,
    function_arn: String,
    status: &'static str,
    start_timestamp: Timestamp,
    end_timestamp: Option<Timestamp>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
}

/// What executions are sorted by: when they began, and for those of one moment their names.
type Place = (Timestamp, String);

/// The executions of a function, or of one of its versions; the newest first, unless the caller says otherwise.
///
/// # Errors
/// G7, E10, E1 of the function or the qualifier, [`Error::InvalidMarker`].
pub(in crate::operations) fn list(
    cx: &Context<'_>,
    input: ListDurableExecutionsByFunction,
) -> Result<DurableExecutions, Error> {
    let qualifier = qualifier(&input.function_name, input.qualifier.clone())?;
    let key = cx.key(&input.function_name)?;
    let from = input.marker.as_deref().filter(|marker| !marker.is_empty()).map(place_of).transpose()?;
    let missing = || context::missing(cx, &key, qualifier.as_deref());
    let function = cx.function(&key, false).map_err(|error| match error {
        Error::FunctionNotFound { .. } => missing(),
        other => other,
    })?;
    let version = version_of(&function, qualifier.as_deref()).ok_or_else(missing)?;
    let mut found: Vec<_> = all(cx, &function.name)?;
    found.retain(|execution| input.wants(execution) && version.as_ref().is_none_or(|it| *it == execution.version));
    found.sort_by_cached_key(|execution| place(execution));
    if !input.reverse_order {
        found.reverse();
    }
    let begins = |execution: &Arc<DurableExecution>| {
        from.as_ref().is_none_or(|from| {
            let place = place(execution);
            if input.reverse_order { place >= *from } else { Reverse(place) >= Reverse(from.clone()) }
        })
    };
    let found: Vec<_> = found.into_iter().filter(begins).collect();
    let (page, next) = Part::new(0, input.max_items).cut(found.iter());
    let durable_executions = page.into_iter().map(|execution| listed(cx, execution)).collect();
    let next_marker = next.and_then(|next| found.get(next)).map(|execution| marker(&place(execution)));
    Ok(DurableExecutions { next_marker, durable_executions })
}

/// All executions of a function as they are now.
fn all(cx: &Context<'_>, function_name: &str) -> Result<Vec<Arc<DurableExecution>>, Error> {
    let first = key_name(function_name, "");
    let records = cx.store.list(cx.scope, RecordKind::DurableExecution, &first, usize::MAX)?;
    let executions = records.into_iter().map_while(|record| match record {
        Record::DurableExecution(execution) if execution.function_name == function_name => Some(execution),
        _ => None,
    });
    let now = executions.filter_map(|execution| match cx.left(Record::DurableExecution(execution), false) {
        Some(Record::DurableExecution(execution)) => Some(execution),
        _ => None,
    });
    Ok(now.collect())
}

/// The version that a qualifier asks for; any, without one. An alias is the version it points to.
#[expect(clippy::option_option, reason = "no such qualifier, any version, this version")]
fn version_of(function: &Function, qualifier: Option<&str>) -> Option<Option<String>> {
    let Some(qualifier) = qualifier else { return Some(None) };
    function.target(Some(qualifier))?;
    let alias = function.aliases.get(qualifier);
    Some(Some(alias.map_or_else(|| qualifier.to_owned(), |alias| alias.function_version.clone())))
}

impl ListDurableExecutionsByFunction {
    fn wants(&self, execution: &DurableExecution) -> bool {
        let is =
            |wanted: &Option<Vec<String>>, it: &str| wanted.as_ref().is_none_or(|all| all.iter().any(|one| one == it));
        self.durable_execution_name.as_ref().is_none_or(|name| *name == execution.name)
            && is(&self.statuses, status(execution))
            && self.started_after.is_none_or(|moment| execution.started > Timestamp::from_seconds(moment))
            && self.started_before.is_none_or(|moment| execution.started < Timestamp::from_seconds(moment))
    }
}

fn listed(cx: &Context<'_>, execution: &DurableExecution) -> Listed {
    Listed {
        durable_execution_arn: execution.arn(cx.scope),
        durable_execution_name: execution.name.clone(),
        function_arn: cx.scope.qualified_arn(&execution.function_name, &execution.version),
        status: status(execution),
        start_timestamp: execution.started,
        end_timestamp: execution.ended.as_ref().map(|ended| ended.at),
        kms_key_arn: execution.config.kms_key_arn.clone(),
    }
}

fn place(execution: &DurableExecution) -> Place {
    (execution.started, execution.name.clone())
}

fn marker((started, name): &Place) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}/{name}", started.as_millis()))
}

fn place_of(marker: &str) -> Result<Place, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(marker).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text
        .as_deref()
        .and_then(|text| text.split_once('/'))
        .and_then(|(millis, name)| Some((Timestamp::from_millis(millis.parse().ok()?), name.to_owned())));
    place.ok_or(Error::InvalidMarker)
}
