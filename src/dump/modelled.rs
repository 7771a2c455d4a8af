//! What no call can have made, by the model's constraints on the members of its input.

use serde::Serialize;

use super::mistake::Mistake;
use crate::model::Operation;
use crate::protocol::Document;
use crate::protocol::typed::to_document;
use crate::protocol::validate::violations;

/// The most tags of a resource.
const MOST_TAGS: usize = 50;

/// Checks one member by what `operation` takes; one that is not there is none.
///
/// # Errors
/// The operation takes no such value.
pub(super) fn member(operation: &'static Operation, name: &str, value: &impl Serialize) -> Result<(), Mistake> {
    check(operation, name, &document(value)?)
}

/// Checks all members of a structure that are members of the operation's input.
///
/// # Errors
/// As [`member`], of the first.
pub(super) fn members(operation: &'static Operation, structure: &impl Serialize) -> Result<(), Mistake> {
    let Document::Structure(present) = document(structure)? else { return Ok(()) };
    present.iter().try_for_each(|(name, value)| check(operation, name, value))
}

/// Checks how many tags there are.
///
/// # Errors
/// More than a resource can have.
pub(super) fn count_tags(count: usize) -> Result<(), Mistake> {
    if count > MOST_TAGS { Err(Mistake::at("Tags", format!("there are {MOST_TAGS} at most"))) } else { Ok(()) }
}

fn document(value: &impl Serialize) -> Result<Document, Mistake> {
    to_document(value).map_err(|error| Mistake::here(error.to_string()))
}

fn check(operation: &'static Operation, name: &str, value: &Document) -> Result<(), Mistake> {
    let Some(member) = operation.input.member(name).filter(|_| *value != Document::Null) else { return Ok(()) };
    violations(member, value).into_iter().next().map_or(Ok(()), |reason| Err(Mistake::at(name, reason)))
}
