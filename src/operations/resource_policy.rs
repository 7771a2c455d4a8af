//! The policy of a resource as a whole: PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy.
//!
//! The one idea to hold: it is the policy that permissions are added to (`permission.rs`); whoever wrote it, everybody
//! reads the same.

use serde::Deserialize;

use super::access::{Request, Target};
use super::context::{Context, Step};
use super::permission::{self, PolicyText};
use super::place::Place;
use crate::arn::FunctionRef;
use crate::error::{Error, PolicyError};
use crate::iam::ResourcePolicy;
use crate::state::{Policy, Statement};

/// How the revision of a policy is read.
const READ_BY: &str = "GetResourcePolicy";

/// The request of PutResourcePolicy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutResourcePolicy {
    resource_arn: String,
    policy: String,
    revision_id: Option<String>,
}

/// The request of GetResourcePolicy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetResourcePolicy {
    resource_arn: String,
}

/// The request of DeleteResourcePolicy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteResourcePolicy {
    resource_arn: String,
    revision_id: Option<String>,
}

impl Request for PutResourcePolicy {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.resource_arn))
    }
}

impl Request for GetResourcePolicy {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.resource_arn))
    }
}

impl Request for DeleteResourcePolicy {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.resource_arn))
    }
}

/// Gives a function, a version or an alias this policy, in place of the one that it has.
///
/// # Errors
/// E10, E1, [`Error::AliasArnNotFound`], and a [`PolicyError`].
pub(super) fn put(cx: &Context<'_>, input: PutResourcePolicy) -> Result<PolicyText, Error> {
    let function = function(&input.resource_arn)?;
    let place = Place::new(cx, &function, None)?;
    permission::check_writable(&function, None)?;
    let read =
        ResourcePolicy::read(&input.policy).map_err(|mistake| PolicyError::Malformed { found: mistake.to_string() })?;
    if read.is_public() {
        return Err(PolicyError::Public.into());
    }
    let statements = read.statements.into_iter().map(|(sid, json)| Statement { sid, json }).collect();
    let policy = Policy { revision_id: String::new(), head: read.head, statements };
    cx.change(&place.key, |function| {
        place.check(function)?;
        permission::check_revision(function, &place.qualifier, input.revision_id.as_deref(), READ_BY)?;
        let changed = permission::with_policy(cx, function, &place, Some(policy.clone()))?;
        let written = permission::policy_of(&changed, &place.qualifier).map(PolicyText::of);
        let answer = written.ok_or_else(|| Error::internal("a policy that was written is there"))?;
        Ok(Step::Put(Box::new(changed), answer))
    })
}

/// The policy of a function, a version or an alias.
///
/// # Errors
/// E10, [`Error::NoSuchResource`].
pub(super) fn get(cx: &Context<'_>, input: GetResourcePolicy) -> Result<PolicyText, Error> {
    permission::read(cx, &Place::new(cx, &function(&input.resource_arn)?, None)?)
}

/// Takes the whole policy away.
///
/// # Errors
/// E10, E1, [`Error::AliasArnNotFound`], and a [`PolicyError`].
pub(super) fn delete(cx: &Context<'_>, input: DeleteResourcePolicy) -> Result<(), Error> {
    let place = Place::new(cx, &function(&input.resource_arn)?, None)?;
    cx.change(&place.key, |function| {
        place.check(function)?;
        permission::policy_of(function, &place.qualifier).ok_or(PolicyError::NoPolicy)?;
        permission::check_revision(function, &place.qualifier, input.revision_id.as_deref(), READ_BY)?;
        Ok(Step::Put(Box::new(permission::with_policy(cx, function, &place, None)?), ()))
    })
    .map_err(|error| permission::without_function(error, &place))
}

/// The function of an ARN. Runtimes, whose ARNs the model takes too, are none: nobody has one.
fn function(arn: &str) -> Result<FunctionRef, Error> {
    FunctionRef::parse(arn).ok_or(Error::NoSuchResource)
}

/// What policies are asked about.
fn target(arn: &str) -> Target {
    match FunctionRef::parse(arn) {
        Some(function) => Target::Function { qualifier: function.qualifier.clone(), function },
        None => Target::Other(arn.to_owned()),
    }
}
