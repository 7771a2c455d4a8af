//! What botocore signed is let in, and nothing else.

mod vectors;

use super::*;
use crate::clock::Timestamp;
use vectors::SIGNED;

/// A request as botocore signed it, at the moment where seeded clocks stand.
struct Signed {
    name: &'static str,
    service: &'static str,
    method: &'static str,
    path: &'static str,
    query: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static [u8],
}

/// A request that a test may change before it is verified.
#[derive(Clone)]
struct Sent {
    service: &'static str,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Option<Digest>,
}

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn keys(secret: &str) -> Keys {
    [("AKIDEXAMPLE".to_owned(), secret.to_owned())].into_iter().collect()
}

impl Signed {
    fn sent(&self) -> Sent {
        let headers = self.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Sent {
            service: self.service,
            method: self.method.to_owned(),
            path: self.path.to_owned(),
            query: self.query.to_owned(),
            headers: headers.collect(),
            body: Some(Digest::of(self.body)),
        }
    }

    fn is_link(&self) -> bool {
        self.query.contains("X-Amz-Signature")
    }

    /// Whether a hash of the body is signed.
    fn has_hash(&self) -> bool {
        let hash = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amz-content-sha256"));
        hash.map_or(self.service != "s3", |(_, hash)| hash.len() == NO_BODY.len())
    }
}

impl Sent {
    fn verified(&self, keys: &Keys, now: Timestamp) -> Result<(), Refused> {
        let request = Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: self.body,
            service: self.service,
        };
        verify(keys, &request, now)
    }

    fn here(&self) -> Result<(), Refused> {
        self.verified(&keys(SECRET), Timestamp::SEEDED)
    }

    fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone()).expect("a header that was sent")
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }
}

fn named(name: &str) -> Sent {
    SIGNED.iter().find(|signed| signed.name == name).expect("a request of the table").sent()
}

#[test]
fn what_botocore_signed_is_let_in() {
    for signed in SIGNED {
        assert_eq!(signed.sent().here(), Ok(()), "{}", signed.name);
    }
}

#[test]
fn a_wrong_secret_is_a_wrong_signature() {
    for signed in SIGNED {
        let refused = signed.sent().verified(&keys("other"), Timestamp::SEEDED);
        assert!(matches!(refused, Err(Refused::Mismatch { .. })), "{}: {refused:?}", signed.name);
    }
}

#[test]
fn an_unknown_key_is_told_apart() {
    for signed in SIGNED {
        let unknown = Refused::UnknownKey { access_key_id: "AKIDEXAMPLE".into() };
        assert_eq!(signed.sent().verified(&Keys::default(), Timestamp::SEEDED), Err(unknown), "{}", signed.name);
    }
}

#[test]
fn whatever_is_changed_is_noticed() {
    let mismatch = |result: Result<(), Refused>| matches!(result, Err(Refused::Mismatch { .. }));
    for signed in SIGNED {
        let change = |change: &dyn Fn(&mut Sent)| {
            let mut sent = signed.sent();
            change(&mut sent);
            sent.here()
        };
        let name = signed.name;
        assert!(mismatch(change(&|sent| sent.method = "POST".into())), "{name}");
        assert!(mismatch(change(&|sent| sent.path.push('x'))), "{name}");
        assert!(mismatch(change(&|sent| sent.query.push_str("&x=y"))), "{name}");
        assert!(mismatch(change(&|sent| sent.query = format!("x&{}", sent.query))), "{name}");
        assert!(mismatch(change(&|sent| sent.set("host", "example.org"))), "{name}");
        let unsigned = change(&|sent| sent.set("user-agent", "whatever"));
        assert_eq!(unsigned, Ok(()), "{name}: what is not signed may change");
        let other_body = change(&|sent| sent.body = Some(Digest::of(b"other")));
        assert_eq!(other_body.is_err(), signed.has_hash(), "{name}: {other_body:?}");
        if !signed.is_link() {
            let dated = signed.headers.iter().any(|(name, _)| *name == "X-Amz-Date");
            let (name, later) =
                if dated { ("X-Amz-Date", "20260101T000001Z") } else { ("Date", "Thu, 01 Jan 2026 00:00:01 GMT") };
            assert!(mismatch(change(&|sent| sent.set(name, later))), "{}", signed.name);
        }
    }
}

#[test]
fn one_path_has_many_spellings_with_s3_alone() {
    let respelt = |name: &str, from: &str, to: &str| {
        let mut sent = named(name);
        assert!(sent.path.contains(from), "{name}");
        sent.path = sent.path.replace(from, to);
        sent.here().is_ok()
    };
    assert!(respelt("an object", "%3A", ":"));
    assert!(respelt("an object", "~", "%7e"));
    assert!(!respelt("an object", "../x", "x"));
    assert!(!respelt("colons as they are", ":", "%3A"));
    assert!(respelt("dots and slashes", "b/../", ""));
}

