//! Buckets as text, for the state of an emulator.
//!
//! The one idea to hold: settings that S3 has a document for are kept as that document, in XML, as they come on the wire.
//! Bytes are not in here; objects name them. Uploads in parts that are under way are left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use s3s::{dto, xml};
use serde::{Deserialize, Serialize};

use super::bucket::{Bucket, Versioning};
use super::checksum::{Algorithm, Checksum};
use super::object::{Content, Labels, Tags, Version, check_key, written};
use super::settings::{Lifecycle, Settings, check_encryption, check_rules};
use super::store::Buckets;
use crate::clock::Timestamp;

/// A place in what is read, and what is wrong there.
type Mistake = (String, String);

/// One bucket.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a bucket")]
pub struct BucketText {
    name: String,
    account_id: String,
    bucket_region: String,
    creation_date: Timestamp,
    versioning: Option<Versioning>,
    policy: Option<String>,
    /// In XML, as the next two.
    public_access_block: Option<String>,
    encryption: String,
    lifecycle: Option<String>,
    transition_default_minimum_object_size: Option<String>,
    tags: Vec<TagText>,
    /// By key, and of each the oldest first.
    versions: Vec<VersionText>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a tag")]
struct TagText {
    key: String,
    value: String,
}

/// A version of a key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a version of an object")]
struct VersionText {
    key: String,
    /// None is `null`.
    version_id: Option<String>,
    last_modified: Timestamp,
    tags: Vec<TagText>,
    /// None is a delete marker.
    object: Option<ObjectText>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "an object")]
struct ObjectText {
    /// Which of the contents it is, in base64.
    sha256: String,
    #[serde(rename = "ETag")]
    etag: String,
    headers: Labels,
    checksum: Option<ChecksumText>,
    /// Bytes of each part that it was uploaded in.
    part_sizes: Vec<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a checksum")]
struct ChecksumText {
    algorithm: String,
    value: String,
    composite: bool,
}

impl Buckets {
    /// All of them, by name. `digest` takes bytes and gives their name among the contents.
    pub fn texts<'a>(&'a self, mut digest: impl FnMut(&'a Bytes) -> String) -> Vec<BucketText> {
        self.iter().map(|(name, bucket)| BucketText::of(name, bucket, &mut digest)).collect()
    }

    /// Reads and checks buckets. `content` gives the bytes of a name.
    ///
    /// # Errors
    /// The first place that is wrong, and why.
    pub fn read(texts: Vec<BucketText>, content: impl Fn(&str) -> Option<Bytes>) -> Result<Self, Mistake> {
        let mut buckets = BTreeMap::new();
        for (place, text) in texts.into_iter().enumerate() {
            let name = text.name.clone();
            let bucket = text.into_bucket(&content).map_err(|mistake| within(&format!("[{place}]"), mistake))?;
            if buckets.insert(name, Arc::new(bucket)).is_some() {
                return Err((format!("[{place}].Name"), "it is here twice".to_owned()));
            }
        }
        Ok(Self::of(buckets))
    }
}

impl BucketText {
    fn of<'a>(name: &str, bucket: &'a Bucket, digest: &mut impl FnMut(&'a Bytes) -> String) -> Self {
        // What is left out: uploads.
        let Bucket { owner, region, created, versioning, policy, settings, keys, uploads: _ } = bucket;
        let Settings { public_access, encryption, tags, lifecycle } = settings;
        let rules = lifecycle
            .as_ref()
            .map(|Lifecycle { rules, .. }| dto::BucketLifecycleConfiguration { rules: rules.clone() });
        let versions = keys.iter().flat_map(|(key, versions)| versions.iter().map(move |version| (key, version)));
        Self {
            name: name.to_owned(),
            account_id: owner.to_string(),
            bucket_region: region.to_string(),
            creation_date: *created,
            versioning: *versioning,
            policy: policy.clone(),
            public_access_block: public_access.as_ref().map(document),
            encryption: document(&dto::ServerSideEncryptionConfiguration { rules: vec![encryption.clone()] }),
            lifecycle: rules.as_ref().map(document),
            transition_default_minimum_object_size: lifecycle.as_ref().map(|it| it.smallest_transition.clone()),
            tags: tag_texts(tags),
            versions: versions.map(|(key, version)| VersionText::of(key, version, digest)).collect(),
        }
    }

