//! Principals: who a caller is to IAM, read from an ARN.

use std::fmt;

use crate::arn::is_partition;

/// Somebody who can make calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// E.g. `arn:aws:iam::123456789012:user/ci`.
    pub arn: String,
    /// Twelve digits.
    pub account: String,
    /// What kind of principal it is.
    pub kind: PrincipalKind,
}

/// The kinds of principals that make calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalKind {
    /// The account itself.
    Root,
    /// A user, by the name without its path.
    User(String),
    /// A session of a role.
    AssumedRole {
        /// The role's name.
        role: String,
        /// The session's name.
        session: String,
    },
    /// A federated user, by name.
    FederatedUser(String),
}

impl Principal {
    /// The user of this name.
    #[must_use]
    pub fn user(partition: &str, account: &str, name: &str) -> Self {
        Self {
            arn: format!("arn:{partition}:iam::{account}:user/{name}"),
            account: account.to_owned(),
            kind: PrincipalKind::User(name.to_owned()),
        }
    }

    /// The principal that an ARN names.
    ///
    /// # Errors
    /// Why it names none that makes calls.
    pub fn read(arn: &str) -> Result<Self, &'static str> {
        const FORMS: &str = "is the ARN of a user, a root user, an assumed role or a federated user";
        let parts: Vec<_> = arn.splitn(6, ':').collect();
        let [word, partition, service, "", account, resource] = parts[..] else { return Err(FORMS) };
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        if word != "arn" || !is_partition(partition) || !is_account {
            return Err(FORMS);
        }
        let name = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
        let kind = match (service, kind) {
            ("iam", "root") if rest.is_empty() => Some(PrincipalKind::Root),
            ("iam", "user") => rest.rsplit('/').next().and_then(name).map(PrincipalKind::User),
            ("iam", "role") => {
                return Err("is not a role but a session of one: arn:aws:sts::<account>:assumed-role/<role>/<session>");
            }
            ("sts", "assumed-role") => rest.split_once('/').and_then(|(role, session)| {
                Some(PrincipalKind::AssumedRole { role: name(role)?, session: name(session)? })
            }),
            ("sts", "federated-user") => name(rest).map(PrincipalKind::FederatedUser),
            _ => None,
        };
        Ok(Self { arn: arn.to_owned(), account: account.to_owned(), kind: kind.ok_or(FORMS)? })
    }

    /// `aws:PrincipalArn`: that of the role, where a session of a role calls.
    #[must_use]
    pub fn condition_arn(&self) -> String {
        match &self.kind {
            PrincipalKind::AssumedRole { role, .. } => {
                let partition = self.arn.split(':').nth(1).unwrap_or("aws");
                format!("arn:{partition}:iam::{}:role/{role}", self.account)
            }
            _ => self.arn.clone(),
        }
    }

    /// `aws:username`, which only users have.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::User(name) => Some(name),
            _ => None,
        }
    }

    /// `aws:userid`: of AWS's form, and the same for the same principal.
    #[must_use]
    pub fn user_id(&self) -> String {
        match &self.kind {
            PrincipalKind::Root => self.account.clone(),
            PrincipalKind::User(_) => unique_id("AIDA", &self.arn),
            PrincipalKind::AssumedRole { session, .. } => {
                format!("{}:{session}", unique_id("AROA", &self.condition_arn()))
            }
            PrincipalKind::FederatedUser(name) => format!("{}:{name}", self.account),
        }
    }
}

impl fmt::Display for PrincipalKind {
    /// `aws:PrincipalType`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Root => "Account",
            Self::User(_) => "User",
            Self::AssumedRole { .. } => "AssumedRole",
            Self::FederatedUser(_) => "FederatedUser",
        })
    }
}

/// Four letters and seventeen more that follow from the ARN.
fn unique_id(prefix: &str, arn: &str) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    // FNV-1a of 128 bits: it only has to differ where ARNs differ.
    let hash = arn.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    let letter = |at: u32| char::from(LETTERS[(hash >> (5 * at) & 31) as usize]);
    prefix.chars().chain((0..17).map(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_principal_has_its_facts() {
        for (arn, kind, condition_arn, name, id) in [
            ("arn:aws:iam::123456789012:root", "Account", "arn:aws:iam::123456789012:root", None, "123456789012"),
            (
                "arn:aws:iam::123456789012:user/team/ci",
                "User",
                "arn:aws:iam::123456789012:user/team/ci",
                Some("ci"),
                "AIDA",
            ),
            (
                "arn:aws-cn:sts::123456789012:assumed-role/deploy/build-7",
                "AssumedRole",
                "arn:aws-cn:iam::123456789012:role/deploy",
                None,
                "AROA",
            ),
            (
                "arn:aws:sts::123456789012:federated-user/ann",
                "FederatedUser",
                "arn:aws:sts::123456789012:federated-user/ann",
                None,
                "123456789012:ann",
            ),
        ] {
            let principal = Principal::read(arn).unwrap();
            assert_eq!((&*principal.arn, &*principal.account), (arn, "123456789012"));
            assert_eq!((&*principal.kind.to_string(), &*principal.condition_arn()), (kind, condition_arn));
            assert_eq!(principal.user_name(), name);
            assert!(principal.user_id().starts_with(id), "{}", principal.user_id());
        }
    }

    #[test]
    fn what_makes_no_calls_is_no_principal() {
        for arn in [
            "",
            "ci",
            "arn:aws:iam::123456789012:role/deploy",
            "arn:aws:iam::123456789012:group/deploy",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:iam::12:user/ci",
            "arn:awsome:iam::123456789012:user/ci",
            "arn:aws:iam:us-east-1:123456789012:user/ci",
            "arn:aws:sts::123456789012:assumed-role/deploy",
            "arn:aws:lambda:us-east-1:123456789012:function:fn",
        ] {
            assert!(Principal::read(arn).is_err(), "{arn}");
        }
    }

    #[test]
    fn an_id_has_the_form_of_awss_and_is_the_same_for_the_same_arn_only() {
        let id = |name| Principal::user("aws", "123456789012", name).user_id();
        assert_eq!(id("one").len(), 21);
        assert!(id("one").bytes().all(|byte| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte)));
        assert_eq!(id("one"), id("one"));
        assert_ne!(id("one"), id("two"));
    }
}
