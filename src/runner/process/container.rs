//! Functions in containers: AWS's image of their runtime, or the image that they are.
//!
//! The one idea to hold: an image of Lambda's begins with a program that starts its runtime against `AWS_LAMBDA_RUNTIME_API`
//! where that is set; so a container is an execution environment as any other, and only what starts and ends it is not. It is
//! made before it is started: to fetch an image takes its time, which is no function's, and what is there can be removed.
//!
//! Variables come to it by a file. The engine's client reads its own environment for itself: which engine to ask, which
//! credentials to fetch an image with. A function's `HOME` or `AWS_ACCESS_KEY_ID` has no business there, nor its secrets on
//! a command line.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::client::Client;
use super::command::{Settings, handler, runtime};
use super::ends::{NotStarted, no_bootstrap, system};
use super::group::Group;
use super::variables::{Places, in_container};
use crate::ids::Ids;
use crate::invocation::{CannotRun, Invocation};
use crate::state::Code;
use crate::unpacked::Reaper;

/// How often it is asked whether anybody still waits.
const BEAT: Duration = Duration::from_millis(100);
/// How long a container may take to be removed, until nobody waits for it any more.
const REMOVAL: Duration = Duration::from_secs(10);
/// How many of the last lines of what an engine says tell what is wrong.
const LINES: usize = 4;

/// What starts containers: Docker, or what takes the same commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// Its client: a program, and arguments that come before all others.
    pub command: Vec<OsString>,
    /// Images by runtime, in the place of AWS's own.
    pub images: BTreeMap<String, String>,
    /// Arguments of `create` beside those that are given anyway, which they overrule.
    pub options: Vec<OsString>,
}

impl Default for Engine {
    fn default() -> Self {
        Self { command: vec!["docker".into()], images: BTreeMap::new(), options: Vec::new() }
    }
}

impl Engine {
    /// Whether it can run a function at all.
    ///
    /// # Errors
    /// [`CannotRun`], with what is missing.
    pub(super) fn check(&self, settings: &Settings, invocation: &Invocation) -> Result<(), CannotRun> {
        self.client(&settings.path)?;
        self.image(invocation).map(|_| ())
    }

    /// The client's command, which holds in any folder.
    fn client(&self, path: &OsStr) -> Result<Vec<OsString>, CannotRun> {
        let (program, arguments) =
            self.command.split_first().ok_or_else(|| CannotRun("the command of the containers is empty".to_owned()))?;
        let found = found(Path::new(program), path).ok_or_else(|| {
            CannotRun(format!(
                "functions in containers are started by {}, which is not here: install Docker, or give the command of another \
                 engine, as with runner=drylambda.runners.Container(command=[\"podman\"])",
                program.display()
            ))
        })?;
        Ok([found.into_os_string()].into_iter().chain(arguments.iter().cloned()).collect())
    }

    /// The image that a function is, or that its runtime has.
    fn image(&self, invocation: &Invocation) -> Result<String, CannotRun> {
        let runtime = runtime(invocation);
        let image = match &invocation.code {
            Code::Image(image) => Some(image.uri.clone()),
            Code::Zip(_) => self.images.get(runtime).cloned().or_else(|| image_of(runtime)),
        };
        image.ok_or_else(|| {
            CannotRun(format!(
                "AWS has no image of {}'s runtime {runtime}: give one, as with \
                 runner=drylambda.runners.Container(images={{\"{runtime}\": \"...\"}})",
                invocation.function_name
            ))
        })
    }
}

/// A program by its path, or the one that a bare name stands for.
fn found(program: &Path, path: &OsStr) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return std::path::absolute(program).ok().filter(|program| program.is_file());
    }
    std::env::split_paths(path).map(|folder| folder.join(program)).find(|program| program.is_file())
}

/// AWS's own image of a runtime, which is named for its language and version.
fn image_of(runtime: &str) -> Option<String> {
    let at = runtime.find(|letter: char| letter == '.' || letter.is_ascii_digit())?;
    let (language, version) = runtime.split_at(at);
    let version = version.trim_start_matches('.').trim_end_matches(".x");
    Some(match language {
        "dotnetcore" => format!("public.ecr.aws/lambda/dotnet:core{version}"),
        _ => format!("public.ecr.aws/lambda/{language}:{version}"),
    })
}

