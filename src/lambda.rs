//! The emulator: one call in, one answer out, in any number of accounts and Regions.
//!
//! The one idea to hold: every way in (kwargs, an intercepted request, an HTTP server) ends in [`Lambda::call`], which
//! begins with validation, so that no way in can forget it.
//!
//! ```
//! use drylambda::arn::Scope;
//! use drylambda::lambda::{Call, Lambda, Options};
//! use drylambda::protocol::Document;
//!
//! let lambda = Lambda::new(&Options::default());
//! let scope = Scope::new("123456789012", "eu-central-1");
//! let input = Document::Structure(vec![("FunctionName", Document::String("fn".into()))]);
//! let (operation, caller) = (&drylambda::model::GET_FUNCTION, &lambda.caller(None, &scope.account));
//! let error = lambda.call(Call { operation, scope: &scope, caller, input, body_bytes: None, read_timeout_ms: None, works_off: true, endpoint: None }).result.unwrap_err();
//! assert_eq!(error.to_string(), "Function not found: arn:aws:lambda:eu-central-1:123456789012:function:fn");
//! ```

mod beside;
mod events;
mod polling;
mod states;
mod urls;

use std::sync::{Arc, Mutex, PoisonError};

use crate::arn::Scope;
use crate::clock::{Clock, Timestamp};
use crate::error::{Connection, Error};
use crate::faults::{Effect, Faults};
use crate::iam::Caller;
use crate::ids::Ids;
use crate::images::Registry;
use crate::invocation::Invoker;
use crate::journal::{self, Journal};
use crate::layers::Layers;
use crate::links::{self, Endpoint, LinkRefusal, Links};
use crate::model::{Operation, Place};
use crate::operations::{self, Context, Due};
pub use crate::options::Options;
use crate::package::{Package, Packages};
use crate::protocol::document::{self, Document, Members};
use crate::protocol::{body_size, rest, validate};
use crate::s3::ObjectStore;
use crate::signing::Signatures;
use crate::sources::Sources;
use crate::store::MemoryStore;
pub use events::{Watcher, Work};

/// An emulator of AWS Lambda: its control plane, and what was deployed, run. Shared between threads by reference; calls may run at the same time.
#[derive(Debug)]
pub struct Lambda {
    options: Options,
    store: MemoryStore,
    packages: Packages,
    sources: Sources,
    images: Registry,
    links: Links,
    signatures: Signatures,
    layers: Layers,
    due: Due,
    journal: Journal,
    faults: Faults,
    invoker: Invoker,
    s3: Arc<ObjectStore>,
    clock: Arc<Clock>,
    ids: Ids,
    /// Every call draws one, dry runs and refused calls too: apart from `ids`, so that they leave no trace in those.
    request_ids: Ids,
    /// Held by whoever writes, replaces or forgets the whole state, so that no two of them mix.
    states: Mutex<()>,
}

/// One call, as every way in makes it.
#[derive(Debug)]
pub struct Call<'a> {
    /// Which of the API's operations.
    pub operation: &'static Operation,
    /// The caller's account and the endpoint's Region.
    pub scope: &'a Scope,
    /// Who calls.
    pub caller: &'a Caller,
    /// The parameters.
    pub input: Document,
    /// The size of the body that the call came in, if it came in one; otherwise what botocore would have sent is
    /// reckoned, so that the limits are the same for every way in.
    pub body_bytes: Option<u64>,
    /// How many milliseconds the caller waits for the answer; as long as it takes, without.
    pub read_timeout_ms: Option<i64>,
    /// Whether calls that nobody waits for are tried before this one is answered; otherwise that is left to whoever calls.
    pub works_off: bool,
    /// Where links shall lead: to the server that was reached; to AWS, without.
    pub endpoint: Option<Endpoint<'a>>,
}

/// What a call came to.
#[derive(Debug)]
pub struct Answer {
    /// Of this call (W1).
    pub request_id: String,
    /// When it was answered.
    pub at: Timestamp,
    /// The members of the output, or the refusal.
    pub result: Result<Arc<Members>, Error>,
    /// How the connection broke, so that the caller gets nothing of this.
    pub lost: Option<Connection>,
}

