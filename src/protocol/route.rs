//! Method, path and query to an operation.

use crate::model::{OPERATIONS, Operation};

/// The operation that answers this request, with the raw (still percent-encoded) label values of its path in the
/// order of the template. A slash at the end of the path counts for nothing, as some SDKs send one.
#[must_use]
pub fn find<'p>(method: &str, path: &'p str, query: &str) -> Option<(&'static Operation, Vec<&'p str>)> {
    let mut plain = None;
    for operation in OPERATIONS {
        if operation.method != method {
            continue;
        }
        let Some(labels) = labels(operation.path, path) else { continue };
        match operation.query {
            None => plain = plain.or(Some((*operation, labels))),
            Some((key, value)) => {
                if query.split('&').any(|pair| pair.split_once('=') == Some((key, value))) {
                    return Some((operation, labels));
                }
            }
        }
    }
    plain
}

/// The values of the template's labels, if the path has the template's form.
fn labels<'p>(template: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let template = template.strip_suffix('/').unwrap_or(template);
    let mut segments = path.split('/');
    let mut labels = Vec::new();
    for expected in template.split('/') {
        let segment = segments.next()?;
        if expected.starts_with('{') {
            if segment.is_empty() {
                return None;
            }
            labels.push(segment);
        } else if expected != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(labels)
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
