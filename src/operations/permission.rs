//! Permissions: AddPermission, RemovePermission, GetPolicy (facts 11).
//!
//! The one idea to hold: a permission is a statement of the one policy that a function, a version or an alias has;
//! `resource_policy.rs` writes the same policy whole.

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::{Context, Step};
use super::place::Place;
use crate::arn::FunctionRef;
use crate::error::{Error, PolicyError};
use crate::iam::{Facts, Grant, Grantee, ResourcePolicy};
use crate::state::function::LATEST;
use crate::state::{Function, Policy, Statement, policy::MOST_BYTES};

/// How the revision of a policy is read (facts 3.2).
const READ_BY: &str = "GetPolicy";

/// The request of AddPermission.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AddPermission {
    function_name: FunctionRef,
    statement_id: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    function_url_auth_type: Option<String>,
    invoked_via_function_url: Option<bool>,
    source_account: Option<String>,
    event_source_token: Option<String>,
    qualifier: Option<String>,
    revision_id: Option<String>,
    #[serde(rename = "PrincipalOrgID")]
    principal_org_id: Option<String>,
}

impl Request for AddPermission {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }

    fn facts(&self, facts: &mut Facts) {
        facts.set("lambda:Principal", &self.principal);
        facts.set_all("lambda:FunctionUrlAuthType", &self.function_url_auth_type);
    }
}

/// The request of RemovePermission.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RemovePermission {
    function_name: FunctionRef,
    statement_id: String,
    qualifier: Option<String>,
    revision_id: Option<String>,
}

impl Request for RemovePermission {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// The request of GetPolicy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetPolicy {
    function_name: FunctionRef,
    qualifier: Option<String>,
}

impl Request for GetPolicy {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// The answer of AddPermission.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Permission {
    statement: String,
}

/// A policy as it is read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyText {
    policy: String,
    revision_id: String,
}

impl PolicyText {
    pub(super) fn of(policy: &Policy) -> Self {
        Self { policy: policy.to_json(), revision_id: policy.revision_id.clone() }
    }
}

impl AddPermission {
    /// The statement that it asks for; the members of its conditions stand in the order of LocalStack's.
    fn statement(&self, place: &Place) -> Result<Statement, Error> {
        let partition = place.key.scope.partition();
        let grantee = Grantee::read(&self.principal, partition).ok_or(PolicyError::InvalidPrincipal)?;
        let via_url = self.invoked_via_function_url.map(|flag| if flag { "true" } else { "false" });
        let conditions = [
            ("StringEquals", "AWS:SourceAccount", self.source_account.as_deref()),
            ("ArnLike", "AWS:SourceArn", self.source_arn.as_deref()),
            ("StringEquals", "lambda:FunctionUrlAuthType", self.function_url_auth_type.as_deref()),
            ("StringEquals", "aws:PrincipalOrgID", self.principal_org_id.as_deref()),
            ("StringEquals", "lambda:EventSourceToken", self.event_source_token.as_deref()),
            ("Bool", "lambda:InvokedViaFunctionUrl", via_url),
        ];
        let conditions = conditions.into_iter().filter_map(|(operator, key, value)| Some((operator, key, value?)));
        let grant = Grant {
            sid: &self.statement_id,
            grantee,
            action: &self.action,
            resource: &place.arn(),
            conditions: conditions.collect(),
        };
        Ok(Statement { sid: self.statement_id.clone(), json: grant.to_json() })
    }
}

/// Lets somebody do something with a function, a version or an alias.
///
/// # Errors
/// G7, E10, E1, [`Error::AliasArnNotFound`], and a [`PolicyError`].
pub(super) fn add(cx: &Context<'_>, input: AddPermission) -> Result<Permission, Error> {
    let place = Place::new(cx, &input.function_name, input.qualifier.clone())?;
    check_writable(&input.function_name, input.qualifier.as_deref())?;
    cx.change(&place.key, |function| {
        place.check(function)?;
        check_revision(function, &place.qualifier, input.revision_id.as_deref(), READ_BY)?;
        let current = policy_of(function, &place.qualifier);
        if current.is_some_and(|policy| policy.has(&input.statement_id)) {
            return Err(PolicyError::StatementExists { sid: input.statement_id.clone() }.into());
        }
        let statement = input.statement(&place)?;
        let answer = Permission { statement: statement.json.clone() };
        let mut policy = current.cloned();
        match &mut policy {
            Some(policy) => policy.statements.push(statement),
            None => policy = Some(Policy::new(String::new(), vec![statement])),
        }
        Ok(Step::Put(Box::new(with_policy(cx, function, &place, policy)?), answer))
    })
}

