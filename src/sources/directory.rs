//! A directory as S3: its sub-folders are buckets, the files in them objects, their paths the keys.
//!
//! The one idea to hold: a key is a name and not a path. Only where the two are spelled alike is there a file, and only
//! a file that really lies in the directory, wherever links lead. There are no versions, no Regions and no owners. Where
//! the system lets nobody look, S3 would deny access.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{Body, Object, ObjectSource, Refusal, Wanted};
use crate::package::MOST_BYTES;

/// A directory of buckets.
#[derive(Debug)]
pub struct Directory {
    /// Without links in it.
    root: PathBuf,
}

impl Directory {
    /// The directory at this path.
    ///
    /// # Errors
    /// The system's, if it is not there or is no directory.
    pub fn new(path: &Path) -> io::Result<Self> {
        let root = fs::canonicalize(path)?;
        if fs::metadata(&root)?.is_dir() { Ok(Self { root }) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// The real path of what lies at `name`, in parts joined by slashes, below `folder`; `None` if that is nothing, or
    /// lies outside of this directory.
    fn find(&self, folder: &Path, name: &str) -> Result<Option<PathBuf>, Refusal> {
        let Some(name) = plain(name) else { return Ok(None) };
        match fs::canonicalize(folder.join(name)) {
            Ok(path) => Ok(path.starts_with(&self.root).then_some(path)),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(denied()),
            Err(_) => Ok(None),
        }
    }

    /// The file at a key of a bucket.
    fn file(&self, bucket: &Path, wanted: &Wanted<'_>) -> Result<PathBuf, Refusal> {
        let found = self.find(bucket, wanted.key)?.filter(|path| path.is_file());
        match wanted.version {
            None => found.ok_or(Refusal::NoSuchKey),
            // What has no versions has one that is called null.
            Some(version) => found.filter(|_| version == "null").ok_or(Refusal::NoSuchVersion),
        }
    }

    fn read(&self, path: &Path) -> Result<Body, Refusal> {
        let read = || {
            let announced = fs::metadata(path)?.len();
            if announced > MOST_BYTES {
                // Nobody will read it.
                let reader = Box::new(File::open(path)?);
                return Ok(Body::Arriving { announced_bytes: Some(announced), reader });
            }
            // Reading a file takes no time worth filling: hashing and checking it on two threads afterwards is faster
            // than doing both on the way.
            Ok(Body::Whole(fs::read(path)?.into()))
        };
        read().map_err(|error: io::Error| match error.kind() {
            io::ErrorKind::PermissionDenied => denied(),
            io::ErrorKind::NotFound => Refusal::NoSuchKey,
            _ => Refusal::Broken { reason: format!("{}: {error}", self.described()) },
        })
    }

    fn described(&self) -> String {
        format!("the directory {}", self.root.display())
    }
}

impl ObjectSource for Directory {
    fn place(&self) -> Option<String> {
        Some(self.described())
    }

    fn get(&self, wanted: &Wanted<'_>) -> Option<Result<Object, Refusal>> {
        let name = Some(wanted.bucket).filter(|name| !name.contains('/'))?;
        let bucket = match self.find(&self.root, name) {
            Ok(found) => found.filter(|path| path.is_dir())?,
            Err(refusal) => return Some(Err(refusal)),
        };
        let body = self.file(&bucket, wanted).and_then(|path| self.read(&path));
        Some(body.map(|body| Object { body, version_id: None, versioned: false, storage_class: None }))
    }
}

fn denied() -> Refusal {
    Refusal::AccessDenied { message: "Access Denied".into() }
}

/// The relative path that is spelled like this name: without empty parts, `.`, `..`, NUL, and whatever else is not just
/// a file's name on this system.
fn plain(name: &str) -> Option<&Path> {
    let is_plain = |part: &str| {
        let mut components = Path::new(part).components();
        matches!((components.next(), components.next()), (Some(Component::Normal(only)), None) if only == part)
    };
    (!name.contains('\0') && name.split('/').all(is_plain)).then(|| Path::new(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        /// `root/bucket/folder/key`, and `outside/key` beside the root.
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("drylambda-{name}-{}", std::process::id()));
            fs::create_dir_all(folder.join("root/bucket/folder")).unwrap();
            fs::create_dir_all(folder.join("outside")).unwrap();
            fs::write(folder.join("root/bucket/folder/key"), "object").unwrap();
            fs::write(folder.join("outside/key"), "secret").unwrap();
            Self(folder)
        }

        fn get(&self, bucket: &str, key: &str, version: Option<&str>) -> Option<Result<Vec<u8>, Refusal>> {
            let directory = Directory::new(&self.0.join("root")).unwrap();
            let (account, region) = ("123456789012", "us-east-1");
            let found = directory.get(&Wanted { account, region, in_region: true, bucket, key, version })?;
            Some(found.map(|object| match object.body {
                Body::Whole(bytes) => bytes.to_vec(),
                Body::Arriving { .. } => panic!("a small file is read at once"),
            }))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn a_sub_folder_is_a_bucket_and_a_path_in_it_a_key() {
        let folder = Folder::new("keys");
        assert_eq!(folder.get("bucket", "folder/key", None), Some(Ok(b"object".to_vec())));
        assert_eq!(folder.get("bucket", "folder/key", Some("null")), Some(Ok(b"object".to_vec())));
        assert_eq!(folder.get("bucket", "folder/key", Some("1")), Some(Err(Refusal::NoSuchVersion)));
        assert_eq!(folder.get("bucket", "other", Some("1")), Some(Err(Refusal::NoSuchVersion)));
        assert_eq!(folder.get("bucket", "other", Some("null")), Some(Err(Refusal::NoSuchVersion)));
        assert_eq!(folder.get("another", "folder/key", None), None);
    }

    #[test]
    fn keys_that_are_not_spelled_as_the_files_path_lead_nowhere() {
        let folder = Folder::new("spelling");
        for key in [
            "folder",
            "folder/",
            "/folder/key",
            "folder//key",
            "./folder/key",
            "folder/./key",
            "folder/../folder/key",
            "../bucket/folder/key",
            "../../outside/key",
            "folder/key\0",
            "folder/key/",
            "key",
            ".",
            "..",
            "/",
            "",
        ] {
            assert_eq!(folder.get("bucket", key, None), Some(Err(Refusal::NoSuchKey)), "{key:?}");
        }
        for bucket in ["", ".", "..", "bucket/folder", "/", "bucket/", "../outside", "a\0b"] {
            assert_eq!(folder.get(bucket, "key", None), None, "{bucket:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_as_far_as_they_stay_inside() {
        use std::os::unix::fs::symlink;
        let folder = Folder::new("links");
        let at = |path: &str| folder.0.join(path);
        symlink(at("root/bucket/folder/key"), at("root/bucket/inside")).unwrap();
        symlink(at("outside/key"), at("root/bucket/leak")).unwrap();
        symlink("../../outside", at("root/bucket/leaks")).unwrap();
        symlink(at("outside"), at("root/other")).unwrap();
        symlink(at("nowhere"), at("root/bucket/dangling")).unwrap();
        assert_eq!(folder.get("bucket", "inside", None), Some(Ok(b"object".to_vec())));
        for key in ["leak", "leaks/key", "dangling"] {
            assert_eq!(folder.get("bucket", key, None), Some(Err(Refusal::NoSuchKey)), "{key}");
        }
        assert_eq!(folder.get("other", "key", None), None);
    }

    #[test]
    fn a_directory_that_is_none_is_refused_at_once() {
        let folder = Folder::new("none");
        assert_eq!(Directory::new(&folder.0.join("nowhere")).unwrap_err().kind(), io::ErrorKind::NotFound);
        let file = folder.0.join("outside/key");
        assert_eq!(Directory::new(&file).unwrap_err().kind(), io::ErrorKind::NotADirectory);
    }

    #[test]
    fn a_file_beyond_all_measure_is_not_read() {
        let folder = Folder::new("large");
        let file = File::create(folder.0.join("root/bucket/large")).unwrap();
        file.set_len(MOST_BYTES + 1).unwrap();
        let directory = Directory::new(&folder.0.join("root")).unwrap();
        let (account, region, bucket, key) = ("123456789012", "us-east-1", "bucket", "large");
        let wanted = Wanted { account, region, in_region: true, bucket, key, version: None };
        let object = directory.get(&wanted).unwrap().unwrap();
        assert!(matches!(object.body, Body::Arriving { announced_bytes: Some(bytes), .. } if bytes == MOST_BYTES + 1));
    }
}
