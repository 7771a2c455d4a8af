//! What is known of a call, by condition key.

/// Values by condition key. Keys are compared without regard to case, as IAM does; a key without values is not there.
#[derive(Debug, Clone, Default)]
pub struct Facts(Vec<(String, Vec<String>)>);

impl Facts {
    /// Adds a key with one value.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.push((key.into(), vec![value.into()]));
    }

    /// Adds a key with any number of values.
    pub fn set_all<T: Into<String>>(&mut self, key: impl Into<String>, values: impl IntoIterator<Item = T>) {
        let values: Vec<_> = values.into_iter().map(Into::into).collect();
        if !values.is_empty() {
            self.0.push((key.into(), values));
        }
    }

    /// The values of a key; none where it is not there.
    #[must_use]
    pub fn get(&self, key: &str) -> &[String] {
        self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map_or(&[], |(_, values)| values)
    }

    /// The value of a key that has exactly one.
    #[must_use]
    pub fn one(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            [value] => Some(value),
            _ => None,
        }
    }
}
