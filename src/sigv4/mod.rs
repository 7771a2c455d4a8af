//! AWS's Signature Version 4: made for requests that we send, verified on those that come in.
//!
//! The one idea to hold: client and server write the request down in one canonical form and hash it with a key made of
//! the secret, the day, the Region and the service. So both directions share everything but who compares.

mod canonical;
#[cfg(test)]
mod tests;
mod verify;

use std::collections::HashMap;
use std::fmt;

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

/// A GET of S3's to be signed. Path and query are percent-encoded as they are sent, and canonical; headers are in the
/// order of their names.
pub(crate) struct Unsigned<'a> {
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a [(&'static str, String)],
    /// `20260101T000000Z`, as in the header `x-amz-date`.
    pub(crate) date: &'a str,
    pub(crate) region: &'a str,
}

/// The value of the header `Authorization`.
pub(crate) fn authorization(request: &Unsigned<'_>, credentials: &Credentials) -> String {
    let names: Vec<_> = request.headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| format!("{name}:{}", value.trim())).collect();
    let headers = headers.join("\n");
    let canonical = format!("GET\n{}\n{}\n{headers}\n\n{names}\n{NO_BODY}", request.path, request.query);
    let day = request.date.get(..8).unwrap_or_default();
    let scope = Scope { day, region: request.region, service: "s3" };
    let signature = scope.sign(&credentials.secret_access_key, &scope.string_to_sign(request.date, &canonical));
    let id = &credentials.access_key_id;
    format!("{ALGORITHM} Credential={id}/{scope},SignedHeaders={names},Signature={}", signature.to_hex())
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
