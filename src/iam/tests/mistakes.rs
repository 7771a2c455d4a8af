//! What is no policy, and what is said of it.

use crate::iam::{Iam, Mistake, Policy};

#[test]
fn what_is_no_policy_is_told_with_its_place_and_its_reason() {
    const ALLOW: &str = r#""Effect": "Allow", "Action": "*", "Resource": "*""#;
    let one = |members: &str| format!(r#"{{"Statement": {{{members}}}}}"#);
    let condition = |condition: &str| {
        format!(r#"{{"Version": "2012-10-17", "Statement": [{{{ALLOW}, "Condition": {condition}}}]}}"#)
    };
    for (policy, path, reason) in [
        (String::new(), "policy", "is no JSON: EOF"),
        ("[1".to_owned(), "policy", "is no JSON: EOF"),
        (format!(r#"{{"Statement": {{{ALLOW}, "Effect": "Deny"}}}}"#), "policy", r#"is no JSON: the key "Effect" stands twice"#),
        ("[]".to_owned(), "policy", "is an object"),
        ("{}".to_owned(), "policy", "has no Statement"),
        (r#"{"Statement": []}"#.to_owned(), "policy.Statement", "is empty"),
        (r#"{"Statement": "Allow"}"#.to_owned(), "policy.Statement", "is an object"),
        (r#"{"Statment": []}"#.to_owned(), "policy.Statment", "is no element of a policy"),
        (format!(r#"{{"Version": "2012-10-18", "Statement": {{{ALLOW}}}}}"#), "policy.Version", r#"is "2012-10-17" or "2008-10-17", not "2012-10-18""#),
        (format!(r#"{{"Version": 2012, "Statement": {{{ALLOW}}}}}"#), "policy.Version", "is a text"),
        (format!(r#"{{"Id": [], "Statement": {{{ALLOW}}}}}"#), "policy.Id", "is a text"),
        (one(r#""Action": "*", "Resource": "*""#), "policy.Statement", "has no Effect"),
        (one(r#""Effect": "allow", "Action": "*", "Resource": "*""#), "policy.Statement.Effect", r#"is "Allow" or "Deny", not "allow""#),
        (one(r#""Effect": "Allow", "Resource": "*""#), "policy.Statement", "has neither Action nor NotAction"),
        (one(&format!(r#"{ALLOW}, "NotAction": "*""#)), "policy.Statement", "has both Action and NotAction"),
        (one(r#""Effect": "Allow", "Action": "*""#), "policy.Statement", "has neither Resource nor NotResource"),
        (one(&format!(r#"{ALLOW}, "NotResource": "*""#)), "policy.Statement", "has both Resource and NotResource"),
        (one(&format!(r#"{ALLOW}, "Actions": "*""#)), "policy.Statement.Actions", "is no element of a statement"),
        (one(&format!(r#"{ALLOW}, "Principal": "*""#)), "policy.Statement.Principal", "belongs into policies of resources"),
        (one(&format!(r#"{ALLOW}, "Sid": "no spaces""#)), "policy.Statement.Sid", "is letters and digits only"),
        (
            format!(r#"{{"Statement": [{{{ALLOW}, "Sid": "A"}}, {{{ALLOW}, "Sid": "A"}}]}}"#),
            "policy.Statement[1]",
            "has the Sid of another statement",
        ),
        (one(r#""Effect": "Allow", "Action": [], "Resource": "*""#), "policy.Statement.Action", "is empty"),
        (one(r#""Effect": "Allow", "Action": ["lambda:*", 1], "Resource": "*""#), "policy.Statement.Action[1]", "is a text"),
        (
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${username}"}}"#.to_owned(),
            "policy.Statement.Resource",
            "holds ${username}, which is no policy variable",
        ),
        (
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username"}}"#.to_owned(),
            "policy.Statement.Resource",
            "has no end of ${aws:username",
        ),
        (condition("[]"), "policy.Statement[0].Condition", "is an object"),
        (condition(r#"{"StringEqual": {"aws:username": "x"}}"#), "policy.Statement[0].Condition.StringEqual", "is no condition operator of IAM"),
        (condition(r#"{"stringequals": {"aws:username": "x"}}"#), "policy.Statement[0].Condition.stringequals", "is no condition operator of IAM"),
        (condition(r#"{"NullIfExists": {"aws:username": "true"}}"#), "policy.Statement[0].Condition.NullIfExists", "is no condition operator"),
        (condition(r#"{"ForEach:StringLike": {"aws:x": "x"}}"#), r#"policy.Statement[0].Condition["ForEach:StringLike"]"#, "is no condition operator"),
        (condition(r#"{"Bool": "true"}"#), "policy.Statement[0].Condition.Bool", "is an object"),
        (condition(r#"{"Bool": {"secure": "true"}}"#), "policy.Statement[0].Condition.Bool.secure", "is no condition key: Actions/Conditions must be prefaced by a vendor"),
        (condition(r#"{"Bool": {"${aws:x}": "true"}}"#), r#"policy.Statement[0].Condition.Bool["${aws:x}"]"#, "is refused by IAM: Vendor ${aws is not valid"),
        (condition(r#"{"Bool": {"aws:SecureTransport": "yes"}}"#), r#"policy.Statement[0].Condition.Bool["aws:SecureTransport"]"#, r#"is "true" or "false", not "yes""#),
        (condition(r#"{"Bool": {"aws:SecureTransport": []}}"#), r#"policy.Statement[0].Condition.Bool["aws:SecureTransport"]"#, "is empty"),
        (condition(r#"{"Bool": {"aws:SecureTransport": [null]}}"#), r#"policy.Statement[0].Condition.Bool["aws:SecureTransport"][0]"#, "is a text, a number or a flag"),
        (condition(r#"{"NumericEquals": {"aws:EpochTime": "now"}}"#), r#"policy.Statement[0].Condition.NumericEquals["aws:EpochTime"]"#, "is a number"),
        (condition(r#"{"NumericEquals": {"aws:EpochTime": "NaN"}}"#), r#"policy.Statement[0].Condition.NumericEquals["aws:EpochTime"]"#, "is a number"),
        (condition(r#"{"DateEquals": {"aws:CurrentTime": "now"}}"#), r#"policy.Statement[0].Condition.DateEquals["aws:CurrentTime"]"#, "is a date"),
        (condition(r#"{"BinaryEquals": {"aws:x": "*"}}"#), r#"policy.Statement[0].Condition.BinaryEquals["aws:x"]"#, "is base64"),
        (condition(r#"{"IpAddress": {"aws:SourceIp": "127.0.0.1/33"}}"#), r#"policy.Statement[0].Condition.IpAddress["aws:SourceIp"]"#, "is an address"),
        (condition(r#"{"IpAddress": {"aws:SourceIp": "127.0.0.1/+8"}}"#), r#"policy.Statement[0].Condition.IpAddress["aws:SourceIp"]"#, "is an address"),
        (condition(r#"{"IpAddress": {"aws:SourceIp": "${aws:SourceIp}"}}"#), r#"policy.Statement[0].Condition.IpAddress["aws:SourceIp"]"#, "is an address"),
        (condition(r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3"}}"#), r#"policy.Statement[0].Condition.ArnLike["aws:SourceArn"]"#, r#"is "*" or an ARN"#),
        (condition(r#"{"StringLike": {"aws:username": "${}"}}"#), r#"policy.Statement[0].Condition.StringLike["aws:username"]"#, "holds ${}"),
    ] {
        let mistake = Policy::read(&policy).expect_err(&policy);
        assert_eq!(mistake.path, path, "{policy}");
        assert!(mistake.reason.starts_with(reason), "{policy}: {mistake}");
    }
}

#[test]
fn an_action_that_iam_does_not_take_is_told_in_its_words() {
    const NO_VENDOR: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    const LEGACY: &str = "The policy failed legacy parsing";
    for (action, sentence) in [
        ("", NO_VENDOR),
        ("UpdateFunctionCode", NO_VENDOR),
        ("**", NO_VENDOR),
        ("lambda:Get:Function", "Actions/Condition can contain only one colon."),
        ("lambda:${aws:username}", "Actions/Condition can contain only one colon."),
        (":GetFunction", "Vendor  is not valid"),
        ("l*:GetFunction", "Vendor l* is not valid"),
        ("lam bda:GetFunction", "Vendor lam bda is not valid"),
        ("lämbda:GetFunction", "Vendor lämbda is not valid"),
        ("lambda:", LEGACY),
        ("lambda:Get Function", LEGACY),
        ("lambda:GetFunction ", LEGACY),
        ("lambda:Gét*", LEGACY),
        ("lambda:${x}", LEGACY),
        ("lambda:Get/Function", LEGACY),
    ] {
        for element in ["Action", "NotAction"] {
            told(&format!(r#""{element}": "{action}", "Resource": "*""#), element, sentence);
        }
    }
}

#[test]
fn a_resource_that_iam_does_not_take_is_told_in_its_words() {
    const NO_FULL_VENDOR: &str = "Resource vendor must be fully qualified and cannot contain regexes.";
    const LEGACY: &str = "The policy failed legacy parsing";
    for (resource, sentence) in [
        ("", r#"Resource  must be in ARN format or "*"."#),
        ("fn", r#"Resource fn must be in ARN format or "*"."#),
        ("**", r#"Resource ** must be in ARN format or "*"."#),
        ("function:fn", r#"Resource function:fn must be in ARN format or "*"."#),
        ("ARN:aws:s3:::bucket", r#"Resource ARN:aws:s3:::bucket must be in ARN format or "*"."#),
        ("arn:bogus:s3:::bucket", r#"Partition "bogus" is not valid for resource "arn:bogus:s3:::bucket"."#),
        ("arn:aws*:s3:::bucket", r#"Partition "aws*" is not valid for resource "arn:aws*:s3:::bucket"."#),
        ("arn::s3:::bucket", r#"Partition "" is not valid for resource "arn::s3:::bucket"."#),
        ("arn:aws", NO_FULL_VENDOR),
        ("arn:aws:*:::bucket", NO_FULL_VENDOR),
        ("arn:aws:lam?da:*:*:*", NO_FULL_VENDOR),
        ("arn:aws:s 3:::bucket", NO_FULL_VENDOR),
        ("arn:aws::us-east-1:123456789012:fn", LEGACY),
        (r"arn:aws:s3:::buck\net", LEGACY),
        ("arn:aws:lambda:*", "\"*\" or an ARN of six parts"),
        ("arn:aws:s3", "\"*\" or an ARN of six parts"),
    ] {
        for element in ["Resource", "NotResource"] {
            told(&format!(r#""Action": "*", "{element}": "{resource}""#), element, sentence);
        }
    }
}

/// Requires that a statement with these members is refused, for this element and with this sentence.
fn told(members: &str, element: &str, sentence: &str) {
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {members}}}}}"#);
    let mistake = Policy::read(&policy).expect_err(&policy);
    assert_eq!(mistake.path, format!("policy.Statement.{element}"), "{policy}");
    assert!(mistake.reason.contains(sentence), "{policy}: {mistake}");
}

#[test]
fn what_is_no_setting_of_callers_is_told_too() {
    const ALLOW: &str = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    for (text, expected) in [
        ("1".to_owned(), "iam is a policy"),
        (r#""{}""#.to_owned(), "iam has no Statement"),
        (r#""x""#.to_owned(), "iam is no JSON: expected value at line 1 column 1"),
        (format!("[{ALLOW}, 1]"), "iam[1] is a policy"),
        (format!("[{ALLOW}, []]"), "iam[1] is a policy"),
        (r#"{"Version": "2012-10-17"}"#.to_owned(), "iam has no Statement"),
        (r#"{"AKIA": {}}"#.to_owned(), "iam.AKIA has no Statement"),
        (r#"{"AKIA": null}"#.to_owned(), "iam.AKIA is a policy"),
        (r#"{"*": 1}"#.to_owned(), r#"iam["*"] is a policy"#),
        (r#"{"AKIA": {"arn": "arn:aws:iam::123456789012:user/ci"}}"#.to_owned(), "iam.AKIA has no policies"),
        (format!(r#"{{"AKIA": {{"policies": {ALLOW}, "name": "ci"}}}}"#), "iam.AKIA.name is neither arn nor policies"),
        (
            format!(r#"{{"AKIA": {{"arn": "ci", "policies": {ALLOW}}}}}"#),
            "iam.AKIA.arn is the ARN of a user, a root user, an assumed role or a federated user",
        ),
    ] {
        let Mistake { path, reason } = Iam::read(&text).expect_err(&text);
        assert_eq!(format!("{path} {reason}"), expected, "{text}");
    }
}
