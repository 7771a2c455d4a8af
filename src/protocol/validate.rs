//! A document against its shape, in AWS's words (rule 1.6, facts 1.1).
//!
//! The one idea to hold: all violations of a request are collected, in the model's order, into one
//! `ValidationException`. Constraints are enforced on input and never on output; lengths of text count code points.

use std::fmt::Write as _;

use super::document::{Document, find};
use super::pattern;
use crate::error::Error;
use crate::model::{Kind, Member, Shape, printed};

/// What AWS prints of an enum in another order than the model's (each recorded): shape, printed list.
const PRINTED_VALUES: [(&str, &str); 4] = [
    ("EventSourcePosition", "LATEST, AT_TIMESTAMP, TRIM_HORIZON"),
    ("InvokeMode", "RESPONSE_STREAM, BUFFERED"),
    ("RecursiveLoop", "Terminate, Allow"),
    ("Runtime", printed::RUNTIMES),
];

/// What AWS prints of a pattern where the model's differs (each recorded): shape, printed pattern. Either is enough for a
/// text.
const PRINTED_PATTERNS: [(&str, &str); 2] = [
    (
        "LayerVersionArn",
        r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)",
    ),
    (
        "TaggableResource",
        r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)",
    ),
];

/// Members that take and print more values than their shape has (each recorded): member, list.
const MORE_VALUES: [(&str, &str); 1] = [("CompatibleRuntime", printed::RUNTIMES_OF_LAYERS)];

/// Members whose values AWS judges in the operation and not here: the unknown runtime of a function is no
/// `ValidationException` (facts 4.2).
const JUDGED_LATER: [&str; 1] = ["Runtime"];

/// Members that are checked after all others, wherever the model has them (recorded).
const CHECKED_LAST: [&str; 1] = ["CompatibleArchitectures"];

/// Lists whose violations are recorded without `Member must not be null` at the end (facts 4.2).
const ENTRIES_WITHOUT_NULL_RULE: [&str; 2] = ["SecurityGroupIds", "SubnetIds"];

/// Checks that every number of `document` is one that JSON can carry to its shape, whatever way it came (R52).
///
/// # Errors
/// [`Error::Serialization`] for the first that does not.
pub fn check_numbers(shape: &'static Shape, document: &Document) -> Result<(), Error> {
    match (&shape.kind, document) {
        (Kind::Integer { bits: 32, .. }, Document::Integer(number)) if i32::try_from(*number).is_err() => {
            Err(Error::Serialization { reason: format!("{} is a whole number of 32 bits", shape.name) })
        }
        (Kind::Integer { .. } | Kind::Double { .. }, Document::Boolean(_)) => {
            Err(Error::Serialization { reason: format!("{} is a number", shape.name) })
        }
        (Kind::Double { .. }, Document::Double(number)) if !number.is_finite() => {
            Err(Error::Serialization { reason: format!("{} is a finite number", shape.name) })
        }
        (Kind::Structure(_), Document::Structure(present)) => present.iter().try_for_each(|(name, value)| {
            shape.member(name).map_or(Ok(()), |member| check_numbers(member.shape, value))
        }),
        (Kind::List { member, .. }, Document::List(entries)) => {
            entries.iter().try_for_each(|entry| check_numbers(member, entry))
        }
        (Kind::Map { value, .. }, Document::Map(entries)) => {
            entries.iter().try_for_each(|(_, entry)| check_numbers(value, entry))
        }
        _ => Ok(()),
    }
}

/// Checks `document` against the constraints of `shape`.
///
/// # Errors
/// [`Error::Validation`] with every violation in its message.
pub fn validate(shape: &'static Shape, document: &Document) -> Result<(), Error> {
    let mut found = Vec::new();
    members(shape, document, "", &mut found);
    if found.is_empty() {
        return Ok(());
    }
    let noun = if found.len() == 1 { "error" } else { "errors" };
    Err(Error::Validation { message: format!("{} validation {noun} detected: {}", found.len(), found.join("; ")) })
}

