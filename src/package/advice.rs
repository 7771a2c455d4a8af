//! What AWS does not say of a package, and the first invocation would: a handler that is not there, libraries for another
//! processor, files that nobody may read.
//!
//! The one idea: advice is never a refusal. It is given of what is certain from the names and first bytes of the files, so
//! a runtime whose handlers cannot be told from a zip gets none about its handler.
//!
//! ```
//! use drylambda::package::{Limits, Mode, Package, Target, advise, make_zip};
//!
//! let zip = make_zip([("main.py", "def run(event, context): ...", Mode::File)])?;
//! let package = Package::accept(zip.into(), &Limits::default())?;
//! let target = Target { handler: Some("app.handler"), runtime: Some("python3.13"), ..Target::default() };
//! assert_eq!(advise(&package, &[], &target)[0].to_string(), "app.handler: there is no app.py, app/__init__.py or app.pyc");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

use super::Package;
use super::archive::{self, File};

/// How much of a file tells whether it is a program, and for which processor.
const START_BYTES: usize = 20;
const ELF: &[u8] = b"\x7fELF";
/// Where a little-endian ELF file has its machine, and the two that Lambda runs on.
const ELF_MACHINE_AT: usize = 18;
const MACHINES: [(&str, u16); 2] = [("x86_64", 62), ("arm64", 183)];
/// Lambda's user is neither owner nor of the group.
const READ_BY_OTHERS: u16 = 0o004;
const RUN_BY_OTHERS: u16 = 0o001;
/// The folders in layers that each runtime looks into.
const LAYER_FOLDERS: [(&str, &str); 4] = [
    ("python", "python/"),
    ("python", "python/lib/{runtime}/site-packages/"),
    ("nodejs", "nodejs/node_modules/"),
    ("ruby", "ruby/lib/"),
];
/// What a runtime's name begins with; those of the first three look for a handler in a file that a zip shows.
const FAMILIES: [&str; 8] = ["python", "nodejs", "ruby", "provided", "java", "dotnet", "dotnetcore", "go"];
const SHOWN: [&str; 3] = ["python", "nodejs", "ruby"];
const NO_FILE: &str = "a handler is a file and what is called in it, as app.handler";
/// What macOS puts beside each file.
const MACOS: &str = "__MACOSX";

/// What the package is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Target<'a> {
    /// As functions have it, e.g. `app.handler`.
    pub handler: Option<&'a str>,
    /// AWS's identifier, e.g. `python3.13`.
    pub runtime: Option<&'a str>,
    /// `x86_64` or `arm64`.
    pub architecture: Option<&'a str>,
}

/// One thing that will go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The file or handler that it is about.
    pub about: String,
    /// What is wrong, and what to do.
    pub text: String,
}

impl fmt::Display for Advice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.about, self.text)
    }
}

/// What would go wrong with a package and its layers, in the order of the files; the handler first.
#[must_use]
pub fn advise(package: &Package, layers: &[&Package], target: &Target<'_>) -> Vec<Advice> {
    let files = package.files();
    let mut all: Vec<_> = handler(package, &files, layers, target).into_iter().collect();
    for (file, start) in archive::starts(package.bytes(), START_BYTES)
        .chain(layers.iter().flat_map(|layer| archive::starts(layer.bytes(), START_BYTES)))
    {
        let texts = [machine(&start, target.architecture), mode(&file), name(&file)];
        all.extend(texts.into_iter().flatten().map(|text| Advice { about: file.name.clone(), text }));
    }
    all
}

/// A program for another processor.
fn machine(start: &[u8], architecture: Option<&str>) -> Option<String> {
    let architecture = architecture?;
    let machine = start.get(ELF_MACHINE_AT..)?.first_chunk().copied().map(u16::from_le_bytes)?;
    let wanted = MACHINES.iter().find(|(name, _)| *name == architecture)?.1;
    if !start.starts_with(ELF) || machine == wanted {
        return None;
    }
    let built = MACHINES.iter().find(|(_, number)| *number == machine).map_or("another processor", |(name, _)| name);
    Some(format!("built for {built}, and the function runs on {architecture}"))
}

