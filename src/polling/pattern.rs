//! Patterns of filters, held against events: EventBridge's operators, as AWS documents them.
//!
//! The one idea to hold: a pattern is about leaves. Each field of it has to hold, a list of rules holds if one of its
//! rules does, and an array in the event is any one of its elements. What is no pattern matches nothing.

use std::net::IpAddr;

use serde_json::{Map, Value};

/// How the alternatives of a pattern are named.
const OR: &str = "$or";

/// Whether an event has what a pattern asks for.
///
/// ```
/// use drylambda::polling::pattern::matches;
/// use serde_json::json;
///
/// let pattern = json!({"body": {"city": [{"prefix": "Par"}], "seats": [{"numeric": [">=", 2]}]}});
/// assert!(matches(&pattern, &json!({"body": {"city": "Paris", "seats": 4}})));
/// assert!(!matches(&pattern, &json!({"body": {"city": "Paris", "seats": 1}})));
/// ```
#[must_use]
pub fn matches(pattern: &Value, event: &Value) -> bool {
    holds(pattern, Some(event))
}

/// Whether a pattern holds of a part of an event, or of a part that is not there.
fn holds(pattern: &Value, event: Option<&Value>) -> bool {
    let Value::Object(fields) = pattern else { return false };
    match event {
        Some(Value::Array(elements)) if !elements.is_empty() => {
            elements.iter().any(|element| all_hold(fields, Some(element)))
        }
        event => all_hold(fields, event),
    }
}

fn all_hold(fields: &Map<String, Value>, event: Option<&Value>) -> bool {
    fields.iter().all(|(name, rule)| match rule {
        Value::Array(patterns) if name == OR => patterns.iter().any(|pattern| holds(pattern, event)),
        Value::Array(rules) => one_holds(rules, event.and_then(|event| event.get(name))),
        inner => holds(inner, event.and_then(|event| event.get(name))),
    })
}

/// Whether one of the rules holds of one of the leaves under a name.
fn one_holds(rules: &[Value], value: Option<&Value>) -> bool {
    let mut leaves = Vec::new();
    if let Some(value) = value {
        collect(value, &mut leaves);
    }
    rules.iter().any(|rule| match exists(rule) {
        Some(wanted) => wanted != leaves.is_empty(),
        None => leaves.iter().any(|leaf| rule_holds(rule, leaf)),
    })
}

/// The leaves of a value: an object has none of its own, an array those of its elements.
fn collect<'a>(value: &'a Value, leaves: &mut Vec<&'a Value>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, leaves)),
        Value::Object(_) => {}
        leaf => leaves.push(leaf),
    }
}

/// What `{"exists": ...}` wants.
fn exists(rule: &Value) -> Option<bool> {
    rule.as_object().filter(|members| members.len() == 1)?.get("exists")?.as_bool()
}

fn rule_holds(rule: &Value, leaf: &Value) -> bool {
    let Value::Object(operator) = rule else { return is_same(rule, leaf) };
    let mut members = operator.iter();
    let (Some((name, operand)), None) = (members.next(), members.next()) else { return false };
    match name.as_str() {
        "numeric" => compares(operand, leaf),
        "anything-but" => !is_excepted(operand, leaf),
        "cidr" => operand.as_str().zip(leaf.as_str()).is_some_and(|(block, address)| is_within(block, address)),
        name => leaf.as_str().is_some_and(|text| text_holds(name, operand, text)),
    }
}

/// Values are what they are, not how they are written: 300, 300.0 and 3e2 are one number.
fn is_same(rule: &Value, leaf: &Value) -> bool {
    match (rule.as_f64(), leaf.as_f64()) {
        (Some(one), Some(other)) => one.total_cmp(&other).is_eq(),
        _ => rule == leaf,
    }
}

