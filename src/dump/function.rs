//! Functions as text: their versions, aliases and tags.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::attached::AttachedText;
use super::contents::{Contents, Given};
use super::mistake::Mistake;
use super::records::{MOST_VERSIONS, scope};
use super::version::VersionText;
use super::{each, entries};
use crate::arn::{FunctionRef, Scope, is_version_number};
use crate::state::function::{LATEST, PUBLISHED, PUBLISHED_NUMBER, version_name};
use crate::state::{Alias, Function, Key, Reason, Snapshot};

/// What an account may reserve in all.
const MOST_RESERVED: u32 = 1000;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a function")]
pub(super) struct FunctionText {
    account_id: String,
    region: String,
    function_name: String,
    /// The highest number that was ever given out.
    last_version: u64,
    /// The version that `$LATEST` is unchanged since.
    unchanged_since: Option<u64>,
    code_signing_config_arn: Option<String>,
    reserved_concurrent_executions: Option<u32>,
    /// Why the next update is to fail.
    next_update_fails: Option<Reason>,
    latest: VersionText,
    versions: Vec<VersionText>,
    aliases: Vec<AliasText>,
    attached: Vec<AttachedText>,
    tags: Arc<BTreeMap<String, String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "an alias")]
struct AliasText {
    name: String,
    function_version: String,
    description: String,
    additional_version_weights: BTreeMap<String, f64>,
    revision_id: String,
}

impl FunctionText {
    pub(super) fn of<'a>(scope: &Scope, function: &'a Function, contents: &mut Contents<'a>) -> Self {
        let Function {
            name,
            latest,
            versions,
            last_number,
            unchanged_since,
            code_signing_config_arn,
            reserved_concurrent_executions,
            doom,
            aliases,
            attached,
            tags,
        } = function;
        let latest = VersionText::of(LATEST.to_owned(), latest, contents);
        let versions = versions.iter().map(|(number, it)| VersionText::of(version_name(*number), it, contents));
        Self {
            account_id: scope.account.to_string(),
            region: scope.region.to_string(),
            function_name: name.to_string(),
            last_version: *last_number,
            unchanged_since: *unchanged_since,
            code_signing_config_arn: code_signing_config_arn.clone(),
            reserved_concurrent_executions: *reserved_concurrent_executions,
            next_update_fails: doom.clone(),
            latest,
            versions: versions.collect(),
            aliases: aliases.iter().map(|(name, alias)| AliasText::of(name, alias)).collect(),
            attached: attached.iter().map(|(qualifier, it)| AttachedText::of(qualifier, it)).collect(),
            tags: Arc::clone(tags),
        }
    }

    pub(super) fn into_function(self, given: &Given<'_>) -> Result<(Key, Function), Mistake> {
        let key = Key::function(&scope(&self.account_id, &self.region)?, &self.function_name);
        check_name(&self.function_name)?;
        if self.last_version > MOST_VERSIONS {
            return Err(Mistake::at("LastVersion", format!("no function has {} versions", self.last_version)));
        }
        if self.unchanged_since.is_some_and(|number| number > self.last_version) {
            return Err(Mistake::at("UnchangedSince", "a number above LastVersion"));
        }
        if self.reserved_concurrent_executions.is_some_and(|reserved| reserved > MOST_RESERVED) {
            return Err(Mistake::at("ReservedConcurrentExecutions", format!("an account has {MOST_RESERVED} in all")));
        }
        if self.latest.version != LATEST {
            return Err(Mistake::at("Latest.Version", format!("it is {LATEST}")));
        }
        let latest = self.latest.into_snapshot(given).map_err(|mistake| mistake.within("Latest"))?;
        let mut function = Function {
            name: Arc::clone(&key.name),
            versions: versions(self.versions, &latest, self.last_version, given)?,
            latest: Arc::new(latest),
            last_number: self.last_version,
            unchanged_since: self.unchanged_since,
            code_signing_config_arn: self.code_signing_config_arn,
            reserved_concurrent_executions: self.reserved_concurrent_executions,
            doom: self.next_update_fails,
            aliases: BTreeMap::new(),
            attached: BTreeMap::new(),
            tags: self.tags,
        };
        function.aliases = entries("Aliases", self.aliases, |text| text.into_alias(&function))?;
        function.attached = entries("Attached", self.attached, |text| text.into_attached(&function))?;
        Ok((key, function))
    }
}

fn check_name(name: &str) -> Result<(), Mistake> {
    const MOST_CHARACTERS: usize = 140;
    let bare = FunctionRef::parse(name).is_some_and(|read| read.name == name && read.qualifier.is_none());
    if bare && name.len() <= MOST_CHARACTERS {
        return Ok(());
    }
    Err(Mistake::at("FunctionName", format!("{name:?} is no name of a function")))
}

/// The published versions, which share what they have in common again.
fn versions(
    texts: Vec<VersionText>,
    latest: &Snapshot,
    last: u64,
    given: &Given<'_>,
) -> Result<BTreeMap<u64, Arc<Snapshot>>, Mistake> {
    let mut versions = BTreeMap::new();
    let mut settings = Arc::clone(&latest.settings);
    each("Versions", texts, |mut text| {
        let wrong = |reason: &str| Err(Mistake::at("Version", reason));
        let number = if text.version == PUBLISHED { Some(PUBLISHED_NUMBER) } else { text.version.parse().ok() };
        let Some(number) = number.filter(|number| version_name(*number) == text.version) else {
            return wrong("it is a number, as text");
        };
        if number > last {
            return wrong("a number above LastVersion");
        }
        if text.configuration == settings {
            text.configuration = Arc::clone(&settings);
        }
        settings = Arc::clone(&text.configuration);
        let snapshot = text.into_snapshot(given)?;
        if snapshot.code.package_type() != latest.code.package_type() {
            return Err(Mistake::at("Code", "a function stays of one package type"));
        }
        versions.insert(number, Arc::new(snapshot)).map_or(Ok(()), |_| wrong("it is here twice"))
    })?;
    Ok(versions)
}

impl AliasText {
    fn of(name: &str, alias: &Alias) -> Self {
        let Alias { function_version, description, weights, revision_id } = alias.clone();
        Self { name: name.to_owned(), function_version, description, additional_version_weights: weights, revision_id }
    }

    fn into_alias(self, function: &Function) -> Result<(String, Arc<Alias>), Mistake> {
        let letters = self.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !letters || self.name.is_empty() || is_version_number(&self.name) {
            return Err(Mistake::at("Name", format!("{:?} is no name of an alias", self.name)));
        }
        let exists = |version: &str| version == LATEST || function.version(version).is_some();
        if !exists(&self.function_version) {
            return Err(Mistake::at("FunctionVersion", format!("there is no version {:?}", self.function_version)));
        }
        for (version, weight) in &self.additional_version_weights {
            let place = format!("AdditionalVersionWeights[{version:?}]");
            if !exists(version) {
                return Err(Mistake::at(&place, "there is no such version"));
            }
            if !(0.0..=1.0).contains(weight) {
                return Err(Mistake::at(&place, "a weight is a number from 0.0 to 1.0"));
            }
        }
        let Self { name, function_version, description, additional_version_weights: weights, revision_id } = self;
        Ok((name, Arc::new(Alias { function_version, description, weights, revision_id })))
    }
}
