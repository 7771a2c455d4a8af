//! The engine, as tables: what a policy says of a call, operator by operator.

mod mistakes;

use std::sync::Arc;

use super::{Caller, Facts, Iam, ResourcePolicy};

const FN: &str = "arn:aws:lambda:us-east-1:123456789012:function:fn";
const UPDATE: &str = "lambda:UpdateFunctionCode";

/// What these policies (as [`Iam::read`] reads them) say: `allowed`, `denied` by a statement, or `not allowed`.
fn verdict(policies: &str, action: &str, resource: &str, facts: &Facts) -> &'static str {
    let iam = Iam::read(policies).unwrap_or_else(|mistake| panic!("{policies}: {mistake}"));
    outcome(&iam.caller(None, &Arc::from("123456789012")), action, resource, facts)
}

fn outcome(caller: &Caller, action: &str, resource: &str, facts: &Facts) -> &'static str {
    match caller.check(action, resource, "aws", facts) {
        Ok(()) => "allowed",
        Err(denied) if denied.to_string().ends_with("with an explicit deny in an identity-based policy") => "denied",
        Err(denied) => {
            let end = format!("because no identity-based policy allows the {action} action");
            assert!(denied.to_string().ends_with(&end), "{denied}");
            "not allowed"
        }
    }
}

/// A policy of 2012 with one statement, which has these members beside its effect.
fn statement(effect: &str, members: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", {members}}}}}"#)
}

