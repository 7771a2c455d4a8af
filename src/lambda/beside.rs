//! What a test asks of functions, and does to them, without a call.

use std::sync::Arc;

use super::Lambda;
use crate::arn::Scope;
use crate::error::Error;
use crate::iam::Caller;
use crate::invocation::{Invocation, Runner};
use crate::operations::{self, look, on_request};
use crate::package::Package;
use crate::protocol::document::Members;
use crate::state::Reason;

impl Lambda {
    /// Lets the update or creation of a function that is under way end as `Failed`, or else its next update (T6).
    ///
    /// # Errors
    /// [`Error::FunctionNotFound`].
    pub fn fail_update(&self, scope: &Scope, name: &str, reason: &Reason) -> Result<(), Error> {
        let caller = Caller::new(None, &scope.account);
        on_request::fail_update(&self.context(scope, &caller, self.clock.now()), name, reason)
    }

    /// Lets a function that nothing is under way on become `Inactive`, until it is updated (T7).
    ///
    /// # Errors
    /// [`Error::FunctionNotFound`], [`Error::Pending`], [`Error::UpdateInProgress`].
    pub fn deactivate(&self, scope: &Scope, name: &str, reason: &Reason) -> Result<(), Error> {
        let caller = Caller::new(None, &scope.account);
        on_request::deactivate(&self.context(scope, &caller, self.clock.now()), name, reason)
    }

    /// A function as it is now: `Configuration`, `Versions`, `Aliases` and `Tags`; looking settles nothing.
    ///
    /// # Errors
    /// [`Error::FunctionNotFound`].
    pub fn look_at(&self, scope: &Scope, name: &str) -> Result<Members, Error> {
        let caller = Caller::new(None, &scope.account);
        operations::look_at(&self.context(scope, &caller, self.clock.now()), name)
    }

    /// The names of all functions of an account in a Region.
    ///
    /// # Errors
    /// Those of the store.
    pub fn function_names(&self, scope: &Scope) -> Result<Vec<String>, Error> {
        let caller = Caller::new(None, &scope.account);
        look::names(&self.context(scope, &caller, self.clock.now()))
    }

    /// The package of a function, a version or what an alias points to, as it is now; looking settles nothing. `None` for a
    /// function from a container image. The name may be an ARN, and have the qualifier.
    ///
    /// # Errors
    /// [`Error::FunctionNotFound`], [`Error::QualifierMismatch`], [`Error::OtherRegion`], [`Error::OtherAccount`].
    pub fn package(&self, scope: &Scope, name: &str, qualifier: Option<&str>) -> Result<Option<Arc<Package>>, Error> {
        let caller = Caller::new(None, &scope.account);
        look::package(&self.context(scope, &caller, self.clock.now()), name, qualifier)
    }

    /// What a call of a function would hand to its runner, and that runner; no call is made, and nothing settles.
    ///
    /// # Errors
    /// [`Error::FunctionNotFound`], [`Error::QualifierMismatch`], [`Error::CannotRun`].
    pub fn prepare(
        &self,
        scope: &Scope,
        name: &str,
        qualifier: Option<&str>,
    ) -> Result<(Option<Arc<dyn Runner>>, Invocation), Error> {
        let caller = Caller::new(None, &scope.account);
        let (key, invocation) = operations::prepare(&self.context(scope, &caller, self.clock.now()), name, qualifier)?;
        Ok((self.invoker.runner(&key), invocation))
    }
}
