//! Policies of resources: who else may act on them, and whether that is everybody.
//!
//! The one idea to hold: such a policy is read in the same way as those of callers, and beside what it means its text is
//! kept, compact, statement by statement, in the order of its members: that is what AWS gives out again.

use super::condition::Condition;
use super::facts::Facts;
use super::json::Json;
use super::policy::{Effect, Policy, Verdict, verdict};
use super::principal::Principal;
pub(super) use super::principals::Reach;
use super::read::{self, Mistake, Node, Of};

/// The keys whose conditions keep a policy for everybody from being public: they name whoever is behind a call.
const LIMITING_KEYS: [&str; 13] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "lambda:EventSourceToken",
    "lambda:FunctionUrlAuthType",
    "lambda:InvokedViaFunctionUrl",
];

/// The policy of a resource.
#[derive(Debug, Clone)]
pub struct ResourcePolicy {
    /// `Version` and `Id`, as far as it has them, as compact JSON that a comma ends.
    pub head: String,
    /// Each statement as compact JSON, with its `Sid`, which may be empty.
    pub statements: Vec<(String, String)>,
    policy: Policy,
}

impl ResourcePolicy {
    /// Reads the policy of a resource.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        let path = "Policy".to_owned();
        let json = Json::read(text)
            .map_err(|reason| Mistake { path: path.clone(), reason: format!("is no JSON: {reason}") })?;
        let policy = read::policy(&Node { json: &json, path }, Of::Resource)?;
        let text_of = |value: Option<&Json>| match value {
            Some(Json::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let statements = match json.get("Statement") {
            Some(Json::List(statements)) => statements.as_slice(),
            Some(statement) => std::slice::from_ref(statement),
            None => &[],
        };
        let statement = |it: &Json| (text_of(it.get("Sid")).unwrap_or_default(), it.to_string());
        let head = |name| json.get(name).map(|value| format!("\"{name}\":{value},"));
        Ok(Self {
            head: ["Version", "Id"].into_iter().filter_map(head).collect(),
            statements: statements.iter().map(statement).collect(),
            policy,
        })
    }

    /// Whether it lets in everybody there is.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.policy.statements.iter().any(|statement| {
            let everybody = statement.principals.as_ref().is_some_and(super::principals::Principals::are_everybody);
            statement.effect == Effect::Allow && everybody && !statement.conditions.iter().any(limits)
        })
    }

    /// What it says of a caller's action.
    pub(super) fn verdict(
        &self,
        caller: &Principal,
        reach: Reach,
        action: &str,
        resource: &str,
        facts: &Facts,
    ) -> Verdict<'_> {
        let about = self.policy.statements.iter().filter(|statement| {
            // Whom it denies something it names in any way.
            let reach = if statement.effect == Effect::Deny { Reach::ByAccount } else { reach };
            statement.principals.as_ref().is_some_and(|principals| principals.cover(caller, reach))
        });
        verdict(about, action, resource, facts)
    }
}

fn limits(condition: &Condition) -> bool {
    let known = LIMITING_KEYS.iter().any(|key| key.eq_ignore_ascii_case(&condition.key));
    known && condition.is_limiting()
}
