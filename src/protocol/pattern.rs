//! The model's regular expressions as Rust's, compiled when first asked for.
//!
//! A pattern of the model means the whole text, may begin with its own `^` and hold a top-level `|`, and counts only
//! ASCII digits under `\d`. Five of them look around, which is why this is `fancy_regex`.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use fancy_regex::Regex;

/// Compiled patterns by the address of their text, which is a constant of the model.
static COMPILED: LazyLock<RwLock<HashMap<usize, Option<Arc<Regex>>>>> = LazyLock::new(RwLock::default);

/// Whether the whole of `text` matches `pattern`. A pattern that Rust cannot read accepts everything; a test of the
/// model says there is none.
#[must_use]
pub fn matches(pattern: &'static str, text: &str) -> bool {
    compiled(pattern).is_none_or(|regex| regex.is_match(text).unwrap_or(false))
}

fn compiled(pattern: &'static str) -> Option<Arc<Regex>> {
    let address = pattern.as_ptr().addr();
    if let Some(known) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(&address) {
        return known.clone();
    }
    let regex = compile(pattern).ok().map(Arc::new);
    COMPILED.write().unwrap_or_else(PoisonError::into_inner).insert(address, regex.clone());
    regex
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
