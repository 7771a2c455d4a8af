//! All buckets of one emulator, in every account and Region.
//!
//! The one idea to hold: a bucket's name belongs to the whole store, as on AWS, so whoever reads needs the name alone.
//! Each method is one step under one lock; nothing of a refused one stays.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;

use super::bucket::{Bucket, Deleted, Versioning};
use super::object::{Content, Tags, Version, VersionId, check_key};
use super::refusal::Refusal;
use super::settings::Settings;
use crate::arn::Scope;
use crate::clock::{Clock, Timestamp};
use crate::ids::Ids;

/// How long a version's id is.
const VERSION_ID_LETTERS: usize = 32;

/// Buckets and objects. Shared between threads by reference; requests may run at the same time.
#[derive(Debug)]
pub struct ObjectStore {
    pub(super) clock: Arc<Clock>,
    pub(super) ids: Ids,
    buckets: RwLock<Buckets>,
}

/// Buckets by name. A copy shares what neither of the two writes.
#[derive(Debug, Clone, Default)]
pub struct Buckets(Arc<BTreeMap<String, Arc<Bucket>>>);

/// An object as those outside of S3 read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Shared with the store, not copied.
    pub bytes: Bytes,
    /// `None` in a bucket that never had versions.
    pub version_id: Option<String>,
    /// `None` is `STANDARD`.
    pub storage_class: Option<String>,
}

/// Why there is no object to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GetError {
    /// No bucket has this name.
    NoSuchBucket,
    /// The bucket has no such key, or the key's current version is a delete marker.
    NoSuchKey,
    /// The key has no such version.
    NoSuchVersion,
    /// The version that was named is a delete marker.
    DeleteMarker,
}

/// What there is to know of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketInfo {
    /// Where it lies, e.g. `eu-central-1`.
    pub region: Arc<str>,
    /// Twelve digits.
    pub owner_account: Arc<str>,
    /// Whether versioning is enabled now.
    pub versioned: bool,
    /// The text of its policy, as it was put.
    pub policy: Option<String>,
}

/// A version that was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) version: Version,
    /// As the answer shows it.
    pub(super) version_id: Option<String>,
}

/// What must hold of the current version for a write to happen.
#[derive(Debug, Clone, Default)]
pub(super) struct WriteCondition {
    /// `If-None-Match: *`.
    pub(super) absent: bool,
    /// `If-Match`, without quotes; `*` is any.
    pub(super) etag: Option<String>,
}

impl ObjectStore {
    /// Without buckets. With a seed, ids repeat.
    #[must_use]
    pub fn new(clock: Arc<Clock>, seed: Option<u64>) -> Self {
        Self { clock, ids: Ids::new(seed), buckets: RwLock::default() }
    }

    /// An independent copy of every bucket, on another clock; with a seed, its ids are the same from here on.
    #[must_use]
    pub fn fork(&self, clock: Arc<Clock>, seeded: bool) -> Self {
        Self { clock, ids: self.ids.twin(seeded), buckets: RwLock::new(self.all()) }
    }

    /// Forgets every bucket of every account and Region.
    pub fn clear(&self) {
        self.replace(Buckets::default());
    }

