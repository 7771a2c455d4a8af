//! What IAM takes for an action and for a resource, and its own sentences about what it does not take.
//!
//! The one idea to hold: a policy that AWS refuses never comes to be, so nobody tests with one that cannot be deployed.
//! The sentences are those of IAM's `MalformedPolicyDocument`; beside each stands the text that it is about.

use super::pattern::{ArnPattern, Syntax, Template};
use crate::arn::is_partition;

const NO_VENDOR: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const TWO_COLONS: &str = "Actions/Condition can contain only one colon.";
const NO_FULL_VENDOR: &str = "Resource vendor must be fully qualified and cannot contain regexes.";
const LEGACY: &str = "The policy failed legacy parsing";

/// Reads `*`, or a service's prefix and the pattern of a name. `*:*` is every action, too.
///
/// # Errors
/// What IAM says of it.
pub(super) fn action(text: &str) -> Result<Template, String> {
    let read = || Template::read(text, Syntax { wildcards: true, variables: false });
    if text == "*" {
        return read();
    }
    let Some((vendor, name)) = text.split_once(':') else { return refused(NO_VENDOR, text) };
    if name.contains(':') {
        return refused(TWO_COLONS, text);
    }
    if vendor != "*" {
        check_vendor(vendor)?;
    }
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'?')) {
        return refused(LEGACY, text);
    }
    read()
}

/// Reads `*`, or an ARN with wildcards whose service is named.
///
/// # Errors
/// What IAM says of it.
pub(super) fn resource(text: &str, variables: bool) -> Result<ArnPattern, String> {
    let read = || ArnPattern::read(text, variables);
    if text == "*" {
        return read();
    }
    let mut parts = text.splitn(4, ':');
    let (Some("arn"), Some(partition)) = (parts.next(), parts.next()) else {
        return Err(format!("is no resource: Resource {text} must be in ARN format or \"*\"."));
    };
    if partition != "*" && !is_partition(partition) {
        return Err(format!("is no resource: Partition \"{partition}\" is not valid for resource \"{text}\"."));
    }
    match parts.next() {
        Some(service) if is_vendor(service) => {}
        Some("") => return refused(LEGACY, text),
        _ => return refused(NO_FULL_VENDOR, text),
    }
    if text.chars().any(char::is_control) {
        return refused(LEGACY, text);
    }
    read()
}

/// Checks the key of a condition: a service's prefix and a name, which may have further colons.
///
/// # Errors
/// What IAM says of it.
pub(super) fn condition_key(key: &str) -> Result<(), String> {
    match key.split_once(':') {
        Some((vendor, name)) if !name.is_empty() => check_vendor(vendor),
        _ => Err(format!("is no condition key: {NO_VENDOR}")),
    }
}

fn check_vendor(vendor: &str) -> Result<(), String> {
    if is_vendor(vendor) { Ok(()) } else { Err(format!("is refused by IAM: Vendor {vendor} is not valid")) }
}

fn is_vendor(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

fn refused<T>(sentence: &str, text: &str) -> Result<T, String> {
    Err(format!("is refused by IAM: {sentence} ({text:?})"))
}
