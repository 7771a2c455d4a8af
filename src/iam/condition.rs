//! Conditions of statements: an operator, a condition key, and the values to compare with.
//!
//! The one idea to hold: an operator is one row of [`OPERATORS`], and whether it negates. All the rest (`IfExists`,
//! `ForAllValues:`, `ForAnyValue:`, keys that are not there, several values) is the same for every row.

use super::facts::Facts;
use super::operand::{Comparison, Operand, Relation};

/// Every operator: its name, how it compares, whether it holds where the comparison does not.
const OPERATORS: [(&str, Comparison, bool); 27] = [
    ("StringEquals", Comparison::Text { wildcards: false, fold: false }, false),
    ("StringNotEquals", Comparison::Text { wildcards: false, fold: false }, true),
    ("StringEqualsIgnoreCase", Comparison::Text { wildcards: false, fold: true }, false),
    ("StringNotEqualsIgnoreCase", Comparison::Text { wildcards: false, fold: true }, true),
    ("StringLike", Comparison::Text { wildcards: true, fold: false }, false),
    ("StringNotLike", Comparison::Text { wildcards: true, fold: false }, true),
    ("NumericEquals", Comparison::Number(Relation::Equal), false),
    ("NumericNotEquals", Comparison::Number(Relation::Equal), true),
    ("NumericLessThan", Comparison::Number(Relation::Less), false),
    ("NumericLessThanEquals", Comparison::Number(Relation::LessOrEqual), false),
    ("NumericGreaterThan", Comparison::Number(Relation::Greater), false),
    ("NumericGreaterThanEquals", Comparison::Number(Relation::GreaterOrEqual), false),
    ("DateEquals", Comparison::Date(Relation::Equal), false),
    ("DateNotEquals", Comparison::Date(Relation::Equal), true),
    ("DateLessThan", Comparison::Date(Relation::Less), false),
    ("DateLessThanEquals", Comparison::Date(Relation::LessOrEqual), false),
    ("DateGreaterThan", Comparison::Date(Relation::Greater), false),
    ("DateGreaterThanEquals", Comparison::Date(Relation::GreaterOrEqual), false),
    ("Bool", Comparison::Flag, false),
    ("BinaryEquals", Comparison::Binary, false),
    ("IpAddress", Comparison::Address, false),
    ("NotIpAddress", Comparison::Address, true),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("ArnNotLike", Comparison::Arn, true),
    ("Null", Comparison::Null, false),
];

/// An operator as a policy writes it, e.g. `ForAnyValue:StringLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    pub comparison: Comparison,
    negated: bool,
    if_exists: bool,
    over: Over,
}

/// Which values of a key must pass, where it has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// One that equals, or all that differ: what single values come to.
    Plain,
    All,
    Any,
}

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub operator: Operator,
    pub key: String,
    pub operands: Vec<Operand>,
}

impl Operator {
    /// The operator of this name.
    pub(super) fn read(name: &str) -> Option<Self> {
        let (over, rest) = match name.split_once(':') {
            None => (Over::Plain, name),
            Some(("ForAllValues", rest)) => (Over::All, rest),
            Some(("ForAnyValue", rest)) => (Over::Any, rest),
            Some(_) => return None,
        };
        let (name, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |name| (name, true));
        let (_, comparison, negated) = *OPERATORS.iter().find(|(known, ..)| *known == name)?;
        let unadorned = over == Over::Plain && !if_exists;
        (comparison != Comparison::Null || unadorned).then_some(Self { comparison, negated, if_exists, over })
    }
}

impl Condition {
    /// Whether it asks for values that are given, and not for any there may be.
    pub(super) fn is_limiting(&self) -> bool {
        let Operator { comparison, negated, if_exists, over } = self.operator;
        let positive = !negated && !if_exists && over != Over::All && comparison != Comparison::Null;
        positive && !self.operands.iter().any(Operand::is_anything)
    }

    /// Whether it holds of a call.
    pub(super) fn holds(&self, facts: &Facts) -> bool {
        let Operator { comparison, negated, if_exists, over } = self.operator;
        let given = facts.get(&self.key);
        if comparison == Comparison::Null {
            return self.operands.contains(&Operand::Flag(given.is_empty()));
        }
        if given.is_empty() {
            return if_exists || (over == Over::All) || (over == Over::Plain && negated);
        }
        let mut passing =
            given.iter().map(|value| self.operands.iter().any(|it| comparison.holds(value, it, facts)) != negated);
        let all = over == Over::All || (over == Over::Plain && negated);
        if all { passing.all(|it| it) } else { passing.any(|it| it) }
    }
}