impl Lambda {
    /// An empty emulator.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        let clock =
            Arc::new(if options.seed.is_some() { Clock::frozen_at(Timestamp::SEEDED) } else { Clock::system() });
        let ids = Ids::new(options.seed);
        // With ids of its own: what is uploaded before a call changes nothing of its answer.
        let s3 = Arc::new(ObjectStore::new(Arc::clone(&clock), options.seed));
        Self {
            options: options.clone(),
            store: MemoryStore::default(),
            packages: Packages::remembering(),
            sources: Sources::new(Arc::clone(&s3) as _, &options.sources),
            images: Registry::new(options.strict_images),
            links: Links::default(),
            signatures: Signatures::default(),
            layers: Layers::default(),
            due: Due::default(),
            journal: Journal::default(),
            faults: Faults::default(),
            invoker: Invoker::new(options.runner.clone(), Ids::new(options.seed)),
            s3,
            clock,
            request_ids: ids.fork(),
            states: Mutex::default(),
            ids,
        }
    }

    /// An independent emulator with everything that is here now; clock and ids go on in each from where they stand. It has
    /// no calls in its journal and no faults. Costs pointers: what is written afterwards is copied then.
    #[must_use]
    pub fn fork(&self) -> Self {
        let clock = Arc::new(self.clock.fork());
        let seeded = self.options.seed.is_some();
        let s3 = Arc::new(self.s3.fork(Arc::clone(&clock), seeded));
        let forked = Self {
            options: self.options.clone(),
            store: self.store.fork(),
            packages: self.packages.fork(),
            sources: Sources::new(Arc::clone(&s3) as _, &self.options.sources),
            images: self.images.fork(),
            links: self.links.fork(),
            signatures: self.signatures.fork(),
            layers: self.layers.fork(),
            due: self.due.fork(),
            journal: Journal::default(),
            faults: Faults::default(),
            invoker: self.invoker.fork(seeded),
            s3,
            clock,
            request_ids: self.request_ids.twin(seeded),
            states: Mutex::default(),
            ids: self.ids.twin(seeded),
        };
        forked.leave_running();
        forked
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Its own S3.
    #[must_use]
    pub fn s3(&self) -> &Arc<ObjectStore> {
        &self.s3
    }

    /// Its deployment packages.
    #[must_use]
    pub fn packages(&self) -> &Packages {
        &self.packages
    }

    /// Its container images.
    #[must_use]
    pub fn images(&self) -> &Registry {
        &self.images
    }

    /// Its signatures of packages.
    #[must_use]
    pub fn signatures(&self) -> &Signatures {
        &self.signatures
    }

    /// Its declared layer versions.
    #[must_use]
    pub fn layers(&self) -> &Layers {
        &self.layers
    }

    /// The calls it has answered.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Who runs its functions, and what they logged.
    #[must_use]
    pub fn invoker(&self) -> &Invoker {
        &self.invoker
    }

    /// What shall go wrong.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Forgets every function and bucket of every account and Region, every image, signature, layer, fault and call; clock
    /// and ids go on.
    pub fn reset(&self) {
        let _alone = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        self.faults.clear();
        self.journal.clear();
        self.invoker.forget();
        self.store.clear();
        self.images.clear();
        self.signatures.clear();
        self.layers.clear();
        self.links.clear();
        self.due.clear();
        self.s3.clear();
    }

    /// The caller behind an access key, or behind a call without one; of `default_account` unless the key says more.
    #[must_use]
    pub fn caller(&self, access_key_id: Option<&str>, default_account: &Arc<str>) -> Caller {
        match &self.options.iam {
            None => Caller::new(access_key_id, default_account),
            Some(iam) => iam.caller(access_key_id, default_account),
        }
    }

    /// Answers one call.
    #[must_use]
    pub fn call(&self, call: Call<'_>) -> Answer {
        let Call { operation, scope, caller, input, body_bytes, read_timeout_ms, works_off, endpoint } = call;
        let sized = body_size::check(operation, || body_bytes.unwrap_or_else(|| body_size::reckon(operation, &input)));
        let parameters = sized.as_ref().map_or_else(|_| Members::new(), |()| journal::kept(&input));
        let mut lost = None;
        let mut answer = self.answer(Some((operation, scope, caller, parameters)), |at, request_id| {
            self.context(scope, caller, at).settle_due()?;
            sized?;
            validate::check_numbers(operation.input, &input)?;
            validate::validate(operation.input, &input)?;
            let at = if self.faults.is_idle() {
                at
            } else {
                lost = self.suffer(operation, &input, read_timeout_ms)?;
                self.clock.now()
            };
            let is_about_executions = works_off && operations::is_about_executions(operation);
            let at = if is_about_executions && self.work_off_for(request_id)? > 0 { self.clock.now() } else { at };
            let handler =
                operations::handler(operation).ok_or_else(|| Error::NotBuilt { what: operation.name.to_owned() })?;
            let output =
                handler.call(&Context { endpoint, request_id, ..self.context(scope, caller, at) }, operation, input)?;
            if works_off && operations::runs_code(operation) {
                self.work_off_for(request_id)?;
            }
            Ok(with_bound(operation, output.into_members()))
        });
        answer.lost = match answer.result {
            Err(Error::Broken { connection }) => Some(connection),
            _ => lost,
        };
        answer
    }

    /// What the faults make of a call before it is done: how its answer will be lost, or its refusal.
    fn suffer(
        &self,
        operation: &Operation,
        input: &Document,
        read_timeout_ms: Option<i64>,
    ) -> Result<Option<Connection>, Error> {
        let Some(rule) = self.faults.meet(operation, input) else { return Ok(None) };
        match rule.effect() {
            Effect::Refuse(error) => Err(error.clone()),
            Effect::Lose(connection) => Ok(Some(*connection)),
            Effect::Hold(gate) => gate.pass().map(|()| None),
            Effect::Delay(millis) => {
                // Who does not wait so long is gone by then; the service does not know.
                let waited = read_timeout_ms.map_or(*millis, |most| most.min(*millis));
                self.clock.advance(waited);
                Ok((waited < *millis).then_some(Connection::ReadTimeout))
            }
        }
    }

    /// The answer to a call that could not be read.
    #[must_use]
    pub fn refuse_call(&self, operation: &'static Operation, scope: &Scope, caller: &Caller, error: Error) -> Answer {
        self.answer(Some((operation, scope, caller, Members::new())), |_, _| Err(error))
    }

    /// The answer to a request that is no call.
    #[must_use]
    pub fn refuse(&self, error: Error) -> Answer {
        self.answer(None, |_, _| Err(error))
    }

    /// The package behind a download link (G1), whose parts are still percent-encoded.
    ///
    /// # Errors
    /// S3's status, code and message.
    pub fn download(&self, host: &str, path: &str, query: &str) -> Result<Arc<Package>, LinkRefusal> {
        links::fetch(&self.packages, (host, path, query), self.clock.now())
    }

    fn answer(
        &self,
        call: Option<(&'static Operation, &Scope, &Caller, Members)>,
        act: impl FnOnce(Timestamp, &str) -> Result<Members, Error>,
    ) -> Answer {
        let at = self.clock.now();
        self.links.forget_expired(at);
        let request_id = self.request_ids.uuid();
        let result = act(at, &request_id).map(Arc::new);
        let answer = Answer { request_id, at, result, lost: None };
        if let Some((operation, scope, caller, parameters)) = call {
            let (scope, caller) = (scope.clone(), caller.clone());
            let request_id = answer.request_id.clone();
            let result = answer.result.as_ref().map(journal::kept_answer).map_err(journal::Refused::from);
            self.journal.add(journal::Entry { operation, scope, caller, at, request_id, parameters, result });
        }
        answer
    }

    fn context<'a>(&'a self, scope: &'a Scope, caller: &'a Caller, now: Timestamp) -> Context<'a> {
        Context {
            scope,
            caller,
            endpoint: None,
            clock: &self.clock,
            now,
            options: &self.options,
            store: &self.store,
            packages: &self.packages,
            sources: &self.sources,
            images: &self.images,
            links: &self.links,
            due: &self.due,
            signatures: &self.signatures,
            layers: &self.layers,
            ids: &self.ids,
            invoker: &self.invoker,
            request_id: "",
        }
    }
}

