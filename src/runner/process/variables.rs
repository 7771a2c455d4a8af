//! The environment variables of an execution environment: Lambda's own, and the function's.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::command::{Settings, handler, runtime};
use crate::invocation::Invocation;

/// Where an execution environment is.
pub(super) struct Places<'a> {
    /// Host and port of the Runtime API.
    pub api: &'a str,
    /// The package, unpacked.
    pub code: &'a Path,
    /// The layers, unpacked.
    pub opt: &'a Path,
    /// What it may write to.
    pub tmp: &'a Path,
    pub log_stream: &'a str,
}

/// Every variable that a runtime is started with; nothing comes from the emulator's own environment but `PATH`.
pub(super) fn variables(
    settings: &Settings,
    invocation: &Invocation,
    places: &Places<'_>,
) -> BTreeMap<OsString, OsString> {
    let text = |path: &Path| path.as_os_str().to_owned();
    let listed = |paths: &[&Path]| {
        paths.iter().fold(OsString::new(), |mut all, path| {
            if !all.is_empty() {
                all.push(":");
            }
            all.push(path);
            all
        })
    };
    let version = settings.python_version.as_deref().unwrap_or("3");
    let (opt, code) = (places.opt, places.code);
    let site = opt.join(format!("python/lib/python{version}/site-packages"));
    let mut path = opt.join("bin").into_os_string();
    path.push(":");
    path.push(&settings.path);
    let mut all = lambdas(invocation, places);
    all.extend(
        [
            ("HOME", text(places.tmp)),
            ("LAMBDA_RUNTIME_DIR", text(code)),
            ("LANG", "en_US.UTF-8".into()),
            ("LAMBDA_TASK_ROOT", text(code)),
            ("LD_LIBRARY_PATH", listed(&[code, &code.join("lib"), &opt.join("lib")])),
            ("NODE_PATH", listed(&[&opt.join("nodejs/node_modules"), &code.join("node_modules")])),
            ("PATH", path),
            // As where folders are read-only, for root too.
            ("PYTHONDONTWRITEBYTECODE", "1".into()),
            ("PYTHONPATH", listed(&[&opt.join("python"), &site])),
            ("TMPDIR", text(places.tmp)),
            ("TZ", ":UTC".into()),
            ("_HANDLER", handler(invocation).into()),
        ]
        .map(|(name, value)| (name.into(), value)),
    );
    let layers = all.remove(OsStr::new("PYTHONPATH")).unwrap_or_default();
    all.extend(own(settings, invocation).map(|(name, value)| (name.into(), value.into())));
    // Layers are found whatever a function says.
    let path = all.entry("PYTHONPATH".into()).or_default();
    if !path.is_empty() {
        path.push(":");
    }
    path.push(layers);
    all
}

/// Every variable that a container is started with, beside those of its image: the places are its own.
pub(super) fn in_container(
    settings: &Settings,
    invocation: &Invocation,
    places: &Places<'_>,
) -> BTreeMap<OsString, OsString> {
    let mut all = lambdas(invocation, places);
    all.extend([("HOME", "/tmp"), ("TMPDIR", "/tmp")].map(|(name, value)| (name.into(), value.into())));
    if invocation.settings.runtime.is_some() {
        all.extend(
            [("LAMBDA_TASK_ROOT", "/var/task"), ("_HANDLER", handler(invocation))]
                .map(|(name, value)| (name.into(), value.into())),
        );
    }
    all.extend(own(settings, invocation).map(|(name, value)| (name.into(), value.into())));
    all
}

/// The variables that are Lambda's, wherever a function runs.
fn lambdas(invocation: &Invocation, places: &Places<'_>) -> BTreeMap<OsString, OsString> {
    let function = &invocation.settings;
    let region = &*invocation.scope.region;
    let mut all: BTreeMap<OsString, OsString> = [
        ("AWS_ACCESS_KEY_ID", invocation.scope.account.to_string()),
        ("AWS_SECRET_ACCESS_KEY", "drylambda".to_owned()),
        ("AWS_DEFAULT_REGION", region.to_owned()),
        // What a function asks of Lambda, the emulator answers.
        ("AWS_ENDPOINT_URL_LAMBDA", format!("http://{}", places.api)),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_size.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", invocation.function_name.to_string()),
        ("AWS_LAMBDA_FUNCTION_VERSION", invocation.version.clone()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", invocation.log_group.clone()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", places.log_stream.to_owned()),
        ("AWS_LAMBDA_RUNTIME_API", places.api.to_owned()),
        ("AWS_REGION", region.to_owned()),
    ]
    .map(|(name, value)| (name.into(), value.into()))
    .into();
    if function.runtime.is_some() {
        all.insert("AWS_EXECUTION_ENV".into(), format!("AWS_Lambda_{}", runtime(invocation)).into());
    }
    let logging = &function.logging_config;
    if let Some(format) = logging.log_format.as_deref().filter(|format| *format == "JSON") {
        all.insert("AWS_LAMBDA_LOG_FORMAT".into(), format.into());
        all.insert("AWS_LAMBDA_LOG_LEVEL".into(), logging.application_log_level.as_deref().unwrap_or("INFO").into());
    }
    all
}

/// The variables that are not Lambda's: the runner's, and over them the function's.
pub(super) fn own<'a>(settings: &'a Settings, invocation: &'a Invocation) -> impl Iterator<Item = (&'a str, &'a str)> {
    let own = invocation.settings.environment.iter().flat_map(|it| &it.variables);
    settings.environment.iter().chain(own).map(|(name, value)| (name.as_str(), value.as_str()))
}