    /// Everything as it is now.
    #[must_use]
    pub fn all(&self) -> Buckets {
        self.buckets.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts these buckets in the place of all that are there.
    pub fn replace(&self, buckets: Buckets) {
        *self.buckets.write().unwrap_or_else(PoisonError::into_inner) = buckets;
    }

    /// Draws other ids of versions and uploads from here on; see [`Ids::stir`].
    pub fn stir(&self, salt: u64) {
        self.ids.stir(salt);
    }

    /// The current version of an object, or the one that is named (`null` is one, too).
    ///
    /// # Errors
    /// See [`GetError`].
    pub fn get(&self, bucket: &str, key: &str, version_id: Option<&str>) -> Result<Object, GetError> {
        let found = self.find(bucket, key, version_id).map_err(|refusal| match refusal {
            Refusal::NoSuchBucket { .. } => GetError::NoSuchBucket,
            Refusal::NoSuchVersion { .. } => GetError::NoSuchVersion,
            _ => GetError::NoSuchKey,
        })?;
        let marker = if version_id.is_some() { GetError::DeleteMarker } else { GetError::NoSuchKey };
        let content = found.version.content.ok_or(marker)?;
        Ok(Object {
            bytes: content.bytes.clone(),
            version_id: found.version_id,
            storage_class: content.labels.storage_class.clone(),
        })
    }

    /// A bucket's settings.
    #[must_use]
    pub fn bucket(&self, name: &str) -> Option<BucketInfo> {
        self.read(|buckets| buckets.get(name).map(|bucket| info(bucket)))
    }

    /// Every bucket by name.
    #[must_use]
    pub fn buckets(&self) -> Vec<(String, BucketInfo)> {
        self.read(|buckets| buckets.iter().map(|(name, bucket)| (name.clone(), info(bucket))).collect())
    }

    /// Makes a bucket of the account in `scope`, for a request to that Region's endpoint.
    ///
    /// # Errors
    /// [`Refusal::InvalidBucketName`]; [`Refusal::BucketAlreadyExists`]; [`Refusal::BucketAlreadyOwnedByYou`], but
    /// where both the endpoint and the bucket are in us-east-1 it is made once and that is all.
    pub fn create_bucket(&self, scope: &Scope, name: &str, region: &str) -> Result<(), Refusal> {
        if !s3s::path::check_bucket_name(name) {
            return Err(Refusal::InvalidBucketName { bucket: name.to_owned() });
        }
        let bucket = Bucket {
            owner: Arc::clone(&scope.account),
            region: region.into(),
            created: self.clock.now(),
            versioning: None,
            policy: None,
            settings: Settings::default(),
            keys: BTreeMap::new(),
            uploads: BTreeMap::new(),
        };
        self.write(|buckets| match buckets.get(name) {
            None => {
                buckets.insert(name.to_owned(), Arc::new(bucket));
                Ok(())
            }
            Some(other) if other.owner != bucket.owner => Err(Refusal::BucketAlreadyExists { bucket: name.to_owned() }),
            Some(other) if [&*other.region, region, &*scope.region].iter().all(|it| *it == "us-east-1") => Ok(()),
            Some(_) => Err(Refusal::BucketAlreadyOwnedByYou { bucket: name.to_owned() }),
        })
    }

    /// Deletes an empty bucket.
    ///
    /// # Errors
    /// [`Refusal::NoSuchBucket`], [`Refusal::BucketNotEmpty`].
    pub fn delete_bucket(&self, name: &str) -> Result<(), Refusal> {
        self.write(|buckets| match buckets.get(name) {
            None => Err(Refusal::NoSuchBucket { bucket: name.to_owned() }),
            Some(bucket) if !bucket.keys.is_empty() => Err(Refusal::BucketNotEmpty { bucket: name.to_owned() }),
            Some(_) => {
                buckets.remove(name);
                Ok(())
            }
        })
    }

    /// What `act` makes of each bucket, by name.
    pub(super) fn each_bucket<T>(&self, mut act: impl FnMut(&str, &Bucket) -> Option<T>) -> Vec<T> {
        self.read(|buckets| buckets.iter().filter_map(|(name, bucket)| act(name, bucket)).collect())
    }

    /// Turns versioning on or off.
    ///
    /// # Errors
    /// [`Refusal::NoSuchBucket`].
    pub fn set_versioning(&self, bucket: &str, versioning: Versioning) -> Result<(), Refusal> {
        self.with_bucket_mut(bucket, |bucket| {
            bucket.versioning = Some(versioning);
            Ok(())
        })
    }

    /// Keeps the text of a policy, or takes it away.
    ///
    /// # Errors
    /// [`Refusal::NoSuchBucket`].
    pub fn set_policy(&self, bucket: &str, policy: Option<String>) -> Result<(), Refusal> {
        self.with_bucket_mut(bucket, |bucket| {
            bucket.policy = policy;
            Ok(())
        })
    }

    /// Puts an object; the version it became, if the bucket keeps versions.
    ///
    /// # Errors
    /// [`Refusal::NoSuchBucket`]; those of [`check_key`].
    pub fn put(&self, bucket: &str, key: &str, content: Content) -> Result<Option<String>, Refusal> {
        check_key(key)?;
        self.put_if(bucket, key, content, Vec::new(), &WriteCondition::default())
    }

    /// As [`Self::put`], with tags, and only where a condition holds.
    pub(super) fn put_if(
        &self,
        bucket: &str,
        key: &str,
        content: Content,
        tags: Tags,
        condition: &WriteCondition,
    ) -> Result<Option<String>, Refusal> {
        let modified = self.clock.now();
        self.with_bucket_mut(bucket, |bucket| {
            condition.check(bucket, key)?;
            Ok(self.push(bucket, key, content, tags, modified))
        })
    }

    /// Adds a version to a bucket whose lock is held; its id, as it is shown.
    pub(super) fn push(
        &self,
        bucket: &mut Bucket,
        key: &str,
        content: Content,
        tags: Tags,
        modified: Timestamp,
    ) -> Option<String> {
        let id = self.fresh_id(bucket);
        let shown = bucket.shown(&id);
        bucket.push(key, Version { id, modified, tags, content: Some(Arc::new(content)) });
        shown
    }

    /// Deletes an object: puts a marker where versions are kept, or deletes the version that is named for good.
    ///
    /// # Errors
    /// [`Refusal::NoSuchBucket`].
    pub fn delete(&self, bucket: &str, key: &str, version_id: Option<&str>) -> Result<Deleted, Refusal> {
        self.delete_if(bucket, key, version_id, &WriteCondition::default())
    }

    /// As [`Self::delete`], only where a condition holds.
    pub(super) fn delete_if(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
        condition: &WriteCondition,
    ) -> Result<Deleted, Refusal> {
        let now = self.clock.now();
        self.with_bucket_mut(bucket, |bucket| {
            condition.check(bucket, key)?;
            let id = self.fresh_id(bucket);
            Ok(bucket.delete(key, version_id, now, id))
        })
    }

    /// The current version, which may be a delete marker, or the one that is named.
    pub(super) fn find(&self, bucket: &str, key: &str, version_id: Option<&str>) -> Result<Found, Refusal> {
        self.with_bucket(bucket, |bucket| {
            let version = bucket.version(key, version_id)?.clone();
            let version_id = bucket.shown(&version.id);
            Ok(Found { version, version_id })
        })
    }

    pub(super) fn with_bucket<T>(
        &self,
        name: &str,
        act: impl FnOnce(&Bucket) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.read(|buckets| match buckets.get(name) {
            Some(bucket) => act(bucket),
            None => Err(Refusal::NoSuchBucket { bucket: name.to_owned() }),
        })
    }

    pub(super) fn with_bucket_mut<T>(
        &self,
        name: &str,
        act: impl FnOnce(&mut Bucket) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.write(|buckets| match buckets.get_mut(name) {
            Some(bucket) => act(Arc::make_mut(bucket)),
            None => Err(Refusal::NoSuchBucket { bucket: name.to_owned() }),
        })
    }

    /// The id of the next version in a bucket.
    fn fresh_id(&self, bucket: &Bucket) -> VersionId {
        (bucket.versioning == Some(Versioning::Enabled)).then(|| self.ids.letters(VERSION_ID_LETTERS).into())
    }

    fn read<T>(&self, act: impl FnOnce(&BTreeMap<String, Arc<Bucket>>) -> T) -> T {
        act(&self.buckets.read().unwrap_or_else(PoisonError::into_inner).0)
    }

    fn write<T>(&self, act: impl FnOnce(&mut BTreeMap<String, Arc<Bucket>>) -> T) -> T {
        act(Arc::make_mut(&mut self.buckets.write().unwrap_or_else(PoisonError::into_inner).0))
    }
}

impl Buckets {
    pub(super) fn of(by_name: BTreeMap<String, Arc<Bucket>>) -> Self {
        Self(Arc::new(by_name))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Bucket)> {
        self.0.iter().map(|(name, bucket)| (name, &**bucket))
    }
}

impl WriteCondition {
    pub(super) fn check(&self, bucket: &Bucket, key: &str) -> Result<(), Refusal> {
        let current = bucket.version(key, None).ok().and_then(|version| version.content.as_deref());
        if self.absent && current.is_some() {
            return Err(Refusal::PreconditionFailed { condition: "If-None-Match" });
        }
        match (&self.etag, current) {
            (Some(_), None) => Err(Refusal::NoSuchKey { key: key.to_owned() }),
            (Some(etag), Some(current)) if etag != "*" && *etag != current.etag => {
                Err(Refusal::PreconditionFailed { condition: "If-Match" })
            }
            _ => Ok(()),
        }
    }
}

fn info(bucket: &Bucket) -> BucketInfo {
    BucketInfo {
        region: Arc::clone(&bucket.region),
        owner_account: Arc::clone(&bucket.owner),
        versioned: bucket.versioning == Some(Versioning::Enabled),
        policy: bucket.policy.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "123456789012";

    fn store() -> ObjectStore {
        let store = ObjectStore::new(Arc::new(Clock::frozen_at(Timestamp::SEEDED)), Some(1));
        store.create_bucket(&Scope::new(ACCOUNT, "eu-west-1"), "bucket", "eu-west-1").unwrap();
        store
    }

    fn content(text: &'static str) -> Content {
        Content::plain(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn bytes_are_shared_and_never_copied() {
        let (store, bytes) = (store(), Bytes::from_static(b"package"));
        store.put("bucket", "key", Content::plain(bytes.clone())).unwrap();
        let object = store.get("bucket", "key", None).unwrap();
        assert_eq!(object.bytes.as_ptr(), bytes.as_ptr());
        assert_eq!((object.version_id, object.storage_class), (None, None));
    }

    #[test]
    fn what_is_not_there_is_named() {
        let store = store();
        store.set_versioning("bucket", Versioning::Enabled).unwrap();
        store.put("bucket", "key", content("one")).unwrap();
        let marker = store.delete("bucket", "key", None).unwrap();
        assert!(marker.marker);
        for (bucket, key, version_id, error) in [
            ("other", "key", None, GetError::NoSuchBucket),
            ("bucket", "other", None, GetError::NoSuchKey),
            ("bucket", "key", None, GetError::NoSuchKey),
            ("bucket", "key", Some("other"), GetError::NoSuchVersion),
            ("bucket", "other", Some("other"), GetError::NoSuchVersion),
            ("bucket", "key", marker.version_id.as_deref(), GetError::DeleteMarker),
        ] {
            assert_eq!(store.get(bucket, key, version_id).unwrap_err(), error, "{bucket} {key} {version_id:?}");
        }
    }

    #[test]
    fn old_versions_stay_until_they_are_deleted_by_name() {
        let store = store();
        store.put("bucket", "key", content("before versions")).unwrap();
        store.set_versioning("bucket", Versioning::Enabled).unwrap();
        let one = store.put("bucket", "key", content("one")).unwrap();
        let two = store.put("bucket", "key", content("two")).unwrap();
        assert_ne!(one, two);
        let read = |id: Option<&str>| store.get("bucket", "key", id).map(|object| object.bytes);
        assert_eq!(read(None).unwrap(), "two");
        assert_eq!(read(one.as_deref()).unwrap(), "one");
        assert_eq!(read(Some("null")).unwrap(), "before versions");
        store.delete("bucket", "key", two.as_deref()).unwrap();
        assert_eq!(read(None).unwrap(), "one");
        assert_eq!(read(two.as_deref()).unwrap_err(), GetError::NoSuchVersion);
    }

    #[test]
    fn suspended_versioning_replaces_the_version_null_alone() {
        let store = store();
        store.set_versioning("bucket", Versioning::Enabled).unwrap();
        let one = store.put("bucket", "key", content("one")).unwrap();
        store.set_versioning("bucket", Versioning::Suspended).unwrap();
        for text in ["two", "three"] {
            assert_eq!(store.put("bucket", "key", content(text)).unwrap().as_deref(), Some("null"));
        }
        let deleted = store.delete("bucket", "key", None).unwrap();
        assert_eq!(deleted, Deleted { version_id: Some("null".into()), marker: true });
        assert_eq!(store.get("bucket", "key", one.as_deref()).unwrap().bytes, "one");
        assert_eq!(store.get("bucket", "key", Some("null")).unwrap_err(), GetError::DeleteMarker);
    }

    #[test]
    fn a_name_belongs_to_one_account_in_all_regions() {
        let store = store();
        let create = |account, region| store.create_bucket(&Scope::new(account, region), "bucket", region);
        let bucket = String::from("bucket");
        assert_eq!(create("210987654321", "us-east-1"), Err(Refusal::BucketAlreadyExists { bucket: bucket.clone() }));
        assert_eq!(create(ACCOUNT, "eu-west-1"), Err(Refusal::BucketAlreadyOwnedByYou { bucket: bucket.clone() }));
        assert_eq!(create(ACCOUNT, "us-east-1"), Err(Refusal::BucketAlreadyOwnedByYou { bucket }));
        let home = Scope::new(ACCOUNT, "us-east-1");
        assert_eq!([0; 2].map(|_| store.create_bucket(&home, "other", "us-east-1")), [Ok(()), Ok(())]);
    }

    #[test]
    fn a_bucket_with_a_delete_marker_is_not_empty() {
        let store = store();
        store.set_versioning("bucket", Versioning::Enabled).unwrap();
        let marker = store.delete("bucket", "key", None).unwrap().version_id;
        assert_eq!(store.delete_bucket("bucket"), Err(Refusal::BucketNotEmpty { bucket: "bucket".into() }));
        store.delete("bucket", "key", marker.as_deref()).unwrap();
        store.delete_bucket("bucket").unwrap();
        assert_eq!(store.bucket("bucket"), None);
    }

    #[test]
    fn the_same_seed_gives_the_same_version_ids() {
        let ids = [0; 2].map(|_| {
            let store = store();
            store.set_versioning("bucket", Versioning::Enabled).unwrap();
            store.put("bucket", "key", content("one")).unwrap()
        });
        assert_eq!(ids[0], ids[1]);
        assert_eq!(ids[0].as_deref().map(str::len), Some(VERSION_ID_LETTERS));
    }
}
