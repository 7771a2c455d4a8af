//! TagResource, UntagResource, ListTags (facts 15).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::{Request, Target, request_tags};
use super::code_signing;
use super::context::{Context, Step};
use crate::arn::FunctionRef;
use crate::error::Error;
use crate::iam::Facts;
use crate::state::{CodeSigningConfig, Function, Key, Snapshot};

/// The most tags of one resource.
const LIMIT: usize = 50;
/// The kind of resource that a function is.
const FUNCTION: &str = "function";

/// The request of TagResource.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagResource {
    resource: String,
    tags: BTreeMap<String, String>,
}

/// The request of UntagResource.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UntagResource {
    resource: String,
    tag_keys: Vec<String>,
}

/// The request of ListTags.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListTags {
    resource: String,
}

impl Request for TagResource {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.resource))
    }

    fn facts(&self, facts: &mut Facts) {
        request_tags(facts, &self.tags);
    }
}

impl Request for UntagResource {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.resource))
    }

    fn facts(&self, facts: &mut Facts) {
        facts.set_all("aws:TagKeys", &self.tag_keys);
    }
}

impl Request for ListTags {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.resource))
    }
}

/// The answer of ListTags.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tags {
    tags: BTreeMap<String, String>,
}

/// A resource that can be tagged.
enum Resource {
    Function(Key),
    /// By its ARN.
    CodeSigningConfig(String),
}

/// Adds tags, over those of the same keys.
///
/// # Errors
/// [`Error::NoTags`], [`Error::TooManyTags`] and those of the resource.
pub(super) fn tag(cx: &Context<'_>, input: TagResource) -> Result<(), Error> {
    let resource = resource(cx, &input.resource)?;
    if input.tags.is_empty() {
        return Err(Error::NoTags);
    }
    resource.change(cx, |tags| {
        tags.extend(input.tags.clone());
        check_count(tags)
    })
}

/// Takes tags away; keys that are not there do not matter.
///
/// # Errors
/// Those of the resource.
pub(super) fn untag(cx: &Context<'_>, input: UntagResource) -> Result<(), Error> {
    resource(cx, &input.resource)?.change(cx, |tags| {
        tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    })
}

/// The tags of a resource.
///
/// # Errors
/// Those of the resource.
pub(super) fn list(cx: &Context<'_>, input: ListTags) -> Result<Tags, Error> {
    let tags = match resource(cx, &input.resource)? {
        Resource::Function(key) => (*cx.function(&key, false)?.tags).clone(),
        Resource::CodeSigningConfig(arn) => {
            let config = code_signing::find(cx, &arn)?.ok_or_else(|| config_not_found(&arn))?;
            config.tags.clone()
        }
    };
    Ok(Tags { tags })
}

type TagMap = BTreeMap<String, String>;

impl Resource {
    fn change(self, cx: &Context<'_>, step: impl Fn(&mut TagMap) -> Result<(), Error>) -> Result<(), Error> {
        match self {
            Self::Function(key) => cx.change(&key, |function| {
                let mut tags = (*function.tags).clone();
                step(&mut tags)?;
                Ok(Step::Put(Box::new(with_tags(cx, function, tags)), ()))
            }),
            Self::CodeSigningConfig(arn) => {
                let changed = code_signing::change(cx, &arn, |config| {
                    let mut tags = config.tags.clone();
                    step(&mut tags)?;
                    Ok(CodeSigningConfig { tags, ..config.clone() })
                });
                changed.map(|_| ()).map_err(|error| match error {
                    Error::CodeSigningConfigArnNotFound => config_not_found(&arn),
                    other => other,
                })
            }
        }
    }
}

fn config_not_found(arn: &str) -> Error {
    Error::TaggedResourceNotFound { kind: "Code signing config", arn: arn.to_owned() }
}

/// Refuses more tags than a resource may have.
///
/// # Errors
/// [`Error::TooManyTags`].
pub(super) fn check_count(tags: &BTreeMap<String, String>) -> Result<(), Error> {
    if tags.len() > LIMIT { Err(Error::TooManyTags) } else { Ok(()) }
}

/// The function with other tags and, as recorded (facts 3.2), a new revision.
fn with_tags(cx: &Context<'_>, function: &Function, tags: BTreeMap<String, String>) -> Function {
    let latest = Snapshot { revision_id: cx.ids.uuid(), ..(*function.latest).clone() };
    Function { tags: Arc::new(tags), latest: Arc::new(latest), ..function.clone() }
}

/// The word of an ARN that says what it is of, e.g. `function`.
fn kind(arn: &str) -> &str {
    arn.split(':').nth(5).unwrap_or_default()
}

/// What policies are asked about.
fn target(arn: &str) -> Target {
    match FunctionRef::parse(arn).filter(|_| kind(arn) == FUNCTION) {
        Some(function) => Target::Function { qualifier: function.qualifier.clone(), function },
        None => Target::Other(arn.to_owned()),
    }
}

/// What the ARN of a taggable resource names. The other kinds cannot be made yet.
fn resource(cx: &Context<'_>, arn: &str) -> Result<Resource, Error> {
    const OTHERS: [(&str, &str); 3] = [
        ("event-source-mapping", "Event source mapping"),
        ("capacity-provider", "Capacity provider"),
        ("network-connector", "Network connector"),
    ];
    let kind = kind(arn);
    if kind == "code-signing-config" {
        return Ok(Resource::CodeSigningConfig(arn.to_owned()));
    }
    if kind != FUNCTION {
        let kind = OTHERS.iter().find(|(word, _)| *word == kind).map_or("Resource", |(_, kind)| kind);
        return Err(Error::TaggedResourceNotFound { kind, arn: arn.to_owned() });
    }
    let function = FunctionRef::parse(arn).ok_or_else(|| Error::internal("not the ARN of a function"))?;
    if function.qualifier.is_some() {
        return Err(Error::TagsOnQualifier);
    }
    cx.key(&function).map(Resource::Function)
}
