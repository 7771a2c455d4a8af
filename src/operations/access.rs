//! Who may: what a request is about, and what Lambda does in the caller's name (section 12).
//!
//! The one idea to hold: an operation cannot be built without saying what it is about, as its input is a [`Request`];
//! and a call that is not allowed never reaches it (`admission.rs`).

use std::collections::BTreeMap;

use super::context::Context;
use crate::arn::{FunctionRef, LayerRef};
use crate::error::Error;
use crate::iam::{Denied, Facts, ResourcePolicy};
use crate::model::Operation;
use crate::state::settings::{CapacityProviderConfig, Settings, VpcConfig};
use crate::state::{Code, Function, Key, RecordKind};

/// The operations whose action has another name than they themselves.
const ACTIONS: [(&str, &str); 3] = [
    ("GetLayerVersionByArn", "GetLayerVersion"),
    ("Invoke", "InvokeFunction"),
    ("InvokeWithResponseStream", "InvokeFunction"),
];
/// Where calls come from (`aws:SourceIp`).
const SOURCE_IP: &str = "127.0.0.1";
/// The service that calls others in the caller's name.
const LAMBDA: &str = "lambda.amazonaws.com";

/// What an operation is asked for.
pub(super) trait Request {
    /// What it is about.
    ///
    /// # Errors
    /// What comes before the question who may: a refusal of the name itself.
    fn target(&self) -> Result<Target, Error>;

    /// What else it says that policies may ask about.
    fn facts(&self, _: &mut Facts) {}

    /// The function that it puts in the place of the one that its target is for: both have to be allowed.
    fn other_function(&self) -> Option<&FunctionRef> {
        None
    }
}

/// The resource that a request is about.
pub(super) enum Target {
    /// None in particular: `*`.
    Account,
    /// A function; a version or an alias of it, where the operation takes a qualifier and the caller gave one.
    Function { function: FunctionRef, qualifier: Option<String> },
    /// A layer, or a version of it by its number.
    Layer { layer: LayerRef, version: Option<i64> },
    /// None in particular, but a function that policies may ask about.
    ForFunction(FunctionRef),
    /// Another resource of this world, by its kind and its name.
    Record(RecordKind, String),
    /// Anything else, by its ARN.
    Other(String),
}

impl Target {
    /// The function itself, whatever qualifier stands in its name.
    pub(super) fn function(function: &FunctionRef) -> Self {
        Self::Function { function: function.clone(), qualifier: None }
    }
}

