//! Policies of resources, as text.

use serde::{Deserialize, Serialize};

use super::mistake::Mistake;
use crate::iam::ResourcePolicy;
use crate::state::policy::MOST_BYTES;
use crate::state::{Policy, Statement};

/// The policy of one resource.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a policy of a resource")]
pub(super) struct PolicyText {
    revision_id: String,
    /// The policy itself, as JSON.
    document: String,
}

impl PolicyText {
    pub(super) fn of(policy: &Policy) -> Self {
        // The rest is the document.
        let Policy { revision_id, head: _, statements: _ } = policy;
        Self { revision_id: revision_id.clone(), document: policy.to_json() }
    }

    pub(super) fn into_policy(self) -> Result<Policy, Mistake> {
        if self.document.len() > MOST_BYTES {
            return Err(Mistake::at("Document", format!("it has {MOST_BYTES} bytes at most")));
        }
        let read =
            ResourcePolicy::read(&self.document).map_err(|mistake| Mistake::at("Document", mistake.to_string()))?;
        let statements = read.statements.into_iter().map(|(sid, json)| Statement { sid, json }).collect();
        Ok(Policy { revision_id: self.revision_id, head: read.head, statements })
    }
}
