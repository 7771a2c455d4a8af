//! Where the code of a call comes from: exactly one of a zip, an S3 object, an image (section 1.2).

use std::sync::Arc;

use bytes::Bytes;

use super::context::Context;
use crate::blob::Blob;
use crate::error::Error;
use crate::package::{Kind, Limits, Package, Refusal};

/// The largest zip in a request, decoded (Z11).
pub(super) const ZIPPED_BYTES: u64 = 52_428_800;
/// What the sum of uncompressed sizes stays below (Z13).
pub(super) const UNZIPPED_BYTES: u64 = 262_144_000;
const LIMITS: Limits = Limits { unzipped_bytes: UNZIPPED_BYTES };

/// The members that name a source, as CreateFunction and UpdateFunctionCode have them.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// The package itself.
    pub zip_file: Option<Blob>,
    /// With the key, an S3 object.
    pub s3_bucket: Option<String>,
    /// With the bucket, an S3 object.
    pub s3_key: Option<String>,
    /// Which version of the object.
    pub s3_object_version: Option<String>,
    /// `COPY` or `REFERENCE`.
    pub s3_object_storage_mode: Option<String>,
}

/// The one source of a call for a zip function.
#[derive(Debug)]
pub(super) enum Source {
    /// Bytes of the request.
    Zip(Bytes),
    /// An object to be fetched.
    S3,
}

impl Members {
    /// The source that these members name.
    ///
    /// # Errors
    /// [`Error::SeveralSources`] (R21, B8) and [`Error::NoSource`] (R20, R22, R27).
    pub(super) fn source(self) -> Result<Source, Error> {
        let s3 = self.s3_bucket.is_some() || self.s3_key.is_some() || self.s3_object_version.is_some();
        let referenced = self.s3_object_storage_mode.as_deref() == Some("REFERENCE");
        match self.zip_file {
            Some(_) if s3 || referenced => Err(Error::SeveralSources),
            Some(Blob(bytes)) => Ok(Source::Zip(bytes)),
            None if self.s3_bucket.is_some() && self.s3_key.is_some() => Ok(Source::S3),
            None => Err(Error::NoSource),
        }
    }
}

impl Source {
    /// Fetches and checks the package (steps 11 and 12 of section 4).
    ///
    /// # Errors
    /// The package's refusals (Z1 to Z13).
    pub(super) fn accept(&self, cx: &Context<'_>) -> Result<Arc<Package>, Error> {
        match self {
            Self::S3 => Err(Error::NotBuilt { what: "code from S3 (S3Bucket, S3Key)".into() }),
            Self::Zip(bytes) if bytes.len() as u64 > ZIPPED_BYTES => {
                Err(Error::ZippedTooLarge { limit_bytes: ZIPPED_BYTES })
            }
            Self::Zip(bytes) => cx.packages.accept(bytes.clone(), &LIMITS).map_err(|refusal| refused(&refusal)),
        }
    }
}

/// A refusal of the package in AWS's three answers.
fn refused(refusal: &Refusal) -> Error {
    match refusal.kind() {
        Kind::NotAZip => Error::NotAZip { found: refusal.to_string() },
        Kind::Empty => Error::EmptyZip,
        Kind::TooLarge => Error::UnzippedTooLarge { limit_bytes: UNZIPPED_BYTES },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_source_is_taken() {
        let zip = || Some(Blob::default());
        let text = || Some("x".to_owned());
        for (members, expected) in [
            (Members::default(), Err(Error::NoSource)),
            (Members { s3_bucket: text(), ..Members::default() }, Err(Error::NoSource)),
            (Members { s3_key: text(), ..Members::default() }, Err(Error::NoSource)),
            (Members { s3_object_version: text(), ..Members::default() }, Err(Error::NoSource)),
            (Members { zip_file: zip(), s3_key: text(), ..Members::default() }, Err(Error::SeveralSources)),
            (
                Members { zip_file: zip(), s3_object_storage_mode: Some("REFERENCE".into()), ..Members::default() },
                Err(Error::SeveralSources),
            ),
            (Members { zip_file: zip(), s3_object_storage_mode: Some("COPY".into()), ..Members::default() }, Ok(true)),
            (Members { s3_bucket: text(), s3_key: text(), ..Members::default() }, Ok(false)),
        ] {
            let shown = format!("{members:?}");
            assert_eq!(members.source().map(|source| matches!(source, Source::Zip(_))), expected, "{shown}");
        }
    }
}
