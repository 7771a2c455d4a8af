//! GetAccountSettings (section 15).

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::concurrency::{CONCURRENT_EXECUTIONS, unreserved};
use super::context::Context;
use super::source::{UNZIPPED_BYTES, ZIPPED_BYTES};
use crate::error::Error;
use crate::state::RecordKind;

/// The request, which has no members.
#[derive(Debug, Deserialize)]
pub(super) struct GetAccountSettings {}

impl Request for GetAccountSettings {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

/// Limits and usage.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AccountSettings {
    account_limit: AccountLimit,
    account_usage: AccountUsage,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccountLimit {
    total_code_size: u64,
    code_size_unzipped: u64,
    code_size_zipped: u64,
    concurrent_executions: u32,
    unreserved_concurrent_executions: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccountUsage {
    total_code_size: u64,
    function_count: u64,
}

/// What the account may have and what it has in this Region (Q2, Q3).
///
/// # Errors
/// None of AWS's.
pub(super) fn settings(cx: &Context<'_>, _: GetAccountSettings) -> Result<AccountSettings, Error> {
    let mut usage = AccountUsage { total_code_size: 0, function_count: 0 };
    // Of an update that has failed meanwhile, the code that was there before (T6).
    for function in cx.functions()? {
        usage.total_code_size += function.stored_bytes();
        usage.function_count += 1;
    }
    for record in cx.store.list(cx.scope, RecordKind::Layer, "", usize::MAX)? {
        usage.total_code_size += record.charged_bytes();
    }
    Ok(AccountSettings {
        account_limit: AccountLimit {
            total_code_size: cx.options.code_storage_limit,
            code_size_unzipped: UNZIPPED_BYTES,
            code_size_zipped: ZIPPED_BYTES,
            concurrent_executions: CONCURRENT_EXECUTIONS,
            unreserved_concurrent_executions: unreserved(cx)?,
        },
        account_usage: usage,
    })
}
