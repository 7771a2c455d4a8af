//! Names of functions as callers write them, and ARNs as AWS prints them.
//!
//! The one idea to hold: a caller may write a function as a name, a partial ARN or a full ARN, each with a qualifier
//! (rules F1, F2, F6); [`FunctionRef::parse`] reads them all, once, and nothing behind it looks at the text again.
//!
//! ```
//! use drylambda::arn::FunctionRef;
//!
//! let function = FunctionRef::parse("123456789012:function:my-function:prod").unwrap();
//! assert_eq!(function.name, "my-function");
//! assert_eq!((function.account.as_deref(), function.qualifier.as_deref()), (Some("123456789012"), Some("prod")));
//! ```

use std::fmt;
use std::sync::{Arc, LazyLock};

use fancy_regex::Regex;
use serde::de::{Deserialize, Deserializer, Error as _};

/// How the names of a partition's Regions begin, and the partition.
const PARTITIONS: [(&str, &str); 8] = [
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
    ("", "aws"),
];

/// Whether AWS has a partition of this name.
#[must_use]
pub fn is_partition(name: &str) -> bool {
    PARTITIONS.iter().any(|(_, partition)| *partition == name)
}

/// An account and a Region: one separate world of functions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// Twelve digits.
    pub account: Arc<str>,
    /// E.g. `eu-central-1`.
    pub region: Arc<str>,
}

impl Scope {
    /// The world of this account and Region.
    #[must_use]
    pub fn new(account: &str, region: &str) -> Self {
        Self { account: account.into(), region: region.into() }
    }

    /// The partition that the Region lies in, e.g. `aws`, `aws-cn`, `aws-us-gov`.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        PARTITIONS.iter().find(|(prefix, _)| self.region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
    }

    /// The ARN of a resource of this world, by the word for its kind and its name: `function` and `fn`.
    #[must_use]
    pub fn arn(&self, kind: &str, name: &str) -> String {
        format!("arn:{}:lambda:{}:{}:{kind}:{name}", self.partition(), self.region, self.account)
    }

    /// The unqualified ARN of a function.
    #[must_use]
    pub fn function_arn(&self, name: &str) -> String {
        self.arn("function", name)
    }

    /// The ARN of a function's version or alias.
    #[must_use]
    pub fn qualified_arn(&self, name: &str, qualifier: &str) -> String {
        format!("{}:{qualifier}", self.function_arn(name))
    }
}

/// A function as the caller wrote it. Parts that were not written are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionRef {
    /// The bare name.
    pub name: String,
    /// A version number, `$LATEST`, or an alias.
    pub qualifier: Option<String>,
    /// The Region of a full ARN.
    pub region: Option<String>,
    /// The account of a full or partial ARN.
    pub account: Option<String>,
}

/// The widest of the model's patterns, with names for its parts (rule F6: parse with the pattern, not by colons).
static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\A(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?",
        r"(?:(?<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-[0-9]):)?",
        r"(?:(?<account>[0-9]{12}):)?(?:function:)?(?<name>[a-zA-Z0-9\-_.]+)",
        r"(?::(?<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9\-_]+))?\z"
    ))
    .ok()
});

impl FunctionRef {
    /// Reads a name, a partial ARN or a full ARN, with or without a qualifier. `None` if it is none of them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            return Some(Self { name: text.to_owned(), qualifier: None, region: None, account: None });
        }
        let parts = PATTERN.as_ref()?.captures(text).ok()??;
        let part = |name| parts.name(name).map(|found| found.as_str().to_owned());
        Some(Self {
            name: part("name")?,
            qualifier: part("qualifier"),
            region: part("region"),
            account: part("account"),
        })
    }
}

impl fmt::Display for FunctionRef {
    /// The name, and the qualifier if there is one.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.qualifier {
            Some(qualifier) => write!(formatter, "{}:{qualifier}", self.name),
            None => formatter.write_str(&self.name),
        }
    }
}

