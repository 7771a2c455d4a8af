//! Calls of functions by their URLs: which function it is, who may call it, and its run (facts 14).
//!
//! The one idea to hold: a URL is known by its id alone, whatever account and Region its function is in. Where it has
//! `AuthType` `NONE` the caller is nobody, so only the function's policy can let it in; else whoever signed has to be
//! allowed what URLs need, as with every other call.

use std::sync::Arc;

use bytes::Bytes;

use super::access::resource_tags;
use super::admission;
use super::context::Context;
use super::invoke;
use crate::arn::Scope;
use crate::error::{Error, InvokeError};
use crate::iam::Facts;
use crate::invocation::Outcome;
use crate::state::function::LATEST;
use crate::state::{Function, FunctionUrl, Record, RecordKind};
use crate::store::Store;

/// What a caller has to be allowed, both of it: since October 2025 AWS asks for the second, too.
const ACTIONS: [&str; 2] = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"];

/// What is behind a URL.
pub(crate) struct Behind {
    /// The world of its function.
    pub(crate) scope: Scope,
    /// The URL.
    pub(crate) url: FunctionUrl,
    function: Arc<Function>,
    /// The alias whose URL it is; none for the function's own.
    alias: Option<String>,
}

/// What is behind the URL of an id, if there is one.
///
/// # Errors
/// A fault of the store.
pub(crate) fn find(store: &dyn Store, id: &str) -> Result<Option<Behind>, Error> {
    for scope in store.worlds()? {
        for record in store.list(&scope, RecordKind::Function, "", usize::MAX)? {
            let Record::Function(function) = record else { continue };
            let attached = function.attached.iter().find_map(|(alias, attached)| {
                let url = attached.url.as_ref().filter(|url| url.id == id)?;
                Some((Some(alias).filter(|alias| *alias != LATEST).cloned(), url.clone()))
            });
            if let Some((alias, url)) = attached {
                return Ok(Some(Behind { scope, url, function, alias }));
            }
        }
    }
    Ok(None)
}

impl Behind {
    /// Whether everybody may ask, whom the function's policy lets in.
    pub(crate) fn is_open(&self) -> bool {
        self.url.auth_type == "NONE"
    }

    /// Whether the caller may call it.
    ///
    /// # Errors
    /// [`InvokeError::UrlForbidden`].
    pub(crate) fn admit(&self, cx: &Context<'_>) -> Result<(), Error> {
        let resource = self.alias.as_ref().map_or_else(
            || self.scope.function_arn(&self.function.name),
            |alias| self.scope.qualified_arn(&self.function.name, alias),
        );
        let policy = admission::policy(&self.function, self.alias.as_deref())?;
        let partition = self.scope.partition();
        let add = |facts: &mut Facts| {
            resource_tags(facts, &self.function.tags);
            facts.set("lambda:FunctionUrlAuthType", &self.url.auth_type);
            facts.set("lambda:InvokedViaFunctionUrl", "true");
        };
        for action in ACTIONS {
            let facts = cx.facts(&resource, add);
            let let_in =
                || policy.as_ref().is_some_and(|it| cx.caller.is_let_in(it, action, &resource, partition, &facts));
            let allowed = if self.is_open() {
                let_in()
            } else if cx.caller.account == self.scope.account {
                cx.check_beside(policy.as_ref(), action, &resource, add).is_ok()
            } else {
                let_in() && cx.check(action, &resource, add).is_ok()
            };
            if !allowed {
                let why = format!("nobody has allowed the caller {action} on {resource}, which URLs need");
                return Err(InvokeError::UrlForbidden { why }.into());
            }
        }
        Ok(())
    }

    /// Runs the function.
    ///
    /// # Errors
    /// As of Invoke.
    pub(crate) fn run(&self, cx: &Context<'_>, event: Bytes) -> Result<Outcome, Error> {
        invoke::by_url(cx, &self.function.name, self.alias.as_deref(), event)
    }
}
