//! The model's regular expressions as Rust's, compiled when first asked for.
//!
//! A pattern of the model means the whole text, may begin with its own `^` and hold a top-level `|`, and counts only
//! ASCII digits under `\d`. Five of them look around, which is why this is `fancy_regex`.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock};

use fancy_regex::Regex;

/// Longer texts are not remembered.
const REMEMBERED_BYTES: usize = 256;

/// Compiled patterns by the address and length of their text, which is a constant of the model.
static COMPILED: LazyLock<RwLock<Patterns>> = LazyLock::new(RwLock::default);

type Patterns = HashMap<(usize, usize), Arc<Pattern>>;

/// A compiled pattern, and the last text that matched it: a test names the same function again and again.
struct Pattern {
    regex: Option<Regex>,
    last_match: Mutex<String>,
}

/// Whether the whole of `text` matches `pattern`. A pattern that Rust cannot read accepts everything; a test of the
/// model says there is none.
#[must_use]
pub fn matches(pattern: &'static str, text: &str) -> bool {
    let compiled = compiled(pattern);
    let Some(regex) = &compiled.regex else { return true };
    if !text.is_empty() && *compiled.last_match() == text {
        return true;
    }
    let matches = regex.is_match(text).unwrap_or(false);
    if matches && text.len() <= REMEMBERED_BYTES {
        text.clone_into(&mut compiled.last_match());
    }
    matches
}

impl Pattern {
    fn last_match(&self) -> MutexGuard<'_, String> {
        self.last_match.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn compiled(pattern: &'static str) -> Arc<Pattern> {
    let address = (pattern.as_ptr().addr(), pattern.len());
    if let Some(known) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(&address) {
        return Arc::clone(known);
    }
    let made = Arc::new(Pattern { regex: compile(pattern).ok(), last_match: Mutex::default() });
    COMPILED.write().unwrap_or_else(PoisonError::into_inner).insert(address, Arc::clone(&made));
    made
}

fn compile(pattern: &str) -> Result<Regex, Box<fancy_regex::Error>> {
    Regex::new(&format!(r"\A(?:{})\z", ascii_digits(pattern))).map_err(Box::new)
}

/// `\d` as `[0-9]`, and `-` after a range inside a class escaped, as in `[a-zA-Z0-9-_]`.
fn ascii_digits(pattern: &str) -> String {
    pattern.replace(r"\d", "[0-9]").replace("0-9-_", r"0-9\-_").replace("0-9-.", r"0-9\-.").replace("a-z-:", r"a-z\-:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, tests::reachable};

    #[test]
    fn every_pattern_of_the_model_compiles() {
        let mut seen = 0;
        for shape in reachable() {
            if let Kind::String { pattern: Some(pattern), .. } = &shape.kind {
                assert!(compile(pattern).is_ok(), "{}: {pattern}: {:?}", shape.name, compile(pattern).err());
                seen += 1;
            }
        }
        assert!(seen > 80, "{seen}");
    }

    #[test]
    fn a_pattern_means_the_whole_text_and_ascii_digits() {
        assert!(matches(r"\d{12}", "123456789012"));
        assert!(!matches(r"\d{12}", "1234567890123"));
        assert!(!matches(r"\d{12}", "١٢٣٤٥٦٧٨٩٠١٢"));
        assert!(matches(r"a|b", "b"));
        assert!(!matches(r"a|b", "ab"));
        assert!(!matches(r"[0-9A-Za-z\.\-_]*(?<!\.)", "bucket."));
    }
}