    fn into_bucket(self, content: &impl Fn(&str) -> Option<Bytes>) -> Result<Bucket, Mistake> {
        let digits = self.account_id.len() == 12 && self.account_id.bytes().all(|byte| byte.is_ascii_digit());
        require(digits, "AccountId", || format!("twelve digits, not {:?}", self.account_id))?;
        let region = self.bucket_region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let named = region && !self.bucket_region.is_empty();
        require(named, "BucketRegion", || format!("{:?} is no name of a Region", self.bucket_region))?;
        let name = s3s::path::check_bucket_name(&self.name);
        require(name, "Name", || format!("{:?} is no name of a bucket", self.name))?;
        let settings = Settings {
            public_access: self.public_access_block.map(|text| read("PublicAccessBlock", &text)).transpose()?,
            encryption: encryption(&self.encryption)?,
            tags: tag_pairs(self.tags),
            lifecycle: lifecycle(self.lifecycle.as_deref(), self.transition_default_minimum_object_size)?,
        };
        let mut bucket = Bucket {
            owner: self.account_id.into(),
            region: self.bucket_region.into(),
            created: self.creation_date,
            versioning: self.versioning,
            policy: self.policy,
            settings,
            keys: BTreeMap::new(),
            uploads: BTreeMap::new(),
        };
        for (place, text) in self.versions.into_iter().enumerate() {
            let inside = |mistake| within(&format!("Versions[{place}]"), mistake);
            let (key, version) = text.into_version(content).map_err(inside)?;
            if bucket.version(&key, Some(written(&version.id))).is_ok() {
                return Err(inside(("VersionId".to_owned(), "the key has it twice".to_owned())));
            }
            bucket.push(&key, version);
        }
        Ok(bucket)
    }
}

impl VersionText {
    fn of<'a>(key: &str, version: &'a Version, digest: &mut impl FnMut(&'a Bytes) -> String) -> Self {
        let Version { id, modified, tags, content } = version;
        Self {
            key: key.to_owned(),
            version_id: id.as_deref().map(str::to_owned),
            last_modified: *modified,
            tags: tag_texts(tags),
            object: content.as_deref().map(|content| ObjectText::of(content, digest)),
        }
    }

    fn into_version(self, content: &impl Fn(&str) -> Option<Bytes>) -> Result<(String, Version), Mistake> {
        check_key(&self.key).map_err(|refusal| ("Key".to_owned(), refusal.to_string()))?;
        let plain = |id: &String| id != "null" && !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic());
        require(self.version_id.as_ref().is_none_or(plain), "VersionId", || "letters and digits, or not there".into())?;
        let object = self.object.map(|object| object.into_content(content).map_err(|it| within("Object", it)));
        let content = object.transpose()?.map(Arc::new);
        let id = self.version_id.map(Into::into);
        Ok((self.key, Version { id, modified: self.last_modified, tags: tag_pairs(self.tags), content }))
    }
}

impl ObjectText {
    fn of<'a>(content: &'a Content, digest: &mut impl FnMut(&'a Bytes) -> String) -> Self {
        let Content { bytes, etag, labels, checksum, part_bytes } = content;
        let checksum = checksum.as_ref().map(|Checksum { algorithm, value, composite }| ChecksumText {
            algorithm: algorithm.name().to_owned(),
            value: value.clone(),
            composite: *composite,
        });
        Self {
            sha256: digest(bytes),
            etag: etag.clone(),
            headers: labels.clone(),
            checksum,
            part_sizes: part_bytes.clone(),
        }
    }

    fn into_content(self, content: &impl Fn(&str) -> Option<Bytes>) -> Result<Content, Mistake> {
        let missing = || ("Sha256".to_owned(), format!("Contents has nothing under {}", self.sha256));
        let bytes = content(&self.sha256).ok_or_else(missing)?;
        require(graphic(&self.etag), "ETag", || "letters and digits, without quotes".into())?;
        check_headers(&self.headers)?;
        let parts = self.part_sizes.iter().try_fold(0_u64, |sum, part| sum.checked_add(*part));
        let whole = self.part_sizes.is_empty() || parts == Some(bytes.len() as u64);
        require(whole, "PartSizes", || format!("together they are no {} bytes", bytes.len()))?;
        let checksum = self.checksum.map(ChecksumText::into_checksum).transpose()?;
        Ok(Content { bytes, etag: self.etag, labels: self.headers, checksum, part_bytes: self.part_sizes })
    }
}

impl ChecksumText {
    fn into_checksum(self) -> Result<Checksum, Mistake> {
        let Self { algorithm, value, composite } = self;
        let known = Algorithm::named(&algorithm);
        let algorithm = known.map_err(|refusal| ("Checksum.Algorithm".to_owned(), refusal.to_string()))?;
        require(graphic(&value), "Checksum.Value", || "a checksum in base64".into())?;
        Ok(Checksum { algorithm, value, composite })
    }
}