#[test]
fn a_streamed_body_is_what_the_request_says_until_it_is_there() {
    let mut sent = named("an object");
    let request = |sent: &Sent| {
        let (path, query) = (sent.path.clone(), sent.query.clone());
        let (headers, body) = (sent.headers.clone(), sent.body);
        Request { method: "PUT", path: &path, query: &query, headers: &headers, body, service: "s3" }.announced()
    };
    assert_eq!(request(&sent), Some(Digest::of(b"bytes")));
    assert_eq!(request(&named("an object in frames")), None);
    sent.body = None;
    assert_eq!(sent.here(), Ok(()));
    sent.body = Some(Digest::of(b"other"));
    let refused = sent.here().unwrap_err();
    assert_eq!(
        refused,
        Refused::OtherBody { announced: Digest::of(b"bytes").to_hex(), computed: Digest::of(b"other") }
    );
}

#[test]
fn a_date_is_good_for_five_minutes_either_way_and_for_fifteen_with_s3() {
    let expired =
        "Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z (20260101T000501Z - 5 min.)";
    let early =
        "Signature not yet current: 20260101T000000Z is still later than 20251231T235959Z (20251231T235459Z + 5 min.)";
    let at = |seconds: i64| Timestamp::SEEDED.plus_millis(seconds * 1000);
    for (name, good_seconds) in [("a name", 300), ("Date alone", 300), ("an object", 900)] {
        let sent = named(name);
        for (seconds, good) in
            [(good_seconds, true), (-good_seconds, true), (good_seconds + 1, false), (-good_seconds - 1, false)]
        {
            assert_eq!(sent.verified(&keys(SECRET), at(seconds)).is_ok(), good, "{name} after {seconds} s");
        }
    }
    let refused = |seconds| named("a name").verified(&keys(SECRET), at(seconds)).unwrap_err().to_string();
    assert_eq!(refused(301), expired);
    assert_eq!(refused(-301), early);
}

#[test]
fn a_link_lives_as_long_as_it_says() {
    let at = |seconds: i64| Timestamp::SEEDED.plus_millis(seconds * 1000);
    for (name, life_seconds, ahead_seconds) in [("a presigned call", 60, 300), ("a presigned object", 604_800, 900)] {
        let sent = named(name);
        for (seconds, good) in
            [(life_seconds, true), (life_seconds + 1, false), (-ahead_seconds, true), (-ahead_seconds - 1, false)]
        {
            assert_eq!(sent.verified(&keys(SECRET), at(seconds)).is_ok(), good, "{name} after {seconds} s");
        }
    }
    for expires in ["0", "604801", "-1", "soon"] {
        let mut sent = named("a presigned object");
        sent.query = sent.query.replace("X-Amz-Expires=604800", &format!("X-Amz-Expires={expires}"));
        assert!(matches!(sent.here(), Err(Refused::Incomplete { form: Form::Query, .. })), "{expires}");
    }
}

#[test]
fn a_request_without_a_signature_is_told_so() {
    assert_eq!(named("a name").without("authorization").here(), Err(Refused::Missing));
}

/// The digests in the texts are those of the header's value.
#[test]
fn what_a_header_lacks_is_named() {
    let date = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
    let credential = "Authorization header requires 'Credential' parameter.";
    let signature = "Authorization header requires 'Signature' parameter.";
    let names = "Authorization header requires 'SignedHeaders' parameter.";
    for (value, dated, expected) in [
        ("AWS4-HMAC-SHA256", true, format!("{credential} {signature} {names}")),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d/e,Signature=", true, format!("{signature} {names}")),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=0", false, date.to_owned()),
        ("", true, format!("{credential} {signature} {names}")),
    ] {
        let mut sent = named("a name");
        sent.set("authorization", value);
        let sent = if dated { sent } else { sent.without("x-amz-date") };
        let hash = Digest::of(value.as_bytes()).to_base64();
        let message = format!("{expected} (Hashed with SHA-256 and encoded with Base64) Authorization={hash}");
        assert_eq!(sent.here(), Err(Refused::Incomplete { form: Form::Header, message }), "{value}");
    }
    let hash = Digest::of(b"Bearer abc").to_base64();
    for (value, message) in [
        (
            "Bearer abc",
            format!(
                "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with \
                 Base64): '{hash}'."
            ),
        ),
        ("AWS4-ECDSA-P256-SHA256 Credential=a", "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.".to_owned()),
    ] {
        let mut sent = named("a name");
        sent.set("authorization", value);
        assert_eq!(sent.here(), Err(Refused::Incomplete { form: Form::Header, message }), "{value}");
    }
}

#[test]
fn what_a_link_lacks_is_named() {
    for name in ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders"] {
        let mut sent = named("a presigned call");
        let kept: Vec<_> = sent.query.split('&').filter(|pair| !pair.starts_with(&format!("{name}="))).collect();
        sent.query = kept.join("&");
        let message =
            format!("AWS query-string parameters must include '{name}'. Re-examine the query-string parameters.");
        assert_eq!(sent.here(), Err(Refused::Incomplete { form: Form::Query, message }));
    }
}

