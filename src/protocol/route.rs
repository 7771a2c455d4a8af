//! Method, path and query to an operation.

use std::sync::LazyLock;

use crate::model::{OPERATIONS, Operation};

/// The operation that answers this request, with the raw (still percent-encoded) label values of its path in the
/// order of the template. A slash at the end of the path counts for nothing, as some SDKs send one.
#[must_use]
pub fn find<'p>(method: &str, path: &'p str, query: &str) -> Option<(&'static Operation, Vec<&'p str>)> {
    static ROUTES: LazyLock<Node> = LazyLock::new(routes);
    let mut labels = Vec::new();
    let node = ROUTES.walk(segments(path), &mut labels)?;
    let here = node.operations.iter().filter(|operation| operation.method == method);
    let asked = |(key, value): (&str, &str)| query.split('&').any(|pair| pair.split_once('=') == Some((key, value)));
    // An operation with a query literal comes before the one without.
    let mut plain = None;
    for operation in here {
        match operation.query {
            None => plain = Some(*operation),
            Some(literal) if asked(literal) => return Some((operation, labels)),
            Some(_) => {}
        }
    }
    plain.map(|operation| (operation, labels))
}

/// What may follow one segment of a path. A tree, so that a request looks at its own path only.
#[derive(Default)]
struct Node {
    literals: Vec<(&'static str, Self)>,
    label: Option<Box<Self>>,
    operations: Vec<&'static Operation>,
}

fn segments(path: &str) -> impl Iterator<Item = &str> + Clone {
    path.strip_suffix('/').unwrap_or(path).split('/')
}

fn routes() -> Node {
    let mut root = Node::default();
    for operation in OPERATIONS {
        let mut node = &mut root;
        for segment in segments(operation.path) {
            node = node.child(segment);
        }
        node.operations.push(operation);
    }
    root
}

impl Node {
    /// The node for a segment of a template, made if it is not there.
    fn child(&mut self, segment: &'static str) -> &mut Self {
        if segment.starts_with('{') {
            return self.label.get_or_insert_default();
        }
        let known = self.literals.iter().position(|(literal, _)| *literal == segment);
        let index = known.unwrap_or_else(|| {
            self.literals.push((segment, Self::default()));
            self.literals.len() - 1
        });
        &mut self.literals[index].1
    }

    /// The node at the end of a path; a literal comes before a label, and no label is empty.
    fn walk<'p>(&self, mut path: impl Iterator<Item = &'p str> + Clone, labels: &mut Vec<&'p str>) -> Option<&Self> {
        let Some(segment) = path.next() else { return Some(self) };
        let literal = self.literals.iter().find(|(literal, _)| *literal == segment);
        let found = literal.and_then(|(_, node)| node.walk(path.clone(), labels));
        if found.is_some_and(|node| !node.operations.is_empty()) {
            return found;
        }
        let node = self.label.as_ref().filter(|_| !segment.is_empty())?;
        let before = labels.len();
        labels.push(segment);
        let found = node.walk(path, labels);
        if found.is_none() {
            labels.truncate(before);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: &str, path: &str, query: &str) -> Option<(&'static str, Vec<String>)> {
        let (operation, labels) = find(method, path, query)?;
        Some((operation.name, labels.into_iter().map(str::to_owned).collect()))
    }

    #[test]
    fn labels_come_raw_and_in_order() {
        assert_eq!(
            route("PUT", "/2015-03-31/functions/arn%3Aaws%3Alambda/aliases/prod", ""),
            Some(("UpdateAlias", vec!["arn%3Aaws%3Alambda".into(), "prod".into()]))
        );
    }

    #[test]
    fn a_query_literal_tells_two_operations_on_one_path_apart() {
        let path = "/2018-10-31/layers";
        assert_eq!(route("GET", path, "").map(|it| it.0), Some("ListLayers"));
        assert_eq!(route("GET", path, "Arn=x&find=LayerVersion").map(|it| it.0), Some("GetLayerVersionByArn"));
        let path = "/2019-09-30/functions/fn/provisioned-concurrency";
        assert_eq!(route("GET", path, "List=ALL").map(|it| it.0), Some("ListProvisionedConcurrencyConfigs"));
        assert_eq!(route("GET", path, "Qualifier=1").map(|it| it.0), Some("GetProvisionedConcurrencyConfig"));
    }

    #[test]
    fn a_slash_at_the_end_counts_for_nothing() {
        assert_eq!(route("GET", "/2015-03-31/functions/", "").map(|it| it.0), Some("ListFunctions"));
    }

    #[test]
    fn other_requests_have_no_operation() {
        for (method, path) in [("PATCH", "/2015-03-31/functions"), ("GET", "/2015-03-31/function"), ("GET", "/")] {
            assert_eq!(route(method, path, ""), None, "{method} {path}");
        }
    }

    #[test]
    fn every_operation_is_found_by_its_own_template() {
        for operation in OPERATIONS {
            let path = operation.path.replace(['{', '}'], "x");
            let query = operation.query.map(|(key, value)| format!("{key}={value}")).unwrap_or_default();
            assert_eq!(route(operation.method, &path, &query).map(|it| it.0), Some(operation.name));
        }
    }
}
