//! Container images: what an `ImageUri` says, and the registry of an emulator (rules I1 to I5).
//!
//! The one idea to hold: a tag stands for a digest at the moment it is asked for. Tests declare what a tag stands for; a
//! tag that nobody declared stands for a digest that is made from its URI, the same in every run, unless the registry is
//! strict. No image is ever fetched.
//!
//! ```
//! use drylambda::images::{Manifest, Registry};
//!
//! let registry = Registry::new(false);
//! let uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1.0";
//! let pushed = registry.push(uri, None, Manifest::Image).unwrap();
//! assert_eq!(registry.resolve(uri, "us-east-1").unwrap().digest, pushed);
//! ```

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::arn::Scope;
use crate::package::Digest;

/// The images of one emulator; shared between threads by reference.
#[derive(Debug, Default)]
pub struct Registry {
    /// Whether an image must have been declared.
    strict: bool,
    /// By registry host and name: `123456789012.dkr.ecr.us-east-1.amazonaws.com/app`.
    repositories: Mutex<BTreeMap<String, Repository>>,
}

/// What is declared of a repository.
#[derive(Debug, Default, Clone)]
pub struct Repository {
    /// What tags stand for.
    pub tags: BTreeMap<String, Digest>,
    /// What digests name.
    pub manifests: BTreeMap<Digest, Manifest>,
    /// Whether nobody is let in (I4).
    pub denied: bool,
}

/// What a digest names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Manifest {
    /// An image that Lambda can run.
    Image,
    /// An OCI index, or media types that Lambda does not take (I3).
    Unsupported,
}

/// An image that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Registry host and name, without tag and digest.
    pub repository: String,
    /// What the URI stands for now.
    pub digest: Digest,
}

/// Why there is no image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageRefusal {
    /// The URI names no image of ECR in the Region (I2).
    Invalid,
    /// There is no such tag or digest (I1).
    Missing,
    /// It is no image that Lambda takes (I3).
    Unsupported,
    /// The repository lets nobody in (I4).
    Denied,
}

/// Why nothing can be declared of an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undeclarable {
    /// It has no name.
    #[error(
        "{0:?} is no image URI of ECR: <account>.dkr.ecr.<region>.amazonaws.com/<name>:<tag> or ...@sha256:<digest>"
    )]
    NoUri(String),
    /// A digest names one image.
    #[error("{uri:?} names its digest, and the one that is given is another: sha256:{digest}")]
    OtherDigest {
        /// The URI, with a digest.
        uri: String,
        /// What it was to stand for.
        digest: Digest,
    },
}

/// An image's URI, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reference<'a> {
    repository: &'a str,
    region: &'a str,
    tag: Option<&'a str>,
    digest: Option<Digest>,
}

impl Registry {
    /// An empty registry; a `strict` one has only what was declared.
    #[must_use]
    pub fn new(strict: bool) -> Self {
        Self { strict, ..Self::default() }
    }

