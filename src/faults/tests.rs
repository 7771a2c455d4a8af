use std::time::Duration;

use super::*;
use crate::model;

fn rule(times: Option<u32>) -> Arc<Rule> {
    let effect = refusal(Some(&model::GET_FUNCTION), "ServiceException", None, false).unwrap();
    Arc::new(Rule::new(Some(&model::GET_FUNCTION), Members::new(), times, effect))
}

fn input(name: &str) -> Document {
    Document::Structure(vec![("FunctionName", Document::String(name.into()))])
}

#[test]
fn a_rule_meets_as_many_calls_as_it_is_for_also_at_the_same_time() {
    let faults = Faults::default();
    faults.add(rule(Some(100)));
    let met: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let calls = || (0..50).filter(|_| faults.meet(&model::GET_FUNCTION, &input("fn")).is_some()).count();
                scope.spawn(calls)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(met, 100);
    assert!(faults.end().is_empty());
}

#[test]
fn without_rules_nothing_is_asked() {
    let faults = Faults::default();
    assert!(faults.is_idle() && faults.meet(&model::GET_FUNCTION, &input("fn")).is_none());
    let one = rule(None);
    faults.add(Arc::clone(&one));
    assert!(!faults.is_idle());
    faults.remove(&one);
    assert!(faults.is_idle());
}

#[test]
fn nothing_is_asked_of_rules_that_are_used_up() {
    let faults = Faults::default();
    faults.add(rule(Some(1)));
    faults.add(rule(Some(2)));
    let meet = || faults.meet(&model::GET_FUNCTION, &input("fn")).is_some();
    assert!(meet() && meet() && !faults.is_idle());
    assert!(meet() && faults.is_idle() && !meet());
    assert_eq!(faults.all().len(), 2);
    faults.add(rule(None));
    assert!(meet() && !faults.is_idle());
}

#[test]
fn a_rule_that_met_too_few_calls_is_told_once() {
    let faults = Faults::default();
    faults.add(rule(Some(2)));
    assert!(faults.meet(&model::GET_FUNCTION, &input("fn")).is_some());
    let told: Vec<_> = faults.end().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["GetFunction: ServiceException, met 1 of 2 calls"]);
    assert!(faults.end().is_empty());
}

#[test]
fn a_qualifier_and_a_region_count_where_they_are_wanted() {
    let holds = |wanted: &str, found: &str| {
        holds("FunctionName", &Document::String(wanted.into()), Some(&Document::String(found.into())))
    };
    let (here, there) =
        ("arn:aws:lambda:eu-west-1:123456789012:function:fn", "arn:aws:lambda:us-east-1:123456789012:function:fn");
    assert!(holds("fn", here) && holds(here, "fn") && holds("fn", "fn:live"));
    assert!(!holds(here, there) && !holds("fn:live", "fn") && !holds("fn", "other") && !holds("fn", "???"));
}

#[test]
fn a_gate_is_open_for_those_who_come_after_its_release() {
    let gate = Gate::new(Duration::ZERO, || false);
    assert_eq!(gate.pass(), Err(Error::NotReleased { seconds: 0 }));
    gate.release();
    assert_eq!(gate.pass(), Ok(()));
}

#[test]
fn who_is_to_wait_no_longer_does_not() {
    let gate = Gate::new(Duration::from_secs(50), || true);
    assert_eq!(gate.pass(), Err(Error::NotReleased { seconds: 50 }));
}