/// Whether a text can stand in quotes in a header.
fn graphic(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
}

/// Whether a text, if there is one, can be the value of a header.
fn in_header(text: Option<&str>) -> bool {
    text.is_none_or(|text| HeaderValue::from_bytes(text.as_bytes()).is_ok())
}

/// Requires that what came in headers can go out in headers.
fn check_headers(labels: &Labels) -> Result<(), Mistake> {
    let Labels {
        cache_control,
        content_disposition,
        content_encoding,
        content_language,
        content_type,
        expires,
        website_redirect_location,
        encryption,
        kms_key_id,
        storage_class,
        metadata,
    } = labels;
    let texts = [
        ("CacheControl", cache_control),
        ("ContentDisposition", content_disposition),
        ("ContentEncoding", content_encoding),
        ("ContentLanguage", content_language),
        ("ContentType", content_type),
        ("Expires", expires),
        ("WebsiteRedirectLocation", website_redirect_location),
        ("Encryption", encryption),
        ("KmsKeyId", kms_key_id),
        ("StorageClass", storage_class),
    ];
    for (name, text) in texts {
        require(in_header(text.as_deref()), &format!("Headers.{name}"), || "no value of a header".into())?;
    }
    for (name, text) in metadata {
        let fits =
            http::HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_bytes(text.as_bytes()).is_ok();
        require(fits, &format!("Headers.Metadata[{name:?}]"), || "no name and value of a header".into())?;
    }
    Ok(())
}

fn encryption(text: &str) -> Result<dto::ServerSideEncryptionRule, Mistake> {
    let rules = read::<dto::ServerSideEncryptionConfiguration>("Encryption", text)?.rules;
    let wrong = |reason: String| ("Encryption".to_owned(), reason);
    let [rule] = <[_; 1]>::try_from(rules).map_err(|_| wrong("there is one rule".to_owned()))?;
    check_encryption(&rule).map_err(|refusal| wrong(refusal.to_string()))?;
    let key = rule.apply_server_side_encryption_by_default.as_ref().and_then(|it| it.kms_master_key_id.as_deref());
    if in_header(key) { Ok(rule) } else { Err(wrong("the key has no name that a header can have".to_owned())) }
}

fn lifecycle(text: Option<&str>, smallest_transition: Option<String>) -> Result<Option<Lifecycle>, Mistake> {
    let rules = text.map(|text| read::<dto::BucketLifecycleConfiguration>("Lifecycle", text)).transpose()?;
    let wrong = |reason: String| ("Lifecycle".to_owned(), reason);
    match (rules, smallest_transition) {
        (Some(dto::BucketLifecycleConfiguration { rules }), Some(smallest_transition)) => {
            check_rules(&rules).map_err(|refusal| wrong(refusal.to_string()))?;
            let place = "TransitionDefaultMinimumObjectSize";
            require(in_header(Some(&smallest_transition)), place, || "no value of a header".into())?;
            Ok(Some(Lifecycle { rules, smallest_transition }))
        }
        (None, None) => Ok(None),
        _ => Err(wrong("it goes together with TransitionDefaultMinimumObjectSize".to_owned())),
    }
}

/// One of S3's documents.
fn document<T: xml::Serialize>(value: &T) -> String {
    let mut text = Vec::new();
    let whole = value.serialize(&mut xml::Serializer::new(&mut text));
    debug_assert!(whole.is_ok(), "memory takes everything: {whole:?}");
    String::from_utf8(text).unwrap_or_default()
}

fn read<T: for<'xml> xml::Deserialize<'xml>>(place: &str, text: &str) -> Result<T, Mistake> {
    let mut reader = xml::Deserializer::new(text.as_bytes());
    let read = T::deserialize(&mut reader).and_then(|read| reader.expect_eof().map(|()| read));
    read.map_err(|error| (place.to_owned(), format!("not the XML that it is: {error}")))
}

fn tag_texts(tags: &Tags) -> Vec<TagText> {
    tags.iter().map(|(key, value)| TagText { key: key.clone(), value: value.clone() }).collect()
}

fn tag_pairs(tags: Vec<TagText>) -> Tags {
    tags.into_iter().map(|TagText { key, value }| (key, value)).collect()
}

fn require(holds: bool, place: &str, reason: impl FnOnce() -> String) -> Result<(), Mistake> {
    if holds { Ok(()) } else { Err((place.to_owned(), reason())) }
}

fn within(outer: &str, (place, reason): Mistake) -> Mistake {
    (format!("{outer}.{place}"), reason)
}
