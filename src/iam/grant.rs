//! A statement that lets one principal do one thing: what AddPermission writes.

use super::json::Json;
use super::principals::{is_account, is_principal_arn};

/// How the names of services end.
const SERVICES: [&str; 4] = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal"];

/// Whom a grant is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grantee {
    /// `*`
    Anybody,
    /// One of a kind: `AWS` or `Service`, and its name.
    One(&'static str, String),
}

/// One statement to be written.
#[derive(Debug, Clone)]
pub struct Grant<'a> {
    /// Its id.
    pub sid: &'a str,
    /// Whom it is for.
    pub grantee: Grantee,
    /// What it allows.
    pub action: &'a str,
    /// On what.
    pub resource: &'a str,
    /// Under which conditions: operator, key, value. Those of one operator share its map.
    pub conditions: Vec<(&'static str, &'static str, &'a str)>,
}

impl Grantee {
    /// Reads `*`, a service, an account's number or the ARN of a principal (facts 11). `None` if it is none of them.
    #[must_use]
    pub fn read(text: &str, partition: &str) -> Option<Self> {
        let named = |suffix: &str| text.strip_suffix(suffix).is_some_and(|name| !name.is_empty());
        match text {
            "*" => Some(Self::Anybody),
            _ if is_account(text) => Some(Self::One("AWS", format!("arn:{partition}:iam::{text}:root"))),
            _ if is_principal_arn(text) => Some(Self::One("AWS", text.to_owned())),
            _ if !text.starts_with("arn:") && SERVICES.iter().any(|suffix| named(suffix)) => {
                Some(Self::One("Service", text.to_owned()))
            }
            _ => None,
        }
    }
}

impl Grant<'_> {
    /// The statement as compact JSON, its members in the order that is recorded (facts 11).
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut members = vec![
            ("Sid".to_owned(), Json::text(self.sid)),
            ("Effect".to_owned(), Json::text("Allow")),
            (
                "Principal".to_owned(),
                match &self.grantee {
                    Grantee::Anybody => Json::text("*"),
                    Grantee::One(kind, name) => Json::entry(kind, Json::text(name.as_str())),
                },
            ),
            ("Action".to_owned(), Json::text(self.action)),
            ("Resource".to_owned(), Json::text(self.resource)),
        ];
        let mut operators: Vec<(String, Json)> = Vec::new();
        for (operator, key, value) in &self.conditions {
            let entry = ((*key).to_owned(), Json::text(*value));
            match operators.iter_mut().find(|(name, _)| name == operator) {
                Some((_, Json::Object(keys))) => keys.push(entry),
                _ => operators.push(((*operator).to_owned(), Json::Object(vec![entry]))),
            }
        }
        if !operators.is_empty() {
            members.push(("Condition".to_owned(), Json::Object(operators)));
        }
        Json::Object(members).to_string()
    }
}
