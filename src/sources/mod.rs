//! Where objects of S3 come from when code is deployed from them (section 11).
//!
//! The one idea to hold: a source is asked for one object and says "that bucket is not mine", or what S3 would say. The
//! [`Sources`] of an emulator are asked in order, and the first that has the bucket answers, whatever the answer is. So
//! a test may have some buckets in one place and others in another, and no key is ever looked for in two.

mod directory;
mod endpoint;
mod own;

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;

use crate::s3::check_key;

pub use self::directory::Directory;
pub use self::endpoint::{BadEndpoint, Endpoint};
pub use crate::sigv4::Credentials;

/// The object that a call wants.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Who reads: the caller's account, twelve digits.
    pub account: &'a str,
    /// The Region that the call is made in.
    pub region: &'a str,
    /// Whether the bucket must lie in that Region (B2), or may lie anywhere (B7).
    pub in_region: bool,
    /// The bucket's name.
    pub bucket: &'a str,
    /// The object's key.
    pub key: &'a str,
    /// Which version; the current one without.
    pub version: Option<&'a str>,
}

/// An object that was found.
#[derive(Debug)]
pub struct Object {
    /// What is in it.
    pub body: Body,
    /// Its version; `None` where the bucket never had any.
    pub version_id: Option<String>,
    /// Whether the bucket keeps versions, as far as the source can tell.
    pub versioned: bool,
    /// Its storage class; `None` is `STANDARD`, or not known.
    pub storage_class: Option<String>,
}

/// The bytes of an object.
pub enum Body {
    /// All there.
    Whole(Bytes),
    /// Still to be read.
    Arriving {
        /// How many there are, if that was said.
        announced_bytes: Option<u64>,
        /// Gives them, in order and once.
        reader: Box<dyn Read + Send>,
    },
}

/// Why there is no object, in S3's words where they are S3's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No source has the bucket (E11).
    NoSuchBucket,
    /// The bucket has no such object (E12).
    NoSuchKey,
    /// The object has no such version (E13).
    NoSuchVersion,
    /// The bucket lies in another Region (E14).
    OtherRegion {
        /// Where it lies.
        region: String,
    },
    /// Whoever asks may not read the object (E15).
    AccessDenied {
        /// S3's own text.
        message: String,
    },
    /// Anything else that S3 says.
    Other {
        /// S3's code.
        code: String,
        /// S3's text.
        message: String,
    },
    /// The source gives no answer of S3's: it cannot be reached, or it broke off.
    Broken {
        /// Which source it is and what happened.
        reason: String,
    },
}

/// A place with buckets.
pub trait ObjectSource: fmt::Debug + Send + Sync {
    /// Where it looks, for people: `the directory /x`. `None` as long as it cannot have any bucket.
    fn place(&self) -> Option<String>;

    /// The object, or why there is none; `None` if the bucket is not one of this source's.
    fn get(&self, wanted: &Wanted<'_>) -> Option<Result<Object, Refusal>>;
}

/// The sources of an emulator, in the order in which they are asked.
#[derive(Debug, Clone, Default)]
pub struct Sources(Vec<Arc<dyn ObjectSource>>);

impl Sources {
    /// The first one, then the others in their order.
    #[must_use]
    pub fn new(first: Arc<dyn ObjectSource>, others: &[Arc<dyn ObjectSource>]) -> Self {
        Self([&[first], others].concat())
    }

    /// The object, from the first source that has the bucket.
    ///
    /// # Errors
    /// That source's [`Refusal`]; [`Refusal::NoSuchBucket`] if there is none.
    pub fn get(&self, wanted: &Wanted<'_>) -> Result<Object, Refusal> {
        let found = self.0.iter().find_map(|source| source.get(wanted)).unwrap_or(Err(Refusal::NoSuchBucket));
        match (check_key(wanted.key), found) {
            (Err(refusal), Ok(_) | Err(Refusal::NoSuchKey | Refusal::NoSuchVersion)) => {
                Err(Refusal::Other { code: refusal.code().to_owned(), message: refusal.to_string() })
            }
            (_, found) => found,
        }
    }

    /// Where buckets are looked for, for people.
    pub fn places(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(|source| source.place())
    }
}

impl Wanted<'_> {
    /// Refuses a bucket of another Region, where that counts (E14).
    ///
    /// # Errors
    /// [`Refusal::OtherRegion`].
    pub fn check_region(&self, region: &str) -> Result<(), Refusal> {
        if self.in_region && region != self.region {
            return Err(Refusal::OtherRegion { region: region.to_owned() });
        }
        Ok(())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Self::Arriving { announced_bytes, .. } => write!(f, "Arriving({announced_bytes:?} bytes)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source with one bucket and no keys.
    #[derive(Debug)]
    struct One(&'static str);

    impl ObjectSource for One {
        fn place(&self) -> Option<String> {
            (self.0 != "absent").then(|| format!("the place of {}", self.0))
        }

        fn get(&self, wanted: &Wanted<'_>) -> Option<Result<Object, Refusal>> {
            (wanted.bucket == self.0).then(|| Err(Refusal::Other { code: self.0.into(), message: String::new() }))
        }
    }

    #[test]
    fn the_first_source_that_has_the_bucket_answers() {
        let sources = Sources::new(Arc::new(One("absent")), &[Arc::new(One("one")), Arc::new(One("two"))]);
        let wanted = |bucket| Wanted {
            account: "123456789012",
            region: "us-east-1",
            in_region: true,
            bucket,
            key: "key",
            version: None,
        };
        for (bucket, expected) in [("one", "one"), ("two", "two")] {
            let refusal = sources.get(&wanted(bucket)).unwrap_err();
            assert_eq!(refusal, Refusal::Other { code: expected.into(), message: String::new() });
        }
        assert_eq!(sources.get(&wanted("three")).unwrap_err(), Refusal::NoSuchBucket);
        assert_eq!(sources.places().collect::<Vec<_>>(), ["the place of one", "the place of two"]);
    }
}
