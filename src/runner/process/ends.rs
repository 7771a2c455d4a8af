//! Why there is no execution environment, or none any more, as Lambda says it.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;

use crate::invocation::{CannotRun, Failure};

/// What Lambda says of a package that brings no program.
const NO_BOOTSTRAP: &str = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]";

/// Why there is no environment.
#[derive(Debug)]
pub(super) enum NotStarted {
    /// Nobody here can run it.
    Cannot(CannotRun),
    /// The function is at fault.
    Failure(Failure),
}

impl From<CannotRun> for NotStarted {
    fn from(cannot: CannotRun) -> Self {
        Self::Cannot(cannot)
    }
}

impl From<Failure> for NotStarted {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// A package of its own runtime brings no program.
pub(super) fn no_bootstrap() -> Failure {
    Failure::NotStarted(NO_BOOTSTRAP.to_owned())
}

/// There is nothing to be had of the system.
pub(super) fn system(error: io::Error) -> CannotRun {
    CannotRun(format!("there is no execution environment to be had: {error}"))
}

/// What is wrong with a program in a package is the function's fault.
pub(super) fn not_started(program: &Path, code: &Path, opt: &Path, error: &io::Error) -> NotStarted {
    let mut places = [(code, "/var/task"), (opt, "/opt")].into_iter();
    let place = places.find_map(|(folder, place)| Some((place, program.strip_prefix(folder).ok()?)));
    let Some((place, inside)) = place else {
        return CannotRun(format!("{} cannot be started: {error}", program.display())).into();
    };
    let text = error.to_string();
    // As Go, in which Lambda is written, says it.
    let reason = text.split(" (os error").next().unwrap_or_default().to_lowercase();
    NotStarted::Failure(Failure::NotStarted(match error.kind() {
        io::ErrorKind::NotFound if program.ends_with("bootstrap") && !program.is_file() => NO_BOOTSTRAP.to_owned(),
        _ => format!("fork/exec {}: {reason}", Path::new(place).join(inside).display()),
    }))
}

/// What Lambda says of a process that has ended like this.
pub(super) fn failure(status: ExitStatus) -> Failure {
    match (status.code(), status.signal()) {
        (Some(0), _) | (None, None) => Failure::ExitedWithoutReason,
        (Some(code), _) => Failure::Exited(code),
        (None, Some(signal)) => Failure::Killed(signal_name(signal)),
    }
}

/// A signal as Go, in which Lambda is written, calls it.
fn signal_name(signal: i32) -> String {
    match signal {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        6 => "aborted",
        8 => "floating point exception",
        9 => "killed",
        11 => "segmentation fault",
        13 => "broken pipe",
        14 => "alarm clock",
        15 => "terminated",
        other => return format!("signal {other}"),
    }
    .to_owned()
}
