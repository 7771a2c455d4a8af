//! Whether a request was signed by one of the keys, and is what was signed.
//!
//! The one idea to hold: everything that decides is in the request and in `now`; nothing is remembered. The signatures of
//! the single chunks of a body (`STREAMING-AWS4-HMAC-SHA256-PAYLOAD`) are not checked, only the one that they start from.

use std::borrow::Cow;
use std::hint::black_box;

use percent_encoding::percent_decode_str;

use super::canonical::Canonical;
use super::{ALGORITHM, Keys, NO_BODY, Scope, TERMINATOR};
use crate::clock::Timestamp;
use crate::package::Digest;

/// How far a request's date may lie from the clock.
const SKEW_SECONDS: i64 = 5 * 60;
/// As far as S3 lets it.
const S3_SKEW_SECONDS: i64 = 15 * 60;
/// The longest life of a presigned link: seven days.
const MOST_EXPIRES_SECONDS: i64 = 7 * 24 * 60 * 60;
/// What stands for the hash of a body that nobody signs.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// A request as it came, still encoded.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// In upper case.
    pub method: &'a str,
    /// Still percent-encoded.
    pub path: &'a str,
    /// Without the question mark, still percent-encoded.
    pub query: &'a str,
    /// Names in any case; `host` must be among them, also where HTTP/2 calls it `:authority`.
    pub headers: &'a [(String, String)],
    /// What was hashed of the body. Without, it is believed to be what `x-amz-content-sha256` says ([`Self::announced`]),
    /// or empty.
    pub body: Option<Digest>,
    /// Who answers: `lambda`, or `s3`, which has rules of its own.
    pub service: &'a str,
}

impl Request<'_> {
    /// The hash that the request says its body has: whoever verifies before the body is there compares later.
    #[must_use]
    pub fn announced(&self) -> Option<Digest> {
        Digest::from_hex(self.header("x-amz-content-sha256")?)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let pairs = self.query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let value = pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        value.map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned())
    }
}

/// Where a signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In the header `Authorization`.
    Header,
    /// In the query: a presigned link.
    Query,
}

/// Why a request is not let in; what is displayed is AWS's message, as all services but S3 have it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It has no signature.
    #[error("Missing Authentication Token")]
    Missing,
    /// It has part of a signature.
    #[error("{message}")]
    Incomplete {
        /// Where it stands.
        form: Form,
        /// What it lacks.
        message: String,
    },
    /// The signature is for something else than this service, this day or this host.
    #[error("{message}")]
    WrongScope {
        /// Where it stands.
        form: Form,
        /// What it should be for.
        message: String,
    },
    /// The key is not one of the keys.
    #[error("The security token included in the request is invalid.")]
    UnknownKey {
        /// Its id.
        access_key_id: String,
    },
    /// It was made too long ago, or will be made.
    #[error("{}", skewed(*at, *now, *allowed_seconds))]
    Skewed {
        /// Where the signature stands.
        form: Form,
        /// When it was made.
        at: Timestamp,
        /// The present.
        now: Timestamp,
        /// For how long it is good.
        allowed_seconds: i64,
    },
    /// Something of the request, or the secret, is not what was signed.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and \
         signing method. Consult the service documentation for details."
    )]
    Mismatch {
        /// Whose signature it should be.
        access_key_id: String,
        /// What it should be the signature of.
        string_to_sign: String,
        /// What came.
        signature: String,
    },
    /// The body is not what `x-amz-content-sha256` says.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and \
         signing method. Consult the service documentation for details."
    )]
    OtherBody {
        /// What the header says.
        announced: String,
        /// What came.
        computed: Digest,
    },
    /// Headers of AWS's that are there and not signed; only S3 minds.
    #[error("There were headers present in the request which were not signed")]
    HeadersNotSigned {
        /// Their names, in lower case.
        names: Vec<String>,
    },
}

/// Whether one of the keys has signed the request as it is, about now.
///
/// Tokens of sessions are not checked; like every other header they may be signed.
///
/// # Errors
/// [`Refused`]: the first of what is missing, what is for somebody else, an unknown key, a wrong time, a wrong signature.
pub fn verify(keys: &Keys, request: &Request<'_>, now: Timestamp) -> Result<(), Refused> {
    let claim = Claim::of(request)?;
    let (access_key_id, scope) = claim.scope(request.service)?;
    let secret =
        keys.secret(access_key_id).ok_or_else(|| Refused::UnknownKey { access_key_id: access_key_id.to_owned() })?;
    claim.check_time(request.service, now)?;
    claim.check_headers(request)?;
    check_body(request)?;
    let canonical = Canonical {
        method: request.method,
        path: request.path,
        query: &claim.query,
        headers: request.headers,
        signed_headers: &claim.signed_headers,
        payload: &payload(request, claim.form),
        s3: request.service == "s3",
    };
    let string_to_sign = scope.string_to_sign(&claim.date, &canonical.text().unwrap_or_default());
    let expected = scope.sign(secret, &string_to_sign).to_hex();
    if same(expected.as_bytes(), claim.signature.as_bytes()) {
        return Ok(());
    }
    let (access_key_id, signature) = (access_key_id.to_owned(), claim.signature.clone());
    Err(Refused::Mismatch { access_key_id, string_to_sign, signature })
}