/// A file that Lambda's user may not read.
fn mode(file: &File) -> Option<String> {
    let permissions = file.permissions?;
    let wanted = if file.is_directory() { READ_BY_OTHERS | RUN_BY_OTHERS } else { READ_BY_OTHERS };
    let advised = if file.is_directory() || permissions & 0o100 != 0 { 0o755 } else { 0o644 };
    let unreadable = permissions & wanted != wanted && !file.is_link;
    unreadable.then(|| format!("mode {permissions:04o} lets nobody but its owner read it; make it {advised:04o}"))
}

fn name(file: &File) -> Option<String> {
    if file.name.contains('\\') {
        return Some("a backslash stays in the name and makes no folder; write / between folders".into());
    }
    None
}

/// A handler that is not where its runtime looks for it.
fn handler(package: &Package, files: &[File], layers: &[&Package], target: &Target<'_>) -> Option<Advice> {
    let Some(runtime) = target.runtime else { return of_any_runtime(package, files, layers, target.handler?) };
    // python3.13, nodejs22.x, provided.al2023
    let family = runtime.split(|letter: char| letter.is_ascii_digit() || letter == '.').next()?;
    if !FAMILIES.contains(&family) {
        let text = "Lambda has no such runtime, so nothing is said of the handler".into();
        return Some(Advice { about: runtime.to_owned(), text });
    }
    if family == "provided" {
        return bootstrap(files, layers);
    }
    let handler = target.handler?;
    if SHOWN.contains(&family) && !handler.contains('.') {
        return Some(Advice { about: handler.to_owned(), text: NO_FILE.into() });
    }
    let Looked { names, function } = Looked::up(family, handler)?;
    let advice = |text: String| Some(Advice { about: handler.to_owned(), text });
    let has = |files: &[File], name: &str| files.iter().any(|file| file.name == name);
    if let Some(name) = names.iter().find(|name| has(files, name)) {
        return if says(package, name, function) { None } else { advice(format!("{name} says nothing of {function}")) };
    }
    let folders: Vec<_> = LAYER_FOLDERS
        .iter()
        .filter(|(known, _)| *known == family)
        .map(|(_, folder)| folder.replace("{runtime}", runtime))
        .collect();
    let in_layer =
        |file: &File| folders.iter().any(|folder| names.iter().any(|name| file.name == format!("{folder}{name}")));
    if layers.iter().any(|layer| layer.files().iter().any(in_layer)) {
        return None;
    }
    if family == "python" && has_compiled(files, &names) {
        return None;
    }
    let (last, others) = names.split_last()?;
    let expected = if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) };
    advice(match folder_of(files, &names) {
        Some(folder) => {
            format!("there is no {expected}, but one in {folder}/; zip what is in that folder, not the folder")
        }
        None => format!("there is no {expected}"),
    })
}

/// A handler that no runtime would find that looks for it in a file; others may, where there is what they run.
fn of_any_runtime(package: &Package, files: &[File], layers: &[&Package], handler: &str) -> Option<Advice> {
    let run_by_others =
        |file: &File| file.name == "bootstrap" || [".jar", ".class", ".dll"].iter().any(|end| file.name.ends_with(end));
    if files.iter().any(run_by_others) || handler.contains("::") {
        return None;
    }
    if !handler.contains('.') {
        return Some(Advice { about: handler.to_owned(), text: NO_FILE.into() });
    }
    let of = |family| {
        let target = Target { handler: Some(handler), runtime: Some(family), architecture: None };
        self::handler(package, files, layers, &target)
    };
    let found: Option<Vec<_>> = SHOWN.into_iter().map(|family| Some((family, of(family)?))).collect();
    let texts: Vec<_> = found?.into_iter().map(|(family, advice)| format!("{family}: {}", advice.text)).collect();
    Some(Advice { about: handler.to_owned(), text: format!("no runtime finds it ({})", texts.join("; ")) })
}

