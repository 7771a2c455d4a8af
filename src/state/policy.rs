//! A policy of a resource: who else may do what with it (facts 11 and 16).
//!
//! The one idea to hold: AWS gives policies out as text, and so are they kept: each statement is one JSON object,
//! compact, in the order of its members.

/// The largest policy in bytes of its text, with which AWS answers `PolicyLengthExceededException`.
pub const MOST_BYTES: usize = 20_480;

/// What a policy begins with that permissions are added to.
const HEAD: &str = r#""Version":"2012-10-17","Id":"default","#;

/// The policy of one resource; it has a statement at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its own revision, which is not the resource's (facts 3.2).
    pub revision_id: String,
    /// What stands before the statements, as JSON: `Version` and `Id`, unless whoever wrote the policy gave it none.
    pub head: String,
    /// In the order in which they were added.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its id; empty where whoever wrote the policy gave it none.
    pub sid: String,
    /// All of it, as JSON.
    pub json: String,
}

impl Policy {
    /// Whether a statement has this id.
    #[must_use]
    pub fn has(&self, sid: &str) -> bool {
        self.statements.iter().any(|statement| statement.sid == sid)
    }

    /// A policy of these statements, as AWS begins it when a permission is added.
    #[must_use]
    pub fn new(revision_id: String, statements: Vec<Statement>) -> Self {
        Self { revision_id, head: HEAD.to_owned(), statements }
    }

    /// The policy as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let statements: Vec<_> = self.statements.iter().map(|statement| statement.json.as_str()).collect();
        format!(r#"{{{}"Statement":[{}]}}"#, self.head, statements.join(","))
    }
}
