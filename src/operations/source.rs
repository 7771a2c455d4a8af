//! Where the code of a call comes from: exactly one of a zip, an S3 object, an image (section 1.2).

use bytes::Bytes;
use serde::Deserialize;

use super::context::Context;
use super::object::ObjectSource;
use crate::blob::Blob;
use crate::error::Error;
use crate::images::{self, Image, ImageRefusal};
use crate::package::{Kind, Limits, Refusal};
use crate::state::{Code, ImageCode, S3Object, ZipCode};

/// The largest zip in a request, decoded (Z11).
pub const ZIPPED_BYTES: u64 = 52_428_800;
/// What the sum of uncompressed sizes stays below (Z13).
pub const UNZIPPED_BYTES: u64 = Limits::AWS.unzipped_bytes;

/// The members that say where code comes from, as CreateFunction and UpdateFunctionCode have them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
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
    /// A container image.
    pub image_uri: Option<String>,
    /// The caller's key for the stored package (1.4).
    #[serde(rename = "SourceKMSKeyArn")]
    pub source_kms_key_arn: Option<String>,
}

/// The one source of a call.
#[derive(Debug)]
pub(super) enum Source {
    /// Bytes of the request.
    Zip {
        /// As received.
        bytes: Bytes,
        /// The caller's key for them.
        source_kms_key_arn: Option<String>,
    },
    /// An object to be fetched.
    S3(ObjectSource),
    /// An image, by its URI.
    Image(String),
}

impl Members {
    /// Whether a source of a zip function is named, or a part of one: what is referred to is an object (B8).
    pub(super) fn name_zip(&self) -> bool {
        self.zip_file.is_some() || self.names_s3() || self.by_reference()
    }

    fn by_reference(&self) -> bool {
        self.s3_object_storage_mode.as_deref() == Some("REFERENCE")
    }

    fn names_s3(&self) -> bool {
        self.s3_bucket.is_some() || self.s3_key.is_some() || self.s3_object_version.is_some()
    }

    /// The source that these members name, where they fit the function's package type (R24, R25).
    ///
    /// # Errors
    /// [`Error::SeveralSources`] (R21, B8) and [`Error::NoSource`] (R20, R22, R27).
    pub(super) fn source(self) -> Result<Source, Error> {
        let by_reference = self.by_reference();
        let s3 = self.names_s3();
        let source_kms_key_arn = self.source_kms_key_arn.filter(|arn| !arn.is_empty());
        match (self.zip_file, self.image_uri) {
            (Some(_), _) if s3 || by_reference => Err(Error::SeveralSources),
            (Some(Blob(bytes)), _) => Ok(Source::Zip { bytes, source_kms_key_arn }),
            (None, Some(uri)) => Ok(Source::Image(uri)),
            (None, None) => match (self.s3_bucket, self.s3_key) {
                (Some(bucket), Some(key)) => {
                    let object = S3Object { bucket, key, version_id: self.s3_object_version };
                    Ok(Source::S3(ObjectSource { object, by_reference, source_kms_key_arn }))
                }
                _ => Err(Error::NoSource),
            },
        }
    }
}

impl Source {
    /// Fetches and checks the code (steps 11 and 12 of section 4).
    ///
    /// # Errors
    /// The package's refusals (Z1 to Z13), the object's (E11 to E15, B4), the image's (I1 to I4).
    pub(super) fn accept(self, cx: &Context<'_>) -> Result<Code, Error> {
        match self {
            Self::S3(source) => Ok(Code::Zip(source.accept(cx)?)),
            Self::Zip { bytes, source_kms_key_arn } => {
                check_zipped(bytes.len() as u64)?;
                let package = cx.packages.accept(bytes, &Limits::AWS).map_err(|refusal| refused(&refusal))?;
                Ok(Code::Zip(ZipCode { package, source_kms_key_arn, signature: None, referenced: None }))
            }
            Self::Image(uri) => {
                if let Some(repository_arn) = images::repository_arn(&uri, cx.scope) {
                    cx.may_pull(&repository_arn)?;
                }
                match cx.images.resolve(&uri, &cx.scope.region) {
                    Ok(Image { repository, digest }) => {
                        Ok(Code::Image(Box::new(ImageCode { uri, repository, digest })))
                    }
                    Err(ImageRefusal::Missing) => Err(Error::SourceImageMissing { uri }),
                    Err(ImageRefusal::Invalid) => Err(Error::SourceImageInvalid { uri }),
                    Err(ImageRefusal::Unsupported) => Err(Error::SourceImageUnsupported { uri }),
                    Err(ImageRefusal::Denied) => Err(Error::SourceImageDenied),
                }
            }
        }
    }
}

/// Refuses a package that is too large to be sent in the request; from S3 it may be larger (Z11).
///
/// # Errors
/// [`Error::ZippedTooLarge`].
pub fn check_zipped(bytes: u64) -> Result<(), Error> {
    if bytes > ZIPPED_BYTES { Err(Error::ZippedTooLarge { limit_bytes: ZIPPED_BYTES }) } else { Ok(()) }
}

/// A refusal of the package in AWS's three answers.
#[must_use]
pub fn refused(refusal: &Refusal) -> Error {
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
            (Members { image_uri: text(), ..Members::default() }, Ok(false)),
        ] {
            let shown = format!("{members:?}");
            assert_eq!(members.source().map(|source| matches!(source, Source::Zip { .. })), expected, "{shown}");
        }
    }
}
