//! Who may import whom, as a table; and where each outside crate is at home.
//!
//! The one idea to hold: a picture of an architecture that nothing checks becomes decoration. This test reads the
//! `crate::` paths of every source file and looks each pair up. Test modules may reach wherever they like.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Each layer and what it may import, from the bottom up. The longest name that fits a file counts: `operations` is
/// `operations/mod.rs`, where the rows are made; `operations::*` is every file beside it. `*` is anything.
const LAYERS: &[(&str, &[&str])] = &[
    // Values.
    ("arn", &[]),
    ("blob", &[]),
    ("clock", &[]),
    ("ids", &[]),
    ("patience", &[]),
    // Who calls, and what they may.
    ("iam", &["arn", "clock"]),
    // The API as data, and what may go wrong.
    ("model", &[]),
    ("error", &["iam", "model", "sigv4"]),
    ("protocol", &["blob", "clock", "error", "model"]),
    ("faults", &["arn", "error", "model", "protocol"]),
    // Packages, links to them, records, and where they are kept.
    ("package", &[]),
    ("images", &["arn", "package"]),
    ("signing", &["package"]),
    ("sigv4", &["clock", "package"]),
    ("layers", &[]),
    ("links", &["arn", "clock", "package"]),
    ("unpacked", &["ids", "package"]),
    ("state", &["arn", "blob", "clock", "ids", "package", "signing"]),
    ("store", &["arn", "blob", "clock", "ids", "state"]),
    // What is read of event sources.
    ("polling", &["clock", "state"]),
    // Where packages may come from.
    ("s3", &["arn", "clock", "iam", "ids", "sigv4"]),
    ("dump", &["arn", "clock", "iam", "images", "layers", "model", "package", "protocol", "s3", "signing", "state"]),
    ("sources", &["clock", "package", "patience", "s3", "sigv4"]),
    // Running what was deployed.
    ("logs", &["arn", "clock"]),
    ("invocation", &["arn", "clock", "ids", "logs", "package", "state", "unpacked"]),
    ("runner", &["arn", "clock", "ids", "invocation", "patience", "state", "unpacked"]),
    ("options", &["iam", "invocation", "sources", "state"]),
    // Requests to the URLs of functions.
    ("function_url", &["clock", "state"]),
    // Behaviour. It knows no HTTP, no JSON and no Python.
    (
        "operations::*",
        &[
            "arn",
            "blob",
            "clock",
            "error",
            "function_url",
            "iam",
            "ids",
            "images",
            "invocation",
            "layers",
            "links",
            "model",
            "options",
            "package",
            "signing",
            "sources",
            "state",
            "store",
        ],
    ),
    (
        "operations",
        &[
            "arn",
            "blob",
            "clock",
            "error",
            "iam",
            "ids",
            "images",
            "invocation",
            "layers",
            "links",
            "model",
            "options",
            "package",
            "protocol",
            "sources",
            "state",
            "store",
        ],
    ),
    ("journal", &["arn", "clock", "error", "iam", "ids", "model", "package", "protocol"]),
    // The emulator, and the ways in.
    (
        "lambda",
        &[
            "arn",
            "blob",
            "clock",
            "dump",
            "error",
            "faults",
            "function_url",
            "iam",
            "ids",
            "images",
            "invocation",
            "journal",
            "layers",
            "links",
            "model",
            "operations",
            "options",
            "package",
            "protocol",
            "s3",
            "signing",
            "sources",
            "state",
            "store",
        ],
    ),
    ("wire", &["arn", "error", "invocation", "lambda", "links", "model", "operations", "protocol", "sigv4"]),
    (
        "server",
        &[
            "arn",
            "clock",
            "error",
            "faults",
            "function_url",
            "ids",
            "journal",
            "lambda",
            "model",
            "package",
            "protocol",
            "s3",
            "sigv4",
            "wire",
        ],
    ),
    ("python", &["*"]),
    ("lib", &[]),
];

/// Crates that one layer is there to hide: nobody else names them.
const HOMES: &[(&str, &[&str])] = &[
    ("async_trait", &["s3"]),
    ("crc32fast", &["package", "protocol::event_stream"]),
    ("fancy_regex", &["arn", "protocol"]),
    ("fastrand", &["ids"]),
    ("flate2", &["package"]),
    ("http", &["s3"]),
    ("http_body_util", &["runner", "server"]),
    ("hyper", &["runner", "server"]),
    ("hyper_util", &["runner", "server"]),
    ("jiff", &["clock"]),
    ("percent_encoding", &["function_url::event", "protocol", "s3", "sigv4", "sources"]),
    ("pyo3", &["python"]),
    ("rustix", &["runner"]),
    ("s3s", &["s3"]),
    (
        "serde_json",
        &[
            "dump",
            "function_url",
            "iam::json",
            "journal",
            "operations::durable_execution::drive",
            "operations::environment",
            "operations::event_source::filter",
            "operations::invoke",
            "polling",
            "protocol",
            "python::polling",
            "s3",
            "server",
        ],
    ),
    ("serde_path_to_error", &["dump"]),
    ("sha2", &["package"]),
    ("tokio", &["runner", "server"]),
    ("ureq", &["sources"]),
    ("uuid", &["ids"]),
    ("zip", &["package"]),
];

/// One source file: its module path and its lines without comments, texts and test modules.
struct Source {
    path: PathBuf,
    module: String,
    lines: Vec<(usize, String)>,
}

