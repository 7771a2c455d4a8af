//! What is wrong with a text, and where.

use super::FORMAT;

/// What is wrong with the text of a state, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{reason}", .place, if .place.is_empty() { "" } else { ": " })]
pub struct Mistake {
    /// E.g. `Functions[3].Versions[1].Phase`; empty for the text itself.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

impl Mistake {
    /// A mistake at a place inside of what is being read.
    pub(super) fn at(place: &str, reason: impl Into<String>) -> Self {
        Self { place: place.to_owned(), reason: reason.into() }
    }

    /// A mistake of the very thing that is being read.
    pub(super) fn here(reason: impl Into<String>) -> Self {
        Self::at("", reason)
    }

    /// A text that this drylambda cannot read.
    pub(super) fn other_format(format: u32) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self::at("drylambda.state", format!("drylambda {version} reads format {FORMAT} and knows no format {format}"))
    }

    /// The same, where what was read is itself a part of something.
    pub(super) fn within(self, outer: &str) -> Self {
        let dot = if self.place.is_empty() || self.place.starts_with('[') { "" } else { "." };
        Self { place: format!("{outer}{dot}{}", self.place), reason: self.reason }
    }
}

impl From<serde_path_to_error::Error<serde_json::Error>> for Mistake {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let place = error.path().to_string();
        // A member whose name could not be read is a question mark, and the whole is a dot.
        let place = place.trim_end_matches('?').trim_end_matches('.');
        Self::at(place, error.inner().to_string())
    }
}
