//! Packages and layers as folders on the disk, each of them unpacked once.
//!
//! The one idea to hold: **a folder is known by what is in it.** It is called by the digests of its packages, is made under
//! another name and then renamed, and can be written by nobody; so whoever finds it finds all of it, as the package has it,
//! and any number of execution environments use it together. Nobody who has a [`Directory`] loses it; of those that nobody
//! has, the latest stay.
//!
//! All of it is in one folder of this process, `drylambda-PID-RANDOM`, which is made with the first package and goes with
//! [`Unpacked`]. What a killed process leaves behind is removed by `chmod -R u+w FOLDER; rm -rf FOLDER`.
//!
//! This is a layer of its own, as not all runners run processes, and a package can be looked at where nothing runs.
//!
//! ```
//! use std::sync::Arc;
//! use drylambda::package::{Limits, Mode, Package, make_zip};
//! use drylambda::unpacked::Unpacked;
//!
//! let zip = make_zip([("app.py", "pass", Mode::File)])?;
//! let package = Arc::new(Package::accept(zip.into(), &Limits::default())?);
//! let unpacked = Unpacked::new(std::env::temp_dir());
//! let code = unpacked.code(&package)?;
//! assert_eq!(std::fs::read(code.path().join("app.py"))?, b"pass");
//! assert!(Arc::ptr_eq(&code, &unpacked.code(&package)?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::HashMap;
use std::fs;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(unix)]
mod reaper;

#[cfg(unix)]
pub use self::reaper::Reaper;
use crate::ids::Ids;
use crate::package::{Access, Digest, Package, UnpackError, remove_tree, unpack};

/// How many folders stay that nobody has.
const MOST_IDLE: usize = 64;
/// How many random letters are in the name of the root: it is made by us or not at all, so they need not be secret.
const RANDOM_LETTERS: usize = 12;

/// A folder that stays as long as somebody has this.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// What was unpacked by one emulator; shared between threads by reference. Removes it all when it is dropped.
#[derive(Debug)]
pub struct Unpacked {
    base: PathBuf,
    most_idle: usize,
    state: Mutex<State>,
}

/// A folder, or the place where one is being made: its lock is held meanwhile.
type Slot = Arc<Mutex<Option<Arc<Directory>>>>;

#[derive(Debug, Default)]
struct State {
    root: Option<Root>,
    slots: HashMap<Vec<Digest>, (Slot, u64)>,
    /// Counts what was asked for, and names what is on its way in or out.
    count: u64,
}

#[derive(Debug)]
struct Root {
    path: PathBuf,
    /// Removes it if this process is killed; nobody does where there is no shell.
    reaper: Option<Arc<Reaper>>,
    /// A process that was forked has the other one's root in its memory, and leaves it alone.
    pid: u32,
}

impl Unpacked {
    /// Nothing yet; the root will be made in `base`, the system's folder for what is temporary.
    #[must_use]
    pub fn new(base: impl Into<PathBuf>) -> Self {
        Self { base: base.into(), most_idle: MOST_IDLE, state: Mutex::default() }
    }

    /// The same with another number of folders that stay although nobody has them; 64 otherwise.
    #[must_use]
    pub fn keeping(mut self, most_idle: usize) -> Self {
        self.most_idle = most_idle;
        self
    }

    /// The folder of this process that has all others, made if it is not there: mode 0700.
    ///
    /// # Errors
    ///
    /// [`UnpackError::Folder`].
    pub fn root(&self) -> Result<PathBuf, UnpackError> {
        self.state().root(&self.base)
    }

    /// Who cleans up when this process is killed: told of process groups, it ends them, too. There is one as long as there
    /// is a root, and a shell to be had.
    #[must_use]
    pub fn reaper(&self) -> Option<Arc<Reaper>> {
        self.state().root.as_ref().filter(|root| root.pid == process::id())?.reaper.clone()
    }

    /// A package, unpacked and read-only: `ROOT/code/SHA256`. Who asks while it is being unpacked waits.
    ///
    /// # Errors
    ///
    /// [`UnpackError`]; nothing is left then, and whoever asks next tries again.
    pub fn code(&self, package: &Package) -> Result<Arc<Directory>, UnpackError> {
        self.directory(&[package])
    }

    /// What `/opt` is: all layers unpacked over each other, the last one on top. One layer alone is the folder that
    /// [`code`](Self::code) gives of it, and none is an empty folder.
    ///
    /// # Errors
    ///
    /// As [`code`](Self::code).
    pub fn layers(&self, layers: &[Arc<Package>]) -> Result<Arc<Directory>, UnpackError> {
        self.directory(&layers.iter().map(Arc::as_ref).collect::<Vec<_>>())
    }

    /// Removes everything, whoever has it, once it is unpacked. What is asked for later is unpacked again.
    ///
    /// # Errors
    ///
    /// The system's, of the first thing that cannot be removed.
    pub fn remove(&self) -> io::Result<()> {
        let (root, slots) = {
            let mut state = self.state();
            (state.root.take(), mem::take(&mut state.slots))
        };
        let Some(root) = root.filter(|root| root.pid == process::id()) else { return Ok(()) };
        // Waits for what is being unpacked, and lets nobody begin. Who has asked before and begins later finds no root.
        let _held: Vec<_> =
            slots.values().map(|(slot, _)| slot.lock().unwrap_or_else(PoisonError::into_inner)).collect();
        remove_tree(&root.path)
    }