impl Context<'_> {
    /// Whether the caller may let Lambda do something in its name, in another service.
    ///
    /// # Errors
    /// [`Denied`], which the operations word as the service does.
    pub(super) fn may(&self, action: &str, resource: &str) -> Result<(), Denied> {
        self.check(action, resource, via_lambda)
    }

    /// Whether the caller may give this function tags, which CreateFunction does not allow by itself.
    ///
    /// # Errors
    /// [`Error::NotAuthorized`].
    pub(super) fn may_tag(&self, key: &Key, tags: &BTreeMap<String, String>) -> Result<(), Error> {
        if tags.is_empty() {
            return Ok(());
        }
        Ok(self.check("lambda:TagResource", &key.arn(), |facts| request_tags(facts, tags))?)
    }

    /// Whether the caller may let a function use this layer.
    ///
    /// # Errors
    /// [`Error::NotAuthorized`].
    pub(super) fn may_use_layer(&self, version_arn: &str) -> Result<(), Error> {
        Ok(self.check("lambda:GetLayerVersion", version_arn, |_| {})?)
    }

    /// The refusal of something in another account that no policy lets the caller's account do there.
    pub(super) fn not_let_in(&self, action: &str, resource: &str) -> Error {
        self.caller.not_let_in(action, resource, self.scope.partition()).into()
    }

    /// Whether the caller may give functions this code signing configuration, which is a resource of that call beside
    /// the function.
    ///
    /// # Errors
    /// [`Error::NotAuthorized`].
    pub(super) fn may_sign_with(&self, config_arn: &str) -> Result<(), Error> {
        Ok(self.check("lambda:PutFunctionCodeSigningConfig", config_arn, |facts| {
            facts.set("lambda:CodeSigningConfigArn", config_arn);
        })?)
    }

    /// Whether the caller may see the tags of a function (G6).
    pub(super) fn may_list_tags(&self, function: &Function) -> bool {
        let arn = self.scope.function_arn(&function.name);
        let facts = |facts: &mut Facts| resource_tags(facts, &function.tags);
        self.check("lambda:ListTags", &arn, facts).is_ok() && self.is_welcome(function, "lambda:ListTags", &arn, facts)
    }

    /// Whether the caller may give a function this role.
    ///
    /// # Errors
    /// [`Error::NotAuthorized`].
    pub(super) fn may_pass_role(&self, key: &Key, role: &str) -> Result<(), Error> {
        Ok(self.check("iam:PassRole", role, |facts| {
            facts.set("iam:PassedToService", LAMBDA);
            facts.set("iam:AssociatedResourceArn", key.arn());
        })?)
    }

    /// Whether the caller may let a function run on this capacity provider.
    ///
    /// # Errors
    /// [`Error::NotAuthorized`].
    pub(super) fn may_pass_provider(&self, config: Option<&CapacityProviderConfig>) -> Result<(), Error> {
        let Some(config) = config else { return Ok(()) };
        let arn = &config.lambda_managed_instances_capacity_provider_config.capacity_provider_arn;
        Ok(self.check("lambda:PassCapacityProvider", arn, |_| {})?)
    }

    /// Whether there is such a role, where somebody knows (facts 4.2).
    ///
    /// # Errors
    /// [`Error::RoleNotAssumable`].
    pub(super) fn role_exists(&self, role: &str) -> Result<(), Error> {
        match &self.options.roles {
            Some(roles) if !roles.has(role) => Err(Error::RoleNotAssumable),
            _ => Ok(()),
        }
    }

    /// Whether there are these security groups, where somebody knows (facts 4.2). Subnets are taken on trust.
    ///
    /// # Errors
    /// [`Error::SecurityGroupNotFound`].
    pub(super) fn security_groups_exist(&self, vpc: Option<&VpcConfig>) -> Result<(), Error> {
        let (Some(known), Some(vpc)) = (&self.options.security_groups, vpc) else { return Ok(()) };
        match vpc.security_group_ids.iter().find(|id| !known.has(id)) {
            Some(id) => Err(Error::SecurityGroupNotFound { id: id.clone() }),
            None => Ok(()),
        }
    }

    /// Whether the caller may use the key that it wants its package stored under (R44).
    ///
    /// # Errors
    /// [`Error::SourceKeyDenied`].
    pub(super) fn may_encrypt(&self, key: &Key, code: &Code) -> Result<(), Error> {
        let Code::Zip(zip) = code else { return Ok(()) };
        let Some(kms_key_arn) = &zip.source_kms_key_arn else { return Ok(()) };
        self.check("kms:GenerateDataKey", kms_key_arn, |facts| self.via_kms(facts, &key.name))
            .map_err(|denied| Error::SourceKeyDenied { message: denied.to_string() })
    }

    /// Whether the caller may pull an image (I4).
    ///
    /// # Errors
    /// [`Error::SourceImageDenied`].
    pub(super) fn may_pull(&self, repository_arn: &str) -> Result<(), Error> {
        ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
            .iter()
            .try_for_each(|action| self.may(action, repository_arn))
            .map_err(|_| Error::SourceImageDenied)
    }

    /// Why the caller may not read these environment variables, in KMS's words, if it may not (P14). Those without a key
    /// of the function's own are everybody's who may read the function.
    pub(super) fn unreadable(&self, function: &str, settings: &Settings) -> Option<String> {
        let variables = settings.environment.as_ref().filter(|environment| !environment.variables.is_empty());
        let (kms_key_arn, _) = settings.kms_key_arn.as_ref().zip(variables)?;
        let read = self.check("kms:Decrypt", kms_key_arn, |facts| self.via_kms(facts, function));
        read.err().map(|denied| denied.to_string())
    }

    /// Why the caller may not read the filters of a mapping under this key, in KMS's words, if it may not.
    pub(super) fn undecryptable(&self, kms_key_arn: &str, function_arn: &str) -> Option<String> {
        let name = FunctionRef::parse(function_arn).map(|function| function.name).unwrap_or_default();
        let read = self.check("kms:Decrypt", kms_key_arn, |facts| self.via_kms(facts, &name));
        read.err().map(|denied| denied.to_string())
    }

    /// Whether the caller may have these variables put under another key, or under none: they are read for that.
    ///
    /// # Errors
    /// [`Error::EnvironmentKeyDenied`].
    pub(super) fn may_move_variables(&self, function: &str, settings: &Settings) -> Result<(), Error> {
        self.unreadable(function, settings).map_or(Ok(()), |message| Err(Error::EnvironmentKeyDenied { message }))
    }

    pub(super) fn check(&self, action: &str, resource: &str, add: impl FnOnce(&mut Facts)) -> Result<(), Denied> {
        self.check_beside(None, action, resource, add)
    }

    /// The same beside the policy of the resource, which is of the caller's own account.
    pub(super) fn check_beside(
        &self,
        policy: Option<&ResourcePolicy>,
        action: &str,
        resource: &str,
        add: impl FnOnce(&mut Facts),
    ) -> Result<(), Denied> {
        if !self.caller.is_limited() {
            return Ok(());
        }
        let facts = self.facts(resource, add);
        self.caller.check_beside(policy, action, resource, self.scope.partition(), &facts)
    }

    /// What is known of a call on a resource.
    pub(super) fn facts(&self, resource: &str, add: impl FnOnce(&mut Facts)) -> Facts {
        let mut facts = Facts::default();
        facts.set("aws:RequestedRegion", &*self.scope.region);
        facts.set("aws:CurrentTime", self.now.iso());
        facts.set("aws:EpochTime", (self.now.as_millis() / 1000).to_string());
        facts.set("aws:SourceIp", SOURCE_IP);
        facts.set("aws:SecureTransport", "true");
        // The fifth part of an ARN; what names no account is the caller's own.
        let account = resource.split(':').nth(4).filter(|account| !account.is_empty());
        facts.set("aws:ResourceAccount", account.unwrap_or(&self.caller.account));
        add(&mut facts);
        if facts.get("aws:ViaAWSService").is_empty() {
            facts.set("aws:ViaAWSService", "false");
        }
        facts
    }

    fn via_kms(&self, facts: &mut Facts, function: &str) {
        via_lambda(facts);
        facts.set("kms:ViaService", format!("lambda.{}.amazonaws.com", self.scope.region));
        facts.set("kms:CallerAccount", &*self.caller.account);
        facts.set("kms:EncryptionContext:aws:lambda:FunctionArn", self.scope.function_arn(function));
    }
}

