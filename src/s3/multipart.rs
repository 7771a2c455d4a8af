//! Multipart uploads: parts in any order, one object at the end.
//!
//! The one idea to hold: the object is copied together exactly once, into a buffer of its exact size, and each part is
//! let go as soon as it is copied. So the most that is held is the object and one part. The store is locked meanwhile: to
//! all others, an upload becomes an object at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::checksum::{Algorithm, Checksum, md5};
use super::object::{Content, Labels, SMALLEST_PART_BYTES, Tags, hex};
use super::refusal::Refusal;
use super::store::{ObjectStore, WriteCondition};
use crate::clock::Timestamp;

/// How long an upload's id is.
const UPLOAD_ID_LETTERS: usize = 96;

/// An upload that is neither completed nor aborted.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub(super) initiated: Timestamp,
    pub(super) initiator: Arc<str>,
    pub(super) labels: Labels,
    pub(super) tags: Tags,
    pub(super) checksum: Option<UploadChecksum>,
    pub(super) parts: BTreeMap<i32, Part>,
}

/// Which checksum the parts and the object have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UploadChecksum {
    pub(super) algorithm: Algorithm,
    pub(super) composite: bool,
}

/// One part of an upload.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) bytes: Bytes,
    md5: [u8; 16],
    pub(super) checksum: Option<Checksum>,
    pub(super) modified: Timestamp,
}

/// A part as the list of CompleteMultipartUpload names it.
#[derive(Debug)]
pub(super) struct NamedPart {
    pub(super) number: i32,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) checksum: Option<String>,
}

/// What CompleteMultipartUpload says of the object.
#[derive(Debug, Default)]
pub(super) struct Announced {
    pub(super) bytes: Option<u64>,
    pub(super) checksum: Option<Checksum>,
}

/// What completing came to.
#[derive(Debug)]
pub(super) struct Completed {
    pub(super) etag: String,
    pub(super) checksum: Option<Checksum>,
    pub(super) encryption: Option<String>,
    pub(super) version_id: Option<String>,
}

impl Part {
    pub(super) fn new(bytes: Bytes, checksum: Option<Checksum>, modified: Timestamp) -> Self {
        Self { md5: md5(&bytes), bytes, checksum, modified }
    }

    pub(super) fn etag(&self) -> String {
        hex(&self.md5)
    }
}

impl ObjectStore {
    /// Begins an upload; its id.
    pub(super) fn begin_upload(&self, bucket: &str, key: &str, upload: Upload) -> Result<String, Refusal> {
        let id = self.ids.letters(UPLOAD_ID_LETTERS);
        self.with_bucket_mut(bucket, |bucket| {
            bucket.uploads.entry(key.to_owned()).or_default().insert(id.clone(), upload);
            Ok(id)
        })
    }

    /// Puts a part in the place of the one of that number.
    pub(super) fn put_part(&self, bucket: &str, key: &str, id: &str, number: i32, part: Part) -> Result<(), Refusal> {
        self.with_bucket_mut(bucket, |bucket| {
            bucket.upload_mut(key, id)?.parts.insert(number, part);
            Ok(())
        })
    }

    /// Makes the object of the parts that are named; the upload and all of its parts are gone then.
    pub(super) fn complete_upload(
        &self,
        (bucket, key, id): (&str, &str, &str),
        named: &[NamedPart],
        announced: &Announced,
        condition: &WriteCondition,
    ) -> Result<Completed, Refusal> {
        let modified = self.clock.now();
        // One step: nothing is taken out before all is known to be right, and nobody sees neither upload nor object.
        self.with_bucket_mut(bucket, |bucket| {
            let upload = bucket.upload(key, id)?;
            upload.check(id, named)?;
            upload.check_whole(named, announced)?;
            condition.check(bucket, key)?;
            let mut upload = bucket.take_upload(key, id)?;
            let tags = std::mem::take(&mut upload.tags);
            let content = upload.into_content(named);
            let (etag, checksum) = (content.etag.clone(), content.checksum.clone());
            let encryption = content.labels.encryption.clone();
            let version_id = self.push(bucket, key, content, tags, modified);
            Ok(Completed { etag, checksum, encryption, version_id })
        })
    }

