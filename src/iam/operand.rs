//! The values of conditions, each read once in the way of its operator.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::facts::Facts;
use super::pattern::{ArnPattern, Syntax, Template};
use crate::clock::Timestamp;

/// What two values are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// `StringEquals` and the like.
    Text {
        wildcards: bool,
        fold: bool,
    },
    Number(Relation),
    Date(Relation),
    Flag,
    Binary,
    Address,
    Arn,
    /// Whether the key is there.
    Null,
}

/// One value of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Text(Template),
    Number(f64),
    Date(Timestamp),
    Flag(bool),
    Binary(Vec<u8>),
    Address(Network),
    Arn(ArnPattern),
}

/// Addresses that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    prefix_bits: u32,
}

impl Comparison {
    /// Reads a value as this comparison needs it.
    ///
    /// # Errors
    /// What it should be.
    pub(super) fn operand(self, text: &str, variables: bool) -> Result<Operand, String> {
        match self {
            Self::Text { wildcards, .. } => Template::read(text, Syntax { wildcards, variables }).map(Operand::Text),
            Self::Number(_) => number(text).map(Operand::Number).ok_or_else(|| format!("is a number, not {text:?}")),
            Self::Date(_) => Timestamp::from_iso(text)
                .map(Operand::Date)
                .ok_or_else(|| format!("is a date as 2026-01-01T00:00:00Z or in seconds since 1970, not {text:?}")),
            Self::Flag | Self::Null => {
                flag(text).map(Operand::Flag).ok_or_else(|| format!("is \"true\" or \"false\", not {text:?}"))
            }
            Self::Binary => {
                STANDARD.decode(text).map(Operand::Binary).map_err(|_| format!("is base64, which {text:?} is not"))
            }
            Self::Address => Network::read(text)
                .map(Operand::Address)
                .ok_or_else(|| format!("is an address or a network as 203.0.113.0/24, not {text:?}")),
            Self::Arn => ArnPattern::read(text, variables).map(Operand::Arn),
        }
    }

    /// Whether a value of the call stands to this value of the policy as the operator says. What the operator cannot
    /// read does not.
    pub(super) fn holds(self, given: &str, operand: &Operand, facts: &Facts) -> bool {
        match (self, operand) {
            (Self::Text { fold, .. }, Operand::Text(template)) => template.matches(given, facts, fold),
            (Self::Number(relation), Operand::Number(wanted)) => {
                number(given).is_some_and(|it| relation.holds(&it, wanted))
            }
            (Self::Date(relation), Operand::Date(wanted)) => {
                Timestamp::from_iso(given).is_some_and(|it| relation.holds(&it, wanted))
            }
            (Self::Flag, Operand::Flag(wanted)) => flag(given) == Some(*wanted),
            (Self::Binary, Operand::Binary(wanted)) => given.as_bytes() == wanted,
            (Self::Address, Operand::Address(network)) => given.parse().is_ok_and(|address| network.contains(address)),
            (Self::Arn, Operand::Arn(pattern)) => pattern.matches(given, facts),
            _ => false,
        }
    }
}

impl Operand {
    /// Whether it fits every value.
    pub(super) fn is_anything(&self) -> bool {
        match self {
            Self::Text(template) => template.is_anything(),
            Self::Arn(pattern) => *pattern == ArnPattern::Everything,
            Self::Address(network) => network.prefix_bits == 0,
            _ => false,
        }
    }
}

impl Relation {
    fn holds<T: PartialOrd>(self, given: &T, wanted: &T) -> bool {
        match self {
            Self::Equal => given == wanted,
            Self::Less => given < wanted,
            Self::LessOrEqual => given <= wanted,
            Self::Greater => given > wanted,
            Self::GreaterOrEqual => given >= wanted,
        }
    }
}

impl Network {
    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = |prefix: &str| {
            let plain = prefix.bytes().all(|byte| byte.is_ascii_digit());
            prefix.parse().ok().filter(|bits| plain && *bits <= most)
        };
        let prefix_bits = prefix.map_or(Some(most), bits)?;
        Some(Self { address, prefix_bits })
    }

    fn contains(&self, address: IpAddr) -> bool {
        let differing_bits = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (u32::from(own) ^ u32::from(other)).leading_zeros(),
            (IpAddr::V6(own), IpAddr::V6(other)) => (u128::from(own) ^ u128::from(other)).leading_zeros(),
            _ => return false,
        };
        differing_bits >= self.prefix_bits
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn flag(text: &str) -> Option<bool> {
    [("true", true), ("false", false)].iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, flag)| *flag)
}
