use serde_json::{Value, json};

use super::matches;

/// An event, patterns that it has, and patterns that it has not.
fn check(event: &Value, yes: &[Value], no: &[Value]) {
    for (patterns, wanted) in [(yes, true), (no, false)] {
        for pattern in patterns {
            assert_eq!(matches(pattern, event), wanted, "{pattern} of {event}");
        }
    }
}

#[test]
fn documented_examples_of_lambda_are_as_documented() {
    // "Filter rule syntax" of the Lambda developer guide, an event of DynamoDB, and its table of operators.
    let event = json!({
        "UserID": null, "LastName": "", "Name": "Alice", "Location": "New York", "Day": "Monday", "Price": 100,
        "Weather": "Clear", "ProductName": "Chair", "Region": "us-east-1", "FileName": "image.png", "Hidden": {"a": 1},
    });
    check(
        &event,
        &[
            json!({"UserID": [null]}),
            json!({"LastName": [""]}),
            json!({"Name": ["Alice"]}),
            json!({"Name": [{"equals-ignore-case": "alice"}]}),
            json!({"Location": ["New York"], "Day": ["Monday"]}),
            json!({"Location": ["New York", "Paris"]}),
            json!({"$or": [{"Location": ["Paris"]}, {"Day": ["Monday"]}]}),
            json!({"Weather": [{"anything-but": ["Raining"]}]}),
            json!({"Price": [{"numeric": ["=", 100]}]}),
            json!({"Price": [{"numeric": [">", 10, "<=", 100]}]}),
            json!({"ProductName": [{"exists": true}]}),
            json!({"Nothing": [{"exists": false}], "Hidden": {"b": [{"exists": false}]}}),
            json!({"Region": [{"prefix": "us-"}]}),
            json!({"FileName": [{"suffix": ".png"}]}),
        ],
        &[
            json!({"UserID": [""]}),
            json!({"LastName": [null]}),
            json!({"Name": ["alice"]}),
            json!({"Location": ["New York"], "Day": ["Friday"]}),
            json!({"$or": [{"Location": ["Paris"]}, {"Day": ["Friday"]}]}),
            json!({"Name": ["Alice"], "$or": [{"Location": ["Paris"]}, {"Day": ["Friday"]}]}),
            json!({"Weather": [{"anything-but": ["Clear"]}]}),
            json!({"Price": [{"numeric": ["=", 10]}]}),
            json!({"Price": ["100"]}),
            json!({"Price": [{"numeric": [">", 100, "<=", 200]}]}),
            json!({"ProductName": [{"exists": false}]}),
            json!({"Nothing": [{"exists": true}]}),
            // Only leaves are there.
            json!({"Hidden": [{"exists": true}]}),
            json!({"Region": [{"prefix": "eu-"}]}),
            json!({"FileName": [{"suffix": ".jpg"}]}),
            json!({"Nothing": [{"anything-but": ["a"]}]}),
        ],
    );
}

#[test]
fn documented_operators_of_eventbridge_are_as_documented() {
    let event = json!({
        "state": "initializing", "count": 5, "c": 7.0, "ip": "10.0.0.17", "six": "2001:db8::1", "path": "dir/a/b.png",
        "star": "a*b\\c", "service": "EventBridge", "ids": ["one", "two", ["three"]], "empty": [],
        "shops": [{"city": "Paris", "open": true}, {"city": "Rome", "open": false}],
    });
    check(
        &event,
        &[
            json!({"state": [{"anything-but": {"prefix": "stop"}}]}),
            json!({"state": [{"anything-but": {"prefix": ["stop", "term"]}}]}),
            json!({"state": [{"anything-but": {"suffix": "ed"}}]}),
            json!({"state": [{"anything-but": {"equals-ignore-case": ["RUNNING", "stopped"]}}]}),
            json!({"path": [{"anything-but": {"wildcard": "*/lib/*"}}]}),
            json!({"count": [{"anything-but": 6}], "c": [{"anything-but": [1, 2]}]}),
            json!({"c": [{"numeric": [">", 0, "<", 8]}], "count": [5.0, "five"]}),
            json!({"count": [{"numeric": ["!=", 6]}]}),
            json!({"ip": [{"cidr": "10.0.0.0/24"}], "six": [{"cidr": "2001:db8::/32"}]}),
            json!({"ip": [{"cidr": "0.0.0.0/0"}]}),
            json!({"path": [{"wildcard": "dir/*.png"}]}),
            json!({"path": [{"wildcard": "*a*b*"}]}),
            json!({"path": [{"wildcard": "dir/a/b.png*"}]}),
            json!({"star": [{"wildcard": "a\\*b\\\\*"}]}),
            json!({"service": [{"prefix": {"equals-ignore-case": "EVENTB"}}]}),
            json!({"service": [{"suffix": {"equals-ignore-case": "bRIDGE"}}]}),
            json!({"ids": ["three"]}),
            json!({"ids": ["four", {"prefix": "tw"}]}),
            json!({"empty": [{"exists": false}]}),
            json!({"shops": {"city": ["Rome"], "open": [false]}}),
            json!({"state": [{"exists": false}, "initializing"]}),
        ],
        &[
            json!({"state": [{"anything-but": {"prefix": "init"}}]}),
            json!({"state": [{"anything-but": {"prefix": ["stop", "init"]}}]}),
            json!({"state": [{"anything-but": {"equals-ignore-case": "INITIALIZING"}}]}),
            json!({"path": [{"anything-but": {"wildcard": "*/a/*"}}]}),
            json!({"count": [{"anything-but": [5]}]}),
            json!({"count": [{"numeric": [">", "0"]}]}),
            json!({"state": [{"numeric": [">", 0]}]}),
            json!({"ip": [{"cidr": "10.0.1.0/24"}]}),
            json!({"ip": [{"cidr": "2001:db8::/32"}]}),
            json!({"ip": [{"cidr": "10.0.0.0/33"}]}),
            json!({"ip": [{"cidr": "10.0.0.17"}]}),
            json!({"path": [{"wildcard": "dir/*.jpg"}]}),
            json!({"path": [{"wildcard": "a/*"}]}),
            json!({"star": [{"wildcard": "a\\*c*"}]}),
            json!({"ids": ["four"]}),
            // Of one element, and not some of each.
            json!({"shops": {"city": ["Rome"], "open": [true]}}),
            json!({"shops": {"state": {"deep": ["x"]}}}),
        ],
    );
}

#[test]
fn what_is_no_pattern_matches_nothing() {
    let event = json!({"a": "b"});
    let none = [json!([]), json!("a"), json!({"a": "b"}), json!({"a": [{"like": "b"}]}), json!({"a": [{}]})];
    check(&event, &[], &none);
}