#[test]
fn a_signature_is_for_one_service_and_day_and_for_the_host() {
    let with = |from: &str, to: &str| {
        let mut sent = named("a name");
        let value = sent.header("authorization");
        assert!(value.contains(from), "{from}");
        sent.set("authorization", &value.replace(from, to));
        sent.here().unwrap_err().to_string()
    };
    let mismatch =
        Refused::Mismatch { access_key_id: String::new(), string_to_sign: String::new(), signature: String::new() };
    for (from, to, message) in [
        ("/lambda/", "/s3/", "Credential should be scoped to correct service: 'lambda'. ".to_owned()),
        (
            "aws4_request",
            "aws4",
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'.".to_owned(),
        ),
        (
            "/20260101/",
            "/20260102/",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260102' != \
             '20260101', from '20260101T000000Z'."
                .to_owned(),
        ),
        (
            "/lambda/",
            "/",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
             'AKIDEXAMPLE/20260101/eu-west-1/aws4_request'"
                .to_owned(),
        ),
        (
            "SignedHeaders=host;",
            "SignedHeaders=",
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned(),
        ),
        ("SignedHeaders=host", "SignedHeaders=absent;host", mismatch.to_string()),
        ("eu-west-1", "eu-west-2", mismatch.to_string()),
    ] {
        assert_eq!(with(from, to), message);
    }
}

#[test]
fn a_date_that_is_none_is_told_so() {
    for text in ["yesterday", "2026-01-01T00:00:00Z", "20260101T000000", "20260101T0000 0Z"] {
        let mut sent = named("a name");
        sent.set("x-amz-date", text);
        let message =
            format!("Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601");
        assert_eq!(sent.here(), Err(Refused::Incomplete { form: Form::Header, message }));
    }
}

#[test]
fn s3_wants_its_headers_signed() {
    for (name, refused) in [("an object", true), ("a presigned object", true), ("a name", false)] {
        let mut sent = named(name);
        sent.set("X-Amz-Acl", "public-read");
        let expected = Err(Refused::HeadersNotSigned { names: vec!["x-amz-acl".into()] });
        assert_eq!(sent.here(), if refused { expected } else { Ok(()) }, "{name}");
    }
}

#[test]
fn an_unhashed_body_must_be_declared_so() {
    let mut sent = named("an object");
    sent.set("x-amz-content-sha256", "whatever");
    assert!(matches!(sent.here(), Err(Refused::OtherBody { .. })));
}

#[test]
fn what_is_signed_here_is_what_botocore_signs() {
    let names =
        ["a name", "an ARN in the path, and a body", "keys that come again", "a session", "an object", "a list"];
    for name in names {
        let sent = named(name);
        let token = sent.headers.iter().find(|(name, _)| name == "X-Amz-Security-Token");
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: SECRET.into(),
            session_token: token.map(|(_, token)| token.clone()),
        };
        let added = ["x-amz-date", "x-amz-security-token", "authorization"];
        let unsigned = added.into_iter().fold(sent.clone(), Sent::without);
        let request = Request {
            method: &sent.method,
            path: &sent.path,
            query: &sent.query,
            headers: &unsigned.headers,
            body: sent.body,
            service: sent.service,
        };
        let signed = sign(&request, &credentials, "eu-west-1", Timestamp::SEEDED);
        for (name, value) in signed {
            assert_eq!(sent.header(name), value);
        }
    }
}

/// The first example of AWS's page on signatures of requests to S3.
#[test]
fn the_documented_example_has_its_signature() {
    let headers =
        [("host", "examplebucket.s3.amazonaws.com"), ("range", "bytes=0-9"), ("x-amz-content-sha256", NO_BODY)];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let request = Request { method: "GET", path: "/test.txt", query: "", headers: &headers, body: None, service: "s3" };
    let credentials = Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
        session_token: None,
    };
    let signed = sign(&request, &credentials, "us-east-1", Timestamp::from_amz_date("20130524T000000Z").unwrap());
    assert_eq!(
        signed.last().unwrap().1,
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
         SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
         Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
}

/// Cases 1, 2 and 6 of RFC 4231; the last has a key longer than a block.
#[test]
fn hmac_is_that_of_the_rfc() {
    for (key, message, expected) in [
        (&[0x0b; 20][..], &b"Hi There"[..], "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ] {
        assert_eq!(hmac(key, message).to_hex(), expected);
    }
}

#[test]
fn secrets_are_not_shown() {
    let credentials = Credentials {
        access_key_id: "AKID".into(),
        secret_access_key: "hidden".into(),
        session_token: Some("hidden".into()),
    };
    assert_eq!(format!("{credentials:?}"), "Credentials(AKID)");
    assert_eq!(format!("{:?}", keys("hidden")), "Keys([\"AKIDEXAMPLE\"])");
}
