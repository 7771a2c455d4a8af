//! What a test says of callers, read as it is written: one policy, several, or some for each access key.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::caller::{Caller, Identity};
use super::json::Json;
use super::policy::Policy;
use super::principal::Principal;
use super::read::{self, ELEMENTS, Mistake, Node, Of};

/// The access key that stands for everybody who is not named.
const EVERYBODY_ELSE: &str = "*";

/// Who may what, by access key.
#[derive(Debug, Clone)]
pub struct Iam {
    by_key: BTreeMap<String, Arc<Identity>>,
    everybody_else: Arc<Identity>,
}

impl Iam {
    /// Reads JSON that is
    /// - a policy, for everybody;
    /// - a list of policies, which all count for everybody;
    /// - an object of access keys, each with a policy, a list of policies, or an object of `arn` (who calls with this
    ///   key) and `policies`. The key `*` is everybody else, who without it may nothing.
    ///
    /// A policy may also be a text that holds its JSON.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        let (json, path) = (parse("iam", text)?, "iam".to_owned());
        let node = Node { json: &json, path };
        let is_policy = ELEMENTS.iter().any(|element| json.get(element).is_some());
        if is_policy || !matches!(json, Json::Object(_)) {
            return Ok(Self { by_key: BTreeMap::new(), everybody_else: Arc::new(identity(&node)?) });
        }
        let mut by_key = BTreeMap::new();
        for (key, node) in node.entries()? {
            by_key.insert(key.to_owned(), Arc::new(identity(&node)?));
        }
        let everybody_else = by_key.remove(EVERYBODY_ELSE).unwrap_or_default();
        Ok(Self { by_key, everybody_else })
    }

    /// The caller behind an access key, or behind a call without one: of the account of the key's principal, where one
    /// is named; else as [`Caller::new`] has it.
    #[must_use]
    pub fn caller(&self, access_key_id: Option<&str>, default_account: &Arc<str>) -> Caller {
        let named = access_key_id.and_then(|key| self.by_key.get(key));
        Caller::new(access_key_id, default_account).with_identity(Arc::clone(named.unwrap_or(&self.everybody_else)))
    }
}

/// The policies of one access key, and whom it belongs to.
fn identity(node: &Node<'_>) -> Result<Identity, Mistake> {
    let (arn, policies) = (node.json.get("arn"), node.json.get("policies"));
    if arn.is_none() && policies.is_none() {
        return Ok(Identity { principal: None, policies: self::policies(node)? });
    }
    let mut identity = Identity::default();
    for (name, node) in node.entries()? {
        match name {
            "arn" => {
                identity.principal = Some(Principal::read(node.text()?).or_else(|reason| node.wrong(reason))?);
            }
            "policies" => identity.policies = self::policies(&node)?,
            _ => return node.wrong("is neither arn nor policies"),
        }
    }
    if policies.is_none() { node.wrong("has no policies") } else { Ok(identity) }
}

/// A policy or a list of policies, which may be empty.
fn policies(node: &Node<'_>) -> Result<Vec<Policy>, Mistake> {
    match node.json {
        Json::List(list) if list.is_empty() => Ok(Vec::new()),
        _ => node.each()?.iter().map(policy).collect(),
    }
}

/// A policy as an object, or as a text that holds it.
fn policy(node: &Node<'_>) -> Result<Policy, Mistake> {
    match node.json {
        Json::Text(text) => {
            read::policy(&Node { json: &parse(&node.path, text)?, path: node.path.clone() }, Of::Caller)
        }
        Json::Object(_) => read::policy(node, Of::Caller),
        _ => node.wrong("is a policy"),
    }
}

fn parse(path: &str, text: &str) -> Result<Json, Mistake> {
    Json::read(text).map_err(|reason| Mistake { path: path.to_owned(), reason: format!("is no JSON: {reason}") })
}