    /// An independent copy of what is declared now.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { strict: self.strict, repositories: Mutex::new(self.repositories().clone()) }
    }

    /// The image that a URI stands for now, asked for from a Region.
    ///
    /// # Errors
    /// I1 to I4.
    pub fn resolve(&self, uri: &str, region: &str) -> Result<Image, ImageRefusal> {
        let reference = Reference::read(uri).filter(|it| it.region == region).ok_or(ImageRefusal::Invalid)?;
        let repositories = self.repositories();
        let repository = repositories.get(reference.repository);
        if repository.is_some_and(|repository| repository.denied) {
            return Err(ImageRefusal::Denied);
        }
        let tagged = |tag| repository.and_then(|repository| repository.tags.get(tag).copied());
        let digest = match (reference.digest, reference.tag) {
            (Some(digest), _) => Some(digest),
            (None, Some(tag)) => tagged(tag).or_else(|| (!self.strict).then(|| Digest::of(uri.as_bytes()))),
            (None, None) => return Err(ImageRefusal::Invalid),
        };
        let digest = digest.ok_or(ImageRefusal::Missing)?;
        match repository.and_then(|repository| repository.manifests.get(&digest)) {
            Some(Manifest::Unsupported) => Err(ImageRefusal::Unsupported),
            None if self.strict => Err(ImageRefusal::Missing),
            Some(Manifest::Image) | None => Ok(Image { repository: reference.repository.to_owned(), digest }),
        }
    }

    /// Declares what a URI stands for from now on: `digest`, or the URI's own digest, or one made from the URI.
    ///
    /// # Errors
    /// [`Undeclarable::NoUri`] for a URI that names no tag and no digest of ECR, [`Undeclarable::OtherDigest`] for one
    /// that names another digest.
    pub fn push(&self, uri: &str, digest: Option<Digest>, manifest: Manifest) -> Result<Digest, Undeclarable> {
        let reference = Reference::read(uri).filter(|it| it.tag.is_some() || it.digest.is_some());
        let reference = reference.ok_or_else(|| Undeclarable::NoUri(uri.to_owned()))?;
        if let Some(digest) = digest.filter(|digest| reference.digest.is_some_and(|named| named != *digest)) {
            return Err(Undeclarable::OtherDigest { uri: uri.to_owned(), digest });
        }
        let digest = digest.or(reference.digest).unwrap_or_else(|| Digest::of(uri.as_bytes()));
        let mut repositories = self.repositories();
        let repository = repositories.entry(reference.repository.to_owned()).or_default();
        if let Some(tag) = reference.tag {
            repository.tags.insert(tag.to_owned(), digest);
        }
        repository.manifests.insert(digest, manifest);
        Ok(digest)
    }

    /// Lets nobody into a repository, or everybody again (I4). A tag or digest in the URI does not count.
    ///
    /// # Errors
    /// [`Undeclarable::NoUri`] for a URI that names no repository of ECR.
    pub fn deny(&self, uri: &str, denied: bool) -> Result<(), Undeclarable> {
        let reference = Reference::read(uri).ok_or_else(|| Undeclarable::NoUri(uri.to_owned()))?;
        self.repositories().entry(reference.repository.to_owned()).or_default().denied = denied;
        Ok(())
    }

    /// Every declaration, by registry host and name.
    #[must_use]
    pub fn declared(&self) -> BTreeMap<String, Repository> {
        self.repositories().clone()
    }

    /// Puts these declarations in the place of all that are there.
    pub fn replace(&self, declared: BTreeMap<String, Repository>) {
        *self.repositories() = declared;
    }

    /// Forgets every declaration.
    pub fn clear(&self) {
        self.repositories().clear();
    }

    fn repositories(&self) -> MutexGuard<'_, BTreeMap<String, Repository>> {
        self.repositories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Reference<'a> {
    /// Reads `<account>.dkr.ecr.<region>.amazonaws.com/<name>`, with `:<tag>` or `@sha256:<hex>` or both or none.
    fn read(uri: &'a str) -> Option<Self> {
        let (host, _) = uri.split_once('/')?;
        let mut labels = host.splitn(5, '.');
        let (account, dkr, ecr) = (labels.next()?, labels.next()?, labels.next()?);
        let (region, suffix) = (labels.next()?, labels.next()?);
        let account_is_one = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let region_is_one = region.contains('-') && region.bytes().all(is_region_byte);
        let suffix_is_one = matches!(suffix, "amazonaws.com" | "amazonaws.com.cn" | "amazonaws.eu" | "on.aws");
        if !(account_is_one && dkr == "dkr" && matches!(ecr, "ecr" | "ecr-fips") && region_is_one && suffix_is_one) {
            return None;
        }
        let (rest, digest) = match uri.split_once('@') {
            None => (uri, None),
            Some((rest, digest)) => (rest, Some(Digest::from_hex(digest.strip_prefix("sha256:")?)?)),
        };
        let (repository, tag) = match rest.get(host.len()..)?.split_once(':') {
            None => (rest, None),
            Some((name, tag)) => (rest.get(..host.len() + name.len())?, Some(tag).filter(|tag| is_tag(tag))),
        };
        let name = repository.get(host.len() + 1..)?;
        let tag_is_one = rest.len() == repository.len() || tag.is_some();
        (is_name(name) && tag_is_one).then_some(Self { repository, region, tag, digest })
    }
}

/// Registry host and name of an image's URI, without tag and digest, where it is one of ECR.
#[must_use]
pub fn repository(uri: &str) -> Option<&str> {
    Reference::read(uri).map(|reference| reference.repository)
}

/// The ARN of the repository that an image's URI names, where it is one of ECR in this Region.
#[must_use]
pub fn repository_arn(uri: &str, scope: &Scope) -> Option<String> {
    let Reference { repository, region, .. } = Reference::read(uri).filter(|it| *it.region == *scope.region)?;
    let (host, name) = repository.split_once('/')?;
    let (account, _) = host.split_once('.')?;
    Some(format!("arn:{}:ecr:{region}:{account}:repository/{name}", scope.partition()))
}