/// Makes a container and starts it; what it writes is the log.
///
/// # Errors
/// [`NotStarted`], with what the engine says.
pub(super) fn start(
    engine: &Engine,
    settings: &Settings,
    invocation: &Invocation,
    places: &Places<'_>,
    reaper: Option<Arc<Reaper>>,
) -> Result<Group, NotStarted> {
    let image = engine.image(invocation)?;
    let Own { before, after } = own(invocation, places)?;
    let container = Container::new(engine.client(&settings.path)?, places, reaper.clone());
    let file = places.tmp.join("variables");
    let mut create = container.command(&["create", "--rm", "--name", &container.name]);
    let several = write_variables(&file, &in_container(settings, invocation, places))?;
    create.args(confined(invocation)).arg("--env-file").arg(&file);
    for (name, value) in several {
        create.arg("--env").arg(&name).env(name, value);
    }
    create.args(mounted(invocation, places)).args(before).args(&engine.options).arg(&image).args(after);
    made(&mut create, settings, &image, reaper.clone())?;
    // What cannot be removed goes with the folder.
    let _ = fs::remove_file(&file);
    let mut start = container.command(&["start", "--attach", &container.name]);
    Ok(Group::start(&mut start, reaper).map_err(system)?.with(container))
}

/// Writes variables as an engine reads them, a line each; those are left whose values have several.
fn write_variables(
    file: &Path,
    variables: &BTreeMap<OsString, OsString>,
) -> Result<Vec<(OsString, OsString)>, CannotRun> {
    let (mut text, mut several) = (Vec::new(), Vec::new());
    for (name, value) in variables {
        if value.as_encoded_bytes().iter().any(|byte| [b'\n', b'\r'].contains(byte)) {
            several.push((name.clone(), value.clone()));
        } else {
            text.extend([name.as_encoded_bytes(), b"=", value.as_encoded_bytes(), b"\n"].concat());
        }
    }
    fs::write(file, text).map_err(system)?;
    Ok(several)
}

/// What a container may and has, whatever it runs.
fn confined(invocation: &Invocation) -> Vec<OsString> {
    let function = &invocation.settings;
    let is_arm = function.architectures.iter().any(|name| name == "arm64");
    let memory = format!("{}m", function.memory_size);
    [
        // The Runtime API is at this machine's loopback.
        ("--network", "host"),
        ("--platform", if is_arm { "linux/arm64" } else { "linux/amd64" }),
        ("--memory", &memory),
        ("--memory-swap", &memory),
        ("--cap-drop", "ALL"),
        ("--security-opt", "no-new-privileges"),
        // A folder of the engine's that goes with the container: what is in it may be anybody's.
        ("--volume", "/tmp"),
    ]
    .into_iter()
    .flat_map(|(name, value)| [name.into(), value.into()])
    .chain(["--read-only".into()])
    .collect()
}

/// Code and layers, where there are some.
fn mounted(invocation: &Invocation, places: &Places<'_>) -> Vec<OsString> {
    let has_code = matches!(invocation.code, Code::Zip(_));
    let all = [(has_code, places.code, ":/var/task:ro"), (!invocation.layers.is_empty(), places.opt, ":/opt:ro")];
    let mounted = all.into_iter().filter(|(is_there, ..)| *is_there).flat_map(|(_, folder, place)| {
        let mut volume = folder.as_os_str().to_owned();
        volume.push(place);
        ["--volume".into(), volume]
    });
    mounted.collect()
}

/// What is run: arguments before the image, and those after it.
#[derive(Default)]
struct Own {
    before: Vec<String>,
    after: Vec<String>,
}

fn own(invocation: &Invocation, places: &Places<'_>) -> Result<Own, NotStarted> {
    let mut own = Own::default();
    let mut say = |name: &str, value: String| own.before.extend([name.to_owned(), value]);
    if matches!(invocation.code, Code::Zip(_)) {
        say("--workdir", "/var/task".to_owned());
        if runtime(invocation).starts_with("provided") {
            let mut all = [(places.code, "/var/task/bootstrap"), (places.opt, "/opt/bootstrap")].into_iter();
            let found = all.find(|(folder, _)| folder.join("bootstrap").is_file());
            // The image's own program looks for it elsewhere.
            say("--entrypoint", found.ok_or_else(no_bootstrap)?.1.to_owned());
        }
        own.after.push(handler(invocation).to_owned());
    } else if let Some(config) = &invocation.settings.image_config {
        if let Some(folder) = config.working_directory.as_ref().filter(|folder| !folder.is_empty()) {
            say("--workdir", folder.clone());
        }
        if let Some((program, arguments)) = config.entry_point.as_ref().and_then(|all| all.split_first()) {
            say("--entrypoint", program.clone());
            own.after.extend_from_slice(arguments);
        }
        own.after.extend(config.command.iter().flatten().cloned());
    }
    Ok(own)
}