/// Where a runtime looks for a handler.
struct Looked<'a> {
    /// The files, any of which will do.
    names: Vec<String>,
    /// What is called in it.
    function: &'a str,
}

impl<'a> Looked<'a> {
    /// `None` for runtimes whose handlers cannot be told from a zip.
    fn up(family: &str, handler: &'a str) -> Option<Self> {
        // The first dot after the last folder ends the file's name; in Python, the last dot ends the module's.
        let folder = handler.rfind('/').map_or(0, |at| at + 1);
        let dot = if family == "python" {
            handler.rfind('.')
        } else {
            handler.get(folder..)?.find('.').map(|at| at + folder)
        };
        let (module, rest) = handler.split_at_checked(dot?)?;
        let names: Vec<String> = match family {
            "python" => {
                let path = module.replace('.', "/");
                [".py", "/__init__.py", ".pyc"].iter().map(|suffix| format!("{path}{suffix}")).collect()
            }
            "nodejs" => [".js", ".mjs", ".cjs"].iter().map(|suffix| format!("{module}{suffix}")).collect(),
            "ruby" => vec![format!("{module}.rb")],
            _ => return None,
        };
        Some(Self { names, function: rest.rsplit('.').next().unwrap_or(rest) })
    }
}

/// Whether a source has this word; what is compiled, or takes over all that another module has, may have any.
fn says(package: &Package, name: &str, word: &str) -> bool {
    let source = package.read(name).unwrap_or_default();
    let has = |word: &str| source.windows(word.len().max(1)).any(|text| text == word.as_bytes());
    name.strip_suffix(".pyc").is_some() || has(word) || has("import *") || has("export *")
}

/// Whether there is a compiled module, as `app.cpython-313-x86_64-linux-gnu.so`.
fn has_compiled(files: &[File], names: &[String]) -> bool {
    let stems: Vec<_> = names.iter().filter_map(|name| name.strip_suffix("py")).collect();
    let compiled =
        |file: &File| file.name.strip_suffix(".so").is_some_and(|it| stems.iter().any(|stem| it.starts_with(stem)));
    files.iter().any(compiled)
}

/// The folder that has one of these files instead of the package's root.
fn folder_of(files: &[File], names: &[String]) -> Option<String> {
    let inside =
        |file: &File| names.iter().find_map(|name| Some(file.name.strip_suffix(name)?.strip_suffix('/')?.to_owned()));
    files.iter().filter_map(inside).find(|folder| !folder.starts_with(MACOS))
}

