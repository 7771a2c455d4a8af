//! What we know beyond AWS's text.

use super::{Error, InvokeError, PolicyError};

impl Error {
    /// What we know beyond AWS's text: what exactly is wrong, and what to do. Never part of AWS's message.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAZip { found } | Self::Policy(PolicyError::Malformed { found }) => Some(found.clone()),
            Self::UnknownAccessKey { access_key_id } => {
                Some(format!("the access key {access_key_id:?} is not one of the keys whose signatures are checked"))
            }
            Self::NotAuthorized(denied) => Some(denied.hint.clone()),
            Self::S3Refused { hint, .. } | Self::S3AccessDenied { hint, .. } => hint.clone(),
            Self::UpdateInProgress { .. } => Some(
                "as on AWS, an update is in progress until it is read: wait with get_waiter(\"function_updated_v2\"), or \
                 make the emulator with settle=\"instant\""
                    .into(),
            ),
            Self::Pending { .. } => Some(
                "as on AWS, a new function is Pending until it is read: wait with get_waiter(\"function_active_v2\"), or \
                 make the emulator with settle=\"instant\""
                    .into(),
            ),
            Self::Invoke(InvokeError::UrlForbidden { why }) => Some(why.clone()),
            Self::Invoke(InvokeError::NotActive { .. }) => Some(
                "as on AWS, a new function or version is called when it is Active: wait with \
                 get_waiter(\"function_active_v2\"), or make the emulator with settle=\"instant\""
                    .into(),
            ),
            Self::OtherAccount => {
                Some("the ARN's account is not the caller's, and no resource policy lets the caller in".into())
            }
            _ => None,
        }
    }
}
