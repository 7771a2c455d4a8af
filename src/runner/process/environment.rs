//! One execution environment: a process with its runtime, from its start to its end.
//!
//! The one idea to hold: it serves one call at a time, and whoever has it is the only one to talk to it. What ends in any way
//! but an answer or an error of the handler's is over, and is not used again.

use std::fs;
use std::net::TcpListener as StdListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::api;
use super::command::{self, Settings, Start, handler};
use super::container;
use super::ends::{NotStarted, failure, not_started, system};
use super::exchange::{Answer, Exchange, Given, Said};
use super::group::Group;
use super::interpreter::{Interpreter, is_own_needed};
use super::variables::{Places, own, variables};
use crate::clock::{Clock, Stopwatch};
use crate::ids::Ids;
use crate::invocation::{CannotRun, Failure, FunctionError, Invocation, Outcome, entries, quoted};
use crate::patience::Patience;
use crate::state::Code;
use crate::unpacked::Directory;

/// How long a runtime may take to begin, in milliseconds, beside the time of its first call.
const INIT_MS: f64 = 10_000.0;
/// How often it is looked whether the process is still there, and how much memory it has.
const BEAT: Duration = Duration::from_millis(10);
/// After how many of these it is asked whether anybody still waits.
const BEATS_OF_PATIENCE: u32 = 10;

/// A process with its runtime.
#[derive(Debug)]
pub(super) struct Environment {
    /// Which calls it may serve.
    pub identity: String,
    /// Whose calls, for functions that isolate tenants.
    pub tenant_id: Option<String>,
    processes: Group,
    exchange: Arc<Exchange>,
    heard: Receiver<Said>,
    api: AbortHandle,
    started: Stopwatch,
    is_ready: bool,
    /// Whether any interpreter would have done.
    pub takes_spare: bool,
    log_stream: String,
    /// What the log begins with.
    said: Vec<u8>,
    limits_memory: bool,
    patience: Arc<dyn Patience>,
    /// Written as `/var/task` and `/opt` where a function is told of them.
    code: Arc<Directory>,
    opt: Arc<Directory>,
    /// After the processes, which may still write to it.
    tmp: Tmp,
}

/// What a function may write to; dropped, it is removed.
#[derive(Debug)]
struct Tmp(PathBuf);

