//! The one table of what is built.
//!
//! The one idea to hold: a row says everything of an operation that is not in the model. Python's methods, the routes, the
//! documentation and the coverage tests all read it.

use super::{Handler, typed};
use super::{
    account, alias, capacity_provider, code_signing, concurrency, durable_execution, event_invoke, event_source,
    function, function_code, function_config, function_create, function_scaling, function_url, invoke, layer,
    layer_policy, permission, provisioned_concurrency, recursion, resource_policy, runtime_management, tags, version,
};
use crate::model::{self, Operation};

/// An operation that is built: the model's constant, its behaviour, where that is written down, and what shows it.
pub struct Row {
    /// The model's side: method, path, shapes, errors.
    pub operation: &'static Operation,
    /// Our side.
    pub handler: &'static dyn Handler,
    /// Rules of the specification, by section or letter; "facts" are sections of the neighbours' rules.
    pub rules: &'static str,
    /// The files of `tests/behaviour` that show it, by how their names go on after `test_`.
    pub tests: &'static str,
}

const fn row(
    operation: &'static Operation,
    handler: &'static dyn Handler,
    rules: &'static str,
    tests: &'static str,
) -> Row {
    Row { operation, handler, rules, tests }
}

/// What is built, by name. Whatever is not here answers [`Error::NotBuilt`](crate::error::Error::NotBuilt).
#[rustfmt::skip]
pub static ROWS: &[Row] = &[
    row(&model::ADD_LAYER_VERSION_PERMISSION, &typed(layer_policy::add), "facts 16", "layer"),
    row(&model::ADD_PERMISSION, &typed(permission::add), "facts 11", "permission"),
    row(&model::CHECKPOINT_DURABLE_EXECUTION, &typed(durable_execution::checkpoint), "model", "durable_checkpoint"),
    row(&model::CREATE_ALIAS, &typed(alias::create), "facts 10", "alias"),
    row(&model::CREATE_CAPACITY_PROVIDER, &typed(capacity_provider::create), "model", "capacity_provider"),
    row(&model::CREATE_CODE_SIGNING_CONFIG, &typed(code_signing::create), "3.3, facts 17", "code_signing"),
    row(&model::CREATE_EVENT_SOURCE_MAPPING, &typed(event_source::create), "facts 18", "event_source"),
    row(&model::CREATE_FUNCTION, &typed(function_create::create), "facts 4", "create_function"),
    row(&model::CREATE_FUNCTION_URL_CONFIG, &typed(function_url::create), "facts 14", "function_url"),
    row(&model::DELETE_ALIAS, &typed(alias::delete), "facts 10", "alias"),
    row(&model::DELETE_CAPACITY_PROVIDER, &typed(capacity_provider::delete), "model", "capacity_provider"),
    row(&model::DELETE_CODE_SIGNING_CONFIG, &typed(code_signing::delete), "3.3, facts 17", "code_signing"),
    row(&model::DELETE_DURABLE_EXECUTION, &typed(durable_execution::delete), "model", "durable_execution"),
    row(&model::DELETE_EVENT_SOURCE_MAPPING, &typed(event_source::delete), "facts 18", "event_source"),
    row(&model::DELETE_FUNCTION, &typed(function::delete), "G, facts 6, 7", "function"),
    row(&model::DELETE_FUNCTION_CODE_SIGNING_CONFIG, &typed(code_signing::delete_from_function), "3.3, facts 17", "code_signing"),
    row(&model::DELETE_FUNCTION_CONCURRENCY, &typed(concurrency::delete), "facts 12", "concurrency"),
    row(&model::DELETE_FUNCTION_EVENT_INVOKE_CONFIG, &typed(event_invoke::delete), "facts 13", "event_invoke"),
    row(&model::DELETE_FUNCTION_URL_CONFIG, &typed(function_url::delete), "facts 14", "function_url"),
    row(&model::DELETE_LAYER_VERSION, &typed(layer::delete), "facts 16", "layer"),
    row(&model::DELETE_PROVISIONED_CONCURRENCY_CONFIG, &typed(provisioned_concurrency::delete), "facts 12", "provisioned_concurrency"),
    row(&model::DELETE_RESOURCE_POLICY, &typed(resource_policy::delete), "facts 11", "resource_policy"),
    row(&model::GET_ACCOUNT_SETTINGS, &typed(account::settings), "Q, facts 19", "account"),
    row(&model::GET_ALIAS, &typed(alias::get), "facts 10", "alias"),
    row(&model::GET_CAPACITY_PROVIDER, &typed(capacity_provider::get), "model", "capacity_provider"),
    row(&model::GET_CODE_SIGNING_CONFIG, &typed(code_signing::get), "3.3, facts 17", "code_signing"),
    row(&model::GET_DURABLE_EXECUTION, &typed(durable_execution::get), "model", "durable_execution"),
    row(&model::GET_DURABLE_EXECUTION_HISTORY, &typed(durable_execution::history), "model", "durable_execution"),
    row(&model::GET_DURABLE_EXECUTION_STATE, &typed(durable_execution::state), "model", "durable_checkpoint"),
    row(&model::GET_EVENT_SOURCE_MAPPING, &typed(event_source::get), "facts 18", "event_source"),
    row(&model::GET_FUNCTION, &typed(function::get), "G, facts 6, 7", "function"),
    row(&model::GET_FUNCTION_CODE_SIGNING_CONFIG, &typed(code_signing::of_function), "3.3, facts 17", "code_signing"),
    row(&model::GET_FUNCTION_CONCURRENCY, &typed(concurrency::get), "facts 12", "concurrency"),
    row(&model::GET_FUNCTION_CONFIGURATION, &typed(function::get_configuration), "G, facts 6, 7", "function"),
    row(&model::GET_FUNCTION_EVENT_INVOKE_CONFIG, &typed(event_invoke::get), "facts 13", "event_invoke"),
    row(&model::GET_FUNCTION_RECURSION_CONFIG, &typed(recursion::get), "facts 19", "recursion"),
    row(&model::GET_FUNCTION_SCALING_CONFIG, &typed(function_scaling::get), "model", "function_scaling"),
    row(&model::GET_FUNCTION_URL_CONFIG, &typed(function_url::get), "facts 14", "function_url"),
    row(&model::GET_LAYER_VERSION, &typed(layer::get), "facts 16", "layer"),
    row(&model::GET_LAYER_VERSION_BY_ARN, &typed(layer::get_by_arn), "facts 16", "layer"),
    row(&model::GET_LAYER_VERSION_POLICY, &typed(layer_policy::get), "facts 16", "layer"),
    row(&model::GET_POLICY, &typed(permission::get), "facts 11", "permission"),
    row(&model::GET_PROVISIONED_CONCURRENCY_CONFIG, &typed(provisioned_concurrency::get), "facts 12", "provisioned_concurrency"),
    row(&model::GET_RESOURCE_POLICY, &typed(resource_policy::get), "facts 11", "resource_policy"),
    row(&model::GET_RUNTIME_MANAGEMENT_CONFIG, &typed(runtime_management::get), "facts 19", "runtime_management"),
    row(&model::INVOKE, &typed(invoke::invoke), "facts 19", "invoke"),
    row(&model::INVOKE_ASYNC, &typed(invoke::invoke_async), "facts 19", "invoke"),
    row(&model::INVOKE_WITH_RESPONSE_STREAM, &typed(invoke::invoke_with_response_stream), "facts 19", "invoke"),
    row(&model::LIST_ALIASES, &typed(alias::list), "facts 10", "alias"),
    row(&model::LIST_CAPACITY_PROVIDERS, &typed(capacity_provider::list), "model", "capacity_provider"),
    row(&model::LIST_CODE_SIGNING_CONFIGS, &typed(code_signing::list), "3.3, facts 17", "code_signing"),
    row(&model::LIST_DURABLE_EXECUTIONS_BY_FUNCTION, &typed(durable_execution::list), "model", "durable_execution"),
    row(&model::LIST_EVENT_SOURCE_MAPPINGS, &typed(event_source::list), "facts 18", "event_source"),
    row(&model::LIST_FUNCTION_EVENT_INVOKE_CONFIGS, &typed(event_invoke::list), "facts 13", "event_invoke"),
    row(&model::LIST_FUNCTION_URL_CONFIGS, &typed(function_url::list), "facts 14", "function_url"),
    row(&model::LIST_FUNCTION_VERSIONS_BY_CAPACITY_PROVIDER, &typed(capacity_provider::list_versions), "model", "capacity_provider"),
    row(&model::LIST_FUNCTIONS, &typed(function::list), "G, facts 6, 7", "function"),
    row(&model::LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG, &typed(code_signing::list_functions), "3.3, facts 17", "code_signing"),
    row(&model::LIST_LAYER_VERSIONS, &typed(layer::list_versions), "facts 16", "layer"),
    row(&model::LIST_LAYERS, &typed(layer::list), "facts 16", "layer"),
    row(&model::LIST_PROVISIONED_CONCURRENCY_CONFIGS, &typed(provisioned_concurrency::list), "facts 12", "provisioned_concurrency"),
    row(&model::LIST_TAGS, &typed(tags::list), "facts 15", "tags"),
    row(&model::LIST_VERSIONS_BY_FUNCTION, &typed(version::list), "V, facts 9", "publish_version"),
    row(&model::PAUSE_DURABLE_EXECUTION, &typed(durable_execution::pause), "model", "durable_execution"),
    row(&model::PUBLISH_LAYER_VERSION, &typed(layer::publish), "Z, B, facts 16", "layer"),
    row(&model::PUBLISH_VERSION, &typed(version::publish), "V, facts 9", "publish_version"),
    row(&model::PUT_FUNCTION_CODE_SIGNING_CONFIG, &typed(code_signing::put_on_function), "3.3, facts 17", "code_signing"),
    row(&model::PUT_FUNCTION_CONCURRENCY, &typed(concurrency::put), "facts 12", "concurrency"),
    row(&model::PUT_FUNCTION_EVENT_INVOKE_CONFIG, &typed(event_invoke::put), "facts 13", "event_invoke"),
    row(&model::PUT_FUNCTION_RECURSION_CONFIG, &typed(recursion::put), "facts 19", "recursion"),
    row(&model::PUT_FUNCTION_SCALING_CONFIG, &typed(function_scaling::put), "model", "function_scaling"),
    row(&model::PUT_PROVISIONED_CONCURRENCY_CONFIG, &typed(provisioned_concurrency::put), "facts 12", "provisioned_concurrency"),
    row(&model::PUT_RESOURCE_POLICY, &typed(resource_policy::put), "facts 11", "resource_policy"),
    row(&model::PUT_RUNTIME_MANAGEMENT_CONFIG, &typed(runtime_management::put), "facts 19", "runtime_management"),
    row(&model::REMOVE_LAYER_VERSION_PERMISSION, &typed(layer_policy::remove), "facts 16", "layer"),
    row(&model::REMOVE_PERMISSION, &typed(permission::remove), "facts 11", "permission"),
    row(&model::RESUME_DURABLE_EXECUTION, &typed(durable_execution::resume), "model", "durable_execution"),
    row(&model::SEND_DURABLE_EXECUTION_CALLBACK_FAILURE, &typed(durable_execution::fail_callback), "model", "durable_execution"),
    row(&model::SEND_DURABLE_EXECUTION_CALLBACK_HEARTBEAT, &typed(durable_execution::heartbeat), "model", "durable_execution"),
    row(&model::SEND_DURABLE_EXECUTION_CALLBACK_SUCCESS, &typed(durable_execution::succeed_callback), "model", "durable_execution"),
    row(&model::STOP_DURABLE_EXECUTION, &typed(durable_execution::stop), "model", "durable_execution"),
    row(&model::TAG_RESOURCE, &typed(tags::tag), "facts 15", "tags"),
    row(&model::UNTAG_RESOURCE, &typed(tags::untag), "facts 15", "tags"),
    row(&model::UPDATE_ALIAS, &typed(alias::update), "facts 10", "alias"),
    row(&model::UPDATE_CAPACITY_PROVIDER, &typed(capacity_provider::update), "model", "capacity_provider"),
    row(&model::UPDATE_CODE_SIGNING_CONFIG, &typed(code_signing::update), "3.3, facts 17", "code_signing"),
    row(&model::UPDATE_EVENT_SOURCE_MAPPING, &typed(event_source::update), "facts 18", "event_source"),
    row(&model::UPDATE_FUNCTION_CODE, &typed(function_code::update), "R, D, E, Z", "update_function_code"),
    row(&model::UPDATE_FUNCTION_CONFIGURATION, &typed(function_config::update), "facts 8", "function_configuration"),
    row(&model::UPDATE_FUNCTION_EVENT_INVOKE_CONFIG, &typed(event_invoke::update), "facts 13", "event_invoke"),
    row(&model::UPDATE_FUNCTION_URL_CONFIG, &typed(function_url::update), "facts 14", "function_url"),
];
