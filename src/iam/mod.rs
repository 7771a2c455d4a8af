//! Who calls, and what they may: policies of callers, as section 12 has them, and of resources.
//!
//! The one idea to hold: a [`Caller`] carries what it may. Whoever has one asks it, and nothing else decides; a caller
//! of whom nobody said anything may everything. A policy is understood whole when it is read, so a mistake in one is
//! told to whoever makes the emulator, and is never an allowance by accident.
//!
//! ```
//! use std::sync::Arc;
//!
//! use drylambda::iam::{Facts, Iam};
//!
//! let iam = Iam::read(r#"{"Statement": {"Effect": "Allow", "Action": "lambda:Get*", "Resource": "*"}}"#).unwrap();
//! let caller = iam.caller(None, &Arc::from("123456789012"));
//! let may = |action| caller.check(action, "arn:aws:lambda:us-east-1:123456789012:function:fn", "aws", &Facts::default());
//! assert!(may("lambda:GetFunction").is_ok() && may("lambda:DeleteFunction").is_err());
//!
//! let mistake = Iam::read(r#"{"Statement": {"Effect": "allow", "Action": "*", "Resource": "*"}}"#).unwrap_err();
//! assert_eq!(mistake.to_string(), r#"iam.Statement.Effect is "Allow" or "Deny", not "allow""#);
//! ```

mod caller;
mod condition;
mod facts;
mod grammar;
mod grant;
mod json;
mod known;
mod operand;
mod pattern;
mod policy;
mod principal;
mod principals;
mod read;
mod resource_policy;
mod setup;
#[cfg(test)]
mod tests;

pub use caller::{Caller, Denied};
pub use facts::Facts;
pub use grant::{Grant, Grantee};
pub use known::Known;
pub use policy::Policy;
pub use principal::{Principal, PrincipalKind};
pub use read::Mistake;
pub use resource_policy::ResourcePolicy;
pub use setup::Iam;
