//! GetAccountSettings (section 15).

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::Context;
use super::source::{UNZIPPED_BYTES, ZIPPED_BYTES};
use crate::error::Error;
use crate::state::{Record, RecordKind};

/// The account's concurrent executions (Q2).
const CONCURRENT_EXECUTIONS: u32 = 1000;

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
    let functions = cx.store.list(cx.scope, RecordKind::Function, "", usize::MAX)?;
    let stored_bytes = functions.iter().map(|record| match record {
        Record::Function(function) => {
            function.settled(cx.now, false).map_or_else(|| function.stored_bytes(), |settled| settled.stored_bytes())
        }
        _ => 0,
    });
    let usage = AccountUsage { total_code_size: stored_bytes.sum(), function_count: functions.len() as u64 };
    Ok(AccountSettings {
        account_limit: AccountLimit {
            total_code_size: cx.options.code_storage_limit,
            code_size_unzipped: UNZIPPED_BYTES,
            code_size_zipped: ZIPPED_BYTES,
            concurrent_executions: CONCURRENT_EXECUTIONS,
            unreserved_concurrent_executions: CONCURRENT_EXECUTIONS,
        },
        account_usage: usage,
    })
}