fn is_region_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

/// Lower-case letters, digits and marks in a path, no part of which begins or ends with a mark.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let edge = |byte: Option<&u8>| byte.is_some_and(|byte| plain(*byte));
    let is_part = |part: &str| {
        let fits = part.bytes().all(|byte| plain(byte) || matches!(byte, b'.' | b'_' | b'-'));
        fits && edge(part.as_bytes().first()) && edge(part.as_bytes().last())
    };
    (2..=256).contains(&name.len()) && name.split('/').all(is_part)
}

fn is_tag(tag: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=128).contains(&tag.len()) && tag.bytes().all(fits) && !tag.starts_with(['.', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
    const HEX: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    fn resolve(registry: &Registry, rest: &str) -> Result<Digest, ImageRefusal> {
        registry.resolve(&format!("{HOST}/{rest}"), "us-east-1").map(|image| image.digest)
    }

    #[test]
    fn what_is_no_uri_of_ecr_is_invalid() {
        // I2
        let at = |host: &str| format!("{host}/app:1");
        for uri in [
            String::new(),
            "app:1".into(),
            at("docker.io"),
            at("public.ecr.aws"),
            at("12345678901.dkr.ecr.us-east-1.amazonaws.com"),
            at("123456789012.dkr.ecr.eu-west-1.amazonaws.com"),
            at("123456789012.dkr.ecr.us-east-1.example.com"),
            format!("{HOST}/"),
            format!("{HOST}/app"),
            format!("{HOST}/app:"),
            format!("{HOST}/App:1"),
            format!("{HOST}/a//pp:1"),
            format!("{HOST}/app:1 2"),
            format!("{HOST}/app@sha256:12"),
            format!("{HOST}/app@md5:{HEX}"),
        ] {
            assert_eq!(Registry::new(false).resolve(&uri, "us-east-1"), Err(ImageRefusal::Invalid), "{uri}");
        }
    }

    #[test]
    fn a_repository_has_an_arn_in_its_own_region() {
        let scope = Scope::new("210987654321", "us-east-1");
        let arn = "arn:aws:ecr:us-east-1:123456789012:repository/team/app";
        assert_eq!(repository_arn(&format!("{HOST}/team/app:1"), &scope).as_deref(), Some(arn));
        assert_eq!(repository_arn(&format!("{HOST}/team/app@sha256:{HEX}"), &scope).as_deref(), Some(arn));
        assert_eq!(repository_arn(&format!("{HOST}/app:1"), &Scope::new("210987654321", "eu-west-1")), None);
        assert_eq!(repository_arn("docker.io/app:1", &scope), None);
    }

    #[test]
    fn an_undeclared_tag_stands_for_the_same_digest_each_time_unless_the_registry_is_strict() {
        let registry = Registry::new(false);
        assert_eq!(resolve(&registry, "app:1"), resolve(&Registry::new(false), "app:1"));
        assert_ne!(resolve(&registry, "app:1"), resolve(&registry, "app:2"));
        assert_eq!(resolve(&Registry::new(true), "app:1"), Err(ImageRefusal::Missing));
        assert_eq!(resolve(&Registry::new(true), &format!("app@sha256:{HEX}")), Err(ImageRefusal::Missing));
    }

    #[test]
    fn a_declared_tag_stands_for_what_was_pushed_last() {
        let registry = Registry::new(true);
        let uri = format!("{HOST}/team/app:1");
        let first = registry.push(&uri, None, Manifest::Image).unwrap();
        assert_eq!(resolve(&registry, "team/app:1"), Ok(first));
        let second = Digest::of(b"second");
        registry.push(&uri, Some(second), Manifest::Image).unwrap();
        assert_eq!(resolve(&registry, "team/app:1"), Ok(second));
        assert_eq!(resolve(&registry, &format!("team/app@sha256:{first}")), Ok(first));
    }

    #[test]
    fn indexes_and_closed_repositories_are_refused() {
        // I3, I4
        let registry = Registry::new(false);
        let uri = format!("{HOST}/app:1");
        registry.push(&uri, None, Manifest::Unsupported).unwrap();
        assert_eq!(resolve(&registry, "app:1"), Err(ImageRefusal::Unsupported));
        registry.deny(&format!("{HOST}/app"), true).unwrap();
        assert_eq!(resolve(&registry, "app:2"), Err(ImageRefusal::Denied));
        registry.deny(&format!("{HOST}/app"), false).unwrap();
        assert!(resolve(&registry, "app:2").is_ok());
    }
}
