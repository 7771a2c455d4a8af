//! Functions in processes of their own, by AWS's own runtime clients.
//!
//! The one idea to hold: an execution environment is had by one call at a time, and given back if it can serve another one.
//! Those that wait are few and are the newest; an update of a function leaves none of the old ones. After the first cold start
//! one interpreter waits, too, for the next one.

mod api;
mod client;
mod command;
mod container;
mod ends;
mod environment;
mod exchange;
mod group;
mod interpreter;
mod memory;
mod output;
mod variables;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

pub use self::command::Settings;
pub use self::container::Engine;
use self::ends::NotStarted;
use self::environment::Environment;
use self::interpreter::Interpreter;
use crate::invocation::{CannotRun, Invocation, Outcome, Runner};
use crate::unpacked::Reaper;

/// The name of every thread of a runner.
pub const THREAD_NAME: &str = "drylambda-runner";
/// How many environments wait for calls at most; beyond it those go that have waited longest.
const MOST_IDLE: usize = 64;

/// Runs functions in processes. It makes nothing before the first call.
#[derive(Debug, Default)]
pub struct Process {
    settings: Arc<Settings>,
    live: Mutex<Option<Arc<Live>>>,
}

/// What is there as long as functions run.
#[derive(Debug)]
struct Live {
    runtime: Option<Runtime>,
    pool: Arc<Mutex<Pool>>,
    /// Whose threads these are: not those of a process that was forked off.
    process: u32,
}

#[derive(Debug, Default)]
struct Pool {
    /// Those that wait, the one that waits longest first.
    idle: Vec<Environment>,
    /// The process groups of those that serve.
    serving: Vec<u32>,
    /// What a function's version is now; of what it was, none is used again.
    current: HashMap<String, String>,
    is_closed: bool,
    /// An interpreter for the next function that is called for the first time.
    spare: Option<Interpreter>,
    is_preparing: bool,
}

impl Process {
    /// A runner with these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings: Arc::new(settings), live: Mutex::default() }
    }

    fn live(&self) -> Result<Arc<Live>, CannotRun> {
        let mut live = lock(&self.live);
        if let Some(live) = live.as_ref().filter(|live| live.process == std::process::id()) {
            return Ok(Arc::clone(live));
        }
        let started = Live::start().map_err(|error| CannotRun(format!("no thread is to be had: {error}")))?;
        let started = Arc::new(started);
        *live = Some(Arc::clone(&started));
        Ok(started)
    }
}

impl Runner for Process {
    fn run(&self, invocation: &Invocation) -> Result<Outcome, CannotRun> {
        command::check(&self.settings, invocation)?;
        let live = self.live()?;
        let prepare = |root: &Path| live.prepare(&self.settings, root.to_owned(), invocation.unpacked.reaper());
        let (mut had_spare, mut is_cold) = (false, false);
        let spare = || {
            let spare = live.spare();
            had_spare = spare.is_some();
            spare
        };
        let mut environment = match live.take(invocation) {
            Some(environment) => environment,
            None => match Environment::start(live.handle()?, &self.settings, invocation, spare) {
                Ok(environment) => {
                    is_cold = environment.takes_spare;
                    if had_spare {
                        prepare(environment.root());
                    }
                    environment
                }
                Err(NotStarted::Cannot(cannot)) => return Err(cannot),
                Err(NotStarted::Failure(failure)) => return Ok(Outcome::failed(&invocation.request_id, &failure)),
            },
        };
        live.begin(&environment)?;
        let (outcome, is_reusable) = environment.serve(invocation);
        let root = environment.root().to_owned();
        live.give_back(environment, invocation, is_reusable);
        // The first cold start has the processor for itself.
        if is_cold && outcome.is_ok() {
            prepare(&root);
        }
        outcome
    }

    fn fork(&self) -> Arc<dyn Runner> {
        Arc::new(Self { settings: Arc::clone(&self.settings), live: Mutex::default() })
    }

    fn forget(&self) {
        let live = lock(&self.live).take();
        if let Some(live) = live {
            live.close();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.forget();
    }
}

impl Live {
    fn start() -> io::Result<Self> {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).enable_io().enable_time().thread_name(THREAD_NAME).build()?;
        Ok(Self { runtime: Some(runtime), pool: Arc::default(), process: std::process::id() })
    }

    fn handle(&self) -> Result<&Handle, CannotRun> {
        self.runtime.as_ref().map(Runtime::handle).ok_or_else(|| CannotRun("the emulator is closed".to_owned()))
    }