/// What is wrong with one member by its own, in AWS's words.
#[must_use]
pub fn violations(member: &'static Member, value: &Document) -> Vec<String> {
    let mut found = Vec::new();
    value_at(member.shape, value, "", member.name, &mut found);
    found
}

fn members(shape: &'static Shape, document: &Document, path: &str, found: &mut Vec<String>) {
    let Document::Structure(present) = document else { return };
    let is_last = |member: &&Member| CHECKED_LAST.contains(&member.name);
    let all = || shape.members().iter();
    for member in all().filter(|member| !is_last(member)).chain(all().filter(is_last)) {
        match find(present, member.name) {
            Some(value) => value_at(member.shape, value, path, member.name, found),
            None if member.required => found.push(format!(
                "Value null at '{}' failed to satisfy constraint: Member must not be null",
                join(path, member.name)
            )),
            None => {}
        }
    }
}

/// Checks one structure of a list or map, where the wire may hold a null.
fn structure_entry(shape: &'static Shape, entry: &Document, path: &str, found: &mut Vec<String>) {
    if *entry == Document::Null {
        found.push(format!("Value null at '{path}' failed to satisfy constraint: Member must not be null"));
    } else {
        members(shape, entry, path, found);
    }
}

/// Checks one member. The path is spelled out only when something is wrong or lies below.
fn value_at(shape: &'static Shape, value: &Document, path: &str, name: &str, found: &mut Vec<String>) {
    match (&shape.kind, value) {
        (Kind::Structure(_), _) => members(shape, value, &join(path, name), found),
        (Kind::List { member, min, max }, Document::List(entries)) => {
            for constraint in length(entries.len() as u64, *min, *max) {
                found.push(violation(shape, value, &join(path, name), &constraint));
            }
            if matches!(member.kind, Kind::Structure(_)) {
                for (index, entry) in entries.iter().enumerate() {
                    structure_entry(member, entry, &format!("{}.{}.member", join(path, name), index + 1), found);
                }
            } else if entries.iter().any(|entry| !constraints(member, entry).is_empty() || *entry == Document::Null) {
                let mut rules = rules(member);
                if !ENTRIES_WITHOUT_NULL_RULE.contains(&shape.name) {
                    rules.push("Member must not be null".into());
                }
                let constraint = format!("Member must satisfy constraint: [{}]", rules.join(", "));
                found.push(violation(shape, value, &join(path, name), &constraint));
            }
        }
        (Kind::Map { key, value: inner, min, max }, Document::Map(entries)) => {
            for constraint in length(entries.len() as u64, *min, *max) {
                found.push(violation(shape, value, &join(path, name), &constraint));
            }
            map_entries(key, inner, entries, |rule| violation(shape, value, &join(path, name), rule), found);
            if matches!(inner.kind, Kind::Structure(_)) {
                for (text, entry) in entries {
                    structure_entry(inner, entry, &format!("{}.{text}.member", join(path, name)), found);
                }
            }
        }
        _ if JUDGED_LATER.contains(&name) => {}
        _ => {
            for constraint in constraints(shape, value) {
                found.extend(
                    of_member(name, value, constraint).map(|it| violation(shape, value, &join(path, name), &it)),
                );
            }
        }
    }
}

/// A constraint that a member violates by its shape, as it is of this member: some take more values.
fn of_member(name: &str, value: &Document, constraint: String) -> Option<String> {
    let Some((_, list)) = MORE_VALUES.iter().find(|(member, _)| *member == name) else { return Some(constraint) };
    let taken = matches!(value, Document::String(text) if list.split(", ").any(|it| it == text));
    (!taken).then(|| one_of(list))
}

