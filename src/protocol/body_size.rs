//! How large a request may be (Z10, Z16): the one check that comes before everything else.

use super::document::Document;
use super::json;
use crate::error::Error;
use crate::model::{Operation, Place};

/// The largest body of a request, in bytes, for the operations that have a limit of their own (Z10, Z16).
const BODY_LIMITS: [(&str, u64); 4] = [
    ("CreateFunction", MOST_BYTES),
    ("PublishLayerVersion", MOST_BYTES),
    ("UpdateFunctionCode", MOST_BYTES),
    ("UpdateFunctionConfiguration", 5_120),
];

/// The most bytes that any body has, for the operations without a limit of their own.
pub(crate) const MOST_BYTES: u64 = 70_167_211;

/// The largest body of an operation that has a limit of its own, in bytes.
pub(crate) fn limit(operation: &str) -> Option<u64> {
    BODY_LIMITS.iter().find(|(name, _)| *name == operation).map(|(_, limit_bytes)| *limit_bytes)
}

/// Step 1 of section 4: refuses a body over the operation's limit (Z10, Z16).
///
/// # Errors
/// [`Error::RequestTooLarge`].
pub(crate) fn check(operation: &Operation, bytes: impl FnOnce() -> u64) -> Result<(), Error> {
    match limit(operation.name) {
        Some(limit_bytes) if bytes() > limit_bytes => {
            Err(Error::RequestTooLarge { limit_bytes, operation: operation.name })
        }
        _ => Ok(()),
    }
}

/// How large botocore's body for this input would be.
pub(crate) fn reckon(operation: &Operation, input: &Document) -> u64 {
    let Document::Structure(members) = input else { return 0 };
    let in_body = |name: &str| operation.input.member(name).is_some_and(|member| member.place == Place::Body);
    let mut size = 2;
    for (name, value) in members.iter().filter(|(name, _)| in_body(name)) {
        // The name in quotes, a colon, the value and a comma, each with a blank.
        size += name.len() as u64 + 2 + 2 + json::size(value) + if size > 2 { 2 } else { 0 };
    }
    size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    #[test]
    fn the_reckoned_size_is_that_of_botocores_body() {
        let members = vec![
            ("FunctionName", Document::String("fn".into())),
            ("Publish", Document::Boolean(true)),
            ("DryRun", Document::Boolean(false)),
        ];
        let size = reckon(&model::UPDATE_FUNCTION_CODE, &Document::Structure(members));
        assert_eq!(size, r#"{"Publish": true, "DryRun": false}"#.len() as u64);
    }
}
