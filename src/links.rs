//! Download links of packages: made by GetFunction, answered by `fetch` (G1, G2).
//!
//! The one idea to hold: a link names the package by its digest, so it yields exactly the bytes that were uploaded, for
//! ten minutes on the emulator's clock. For that time the package is kept, even if its function has other code by then or
//! is gone. A link is AWS's in form; one that is made for somebody who reached a server leads back to that server, with the
//! bucket in its path. What is signed has no host, so a link holds by whichever name the server is reached.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::arn::Scope;
use crate::clock::Timestamp;
use crate::package::{Digest, Package, Packages};

/// How long a link is valid.
const EXPIRES_SECONDS: i64 = 600;
/// How far a link's date may lie ahead of the clock.
const SKEW_SECONDS: i64 = 900;
/// What stands between a link and its signature.
const SIGNED: &str = "&X-Amz-Signature=";
/// The most bytes that are kept for links alone; beyond it the oldest links yield only what something still uses.
const KEPT_BYTES: u64 = 256 * 1024 * 1024;
/// The most packages that are kept for links alone.
const KEPT_PACKAGES: usize = 1024;

/// Where the objects of a link are, below the bucket.
const SNAPSHOTS: &str = "/snapshots/";
/// How the buckets of functions' packages end.
pub(crate) const FUNCTIONS: &str = "-tasks";
/// How the buckets of layers' packages end.
pub(crate) const LAYERS: &str = "-layers";

/// Why a link yields nothing, in S3's words: HTTP status, code, message.
pub type LinkRefusal = (u16, &'static str, &'static str);

/// A server that was reached.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    /// Its scheme and authority, as the client named it: `http://127.0.0.1:4566`.
    pub url: &'a str,
    /// Whether it answers for URLs of functions, too.
    pub has_function_urls: bool,
}

/// The packages behind the links of one emulator, oldest first, each until its newest link expires.
#[derive(Debug, Default)]
pub struct Links(Mutex<VecDeque<(Timestamp, Arc<Package>)>>);

impl Links {
    /// Makes a link to a package of [`FUNCTIONS`] or [`LAYERS`]: to the server at `endpoint`, or one of AWS's.
    #[must_use]
    pub(crate) fn make(
        &self,
        of: &str,
        whither: (&Scope, Option<&str>),
        name: &str,
        package: &Arc<Package>,
        now: Timestamp,
    ) -> String {
        self.keep(package, now);
        link(of, whither, name, package, now)
    }

    /// An independent copy of the links that are good now.
    #[must_use]
    pub(crate) fn fork(&self) -> Self {
        Self(Mutex::new(self.kept().clone()))
    }

    /// Lets every link expire.
    pub(crate) fn clear(&self) {
        self.kept().clear();
    }

    /// Lets go of the packages whose links have all expired.
    pub(crate) fn forget_expired(&self, now: Timestamp) {
        self.kept().retain(|(expires, _)| now <= *expires);
    }

    fn keep(&self, package: &Arc<Package>, now: Timestamp) {
        let mut kept = self.kept();
        kept.retain(|(_, other)| !Arc::ptr_eq(other, package));
        kept.push_back((now.plus_millis(EXPIRES_SECONDS * 1000), Arc::clone(package)));
        let mut bytes: u64 = kept.iter().map(|(_, package)| package.size_bytes()).sum();
        while kept.len() > KEPT_PACKAGES || (kept.len() > 1 && bytes > KEPT_BYTES) {
            bytes -= kept.pop_front().map_or(0, |(_, package)| package.size_bytes());
        }
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(Timestamp, Arc<Package>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn link(of: &str, (scope, endpoint): (&Scope, Option<&str>), name: &str, package: &Package, now: Timestamp) -> String {
    let digest = package.digest();
    let hex = digest.to_hex();
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    let object = [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-");
    let date = now.amz_date();
    let day = date.get(..8).unwrap_or_default();
    let Scope { account, region } = scope;
    let bucket = format!("awslambda-{region}{of}");
    let version = URL_SAFE_NO_PAD.encode(digest.as_bytes());
    let unsigned = format!(
        "{SNAPSHOTS}{account}/{name}-{object}?versionId={version}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}\
         &X-Amz-SignedHeaders=host&X-Amz-Expires={EXPIRES_SECONDS}\
         &X-Amz-Credential=AKIADRYLAMBDA%2F{day}%2F{region}%2Fs3%2Faws4_request"
    );
    let signature = signature(&bucket, &unsigned);
    let place = endpoint.map_or_else(
        || {
            let suffix = if scope.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
            format!("https://{bucket}.s3.{region}.{suffix}")
        },
        |endpoint| format!("{endpoint}/{bucket}"),
    );
    format!("{place}{unsigned}{SIGNED}{signature}")
}

/// The bucket of a request for a link, and the path below it; nothing, if the request is for something else. The bucket
/// is in the host, as AWS has it, or on any host the first part of the path.
#[must_use]
pub(crate) fn target<'a>(host: &'a str, path: &'a str) -> Option<(&'a str, &'a str)> {
    if let Some((bucket, _)) = host.split_once(".s3.").filter(|(bucket, _)| is_bucket(bucket)) {
        return Some((bucket, path));
    }
    let path = path.strip_prefix('/')?;
    let (bucket, object) = path.split_at(path.find('/')?);
    (is_bucket(bucket) && object.starts_with(SNAPSHOTS)).then_some((bucket, object))
}

/// Whether a path may be that of a link, whatever the host.
#[must_use]
pub(crate) fn may_be_target(path: &str) -> bool {
    path.starts_with(SNAPSHOTS) || target("", path).is_some()
}

fn is_bucket(name: &str) -> bool {
    name.strip_prefix("awslambda-")
        .and_then(|rest| rest.strip_suffix(FUNCTIONS).or_else(|| rest.strip_suffix(LAYERS)))
        .is_some_and(|region| !region.is_empty())
}

/// The package behind the host, path and query of a link, still percent-encoded.
///
/// # Errors
/// S3's refusals: a link that is no link, one that was changed, one that is too old, a package that is gone.
pub(crate) fn fetch(
    packages: &Packages,
    (host, path, query): (&str, &str, &str),
    now: Timestamp,
) -> Result<Arc<Package>, LinkRefusal> {
    let denied = |message| Err((403, "AccessDenied", message));
    let part = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let (Some((bucket, object)), Some(version), Some(date), Some((unsigned, given))) =
        (target(host, path), part("versionId"), part("X-Amz-Date"), query.split_once(SIGNED))
    else {
        return denied("Access Denied");
    };
    if signature(bucket, &format!("{object}?{unsigned}")) != given {
        let message = "The request signature we calculated does not match the signature you provided. Check your key and \
                       signing method.";
        return Err((403, "SignatureDoesNotMatch", message));
    }
    let Some(made) = Timestamp::from_amz_date(date) else { return denied("Access Denied") };
    if now > made.plus_millis(EXPIRES_SECONDS * 1000) {
        return denied("Request has expired");
    }
    if now.plus_millis(SKEW_SECONDS * 1000) < made {
        return denied("Request is not valid yet");
    }
    let bytes = URL_SAFE_NO_PAD.decode(version).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.and_then(|bytes| packages.get(&Digest::from(bytes))).ok_or((
        404,
        "NoSuchKey",
        "The specified key does not exist.",
    ))
}

/// Ties everything of a link together, so that a changed one is noticed. It proves nothing to an attacker, nor need it.
fn signature(bucket: &str, unsigned: &str) -> String {
    Digest::of(format!("{bucket}{unsigned}").as_bytes()).to_hex()
}
