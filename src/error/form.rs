//! How errors stand on the wire: the model's word, and a short list of what the model lacks.

use super::Error;
use crate::model;

/// How an error stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// HTTP status.
    pub status: u16,
    /// The body's key for the text: `message` or `Message` (K2).
    pub message_key: &'static str,
    /// The body's `Type`; `None` for errors without one (K2).
    pub fault: Option<&'static str>,
}

/// The errors that AWS answers and its model does not hold (K2, K4): code, status, message key.
const UNMODELLED: [(&str, u16, &str); 17] = [
    ("ValidationException", 400, "message"),
    ("ThrottlingException", 400, "message"),
    ("SerializationException", 400, "Message"),
    ("AccessDeniedException", 403, "Message"),
    ("ExpiredTokenException", 403, "message"),
    ("IncompleteSignatureException", 403, "message"),
    ("InvalidSignatureException", 403, "message"),
    ("MissingAuthenticationTokenException", 403, "message"),
    ("UnrecognizedClientException", 403, "message"),
    ("UnknownOperationException", 404, "Message"),
    ("RequestEntityTooLargeException", 413, "Message"),
    (Error::NOT_BUILT, 501, "Message"),
    ("ServiceUnavailableException", 503, "message"),
    // Failed Dependency, which SDKs do not try again.
    (Error::SOURCE_BROKEN, 424, "Message"),
    (Error::CANNOT_RUN, 424, "Message"),
    (Error::NOT_RELEASED, 424, "Message"),
    (Error::INTERNAL, 500, "Message"),
];

/// What a throttled call is told beside the text (E7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// The body's `Reason`.
    pub reason: &'static str,
    /// The header `Retry-After`.
    pub retry_after_seconds: u32,
}

impl Error {
    /// Every code that an error may have.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        model::EXCEPTIONS.iter().map(|shape| shape.name).chain(UNMODELLED.iter().map(|(code, ..)| *code))
    }

    /// Status, message key and `Type`: the model's, or the short list's of what the model lacks.
    #[must_use]
    pub fn form(&self) -> Form {
        let code = self.code();
        if let Some(exception) = model::exception(code) {
            let fault = if exception.sender_fault { "User" } else { "Service" };
            // Recorded without, each.
            let typed = match self {
                Self::LatestNotRoutable => false,
                Self::CodeSigning(refusal) => refusal.has_type(),
                Self::Concurrency(refusal) => refusal.has_type(),
                _ => true,
            };
            return Form {
                status: exception.status,
                message_key: exception.message_key,
                fault: typed.then_some(fault),
            };
        }
        let unmodelled = UNMODELLED.iter().find(|(known, ..)| *known == code);
        let (_, status, message_key) = *unmodelled.unwrap_or(&(Self::INTERNAL, 500, "Message"));
        Form { status, message_key, fault: None }
    }

    /// What it says beside the text, if the call was throttled (E7).
    #[must_use]
    pub fn throttle(&self) -> Option<Throttle> {
        let reason = match self {
            Self::Invoke(refusal) => refusal.reason()?,
            _ if self.code() == "TooManyRequestsException" => "CallerRateLimitExceeded",
            _ => return None,
        };
        Some(Throttle { reason, retry_after_seconds: 1 })
    }

    /// The text as it stands in the body: `None` is JSON's null (F7).
    #[must_use]
    pub fn message(&self) -> Option<String> {
        (*self != Self::OtherAccount).then(|| self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigv4::{self, Refused};

    #[test]
    fn the_form_of_an_error_is_the_models() {
        let user = Some("User");
        for (error, code, status, message_key, fault) in [
            (Error::FunctionNotFound { arn: String::new() }, "ResourceNotFoundException", 404, "Message", user),
            (Error::NoSource, "InvalidParameterValueException", 400, "message", user),
            (Error::LatestNotRoutable, "InvalidParameterValueException", 400, "message", None),
            (Error::StaleRevision, "PreconditionFailedException", 412, "message", user),
            (Error::ConcurrentRequests, "ResourceConflictException", 409, "message", user),
            (Error::ZippedTooLarge { limit_bytes: 1 }, "RequestEntityTooLargeException", 413, "Message", None),
            (Error::OtherAccount, "AccessDeniedException", 403, "Message", None),
            (Error::NotBuilt { what: "Invoke".into() }, "DrylambdaNotImplemented", 501, "Message", None),
        ] {
            assert_eq!((error.code(), error.form()), (code, Form { status, message_key, fault }), "{error:?}");
        }
    }

    /// Section 4, step 2.
    #[test]
    fn a_signature_that_is_not_good_is_forbidden_in_the_words_of_aws() {
        let incomplete = Refused::Incomplete { form: sigv4::Form::Header, message: "it lacks this".into() };
        let mismatch = Refused::Mismatch {
            access_key_id: "AKIDEXAMPLE".into(),
            string_to_sign: String::new(),
            signature: String::new(),
        };
        for (refused, code) in [
            (Refused::Missing, "MissingAuthenticationTokenException"),
            (incomplete, "IncompleteSignatureException"),
            (Refused::UnknownKey { access_key_id: "AKIDEXAMPLE".into() }, "UnrecognizedClientException"),
            (mismatch, "InvalidSignatureException"),
        ] {
            let message = refused.to_string();
            let error = Error::from(refused);
            assert_eq!((error.code(), error.message()), (code, Some(message)));
            assert_eq!(error.form(), Form { status: 403, message_key: "message", fault: None }, "{code}");
        }
    }
}
