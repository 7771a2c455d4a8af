//! Deployment packages: the zip a function's code comes in, hashed, checked and held once.
//!
//! The one idea: **the bytes are the identity.** A package is known by the SHA-256 of the bytes as they were received,
//! and what the zip check found out belongs to that digest for good. So the same bytes are hashed to be recognised and
//! never checked twice, and however many functions use a package, its bytes are held once.
//!
//! This layer knows no Lambda: it answers with a [`Package`] or with a [`Refusal`] that says in which way the zip lies.
//! [`Refusal::kind`] folds those ways into the three answers that AWS has. Nothing touches the disk but
//! [`Package::unpack_into`], and that nothing outside of its folder; a size that a header says counts against a package, never for it.
//!
//! ```
//! use drylambda::package::{Limits, Mode, Packages, make_zip};
//!
//! let zip = make_zip([("app.py", "def handler(event, context): return 1\n", Mode::File)])?;
//! let packages = Packages::new();
//! let package = packages.accept(zip.into(), &Limits::default())?;
//! assert_eq!(package.contents().files, 1);
//! assert_eq!(package.contents().unzipped_bytes, 38);
//! assert_eq!(package.digest().to_base64().len(), 44);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod advice;
mod archive;
mod blobs;
mod digest;
mod examine;
mod intake;
mod make;
#[cfg(test)]
mod tests;
mod unpack;

use bytes::Bytes;

pub use self::advice::{Advice, Target, advise};
pub use self::archive::{Contents, EntryName, Field, File, Kind, Limits, Place, Refusal, check};
pub use self::blobs::Packages;
pub use self::digest::{Digest, Hasher};
pub use self::intake::{Intake, MOST_BYTES};
pub use self::make::{MakeError, Mode, make_zip};
pub use self::unpack::{Access, UnpackError, remove_tree, unpack};

/// An accepted deployment package: its bytes as received, their digest, and what the check found inside.
///
/// There is no way to make one without the check, so whoever holds a `Package` holds a readable zip within the limits
/// it was accepted under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    bytes: Bytes,
    digest: Digest,
    contents: Contents,
}

impl Package {
    /// Hashes and checks `bytes`, in parallel where that pays.
    ///
    /// ```
    /// use drylambda::package::{Kind, Limits, Package};
    ///
    /// let refusal = Package::accept("not a zip".into(), &Limits::default()).unwrap_err();
    /// assert_eq!(refusal.kind(), Kind::NotAZip);
    /// ```
    ///
    /// # Errors
    ///
    /// The [`Refusal`] that [`check`] gives for these bytes, whatever the number of threads.
    pub fn accept(bytes: Bytes, limits: &Limits) -> Result<Self, Refusal> {
        let (digest, contents) = examine::examine(&bytes, *limits);
        Ok(Self { bytes, digest, contents: contents? })
    }

    /// The package exactly as it was received, including bytes before and after the zip itself.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// SHA-256 of [`bytes`](Self::bytes).
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What the check found inside.
    #[must_use]
    pub fn contents(&self) -> Contents {
        self.contents
    }

    /// Its entries, in the order of the zip's directory.
    ///
    /// ```
    /// use drylambda::package::{Limits, Mode, Package, make_zip};
    ///
    /// let zip = make_zip([("app.py", "pass", Mode::File)])?;
    /// let package = Package::accept(zip.into(), &Limits::default())?;
    /// assert_eq!(package.files()[0].name, "app.py");
    /// assert_eq!(package.read("app.py").as_deref(), Some(&b"pass"[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn files(&self) -> Vec<File> {
        archive::list(&self.bytes)
    }

    /// The contents of the entry of this name; of the last one, as unzipping leaves it, if there are several.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        archive::read(&self.bytes, name)
    }

    /// Size of the package as received, in bytes: AWS's `CodeSize`.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }
}