/// Waits until a container is made, with all that has to be fetched for it.
fn made(create: &mut Command, settings: &Settings, image: &str, reaper: Option<Arc<Reaper>>) -> Result<(), CannotRun> {
    let mut client = Client::start(create, reaper).map_err(system)?;
    let ended = loop {
        if let Some(ended) = client.wait(BEAT) {
            break ended.map_err(system)?;
        }
        if settings.patience.is_over() {
            return Err(CannotRun("it was interrupted".to_owned()));
        }
    };
    if ended.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&ended.stderr);
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let said = lines[lines.len().saturating_sub(LINES)..].join(" ");
    Err(CannotRun(format!("no container is to be had of the image {image}: {said}")))
}

/// A container, or one that may be there; dropped, it is not.
#[derive(Debug)]
pub(super) struct Container {
    client: Vec<OsString>,
    name: String,
    /// What the shell that cleans up knows it by.
    key: String,
    reaper: Option<Arc<Reaper>>,
    removal: Option<Client>,
}

impl Container {
    /// One that is about to be made.
    fn new(client: Vec<OsString>, places: &Places<'_>, reaper: Option<Arc<Reaper>>) -> Self {
        let id = Ids::new(None).letters(16).to_lowercase();
        // As the folder of the emulator's process is called.
        let root = places.tmp.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let container = Self { client, name: format!("{root}-{id}"), key: format!("c{id}"), reaper, removal: None };
        if let Some(reaper) = &container.reaper {
            let removal: Vec<_> = container.client.iter().cloned().chain(container.removal()).collect();
            reaper.tell_command(&container.key, &removal);
        }
        container
    }

    fn removal(&self) -> impl Iterator<Item = OsString> {
        ["rm", "--force", "--volumes", &self.name].map(OsString::from).into_iter()
    }

    /// The client, in the environment of this process.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.client[0]);
        command.args(&self.client[1..]).args(arguments).stdin(Stdio::null());
        command
    }

    /// Begins to remove it.
    pub(super) fn remove(&mut self) {
        if self.removal.is_none() {
            let mut command = self.command(&[]);
            // The shell knows of the removal itself.
            self.removal = Client::start(command.args(self.removal()), None).ok();
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        self.remove();
        let is_removed = self.removal.as_mut().is_some_and(|removal| removal.wait(REMOVAL).is_some());
        // Otherwise who cleans up in the end tries it again.
        if let Some(reaper) = self.reaper.as_ref().filter(|_| is_removed) {
            reaper.forget_command(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_has_the_image_of_its_language_and_version() {
        let images = [
            ("python3.13", "python:3.13"),
            ("nodejs22.x", "nodejs:22"),
            ("java21", "java:21"),
            ("java8.al2", "java:8.al2"),
            ("dotnet8", "dotnet:8"),
            ("dotnetcore3.1", "dotnet:core3.1"),
            ("ruby3.4", "ruby:3.4"),
            ("go1.x", "go:1"),
            ("provided.al2023", "provided:al2023"),
        ];
        for (runtime, image) in images {
            assert_eq!(image_of(runtime), Some(format!("public.ecr.aws/lambda/{image}")));
        }
        assert_eq!(image_of("provided"), None);
    }

    #[test]
    fn a_program_is_found_by_name_or_by_path() {
        let path = OsStr::new("/nowhere:/bin");
        assert_eq!(found(Path::new("sh"), path), Some("/bin/sh".into()));
        assert_eq!(found(Path::new("/bin/sh"), OsStr::new("")), Some("/bin/sh".into()));
        assert_eq!(found(Path::new("/nowhere/sh"), path), None);
        assert_eq!(found(Path::new("drylambda-no-such-program"), path), None);
    }
}
