//! The event that a function gets: payload format 2.0.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde::Serialize;

use super::{Request, host};
use crate::clock::Timestamp;

/// The route and the stage of every URL.
const DEFAULT: &str = "$default";
/// What bodies are text by their type; others travel as base64.
const TEXTS: [&str; 4] = ["text/", "application/json", "application/javascript", "application/xml"];
/// Where requests come from.
const SOURCE_IP: &str = "127.0.0.1";

/// What a request does not say itself.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The id of the URL.
    pub id: &'a str,
    /// The URL's Region.
    pub region: &'a str,
    /// Of the call.
    pub request_id: &'a str,
    /// The moment of the call.
    pub now: Timestamp,
    /// Who signed the request, where the URL wants that.
    pub caller: Option<&'a Signer<'a>>,
}

/// Who signed a request.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The key's id.
    pub access_key_id: &'a str,
    /// Twelve digits.
    pub account_id: &'a str,
    /// The ARN of the user or of the session.
    pub arn: &'a str,
    /// `AIDA...`, or that of a role and its session.
    pub user_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: &'static str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<&'a str>,
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<String, String>,
    request_context: RequestContext<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    account_id: &'a str,
    api_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizer: Option<Authorizer<'a>>,
    domain_name: String,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: &'static str,
    stage: &'static str,
    time: String,
    time_epoch: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: &'static str,
    source_ip: &'static str,
    user_agent: Option<&'a str>,
}

#[derive(Serialize)]
struct Authorizer<'a> {
    iam: Iam<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Iam<'a> {
    access_key: &'a str,
    account_id: &'a str,
    caller_id: &'a str,
    cognito_identity: Option<&'a str>,
    principal_org_id: Option<&'a str>,
    user_arn: &'a str,
    user_id: &'a str,
}

/// The event of a request, as JSON.
///
/// # Errors
/// A fault of ours: what cannot be written.
pub fn event(request: &Request<'_>, about: &About<'_>) -> Result<Bytes, serde_json::Error> {
    let (body, is_base64_encoded) = body(request);
    let event = Event {
        version: "2.0",
        route_key: DEFAULT,
        raw_path: request.path,
        raw_query_string: request.query,
        cookies: cookies(request),
        headers: headers(request),
        query_string_parameters: parameters(request.query),
        request_context: context(request, about),
        body,
        is_base64_encoded,
    };
    serde_json::to_vec(&event).map(Bytes::from)
}

fn context<'a>(request: &Request<'a>, about: &About<'a>) -> RequestContext<'a> {
    let iam = about.caller.map(|signer| Iam {
        access_key: signer.access_key_id,
        account_id: signer.account_id,
        caller_id: signer.user_id,
        cognito_identity: None,
        principal_org_id: None,
        user_arn: signer.arn,
        user_id: signer.user_id,
    });
    RequestContext {
        account_id: about.caller.map_or("anonymous", |signer| signer.account_id),
        api_id: about.id,
        authorizer: iam.map(|iam| Authorizer { iam }),
        domain_name: host(about.id, about.region),
        domain_prefix: about.id,
        http: Http {
            method: request.method,
            path: request.path,
            protocol: "HTTP/1.1",
            source_ip: SOURCE_IP,
            user_agent: request.header("user-agent"),
        },
        request_id: about.request_id,
        route_key: DEFAULT,
        stage: DEFAULT,
        time: about.now.access_log_date(),
        time_epoch: about.now.as_millis(),
    }
}

/// Those of a name joined by commas; cookies have a place of their own.
fn headers(request: &Request<'_>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, value) in request.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("cookie")) {
        join(&mut all, name.to_ascii_lowercase(), value);
    }
    for (name, value) in [("x-forwarded-for", SOURCE_IP), ("x-forwarded-port", "443"), ("x-forwarded-proto", "https")] {
        all.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    all
}

fn cookies<'a>(request: &Request<'a>) -> Vec<&'a str> {
    let all = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("cookie"));
    all.flat_map(|(_, value)| value.split(';')).map(str::trim).filter(|cookie| !cookie.is_empty()).collect()
}