fn map_entries(
    key: &'static Shape,
    inner: &'static Shape,
    entries: &[(String, Document)],
    violation: impl Fn(&str) -> String,
    found: &mut Vec<String>,
) {
    if entries.iter().any(|(text, _)| !text_constraints(key, text).is_empty()) {
        found.push(violation(&format!("Map keys must satisfy constraint: [{}]", rules(key).join(", "))));
    }
    if entries.iter().any(|(_, entry)| !constraints(inner, entry).is_empty() || *entry == Document::Null) {
        let mut rules = rules(inner);
        rules.push("Member must not be null".into());
        found.push(violation(&format!("Map value must satisfy constraint: [{}]", rules.join(", "))));
    }
}

/// The constraints of `shape` that `value` violates.
fn constraints(shape: &'static Shape, value: &Document) -> Vec<String> {
    match (&shape.kind, value) {
        (Kind::String { .. }, Document::String(text)) => text_constraints(shape, text),
        (Kind::Integer { min, max, .. }, Document::Integer(value)) => range(value, min.as_ref(), max.as_ref()),
        (Kind::Double { min, max, .. }, Document::Double(value)) => range(value, min.as_ref(), max.as_ref())
            .into_iter()
            .map(|mut text| {
                if !text.contains('.') {
                    text.push_str(".0");
                }
                text
            })
            .collect(),
        (Kind::Blob { min, max, .. }, Document::Blob(bytes)) => length(bytes.len() as u64, *min, *max),
        (Kind::List { member, min, max }, Document::List(entries)) => {
            let mut violated = length(entries.len() as u64, *min, *max);
            violated.extend(entries.iter().flat_map(|entry| constraints(member, entry)).take(1));
            violated
        }
        _ => Vec::new(),
    }
}

fn text_constraints(shape: &'static Shape, text: &str) -> Vec<String> {
    let Kind::String { min, max, pattern, values } = &shape.kind else { return Vec::new() };
    let mut violated =
        if min.is_some() || max.is_some() { length(text.chars().count() as u64, *min, *max) } else { Vec::new() };
    if let Some(pattern) = pattern.filter(|pattern| !fits(shape, pattern, text)) {
        violated.push(pattern_rule(shape, pattern));
    }
    if !values.is_empty() && !values.contains(&text) {
        violated.push(values_rule(shape, values));
    }
    violated
}

/// All constraints of a shape, as AWS lists them for the entries of a list or map.
fn rules(shape: &'static Shape) -> Vec<String> {
    match &shape.kind {
        Kind::String { min, max, pattern, values } => {
            let mut rules = Vec::new();
            rules.extend(max.map(|max| at_most("length", &max)));
            rules.extend(min.map(|min| at_least("length", &min)));
            rules.extend(pattern.map(|pattern| pattern_rule(shape, pattern)));
            rules.extend((!values.is_empty()).then(|| values_rule(shape, values)));
            rules
        }
        Kind::Integer { min, max, .. } => {
            max.map(|max| at_most("value", &max)).into_iter().chain(min.map(|min| at_least("value", &min))).collect()
        }
        Kind::Double { min, max, .. } => {
            let max = max.map(|max| at_most("value", &format!("{max:?}")));
            max.into_iter().chain(min.map(|min| at_least("value", &format!("{min:?}")))).collect()
        }
        _ => Vec::new(),
    }
}

fn length(count: u64, min: Option<u64>, max: Option<u64>) -> Vec<String> {
    let long = max.filter(|max| count > *max).map(|max| at_most("length", &max));
    let short = min.filter(|min| count < *min).map(|min| at_least("length", &min));
    long.into_iter().chain(short).collect()
}

fn range<T: PartialOrd + std::fmt::Display>(value: &T, min: Option<&T>, max: Option<&T>) -> Vec<String> {
    let large = max.filter(|max| value > max).map(|max| at_most("value", max));
    let small = min.filter(|min| value < min).map(|min| at_least("value", min));
    large.into_iter().chain(small).collect()
}