#[test]
fn nobody_imports_what_is_above() {
    let mut found = String::new();
    for source in sources() {
        let Some((layer, allowed)) = layer_of(&source.module) else {
            let _ = writeln!(found, "{}: the table has no layer for it", source.path.display());
            continue;
        };
        let own = layer.split("::").next().unwrap_or(layer);
        for (line, target) in source.imports() {
            let inside = |name: &str| target == name || target.starts_with(&format!("{name}::"));
            if !inside(own) && !allowed.iter().any(|name| *name == "*" || inside(name)) {
                let _ = writeln!(found, "{}:{line}: {layer} may not import {target}", source.path.display());
            }
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

#[test]
fn every_outside_crate_stays_at_home() {
    let mut found = String::new();
    for source in sources() {
        for (line, text) in &source.lines {
            for (name, homes) in HOMES {
                let inside = |home: &str| source.module == home || source.module.starts_with(&format!("{home}::"));
                if names_crate(text, name) && !homes.iter().any(|home| inside(home)) {
                    let _ = writeln!(found, "{}:{line}: {name} is at home in {homes:?}", source.path.display());
                }
            }
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

#[test]
fn every_row_of_the_tables_is_about_something() {
    let sources = sources();
    for (layer, _) in LAYERS {
        let used = sources.iter().any(|source| layer_of(&source.module).is_some_and(|(name, _)| name == *layer));
        assert!(used, "no file is in the layer {layer}");
    }
    for (name, homes) in HOMES {
        let used = sources.iter().any(|source| source.lines.iter().any(|(_, text)| names_crate(text, name)));
        assert!(used, "no file uses {name}, at home in {homes:?}");
    }
}

#[test]
fn a_group_names_each_of_its_members() {
    let text = "use crate::{clock::Timestamp, state::{Key, Record}, wire};";
    assert_eq!(targets(text), ["clock::Timestamp", "state", "wire"]);
    assert_eq!(targets("let it = crate::model::OPERATIONS;"), ["model::OPERATIONS"]);
}

#[test]
fn comments_texts_and_test_modules_are_not_read() {
    let text = "//! [`x`](crate::wire)\nuse crate::arn; // crate::wire\nlet text = \"crate::wire\";\n\
                #[cfg(test)]\nmod tests {\n    use crate::wire;\n}\n#[cfg(test)]\nmod tests;\nuse crate::ids;\n";
    let lines = code_lines(text);
    let found: Vec<_> = lines.iter().flat_map(|(line, text)| targets(text).into_iter().map(|it| (*line, it))).collect();
    assert_eq!(found, [(2, "arn".to_owned()), (10, "ids".to_owned())]);
}

impl Source {
    /// The line and the target of each `crate::` path. A group may go on over several lines.
    fn imports(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut lines = self.lines.iter();
        while let Some((number, text)) = lines.next() {
            let mut text = text.clone();
            while text.contains("crate::{") && text.matches('{').count() > text.matches('}').count() {
                let Some((_, more)) = lines.next() else { break };
                text.push_str(more);
            }
            found.extend(targets(&text).into_iter().map(|target| (*number, target)));
        }
        found
    }
}

/// The layer of a module and what it may import.
fn layer_of(module: &str) -> Option<(&'static str, &'static [&'static str])> {
    let top = module.split("::").next().unwrap_or(module);
    let below = format!("{top}::*");
    let named = |name: &str| LAYERS.iter().find(|(layer, _)| *layer == name).copied();
    if module == top { named(top) } else { named(&below).or_else(|| named(top)) }
}

/// What each `crate::` path in a line names: the layer, and what follows it.
fn targets(text: &str) -> Vec<String> {
    let is_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let path = |text: &str| {
        let whole: String = text.trim_start().chars().take_while(|letter| is_path(*letter)).collect();
        whole.trim_end_matches(':').to_owned()
    };
    let mut found = Vec::new();
    for (_, rest) in text.match_indices("crate::").map(|(at, word)| text.split_at(at + word.len())) {
        let Some(group) = rest.strip_prefix('{') else {
            found.push(path(rest));
            continue;
        };
        let mut depth = 0_usize;
        let mut member = 0;
        for (at, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    found.push(path(group.get(member..at).unwrap_or_default()));
                    member = at + 1;
                    if letter == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    found.retain(|target| !target.is_empty());
    found
}

/// Whether a line has a path that begins with this crate.
fn names_crate(text: &str, name: &str) -> bool {
    text.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_' && letter != ':')
    })
}

/// Every file of `src` that is not a test.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of src") {
            let path = entry.expect("an entry of src").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            // Test modules in files of their own: `mod tests;` and the suite of the stores.
            if matches!(name, "tests" | "tests.rs" | "conformance.rs") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&root).expect("a path under src").with_extension("");
                let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                let module = parts.join("::");
                let module = module.strip_suffix("::mod").unwrap_or(&module).to_owned();
                let text = fs::read_to_string(&path).expect("a source file");
                found.push(Source { module, lines: code_lines(&text), path });
            }
        }
    }
    assert!(found.len() > 20, "src was not found");
    found.sort_by(|one, two| one.path.cmp(&two.path));
    found
}

/// The lines of a file by number, without comments, texts and what stands under `#[cfg(test)]`. The tree is formatted
/// by rustfmt, so the end of an inline module is the first closing brace that is indented as its beginning.
fn code_lines(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let indent = line.len() - line.trim_start().len();
            for (_, skipped) in lines.by_ref() {
                let own = skipped.len() - skipped.trim_start().len() == indent;
                if own && (skipped.ends_with('}') || skipped.ends_with(';')) {
                    break;
                }
            }
            continue;
        }
        let code = without_texts(line);
        let code = code.split("//").next().unwrap_or_default();
        if !code.trim().is_empty() {
            found.push((number + 1, code.to_owned()));
        }
    }
    found
}

/// A line without what stands in double quotes.
fn without_texts(line: &str) -> String {
    line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}