impl Drop for Tmp {
    fn drop(&mut self) {
        // What cannot be removed goes with the root.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a call came to, and whether the environment can serve another one.
pub(super) type Served = (Result<Outcome, CannotRun>, bool);

impl Environment {
    /// Starts a process for a function, or has an interpreter that waits become it; it begins while others go on.
    ///
    /// # Errors
    /// [`NotStarted`], with what is missing.
    pub(super) fn start(
        runtime: &Handle,
        settings: &Settings,
        invocation: &Invocation,
        spare: impl FnOnce() -> Option<Interpreter>,
    ) -> Result<Self, NotStarted> {
        let started = Stopwatch::start();
        let opt = invocation.layers_directory()?;
        let code = match &invocation.code {
            Code::Zip(_) => invocation.code_directory()?,
            // An image has no package, and no layers: an empty folder is as good as any.
            Code::Image(_) => Arc::clone(&opt),
        };
        let start = command::start(settings, invocation, code.path(), opt.path())?;
        let root = invocation.unpacked.root().map_err(|error| CannotRun(error.to_string()))?;
        let id = Ids::new(None).letters(16);
        let tmp = Tmp(root.join(format!("tmp-{id}")));
        fs::create_dir(&tmp.0).map_err(system)?;
        let listener = StdListener::bind(("127.0.0.1", 0)).map_err(system)?;
        listener.set_nonblocking(true).map_err(system)?;
        let address = listener.local_addr().map_err(system)?.to_string();
        let log_stream = stream_name(invocation, &id);
        let places = Places { api: &address, code: code.path(), opt: opt.path(), tmp: &tmp.0, log_stream: &log_stream };
        let variables = || variables(settings, invocation, &places);
        let reaper = invocation.unpacked.reaper();
        let mut takes_spare = false;
        let (processes, remark) = match start {
            Start::Program(program, arguments) => {
                let mut command = Command::new(&program);
                command.args(arguments).current_dir(code.path()).env_clear().envs(variables()).stdin(Stdio::null());
                let processes = Group::start(&mut command, reaper);
                (processes.map_err(|error| not_started(&program, code.path(), opt.path(), &error))?, None)
            }
            Start::Container(engine) => (container::start(&engine, settings, invocation, &places, reaper)?, None),
            Start::Python(remark) => {
                let variables = variables();
                let names = own(settings, invocation).map(|(name, _)| name);
                takes_spare = !is_own_needed(names, code.path(), opt.path());
                let interpreter = if takes_spare {
                    spare().map_or_else(|| Interpreter::start(settings, &root, reaper), Ok)
                } else {
                    Interpreter::start_with(settings, &variables, code.path(), reaper)
                };
                let interpreter =
                    interpreter.map_err(|error| not_started(&settings.python, code.path(), opt.path(), &error))?;
                (interpreter.run(handler(invocation), code.path(), &variables), remark)
            }
        };
        let (exchange, heard) =
            Exchange::new(about(invocation), invocation.api.clone().map(|api| (api, invocation.scope.clone())));
        let exchange = Arc::new(exchange);
        let api = {
            let _inside = runtime.enter();
            let listener = TcpListener::from_std(listener).map_err(system)?;
            runtime.spawn(api::serve(listener, Arc::clone(&exchange))).abort_handle()
        };
        Ok(Self {
            identity: invocation.identity.clone(),
            tenant_id: invocation.tenant_id.clone(),
            processes,
            exchange,
            heard,
            api,
            started,
            is_ready: false,
            takes_spare,
            log_stream,
            said: remark.map_or_else(Vec::new, |remark| format!("{remark}\n").into_bytes()),
            limits_memory: settings.limits_memory,
            patience: Arc::clone(&settings.patience),
            code,
            opt,
            tmp,
        })
    }

    /// The process group of all of its processes.
    pub(super) fn group(&self) -> u32 {
        self.processes.id()
    }

    /// The folder that has all that was made for functions.
    pub(super) fn root(&self) -> &Path {
        self.tmp.0.parent().unwrap_or(&self.tmp.0)
    }

    /// Whether its process is still there.
    pub(super) fn is_alive(&mut self) -> bool {
        self.processes.is_alive()
    }

    /// Serves one call.
    pub(super) fn serve(&mut self, invocation: &Invocation) -> Served {
        let mut init_ms = None;
        if !self.is_ready {
            let most = INIT_MS + f64::from(invocation.settings.timeout) * 1000.0;
            match self.hear(self.started, most, invocation) {
                Heard::Said(Said::Ready) => self.is_ready = true,
                Heard::Said(Said::InitError { json, code }) => {
                    let error = Some(FunctionError { code, status: "error" });
                    return self.over(invocation, Outcome { payload: json, error, ..Outcome::default() });
                }
                Heard::Said(_) => return self.failed(invocation, None, &Failure::ExitedWithoutReason),
                Heard::GivenUp => return self.given_up(),
                Heard::Ended(failure) => {
                    if let Some(cannot) = self.lacks_client() {
                        return (Err(cannot), false);
                    }
                    return self.failed(invocation, None, &failure);
                }
            }
            init_ms = Some(self.started.elapsed_ms());
        }
        let begun = Stopwatch::start();
        self.exchange.give(given(invocation));
        let most = f64::from(invocation.settings.timeout) * 1000.0;
        let heard = self.hear(begun, most, invocation);
        // A runtime that is refused its answer may end.
        let is_reusable = !matches!(heard, Heard::Said(Said::TooLarge));
        let mut outcome = match heard {
            Heard::Said(Said::Answer(answer)) => answered(answer),
            Heard::Said(Said::Error { json, code }) => {
                Outcome { payload: json, error: Some(FunctionError::reported(code)), ..Outcome::default() }
            }
            Heard::Said(Said::TooLarge) => Outcome::failed(&invocation.request_id, &Failure::ResponseTooLarge),
            Heard::Said(Said::Ready | Said::InitError { .. }) => {
                return self.failed(invocation, Some(begun), &Failure::ExitedWithoutReason);
            }
            Heard::Ended(failure) => return self.failed(invocation, Some(begun), &failure),
            Heard::GivenUp => return self.given_up(),
        };
        outcome.duration_ms = begun.elapsed_ms();
        outcome.init_ms = init_ms;
        outcome.max_memory_mb = self.peak_mb(invocation);
        if self.limits_memory && outcome.max_memory_mb > invocation.settings.memory_size {
            return self.failed(invocation, Some(begun), &Failure::Killed("killed".to_owned()));
        }
        self.finish(&mut outcome);
        (Ok(outcome), is_reusable)
    }

    /// Waits for the runtime, for its end, or until the time is over.
    fn hear(&mut self, since: Stopwatch, most_ms: f64, invocation: &Invocation) -> Heard {
        for beat in 1.. {
            let left =
                Duration::from_secs_f64(((most_ms - since.elapsed_ms()) / 1000.0).clamp(0.0, BEAT.as_secs_f64()));
            match self.heard.recv_timeout(left) {
                Ok(said) => return Heard::Said(said),
                Err(RecvTimeoutError::Disconnected) => return Heard::Ended(Failure::ExitedWithoutReason),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Some(status) = self.processes.ended() {
                // What it said last may have come meanwhile.
                return self.heard.try_recv().map_or_else(|_| Heard::Ended(failure(status)), Heard::Said);
            }
            let used = self.limits_memory.then(|| self.processes.peak_mb()).flatten();
            if used.is_some_and(|used| used > invocation.settings.memory_size) {
                return Heard::Ended(Failure::Killed("killed".to_owned()));
            }
            if since.elapsed_ms() >= most_ms {
                return Heard::Ended(Failure::TimedOut(f64::from(invocation.settings.timeout)));
            }
            if beat % BEATS_OF_PATIENCE == 0 && self.patience.is_over() {
                return Heard::GivenUp;
            }
        }
        Heard::GivenUp
    }

    /// An answer of Lambda itself to a call that has `begun`, or to one that never did; nothing of this is used again.
    fn failed(&mut self, invocation: &Invocation, begun: Option<Stopwatch>, failure: &Failure) -> Served {
        let mut outcome = Outcome::failed(&invocation.request_id, failure);
        outcome.max_memory_mb = self.peak_mb(invocation);
        outcome.duration_ms = match failure {
            Failure::TimedOut(seconds) => seconds * 1000.0,
            _ => begun.map_or(0.0, Stopwatch::elapsed_ms),
        };
        self.processes.kill();
        self.over(invocation, outcome)
    }

    /// The most memory that was used, in MB: of a container nobody tells, so it is what the function has.
    fn peak_mb(&self, invocation: &Invocation) -> u32 {
        if self.processes.is_contained() {
            return invocation.settings.memory_size;
        }
        self.processes.peak_mb().unwrap_or_default()
    }

    /// Ends all of its processes; dropped, it waits until a container is gone, too.
    pub(super) fn end(&mut self) {
        self.processes.kill();
    }

    /// Nobody waits any longer.
    fn given_up(&mut self) -> Served {
        self.processes.kill();
        (Err(CannotRun("it was interrupted".to_owned())), false)
    }

    fn over(&mut self, invocation: &Invocation, mut outcome: Outcome) -> Served {
        if outcome.duration_ms == 0.0 {
            outcome.init_ms = Some(self.started.elapsed_ms());
        }
        outcome.max_memory_mb = outcome.max_memory_mb.min(invocation.settings.memory_size);
        self.finish(&mut outcome);
        (Ok(outcome), false)
    }

    /// Adds what was written, with the places as Lambda has them.
    fn finish(&mut self, outcome: &mut Outcome) {
        let mut log = std::mem::take(&mut self.said);
        log.extend(self.processes.written());
        outcome.log = entries(&log).iter().map(|entry| self.as_in_lambda(entry)).collect();
        if outcome.error.is_some() {
            let payload = String::from_utf8_lossy(&outcome.payload);
            outcome.payload = self.as_in_lambda(&payload).into();
        }
        outcome.log_stream = Some(self.log_stream.clone());
    }

    fn as_in_lambda(&self, text: &str) -> String {
        let named = |folder: &Path| folder.to_string_lossy().into_owned();
        text.replace(&named(self.code.path()), "/var/task").replace(&named(self.opt.path()), "/opt")
    }

    /// Whether the process ended as there is no client for Python.
    fn lacks_client(&mut self) -> Option<CannotRun> {
        if self.processes.is_contained() {
            return None;
        }
        self.said.extend(self.processes.written());
        let text = String::from_utf8_lossy(&self.said);
        let is_missing =
            ["awslambdaric", "'awslambdaric'"].iter().any(|name| text.contains(&format!("No module named {name}")));
        is_missing.then(|| {
            CannotRun(
                "functions in Python are run by AWS's client, which is not here: install it with `pip install \
                 \"drylambda[invoke]\"`, or have handlers run in this process with runner=\"in_process\""
                    .to_owned(),
            )
        })
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.api.abort();
    }
}

enum Heard {
    Said(Said),
    Ended(Failure),
    GivenUp,
}

fn answered(answer: Answer) -> Outcome {
    let Answer { whole, chunks, content_type, broken } = answer;
    match broken {
        // What was streamed until then stays.
        Some((code, json)) => Outcome {
            payload: json,
            chunks: if chunks.is_empty() { vec![Bytes::new()] } else { chunks },
            content_type,
            error: Some(FunctionError::reported(code)),
            ..Outcome::default()
        },
        None => Outcome { payload: whole, chunks, content_type, ..Outcome::default() },
    }
}

/// A call, as headers and events have it.
fn given(invocation: &Invocation) -> Given {
    let Invocation { request_id, invoked_arn, trace_id, client_context, tenant_id, .. } = invocation;
    let deadline_ms = Clock::system().now().as_millis() + i64::from(invocation.settings.timeout) * 1000;
    let mut headers = vec![
        ("Lambda-Runtime-Deadline-Ms", deadline_ms.to_string()),
        ("Lambda-Runtime-Invoked-Function-Arn", invoked_arn.clone()),
        ("Lambda-Runtime-Trace-Id", trace_id.clone()),
    ];
    // JSON on one line, as headers are: a line that ends within a text is escaped there.
    let on_one_line = |json: &String| json.replace(|letter: char| letter.is_ascii_control(), " ");
    headers.extend(client_context.iter().map(|json| ("Lambda-Runtime-Client-Context", on_one_line(json))));
    headers.extend(tenant_id.iter().map(|tenant| ("Lambda-Runtime-Aws-Tenant-Id", tenant.clone())));
    let event = format!(
        r#"{{"eventType":"INVOKE","deadlineMs":{deadline_ms},"requestId":"{request_id}","invokedFunctionArn":"{invoked_arn}","tracing":{{"type":"X-Amzn-Trace-Id","value":"{trace_id}"}}}}"#
    );
    Given {
        request_id: request_id.clone(),
        headers,
        payload: invocation.payload.clone(),
        depth: invocation.depth,
        event,
    }
}

/// What extensions are told.
fn about(invocation: &Invocation) -> String {
    let (name, version, account) = (&invocation.function_name, &invocation.version, &invocation.scope.account);
    let handler = quoted(invocation.settings.handler.as_deref().unwrap_or_default());
    format!(r#"{{"functionName":"{name}","functionVersion":"{version}","handler":{handler},"accountId":"{account}"}}"#)
}

/// `2026/01/01/[$LATEST]0123456789abcdef`.
fn stream_name(invocation: &Invocation, id: &str) -> String {
    let (date, _) = invocation.log_stream.split_once("/[").unwrap_or_default();
    format!("{date}/[{}]{}", invocation.version, id.to_lowercase())
}
