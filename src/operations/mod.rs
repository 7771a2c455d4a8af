//! Behaviour, one file per resource, and [`ROWS`]: the one table of what is built.
//!
//! The one idea to hold: an operation is a plain function from a context and a typed input to a typed output. Adding
//! one is that function and one row of `rows.rs`; its method, path, limits and errors hang from the model constant that
//! the row names.

mod access;
mod account;
mod admission;
mod alias;
mod capacity_provider;
mod code_signing;
mod concurrency;
mod configuration;
mod context;
mod due;
mod durable_execution;
mod environment;
mod event_invoke;
mod event_source;
mod function;
mod function_code;
mod function_config;
mod function_create;
mod function_scaling;
mod function_url;
pub(crate) mod invoke;
mod latest;
mod layer;
mod layer_policy;
mod layers;
pub(crate) mod look;
mod members;
mod object;
pub(crate) mod on_request;
mod page;
mod permission;
mod place;
mod provisioned_concurrency;
mod recursion;
mod resource_policy;
mod rows;
mod runtime;
mod runtime_management;
mod source;
mod tags;
pub(crate) mod url_call;
mod version;
pub(crate) mod work_off;

pub use context::{Context, Swap};
pub use due::Due;
pub(crate) use invoke::event::at_depth;
pub use layers::check_together;
pub use rows::{ROWS, Row};
pub use source::{UNZIPPED_BYTES, ZIPPED_BYTES, check_zipped, refused as package_refused};

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use access::Request;

use crate::error::Error;
use crate::invocation::Invocation;
use crate::model::{
    CHECKPOINT_DURABLE_EXECUTION, GET_DURABLE_EXECUTION_STATE, INVOKE, INVOKE_ASYNC, INVOKE_WITH_RESPONSE_STREAM,
    Operation,
};
use crate::protocol::document::{Document, Members};
use crate::protocol::typed;
use crate::state::Key;

/// Behaviour behind a document's face.
pub trait Handler: Sync {
    /// Answers one validated call of this operation, if the caller may make it.
    ///
    /// # Errors
    /// AWS's refusals, or a fault of ours.
    fn call(&self, cx: &Context<'_>, operation: &Operation, input: Document) -> Result<Document, Error>;

    /// The member names that the typed input asks for.
    fn input_members(&self) -> Vec<&'static str>;
}

/// A typed function as a [`Handler`].
struct Typed<I, O, F>(F, PhantomData<fn(I) -> O>);

const fn typed<I: Request, O, F: Fn(&Context<'_>, I) -> Result<O, Error>>(function: F) -> Typed<I, O, F> {
    Typed(function, PhantomData)
}

impl<I, O, F> Handler for Typed<I, O, F>
where
    I: DeserializeOwned + Request,
    O: Serialize,
    F: Fn(&Context<'_>, I) -> Result<O, Error> + Sync,
{
    fn call(&self, cx: &Context<'_>, operation: &Operation, input: Document) -> Result<Document, Error> {
        let input = typed::from_document(input)?;
        // Step 6 of section 4.
        let there = cx.admit(operation, &input)?;
        let cx = Context { scope: there.as_ref().unwrap_or(cx.scope), ..*cx };
        typed::to_document(&(self.0)(&cx, input)?)
    }

    fn input_members(&self) -> Vec<&'static str> {
        typed::field_names::<I>()
    }
}

/// A function with its versions, aliases and tags as it is now, looked at without a call.
///
/// # Errors
/// [`Error::FunctionNotFound`].
pub(crate) fn look_at(cx: &Context<'_>, name: &str) -> Result<Members, Error> {
    Ok(typed::to_document(&look::function(cx, name)?)?.into_members())
}

/// Whether an operation is one that runs code.
#[must_use]
pub fn runs_code(operation: &Operation) -> bool {
    let invokes = [INVOKE.name, INVOKE_ASYNC.name, INVOKE_WITH_RESPONSE_STREAM.name];
    invokes.contains(&operation.name) || is_about_executions(operation)
}

/// Whether an operation is one on durable executions, which come to the present before it and go on after it. What their
/// own code reports and reads is none.
#[must_use]
pub fn is_about_executions(operation: &Operation) -> bool {
    let from_within = [CHECKPOINT_DURABLE_EXECUTION.name, GET_DURABLE_EXECUTION_STATE.name];
    operation.name.contains("DurableExecution") && !from_within.contains(&operation.name)
}

/// What a call of a function would hand to a runner, and whose runner, without a call.
///
/// # Errors
/// [`Error::FunctionNotFound`] and others of Invoke.
pub(crate) fn prepare(cx: &Context<'_>, name: &str, qualifier: Option<&str>) -> Result<(Key, Invocation), Error> {
    invoke::prepare(cx, name, qualifier)
}

/// Whether an operation is built.
#[must_use]
pub fn is_built(operation: &Operation) -> bool {
    handler(operation).is_some()
}

/// The row of an operation, if there is one.
#[must_use]
pub fn row(operation: &Operation) -> Option<&'static Row> {
    let index = ROWS.binary_search_by(|row| row.operation.name.cmp(operation.name)).ok()?;
    ROWS.get(index)
}

/// The behaviour of an operation, if there is any.
#[must_use]
pub fn handler(operation: &Operation) -> Option<&'static dyn Handler> {
    row(operation).map(|row| row.handler)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_their_names_and_unique() {
        assert!(ROWS.is_sorted_by(|one, two| one.operation.name < two.operation.name));
        for row in ROWS {
            assert!(handler(row.operation).is_some(), "{}", row.operation.name);
        }
    }

    #[test]
    fn every_member_that_an_input_asks_for_is_in_the_model() {
        for row in ROWS {
            for name in row.handler.input_members() {
                assert!(row.operation.input.member(name).is_some(), "{}: {name}", row.operation.name);
            }
        }
    }

    #[test]
    fn every_member_of_a_request_is_read_by_its_operation() {
        for row in ROWS {
            let asked = row.handler.input_members();
            for member in row.operation.input.members() {
                assert!(asked.contains(&member.name), "{}: {}", row.operation.name, member.name);
            }
        }
    }
}