/// Takes a permission away again.
///
/// # Errors
/// G7, E10, E1, [`Error::AliasArnNotFound`], and a [`PolicyError`].
pub(super) fn remove(cx: &Context<'_>, input: RemovePermission) -> Result<(), Error> {
    let place = Place::new(cx, &input.function_name, input.qualifier)?;
    cx.change(&place.key, |function| {
        place.check(function)?;
        let mut policy = policy_of(function, &place.qualifier).cloned().ok_or(PolicyError::NoPolicy)?;
        if !policy.has(&input.statement_id) {
            return Err(PolicyError::StatementNotFound { sid: input.statement_id.clone() }.into());
        }
        check_revision(function, &place.qualifier, input.revision_id.as_deref(), READ_BY)?;
        policy.statements.retain(|statement| statement.sid != input.statement_id);
        let left = Some(policy).filter(|policy| !policy.statements.is_empty());
        Ok(Step::Put(Box::new(with_policy(cx, function, &place, left)?), ()))
    })
    .map_err(|error| without_function(error, &place))
}

/// The policy of a function, a version or an alias.
///
/// # Errors
/// G7, E10, [`Error::NoSuchResource`].
pub(super) fn get(cx: &Context<'_>, input: GetPolicy) -> Result<PolicyText, Error> {
    read(cx, &Place::new(cx, &input.function_name, input.qualifier)?)
}

/// The policy of a place.
///
/// # Errors
/// [`Error::NoSuchResource`].
pub(super) fn read(cx: &Context<'_>, place: &Place) -> Result<PolicyText, Error> {
    let function = cx.function(&place.key, false).map_err(|error| match error {
        Error::FunctionNotFound { .. } => Error::NoSuchResource,
        other => other,
    })?;
    policy_of(&function, &place.qualifier).map(PolicyText::of).ok_or(Error::NoSuchResource)
}

/// The policy of a qualifier, if it has one.
pub(super) fn policy_of<'a>(function: &'a Function, qualifier: &str) -> Option<&'a Policy> {
    function.attached(qualifier)?.policy.as_ref()
}

/// The function with another policy, or none, at a place: of a new revision, and within the limits.
///
/// # Errors
/// [`PolicyError::Malformed`] and [`PolicyError::TooLong`].
pub(super) fn with_policy(
    cx: &Context<'_>,
    function: &Function,
    place: &Place,
    policy: Option<Policy>,
) -> Result<Function, Error> {
    if let Some(policy) = &policy {
        let text = policy.to_json();
        ResourcePolicy::read(&text).map_err(|mistake| PolicyError::Malformed { found: mistake.to_string() })?;
        if text.len() > MOST_BYTES {
            return Err(PolicyError::TooLong { bytes: text.len(), limit_bytes: MOST_BYTES }.into());
        }
    }
    let policy = policy.map(|policy| Policy { revision_id: cx.ids.uuid(), ..policy });
    Ok(function.with_attached(&place.qualifier, |attached| attached.policy = policy))
}

/// Refuses `$LATEST` where it is written out: the function itself has a policy, and not its unpublished version.
///
/// # Errors
/// [`PolicyError::OnLatest`].
pub(super) fn check_writable(function: &FunctionRef, parameter: Option<&str>) -> Result<(), Error> {
    let named = function.qualifier.as_deref().or(parameter);
    if named == Some(LATEST) { Err(PolicyError::OnLatest.into()) } else { Ok(()) }
}

/// Facts 3.2: the revision of the policy; where there is none yet, that of the version or alias.
///
/// # Errors
/// [`PolicyError::StaleRevision`].
pub(super) fn check_revision(
    function: &Function,
    qualifier: &str,
    given: Option<&str>,
    api: &'static str,
) -> Result<(), Error> {
    let own = || match function.aliases.get(qualifier) {
        Some(alias) => Some(&alias.revision_id),
        None => function.target(Some(qualifier)).map(|target| &target.snapshot.revision_id),
    };
    let current = policy_of(function, qualifier).map(|policy| &policy.revision_id).or_else(own);
    Ok(compare_revision(current.map(String::as_str), given, api)?)
}

/// Refuses another revision than the current one of a policy; an empty one is none (N3).
///
/// # Errors
/// [`PolicyError::StaleRevision`].
pub(super) fn compare_revision(
    current: Option<&str>,
    given: Option<&str>,
    api: &'static str,
) -> Result<(), PolicyError> {
    match given.filter(|given| !given.is_empty()) {
        Some(given) if current != Some(given) => Err(PolicyError::StaleRevision { api }),
        _ => Ok(()),
    }
}

/// Facts 2.6: what takes policies away has a text of its own for a function that is not there.
pub(super) fn without_function(error: Error, place: &Place) -> Error {
    match error {
        Error::FunctionNotFound { arn } if arn == place.key.arn() => {
            PolicyError::NotFoundFor { arn: place.arn() }.into()
        }
        other => other,
    }
}
