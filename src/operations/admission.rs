//! Who is let in: step 6 of section 4, in the caller's own account and in others (F7, facts 2.4).
//!
//! The one idea to hold: whose function a call is about is decided here, once. A call that the policy of another account's
//! function lets in goes on in that account's world ([`Context::scope`]), and no operation knows the difference.

use super::access::{Request, Target, action, resource_tags};
use super::context::Context;
use super::permission::policy_of;
use crate::arn::Scope;
use crate::error::Error;
use crate::iam::{Facts, ResourcePolicy};
use crate::model::Operation;
use crate::state::function::LATEST;
use crate::state::{Function, Key, Record};

/// The operations that the policy of a function can open to other accounts, in the order of names. AWS documents these.
const ACROSS_ACCOUNTS: [&str; 29] = [
    "CreateAlias",
    "DeleteAlias",
    "DeleteFunction",
    "DeleteFunctionConcurrency",
    "DeleteFunctionEventInvokeConfig",
    "DeleteProvisionedConcurrencyConfig",
    "GetAlias",
    "GetFunction",
    "GetFunctionConcurrency",
    "GetFunctionConfiguration",
    "GetFunctionEventInvokeConfig",
    "GetPolicy",
    "GetProvisionedConcurrencyConfig",
    "Invoke",
    "InvokeWithResponseStream",
    "ListAliases",
    "ListFunctionEventInvokeConfigs",
    "ListProvisionedConcurrencyConfigs",
    "ListTags",
    "ListVersionsByFunction",
    "PublishVersion",
    "PutFunctionConcurrency",
    "PutFunctionEventInvokeConfig",
    "PutProvisionedConcurrencyConfig",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateFunctionCode",
    "UpdateFunctionEventInvokeConfig",
];