impl<'de> Deserialize<'de> for FunctionRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a function name"))
    }
}

/// A layer as the caller wrote it: by its name, or by its ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerRef {
    /// The bare name.
    pub name: String,
    /// Account and Region of an ARN.
    pub within: Option<Scope>,
}

impl LayerRef {
    /// Reads a name or an ARN. `None` if it is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<_> = text.splitn(7, ':').collect();
        let (name, within) = match parts[..] {
            [name] => (name, None),
            ["arn", _, "lambda", region, account, "layer", name] => (name, Some(Scope::new(account, region))),
            _ => return None,
        };
        let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it));
        is_name.then(|| Self { name: name.to_owned(), within })
    }

    /// Reads the ARN of a version: the layer, and the number as it is written everywhere. `None` if it is no such ARN.
    #[must_use]
    pub fn parse_version(arn: &str) -> Option<(Self, u64)> {
        let (layer, number) = arn.rsplit_once(':')?;
        let layer = Self::parse(layer).filter(|layer| layer.within.is_some())?;
        let read = number.parse().ok().filter(|read: &u64| read.to_string() == number)?;
        Some((layer, read))
    }

    /// The world that it is in, for a caller in `scope`.
    #[must_use]
    pub fn scope<'a>(&'a self, scope: &'a Scope) -> &'a Scope {
        self.within.as_ref().unwrap_or(scope)
    }
}

impl<'de> Deserialize<'de> for LayerRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a layer name"))
    }
}

/// Whether a qualifier names a version by its number (rule 2.3 of the facts: all digits is a version).
#[must_use]
pub fn is_version_number(qualifier: &str) -> bool {
    !qualifier.is_empty() && qualifier.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(String, Option<String>)> {
        FunctionRef::parse(text).map(|it| (it.name, it.qualifier))
    }

    #[test]
    fn every_written_form_gives_the_same_name() {
        for text in [
            "fn",
            "function:fn",
            "123456789012:fn",
            "123456789012:function:fn",
            "eu-west-1:123456789012:function:fn",
            "arn:aws:lambda:eu-west-1:123456789012:function:fn",
            "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:fn",
        ] {
            assert_eq!(parts(text), Some(("fn".into(), None)), "{text}");
            assert_eq!(parts(&format!("{text}:7")).map(|it| it.1), Some(Some("7".into())), "{text}");
        }
    }

    #[test]
    fn an_arn_cut_short_makes_its_last_word_the_name() {
        let cut = parts("arn:aws:lambda:eu-west-1:123456789012:function").unwrap();
        assert_eq!(cut.0, "function");
    }

    #[test]
    fn other_texts_are_not_functions() {
        for text in ["", "invalid:function:name", "my-function!", "fn:1:2", "function:fn:$LATES", "arn:aws:ec2:::x"] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn a_layer_is_a_name_or_an_arn() {
        let own = LayerRef::parse("tools").unwrap();
        assert_eq!((&*own.name, own.within), ("tools", None));
        let arn = "arn:aws:lambda:eu-west-1:123456789012:layer:tools";
        let (layer, number) = LayerRef::parse_version(&format!("{arn}:7")).unwrap();
        assert_eq!((LayerRef::parse(arn), number), (Some(layer.clone()), 7));
        assert_eq!(layer.within, Some(Scope::new("123456789012", "eu-west-1")));
        for text in ["", "a:b", "layer:tools", &format!("{arn}:7"), "arn:aws:lambda:::awslayer:AmazonLinux1803"] {
            assert_eq!(LayerRef::parse(text), None, "{text}");
        }
        for text in ["tools:7", arn, &format!("{arn}:07"), &format!("{arn}:{}0", u64::MAX)] {
            assert_eq!(LayerRef::parse_version(text), None, "{text}");
        }
    }

    #[test]
    fn partitions_follow_the_region() {
        for (region, partition) in [
            ("eu-west-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(Scope::new("123456789012", region).partition(), partition);
        }
    }
}