/// Those of a name joined by commas.
fn parameters(query: &str) -> BTreeMap<String, String> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let mut all = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        join(&mut all, decode(name), &decode(value));
    }
    all
}

fn join(all: &mut BTreeMap<String, String>, name: String, value: &str) {
    all.entry(name)
        .and_modify(|joined| {
            joined.push(',');
            joined.push_str(value);
        })
        .or_insert_with(|| value.to_owned());
}

/// The body, if there is one, and whether it stands there as base64.
fn body(request: &Request<'_>) -> (Option<String>, bool) {
    if request.body.is_empty() {
        return (None, false);
    }
    let content_type = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let text = std::str::from_utf8(request.body).ok();
    match text.filter(|_| TEXTS.iter().any(|text| content_type.contains(text))) {
        Some(text) => (Some(text.to_owned()), false),
        None => (Some(STANDARD.encode(request.body)), true),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(query: &str, headers: &[(&str, &str)], body: &'static [u8], caller: Option<&Signer<'_>>) -> Value {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let body = Bytes::from_static(body);
        let request = Request { method: "POST", path: "/my/path%20", query, headers: &headers, body: &body };
        let now = Timestamp::from_millis(1_584_043_138_390);
        let about = About { id: "abc", region: "us-west-2", request_id: "r-1", now, caller };
        serde_json::from_slice(&event(&request, &about).unwrap()).unwrap()
    }

    #[test]
    fn an_event_is_that_of_the_documentation() {
        let headers = [("Header1", "value1"), ("header1", "value2"), ("Cookie", "a=1; b=2"), ("user-agent", "agent")];
        let event = of("p=v1&p=v%202&q=a+b&r", &headers, b"", None);
        let expected = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/my/path%20",
            "rawQueryString": "p=v1&p=v%202&q=a+b&r",
            "cookies": ["a=1", "b=2"],
            "headers": {
                "header1": "value1,value2", "user-agent": "agent",
                "x-forwarded-for": "127.0.0.1", "x-forwarded-port": "443", "x-forwarded-proto": "https",
            },
            "queryStringParameters": {"p": "v1,v 2", "q": "a b", "r": ""},
            "requestContext": {
                "accountId": "anonymous",
                "apiId": "abc",
                "domainName": "abc.lambda-url.us-west-2.on.aws",
                "domainPrefix": "abc",
                "http": {
                    "method": "POST", "path": "/my/path%20", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
                    "userAgent": "agent",
                },
                "requestId": "r-1",
                "routeKey": "$default",
                "stage": "$default",
                "time": "12/Mar/2020:19:58:58 +0000",
                "timeEpoch": 1_584_043_138_390_i64,
            },
            "isBase64Encoded": false,
        });
        assert_eq!(event, expected);
    }

    #[test]
    fn who_signed_is_told() {
        let signer = Signer { access_key_id: "AKIA", account_id: "111122223333", arn: "arn:a", user_id: "AIDA" };
        let context = &of("", &[], b"", Some(&signer))["requestContext"];
        let iam = json!({
            "accessKey": "AKIA", "accountId": "111122223333", "callerId": "AIDA", "cognitoIdentity": null,
            "principalOrgId": null, "userArn": "arn:a", "userId": "AIDA",
        });
        assert_eq!((&context["accountId"], &context["authorizer"]["iam"]), (&json!("111122223333"), &iam));
    }

    #[test]
    fn a_body_is_text_by_its_type_or_base64() {
        for (content_type, body, expected) in [
            ("text/plain", &b"hi"[..], json!(["hi", false])),
            ("application/json; charset=utf-8", b"{}", json!(["{}", false])),
            ("application/x-www-form-urlencoded", b"a=1", json!(["YT0x", true])),
            ("application/octet-stream", b"\xff", json!(["/w==", true])),
            ("text/plain", b"\xff", json!(["/w==", true])),
            ("", b"hi", json!(["aGk=", true])),
        ] {
            let event = of("", &[("content-type", content_type)], body, None);
            assert_eq!(json!([event["body"], event["isBase64Encoded"]]), expected, "{content_type}");
        }
    }
}
