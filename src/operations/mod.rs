//! Behaviour, one file per resource, and [`ROWS`]: the one table of what is built.
//!
//! The one idea to hold: an operation is a plain function from a context and a typed input to a typed output. Adding
//! one is that function and one row here; its method, path, limits and errors hang from the model constant that the row
//! names, and the Python methods, routes and coverage lists all read this table.

mod access;
mod account;
mod alias;
mod code_signing;
mod concurrency;
mod configuration;
mod context;
mod due;
mod environment;
mod function;
mod function_code;
mod function_config;
mod function_create;
mod function_url;
mod latest;
mod layers;
pub(crate) mod look;
mod members;
mod object;
pub(crate) mod on_request;
mod page;
mod runtime;
mod source;
mod tags;
mod version;

pub use context::Context;
pub use due::Due;
pub use layers::check_together;
pub use source::{UNZIPPED_BYTES, ZIPPED_BYTES, check_zipped, refused as package_refused};

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use access::Request;

use crate::error::Error;
use crate::model::{self, Operation};
use crate::protocol::document::{Document, Members};
use crate::protocol::typed;

/// An operation that is built: the model's constant and its behaviour.
pub struct Row {
    /// The model's side: method, path, shapes, errors.
    pub operation: &'static Operation,
    /// Our side.
    pub handler: &'static dyn Handler,
}

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
        cx.authorize(operation, &input)?;
        typed::to_document(&(self.0)(cx, input)?)
    }

    fn input_members(&self) -> Vec<&'static str> {
        typed::field_names::<I>()
    }
}

/// What is built, by name. Whatever is not here answers [`Error::NotBuilt`].
pub static ROWS: &[Row] = &[
    Row { operation: &model::CREATE_ALIAS, handler: &typed(alias::create) },
    Row { operation: &model::CREATE_CODE_SIGNING_CONFIG, handler: &typed(code_signing::create) },
    Row { operation: &model::CREATE_FUNCTION, handler: &typed(function_create::create) },
    Row { operation: &model::CREATE_FUNCTION_URL_CONFIG, handler: &typed(function_url::create) },
    Row { operation: &model::DELETE_ALIAS, handler: &typed(alias::delete) },
    Row { operation: &model::DELETE_CODE_SIGNING_CONFIG, handler: &typed(code_signing::delete) },
    Row { operation: &model::DELETE_FUNCTION, handler: &typed(function::delete) },
    Row { operation: &model::DELETE_FUNCTION_CODE_SIGNING_CONFIG, handler: &typed(code_signing::delete_from_function) },
    Row { operation: &model::DELETE_FUNCTION_CONCURRENCY, handler: &typed(concurrency::delete) },
    Row { operation: &model::DELETE_FUNCTION_URL_CONFIG, handler: &typed(function_url::delete) },
    Row { operation: &model::GET_ACCOUNT_SETTINGS, handler: &typed(account::settings) },
    Row { operation: &model::GET_ALIAS, handler: &typed(alias::get) },
    Row { operation: &model::GET_CODE_SIGNING_CONFIG, handler: &typed(code_signing::get) },
    Row { operation: &model::GET_FUNCTION, handler: &typed(function::get) },
    Row { operation: &model::GET_FUNCTION_CODE_SIGNING_CONFIG, handler: &typed(code_signing::of_function) },
    Row { operation: &model::GET_FUNCTION_CONCURRENCY, handler: &typed(concurrency::get) },
    Row { operation: &model::GET_FUNCTION_CONFIGURATION, handler: &typed(function::get_configuration) },
    Row { operation: &model::GET_FUNCTION_URL_CONFIG, handler: &typed(function_url::get) },
    Row { operation: &model::LIST_ALIASES, handler: &typed(alias::list) },
    Row { operation: &model::LIST_CODE_SIGNING_CONFIGS, handler: &typed(code_signing::list) },
    Row { operation: &model::LIST_FUNCTION_URL_CONFIGS, handler: &typed(function_url::list) },
    Row { operation: &model::LIST_FUNCTIONS, handler: &typed(function::list) },
    Row { operation: &model::LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG, handler: &typed(code_signing::list_functions) },
    Row { operation: &model::LIST_TAGS, handler: &typed(tags::list) },
    Row { operation: &model::LIST_VERSIONS_BY_FUNCTION, handler: &typed(version::list) },
    Row { operation: &model::PUBLISH_VERSION, handler: &typed(version::publish) },
    Row { operation: &model::PUT_FUNCTION_CODE_SIGNING_CONFIG, handler: &typed(code_signing::put_on_function) },
    Row { operation: &model::PUT_FUNCTION_CONCURRENCY, handler: &typed(concurrency::put) },
    Row { operation: &model::TAG_RESOURCE, handler: &typed(tags::tag) },
    Row { operation: &model::UNTAG_RESOURCE, handler: &typed(tags::untag) },
    Row { operation: &model::UPDATE_ALIAS, handler: &typed(alias::update) },
    Row { operation: &model::UPDATE_CODE_SIGNING_CONFIG, handler: &typed(code_signing::update) },
    Row { operation: &model::UPDATE_FUNCTION_CODE, handler: &typed(function_code::update) },
    Row { operation: &model::UPDATE_FUNCTION_CONFIGURATION, handler: &typed(function_config::update) },
    Row { operation: &model::UPDATE_FUNCTION_URL_CONFIG, handler: &typed(function_url::update) },
];

/// A function with its versions, aliases and tags as it is now, looked at without a call.
///
/// # Errors
/// [`Error::FunctionNotFound`].
pub(crate) fn look_at(cx: &Context<'_>, name: &str) -> Result<Members, Error> {
    Ok(typed::to_document(&look::function(cx, name)?)?.into_members())
}

/// The behaviour of an operation, if it is built.
#[must_use]
pub fn handler(operation: &Operation) -> Option<&'static dyn Handler> {
    let index = ROWS.binary_search_by(|row| row.operation.name.cmp(operation.name)).ok()?;
    ROWS.get(index).map(|row| row.handler)
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
        // Members of the model that no behaviour stands behind yet, with what they are for.
        const UNREAD: [(&str, &str); 1] = [("ListFunctions", "")];
        for row in ROWS {
            let asked = row.handler.input_members();
            for member in row.operation.input.members() {
                let excused = UNREAD.contains(&(row.operation.name, member.name));
                assert!(asked.contains(&member.name) || excused, "{}: {}", row.operation.name, member.name);
            }
        }
    }
}
