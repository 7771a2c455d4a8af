//! The emulator's own S3 as a source. Its objects are shared with the functions that are deployed from them.

use super::{Body, Object, ObjectSource, Refusal, Wanted};
use crate::s3::{ARCHIVES, GetError, ObjectStore};

impl ObjectSource for ObjectStore {
    fn place(&self) -> Option<String> {
        Some("the emulator's own S3".to_owned())
    }

    fn get(&self, wanted: &Wanted<'_>) -> Option<Result<Object, Refusal>> {
        let bucket = self.bucket(wanted.bucket)?;
        if let Err(refusal) = wanted.check_region(&bucket.region) {
            return Some(Err(refusal));
        }
        let refusal = match Self::get(self, wanted.bucket, wanted.key, wanted.version) {
            Ok(object) if object.storage_class.as_deref().is_some_and(|class| ARCHIVES.contains(&class)) => {
                other("InvalidObjectState", "The operation is not valid for the object's storage class")
            }
            Ok(object) => {
                let (body, version_id) = (Body::Whole(object.bytes), object.version_id);
                let storage_class = object.storage_class;
                return Some(Ok(Object { body, version_id, versioned: bucket.versioned, storage_class }));
            }
            // The bucket was deleted since.
            Err(GetError::NoSuchBucket) => return None,
            Err(GetError::NoSuchKey) => Refusal::NoSuchKey,
            Err(GetError::NoSuchVersion) => Refusal::NoSuchVersion,
            Err(GetError::DeleteMarker) => {
                other("MethodNotAllowed", "The specified method is not allowed against this resource.")
            }
        };
        Some(Err(refusal))
    }
}

fn other(code: &str, message: &str) -> Refusal {
    Refusal::Other { code: code.to_owned(), message: message.to_owned() }
}
