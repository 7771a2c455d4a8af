//! Texts of policies: wildcards and policy variables, alone and in the six parts of an ARN.
//!
//! The one idea to hold: a text is taken apart once, when the policy is read. A variable's value is put in as it is: a
//! `*` in a user's name is a star and no wildcard.

use super::facts::Facts;

/// A text of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Letter(char),
    /// `*`
    Any,
    /// `?`
    One,
    /// `${key}` or `${key, 'default'}`
    Variable {
        key: String,
        default: Option<String>,
    },
}

/// What a text of a policy may contain beside plain letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    /// `*` and `?`.
    pub wildcards: bool,
    /// `${...}`, which policies of 2012 have.
    pub variables: bool,
}

impl Template {
    /// Takes a text apart.
    ///
    /// # Errors
    /// What is wrong with a variable in it.
    pub(super) fn read(text: &str, syntax: Syntax) -> Result<Self, String> {
        let mut parts = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            if let Some(variable) = rest.strip_prefix("${").filter(|_| syntax.variables) {
                let (inner, after) = variable.split_once('}').ok_or_else(|| format!("has no end of ${{{variable}"))?;
                parts.push(Part::variable(inner)?);
                rest = after;
                continue;
            }
            parts.push(match letter {
                '*' if syntax.wildcards => Part::Any,
                '?' if syntax.wildcards => Part::One,
                _ => Part::Letter(letter),
            });
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
        Ok(Self(parts))
    }

    /// Whether it is wildcards alone, and describes every value.
    pub(super) fn is_anything(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|part| *part == Part::Any)
    }

    /// Whether a value is one that this text describes; `fold` is without regard to case. A variable without a value
    /// describes none.
    pub(super) fn matches(&self, value: &str, facts: &Facts, fold: bool) -> bool {
        let mut pattern = Vec::with_capacity(self.0.len());
        for part in &self.0 {
            match part {
                Part::Variable { key, default } => {
                    let Some(text) = facts.one(key).or(default.as_deref()) else { return false };
                    pattern.extend(text.chars().map(Token::Letter));
                }
                Part::Letter(letter) => pattern.push(Token::Letter(*letter)),
                Part::Any => pattern.push(Token::Any),
                Part::One => pattern.push(Token::One),
            }
        }
        let value: Vec<char> = value.chars().collect();
        glob(&pattern, &value, |one, other| one == other || (fold && one.to_lowercase().eq(other.to_lowercase())))
    }
}

impl Part {
    /// What stands between `${` and `}`.
    fn variable(inner: &str) -> Result<Self, String> {
        // What would be special otherwise.
        if let ("*" | "?" | "$", Some(letter)) = (inner, inner.chars().next()) {
            return Ok(Self::Letter(letter));
        }
        let (key, default) = match inner.split_once(',') {
            None => (inner, None),
            Some((key, default)) => (key, Some(default.trim())),
        };
        let quoted = default.map(|default| default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')));
        let is_key = |letter: char| letter.is_alphanumeric() || ":/._+=@-".contains(letter);
        if !key.contains(':') || !key.chars().all(is_key) || quoted == Some(None) {
            return Err(format!("holds ${{{inner}}}, which is no policy variable"));
        }
        Ok(Self::Variable { key: key.to_owned(), default: quoted.flatten().map(str::to_owned) })
    }
}

/// One step of a pattern whose variables have their values.
#[derive(Debug, Clone, Copy)]
enum Token {
    Letter(char),
    Any,
    One,
}

/// Whether a pattern describes a whole value. The last `*` alone is tried again, so the work is at most the product of
/// the lengths.
fn glob(pattern: &[Token], value: &[char], equal: impl Fn(char, char) -> bool) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut star = None;
    while let Some(&letter) = value.get(seen) {
        match pattern.get(at) {
            Some(Token::Any) => {
                star = Some((at, seen));
                at += 1;
                continue;
            }
            Some(Token::One) => {}
            Some(Token::Letter(wanted)) if equal(*wanted, letter) => {}
            _ => {
                let Some((any, taken)) = star else { return false };
                star = Some((any, taken + 1));
                (at, seen) = (any + 1, taken + 1);
                continue;
            }
        }
        at += 1;
        seen += 1;
    }
    pattern.get(at..).unwrap_or_default().iter().all(|token| matches!(token, Token::Any))
}

/// The six parts of an ARN, each compared with its own; or whatever there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ArnPattern {
    /// `*`
    Everything,
    Parts(Vec<Template>),
}

impl ArnPattern {
    /// Reads `*` or an ARN, with wildcards.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &str, variables: bool) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Everything);
        }
        let parts = split(text, variables);
        if parts.len() != 6 || parts.first() != Some(&"arn") {
            return Err(format!("is \"*\" or an ARN of six parts, not {text:?}"));
        }
        let syntax = Syntax { wildcards: true, variables };
        Ok(Self::Parts(parts.into_iter().map(|part| Template::read(part, syntax)).collect::<Result<_, _>>()?))
    }

    /// Whether an ARN, or the `*` of a call on no resource, is one that this pattern describes.
    pub(super) fn matches(&self, arn: &str, facts: &Facts) -> bool {
        let Self::Parts(parts) = self else { return true };
        let mut given = arn.splitn(6, ':');
        let all = parts.iter().all(|part| given.next().is_some_and(|given| part.matches(given, facts, false)));
        all && given.next().is_none()
    }
}

/// The parts between the first five colons that stand in no variable.
fn split(text: &str, variables: bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut inside) = (0, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '$' if variables && text.get(at..).is_some_and(|rest| rest.starts_with("${")) => inside = true,
            '}' => inside = false,
            ':' if !inside && parts.len() < 5 => {
                parts.push(text.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}