fn at_most(what: &str, limit: &impl std::fmt::Display) -> String {
    format!("Member must have {what} less than or equal to {limit}")
}

fn at_least(what: &str, limit: &impl std::fmt::Display) -> String {
    format!("Member must have {what} greater than or equal to {limit}")
}

fn printed_pattern(shape: &Shape) -> Option<&'static str> {
    PRINTED_PATTERNS.iter().find(|(name, _)| *name == shape.name).map(|(_, printed)| *printed)
}

fn fits(shape: &Shape, pattern: &'static str, text: &str) -> bool {
    pattern::matches(pattern, text) || printed_pattern(shape).is_some_and(|printed| pattern::matches(printed, text))
}

fn pattern_rule(shape: &Shape, pattern: &str) -> String {
    let printed = printed_pattern(shape).unwrap_or(pattern);
    format!("Member must satisfy regular expression pattern: {printed}")
}

fn values_rule(shape: &Shape, values: &[&str]) -> String {
    let printed = PRINTED_VALUES.iter().find(|(name, _)| *name == shape.name);
    printed.map_or_else(|| one_of(&values.join(", ")), |(_, list)| one_of(list))
}

fn one_of(list: &str) -> String {
    format!("Member must satisfy enum value set: [{list}]")
}

/// One violation in AWS's words, which leave out values that are secret.
fn violation(shape: &Shape, value: &Document, path: &str, constraint: &str) -> String {
    let shown = if shape.sensitive { String::new() } else { format!(" '{}'", printed(value)) };
    format!("Value{shown} at '{path}' failed to satisfy constraint: {constraint}")
}

/// `a.b`, each with its first letter lowered (R43).
fn join(path: &str, name: &str) -> String {
    let mut joined = String::with_capacity(path.len() + name.len() + 1);
    if !path.is_empty() {
        joined.push_str(path);
        joined.push('.');
    }
    let mut letters = name.chars();
    joined.extend(letters.next().map(|first| first.to_ascii_lowercase()));
    joined.push_str(letters.as_str());
    joined
}

/// A value as Java prints it: `[a, b]`, `{2=2.0}`.
fn printed(value: &Document) -> String {
    match value {
        Document::Null => "null".into(),
        Document::Boolean(value) => value.to_string(),
        Document::Integer(value) => value.to_string(),
        Document::Double(value) | Document::Timestamp(value) => format!("{value:?}"),
        Document::String(text) => text.clone(),
        Document::Blob(bytes) => format!("java.nio.HeapByteBuffer[pos=0 lim={0} cap={0}]", bytes.len()),
        Document::List(entries) => format!("[{}]", entries.iter().map(printed).collect::<Vec<_>>().join(", ")),
        Document::Map(entries) => braced(entries.iter().map(|(key, value)| (key.as_str(), value))),
        Document::Structure(members) => braced(members.iter().map(|(key, value)| (*key, value))),
    }
}