/// What a request says of its signature.
struct Claim<'a> {
    form: Form,
    /// `AKIDEXAMPLE/20260101/us-east-1/lambda/aws4_request`.
    credential: String,
    /// In lower case, between semicolons.
    signed_headers: String,
    signature: String,
    /// As it is signed: `20260101T000000Z`.
    date: String,
    at: Timestamp,
    /// Of links alone.
    expires_seconds: Option<i64>,
    /// The query that is signed.
    query: Cow<'a, str>,
}

impl<'a> Claim<'a> {
    fn of(request: &Request<'a>) -> Result<Self, Refused> {
        if let Some(authorization) = request.header("authorization") {
            return Self::of_header(request, authorization);
        }
        let signed = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"];
        if signed.iter().any(|name| request.parameter(name).is_some()) {
            return Self::of_query(request);
        }
        Err(Refused::Missing)
    }

    fn of_header(request: &Request<'a>, authorization: &str) -> Result<Self, Refused> {
        let incomplete = |message| Refused::Incomplete { form: Form::Header, message };
        let digest = Digest::of(authorization.as_bytes()).to_base64();
        let (algorithm, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
        if algorithm.starts_with("AWS4-") && algorithm != ALGORITHM {
            return Err(incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
        }
        let mut parts = Vec::new();
        for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            parts.push(part.split_once('=').ok_or_else(|| {
                incomplete(format!(
                    "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded \
                     with Base64): '{digest}'."
                ))
            })?);
        }
        let part = |name: &str| {
            let found = parts.iter().find(|(known, value)| *known == name && !value.is_empty());
            found.map(|(_, value)| (*value).to_owned())
        };
        let (credential, signature, names) = (part("Credential"), part("Signature"), part("SignedHeaders"));
        let date = request.header("x-amz-date").or_else(|| request.header("date"));
        let (Some(credential), Some(signature), Some(names), Some(date)) = (&credential, &signature, &names, date)
        else {
            let lacking = [
                (credential.is_none(), "Authorization header requires 'Credential' parameter."),
                (signature.is_none(), "Authorization header requires 'Signature' parameter."),
                (names.is_none(), "Authorization header requires 'SignedHeaders' parameter."),
                (
                    date.is_none(),
                    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
                ),
            ];
            let lacking: Vec<_> = lacking.iter().filter(|(lacks, _)| *lacks).map(|(_, text)| *text).collect();
            let lacking = lacking.join(" ");
            return Err(incomplete(format!(
                "{lacking} (Hashed with SHA-256 and encoded with Base64) Authorization={digest}"
            )));
        };
        let at = moment(date).or_else(|| Timestamp::from_http_date(date)).ok_or_else(|| incomplete(no_date(date)))?;
        Ok(Self {
            form: Form::Header,
            credential: credential.clone(),
            signed_headers: names.to_ascii_lowercase(),
            signature: signature.clone(),
            date: at.amz_date(),
            at,
            expires_seconds: None,
            query: request.query.into(),
        })
    }

    fn of_query(request: &Request<'a>) -> Result<Self, Refused> {
        let incomplete = |message| Refused::Incomplete { form: Form::Query, message };
        let required = |name| {
            request.parameter(name).filter(|value| !value.is_empty()).ok_or_else(|| {
                incomplete(format!(
                    "AWS query-string parameters must include '{name}'. Re-examine the query-string parameters."
                ))
            })
        };
        let algorithm = required("X-Amz-Algorithm")?;
        if algorithm != ALGORITHM {
            return Err(incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
        }
        let (credential, signature) = (required("X-Amz-Credential")?, required("X-Amz-Signature")?);
        let (signed_headers, date) = (required("X-Amz-SignedHeaders")?, required("X-Amz-Date")?);
        let at = moment(&date).ok_or_else(|| incomplete(no_date(&date)))?;
        let expires = required("X-Amz-Expires")?.parse();
        let expires = expires
            .ok()
            .filter(|seconds| (1..=MOST_EXPIRES_SECONDS).contains(seconds))
            .ok_or_else(|| incomplete(format!("X-Amz-Expires must be between 1 and {MOST_EXPIRES_SECONDS} seconds")))?;
        let rest = request.query.split('&').filter(|pair| !pair.starts_with("X-Amz-Signature="));
        Ok(Self {
            form: Form::Query,
            credential,
            signed_headers: signed_headers.to_ascii_lowercase(),
            signature,
            date,
            at,
            expires_seconds: Some(expires),
            query: rest.collect::<Vec<_>>().join("&").into(),
        })
    }

    /// The id of the key, and what the signature is good for.
    fn scope(&self, service: &str) -> Result<(&str, Scope<'_>), Refused> {
        let wrong = |message| Err(Refused::WrongScope { form: self.form, message });
        let parts: Vec<_> = self.credential.split('/').collect();
        let [key, day, region, named, terminator] = parts[..] else {
            let credential = &self.credential;
            let message = format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
                 '{credential}'"
            );
            return Err(Refused::Incomplete { form: self.form, message });
        };
        if terminator != TERMINATOR {
            return wrong(format!(
                "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{terminator}'."
            ));
        }
        if named != service {
            return wrong(format!("Credential should be scoped to correct service: '{service}'. "));
        }
        let date = &self.date;
        let today = date.get(..8).unwrap_or_default();
        if day != today {
            return wrong(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{day}' != \
                 '{today}', from '{date}'."
            ));
        }
        Ok((key, Scope { day, region, service: named }))
    }

