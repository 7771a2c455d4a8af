//! Who makes a call.

use std::sync::Arc;

/// The name of the user as whom calls are made when nothing else says so.
const DEFAULT_USER: &str = "drylambda";

/// Who makes a call: an account, a principal in it, and the access key that signed, where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The key that signed the call; a direct call has none, unless it is made in the name of one.
    pub access_key_id: Option<Arc<str>>,
    /// Twelve digits.
    pub account: Arc<str>,
}

impl Caller {
    /// The caller behind an access key: of the account that a key of twelve digits names, else of `default_account`.
    #[must_use]
    pub fn new(access_key_id: Option<&str>, default_account: &Arc<str>) -> Self {
        let is_account = |key: &&str| key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit());
        Self {
            access_key_id: access_key_id.map(Into::into),
            account: access_key_id.filter(is_account).map_or_else(|| Arc::clone(default_account), Into::into),
        }
    }

    /// The ARN of the principal, in the partition of the Region that is called.
    #[must_use]
    pub fn arn(&self, partition: &str) -> String {
        format!("arn:{partition}:iam::{}:user/{DEFAULT_USER}", self.account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_twelve_digits_names_the_account() {
        let default = Arc::from("123456789012");
        for (key, account) in [
            (None, "123456789012"),
            (Some("210987654321"), "210987654321"),
            (Some("21098765432"), "123456789012"),
            (Some("AKIAIOSFODNN"), "123456789012"),
        ] {
            let caller = Caller::new(key, &default);
            assert_eq!((&*caller.account, caller.access_key_id.as_deref()), (account, key));
            assert_eq!(caller.arn("aws-cn"), format!("arn:aws-cn:iam::{account}:user/drylambda"));
        }
    }
}
