//! Patterns of filters: JSON objects whose leaves are lists of what a value may be (facts 18).
//!
//! The one idea to hold: only the form is judged. Which keys a record of a source has is not looked at.

use serde_json::{Map, Value};

use crate::error::EventSourceError;
use crate::state::event_source::FilterCriteria;

/// The most filters of one mapping (documented).
const LIMIT: usize = 5;
/// How the alternatives of a pattern are named.
const OR: &str = "$or";
/// What numbers are compared with.
const COMPARISONS: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];

/// Refuses filters that are none, or too many.
///
/// # Errors
/// [`EventSourceError::InvalidFilter`], [`EventSourceError::TooManyFilters`].
pub(super) fn check(criteria: Option<&FilterCriteria>) -> Result<(), EventSourceError> {
    let filters = criteria.and_then(|criteria| criteria.filters.as_deref()).unwrap_or_default();
    if filters.len() > LIMIT {
        return Err(EventSourceError::TooManyFilters { most: LIMIT });
    }
    let sound = |text: &str| serde_json::from_str(text).is_ok_and(|pattern| is_pattern(&pattern));
    if filters.iter().all(|filter| filter.pattern.as_deref().is_some_and(sound)) {
        return Ok(());
    }
    Err(EventSourceError::InvalidFilter)
}

/// An object, not empty, of fields that are patterns themselves or lists of what their value may be.
fn is_pattern(value: &Value) -> bool {
    let Value::Object(fields) = value else { return false };
    !fields.is_empty()
        && fields.iter().all(|(name, rule)| match rule {
            Value::Array(patterns) if name == OR => patterns.len() > 1 && patterns.iter().all(is_pattern),
            Value::Array(rules) => !rules.is_empty() && rules.iter().all(is_rule),
            inner => is_pattern(inner),
        })
}

/// A value, or an operator.
fn is_rule(value: &Value) -> bool {
    match value {
        Value::Object(operator) => is_operator(operator),
        Value::Array(_) => false,
        _ => true,
    }
}

fn is_operator(operator: &Map<String, Value>) -> bool {
    let mut members = operator.iter();
    let (Some((name, operand)), None) = (members.next(), members.next()) else { return false };
    match name.as_str() {
        "exists" => operand.is_boolean(),
        "prefix" | "suffix" => operand.is_string() || is_one_of(operand, &["equals-ignore-case"]),
        "equals-ignore-case" | "wildcard" | "cidr" => operand.is_string(),
        "numeric" => is_comparison(operand),
        "anything-but" => match operand {
            Value::Array(values) => !values.is_empty() && values.iter().all(is_scalar),
            Value::Object(_) => is_one_of(operand, &["prefix", "suffix", "equals-ignore-case", "wildcard"]),
            value => is_scalar(value),
        },
        _ => false,
    }
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number()
}

/// `{"prefix": "text"}`, or the same with a list of texts, by one of these names.
fn is_one_of(value: &Value, names: &[&str]) -> bool {
    let Some(members) = value.as_object().filter(|members| members.len() == 1) else { return false };
    members.iter().all(|(name, operand)| {
        let texts = |values: &Vec<Value>| !values.is_empty() && values.iter().all(Value::is_string);
        names.contains(&name.as_str()) && (operand.is_string() || operand.as_array().is_some_and(texts))
    })
}

/// One comparison with its number, or two: `[">", 0, "<=", 5]`.
fn is_comparison(operand: &Value) -> bool {
    let Some(parts) = operand.as_array().filter(|parts| matches!(parts.len(), 2 | 4)) else { return false };
    parts.chunks(2).all(|pair| {
        let comparison = pair.first().and_then(Value::as_str);
        comparison.is_some_and(|it| COMPARISONS.contains(&it)) && pair.get(1).is_some_and(Value::is_number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::event_source::Filter;

    fn checked(pattern: &str) -> Result<(), EventSourceError> {
        check(Some(&FilterCriteria { filters: Some(vec![Filter { pattern: Some(pattern.to_owned()) }]) }))
    }

    #[test]
    fn patterns_are_objects_whose_leaves_are_lists() {
        for pattern in [
            r#"{"body": {"location": ["Paris", 7, null, true]}}"#,
            r#"{"body": [{"prefix": "a"}, {"suffix": {"equals-ignore-case": "b"}}, {"exists": false}]}"#,
            r#"{"n": [{"numeric": [">", 0, "<=", 5.5]}], "m": [{"numeric": ["=", 1]}]}"#,
            r#"{"a": [{"anything-but": ["x", 1]}, {"anything-but": {"prefix": "y"}}, {"anything-but": 3}]}"#,
            r#"{"$or": [{"a": [1]}, {"b": [{"cidr": "10.0.0.0/8"}]}]}"#,
            r#"{"a": [{"wildcard": "x*"}, {"equals-ignore-case": "y"}]}"#,
        ] {
            assert_eq!(checked(pattern), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for pattern in [
            "",
            "null",
            "{}",
            "[1]",
            "\"text\"",
            "{\"a\": [1]",
            r#"{"a": "b"}"#,
            r#"{"a": []}"#,
            r#"{"a": {}}"#,
            r#"{"a": [[1]]}"#,
            r#"{"a": [{}]}"#,
            r#"{"a": [{"like": "x"}]}"#,
            r#"{"a": [{"prefix": "x", "suffix": "y"}]}"#,
            r#"{"a": [{"prefix": 1}]}"#,
            r#"{"a": [{"exists": "true"}]}"#,
            r#"{"a": [{"numeric": [">"]}]}"#,
            r#"{"a": [{"numeric": ["~", 1]}]}"#,
            r#"{"a": [{"anything-but": []}]}"#,
            r#"{"a": [{"anything-but": {"like": "x"}}]}"#,
            r#"{"$or": [{"a": [1]}]}"#,
        ] {
            assert_eq!(checked(pattern), Err(EventSourceError::InvalidFilter), "{pattern}");
        }
    }
}