fn text_holds(operator: &str, operand: &Value, text: &str) -> bool {
    match (operator, operand) {
        ("prefix", Value::String(prefix)) => text.starts_with(prefix.as_str()),
        ("suffix", Value::String(suffix)) => text.ends_with(suffix.as_str()),
        ("prefix", Value::Object(_)) => ignoring_case(operand).is_some_and(|prefix| {
            let (text, prefix) = (text.to_lowercase(), prefix.to_lowercase());
            text.starts_with(&prefix)
        }),
        ("suffix", Value::Object(_)) => ignoring_case(operand).is_some_and(|suffix| {
            let (text, suffix) = (text.to_lowercase(), suffix.to_lowercase());
            text.ends_with(&suffix)
        }),
        ("equals-ignore-case", Value::String(other)) => text.to_lowercase() == other.to_lowercase(),
        ("wildcard", Value::String(pattern)) => is_like(pattern, text),
        _ => false,
    }
}

/// The text of `{"equals-ignore-case": "text"}`.
fn ignoring_case(operand: &Value) -> Option<&str> {
    operand.get("equals-ignore-case")?.as_str()
}

/// Whether a leaf is among what `anything-but` names.
fn is_excepted(operand: &Value, leaf: &Value) -> bool {
    match operand {
        Value::Array(values) => values.iter().any(|value| is_same(value, leaf)),
        Value::Object(operator) => operator.iter().any(|(name, operand)| match (operand, leaf) {
            (Value::Array(texts), Value::String(text)) => texts.iter().any(|operand| text_holds(name, operand, text)),
            (operand, Value::String(text)) => text_holds(name, operand, text),
            _ => false,
        }),
        value => is_same(value, leaf),
    }
}

/// Whether a number is where the comparisons want it: `[">", 0, "<=", 5]`.
fn compares(operand: &Value, leaf: &Value) -> bool {
    let (Some(parts), Some(number)) = (operand.as_array(), leaf.as_f64()) else { return false };
    !parts.is_empty()
        && parts.chunks(2).all(|pair| {
            let [comparison, bound] = pair else { return false };
            let Some(order) = bound.as_f64().map(|bound| number.total_cmp(&bound)) else { return false };
            match comparison.as_str() {
                Some("=") => order.is_eq(),
                Some("!=") => order.is_ne(),
                Some("<") => order.is_lt(),
                Some("<=") => order.is_le(),
                Some(">") => order.is_gt(),
                Some(">=") => order.is_ge(),
                _ => false,
            }
        })
}

/// Whether an address is in a block: `10.0.0.0/24`.
fn is_within(block: &str, address: &str) -> bool {
    let Some((network, length)) = block.split_once('/') else { return false };
    let (Ok(network), Ok(address)) = (network.parse(), address.parse()) else { return false };
    let (network, address, bits) = match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => (u32::from(network).into(), u32::from(address).into(), 32),
        (IpAddr::V6(network), IpAddr::V6(address)) => (u128::from(network), u128::from(address), 128),
        _ => return false,
    };
    length.parse().is_ok_and(|length: u32| {
        let rest = bits - length.min(bits);
        length <= bits && (network ^ address).checked_shr(rest).unwrap_or_default() == 0
    })
}

/// Whether a text is as a pattern with `*` for any letters; `\*` and `\\` are letters.
fn is_like(pattern: &str, text: &str) -> bool {
    // Of a star: where the pattern goes on behind it, and up to where of the text it stands for.
    let mut star: Option<(&str, &str)> = None;
    let (mut pattern, mut text) = (pattern, text);
    loop {
        let (letter, more, is_star) = next(pattern);
        if is_star {
            star = Some((more, text));
            pattern = more;
            continue;
        }
        let mut letters = text.chars();
        match (letter, letters.next()) {
            (None, None) => return true,
            (wanted, found) if wanted.is_some() && wanted == found => (pattern, text) = (more, letters.as_str()),
            _ => {
                // The star stands for one letter more.
                let Some((behind, from)) = star else { return false };
                let mut longer = from.chars();
                if longer.next().is_none() {
                    return false;
                }
                star = Some((behind, longer.as_str()));
                (pattern, text) = (behind, longer.as_str());
            }
        }
    }
}

/// The first letter of a pattern, what is behind it, and whether it is a star.
fn next(pattern: &str) -> (Option<char>, &str, bool) {
    let mut letters = pattern.chars();
    match letters.next() {
        Some('*') => (None, letters.as_str(), true),
        Some('\\') => (letters.next(), letters.as_str(), false),
        letter => (letter, letters.as_str(), false),
    }
}

#[cfg(test)]
mod tests;
