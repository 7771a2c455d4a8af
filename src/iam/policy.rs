//! A policy, and what it says of a call.

use super::condition::Condition;
use super::facts::Facts;
use super::json::Json;
use super::pattern::{ArnPattern, Template};
use super::principals::Principals;
use super::read::{self, Mistake, Node, Of};

/// A policy document: what it allows and denies.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub(super) statements: Vec<Statement>,
}

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statement {
    pub sid: Option<String>,
    pub effect: Effect,
    /// Whom it is about, in the policy of a resource.
    pub principals: Option<Principals>,
    pub actions: Scope<Template>,
    pub resources: Scope<ArnPattern>,
    pub conditions: Vec<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// What a statement is about: whatever one of the patterns describes, or whatever none does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scope<T> {
    pub patterns: Vec<T>,
    pub negated: bool,
}

/// What policies come to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict<'a> {
    Allowed,
    /// A statement denies it; whatever allows it does not matter.
    Denied(&'a Statement),
    /// No statement allows it.
    NotAllowed,
}

impl Policy {
    /// Reads a policy document.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        let path = "policy".to_owned();
        let json = Json::read(text)
            .map_err(|reason| Mistake { path: path.clone(), reason: format!("is no JSON: {reason}") })?;
        read::policy(&Node { json: &json, path }, Of::Caller)
    }
}

/// What statements say together of an action on a resource.
pub(super) fn verdict<'a>(
    statements: impl IntoIterator<Item = &'a Statement>,
    action: &str,
    resource: &str,
    facts: &Facts,
) -> Verdict<'a> {
    let mut verdict = Verdict::NotAllowed;
    for statement in statements {
        if (statement.effect == Effect::Deny || verdict == Verdict::NotAllowed)
            && statement.applies(action, resource, facts)
        {
            match statement.effect {
                Effect::Deny => return Verdict::Denied(statement),
                Effect::Allow => verdict = Verdict::Allowed,
            }
        }
    }
    verdict
}

impl Statement {
    fn applies(&self, action: &str, resource: &str, facts: &Facts) -> bool {
        self.actions.covers(|pattern| pattern.matches(action, facts, true))
            && self.resources.covers(|pattern| pattern.matches(resource, facts))
            && self.conditions.iter().all(|condition| condition.holds(facts))
    }
}

impl<T> Scope<T> {
    fn covers(&self, matches: impl Fn(&T) -> bool) -> bool {
        self.patterns.iter().any(matches) != self.negated
    }
}