fn braced<'a>(entries: impl Iterator<Item = (&'a str, &'a Document)>) -> String {
    let mut text = String::from("{");
    for (index, (key, value)) in entries.enumerate() {
        let separator = if index > 0 { ", " } else { "" };
        // Writing into a string cannot fail.
        let _ = write!(text, "{separator}{key}={}", printed(value));
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::operation;

    fn text(text: &str) -> Document {
        Document::String(text.into())
    }

    fn message(name: &str, members: Vec<(&'static str, Document)>) -> String {
        match validate(operation(name).unwrap().input, &Document::Structure(members)) {
            Err(Error::Validation { message }) => message,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn one_violation_names_value_member_and_constraint() {
        // F4
        let pattern = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";
        assert_eq!(
            message("UpdateFunctionCode", vec![("FunctionName", text("fn!"))]),
            format!(
                "1 validation error detected: Value 'fn!' at 'functionName' failed to satisfy constraint: Member must \
                 satisfy regular expression pattern: {pattern}"
            )
        );
    }

    #[test]
    fn several_violations_stand_in_one_message() {
        let members = vec![("FunctionName", text("fn")), ("PublishTo", text("X")), ("S3Bucket", text("b"))];
        assert_eq!(
            message("UpdateFunctionCode", members),
            "2 validation errors detected: Value 'b' at 's3Bucket' failed to satisfy constraint: Member must have length \
             greater than or equal to 3; Value 'X' at 'publishTo' failed to satisfy constraint: Member must satisfy enum \
             value set: [LATEST_PUBLISHED]"
        );
    }

    #[test]
    fn a_list_is_printed_whole_with_the_rules_of_its_entries() {
        // R31, R32
        let architectures = |values: &[&str]| {
            let list = Document::List(values.iter().map(|value| text(value)).collect());
            message("UpdateFunctionCode", vec![("FunctionName", text("fn")), ("Architectures", list)])
        };
        assert_eq!(
            architectures(&["x86_64", "arm64"]),
            "1 validation error detected: Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member \
             must have length less than or equal to 1"
        );
        assert_eq!(
            architectures(&["X86_64"]),
            "1 validation error detected: Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must \
             satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"
        );
    }

    #[test]
    fn maps_print_their_floats_with_a_point_and_name_keys_or_values() {
        // Facts 1.1
        let weights = |key: &str, weight: f64| {
            let map = Document::Map(vec![(key.into(), Document::Double(weight))]);
            let routing = Document::Structure(vec![("AdditionalVersionWeights", map)]);
            let members = vec![
                ("FunctionName", text("fn")),
                ("Name", text("prod")),
                ("FunctionVersion", text("1")),
                ("RoutingConfig", routing),
            ];
            message("CreateAlias", members)
        };
        assert_eq!(
            weights("2", 2.0),
            "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy \
             constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member \
             must have value greater than or equal to 0.0, Member must not be null]"
        );
        assert_eq!(
            weights("$LATEST", 0.5),
            "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to \
             satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, \
             Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]"
        );
        assert_eq!(weights("2", 0.5), "Ok(())");
    }

    #[test]
    fn a_secret_value_is_not_printed() {
        let variables = Document::Map(vec![("A".into(), text("secret"))]);
        let members =
            vec![("FunctionName", text("fn")), ("Environment", Document::Structure(vec![("Variables", variables)]))];
        assert_eq!(
            message("UpdateFunctionConfiguration", members),
            "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must \
             satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
        );
    }

    #[test]
    fn a_whole_number_beyond_32_bits_is_a_wrong_type() {
        let members = vec![("FunctionName", text("fn")), ("Timeout", Document::Integer(1 << 31))];
        let refused =
            check_numbers(operation("UpdateFunctionConfiguration").unwrap().input, &Document::Structure(members));
        assert_eq!(refused, Err(Error::Serialization { reason: "Timeout is a whole number of 32 bits".into() }));
    }

    #[test]
    fn a_missing_member_prints_null_without_quotes() {
        assert_eq!(
            message("UntagResource", vec![("Resource", text("arn:aws:lambda:us-east-1:123456789012:function:fn"))]),
            "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null"
        );
    }

    #[test]
    fn lengths_count_code_points() {
        let description = |text: String| {
            message(
                "UpdateFunctionConfiguration",
                vec![("FunctionName", Document::String("fn".into())), ("Description", Document::String(text))],
            )
        };
        assert_eq!(description("é".repeat(256)), "Ok(())");
        assert!(description("é".repeat(257)).contains("length less than or equal to 256"));
    }

    #[test]
    fn an_unknown_runtime_is_left_to_the_operation() {
        let members = vec![("FunctionName", text("fn")), ("Runtime", text("PYTHON3.9"))];
        assert_eq!(message("UpdateFunctionConfiguration", members), "Ok(())");
    }
}