    /// One that waits for such a call, the one that waited shortest.
    fn take(&self, invocation: &Invocation) -> Option<Environment> {
        let mut pool = lock(&self.pool);
        let before = pool.current.insert(version_of(invocation), invocation.identity.clone());
        let is_new = before.is_some_and(|before| before != invocation.identity);
        let old = if is_new { pool.take_old() } else { Vec::new() };
        let found = pool.take_idle(invocation);
        drop(pool);
        // Ending them takes its time.
        drop(old);
        found
    }

    fn spare(&self) -> Option<Interpreter> {
        let mut spare = lock(&self.pool).spare.take()?;
        spare.is_alive().then_some(spare)
    }

    /// Has an interpreter wait from now on, unless one does; nobody waits for its start.
    fn prepare(&self, settings: &Arc<Settings>, root: PathBuf, reaper: Option<Arc<Reaper>>) {
        let Ok(handle) = self.handle() else { return };
        let mut pool = lock(&self.pool);
        if pool.is_closed || pool.is_preparing || pool.spare.is_some() {
            return;
        }
        pool.is_preparing = true;
        drop(pool);
        let settings = Arc::clone(settings);
        // Not this itself: whoever ends it waits for this thread.
        let pool = Arc::clone(&self.pool);
        handle.spawn_blocking(move || {
            // Without one the next start takes its time.
            let started = Interpreter::start(&settings, &root, reaper).ok();
            let mut pool = lock(&pool);
            pool.is_preparing = false;
            let over = if pool.is_closed { started } else { std::mem::replace(&mut pool.spare, started) };
            drop(pool);
            drop(over);
        });
    }

    /// From now on [`close`](Self::close) ends it, too.
    fn begin(&self, environment: &Environment) -> Result<(), CannotRun> {
        let mut pool = lock(&self.pool);
        if pool.is_closed {
            return Err(CannotRun("the emulator was closed meanwhile".to_owned()));
        }
        pool.serving.push(environment.group());
        Ok(())
    }

    fn give_back(&self, environment: Environment, invocation: &Invocation, is_reusable: bool) {
        let mut pool = lock(&self.pool);
        let group = environment.group();
        pool.serving.retain(|other| *other != group);
        let is_current = pool.current.get(&version_of(invocation)) == Some(&environment.identity);
        let mut over = None;
        if is_reusable && is_current && !pool.is_closed {
            pool.idle.push(environment);
            if pool.idle.len() > MOST_IDLE {
                over = Some(pool.idle.remove(0));
            }
        } else {
            over = Some(environment);
        }
        drop(pool);
        drop(over);
    }

    /// Ends all environments, those that serve, too.
    fn close(&self) {
        let mut pool = lock(&self.pool);
        pool.is_closed = true;
        let mut waiting = (std::mem::take(&mut pool.idle), pool.spare.take());
        if self.process != std::process::id() {
            // They are the other process's.
            std::mem::forget(waiting);
            return;
        }
        for group in &pool.serving {
            group::kill(*group);
        }
        drop(pool);
        // What takes its time takes it for all of them at once.
        waiting.0.iter_mut().for_each(Environment::end);
        drop(waiting);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.close();
        let Some(runtime) = self.runtime.take() else { return };
        if self.process != std::process::id() {
            // The threads stayed behind in the other process, so there is nobody to wait for.
            std::mem::forget(runtime);
        } else if Handle::try_current().is_ok() {
            // Nobody may wait on a thread of another runtime.
            runtime.shutdown_background();
        } else {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }
}

impl Pool {
    /// The newest that waits for such a call.
    fn take_idle(&mut self, invocation: &Invocation) -> Option<Environment> {
        let may_serve = |it: &Environment| it.identity == invocation.identity && it.tenant_id == invocation.tenant_id;
        while let Some(at) = self.idle.iter().rposition(may_serve) {
            let mut found = self.idle.remove(at);
            // One may have ended while it waited.
            if found.is_alive() {
                return Some(found);
            }
        }
        None
    }

    /// Those of what functions no longer are.
    fn take_old(&mut self) -> Vec<Environment> {
        let Self { idle, current, .. } = self;
        let is_old = |it: &mut Environment| !current.values().any(|identity| *identity == it.identity);
        idle.extract_if(.., is_old).collect()
    }
}

/// The function's version, which `identity` changes under.
fn version_of(invocation: &Invocation) -> String {
    invocation.identity.split('@').next().unwrap_or_default().to_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
