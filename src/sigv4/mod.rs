//! AWS's Signature Version 4: made for requests that we send, verified on those that come in.
//!
//! The one idea to hold: client and server write the request down in one canonical form and hash it with a key made of
//! the secret, the day, the Region and the service. So both directions share everything but who compares.

mod canonical;
#[cfg(test)]
mod tests;
mod verify;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use percent_encoding::percent_decode_str;

use self::canonical::Canonical;
use crate::clock::Timestamp;
use crate::package::{Digest, Hasher};

pub use self::verify::{Form, Refused, Request, verify};

/// SHA-256 of no bytes, in hexadecimal: the payload of a request without a body.
pub const NO_BODY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// The only algorithm.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// What every scope ends with.
const TERMINATOR: &str = "aws4_request";
/// What HMAC-SHA256 hashes at a time.
const BLOCK_BYTES: usize = 64;

/// An access key.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Its id, which everybody may see.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The token of a key that somebody has for a while.
    pub session_token: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.access_key_id)
    }
}

/// The access keys whose signatures are good: from ids to secrets.
///
/// ```
/// use drylambda::sigv4::Keys;
///
/// let keys: Keys = [("AKIDEXAMPLE".to_owned(), "hidden".to_owned())].into_iter().collect();
/// assert_eq!(format!("{keys:?}"), r#"Keys(["AKIDEXAMPLE"])"#);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Keys(HashMap<String, String>);

impl Keys {
    /// Whether no signature is good.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn secret(&self, access_key_id: &str) -> Option<&str> {
        self.0.get(access_key_id).map(String::as_str)
    }
}

impl FromIterator<(String, String)> for Keys {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ids: Vec<_> = self.0.keys().collect();
        ids.sort();
        f.debug_tuple("Keys").field(&ids).finish()
    }
}

/// The headers that sign a request: its date, the token of a session, `Authorization`. All of its headers are signed, and
/// `host` is to be among them.
///
/// ```
/// use drylambda::clock::Timestamp;
/// use drylambda::sigv4::{Credentials, Request, sign, verify};
///
/// let credentials = Credentials {
///     access_key_id: "AKIDEXAMPLE".into(),
///     secret_access_key: "hidden".into(),
///     session_token: None,
/// };
/// let mut headers = vec![("host".to_owned(), "localhost:4566".to_owned())];
/// let path = "/2015-03-31/functions/fn";
/// let request = Request { method: "GET", path, query: "", headers: &headers, body: None, service: "lambda" };
/// let signed = sign(&request, &credentials, "eu-west-1", Timestamp::SEEDED);
/// headers.extend(signed.into_iter().map(|(name, value)| (name.to_owned(), value)));
/// let request = Request { method: "GET", path, query: "", headers: &headers, body: None, service: "lambda" };
/// let keys = [("AKIDEXAMPLE".to_owned(), "hidden".to_owned())].into_iter().collect();
/// assert_eq!(verify(&keys, &request, Timestamp::SEEDED), Ok(()));
/// ```
#[must_use]
pub fn sign(
    request: &Request<'_>,
    credentials: &Credentials,
    region: &str,
    now: Timestamp,
) -> Vec<(&'static str, String)> {
    let date = now.amz_date();
    let mut added = vec![("x-amz-date", date.clone())];
    added.extend(credentials.session_token.iter().map(|token| ("x-amz-security-token", token.clone())));
    let mut headers = request.headers.to_vec();
    headers.extend(added.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let mut names: Vec<_> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    names.dedup();
    let names = names.join(";");
    let canonical = Canonical {
        method: request.method,
        path: request.path,
        query: request.query,
        headers: &headers,
        signed_headers: &names,
        payload: &verify::payload(request, Form::Header),
        s3: request.service == "s3",
    };
    let scope = Scope { day: date.get(..8).unwrap_or_default(), region, service: request.service };
    let string_to_sign = scope.string_to_sign(&date, &canonical.text().unwrap_or_default());
    let signature = scope.sign(&credentials.secret_access_key, &string_to_sign);
    let id = &credentials.access_key_id;
    added.push((
        "authorization",
        format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"),
    ));
    added
}

/// What a signature is good for.
#[derive(Debug, Clone, Copy)]
struct Scope<'a> {
    /// `20260101`.
    day: &'a str,
    region: &'a str,
    service: &'a str,
}

impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{TERMINATOR}", self.day, self.region, self.service)
    }
}

impl Scope<'_> {
    /// What is hashed with the key; `date` is `20260101T000000Z`.
    fn string_to_sign(&self, date: &str, canonical: &str) -> String {
        format!("{ALGORITHM}\n{date}\n{self}\n{}", Digest::of(canonical.as_bytes()))
    }

    fn sign(&self, secret: &str, string_to_sign: &str) -> Digest {
        let secret = format!("AWS4{secret}");
        let key = [self.day, self.region, self.service, TERMINATOR]
            .into_iter()
            .fold(secret.into_bytes(), |key, part| hmac(&key, part.as_bytes()).as_bytes().to_vec());
        hmac(&key, string_to_sign.as_bytes())
    }
}

/// HMAC-SHA256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> Digest {
    let short = Digest::of(key);
    let key = if key.len() > BLOCK_BYTES { short.as_bytes() } else { key };
    let padded = |with: u8| {
        let mut block = [with; BLOCK_BYTES];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let hash = |block: [u8; BLOCK_BYTES], message: &[u8]| {
        let mut hasher = Hasher::new();
        hasher.update(&block);
        hasher.update(message);
        hasher.finish()
    };
    hash(padded(0x5c), hash(padded(0x36), message).as_bytes())
}

/// What a request says of who signed it and for what: `AKIDEXAMPLE/20260101/us-east-1/lambda/aws4_request`, in the header
/// `Authorization` or in the query of a link. It is what [`verify`] looks at, so nobody is taken for somebody else.
#[must_use]
pub fn credential<'a>(authorization: Option<&'a str>, query: &'a str) -> Option<Cow<'a, str>> {
    if let Some(text) = authorization.filter(|text| !text.is_empty()) {
        let (_, parts) = text.split_once(' ')?;
        let values = parts.split(',').filter_map(|part| part.trim().strip_prefix("Credential="));
        return values.filter(|value| !value.is_empty()).map(Cow::Borrowed).next();
    }
    let value = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
    Some(percent_decode_str(value).decode_utf8_lossy())
}
