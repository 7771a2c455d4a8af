//! The signature of a request to S3: AWS's Signature Version 4, of a GET without a body.
//!
//! The one idea to hold: server and client write the request down in one canonical form and hash it with a key made of
//! the secret, the day and the Region.

use std::fmt;

use crate::package::{Digest, Hasher};

/// SHA-256 of no bytes: the body of a GET.
pub(super) const NO_BODY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
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

/// What is signed. Path and query are percent-encoded as they are sent; headers are in the order of their names.
pub(super) struct Unsigned<'a> {
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a [(&'static str, String)],
    /// `20260101T000000Z`, as in the header `x-amz-date`.
    pub(super) date: &'a str,
    pub(super) region: &'a str,
}

/// The value of the header `Authorization`.
pub(super) fn authorization(request: &Unsigned<'_>, credentials: &Credentials) -> String {
    let names: Vec<_> = request.headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| format!("{name}:{}", value.trim())).collect();
    let headers = headers.join("\n");
    let canonical = format!("GET\n{}\n{}\n{headers}\n\n{names}\n{NO_BODY}", request.path, request.query);
    let day = request.date.get(..8).unwrap_or_default();
    let scope = format!("{day}/{}/s3/aws4_request", request.region);
    let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", request.date, Digest::of(canonical.as_bytes()).to_hex());
    let secret = format!("AWS4{}", credentials.secret_access_key);
    let key = [day, request.region, "s3", "aws4_request"]
        .into_iter()
        .fold(secret.into_bytes(), |key, part| hmac(&key, part.as_bytes()).as_bytes().to_vec());
    let signature = hmac(&key, text.as_bytes()).to_hex();
    let id = &credentials.access_key_id;
    format!("AWS4-HMAC-SHA256 Credential={id}/{scope},SignedHeaders={names},Signature={signature}")
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The first example of AWS's page on signatures of requests to S3.
    #[test]
    fn the_documented_example_has_its_signature() {
        let date = "20130524T000000Z";
        let headers = [
            ("host", "examplebucket.s3.amazonaws.com".to_owned()),
            ("range", "bytes=0-9".to_owned()),
            ("x-amz-content-sha256", NO_BODY.to_owned()),
            ("x-amz-date", date.to_owned()),
        ];
        let request = Unsigned { path: "/test.txt", query: "", headers: &headers, date, region: "us-east-1" };
        let credentials = Credentials {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
        };
        assert_eq!(
            authorization(&request, &credentials),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
    }

    /// Cases 1, 2 and 6 of RFC 4231; the last has a key longer than a block.
    #[test]
    fn hmac_is_that_of_the_rfc() {
        for (key, message, expected) in [
            (&[0x0b; 20][..], &b"Hi There"[..], "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
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
    }
}
