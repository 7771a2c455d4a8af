use std::collections::HashSet;

use super::*;

/// Every shape that can be met from the operations and the exceptions.
pub(crate) fn reachable() -> Vec<&'static Shape> {
    let roots = OPERATIONS.iter().flat_map(|operation| [Some(operation.input), operation.output]).flatten();
    let mut waiting: Vec<&'static Shape> = roots.chain(EXCEPTIONS.iter().copied()).collect();
    let mut names = HashSet::new();
    let mut found = Vec::new();
    while let Some(shape) = waiting.pop() {
        if !names.insert(shape.name) {
            continue;
        }
        found.push(shape);
        match &shape.kind {
            Kind::Structure(structure) => waiting.extend(structure.members.iter().map(|member| member.shape)),
            Kind::List { member, .. } => waiting.push(member),
            Kind::Map { key, value, .. } => waiting.extend([key, value]),
            _ => {}
        }
    }
    found
}

fn labels(path: &str) -> HashSet<&str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect()
}

/// A path with its labels made nameless: what a router can see of it.
fn form(path: &str) -> Vec<&str> {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect()
}

#[test]
fn the_whole_api_is_in_the_table_and_can_be_reached() {
    assert_eq!((OPERATIONS.len(), EXCEPTIONS.len(), reachable().len()), (91, 58, 612));
    assert_eq!(API_VERSION, "2015-03-31");
}

#[test]
fn operations_are_sorted_and_found_by_either_name_once() {
    assert!(OPERATIONS.is_sorted_by(|left, right| left.name < right.name));
    assert!(EXCEPTIONS.is_sorted_by(|left, right| left.name < right.name));
    let python_names: HashSet<_> = OPERATIONS.iter().map(|operation| operation.python_name).collect();
    assert_eq!(python_names.len(), OPERATIONS.len());
    for found in OPERATIONS {
        assert!(operation(found.name).is_some_and(|operation| std::ptr::eq(operation, *found)), "{}", found.name);
    }
    assert!(operation("updateFunctionCode").is_none());
}

#[test]
fn method_path_and_literal_query_tell_every_operation_apart() {
    let routes: HashSet<_> =
        OPERATIONS.iter().map(|operation| (operation.method, form(operation.path), operation.query)).collect();
    assert_eq!(routes.len(), OPERATIONS.len());
    let literals: Vec<_> = OPERATIONS.iter().filter_map(|operation| Some((operation.name, operation.query?))).collect();
    let expected =
        [("GetLayerVersionByArn", ("find", "LayerVersion")), ("ListProvisionedConcurrencyConfigs", ("List", "ALL"))];
    assert_eq!(literals, expected);
}

#[test]
fn labels_of_the_path_are_the_required_label_members() {
    for operation in OPERATIONS {
        assert!(!operation.path.contains(['?', '+']), "{}", operation.name);
        let mut members = HashSet::new();
        for member in operation.input.members() {
            if let Place::Label(name) = member.place {
                assert!(member.required, "{}.{}", operation.name, member.name);
                members.insert(name);
            }
        }
        assert_eq!(members, labels(operation.path), "{}", operation.name);
    }
}

#[test]
fn requests_have_no_status_and_answers_no_label_or_query() {
    for operation in OPERATIONS {
        assert!((200..300).contains(&operation.status), "{}", operation.name);
        assert!(operation.input.members().iter().all(|member| member.place != Place::Status), "{}", operation.name);
        let answer = operation.output.map_or(&[][..], Shape::members);
        let misplaced = answer.iter().find(|member| matches!(member.place, Place::Label(_) | Place::Query(_)));
        assert!(misplaced.is_none(), "{}", operation.name);
    }
}

#[test]
fn errors_of_operations_are_exceptions_with_a_status_and_a_text() {
    for error in OPERATIONS.iter().flat_map(|operation| operation.errors) {
        assert!(EXCEPTIONS.iter().any(|known| std::ptr::eq(*known, *error)), "{}", error.name);
    }
    for shape in EXCEPTIONS {
        let exception = shape.exception().unwrap();
        assert_eq!(exception.code, shape.name);
        assert!((400..600).contains(&exception.status), "{}", shape.name);
        assert!(matches!(exception.message_key, "message" | "Message"), "{}", shape.name);
        assert!(shape.member(exception.message_key).is_some(), "{}", shape.name);
    }
}

#[test]
fn members_are_unique_and_payloads_are_members_in_the_body() {
    for shape in reachable() {
        let names: HashSet<_> = shape.members().iter().map(|member| member.name).collect();
        assert_eq!(names.len(), shape.members().len(), "{}", shape.name);
        if let Kind::Structure(Structure { payload: Some(payload), .. }) = shape.kind {
            assert_eq!(shape.member(payload).unwrap().place, Place::Body, "{}", shape.name);
            let in_body = shape.members().iter().filter(|member| member.place == Place::Body).count();
            assert_eq!(in_body, 1, "{}: nothing else can be in a body that is one member", shape.name);
        }
    }
}

#[test]
fn limits_are_in_order_and_keys_are_text() {
    let in_order = |min: Option<u64>, max: Option<u64>| min.is_none_or(|min| max.is_none_or(|max| min <= max));
    for shape in reachable() {
        let fine = match &shape.kind {
            Kind::String { min, max, .. } | Kind::Blob { min, max, .. } | Kind::List { min, max, .. } => {
                in_order(*min, *max)
            }
            Kind::Map { key, min, max, .. } => in_order(*min, *max) && matches!(key.kind, Kind::String { .. }),
            Kind::Integer { min, max, .. } => min.is_none_or(|min| max.is_none_or(|max| min <= max)),
            Kind::Double { min, max, .. } => min.is_none_or(|min| max.is_none_or(|max| min <= max)),
            Kind::Structure(_) | Kind::Boolean | Kind::Timestamp => true,
        };
        assert!(fine, "{}", shape.name);
    }
}

#[test]
fn paginators_name_members_that_exist() {
    for operation in OPERATIONS {
        if let Some(paginator) = operation.paginator {
            let output = operation.output.unwrap();
            assert!(operation.input.member(paginator.input_token).is_some(), "{}", operation.name);
            assert!(operation.input.member(paginator.limit).is_some(), "{}", operation.name);
            assert!(output.member(paginator.output_token).is_some(), "{}", operation.name);
            let result = output.member(paginator.result).unwrap();
            assert!(matches!(result.shape.kind, Kind::List { .. }), "{}", operation.name);
        }
    }
}

#[test]
fn waiters_look_at_members_and_values_that_exist() {
    for waiter in WAITERS {
        let polled = operation(waiter.operation).unwrap();
        assert!(waiter.delay > 0 && waiter.max_attempts > 0, "{}", waiter.python_name);
        for acceptor in waiter.acceptors {
            assert!(matches!(acceptor.state, "success" | "retry" | "failure"), "{}", waiter.python_name);
            match acceptor.matches {
                Matches::Path(path, expected) => {
                    let shape =
                        path.split('.').fold(polled.output.unwrap(), |shape, name| shape.member(name).unwrap().shape);
                    assert!(matches!(shape.kind, Kind::String { values, .. } if values.contains(&expected)), "{path}");
                }
                Matches::Error(code) => assert!(polled.errors.iter().any(|error| error.name == code), "{code}"),
                Matches::AnyError(_) | Matches::Status(_) => {}
            }
        }
    }
}

#[test]
fn a_deletion_answers_204_although_the_model_says_200() {
    assert_eq!(DELETE_FUNCTION.status, 204);
}
