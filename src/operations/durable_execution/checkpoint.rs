//! What the code of an execution reports, and reads again.
//!
//! The one idea to hold: a checkpoint token is for one run of the code and one checkpoint of it, and every checkpoint
//! consumes it. So what ran too long, or twice, can report nothing any more.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::shown::{Part, Shown};
use super::update::{self, OperationUpdate, Surroundings};
use super::{SAME_MILLIS, callback, change, drive, read};
use crate::clock::Timestamp;
use crate::error::{DurableExecutionError, Error};
use crate::operations::Context;
use crate::state::DurableExecution;
use crate::state::durable_execution::Checkpoint;

/// The request of CheckpointDurableExecution.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct CheckpointDurableExecution {
    pub(super) durable_execution_arn: String,
    checkpoint_token: String,
    #[serde(default)]
    updates: Vec<OperationUpdate>,
    client_token: Option<String>,
}

/// The request of GetDurableExecutionState.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct GetDurableExecutionState {
    pub(super) durable_execution_arn: String,
    checkpoint_token: String,
    marker: Option<String>,
    max_items: Option<u32>,
}

/// The answer to CheckpointDurableExecution.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct Checkpointed {
    checkpoint_token: Option<String>,
    new_execution_state: NewState,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewState {
    operations: Vec<Shown>,
}

/// The answer to GetDurableExecutionState.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct State {
    operations: Vec<Shown>,
    next_marker: Option<String>,
}

/// Takes what the code has done since its last checkpoint, all of it or nothing; and tells it what happened meanwhile.
///
/// # Errors
/// E10, F7, [`DurableExecutionError::InvalidCheckpointToken`], [`UpdateError`](crate::error::UpdateError).
pub(in crate::operations) fn checkpoint(
    cx: &Context<'_>,
    input: CheckpointDurableExecution,
) -> Result<Checkpointed, Error> {
    let CheckpointDurableExecution { durable_execution_arn: arn, checkpoint_token, updates, client_token } = input;
    let updates = updates.as_slice();
    let changed = change(cx, &arn, |execution| {
        if let Some(last) = same(execution, &checkpoint_token, client_token.as_deref(), cx.now) {
            return Ok(last);
        }
        if token(execution).is_none_or(|token| token != checkpoint_token) {
            return Err(DurableExecutionError::InvalidCheckpointToken.into());
        }
        apply(cx, execution, updates)?;
        let last = Arc::new(Checkpoint {
            client_token: client_token.clone().unwrap_or_default(),
            checkpoint_token: checkpoint_token.clone(),
            at: cx.now,
            next_token: token(execution),
            answered: answered(execution),
        });
        if last.next_token.is_some() {
            execution.progress.told = execution.progress.changes;
            execution.last_checkpoint = client_token.is_some().then(|| Arc::clone(&last));
        }
        Ok(last)
    });
    let last = changed.map_err(as_invalid_token)?;
    let operations = last.answered.iter().map(|operation| Shown::Operation(Arc::clone(operation))).collect();
    Ok(Checkpointed { checkpoint_token: last.next_token.clone(), new_execution_state: NewState { operations } })
}

/// What the code that runs has done so far.
///
/// # Errors
/// As [`checkpoint`], [`DurableExecutionError::InvalidMarker`].
pub(in crate::operations) fn state(cx: &Context<'_>, input: GetDurableExecutionState) -> Result<State, Error> {
    let execution = read(cx, &input.durable_execution_arn).map_err(as_invalid_token)?;
    if token(&execution).is_none_or(|token| token != input.checkpoint_token) {
        return Err(DurableExecutionError::InvalidCheckpointToken.into());
    }
    let from = match input.marker.as_deref() {
        None | Some("") => 0,
        Some(marker) => place_of(&execution, marker).ok_or(DurableExecutionError::InvalidMarker)?,
    };
    let (operations, next) = Part::new(from, input.max_items).cut(Shown::all(&execution).into_iter());
    Ok(State { operations, next_marker: next.map(|place| marker(&execution, place)) })
}

/// The token that the code which runs has to name next; none if no code may report anything.
pub(super) fn token(execution: &DurableExecution) -> Option<String> {
    let progress = &execution.progress;
    let may_report = execution.is_running_code() && execution.ended.is_none();
    may_report.then(|| STANDARD.encode(format!("{}/{}/{}", execution.id, progress.runs, progress.checkpoints)))
}

/// The marker of a place in the list of operations, as long as there is no further checkpoint.
pub(super) fn marker(execution: &DurableExecution, place: usize) -> String {
    format!("{}-{}-{place}", execution.progress.runs, execution.progress.checkpoints)
}

fn place_of(execution: &DurableExecution, text: &str) -> Option<usize> {
    let place = text.rsplit('-').next()?.parse().ok()?;
    (marker(execution, place) == text).then_some(place)
}

fn apply(cx: &Context<'_>, execution: &mut DurableExecution, updates: &[OperationUpdate]) -> Result<(), Error> {
    update::check_together(execution, updates).map_err(DurableExecutionError::from)?;
    let (key, id) = (execution.key_name(), execution.id.clone());
    let surroundings = Surroundings {
        now: cx.now,
        obstacle: &|function| drive::obstacle(cx, function),
        callback_id: &|operation| callback::id_of(&key, &id, operation),
    };
    for update in updates {
        update.apply(execution, &surroundings).map_err(DurableExecutionError::from)?;
    }
    execution.progress.checkpoints += 1;
    if execution.pause.is_some() && execution.ended.is_none() {
        // Without a token the code ends; it is owed a run.
        execution.progress.running_since = None;
        execution.wake(cx.now);
    }
    Ok(())
}

/// What a checkpoint is answered with: what has changed, unless nobody may go on from it.
fn answered(execution: &DurableExecution) -> Vec<Arc<crate::state::durable_execution::Operation>> {
    if execution.pause.is_some() { Vec::new() } else { execution.untold().cloned().collect() }
}

/// The last checkpoint, if this is its request made again.
fn same(
    execution: &DurableExecution,
    checkpoint_token: &str,
    client_token: Option<&str>,
    now: Timestamp,
) -> Option<Arc<Checkpoint>> {
    let last = execution.last_checkpoint.as_ref()?;
    let is_same = Some(last.client_token.as_str()) == client_token
        && last.checkpoint_token == checkpoint_token
        && now < last.at.plus_millis(SAME_MILLIS);
    is_same.then(|| Arc::clone(last))
}

/// The model has no error for an execution that is not there.
fn as_invalid_token(error: Error) -> Error {
    match error {
        Error::DurableExecution(DurableExecutionError::NotFound) => {
            DurableExecutionError::InvalidCheckpointToken.into()
        }
        other => other,
    }
}
