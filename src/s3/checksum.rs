//! Checksums beside the ETag: checked when they come, composed when parts become an object.

use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};

use super::refusal::Refusal;

/// How a checksum is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the algorithm of its name")]
pub enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

/// A checksum beside the ETag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    /// How it was computed.
    pub algorithm: Algorithm,
    /// In base64; of a composite one with a hyphen and the number of parts.
    pub value: String,
    /// Whether it is that of the parts' checksums, not that of the bytes.
    pub composite: bool,
}

impl Algorithm {
    const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// As S3 writes it, e.g. `CRC32`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The algorithm of a name.
    ///
    /// # Errors
    /// [`Refusal::InvalidRequest`].
    pub(super) fn named(name: &str) -> Result<Self, Refusal> {
        Self::ALL.into_iter().find(|it| it.name().eq_ignore_ascii_case(name)).ok_or_else(|| Refusal::InvalidRequest {
            message:
                "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, \
                      CRC32C, CRC64NVME, SHA1, SHA256]"
                    .to_owned(),
        })
    }

    fn digest<'a>(self, pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
        fn over<'a, C: s3s::crypto::Checksum>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
            let mut sum = C::new();
            pieces.for_each(|piece| sum.update(piece));
            sum.finalize().as_ref().to_vec()
        }
        match self {
            Self::Crc32 => over::<Crc32>(pieces),
            Self::Crc32c => over::<Crc32c>(pieces),
            Self::Crc64Nvme => over::<Crc64Nvme>(pieces),
            Self::Sha1 => over::<Sha1>(pieces),
            Self::Sha256 => over::<Sha256>(pieces),
        }
    }
}

impl Checksum {
    /// The checksum of bytes.
    #[must_use]
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        Self::of_pieces(algorithm, iter::once(bytes))
    }

    /// The checksum of bytes that come in pieces.
    pub(super) fn of_pieces<'a, P: AsRef<[u8]> + ?Sized + 'a>(
        algorithm: Algorithm,
        pieces: impl Iterator<Item = &'a P>,
    ) -> Self {
        let value = STANDARD.encode(algorithm.digest(pieces.map(AsRef::as_ref)));
        Self { algorithm, value, composite: false }
    }

    /// The checksum of the checksums of parts.
    pub(super) fn composed<'a>(algorithm: Algorithm, parts: impl ExactSizeIterator<Item = &'a Self>) -> Self {
        let count = parts.len();
        let digests: Vec<u8> = parts.flat_map(|part| STANDARD.decode(&part.value).unwrap_or_default()).collect();
        let value = format!("{}-{count}", STANDARD.encode(algorithm.digest(iter::once(&*digests))));
        Self { algorithm, value, composite: true }
    }

    /// Checks bytes against the checksum that came with them.
    ///
    /// # Errors
    /// [`Refusal::BadDigest`], or [`Refusal::InvalidRequest`] for what is no checksum.
    pub(super) fn check(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let digest = self.algorithm.digest(iter::once(bytes));
        match STANDARD.decode(&self.value) {
            Ok(given) if given == digest => Ok(()),
            Ok(given) if given.len() == digest.len() => {
                Err(Refusal::BadDigest { what: self.algorithm.name(), than: "the calculated checksum" })
            }
            _ => Err(Refusal::InvalidRequest {
                message: format!(
                    "Value for x-amz-checksum-{} header is invalid.",
                    self.algorithm.name().to_ascii_lowercase()
                ),
            }),
        }
    }
}

/// Checks an MD5 of bytes against a `Content-MD5`.
///
/// # Errors
/// [`Refusal::BadDigest`], [`Refusal::InvalidDigest`].
pub(super) fn check_md5(content_md5: Option<&str>, md5: [u8; 16]) -> Result<(), Refusal> {
    match content_md5.map(|text| STANDARD.decode(text)) {
        None => Ok(()),
        Some(Ok(given)) if given == md5 => Ok(()),
        Some(Ok(given)) if given.len() == md5.len() => {
            Err(Refusal::BadDigest { what: "Content-MD5", than: "what we received" })
        }
        Some(_) => Err(Refusal::InvalidDigest),
    }
}

/// The MD5 of bytes.
pub(super) fn md5(bytes: &[u8]) -> [u8; 16] {
    Md5::checksum(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of `123456789`, from the catalogue of CRCs and from the standards of the hashes.
    const CHECKS: [(Algorithm, &str); 5] = [
        (Algorithm::Crc32, "y/Q5Jg=="),
        (Algorithm::Crc32c, "4waSgw=="),
        (Algorithm::Crc64Nvme, "rosUhgp5mIg="),
        (Algorithm::Sha1, "98O8HYCOBHMq32eZZczDTKeuNEE="),
        (Algorithm::Sha256, "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
    ];

    #[test]
    fn checksums_are_those_of_the_catalogues() {
        for (algorithm, value) in CHECKS {
            assert_eq!(Checksum::of(algorithm, b"123456789").value, value, "{algorithm:?}");
            assert_eq!(Algorithm::named(&algorithm.name().to_lowercase()), Ok(algorithm));
        }
    }

    #[test]
    fn what_does_not_match_is_told_from_what_is_no_checksum() {
        for (algorithm, value) in CHECKS {
            let given = Checksum { algorithm, value: value.to_owned(), composite: false };
            assert_eq!(given.check(b"123456789"), Ok(()));
            assert_eq!(given.check(b"12345678").unwrap_err().code(), "BadDigest");
            let broken = Checksum { value: "AAA=".to_owned(), ..given };
            assert_eq!(broken.check(b"123456789").unwrap_err().code(), "InvalidRequest");
        }
        for (content_md5, code) in [("XrY7u+Ae7tCTyyK7j1rNww==", "BadDigest"), ("XrY7", "InvalidDigest")] {
            assert_eq!(check_md5(Some(content_md5), md5(b"hello")).unwrap_err().code(), code);
        }
        assert_eq!(check_md5(Some("XUFAKrxLKna5cZ2REBfFkg=="), md5(b"hello")), Ok(()));
    }

    #[test]
    fn a_composite_checksum_says_of_how_many_parts() {
        let parts = [b"one", b"two"].map(|part| Checksum::of(Algorithm::Crc32, part));
        let composed = Checksum::composed(Algorithm::Crc32, parts.iter());
        assert!(composed.composite && composed.value.ends_with("==-2"), "{composed:?}");
    }
}