    fn directory(&self, packages: &[&Package]) -> Result<Arc<Directory>, UnpackError> {
        let key: Vec<Digest> = packages.iter().map(|package| package.digest()).collect();
        let (root, slot, count) = self.state().slot(&self.base, &key)?;
        let mut made = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(directory) = made.as_ref() {
            return Ok(Arc::clone(directory));
        }
        let directory = Arc::new(Directory { path: root.join(name(&key)) });
        make(packages, &directory.path, count)?;
        *made = Some(Arc::clone(&directory));
        drop(made);
        drop(slot);
        let old = self.state().retire(self.most_idle);
        for path in old {
            // What cannot be removed now goes with the root.
            let _ = remove_tree(&path);
        }
        Ok(directory)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        // There is nobody to tell.
        let _ = self.remove();
    }
}

impl State {
    fn root(&mut self, base: &Path) -> Result<PathBuf, UnpackError> {
        if let Some(root) = self.root.as_ref().filter(|root| root.pid == process::id()) {
            return Ok(root.path.clone());
        }
        let pid = process::id();
        // Whoever is told of it may work in another folder.
        let path = std::path::absolute(base).unwrap_or_else(|_| base.to_owned());
        let path = path.join(format!("drylambda-{pid}-{}", Ids::new(None).letters(RANDOM_LETTERS)));
        for folder in [path.clone(), path.join("code"), path.join("layers")] {
            private_folder(&folder).map_err(|source| UnpackError::Folder { path: folder, source })?;
        }
        self.slots.clear();
        let reaper = Reaper::start(&path).ok().map(Arc::new);
        self.root = Some(Root { path: path.clone(), pid, reaper });
        Ok(path)
    }

    /// Where the folder of these packages is or will be, and a number that nobody else has.
    fn slot(&mut self, base: &Path, key: &[Digest]) -> Result<(PathBuf, Slot, u64), UnpackError> {
        let root = self.root(base)?;
        self.count += 1;
        let (slot, used) = self.slots.entry(key.to_owned()).or_default();
        *used = self.count;
        Ok((root, Arc::clone(slot), self.count))
    }

    /// Takes the folders that nobody has out of the way, but for the latest, and says what they are called now.
    fn retire(&mut self, most_idle: usize) -> Vec<PathBuf> {
        let mut idle: Vec<(u64, Vec<Digest>)> = Vec::new();
        self.slots.retain(|key, (slot, used)| {
            // Who has the slot is about to make or to take what is in it; nobody else gets it while the state is ours.
            if Arc::strong_count(slot) > 1 {
                return true;
            }
            let made = slot.lock().unwrap_or_else(PoisonError::into_inner);
            if made.as_ref().is_some_and(|directory| Arc::strong_count(directory) == 1) {
                idle.push((*used, key.clone()));
            }
            // Without a folder, making it has failed.
            made.is_some()
        });
        idle.sort_unstable();
        idle.truncate(idle.len().saturating_sub(most_idle));
        idle.into_iter().filter_map(|(used, key)| self.put_away(used, &key)).collect()
    }

    fn put_away(&mut self, used: u64, key: &[Digest]) -> Option<PathBuf> {
        let (slot, _) = self.slots.remove(key)?;
        let directory = slot.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let old = directory.path.with_extension(format!("old-{used}"));
        // Some systems rename no folder that cannot be written.
        let renamed = lock_folder(&directory.path, false).and_then(|()| fs::rename(&directory.path, &old));
        // What stays where it was has to be gone before it can be unpacked again.
        Some(if renamed.is_ok() { old } else { directory.path.clone() })
    }
}

/// Unpacks under a name of its own, and renames that.
fn make(packages: &[&Package], path: &Path, count: u64) -> Result<(), UnpackError> {
    let new = path.with_extension(format!("new-{count}"));
    let trouble = |source| UnpackError::Folder { path: path.to_owned(), source };
    private_folder(&new).map_err(trouble)?;
    let unpacked = unpack(packages.iter().copied(), &new, Access::ReadOnly);
    let placed = unpacked.and_then(|()| fs::rename(&new, path).and_then(|()| lock_folder(path, true)).map_err(trouble));
    placed.inspect_err(|_| {
        // The error to tell is the first one; what is left goes with the root.
        let _ = remove_tree(&new);
    })
}

/// The name of a folder with these packages in it, below the root.
fn name(key: &[Digest]) -> PathBuf {
    match key {
        [one] => Path::new("code").join(one.to_hex()),
        several => {
            let bytes: Vec<u8> = several.iter().flat_map(|digest| *digest.as_bytes()).collect();
            Path::new("layers").join(Digest::of(&bytes).to_hex())
        }
    }
}

#[cfg(unix)]
fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// Lets nobody write into a folder, or its owner again.
#[cfg(unix)]
fn lock_folder(path: &Path, locked: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(if locked { 0o555 } else { 0o700 }))
}

#[cfg(not(unix))]
fn lock_folder(_: &Path, _: bool) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
