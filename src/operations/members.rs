//! What single members of requests have in common, whatever the operation.

/// A key that is named; the empty text names none (R42).
pub(super) fn given(key_arn: Option<String>) -> Option<String> {
    key_arn.filter(|arn| !arn.is_empty())
}