    /// Forgets an upload and its parts.
    pub(super) fn abort_upload(&self, bucket: &str, key: &str, id: &str) -> Result<(), Refusal> {
        self.with_bucket_mut(bucket, |bucket| bucket.take_upload(key, id).map(drop))
    }
}

impl Upload {
    /// Checks the list of parts against those that are there.
    fn check(&self, id: &str, named: &[NamedPart]) -> Result<(), Refusal> {
        if named.is_empty() {
            return Err(Refusal::MalformedXml);
        }
        if !named.is_sorted_by(|one, two| one.number < two.number) {
            return Err(Refusal::InvalidPartOrder { upload_id: id.to_owned() });
        }
        for (place, NamedPart { number, etag, checksum }) in named.iter().enumerate() {
            let found = self.parts.get(number).filter(|part| part.etag() == *etag);
            let same = |part: &&Part| match (checksum, &part.checksum) {
                (Some(given), Some(own)) => *given == own.value,
                _ => true,
            };
            let Some(part) = found.filter(same) else {
                let (upload_id, etag) = (id.to_owned(), etag.clone());
                return Err(Refusal::InvalidPart { upload_id, part_number: *number, etag });
            };
            if part.bytes.len() < SMALLEST_PART_BYTES && place + 1 < named.len() {
                let bytes = part.bytes.len();
                return Err(Refusal::EntityTooSmall { part_number: *number, etag: etag.clone(), bytes });
            }
        }
        Ok(())
    }

    /// Checks what the parts come to against what was announced of the object.
    fn check_whole(&self, named: &[NamedPart], announced: &Announced) -> Result<(), Refusal> {
        let parts: Vec<&Part> = named.iter().filter_map(|named| self.parts.get(&named.number)).collect();
        let bytes: u64 = parts.iter().map(|part| part.bytes.len() as u64).sum();
        if announced.bytes.is_some_and(|announced| announced != bytes) {
            let message = "The provided 'x-amz-mp-object-size' header value does not match what was computed";
            return Err(Refusal::InvalidRequest { message: message.to_owned() });
        }
        let Some(given) = &announced.checksum else { return Ok(()) };
        let composite = self.checksum.is_some_and(|own| own.composite && own.algorithm == given.algorithm);
        let sums: Vec<&Checksum> = parts.iter().filter_map(|part| part.checksum.as_ref()).collect();
        let own = if composite && sums.len() == parts.len() {
            Checksum::composed(given.algorithm, sums.into_iter())
        } else {
            Checksum::of_pieces(given.algorithm, parts.iter().map(|part| &part.bytes))
        };
        // The number of parts may be left out.
        let same = own.value == given.value || (composite && own.value.split('-').next() == Some(&given.value));
        if same {
            return Ok(());
        }
        Err(Refusal::BadDigest { what: given.algorithm.name(), than: "the calculated checksum" })
    }

    /// The object, of parts that have been checked.
    fn into_content(mut self, named: &[NamedPart]) -> Content {
        let parts: Vec<Part> = named.iter().filter_map(|named| self.parts.remove(&named.number)).collect();
        // Those that are not named.
        self.parts.clear();
        let md5s: Vec<u8> = parts.iter().flat_map(|part| part.md5).collect();
        let etag = format!("{}-{}", hex(&md5(&md5s)), parts.len());
        let part_bytes: Vec<u64> = parts.iter().map(|part| part.bytes.len() as u64).collect();
        let sums: Vec<Checksum> = parts.iter().filter_map(|part| part.checksum.clone()).collect();
        let bytes = joined(parts);
        let checksum = self.checksum.map(|UploadChecksum { algorithm, composite }| {
            if composite && sums.len() == part_bytes.len() {
                Checksum::composed(algorithm, sums.iter())
            } else {
                Checksum::of(algorithm, &bytes)
            }
        });
        Content { bytes, etag, labels: self.labels, checksum, part_bytes }
    }
}

