//! TagResource, UntagResource, ListTags (facts 15).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::{Request, Target, request_tags};
use super::context::{Context, Step, Swap};
use crate::arn::FunctionRef;
use crate::error::Error;
use crate::iam::Facts;
use crate::state::{Function, Key, Record, RecordKind, Snapshot};

type TagMap = BTreeMap<String, String>;

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

/// Adds tags, over those of the same keys.
///
/// # Errors
/// [`Error::NoTags`], [`Error::TooManyTags`] and those of the resource.
pub(super) fn tag(cx: &Context<'_>, input: TagResource) -> Result<(), Error> {
    let key = resource(cx, &input.resource)?;
    if input.tags.is_empty() {
        return Err(Error::NoTags);
    }
    change(cx, &key, |tags| {
        tags.extend(input.tags.clone());
        check_count(tags)
    })
}

/// Takes tags away; keys that are not there do not matter.
///
/// # Errors
/// Those of the resource.
pub(super) fn untag(cx: &Context<'_>, input: UntagResource) -> Result<(), Error> {
    change(cx, &resource(cx, &input.resource)?, |tags| {
        tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    })
}

/// The tags of a resource.
///
/// # Errors
/// Those of the resource.
pub(super) fn list(cx: &Context<'_>, input: ListTags) -> Result<Tags, Error> {
    let key = resource(cx, &input.resource)?;
    let record = cx.record(&key, false)?;
    let tags = record.as_ref().and_then(Record::tags).ok_or_else(|| not_found(&input.resource))?;
    Ok(Tags { tags: tags.clone() })
}

/// Writes other tags of a resource.
fn change(cx: &Context<'_>, key: &Key, step: impl Fn(&mut TagMap) -> Result<(), Error>) -> Result<(), Error> {
    if key.kind == RecordKind::Function {
        return cx.change(key, |function| {
            let mut tags = (*function.tags).clone();
            step(&mut tags)?;
            Ok(Step::Put(Box::new(with_tags(cx, function, tags)), ()))
        });
    }
    cx.swap(key, |record| {
        let mut changed = record.cloned().ok_or_else(|| not_found(&key.arn()))?;
        step(changed.tags_mut().ok_or_else(|| not_found(&key.arn()))?)?;
        Ok((Swap::Put(changed), ()))
    })
}

/// What a taggable resource is called, by the word for it in ARNs.
const TITLES: [(&str, &str); 6] = [
    (FUNCTION, "Function"),
    ("layer", "Layer"),
    ("code-signing-config", "Code signing config"),
    ("event-source-mapping", "Event source mapping"),
    ("capacity-provider", "Capacity provider"),
    ("network-connector", "Network connector"),
];

fn not_found(arn: &str) -> Error {
    let kind = TITLES.iter().find(|(word, _)| *word == kind(arn)).map_or("Resource", |(_, title)| title);
    Error::TaggedResourceNotFound { kind, arn: arn.to_owned() }
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

/// The key of the taggable resource that an ARN names.
fn resource(cx: &Context<'_>, arn: &str) -> Result<Key, Error> {
    if kind(arn) == FUNCTION {
        let function = FunctionRef::parse(arn).ok_or_else(|| Error::internal("not the ARN of a function"))?;
        return if function.qualifier.is_some() { Err(Error::TagsOnQualifier) } else { cx.key(&function) };
    }
    Key::of_arn(cx.scope, arn).ok_or_else(|| not_found(arn))
}
