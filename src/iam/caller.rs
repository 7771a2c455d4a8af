//! Who makes a call, and what it may.

use std::borrow::Cow;
use std::sync::Arc;

use super::facts::Facts;
use super::policy::{Policy, Statement, Verdict, verdict};
use super::principal::Principal;
use super::resource_policy::{Reach, ResourcePolicy};

/// The name of the user as whom calls are made when nothing else says so.
const DEFAULT_USER: &str = "drylambda";

/// Who makes a call: an account, a principal in it, and the access key that signed, where there is one.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The key that signed the call; a direct call has none, unless it is made in the name of one.
    pub access_key_id: Option<Arc<str>>,
    /// Twelve digits.
    pub account: Arc<str>,
    /// `None` where nobody said what callers may.
    identity: Option<Arc<Identity>>,
}

/// Whom an access key belongs to, and what it may.
#[derive(Debug, Default)]
pub(super) struct Identity {
    /// `None` is the default user.
    pub principal: Option<Principal>,
    pub policies: Vec<Policy>,
}

/// The refusal of an action, in IAM's words (E6).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("User: {arn} is not authorized to perform: {action} on resource: {resource} {because}")]
pub struct Denied {
    arn: String,
    action: String,
    resource: String,
    because: String,
    /// What the policies say, for whoever wrote them.
    pub hint: String,
}

impl Caller {
    /// The caller behind an access key: of the account that a key of twelve digits names, else of `default_account`.
    #[must_use]
    pub fn new(access_key_id: Option<&str>, default_account: &Arc<str>) -> Self {
        let is_account = |key: &&str| key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit());
        Self {
            access_key_id: access_key_id.map(Into::into),
            account: access_key_id.filter(is_account).map_or_else(|| Arc::clone(default_account), Into::into),
            identity: None,
        }
    }

    pub(super) fn with_identity(self, identity: Arc<Identity>) -> Self {
        let account = identity.principal.as_ref().map_or(self.account, |principal| principal.account.as_str().into());
        Self { account, identity: Some(identity), ..self }
    }

    /// Whether policies limit what this caller may.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.identity.is_some()
    }

    /// Who this is to IAM, in the partition of the Region that is called.
    #[must_use]
    pub fn principal(&self, partition: &str) -> Cow<'_, Principal> {
        match self.identity.as_ref().and_then(|identity| identity.principal.as_ref()) {
            Some(principal) => Cow::Borrowed(principal),
            None => Cow::Owned(Principal::user(partition, &self.account, DEFAULT_USER)),
        }
    }

    /// The ARN of the principal.
    #[must_use]
    pub fn arn(&self, partition: &str) -> String {
        self.principal(partition).into_owned().arn
    }

    /// Whether this caller may act on a resource (`*` for none), given what is known of the call. What is known of the
    /// caller is added here.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn check(&self, action: &str, resource: &str, partition: &str, facts: &Facts) -> Result<(), Denied> {
        self.check_beside(None, action, resource, partition, facts)
    }

    /// The same on a resource of the caller's own account that has a policy, too: it is enough that one of them allows it,
    /// and neither may deny it. Whoever may everything is not asked.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn check_beside(
        &self,
        policy: Option<&ResourcePolicy>,
        action: &str,
        resource: &str,
        partition: &str,
        facts: &Facts,
    ) -> Result<(), Denied> {
        let Some(identity) = &self.identity else { return Ok(()) };
        let principal = self.principal(partition);
        let facts = with_principal(facts, &principal);
        let statements = identity.policies.iter().flat_map(|policy| &policy.statements);
        let own = verdict(statements, action, resource, &facts);
        let beside = policy.map_or(Verdict::NotAllowed, |policy| {
            policy.verdict(&principal, Reach::Directly, action, resource, &facts)
        });
        let (because, hint) = match (own, beside) {
            (Verdict::Denied(statement), _) => {
                ("with an explicit deny in an identity-based policy".to_owned(), denied_by(statement))
            }
            (_, Verdict::Denied(statement)) => {
                ("with an explicit deny in a resource-based policy".to_owned(), denied_by(statement))
            }
            (Verdict::Allowed, _) | (_, Verdict::Allowed) => return Ok(()),
            (Verdict::NotAllowed, Verdict::NotAllowed) => (
                format!("because no identity-based policy allows the {action} action"),
                match (identity.policies.len(), &self.access_key_id) {
                    (0, Some(key)) => format!("iam has no policies for the access key {key}"),
                    (0, None) => "iam has no policies for calls without an access key".to_owned(),
                    _ => "no statement allows it, or one that would does not fit this resource or call".to_owned(),
                },
            ),
        };
        let arn = principal.into_owned().arn;
        Err(Denied { arn, action: action.to_owned(), resource: resource.to_owned(), because, hint })
    }

    /// Whether the policy of a resource of another account lets this caller in.
    #[must_use]
    pub fn is_let_in(
        &self,
        policy: &ResourcePolicy,
        action: &str,
        resource: &str,
        partition: &str,
        facts: &Facts,
    ) -> bool {
        let principal = self.principal(partition);
        let facts = with_principal(facts, &principal);
        policy.verdict(&principal, Reach::ByAccount, action, resource, &facts) == Verdict::Allowed
    }

    /// The refusal of something in another account that no policy there lets this caller's account do.
    #[must_use]
    pub fn not_let_in(&self, action: &str, resource: &str, partition: &str) -> Denied {
        Denied {
            arn: self.arn(partition),
            action: action.to_owned(),
            resource: resource.to_owned(),
            because: format!("because no resource-based policy allows the {action} action"),
            hint: "it is of another account, where no policy lets this one in; what a test takes for granted it \
                   declares: emulator.declare_layer(arn, package)"
                .to_owned(),
        }
    }
}

/// What is known of a call, and of who makes it.
fn with_principal(facts: &Facts, principal: &Principal) -> Facts {
    let mut facts = facts.clone();
    facts.set("aws:PrincipalArn", principal.condition_arn());
    facts.set("aws:PrincipalAccount", &*principal.account);
    facts.set("aws:PrincipalType", principal.kind.to_string());
    facts.set("aws:PrincipalIsAWSService", "false");
    facts.set("aws:userid", principal.user_id());
    facts.set_all("aws:username", principal.user_name());
    facts
}

fn denied_by(statement: &Statement) -> String {
    match &statement.sid {
        Some(sid) => format!("the statement {sid} denies it"),
        None => "a statement without a Sid denies it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_twelve_digits_names_the_account() {
        let default = Arc::from("123456789012");
        for (key, account) in [
            (None, "123456789012"),
            (Some("210987654321"), "210987654321"),
            (Some("21098765432"), "123456789012"),
            (Some("AKIAIOSFODNN"), "123456789012"),
        ] {
            let caller = Caller::new(key, &default);
            assert_eq!((&*caller.account, caller.access_key_id.as_deref()), (account, key));
            assert_eq!(caller.principal("aws-cn").arn, format!("arn:aws-cn:iam::{account}:user/drylambda"));
        }
    }
}