    fn check_time(&self, service: &str, now: Timestamp) -> Result<(), Refused> {
        let (form, at) = (self.form, self.at);
        let skew_seconds = if service == "s3" { S3_SKEW_SECONDS } else { SKEW_SECONDS };
        let refused = |allowed_seconds| Err(Refused::Skewed { form, at, now, allowed_seconds });
        let life_seconds = self.expires_seconds.unwrap_or(skew_seconds);
        if now > at.plus_millis(life_seconds * 1000) {
            return refused(life_seconds);
        }
        if at > now.plus_millis(skew_seconds * 1000) {
            return refused(skew_seconds);
        }
        Ok(())
    }

    /// Whether all is signed that must be: the host, and with S3 the headers of AWS.
    fn check_headers(&self, request: &Request<'_>) -> Result<(), Refused> {
        let is_signed = |name: &str| self.signed_headers.split(';').any(|known| known == name);
        if !is_signed("host") {
            let message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned();
            return Err(Refused::WrongScope { form: self.form, message });
        }
        if request.service != "s3" {
            return Ok(());
        }
        let names = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        let names: Vec<_> = names.filter(|name| name.starts_with("x-amz-") && !is_signed(name)).collect();
        if names.is_empty() { Ok(()) } else { Err(Refused::HeadersNotSigned { names }) }
    }
}

/// What stands for the body in the canonical request.
pub(super) fn payload(request: &Request<'_>, form: Form) -> String {
    match request.header("x-amz-content-sha256") {
        Some(announced) => announced.to_owned(),
        None if request.service == "s3" && form == Form::Query => UNSIGNED_PAYLOAD.to_owned(),
        None => request.body.map_or_else(|| NO_BODY.to_owned(), |digest| digest.to_hex()),
    }
}

/// Whether the body is what the request says of it.
fn check_body(request: &Request<'_>) -> Result<(), Refused> {
    let Some((announced, computed)) = request.header("x-amz-content-sha256").zip(request.body) else { return Ok(()) };
    if announced == UNSIGNED_PAYLOAD || announced.starts_with("STREAMING-") || announced == computed.to_hex() {
        return Ok(());
    }
    Err(Refused::OtherBody { announced: announced.to_owned(), computed })
}

/// The moment that is written just so.
fn moment(text: &str) -> Option<Timestamp> {
    Timestamp::from_amz_date(text).filter(|at| at.amz_date() == text)
}

fn no_date(text: &str) -> String {
    format!("Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601")
}

fn skewed(at: Timestamp, now: Timestamp, allowed_seconds: i64) -> String {
    let (sent, present, minutes) = (at.amz_date(), now.amz_date(), allowed_seconds / 60);
    if at < now {
        let earliest = now.plus_millis(-allowed_seconds * 1000).amz_date();
        return format!("Signature expired: {sent} is now earlier than {earliest} ({present} - {minutes} min.)");
    }
    let latest = now.plus_millis(allowed_seconds * 1000).amz_date();
    format!("Signature not yet current: {sent} is still later than {latest} ({present} + {minutes} min.)")
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |all, (one, other)| black_box(all | (one ^ other)));
    one.len() == other.len() && differences == 0
}
