//! TagResource, UntagResource, ListTags (facts 15).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::context::{Context, Step};
use crate::arn::FunctionRef;
use crate::error::Error;
use crate::state::{Function, Key, Snapshot};

/// The most tags of one resource.
const LIMIT: usize = 50;

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
    let key = key(cx, &input.resource)?;
    if input.tags.is_empty() {
        return Err(Error::NoTags);
    }
    cx.change(&key, |function| {
        let mut tags = (*function.tags).clone();
        tags.extend(input.tags.clone());
        check_count(&tags)?;
        Ok(Step::Put(Box::new(with_tags(cx, function, tags)), ()))
    })
}

/// Takes tags away; keys that are not there do not matter.
///
/// # Errors
/// Those of the resource.
pub(super) fn untag(cx: &Context<'_>, input: UntagResource) -> Result<(), Error> {
    let key = key(cx, &input.resource)?;
    cx.change(&key, |function| {
        let mut tags = (*function.tags).clone();
        tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(Step::Put(Box::new(with_tags(cx, function, tags)), ()))
    })
}

/// The tags of a resource.
///
/// # Errors
/// Those of the resource.
pub(super) fn list(cx: &Context<'_>, input: ListTags) -> Result<Tags, Error> {
    let function = cx.function(&key(cx, &input.resource)?, false)?;
    Ok(Tags { tags: (*function.tags).clone() })
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

/// The function behind the ARN of a taggable resource. Nothing else that can be tagged can be made yet.
fn key(cx: &Context<'_>, resource: &str) -> Result<Key, Error> {
    const OTHERS: [(&str, &str); 4] = [
        ("code-signing-config", "Code signing config"),
        ("event-source-mapping", "Event source mapping"),
        ("capacity-provider", "Capacity provider"),
        ("network-connector", "Network connector"),
    ];
    let kind = resource.split(':').nth(5).unwrap_or_default();
    if kind != "function" {
        let kind = OTHERS.iter().find(|(word, _)| *word == kind).map_or("Resource", |(_, kind)| kind);
        return Err(Error::TaggedResourceNotFound { kind, arn: resource.to_owned() });
    }
    let function = FunctionRef::parse(resource).ok_or_else(|| Error::internal("not the ARN of a function"))?;
    if function.qualifier.is_some() {
        return Err(Error::TagsOnQualifier);
    }
    cx.key(&function)
}