/// All parts in one piece. A single part is not copied.
fn joined(mut parts: Vec<Part>) -> Bytes {
    if parts.len() == 1 {
        return parts.pop().map(|part| part.bytes).unwrap_or_default();
    }
    let mut whole = Vec::with_capacity(parts.iter().map(|part| part.bytes.len()).sum());
    for part in parts {
        whole.extend_from_slice(&part.bytes);
    }
    whole.into()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::arn::Scope;
    use crate::clock::Clock;

    /// Bytes that count when they are let go.
    struct Counted(Vec<u8>, Arc<AtomicUsize>);

    impl AsRef<[u8]> for Counted {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            self.1.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn parts(sizes: &[usize]) -> (Vec<Part>, Arc<AtomicUsize>) {
        let gone = Arc::new(AtomicUsize::new(0));
        let part = |size: &usize| {
            let bytes = Bytes::from_owner(Counted(vec![7; *size], Arc::clone(&gone)));
            Part::new(bytes, None, Timestamp::SEEDED)
        };
        (sizes.iter().map(part).collect(), gone)
    }

    #[test]
    fn the_object_takes_exactly_its_own_size_and_no_part_stays() {
        let (parts, gone) = parts(&[5000, 7000, 1]);
        let whole = joined(parts);
        assert_eq!(gone.load(Ordering::Relaxed), 3);
        let whole = whole.try_into_mut().unwrap();
        assert_eq!((whole.len(), whole.capacity()), (12_001, 12_001));
    }

    #[test]
    fn a_single_part_is_the_object() {
        let (parts, gone) = parts(&[5000]);
        let place = parts[0].bytes.as_ptr();
        assert_eq!(joined(parts).as_ptr(), place);
        assert_eq!(gone.load(Ordering::Relaxed), 1);
    }

    /// An upload of parts under a key; its id, and the list that completes it.
    fn uploaded(store: &ObjectStore, key: &str, bytes: &Bytes) -> (String, Vec<NamedPart>) {
        let upload = Upload {
            initiated: Timestamp::SEEDED,
            initiator: "123456789012".into(),
            labels: Labels::default(),
            tags: Vec::new(),
            checksum: None,
            parts: BTreeMap::new(),
        };
        let id = store.begin_upload("bucket", key, upload).unwrap();
        let named = [1, 2].map(|number| {
            let part = Part::new(bytes.clone(), None, Timestamp::SEEDED);
            let named = NamedPart { number, etag: part.etag(), checksum: None };
            store.put_part("bucket", key, &id, number, part).unwrap();
            named
        });
        (id, named.into())
    }

    #[test]
    fn one_of_two_completions_finds_the_key_absent_and_the_other_upload_stays() {
        let store = ObjectStore::new(Arc::new(Clock::frozen_at(Timestamp::SEEDED)), Some(1));
        store.create_bucket(&Scope::new("123456789012", "eu-west-1"), "bucket", "eu-west-1").unwrap();
        let bytes = Bytes::from(vec![7; SMALLEST_PART_BYTES]);
        let absent = WriteCondition { absent: true, ..WriteCondition::default() };
        for key in ["a", "b", "c"] {
            let uploads = [(); 2].map(|()| uploaded(&store, key, &bytes));
            let barrier = Barrier::new(2);
            let complete = |(id, named): &(String, Vec<NamedPart>)| {
                barrier.wait();
                store.complete_upload(("bucket", key, id), named, &Announced::default(), &absent)
            };
            let [one, two] = std::thread::scope(|scope| {
                let threads = [0, 1].map(|index| {
                    scope.spawn({
                        let upload = &uploads[index];
                        move || complete(upload)
                    })
                });
                threads.map(|thread| thread.join().unwrap())
            });
            let refused = |result: &Result<_, _>| matches!(result, Err(Refusal::PreconditionFailed { .. }));
            assert!(one.is_ok() && refused(&two) || two.is_ok() && refused(&one), "{one:?} {two:?}");
            let left = uploads.iter().map(|(id, _)| store.abort_upload("bucket", key, id).is_ok());
            assert_eq!(left.collect::<Vec<_>>(), [one.is_err(), two.is_err()]);
        }
    }
}