/// What a runtime of one's own is started by.
fn bootstrap(files: &[File], layers: &[&Package]) -> Option<Advice> {
    let advice = |text: &str| Some(Advice { about: "bootstrap".into(), text: text.to_owned() });
    let layered: Vec<File> = layers.iter().flat_map(|layer| layer.files()).collect();
    let Some(file) = files.iter().chain(&layered).find(|file| file.name == "bootstrap") else {
        return advice("there is none, and a provided runtime starts nothing else");
    };
    let runs = file.permissions.is_none_or(|mode| mode & RUN_BY_OTHERS != 0);
    if runs { None } else { advice("nobody may run it; make its mode 0755") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::{Limits, Mode, make_zip};

    fn package(files: &[(&str, &str)]) -> Package {
        let zip = make_zip(files.iter().map(|(name, contents)| (*name, *contents, Mode::File))).unwrap();
        Package::accept(zip.into(), &Limits::default()).unwrap()
    }

    fn advice(files: &[(&str, &str)], handler: &str, runtime: &str) -> Vec<String> {
        let target = Target { handler: Some(handler), runtime: Some(runtime), architecture: Some("x86_64") };
        advise(&package(files), &[], &target).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_handler_is_looked_for_where_its_runtime_does() {
        for (files, handler, runtime) in [
            (&[("app.py", "def handler(): ...")][..], "app.handler", "python3.13"),
            (&[("app/__init__.py", "from .x import handler")], "app.handler", "python3.13"),
            (&[("pkg/mod.py", "handler = 1")], "pkg.mod.handler", "python3.13"),
            (&[("pkg/mod.py", "handler = 1")], "pkg/mod.handler", "python3.13"),
            (&[("app.cpython-313-x86_64-linux-gnu.so", "")], "app.handler", "python3.13"),
            (&[("index.mjs", "export const handler = 1")], "index.handler", "nodejs22.x"),
            (&[("src/index.js", "exports.api.handler = 1")], "src/index.api.handler", "nodejs22.x"),
            (&[("app.rb", "def process")], "app.App.process", "ruby3.4"),
            (&[("app.py", "from impl import *")], "app.handler", "python3.13"),
            (&[("any.jar", "")], "com.example.Handler::handle", "java21"),
            (&[("any.dll", "")], "Assembly::Class::Method", "dotnet8"),
        ] {
            assert_eq!(advice(files, handler, runtime), [""; 0], "{handler}");
        }
    }

    #[test]
    fn a_handler_that_is_not_there_is_told_with_what_was_expected() {
        for (files, handler, runtime, expected) in [
            (
                &[("main.py", "")][..],
                "app.handler",
                "python3.13",
                "app.handler: there is no app.py, app/__init__.py or app.pyc",
            ),
            (
                &[("app.py", "def run(): ...")],
                "app.handler",
                "python3.13",
                "app.handler: app.py says nothing of handler",
            ),
            (
                &[("project/app.py", "handler")],
                "app.handler",
                "python3.13",
                "app.handler: there is no app.py, app/__init__.py or app.pyc, but one in project/; zip what is in that folder, \
                 not the folder",
            ),
            (
                &[("a.js", "")],
                "index.handler",
                "nodejs22.x",
                "index.handler: there is no index.js, index.mjs or index.cjs",
            ),
            (&[("a.rb", "")], "app.process", "ruby3.4", "app.process: there is no app.rb"),
            (
                &[("app.py", "")],
                "app",
                "python3.13",
                "app: a handler is a file and what is called in it, as app.handler",
            ),
            (
                &[("main", "")],
                "any",
                "provided.al2023",
                "bootstrap: there is none, and a provided runtime starts nothing else",
            ),
            (&[("bootstrap", "")], "any", "provided.al2023", "bootstrap: nobody may run it; make its mode 0755"),
        ] {
            assert_eq!(advice(files, handler, runtime), [expected]);
        }
    }

    #[test]
    fn a_layer_may_have_the_handler() {
        for folder in ["python", "python/lib/python3.13/site-packages"] {
            let layer = package(&[(&format!("{folder}/app.py"), "def handler(): ...")]);
            let target = Target { handler: Some("app.handler"), runtime: Some("python3.13"), ..Target::default() };
            assert_eq!(advise(&package(&[("data", "")]), &[&layer], &target), []);
        }
    }

    #[test]
    fn programs_for_another_processor_are_told() {
        for (machine, expected) in [
            ("\x3e\0", None),
            ("\u{b7}\0", Some("lib.so: built for arm64, and the function runs on x86_64")),
            ("\x28\0", Some("lib.so: built for another processor, and the function runs on x86_64")),
        ] {
            let mut program = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0".to_vec();
            program.extend(machine.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()));
            let zip = make_zip([("lib.so", program, Mode::File)]).unwrap();
            let package = Package::accept(zip.into(), &Limits::default()).unwrap();
            let target = Target { architecture: Some("x86_64"), ..Target::default() };
            let told: Vec<_> = advise(&package, &[], &target).iter().map(ToString::to_string).collect();
            assert_eq!(told, Vec::from_iter(expected));
        }
    }

    #[test]
    fn a_name_with_a_backslash_makes_no_folder() {
        assert_eq!(
            advice(&[("lib\\app.py", "handler")], "x", "java21"),
            ["lib\\app.py: a backslash stays in the name and makes no folder; write / between folders"]
        );
    }
}
