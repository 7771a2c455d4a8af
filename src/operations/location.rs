//! Download links of packages: made by GetFunction, answered by [`Links::fetch`] (G1, G2).
//!
//! The one idea to hold: a link is AWS's in form, and names the package by its digest, so it yields exactly the bytes
//! that were uploaded, for ten minutes on the emulator's clock. For that time the package is kept, even if its function
//! has other code by then or is gone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::arn::Scope;
use crate::clock::Timestamp;
use crate::package::{Digest, Package, Packages};

/// How long a link is valid.
const EXPIRES_SECONDS: i64 = 600;
/// The most bytes that are kept for links alone; beyond it the oldest links yield only what something still uses.
const KEPT_BYTES: u64 = 256 * 1024 * 1024;
/// The most packages that are kept for links alone.
const KEPT_PACKAGES: usize = 1024;

/// Why a link yields nothing, in S3's words: HTTP status, code, message.
pub(crate) type Refusal = (u16, &'static str, &'static str);

/// The packages behind the links of one emulator, oldest first, each until its newest link expires.
#[derive(Debug, Default)]
pub struct Links(Mutex<VecDeque<(Timestamp, Arc<Package>)>>);

impl Links {
    /// Makes a link to the package of a function.
    #[must_use]
    pub(crate) fn make(&self, scope: &Scope, name: &str, package: &Arc<Package>, now: Timestamp) -> String {
        self.keep(package, now);
        link(scope, name, package, now)
    }

    /// The package behind the path and query of a link.
    ///
    /// # Errors
    /// S3's refusals: a link that is no link, one that was changed, one that is too old, a package that is gone.
    pub(crate) fn fetch(
        &self,
        packages: &Packages,
        path: &str,
        query: &str,
        now: Timestamp,
    ) -> Result<Arc<Package>, Refusal> {
        let found = fetch(packages, path, query, now);
        self.forget_expired(now);
        found
    }

    /// Lets every link expire.
    pub(crate) fn clear(&self) {
        self.kept().clear();
    }

    fn keep(&self, package: &Arc<Package>, now: Timestamp) {
        self.forget_expired(now);
        let mut kept = self.kept();
        kept.retain(|(_, other)| !Arc::ptr_eq(other, package));
        kept.push_back((now.plus_millis(EXPIRES_SECONDS * 1000), Arc::clone(package)));
        let mut bytes: u64 = kept.iter().map(|(_, package)| package.size_bytes()).sum();
        while kept.len() > KEPT_PACKAGES || (kept.len() > 1 && bytes > KEPT_BYTES) {
            bytes -= kept.pop_front().map_or(0, |(_, package)| package.size_bytes());
        }
    }

    fn forget_expired(&self, now: Timestamp) {
        self.kept().retain(|(expires, _)| now <= *expires);
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(Timestamp, Arc<Package>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[must_use]
fn link(scope: &Scope, name: &str, package: &Package, now: Timestamp) -> String {
    let digest = package.digest();
    let hex = digest.to_hex();
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    let object = [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-");
    let date = now.amz_date();
    let day = date.get(..8).unwrap_or_default();
    let Scope { account, region } = scope;
    let suffix = if scope.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    let path = format!("/snapshots/{account}/{name}-{object}");
    let version = URL_SAFE_NO_PAD.encode(digest.as_bytes());
    format!(
        "https://awslambda-{region}-tasks.s3.{region}.{suffix}{path}?versionId={version}\
         &X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}&X-Amz-SignedHeaders=host&X-Amz-Expires={EXPIRES_SECONDS}\
         &X-Amz-Credential=AKIADRYLAMBDA%2F{day}%2F{region}%2Fs3%2Faws4_request&X-Amz-Signature={signature}",
        signature = signature(&path, &version, &date),
    )
}

/// Whether a host is one that links name.
#[must_use]
pub(crate) fn is_link_host(host: &str) -> bool {
    host.starts_with("awslambda-") && host.contains("-tasks.s3.")
}

fn fetch(packages: &Packages, path: &str, query: &str, now: Timestamp) -> Result<Arc<Package>, Refusal> {
    let part = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let (Some(version), Some(date), Some(given)) = (part("versionId"), part("X-Amz-Date"), part("X-Amz-Signature"))
    else {
        return Err((403, "AccessDenied", "Access Denied"));
    };
    if signature(path, version, date) != given {
        let message = "The request signature we calculated does not match the signature you provided. Check your key and \
                       signing method.";
        return Err((403, "SignatureDoesNotMatch", message));
    }
    let made = Timestamp::from_amz_date(date).ok_or((403, "AccessDenied", "Access Denied"))?;
    if now > made.plus_millis(EXPIRES_SECONDS * 1000) {
        return Err((403, "AccessDenied", "Request has expired"));
    }
    let digest =
        URL_SAFE_NO_PAD.decode(version).ok().and_then(|bytes| Some(Digest::from(<[u8; 32]>::try_from(bytes).ok()?)));
    digest.and_then(|digest| packages.get(&digest)).ok_or((404, "NoSuchKey", "The specified key does not exist."))
}

/// Ties the parts of a link together, so that a changed one is noticed. It proves nothing to an attacker, nor need it.
fn signature(path: &str, version: &str, date: &str) -> String {
    Digest::of(format!("{path}\n{version}\n{date}").as_bytes()).to_hex()
}