/// Adds the members that are bound to what HTTP says of every answer, where the output has them: the status (K10), and the
/// type of the body, if there is a body.
fn with_bound(operation: &Operation, mut members: Members) -> Members {
    let status = rest::status(operation, &members);
    for member in operation.output.into_iter().flat_map(crate::model::Shape::members) {
        let value = match member.place {
            Place::Status => Document::Integer(status.into()),
            _ if rest::is_content_type(member) && status != 204 => {
                Document::String(rest::content_type(operation).to_owned())
            }
            _ => continue,
        };
        if document::find(&members, member.name).is_none() {
            members.push((member.name, value));
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::model;
    use crate::package::{Digest, Mode, make_zip};

    #[test]
    fn an_operation_without_a_row_says_so_and_names_itself_and_our_version() {
        let lambda = Lambda::new(&Options { seed: Some(1), ..Options::default() });
        let scope = Scope::new("123456789012", "us-east-1");
        let caller = lambda.caller(None, &scope.account);
        let input = Document::Structure(vec![("FunctionName", Document::String("fn".into()))]);
        // Every operation there is has one.
        let operation = Box::leak(Box::new(Operation { name: "GetPolicyOfTomorrow", ..model::GET_POLICY }));
        let call = Call {
            operation,
            scope: &scope,
            caller: &caller,
            input,
            body_bytes: None,
            read_timeout_ms: None,
            works_off: true,
            endpoint: None,
        };
        let error = lambda.call(call).result.unwrap_err();
        assert_eq!((error.code(), error.form().status), ("DrylambdaNotImplemented", 501));
        let text = error.to_string();
        assert!(text.contains("GetPolicyOfTomorrow") && text.contains(env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn a_package_is_let_go_by_the_next_call_after_the_update_that_replaced_it() {
        let settle = crate::state::Settle::After(1000);
        let lambda = Lambda::new(&Options { seed: Some(1), settle, ..Options::default() });
        let scope = Scope::new("123456789012", "us-east-1");
        let caller = lambda.caller(None, &scope.account);
        let call = |operation: &'static Operation, members: &[(&'static str, Document)]| {
            let input = Document::Structure(members.to_vec());
            lambda
                .call(Call {
                    operation,
                    scope: &scope,
                    caller: &caller,
                    input,
                    body_bytes: None,
                    read_timeout_ms: None,
                    works_off: true,
                    endpoint: None,
                })
                .result
                .unwrap();
        };
        let text = |text: &str| Document::String(text.into());
        let zip = |content: &str| {
            let zip = Bytes::from(make_zip([("app.py", content, Mode::File)]).unwrap());
            (Digest::of(&zip), ("ZipFile", Document::Blob(zip)))
        };
        let ((old, old_zip), (new, new_zip)) = (zip("old"), zip("new"));
        let name = ("FunctionName", text("fn"));
        call(
            &model::CREATE_FUNCTION,
            &[
                name.clone(),
                ("Role", text("arn:aws:iam::123456789012:role/app")),
                ("Runtime", text("python3.13")),
                ("Handler", text("app.handler")),
                ("Code", Document::Structure(vec![old_zip])),
            ],
        );
        lambda.clock().advance(1000);
        call(&model::UPDATE_FUNCTION_CODE, &[name, new_zip]);
        let held = |digest| lambda.packages.get(digest).is_some();
        lambda.clock().advance(999);
        call(&model::LIST_FUNCTIONS, &[]);
        assert!(held(&old) && held(&new), "the update may still fail");
        lambda.clock().advance(1);
        call(&model::LIST_FUNCTIONS, &[]);
        assert!(!held(&old) && held(&new));
    }
}
