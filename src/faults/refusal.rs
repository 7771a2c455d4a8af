//! From the name of an error to the error: what AWS may answer to an operation, and how connections break.

use std::fmt;

use super::Effect;
use crate::error::{Connection, Error};
use crate::model::Operation;

/// Errors that the model lists for no operation, and that every operation may have (K4, section 4); with AWS's texts.
const EVERYWHERE: [(&str, &str); 7] = [
    ("AccessDeniedException", "User is not authorized to perform this action."),
    ("ExpiredTokenException", "The security token included in the request is expired"),
    (
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and \
         signing method. Consult the service documentation for details.",
    ),
    ("MissingAuthenticationTokenException", "Missing Authentication Token"),
    ("ServiceUnavailableException", "Service Unavailable"),
    ("ThrottlingException", "Rate exceeded"),
    ("UnrecognizedClientException", "The security token included in the request is invalid."),
];
/// The texts of modelled errors that a test asks for most (E7, E8); others say who made them.
const TEXTS: [(&str, &str); 2] = [
    ("ServiceException", "An error occurred and the request cannot be processed."),
    ("TooManyRequestsException", "Rate exceeded"),
];

/// A name that is no error of the operation; its text lists those that are.
#[derive(Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The name that was asked for.
    pub name: String,
    /// The operation, or every one.
    pub operation: Option<&'static str>,
    /// What there is.
    pub known: Vec<&'static str>,
}

impl fmt::Display for Unknown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, known) = (&self.name, self.known.join(", "));
        match self.operation {
            Some(operation) => write!(formatter, "{operation} has no error {name:?}; it has {known}"),
            None => write!(formatter, "not every operation has an error {name:?}; all have {known}"),
        }
    }
}

/// What becomes of a call of `operation` (of any, without) that fails with `name`: the code of an error, or botocore's
/// name for a broken connection. `done` says whether it is done all the same, which only lost answers can be.
///
/// # Errors
/// [`Unknown`].
pub fn refusal(
    operation: Option<&'static Operation>,
    name: &str,
    message: Option<String>,
    done: bool,
) -> Result<Effect, Unknown> {
    if let Some(connection) = Connection::named(name) {
        return Ok(if done { Effect::Lose(connection) } else { Effect::Refuse(Error::Broken { connection }) });
    }
    let known = codes(operation);
    let Some(code) = known.iter().find(|code| **code == name) else {
        let known = known.into_iter().chain(Connection::ALL.map(Connection::name)).collect();
        return Err(Unknown { name: name.to_owned(), operation: operation.map(|it| it.name), known });
    };
    let text = || EVERYWHERE.iter().chain(&TEXTS).find(|(known, _)| known == code).map(|(_, text)| (*text).to_owned());
    let message = message.or_else(text).unwrap_or_else(|| format!("{code}, as a test asked drylambda for it"));
    Ok(Effect::Refuse(Error::OnDemand { code, message }))
}

/// The codes that an operation may be refused with; without one, those that all may.
fn codes(operation: Option<&Operation>) -> Vec<&'static str> {
    let modelled: Vec<_> = match operation {
        Some(operation) => operation.errors.iter().map(|shape| shape.name).collect(),
        None => TEXTS.iter().map(|(code, _)| *code).collect(),
    };
    let others = EVERYWHERE.iter().map(|(code, _)| *code).filter(|code| !modelled.contains(code));
    let others: Vec<_> = others.collect();
    modelled.into_iter().chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    #[test]
    fn every_code_has_a_form_on_the_wire() {
        for operation in model::OPERATIONS {
            for code in codes(Some(operation)) {
                let error = Error::OnDemand { code, message: String::new() };
                assert!(Error::codes().any(|known| known == code), "{code}");
                assert!((400..=599).contains(&error.form().status), "{code}");
            }
        }
    }

    #[test]
    fn what_every_operation_may_be_refused_with_is_in_the_model_of_nearly_each() {
        for (code, _) in TEXTS {
            let lacking = model::OPERATIONS.iter().filter(|it| !it.errors.iter().any(|shape| shape.name == code));
            // The model forgot throttling for code signing and for the oldest operation.
            for operation in lacking {
                let name = operation.name;
                assert_eq!(code, "TooManyRequestsException", "{name}");
                assert!(name.contains("CodeSigningConfig") || name == "InvokeAsync", "{name}");
            }
        }
    }
}