#[test]
fn an_action_is_compared_without_regard_to_case_and_with_wildcards() {
    for (members, allowed) in [
        (r#""Action": "lambda:UpdateFunctionCode""#, true),
        (r#""Action": "LAMBDA:updatefunctioncode""#, true),
        (r#""Action": "lambda:*""#, true),
        (r#""Action": "*""#, true),
        (r#""Action": "lambda:Update*""#, true),
        (r#""Action": "lambda:*Code""#, true),
        (r#""Action": "lambda:U*F*C*""#, true),
        (r#""Action": "lambda:UpdateFunctionCod?""#, true),
        (r#""Action": ["lambda:GetFunction", "lambda:UpdateFunctionCode"]"#, true),
        (r#""Action": "lambda:UpdateFunctionCode?""#, false),
        (r#""Action": "lambda:UpdateFunction""#, false),
        (r#""Action": "lambda:Get*""#, false),
        (r#""Action": "s3:*""#, false),
        (r#""Action": "lambda:*Config*Code""#, false),
        (r#""NotAction": "lambda:Get*""#, true),
        (r#""NotAction": ["s3:*", "iam:*"]"#, true),
        (r#""NotAction": "lambda:UPDATE*""#, false),
        (r#""NotAction": "*""#, false),
        (r#""Action": "*:*""#, true),
        (r#""Action": "*:Update*""#, true),
        (r#""Action": "*:Get*""#, false),
    ] {
        let policy = statement("Allow", &format!(r#"{members}, "Resource": "*""#));
        let expected = if allowed { "allowed" } else { "not allowed" };
        assert_eq!(verdict(&policy, UPDATE, FN, &Facts::default()), expected, "{members}");
    }
}

#[test]
fn a_resource_is_compared_part_by_part_with_regard_to_case() {
    for (members, arn, allowed) in [
        (r#""Resource": "*""#, FN, true),
        (r#""Resource": "*""#, "*", true),
        (r#""Resource": "arn:aws:lambda:us-east-1:123456789012:function:fn""#, FN, true),
        (r#""Resource": "arn:aws:lambda:us-east-1:123456789012:function:*""#, FN, true),
        (r#""Resource": "arn:aws:lambda:us-east-1:123456789012:*""#, FN, true),
        (r#""Resource": "arn:aws:lambda:*:*:function:f?""#, FN, true),
        (r#""Resource": "arn:*:lambda:us-*-1:*:*""#, FN, true),
        (r#""Resource": ["arn:aws:s3:::bucket/*", "arn:aws:lambda:*:*:function:fn"]"#, FN, true),
        (r#""Resource": "arn:aws:lambda:us-east-1:123456789012:function:FN""#, FN, false),
        (r#""Resource": "arn:aws:lambda:us-east-1:123456789012:function:fn:*""#, FN, false),
        (r#""Resource": "arn:aws:lambda:us-east-1:123456789012:function:fn:*""#, &format!("{FN}:prod"), true),
        (r#""Resource": "arn:aws:lambda:us-east-1:123456789012:function:fn""#, &format!("{FN}:prod"), false),
        (r#""Resource": "arn:aws:lambda:us-east-1:123456789012:function:fn*""#, &format!("{FN}:prod"), true),
        // A star stays in its part, and a call on no resource is only covered by `*`.
        (r#""Resource": "arn:aws:lambda:*:function:fn""#, FN, false),
        (r#""Resource": "arn:aws:lambda:*:*:function:*""#, "*", false),
        (r#""Resource": "arn:*:lambda:*:*:*""#, "*", false),
        (r#""NotResource": "arn:aws:lambda:*:*:function:other""#, FN, true),
        (r#""NotResource": ["arn:aws:s3:::*", "arn:aws:lambda:*:*:function:fn"]"#, FN, false),
        (r#""NotResource": "*""#, FN, false),
        // Variables, and what is special in them.
        (r#""Resource": "arn:aws:lambda:*:${aws:PrincipalAccount}:function:*""#, FN, true),
        (
            r#""Resource": "arn:aws:lambda:*:*:function:${aws:username}-*""#,
            "arn:aws:lambda:r:1:function:drylambda-x",
            true,
        ),
        (
            r#""Resource": "arn:aws:lambda:*:*:function:${AWS:UserName}-*""#,
            "arn:aws:lambda:r:1:function:drylambda-x",
            true,
        ),
        (r#""Resource": "arn:aws:lambda:*:*:function:${aws:username}-*""#, FN, false),
        (r#""Resource": "arn:aws:lambda:*:*:function:${aws:PrincipalTag/team}*""#, FN, false),
        (r#""Resource": "arn:aws:lambda:*:*:function:${aws:PrincipalTag/team, 'f'}*""#, FN, true),
        (r#""Resource": "arn:aws:s3:::bucket/${*}${?}${$}""#, "arn:aws:s3:::bucket/*?$", true),
        (r#""Resource": "arn:aws:s3:::bucket/${*}""#, "arn:aws:s3:::bucket/key", false),
        (r#""Resource": "arn:aws:s3:::bucket/${?}""#, "arn:aws:s3:::bucket/k", false),
    ] {
        let policy = statement("Allow", &format!(r#""Action": "*", {members}"#));
        let expected = if allowed { "allowed" } else { "not allowed" };
        assert_eq!(verdict(&policy, UPDATE, arn, &Facts::default()), expected, "{members} {arn}");
    }
}

#[test]
fn a_star_in_the_value_of_a_variable_is_no_wildcard() {
    let policy = statement("Allow", r#""Action": "*", "Resource": "arn:aws:s3:::bucket/${saml:sub}/*""#);
    let mut facts = Facts::default();
    facts.set("saml:sub", "*");
    assert_eq!(verdict(&policy, "s3:GetObject", "arn:aws:s3:::bucket/*/key", &facts), "allowed");
    assert_eq!(verdict(&policy, "s3:GetObject", "arn:aws:s3:::bucket/ann/key", &facts), "not allowed");
}

#[test]
fn only_policies_of_2012_have_variables() {
    let resource = "arn:aws:s3:::bucket/${aws:username}";
    for version in ["", r#""Version": "2008-10-17","#] {
        let policy =
            format!(r#"{{{version} "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "{resource}"}}}}"#);
        assert_eq!(verdict(&policy, "s3:GetObject", resource, &Facts::default()), "allowed");
        assert_eq!(verdict(&policy, "s3:GetObject", "arn:aws:s3:::bucket/drylambda", &Facts::default()), "not allowed");
    }
}

#[test]
fn an_explicit_deny_wins_over_every_allow_and_nothing_is_allowed_by_itself() {
    let allow = statement("Allow", r#""Action": "*", "Resource": "*""#);
    let deny = statement("Deny", r#""Action": "lambda:Update*", "Resource": "*""#);
    let deny_other = statement("Deny", r#""Action": "lambda:Delete*", "Resource": "*""#);
    let both = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
                                {"Sid": "NoUpdates", "Effect": "Deny", "Action": "lambda:Update*", "Resource": "*"}]}"#;
    for (policies, expected) in [
        (format!("[{allow}]"), "allowed"),
        (format!("[{allow}, {deny}]"), "denied"),
        (format!("[{deny}, {allow}]"), "denied"),
        (format!("[{allow}, {deny_other}]"), "allowed"),
        (format!("[{deny_other}]"), "not allowed"),
        (both.to_owned(), "denied"),
        (deny, "denied"),
        ("[]".to_owned(), "not allowed"),
    ] {
        assert_eq!(verdict(&policies, UPDATE, FN, &Facts::default()), expected, "{policies}");
    }
}

/// What is known of the call in the table below.
fn facts() -> Facts {
    let mut facts = Facts::default();
    facts.set("aws:RequestedRegion", "us-east-1");
    facts.set("aws:CurrentTime", "2026-01-01T00:00:00Z");
    facts.set("aws:EpochTime", "1767225600");
    facts.set("aws:SourceIp", "127.0.0.1");
    facts.set("aws:SecureTransport", "true");
    facts.set("aws:ResourceTag/Team", "Red");
    facts.set_all("aws:TagKeys", ["team", "cost"]);
    facts.set("aws:SourceArn", "arn:aws:s3:::bucket/a/b");
    facts
}

/// Each operator on a value that fits, one that does not, and on a key that is not there.
#[test]
fn every_operator_compares_as_iam_documents_it() {
    const ROWS: &[(&str, bool)] = &[
        // Text
        (r#""StringEquals": {"aws:RequestedRegion": "us-east-1"}"#, true),
        (r#""StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}"#, true),
        (r#""StringEquals": {"AWS:requestedregion": "us-east-1"}"#, true),
        (r#""StringEquals": {"aws:RequestedRegion": "US-EAST-1"}"#, false),
        (r#""StringEquals": {"aws:RequestedRegion": "us-*"}"#, false),
        (r#""StringEquals": {"aws:absent": "x"}"#, false),
        (r#""StringEquals": {"aws:PrincipalAccount": 123456789012}"#, true),
        (r#""StringEquals": {"aws:username": "${aws:username}"}"#, true),
        (r#""StringEquals": {"aws:username": "${aws:absent}"}"#, false),
        (r#""StringEquals": {"aws:ResourceTag/Team": "Red"}"#, true),
        (r#""StringEquals": {"aws:ResourceTag/team": "Red"}"#, true),
        (r#""StringEqualsIfExists": {"aws:absent": "x"}"#, true),
        (r#""StringEqualsIfExists": {"aws:RequestedRegion": "x"}"#, false),
        (r#""StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}"#, true),
        (r#""StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}"#, false),
        (r#""StringNotEquals": {"aws:absent": "x"}"#, true),
        (r#""StringEqualsIgnoreCase": {"aws:RequestedRegion": "US-East-1"}"#, true),
        (r#""StringEqualsIgnoreCase": {"aws:RequestedRegion": "US-East"}"#, false),
        (r#""StringNotEqualsIgnoreCase": {"aws:RequestedRegion": "US-East-1"}"#, false),
        (r#""StringNotEqualsIgnoreCase": {"aws:RequestedRegion": "US-East-2"}"#, true),
        (r#""StringLike": {"aws:RequestedRegion": "us-*-?"}"#, true),
        (r#""StringLike": {"aws:RequestedRegion": "US-*"}"#, false),
        (r#""StringLike": {"aws:RequestedRegion": "us"}"#, false),
        (r#""StringLike": {"aws:RequestedRegion": "${*}"}"#, false),
        (r#""StringNotLike": {"aws:RequestedRegion": "us-*"}"#, false),
        (r#""StringNotLike": {"aws:RequestedRegion": "eu-*"}"#, true),
        (r#""StringNotLike": {"aws:absent": "*"}"#, true),
        // Numbers
        (r#""NumericEquals": {"aws:EpochTime": "1767225600"}"#, true),
        (r#""NumericEquals": {"aws:EpochTime": 1767225600.0}"#, true),
        (r#""NumericEquals": {"aws:EpochTime": 1}"#, false),
        (r#""NumericEquals": {"aws:RequestedRegion": 1}"#, false),
        (r#""NumericNotEquals": {"aws:EpochTime": 1}"#, true),
        (r#""NumericNotEquals": {"aws:EpochTime": "1767225600"}"#, false),
        (r#""NumericLessThan": {"aws:EpochTime": 1767225601}"#, true),
        (r#""NumericLessThan": {"aws:EpochTime": 1767225600}"#, false),
        (r#""NumericLessThanEquals": {"aws:EpochTime": 1767225600}"#, true),
        (r#""NumericLessThanEquals": {"aws:EpochTime": 1767225599}"#, false),
        (r#""NumericGreaterThan": {"aws:EpochTime": 1767225599}"#, true),
        (r#""NumericGreaterThan": {"aws:EpochTime": 1767225600}"#, false),
        (r#""NumericGreaterThanEquals": {"aws:EpochTime": 1767225600}"#, true),
        (r#""NumericGreaterThanEquals": {"aws:EpochTime": 1767225601}"#, false),
        (r#""NumericGreaterThan": {"aws:absent": 0}"#, false),
        // Dates
        (r#""DateEquals": {"aws:CurrentTime": "2026-01-01T01:00:00+01:00"}"#, true),
        (r#""DateEquals": {"aws:CurrentTime": 1767225600}"#, true),
        (r#""DateEquals": {"aws:EpochTime": "2026-01-01"}"#, true),
        (r#""DateEquals": {"aws:CurrentTime": "2026-01-02"}"#, false),
        (r#""DateNotEquals": {"aws:CurrentTime": "2026-01-02"}"#, true),
        (r#""DateNotEquals": {"aws:CurrentTime": "2026-01-01"}"#, false),
        (r#""DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:01Z"}"#, true),
        (r#""DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}"#, false),
        (r#""DateLessThanEquals": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}"#, true),
        (r#""DateLessThanEquals": {"aws:CurrentTime": "2025-12-31"}"#, false),
        (r#""DateGreaterThan": {"aws:CurrentTime": "2025-12-31T23:59:59Z"}"#, true),
        (r#""DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}"#, false),
        (r#""DateGreaterThanEquals": {"aws:CurrentTime": "2026-01-01"}"#, true),
        (r#""DateGreaterThanEquals": {"aws:CurrentTime": "2026-01-02"}"#, false),
        // Flags
        (r#""Bool": {"aws:SecureTransport": "true"}"#, true),
        (r#""Bool": {"aws:SecureTransport": true}"#, true),
        (r#""Bool": {"aws:SecureTransport": "TRUE"}"#, true),
        (r#""Bool": {"aws:SecureTransport": "false"}"#, false),
        (r#""Bool": {"aws:MultiFactorAuthPresent": "false"}"#, false),
        (r#""BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}"#, true),
        // Bytes: `VXM=` is "Us", `dXMtZWFzdC0x` is "us-east-1"
        (r#""BinaryEquals": {"aws:RequestedRegion": "dXMtZWFzdC0x"}"#, true),
        (r#""BinaryEquals": {"aws:RequestedRegion": "VXM="}"#, false),
        // Addresses
        (r#""IpAddress": {"aws:SourceIp": "127.0.0.1"}"#, true),
        (r#""IpAddress": {"aws:SourceIp": "127.0.0.0/8"}"#, true),
        (r#""IpAddress": {"aws:SourceIp": "0.0.0.0/0"}"#, true),
        (r#""IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/31"]}"#, true),
        (r#""IpAddress": {"aws:SourceIp": "126.0.0.0/8"}"#, false),
        (r#""IpAddress": {"aws:SourceIp": "::/0"}"#, false),
        (r#""IpAddress": {"aws:RequestedRegion": "0.0.0.0/0"}"#, false),
        (r#""NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}"#, true),
        (r#""NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"]}"#, false),
        // ARNs
        (r#""ArnEquals": {"aws:SourceArn": "arn:aws:s3:::bucket/a/b"}"#, true),
        (r#""ArnEquals": {"aws:SourceArn": "arn:aws:s3:::bucket/*"}"#, true),
        (r#""ArnLike": {"aws:SourceArn": "arn:*:s3:*:*:bucket/?/b"}"#, true),
        (r#""ArnLike": {"aws:SourceArn": "*"}"#, true),
        (r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:user/*"}"#, true),
        (r#""ArnLike": {"aws:SourceArn": "arn:aws:s3:::other"}"#, false),
        (r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}"#, false),
        (r#""ArnLike": {"aws:RequestedRegion": "arn:*:*:*:*:*"}"#, false),
        (r#""ArnNotEquals": {"aws:SourceArn": "arn:aws:s3:::bucket/a/b"}"#, false),
        (r#""ArnNotLike": {"aws:SourceArn": "arn:aws:s3:::other*"}"#, true),
        (r#""ArnNotLike": {"aws:absent": "arn:aws:s3:::other*"}"#, true),
        // Whether a key is there
        (r#""Null": {"aws:absent": "true"}"#, true),
        (r#""Null": {"aws:absent": false}"#, false),
        (r#""Null": {"aws:username": "false"}"#, true),
        (r#""Null": {"aws:username": "true"}"#, false),
        // Several values
        (r#""ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost", "more"]}"#, true),
        (r#""ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}"#, false),
        (r#""ForAllValues:StringEquals": {"aws:absent": ["team"]}"#, true),
        (r#""ForAllValues:StringNotEquals": {"aws:TagKeys": ["owner"]}"#, true),
        (r#""ForAllValues:StringNotEquals": {"aws:TagKeys": ["team"]}"#, false),
        (r#""ForAllValues:StringLike": {"aws:TagKeys": ["t*", "c*"]}"#, true),
        (r#""ForAnyValue:StringEquals": {"aws:TagKeys": ["team", "more"]}"#, true),
        (r#""ForAnyValue:StringEquals": {"aws:TagKeys": ["owner"]}"#, false),
        (r#""ForAnyValue:StringEquals": {"aws:absent": ["team"]}"#, false),
        (r#""ForAnyValue:StringEqualsIfExists": {"aws:absent": ["team"]}"#, true),
        (r#""ForAnyValue:StringNotEquals": {"aws:TagKeys": ["team"]}"#, true),
        (r#""ForAnyValue:StringNotEquals": {"aws:TagKeys": ["team", "cost"]}"#, false),
        (r#""StringEquals": {"aws:TagKeys": "cost"}"#, true),
        (r#""StringNotEquals": {"aws:TagKeys": "cost"}"#, false),
        // All operators and all keys count
        (r#""StringEquals": {"aws:RequestedRegion": "us-east-1", "aws:username": "drylambda"}"#, true),
        (r#""StringEquals": {"aws:RequestedRegion": "us-east-1", "aws:username": "other"}"#, false),
        (r#""Bool": {"aws:SecureTransport": true}, "IpAddress": {"aws:SourceIp": "127.0.0.1"}"#, true),
        (r#""Bool": {"aws:SecureTransport": true}, "IpAddress": {"aws:SourceIp": "127.0.0.2"}"#, false),
        ("", true),
    ];
    for (condition, holds) in ROWS {
        let members = format!(r#""Action": "*", "Resource": "*", "Condition": {{{condition}}}"#);
        let expected = if *holds { "allowed" } else { "not allowed" };
        assert_eq!(verdict(&statement("Allow", &members), UPDATE, FN, &facts()), expected, "{condition}");
        let expected = if *holds { "denied" } else { "not allowed" };
        assert_eq!(verdict(&statement("Deny", &members), UPDATE, FN, &facts()), expected, "{condition}");
    }
}

#[test]
fn addresses_of_version_six_are_compared_by_their_bits() {
    for (network, address, inside) in [
        ("2001:db8::/32", "2001:db8:1::1", true),
        ("2001:db8::/32", "2001:db9::1", false),
        ("::1", "::1", true),
        ("::/0", "127.0.0.1", false),
    ] {
        let members =
            format!(r#""Action": "*", "Resource": "*", "Condition": {{"IpAddress": {{"aws:SourceIp": "{network}"}}}}"#);
        let mut facts = Facts::default();
        facts.set("aws:SourceIp", address);
        let expected = if inside { "allowed" } else { "not allowed" };
        assert_eq!(verdict(&statement("Allow", &members), UPDATE, FN, &facts), expected, "{network} {address}");
    }
}

#[test]
fn a_caller_brings_what_is_known_of_its_principal() {
    let iam = Iam::read(
        r#"{
            "USER": {"arn": "arn:aws:iam::123456789012:user/team/ann", "policies": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "lambda:GetAlias", "Resource": "*", "Condition": {"StringEquals": {
                    "aws:username": "ann", "aws:PrincipalType": "User", "aws:PrincipalAccount": "123456789012",
                    "aws:PrincipalArn": "arn:aws:iam::123456789012:user/team/ann"}, "StringLike": {"aws:userid": "AIDA*"}}}]}},
            "ROLE": {"arn": "arn:aws:sts::210987654321:assumed-role/deploy/build", "policies": [{"Statement": [
                {"Effect": "Allow", "Action": "lambda:GetAlias", "Resource": "*", "Condition": {
                    "Null": {"aws:username": true}, "StringEquals": {"aws:PrincipalType": "AssumedRole",
                    "aws:PrincipalArn": "arn:aws:iam::210987654321:role/deploy"}, "StringLike": {"aws:userid": "AROA*:build"}}}]}]},
            "NONE": []
        }"#,
    )
    .unwrap();
    let default = Arc::from("123456789012");
    for (key, account, arn, expected) in [
        (Some("USER"), "123456789012", "arn:aws:iam::123456789012:user/team/ann", "allowed"),
        (Some("ROLE"), "210987654321", "arn:aws:sts::210987654321:assumed-role/deploy/build", "allowed"),
        (Some("NONE"), "123456789012", "arn:aws:iam::123456789012:user/drylambda", "not allowed"),
        (Some("OTHER"), "123456789012", "arn:aws:iam::123456789012:user/drylambda", "not allowed"),
        (Some("111122223333"), "111122223333", "arn:aws:iam::111122223333:user/drylambda", "not allowed"),
        (None, "123456789012", "arn:aws:iam::123456789012:user/drylambda", "not allowed"),
    ] {
        let caller = iam.caller(key, &default);
        assert_eq!((&*caller.account, &*caller.principal("aws").arn), (account, arn));
        assert_eq!(outcome(&caller, "lambda:GetAlias", FN, &Facts::default()), expected, "{key:?}");
    }
}

#[test]
fn everybody_else_is_the_key_with_a_star() {
    let allow = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let iam =
        Iam::read(&format!(r#"{{"AKIA": [], "*": {{"arn": "arn:aws:iam::123456789012:root", "policies": {allow}}}}}"#))
            .unwrap();
    let outcome = |key| outcome(&iam.caller(key, &Arc::from("123456789012")), UPDATE, FN, &Facts::default());
    assert_eq!([outcome(None), outcome(Some("OTHER")), outcome(Some("AKIA"))], ["allowed", "allowed", "not allowed"]);
}

#[test]
fn a_caller_of_whom_nobody_said_anything_may_everything() {
    let caller = Caller::new(Some("AKIA"), &Arc::from("123456789012"));
    assert!(!caller.is_limited());
    assert_eq!(caller.check(UPDATE, FN, "aws", &Facts::default()), Ok(()));
}

#[test]
fn the_refusal_is_iams_and_the_hint_says_what_the_policies_say() {
    let iam = Iam::read(
        r#"[{"Statement": {"Sid": "No", "Effect": "Deny", "Action": "lambda:Delete*", "Resource": "*"}},
            "{\"Statement\": {\"Effect\": \"Deny\", \"Action\": \"lambda:Add*\", \"Resource\": \"*\"}}"]"#,
    )
    .unwrap();
    let caller = iam.caller(None, &Arc::from("123456789012"));
    let user = "User: arn:aws:iam::123456789012:user/drylambda is not authorized to perform";
    for (action, because, hint) in [
        (
            "lambda:GetAlias",
            "because no identity-based policy allows the lambda:GetAlias action",
            "no statement allows it",
        ),
        ("lambda:DeleteAlias", "with an explicit deny in an identity-based policy", "the statement No denies it"),
        (
            "lambda:AddPermission",
            "with an explicit deny in an identity-based policy",
            "a statement without a Sid denies it",
        ),
    ] {
        let denied = caller.check(action, FN, "aws", &Facts::default()).unwrap_err();
        assert_eq!(denied.to_string(), format!("{user}: {action} on resource: {FN} {because}"));
        assert!(denied.hint.starts_with(hint), "{}", denied.hint);
    }
    for (iam, key, hint) in [
        ("{}", Some("AKIA"), "iam has no policies for the access key AKIA"),
        ("[]", None, "iam has no policies for calls without an access key"),
    ] {
        let caller = Iam::read(iam).unwrap().caller(key, &Arc::from("123456789012"));
        assert_eq!(caller.check(UPDATE, FN, "aws", &Facts::default()).unwrap_err().hint, hint);
    }
}

#[test]
fn the_policy_of_a_resource_lets_in_whom_it_names() {
    let facts = Facts::default();
    let caller = Caller::new(Some("210987654321"), &Arc::from("123456789012"));
    for (principal, is_in) in [
        (r#""Principal": "*""#, true),
        (r#""Principal": {"AWS": "*"}"#, true),
        (r#""Principal": {"AWS": "210987654321"}"#, true),
        (r#""Principal": {"AWS": ["123456789012", "arn:aws:iam::210987654321:root"]}"#, true),
        (r#""Principal": {"AWS": "arn:aws:iam::210987654321:user/drylambda"}"#, true),
        (r#""Principal": {"AWS": "arn:aws:iam::210987654321:user/other"}"#, false),
        (r#""Principal": {"AWS": "123456789012"}"#, false),
        (r#""Principal": {"Service": "s3.amazonaws.com"}"#, false),
        (r#""NotPrincipal": {"AWS": "210987654321"}"#, false),
        (r#""NotPrincipal": {"AWS": "123456789012"}"#, true),
    ] {
        let text = statement("Allow", &format!(r#"{principal}, "Action": "{UPDATE}", "Resource": "{FN}""#));
        let policy = ResourcePolicy::read(&text).unwrap_or_else(|mistake| panic!("{text}: {mistake}"));
        assert_eq!(caller.is_let_in(&policy, UPDATE, FN, "aws", &facts), is_in, "{principal}");
        assert!(!caller.is_let_in(&policy, "lambda:GetFunction", FN, "aws", &facts), "{principal}");
    }
}
