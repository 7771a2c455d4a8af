//! Packages as folders on the disk.
//!
//! The one idea to hold: **the tree is thought out before anything is written.** All entries are put into a plan in memory,
//! where the last one of a name wins; then folders are made, then files that were not there, then symbolic links. So no
//! write can go through a link, and what lies outside of the root is never named: it takes a name without `..` under a
//! folder that was made here.
//!
//! What AWS does with odd names is not known (rules Z8, Z9). Here,
//!
//! - `/` before a name, `.` and empty parts mean nothing, as to other unzippers: `/a//./b` is `a/b`;
//! - a name with `..`, without anything, with NUL, or longer than Linux has them is an [`UnpackError`], before anything is
//!   written;
//! - a backslash is a letter as any, and a drive's is another, where the system has such files;
//! - of one name the last entry wins (Z9), whether it is file, folder or link; a folder hides what it does not replace;
//! - names that differ in case are different, and an error where the disk does not think so;
//! - a symbolic link stays one (Z20) if everything on its way is inside of the root; another one is left out;
//! - modes say who may run a file (Z21): all, if others than owner and group may. Everything can be read.
//!
//! ```
//! use drylambda::package::{Limits, Mode, Package, make_zip};
//!
//! let zip = make_zip([("lib/app.py", "pass", Mode::File)])?;
//! let package = Package::accept(zip.into(), &Limits::default())?;
//! let root = std::env::temp_dir().join(format!("drylambda-example-{}", std::process::id()));
//! package.unpack_into(&root)?;
//! assert_eq!(std::fs::read(root.join("lib/app.py"))?, b"pass");
//! drylambda::package::remove_tree(&root)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod links;
mod plan;
mod remove;
mod write;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use self::plan::Plan;
pub use self::remove::remove_tree;
use super::Package;
use super::archive::{Place, entries};

/// The longest part of a name between two `/`, in bytes: Linux's.
const LONGEST_PART_BYTES: usize = 255;
/// The longest name, in bytes: Linux's.
const LONGEST_NAME_BYTES: usize = 4096;
/// How deep folders may be. Whoever removes a tree may hold each of them open.
const DEEPEST: usize = 256;
/// The most files, folders and links. A zip of 50 MiB may have more of nothing than a disk has room for.
const MOST_NODES: usize = 500_000;

/// What may be done with what was unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner may change it: 0644, 0755 for folders and programs.
    Writable,
    /// Nobody may: 0444, 0555 for folders and programs.
    ReadOnly,
}

/// Why a package cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// A name with `..` in it.
    #[error("{entry} leads up, and may so lead out of the folder that the package is unpacked into")]
    LeadsUp {
        /// Which.
        entry: Place,
    },
    /// A file whose name is empty, `.`, or ends in `/.`.
    #[error("{entry} is a file without a name")]
    Nameless {
        /// Which.
        entry: Place,
    },
    /// A name that the system has no file for: with NUL; on Windows also with a drive.
    #[error("{entry} has a name that no file can have here")]
    Unnameable {
        /// Which.
        entry: Place,
    },
    /// A name that is longer than Linux has them.
    #[error(
        "{entry} has a name of more than {LONGEST_NAME_BYTES} bytes, {LONGEST_PART_BYTES} in a part, or {DEEPEST} parts"
    )]
    TooLong {
        /// Which.
        entry: Place,
    },
    /// More than anybody deploys.
    #[error("{entry} is one too many: there are more than {MOST_NODES} files and folders")]
    TooMany {
        /// The first that is too much.
        entry: Place,
    },
    /// Links through links through links.
    #[error("{entry} is a symbolic link that takes too long to follow")]
    Tangled {
        /// Where it was given up.
        entry: Place,
    },
    /// The folder to unpack into has something in it.
    #[error("{} is not empty, and packages are unpacked into empty folders", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The folder to unpack into cannot be made, or not be read.
    #[error("{} cannot be unpacked into: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// An entry cannot be written.
    #[error("{entry} cannot be written to {}: {source}", path.display())]
    Write {
        /// The entry, or the first one in the folder.
        entry: Place,
        /// Where it should be.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Package {
    /// Unpacks everything into `root`, which is made if it is not there, and is empty otherwise. What is in it then can be
    /// read by all and changed by its owner.
    ///
    /// Nothing outside of `root` is written, and no symbolic link in it leads out of it.
    ///
    /// # Errors
    ///
    /// [`UnpackError`], which says what entry is in the way. Nothing is left of what was unpacked before.
    pub fn unpack_into(&self, root: &Path) -> Result<(), UnpackError> {
        unpack([self], root, Access::Writable)
    }
}

/// Unpacks packages over each other into `root`, as layers are: what is in a later one wins. For the rest, as
/// [`Package::unpack_into`].
///
/// # Errors
///
/// As [`Package::unpack_into`].
pub fn unpack<'p>(
    packages: impl IntoIterator<Item = &'p Package>,
    root: &Path,
    access: Access,
) -> Result<(), UnpackError> {
    let mut plan = Plan::new();
    for entry in packages.into_iter().flat_map(|package| entries(package.bytes())) {
        plan.add(entry)?;
    }
    let links = links::inside(&plan)?;
    let made = empty_folder(root)?;
    let written = write::write(&plan, &links, root, access);
    let written = if made { written.and_then(|()| write::finish_root(root, access)) } else { written };
    written.inspect_err(|_| {
        // What cannot be removed either is left: the error to tell is the first one.
        let _ = if made { remove_tree(root) } else { remove::remove_contents(root) };
    })
}

/// Makes the folder, or says that it was there and is empty.
fn empty_folder(root: &Path) -> Result<bool, UnpackError> {
    let trouble = |source| UnpackError::Folder { path: root.to_owned(), source };
    match fs::read_dir(root) {
        Ok(mut found) => {
            if found.next().is_some() {
                Err(UnpackError::NotEmpty { path: root.to_owned() })
            } else {
                Ok(false)
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(root).map_err(trouble)?;
            Ok(true)
        }
        Err(error) => Err(trouble(error)),
    }
}
