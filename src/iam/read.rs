//! Reading policies, with a path and a reason for every mistake.

use super::condition::{Condition, Operator};
use super::grammar;
use super::json::Json;
use super::policy::{Effect, Policy, Scope, Statement};
use super::principals::Principals;

/// What is wrong with a policy, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} {reason}")]
pub struct Mistake {
    /// E.g. `iam.Statement[0].Effect`.
    pub path: String,
    /// What goes on after the path.
    pub reason: String,
}

/// A value, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    pub json: &'a Json,
    pub path: String,
}

/// What a policy belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A caller: it says nothing of principals.
    Caller,
    /// A resource: each statement says whom it is about.
    Resource,
}

/// The elements of a policy.
pub(super) const ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 7] = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

impl<'a> Node<'a> {
    pub(super) fn wrong<T>(&self, reason: impl Into<String>) -> Result<T, Mistake> {
        Err(Mistake { path: self.path.clone(), reason: reason.into() })
    }

    /// The entries of an object, each with its path.
    pub(super) fn entries(&self) -> Result<Vec<(&'a str, Self)>, Mistake> {
        let Json::Object(entries) = self.json else { return self.wrong("is an object") };
        let entry = |(key, json): &'a (String, Json)| {
            let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let path = if plain { format!("{}.{key}", self.path) } else { format!("{}[{key:?}]", self.path) };
            (key.as_str(), Node { json, path })
        };
        Ok(entries.iter().map(entry).collect())
    }

    /// The entries of a list, or the one value that stands for a list of it.
    pub(super) fn each(&self) -> Result<Vec<Self>, Mistake> {
        let Json::List(list) = self.json else { return Ok(vec![self.clone()]) };
        let entry = |(at, json)| Node { json, path: format!("{}[{at}]", self.path) };
        let nodes: Vec<_> = list.iter().enumerate().map(entry).collect();
        if nodes.is_empty() { self.wrong("is empty") } else { Ok(nodes) }
    }

    pub(super) fn text(&self) -> Result<&'a str, Mistake> {
        match self.json {
            Json::Text(text) => Ok(text),
            _ => self.wrong("is a text"),
        }
    }

    fn get(&self, key: &str) -> Result<Option<Self>, Mistake> {
        Ok(self.entries()?.into_iter().find(|(name, _)| *name == key).map(|(_, node)| node))
    }

    /// The one of two keys that is there.
    fn either(&self, one: &str, other: &str) -> Result<(Self, bool), Mistake> {
        match (self.get(one)?, self.get(other)?) {
            (Some(node), None) => Ok((node, false)),
            (None, Some(node)) => Ok((node, true)),
            (Some(_), Some(_)) => self.wrong(format!("has both {one} and {other}")),
            (None, None) => self.wrong(format!("has neither {one} nor {other}")),
        }
    }
}

/// Reads a policy.
pub(super) fn policy(node: &Node<'_>, of: Of) -> Result<Policy, Mistake> {
    for (name, element) in node.entries()? {
        if !ELEMENTS.contains(&name) {
            return element.wrong("is no element of a policy, which has Version, Id and Statement");
        }
    }
    if let Some(id) = node.get("Id")? {
        id.text()?;
    }
    let variables = match node.get("Version")?.map(|version| Ok((version.text()?, version))).transpose()? {
        Some(("2012-10-17", _)) => true,
        // Without a version a policy is of the older one, in which ${...} is plain text.
        None | Some(("2008-10-17", _)) => false,
        Some((other, version)) => return version.wrong(format!("is \"2012-10-17\" or \"2008-10-17\", not {other:?}")),
    };
    let Some(statements) = node.get("Statement")? else { return node.wrong("has no Statement") };
    let mut read: Vec<Statement> = Vec::new();
    for statement in statements.each()? {
        let statement_read = self::statement(&statement, of, variables)?;
        if statement_read.sid.is_some() && read.iter().any(|it| it.sid == statement_read.sid) {
            return statement.wrong("has the Sid of another statement");
        }
        read.push(statement_read);
    }
    Ok(Policy { statements: read })
}

fn statement(node: &Node<'_>, of: Of, variables: bool) -> Result<Statement, Mistake> {
    for (name, element) in node.entries()? {
        match name {
            "Principal" | "NotPrincipal" if of == Of::Resource => {}
            "Principal" | "NotPrincipal" => {
                return element.wrong("belongs into policies of resources; these are policies of callers");
            }
            _ if !STATEMENT.contains(&name) => {
                return element.wrong(format!("is no element of a statement, which has {}", STATEMENT.join(", ")));
            }
            _ => {}
        }
    }
    let sid = node.get("Sid")?.map(|sid| self::sid(&sid, of)).transpose()?;
    let principals = match of {
        Of::Caller => None,
        Of::Resource => {
            let (principals, not_principals) = node.either("Principal", "NotPrincipal")?;
            Some(Principals::read(&principals, not_principals)?)
        }
    };
    let effect = match node.get("Effect")? {
        None => return node.wrong("has no Effect"),
        Some(effect) => match effect.text()? {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            other => return effect.wrong(format!("is \"Allow\" or \"Deny\", not {other:?}")),
        },
    };
    let (actions, not_actions) = node.either("Action", "NotAction")?;
    let (resources, not_resources) = node.either("Resource", "NotResource")?;
    let action = |node: &Node<'_>| grammar::action(node.text()?).or_else(|reason| node.wrong(reason));
    let resource = |node: &Node<'_>| grammar::resource(node.text()?, variables).or_else(|reason| node.wrong(reason));
    Ok(Statement {
        sid,
        effect,
        principals,
        actions: Scope { patterns: each(&actions, action)?, negated: not_actions },
        resources: Scope { patterns: each(&resources, resource)?, negated: not_resources },
        conditions: node.get("Condition")?.map_or(Ok(Vec::new()), |it| conditions(&it, variables))?,
    })
}

fn each<T>(node: &Node<'_>, read: impl Fn(&Node<'_>) -> Result<T, Mistake>) -> Result<Vec<T>, Mistake> {
    node.each()?.iter().map(read).collect()
}

fn sid(node: &Node<'_>, of: Of) -> Result<String, Mistake> {
    let sid = node.text()?;
    // Those of resources are what RemovePermission can name.
    let (more, are): (&[u8], _) = match of {
        Of::Caller => (b"", "letters and digits only"),
        Of::Resource => (b"-_.", "letters, digits, hyphens, underscores and dots only"),
    };
    if sid.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte)) {
        Ok(sid.to_owned())
    } else {
        node.wrong(format!("is {are}, not {sid:?}"))
    }
}

fn conditions(node: &Node<'_>, variables: bool) -> Result<Vec<Condition>, Mistake> {
    let mut found = Vec::new();
    for (name, keys) in node.entries()? {
        let Some(operator) = Operator::read(name) else { return keys.wrong("is no condition operator of IAM") };
        for (key, values) in keys.entries()? {
            grammar::condition_key(key).or_else(|reason| values.wrong(reason))?;
            let operand = |value: &Node<'_>| {
                let text = match value.json {
                    Json::Text(text) | Json::Number(text) => text.clone(),
                    Json::Flag(flag) => flag.to_string(),
                    _ => return value.wrong("is a text, a number or a flag"),
                };
                operator.comparison.operand(&text, variables).or_else(|reason| value.wrong(reason))
            };
            found.push(Condition { operator, key: key.to_owned(), operands: each(&values, operand)? });
        }
    }
    Ok(found)
}
