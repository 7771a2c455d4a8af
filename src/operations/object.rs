//! Code from an object in S3: fetched as the caller, checked as it arrives, copied or referred to (section 11).
//!
//! The one idea to hold: a source says what S3 says. This file words it as Lambda does (E11 to E15) and adds the two
//! rules that are Lambda's own: where a copied object must lie, and what an object must be to be referred to.

use std::sync::Arc;

use super::context::Context;
use super::source::{UNZIPPED_BYTES, refused as package_refused};
use crate::error::Error;
use crate::package::{Limits, MOST_BYTES, Package};
use crate::sources::{Body, Object, Refusal, Wanted};
use crate::state::{S3Object, ZipCode};

/// The storage classes of objects that nothing can refer to (B4).
const GLACIER: [&str; 3] = ["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"];

/// An object that a call names as its source.
#[derive(Debug)]
pub(super) struct ObjectSource {
    /// As the caller named it.
    pub object: S3Object,
    /// Whether the function is to refer to it instead of keeping a copy.
    pub by_reference: bool,
    /// The caller's key for the package.
    pub source_kms_key_arn: Option<String>,
}

impl ObjectSource {
    /// Fetches and checks the package (steps 11 and 12 of section 4).
    ///
    /// # Errors
    /// E11 to E15, B4, and the package's refusals (Z1 to Z13).
    pub(super) fn accept(self, cx: &Context<'_>) -> Result<ZipCode, Error> {
        self.check_permission(cx)?;
        let S3Object { bucket, key, version_id } = &self.object;
        let wanted = Wanted {
            account: &cx.caller.account,
            region: &cx.scope.region,
            // B2, B7
            in_region: !self.by_reference,
            bucket,
            key,
            version: version_id.as_deref(),
        };
        let found = cx.sources.get(&wanted).map_err(|refusal| self.refused(cx, refusal))?;
        let referenced = if self.by_reference { Some(Box::new(self.referable(&found)?)) } else { None };
        let package = take_in(cx, found.body)?;
        Ok(ZipCode { package, source_kms_key_arn: self.source_kms_key_arn, signature: None, referenced })
    }

    /// Whether the caller may read the object (B1), asked before anybody knows whether there is one.
    fn check_permission(&self, cx: &Context<'_>) -> Result<(), Error> {
        let S3Object { bucket, key, version_id } = &self.object;
        let arn = format!("arn:{}:s3:::{bucket}/{key}", cx.scope.partition());
        let version = version_id.as_ref().map(|_| "s3:GetObjectVersion");
        let mut actions = ["s3:GetObject"].into_iter().chain(version);
        actions.try_for_each(|action| cx.may(action, &arn)).map_err(|denied| Error::S3AccessDenied {
            bucket: bucket.clone(),
            key: key.clone(),
            message: denied.to_string(),
            hint: Some(denied.hint),
        })
    }

    /// The exact version to refer to (B4).
    fn referable(&self, found: &Object) -> Result<S3Object, Error> {
        let version_id = found.version_id.clone().filter(|_| found.versioned);
        let Some(version_id) = version_id else {
            return Err(Error::ReferenceNeedsVersions { bucket: self.object.bucket.clone() });
        };
        if let Some(class) = found.storage_class.as_deref().filter(|class| GLACIER.contains(class)) {
            return Err(Error::ReferenceToGlacier { class: class.to_owned() });
        }
        Ok(S3Object { version_id: Some(version_id), ..self.object.clone() })
    }

    /// What S3 says, as Lambda passes it on.
    fn refused(&self, cx: &Context<'_>, refusal: Refusal) -> Error {
        let object = &self.object;
        let (code, message, hint) = match refusal {
            Refusal::NoSuchBucket => {
                let places = cx.sources.places().collect::<Vec<_>>().join(", ");
                let hint = format!(
                    "no bucket is called {:?} in {places}. Make it there (the own S3 is boto3's with \
                     mock_lambda(s3=True)), or say with s3_dir= or s3_endpoint= where buckets are",
                    object.bucket
                );
                ("NoSuchBucket".to_owned(), "The specified bucket does not exist".to_owned(), Some(hint))
            }
            Refusal::NoSuchKey => ("NoSuchKey".to_owned(), "The specified key does not exist.".to_owned(), None),
            Refusal::NoSuchVersion => {
                ("NoSuchVersion".to_owned(), "The specified version does not exist.".to_owned(), None)
            }
            Refusal::OtherRegion { region } => {
                let message =
                    format!("The bucket is in this region: {region}. Please use this region to retry the request");
                ("PermanentRedirect".to_owned(), message, None)
            }
            Refusal::AccessDenied { message } => {
                let (bucket, key) = (object.bucket.clone(), object.key.clone());
                return Error::S3AccessDenied { bucket, key, message, hint: None };
            }
            Refusal::Other { code, message } => (code, message, None),
            Refusal::Broken { reason } => return Error::SourceBroken { reason },
        };
        Error::S3Refused { code, message, hint }
    }
}

/// The package in these bytes, wherever they are still.
fn take_in(cx: &Context<'_>, body: Body) -> Result<Arc<Package>, Error> {
    match body {
        Body::Whole(bytes) if bytes.len() as u64 > MOST_BYTES => {
            Err(Error::UnzippedTooLarge { limit_bytes: UNZIPPED_BYTES })
        }
        Body::Whole(bytes) => cx.packages.accept(bytes, &Limits::AWS).map_err(|refusal| package_refused(&refusal)),
        Body::Arriving { announced_bytes, reader } => {
            let mut intake =
                cx.packages.intake(announced_bytes, &Limits::AWS).map_err(|refusal| package_refused(&refusal))?;
            let taken = intake.push_all(reader).map_err(|error| Error::SourceBroken { reason: error.to_string() })?;
            taken.and_then(|()| intake.finish()).map_err(|refusal| package_refused(&refusal))
        }
    }
}