impl Context<'_> {
    /// Step 6: whether the caller may ask for this, and in whose world, where that is not its own. Resolves the name first
    /// (step 5).
    ///
    /// # Errors
    /// [`Error::NotAuthorized`] (E6), and those of [`Context::key`].
    pub(super) fn admit(&self, operation: &Operation, request: &impl Request) -> Result<Option<Scope>, Error> {
        let limited = self.caller.is_limited();
        let target = match request.target() {
            Ok(target) => target,
            Err(refusal) if limited => return Err(refusal),
            // Whoever may everything is told by the operation, in its turn.
            Err(_) => return Ok(None),
        };
        let Some(there) = self.elsewhere(&target) else {
            if limited {
                self.authorize(self.scope, operation, request, &target)?;
            }
            return Ok(None);
        };
        if self.is_let_in(&there, operation, request, &target)? {
            self.authorize(&there, operation, request, &target)?;
            return Ok(Some(there));
        }
        if limited { Err(Error::OtherAccount) } else { Ok(None) }
    }

    /// The other account's world that a function lies in, if it can be reached from here (E10).
    fn elsewhere(&self, target: &Target) -> Option<Scope> {
        let Target::Function { function, .. } = target else { return None };
        let account = function.account.as_ref().filter(|account| ***account != *self.scope.account)?;
        let near = function.region.as_ref().is_none_or(|region| **region == *self.scope.region);
        near.then(|| Scope::new(account, &self.scope.region))
    }

    /// Whether the policy of a function in another account lets the caller do this.
    fn is_let_in(
        &self,
        there: &Scope,
        operation: &Operation,
        request: &impl Request,
        target: &Target,
    ) -> Result<bool, Error> {
        let Target::Function { function, qualifier } = target else { return Ok(false) };
        if !ACROSS_ACCOUNTS.contains(&operation.name) {
            return Ok(false);
        }
        let key = Key::function(there, &function.name);
        let Some((_, Record::Function(function))) = self.store.get(&key)? else { return Ok(false) };
        let Some(policy) = policy(&function, qualifier.as_deref())? else { return Ok(false) };
        let resource = arn(&key, qualifier.as_deref());
        let facts = self.facts(&resource, |facts| {
            resource_tags(facts, &function.tags);
            request.facts(facts);
        });
        Ok(self.caller.is_let_in(&policy, &action(operation), &resource, there.partition(), &facts))
    }

    /// Whether the caller may do this, too, with a function that it was let in to: one of its own account is no question
    /// of this.
    pub(super) fn is_welcome(
        &self,
        function: &Function,
        action: &str,
        resource: &str,
        facts: impl FnOnce(&mut Facts),
    ) -> bool {
        if self.scope.account == self.caller.account {
            return true;
        }
        let facts = self.facts(resource, facts);
        let policy = policy(function, None).ok().flatten();
        policy.is_some_and(|it| self.caller.is_let_in(&it, action, resource, self.scope.partition(), &facts))
    }

    /// Whether the caller's own policies allow this, or, in its own account, that of the function does.
    fn authorize(
        &self,
        world: &Scope,
        operation: &Operation,
        request: &impl Request,
        target: &Target,
    ) -> Result<(), Error> {
        if !self.caller.is_limited() {
            return Ok(());
        }
        let (resource, key) = match target {
            Target::Account | Target::ForFunction(_) => ("*".to_owned(), None),
            Target::Record(kind, name) => {
                let key = Key::new(world, *kind, name);
                (key.arn(), Some(key))
            }
            Target::Other(arn) => (arn.clone(), Key::of_arn(world, arn)),
            Target::Layer { layer, version } => {
                let arn = layer.scope(world).arn("layer", &layer.name);
                (version.map_or_else(|| arn.clone(), |version| format!("{arn}:{version}")), Key::of_arn(world, &arn))
            }
            Target::Function { function, qualifier } => {
                let key = Context { scope: world, ..*self }.key(function)?;
                (arn(&key, qualifier.as_deref()), Some(key))
            }
        };
        let record = match key {
            Some(key) => self.store.get(&key)?.map(|(_, record)| record),
            None => None,
        };
        let about = match (&record, target) {
            (Some(Record::EventSourceMapping(mapping)), _) => Some(mapping.function_arn.clone()),
            (_, Target::ForFunction(function)) => Some(self.key(function)?.arn()),
            _ => None,
        };
        let beside = match (&record, target) {
            (Some(Record::Function(function)), Target::Function { qualifier, .. }) if *world == *self.scope => {
                policy(function, qualifier.as_deref())?
            }
            _ => None,
        };
        let check = |about: Option<String>| {
            self.check_beside(beside.as_ref(), &action(operation), &resource, |facts| {
                if let Some(tags) = record.as_ref().and_then(Record::tags) {
                    resource_tags(facts, tags);
                }
                facts.set_all("lambda:FunctionArn", &about);
                request.facts(facts);
            })
        };
        check(about)?;
        let Some(other) = request.other_function() else { return Ok(()) };
        Ok(check(Some(arn(&self.key(other)?, other.qualifier.as_deref())))?)
    }
}

/// The policy that a call on a qualifier is held against: that of the very thing that it names.
pub(super) fn policy(function: &Function, qualifier: Option<&str>) -> Result<Option<ResourcePolicy>, Error> {
    let Some(policy) = policy_of(function, qualifier.unwrap_or(LATEST)) else { return Ok(None) };
    ResourcePolicy::read(&policy.to_json()).map(Some).map_err(|mistake| Error::internal(mistake.to_string()))
}

/// The ARN of a function, or of a qualifier of it.
fn arn(key: &Key, qualifier: Option<&str>) -> String {
    qualifier.map_or_else(|| key.arn(), |qualifier| key.scope.qualified_arn(&key.name, qualifier))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    #[test]
    fn what_is_opened_to_other_accounts_are_operations() {
        assert!(ACROSS_ACCOUNTS.is_sorted());
        for name in ACROSS_ACCOUNTS {
            assert!(model::operation(name).is_some(), "{name}");
        }
    }
}