fn via_lambda(facts: &mut Facts) {
    facts.set("aws:ViaAWSService", "true");
    for key in ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"] {
        facts.set(key, LAMBDA);
    }
}

/// The action that an operation is.
pub(super) fn action(operation: &Operation) -> String {
    let named = ACTIONS.iter().find(|(name, _)| *name == operation.name);
    format!("lambda:{}", named.map_or(operation.name, |(_, action)| action))
}

/// The tags that a resource has: `aws:ResourceTag/<key>`.
pub(super) fn resource_tags(facts: &mut Facts, tags: &BTreeMap<String, String>) {
    for (key, value) in tags {
        facts.set(format!("aws:ResourceTag/{key}"), value);
    }
}

/// The tags that a request brings: `aws:RequestTag/<key>` and `aws:TagKeys`.
pub(super) fn request_tags(facts: &mut Facts, tags: &BTreeMap<String, String>) {
    facts.set_all("aws:TagKeys", tags.keys());
    for (key, value) in tags {
        facts.set(format!("aws:RequestTag/{key}"), value);
    }
}

/// The network that a request asks for.
pub(super) fn network(facts: &mut Facts, vpc: Option<&VpcConfig>, vpc_id: impl FnOnce(&[String]) -> String) {
    let Some(vpc) = vpc else { return };
    facts.set_all("lambda:SubnetIds", &vpc.subnet_ids);
    facts.set_all("lambda:SecurityGroupIds", &vpc.security_group_ids);
    facts.set_all("lambda:VpcIds", Some(vpc_id(&vpc.subnet_ids)).filter(|id| !id.is_empty()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    #[test]
    fn actions_with_names_of_their_own_are_of_operations_that_there_are() {
        for (operation, _) in ACTIONS {
            assert!(model::operation(operation).is_some(), "{operation}");
        }
    }
}
