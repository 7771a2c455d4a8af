//! A layer: a name with numbered versions, each a package that functions may have beside their own.
//!
//! The one idea to hold: a version never changes, but for who else may use it; and its number is never given out again,
//! also when every version is gone.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::function::ZipCode;
use super::policy::{Policy, Statement};
use crate::clock::Timestamp;

/// One layer of an account in a Region.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The bare name.
    pub name: Arc<str>,
    /// Its versions by number, without those that were deleted.
    pub versions: BTreeMap<u64, Arc<LayerVersion>>,
    /// The highest number that was ever given out.
    pub last_number: u64,
    /// Tags by key; they go with the last version.
    pub tags: BTreeMap<String, String>,
}

/// One version of a layer. Lists that a caller gave stay apart from those that it left out, also when they are empty.
#[derive(Debug, Clone)]
pub struct LayerVersion {
    /// What it brings.
    pub zip: ZipCode,
    /// Text of the caller's.
    pub description: String,
    /// When it was published.
    pub created: Timestamp,
    /// The runtimes that it is said to be for.
    pub compatible_runtimes: Option<Vec<String>>,
    /// The architectures that it is said to be for.
    pub compatible_architectures: Option<Vec<String>>,
    /// Text of the caller's.
    pub license_info: Option<String>,
    /// Who beside the account may use it.
    pub policy: Option<LayerPolicy>,
}

/// Who beside its account may use a version of a layer; it has a grant at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerPolicy {
    /// Its own revision.
    pub revision_id: String,
    /// In the order in which they were added.
    pub grants: Vec<Grant>,
}

/// The permission of one principal: all that a statement in the policy of a layer can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Letters, digits, `-` and `_`.
    pub sid: String,
    /// Twelve digits; none for everybody.
    pub account: Option<String>,
    /// The organization that everybody has to be of, if any.
    pub organization_id: Option<String>,
}

impl Layer {
    /// A layer before its first version.
    #[must_use]
    pub fn new(name: &Arc<str>) -> Self {
        Self { name: Arc::clone(name), versions: BTreeMap::new(), last_number: 0, tags: BTreeMap::new() }
    }

    /// Bytes that its versions take of the account's code storage.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.versions.values().map(|version| version.zip.stored_bytes()).sum()
    }
}

impl LayerVersion {
    /// Whether its policy lets an account use it. Who is in which organization nobody here knows: a grant to one lets
    /// nobody in, as in the policies of functions.
    #[must_use]
    pub fn lets_in(&self, account: &str) -> bool {
        let fits = |grant: &Grant| {
            grant.organization_id.is_none() && grant.account.as_deref().is_none_or(|granted| granted == account)
        };
        self.policy.iter().flat_map(|policy| &policy.grants).any(fits)
    }
}

impl LayerPolicy {
    /// The policy as AWS gives it out, of a version by its ARN in a partition.
    #[must_use]
    pub fn policy(&self, partition: &str, arn: &str) -> Policy {
        let statement = |grant: &Grant| Statement { sid: grant.sid.clone(), json: grant.to_json(partition, arn) };
        Policy::new(self.revision_id.clone(), self.grants.iter().map(statement).collect())
    }
}

impl Grant {
    /// The statement as JSON. Nothing in it has to be escaped.
    #[must_use]
    pub fn to_json(&self, partition: &str, arn: &str) -> String {
        let Self { sid, account, organization_id } = self;
        let principal = account.as_ref().map_or_else(
            || r#""*""#.to_owned(),
            |account| format!(r#"{{"AWS":"arn:{partition}:iam::{account}:root"}}"#),
        );
        let condition = organization_id.as_ref().map_or_else(String::new, |id| {
            format!(r#","Condition":{{"StringEquals":{{"aws:PrincipalOrgID":"{id}"}}}}"#)
        });
        format!(
            r#"{{"Sid":"{sid}","Effect":"Allow","Principal":{principal},"Action":"lambda:GetLayerVersion","Resource":"{arn}"{condition}}}"#
        )
    }
}
