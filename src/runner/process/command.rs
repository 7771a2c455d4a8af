//! How a runtime is started: by AWS's own runtime interface clients, where there are some.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::container::Engine;
use super::variables::own;
use crate::invocation::{CannotRun, Invocation};
use crate::patience::{Endless, Patience};
use crate::state::Code;

/// The variable that names a program of the function's or of a layer's, which managed runtimes are started by.
const WRAPPER: &str = "AWS_LAMBDA_EXEC_WRAPPER";

/// What functions are run with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The interpreter for functions in Python.
    pub python: PathBuf,
    /// Its version, as `3.13`.
    pub python_version: Option<String>,
    /// Where programs are looked for: the value of `PATH`.
    pub path: OsString,
    /// Commands by runtime, beside or in the place of those that are known; the function's handler is added to each.
    pub commands: BTreeMap<String, Vec<OsString>>,
    /// Variables that every function gets, beneath its own.
    pub environment: BTreeMap<String, String>,
    /// What starts functions in containers, if they are not to be processes of this machine. A container's memory is limited
    /// by who runs it.
    pub engine: Option<Engine>,
    /// Whether a function that uses more memory than it has is killed.
    pub limits_memory: bool,
    /// Who waits for functions, and may give up; that ends what runs.
    pub patience: Arc<dyn Patience>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            python: "python3".into(),
            python_version: None,
            path: "/usr/local/bin:/usr/bin:/bin".into(),
            commands: BTreeMap::new(),
            environment: BTreeMap::new(),
            engine: None,
            limits_memory: true,
            patience: Arc::new(Endless),
        }
    }
}

/// How a runtime is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// A program and its arguments.
    Program(PathBuf, Vec<OsString>),
    /// A container, by this engine.
    Container(Engine),
    /// AWS's client for Python, in the emulator's interpreter, with what is said in the log when it begins.
    Python(Option<String>),
}

/// Whether a function can be run at all, said before anything is made for it.
///
/// # Errors
/// [`CannotRun`], for images and runtimes that nobody here knows how to start.
pub(super) fn check(settings: &Settings, invocation: &Invocation) -> Result<(), CannotRun> {
    if let Some(engine) = &settings.engine {
        return engine.check(settings, invocation);
    }
    let name = &invocation.function_name;
    if let Code::Image(image) = &invocation.code {
        return Err(CannotRun(format!(
            "{name} is the container image {}, and no image is started here: have Docker start it, as with \
             lambda_.bind(\"{name}\", \"container\"), or bind a handler to it, as with lambda_.bind(\"{name}\", handler)",
            image.uri
        )));
    }
    let runtime = runtime(invocation);
    let known = ["python", "nodejs", "provided"].iter().any(|prefix| runtime.starts_with(prefix));
    if known || settings.commands.contains_key(runtime) {
        return Ok(());
    }
    Err(CannotRun(format!(
        "{name} has the runtime {runtime}, and nobody told how that is started: give the command that starts its runtime \
         interface client, as with runner=drylambda.runners.Process(commands={{\"{runtime}\": [\"/path/to/client\"]}}), have \
         Docker run it in AWS's own image, as with lambda_.bind(\"{name}\", \"container\"), or bind a handler, as with \
         lambda_.bind(\"{name}\", handler)"
    )))
}

/// What starts a function's runtime, of a package that is unpacked.
///
/// # Errors
/// [`CannotRun`], with what is missing and how to get it.
pub(super) fn start(settings: &Settings, invocation: &Invocation, code: &Path, opt: &Path) -> Result<Start, CannotRun> {
    if let Some(engine) = &settings.engine {
        return Ok(Start::Container(engine.clone()));
    }
    let runtime = runtime(invocation);
    if let Some(given) = settings.commands.get(runtime) {
        let (program, arguments) =
            given.split_first().ok_or_else(|| CannotRun(format!("the command of {runtime} is empty")))?;
        let arguments = arguments.iter().cloned().chain([handler(invocation).into()]).collect();
        return Ok(Start::Program(program.into(), arguments));
    }
    let wrapper = own(settings, invocation).filter(|(name, _)| *name == WRAPPER).last().map(|(_, path)| path);
    if let Some(wanted) = runtime.strip_prefix("python") {
        let Some(wrapper) = wrapper else { return Ok(Start::Python(remark(settings, wanted))) };
        let client = ["-m", "awslambdaric", handler(invocation)].map(Into::into);
        return Ok(wrapped(wrapper, code, opt, settings.python.clone(), client.into()));
    }
    if runtime.starts_with("nodejs") {
        let client = node(settings)?;
        let handler = vec![handler(invocation).into()];
        return Ok(match wrapper {
            Some(wrapper) => wrapped(wrapper, code, opt, client, handler),
            None => Start::Program(client, handler),
        });
    }
    let own = [code, opt].iter().map(|place| place.join("bootstrap")).find(|program| program.is_file());
    // What is not there is the function's fault, and the environment's to tell.
    let program = own.unwrap_or_else(|| code.join("bootstrap"));
    Ok(Start::Program(program, Vec::new()))
}

/// What there is to say of an interpreter of another version than the function wants.
fn remark(settings: &Settings, wanted: &str) -> Option<String> {
    let version = settings.python_version.as_deref().filter(|version| *version != wanted)?;
    Some(format!(
        "drylambda: the function wants python{wanted} and runs with Python {version}, as the emulator does; give another \
         interpreter with runner=drylambda.runners.Process(commands={{\"python{wanted}\": [\"/path/to/python\", \"-m\", \"awslambdaric\"]}})"
    ))
}

/// The function's program that is to start its runtime, and is told how.
fn wrapped(wrapper: &str, code: &Path, opt: &Path, client: PathBuf, mut arguments: Vec<OsString>) -> Start {
    let places = [("/opt/", opt), ("/var/task/", code)];
    let here = places.iter().find_map(|(place, folder)| Some(folder.join(wrapper.strip_prefix(place)?)));
    arguments.insert(0, client.into());
    Start::Program(here.unwrap_or_else(|| code.join(wrapper)), arguments)
}

/// AWS's client for Node.js: of the project that the emulator runs in, or one that is installed for all.
fn node(settings: &Settings) -> Result<PathBuf, CannotRun> {
    let here = std::env::current_dir().unwrap_or_default();
    let of_projects = here.ancestors().map(|folder| folder.join("node_modules/.bin/aws-lambda-ric"));
    let of_all = std::env::split_paths(&settings.path).map(|folder| folder.join("aws-lambda-ric"));
    let found = of_projects.chain(of_all).find(|program| program.is_file());
    found.ok_or_else(|| {
        CannotRun(
            "functions in Node.js are run by AWS's client, which is not here: install it with `npm install aws-lambda-ric` \
             in the project's folder, or with -g for all"
                .to_owned(),
        )
    })
}

/// The function's handler; images have none.
pub(super) fn handler(invocation: &Invocation) -> &str {
    invocation.settings.handler.as_deref().unwrap_or_default()
}

/// The function's runtime; images have none.
pub(super) fn runtime(invocation: &Invocation) -> &str {
    invocation.settings.runtime.as_deref().unwrap_or_default()
}
