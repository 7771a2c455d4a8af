//! Whom a statement of a resource's policy is about.

use super::json::Json;
use super::principal::Principal;
use super::read::{Mistake, Node};
use crate::arn::is_partition;

/// `Principal`, or `NotPrincipal` where it is negated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Principals {
    who: Vec<Who>,
    negated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    /// `*`
    Anybody,
    /// All of an account, which says itself who of them.
    Account(String),
    /// A user, a role or a session, by its ARN; a role's without its path, as sessions have none.
    Arn(String),
    /// A service or a federation: none that makes calls here.
    Elsewhere,
}

/// How far naming an account goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// To nobody yet: within the account its own policies say who.
    Directly,
    /// To whoever is of that account.
    ByAccount,
}

impl Principals {
    /// Reads `*`, or an object of lists.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub(super) fn read(node: &Node<'_>, negated: bool) -> Result<Self, Mistake> {
        const KINDS: &str = "is AWS, Service, Federated or CanonicalUser";
        if let Json::Text(text) = node.json {
            return match text.as_str() {
                "*" => Ok(Self { who: vec![Who::Anybody], negated }),
                _ => node.wrong("is \"*\" or an object"),
            };
        }
        let mut who = Vec::new();
        for (kind, names) in node.entries()? {
            for name in names.each()? {
                let text = name.text()?;
                who.push(match kind {
                    "AWS" => Who::read(text).map_or_else(|| name.wrong(format!("is no principal: {text:?}")), Ok)?,
                    "Service" if !text.contains('.') => return name.wrong(format!("is no service: {text:?}")),
                    "Service" | "Federated" | "CanonicalUser" => Who::Elsewhere,
                    _ => return names.wrong(KINDS),
                });
            }
        }
        if who.is_empty() { node.wrong("names nobody") } else { Ok(Self { who, negated }) }
    }

    /// Whether this caller is one of them.
    pub(super) fn cover(&self, caller: &Principal, reach: Reach) -> bool {
        if self.negated {
            return !self.who.iter().any(|who| who.covers(caller, Reach::ByAccount));
        }
        self.who.iter().any(|who| who.covers(caller, reach))
    }

    /// Whether they may be anybody.
    pub(super) fn are_everybody(&self) -> bool {
        self.negated || self.who.contains(&Who::Anybody)
    }
}

impl Who {
    /// `*`, an account's number, or an ARN.
    fn read(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Anybody);
        }
        if is_account(text) {
            return Some(Self::Account(text.to_owned()));
        }
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let ["arn", partition, service, "", account, resource] = parts[..] else { return None };
        if !is_partition(partition) || !is_account(account) {
            return None;
        }
        let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
        match (service, kind) {
            ("iam", "root") if name.is_empty() => Some(Self::Account(account.to_owned())),
            ("iam", "role") if !name.is_empty() => {
                let name = name.rsplit('/').next().unwrap_or(name);
                Some(Self::Arn(format!("arn:{partition}:iam::{account}:role/{name}")))
            }
            ("iam", "user") | ("sts", "assumed-role" | "federated-user") if !name.is_empty() => {
                Some(Self::Arn(text.to_owned()))
            }
            _ => None,
        }
    }

    fn covers(&self, caller: &Principal, reach: Reach) -> bool {
        match self {
            Self::Anybody => true,
            Self::Account(account) => reach == Reach::ByAccount && *account == caller.account,
            Self::Arn(arn) => *arn == caller.arn || *arn == caller.condition_arn(),
            Self::Elsewhere => false,
        }
    }
}

/// Whether a text is an account's number.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is the ARN of an account, a user, a role or a session.
pub(super) fn is_principal_arn(text: &str) -> bool {
    text.starts_with("arn:") && Who::read(text).is_some()
}
