//! S3's operations: typed inputs to typed outputs, between the wire and the store.
//!
//! The one idea to hold: `s3s` reads requests and writes answers, the functions here decide. None of them waits, so a
//! future of `s3s` is ready as soon as it is asked; nothing here needs a runtime.

mod buckets;
mod convert;
mod copy;
mod lists;
mod objects;
mod read;
mod settings;
mod tags;
mod uploads;

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use s3s::service::S3ServiceBuilder;
use s3s::validation::NameValidation;
use s3s::{HttpRequest, HttpResponse, S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, dto};

use super::refusal::Refusal;
use super::store::ObjectStore;
use crate::arn::Scope;

/// Who asks, and where.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) store: Arc<ObjectStore>,
    pub(super) scope: Scope,
    /// Whether the request says which Region it was sent to.
    pub(super) knows_region: bool,
}

/// Answers a request.
///
/// # Errors
/// The refusal of an operation of ours; what `s3s` refuses itself is a response already.
pub(super) fn answer(caller: Caller, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let refusal = Arc::default();
    let mut builder = S3ServiceBuilder::new(Service { caller, refusal: Arc::clone(&refusal) });
    builder.set_validation(AnyName);
    let answered = ready(builder.build().call(request));
    if let Some(refusal) = refusal.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(refusal);
    }
    answered.map_err(|_| Refusal::InvalidRequest { message: "The request could not be read.".to_owned() })
}

/// What a future comes to that waits for nothing.
pub(super) fn ready<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        // It may give way once or twice; nobody else has to do anything before it goes on.
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

impl Caller {
    /// Requires that a bucket is there, in the Region that was asked, and of the expected owner.
    fn admit(&self, name: &str, expected_owner: Option<&str>) -> Result<(), Refusal> {
        let region = self.store.with_bucket(name, |bucket| {
            if expected_owner.is_some_and(|owner| *owner != *bucket.owner) {
                return Err(Refusal::AccessDenied);
            }
            Ok(Arc::clone(&bucket.region))
        })?;
        if !self.knows_region || region == self.scope.region {
            return Ok(());
        }
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let endpoint = format!("{name}.s3.{region}.{suffix}");
        Err(Refusal::PermanentRedirect { bucket: name.to_owned(), region: region.to_string(), endpoint })
    }
}

/// Any name may be asked for; CreateBucket knows the rules.
struct AnyName;

impl NameValidation for AnyName {
    fn validate_bucket_name(&self, name: &str) -> bool {
        !name.is_empty()
    }
}

/// The operations for one request.
struct Service {
    caller: Caller,
    /// What ours was refused with: `s3s` has no place for all of it.
    refusal: Arc<Mutex<Option<Refusal>>>,
}

impl Service {
    fn answered<T>(&self, result: Result<T, Refusal>) -> S3Result<S3Response<T>> {
        result.map(S3Response::new).map_err(|refusal| {
            *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal);
            S3Error::new(S3ErrorCode::InternalError)
        })
    }
}

/// One line for each operation that is built. The others answer `NotImplemented`, with their name.
macro_rules! operations {
    ($($name:ident: $input:ident -> $output:ident = $handler:path;)*) => {
        #[async_trait]
        impl S3 for Service {
            $(async fn $name(&self, request: S3Request<dto::$input>) -> S3Result<S3Response<dto::$output>> {
                self.answered($handler(&self.caller, request.input))
            })*
        }
    };
}

