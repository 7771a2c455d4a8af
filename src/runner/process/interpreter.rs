//! Interpreters of Python that have loaded AWS's client before there is a function for them.
//!
//! The one idea to hold: what takes time at a cold start is the same for every function, so an interpreter that was started
//! after the last one does it ahead. What can be said only to a process that starts, it cannot be told any more: functions
//! for which that counts get one of their own.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::command::Settings;
use super::group::Group;
use crate::unpacked::Reaper;

/// What the interpreter does.
const PROGRAM: &str = include_str!("interpreter.py");
/// How many bytes say how long what it is told is.
const LENGTH_BYTES: usize = size_of::<usize>();
/// What the names of variables begin with that the loader, the C library or the interpreter reads when it starts.
const READ_AT_START: [&str; 6] = ["PYTHON", "LD_", "LC_", "LANG", "MALLOC_", "GLIBC_"];

/// An interpreter that waits for a function; dropped, it ends.
#[derive(Debug)]
pub(super) struct Interpreter(Group);

impl Interpreter {
    /// Starts one, to become any function's runtime.
    ///
    /// # Errors
    /// Of the system.
    pub(super) fn start(settings: &Settings, root: &Path, reaper: Option<Arc<Reaper>>) -> io::Result<Self> {
        let variables = [
            ("HOME", root.as_os_str()),
            ("LANG", OsStr::new("en_US.UTF-8")),
            ("PATH", &settings.path),
            ("PYTHONDONTWRITEBYTECODE", OsStr::new("1")),
            ("TZ", OsStr::new(":UTC")),
        ];
        Self::start_with(settings, variables, Path::new("/"), reaper)
    }

    /// Starts one with the variables of a function.
    ///
    /// # Errors
    /// Of the system.
    pub(super) fn start_with<'a, V: AsRef<OsStr>>(
        settings: &Settings,
        variables: impl IntoIterator<Item = (&'a (impl AsRef<OsStr> + ?Sized + 'a), V)>,
        folder: &Path,
        reaper: Option<Arc<Reaper>>,
    ) -> io::Result<Self> {
        let mut command = Command::new(&settings.python);
        command.args(["-c", PROGRAM]).current_dir(folder).env_clear().envs(variables).stdin(Stdio::piped());
        Group::start(&mut command, reaper).map(Self)
    }

    /// Whether it is still there.
    pub(super) fn is_alive(&mut self) -> bool {
        self.0.is_alive()
    }

    /// Becomes the runtime of a function, with the package's folder and all variables.
    pub(super) fn run(mut self, handler: &str, code: &Path, variables: &BTreeMap<OsString, OsString>) -> Group {
        // First its length: the end does not come as long as a process that was forked off has this, too.
        let mut told = vec![0; LENGTH_BYTES];
        told.extend_from_slice(handler.as_bytes());
        told.push(0);
        told.extend_from_slice(code.as_os_str().as_encoded_bytes());
        for (name, value) in variables {
            told.push(0);
            told.extend_from_slice(name.as_encoded_bytes());
            told.push(b'=');
            told.extend_from_slice(value.as_encoded_bytes());
        }
        let length = (told.len() - LENGTH_BYTES).to_be_bytes();
        told[..LENGTH_BYTES].copy_from_slice(&length);
        if let Some(mut input) = self.0.input() {
            // One that has ended reads nothing: who waits for its answer sees that.
            let _ = input.write_all(&told);
        }
        self.0
    }
}

/// Whether a function needs an interpreter that is started for it: by variables of its own, libraries that the loader is to
/// find, or a module that the interpreter imports when it starts.
pub(super) fn is_own_needed<'a>(mut own: impl Iterator<Item = &'a str>, code: &Path, opt: &Path) -> bool {
    own.any(|name| READ_AT_START.iter().any(|start| name.starts_with(start)))
        || [code, opt].iter().any(|folder| folder.join("lib").is_dir())
        || names(code).any(|name| name.contains(".so"))
        || is_customized(&opt.join("python"))
}

/// Whether a folder, or one of `lib/python3.13/site-packages` beneath it, has what `site` imports.
fn is_customized(python: &Path) -> bool {
    let lib = python.join("lib");
    let sites = names(&lib).map(|version| lib.join(version).join("site-packages"));
    let mut all = sites.chain([python.to_owned()]);
    all.any(|folder| names(&folder).any(|name| name.starts_with("sitecustomize") || name.starts_with("usercustomize")))
}

/// The names in a folder; none, if it is not there.
fn names(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}