operations! {
    list_buckets: ListBucketsInput -> ListBucketsOutput = buckets::list;
    create_bucket: CreateBucketInput -> CreateBucketOutput = buckets::create;
    head_bucket: HeadBucketInput -> HeadBucketOutput = buckets::head;
    delete_bucket: DeleteBucketInput -> DeleteBucketOutput = buckets::delete;
    get_bucket_location: GetBucketLocationInput -> GetBucketLocationOutput = buckets::location;
    get_bucket_versioning: GetBucketVersioningInput -> GetBucketVersioningOutput = buckets::versioning;
    put_bucket_versioning: PutBucketVersioningInput -> PutBucketVersioningOutput = buckets::set_versioning;
    get_bucket_policy: GetBucketPolicyInput -> GetBucketPolicyOutput = buckets::policy;
    put_bucket_policy: PutBucketPolicyInput -> PutBucketPolicyOutput = buckets::set_policy;
    delete_bucket_policy: DeleteBucketPolicyInput -> DeleteBucketPolicyOutput = buckets::delete_policy;
    get_public_access_block: GetPublicAccessBlockInput -> GetPublicAccessBlockOutput = settings::public_access;
    put_public_access_block: PutPublicAccessBlockInput -> PutPublicAccessBlockOutput = settings::set_public_access;
    delete_public_access_block: DeletePublicAccessBlockInput -> DeletePublicAccessBlockOutput
        = settings::delete_public_access;
    get_bucket_encryption: GetBucketEncryptionInput -> GetBucketEncryptionOutput = settings::encryption;
    put_bucket_encryption: PutBucketEncryptionInput -> PutBucketEncryptionOutput = settings::set_encryption;
    delete_bucket_encryption: DeleteBucketEncryptionInput -> DeleteBucketEncryptionOutput = settings::delete_encryption;
    get_bucket_tagging: GetBucketTaggingInput -> GetBucketTaggingOutput = settings::tagging;
    put_bucket_tagging: PutBucketTaggingInput -> PutBucketTaggingOutput = settings::set_tagging;
    delete_bucket_tagging: DeleteBucketTaggingInput -> DeleteBucketTaggingOutput = settings::delete_tagging;
    get_bucket_lifecycle_configuration: GetBucketLifecycleConfigurationInput -> GetBucketLifecycleConfigurationOutput
        = settings::lifecycle;
    put_bucket_lifecycle_configuration: PutBucketLifecycleConfigurationInput -> PutBucketLifecycleConfigurationOutput
        = settings::set_lifecycle;
    delete_bucket_lifecycle: DeleteBucketLifecycleInput -> DeleteBucketLifecycleOutput = settings::delete_lifecycle;

    put_object: PutObjectInput -> PutObjectOutput = objects::put;
    get_object: GetObjectInput -> GetObjectOutput = read::get;
    head_object: HeadObjectInput -> HeadObjectOutput = read::head;
    delete_object: DeleteObjectInput -> DeleteObjectOutput = objects::delete;
    delete_objects: DeleteObjectsInput -> DeleteObjectsOutput = objects::delete_many;
    copy_object: CopyObjectInput -> CopyObjectOutput = copy::object;

    list_objects: ListObjectsInput -> ListObjectsOutput = lists::objects;
    list_objects_v2: ListObjectsV2Input -> ListObjectsV2Output = lists::objects_v2;
    list_object_versions: ListObjectVersionsInput -> ListObjectVersionsOutput = lists::versions;

    create_multipart_upload: CreateMultipartUploadInput -> CreateMultipartUploadOutput = uploads::create;
    upload_part: UploadPartInput -> UploadPartOutput = uploads::part;
    upload_part_copy: UploadPartCopyInput -> UploadPartCopyOutput = copy::part;
    complete_multipart_upload: CompleteMultipartUploadInput -> CompleteMultipartUploadOutput = uploads::complete;
    abort_multipart_upload: AbortMultipartUploadInput -> AbortMultipartUploadOutput = uploads::abort;
    list_parts: ListPartsInput -> ListPartsOutput = uploads::parts;
    list_multipart_uploads: ListMultipartUploadsInput -> ListMultipartUploadsOutput = lists::uploads;

    get_object_tagging: GetObjectTaggingInput -> GetObjectTaggingOutput = tags::get;
    put_object_tagging: PutObjectTaggingInput -> PutObjectTaggingOutput = tags::put;
    delete_object_tagging: DeleteObjectTaggingInput -> DeleteObjectTaggingOutput = tags::delete;
}
