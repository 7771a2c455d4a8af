//! Writing a plan: folders, files, links, and at last what may be done with folders.
//!
//! The one idea: files are independent of each other, so threads take them from a common list. Whatever is made must not
//! have been there: the root was empty, and a name that is taken all the same is an error.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::super::archive::{Entry, Inflater};
use super::super::examine::parallelism;
use super::plan::{Node, Plan, What};
use super::{Access, UnpackError};

/// One more thread has to have about this much to write; a file counts for [`FILE_BYTES`] more than it has.
const WORTH_A_WORKER_BYTES: u64 = 1024 * 1024;
const FILE_BYTES: u64 = 16 * 1024;
/// A file may be run if those may who are neither its owner nor of the group, as Lambda's user.
const RUN_BY_OTHERS: u16 = 0o001;

/// Writes everything into the empty `root`. The root's own mode is left as it is.
pub(super) fn write(
    plan: &Plan<'_>,
    links: &[(usize, PathBuf)],
    root: &Path,
    access: Access,
) -> Result<(), UnpackError> {
    let left = plan.left();
    let all = |what: What| {
        left.iter().filter_map(move |at| Some((*at, plan.node(*at)?))).filter(move |(_, it)| it.what == what)
    };
    for (at, node) in all(What::Folder) {
        let path = plan.path(root, at);
        made(make_folder(&path), node, path)?;
    }
    let files: Vec<_> = all(What::File).collect();
    write_files(plan, &files, root, access)?;
    for (at, target) in links {
        let Some(node) = plan.node(*at) else { continue };
        let path = plan.path(root, *at);
        made(link(target, &path), node, path)?;
    }
    // Now nothing more is put into them. The links were made last, but none of them is a folder's path.
    for (at, node) in all(What::Folder) {
        let path = plan.path(root, at);
        made(set_mode(&path, mode(&node.entry, What::Folder, access)), node, path)?;
    }
    Ok(())
}

/// Lets a root that was made here be used as the folders in it.
pub(super) fn finish_root(root: &Path, access: Access) -> Result<(), UnpackError> {
    set_mode(root, bits(access, true)).map_err(|source| UnpackError::Folder { path: root.to_owned(), source })
}

fn made(result: io::Result<()>, node: &Node<'_>, path: PathBuf) -> Result<(), UnpackError> {
    result.map_err(|source| UnpackError::Write { entry: node.entry.place(), path, source })
}

/// Writes files on as many threads as help; the error is that of the first one in the list that was tried and failed.
fn write_files(plan: &Plan<'_>, files: &[(usize, &Node<'_>)], root: &Path, access: Access) -> Result<(), UnpackError> {
    let next = AtomicUsize::new(0);
    let trouble: Mutex<Option<(usize, UnpackError)>> = Mutex::new(None);
    let work = || {
        let mut inflater = Inflater::default();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((at, node)) = files.get(place) else { return };
            let path = plan.path(root, *at);
            let written = write_file(&path, &node.entry, access, &mut inflater);
            if let Err(error) = made(written, node, path) {
                next.store(files.len(), Ordering::Relaxed);
                let mut first = trouble.lock().unwrap_or_else(PoisonError::into_inner);
                if first.as_ref().is_none_or(|(earliest, _)| place < *earliest) {
                    *first = Some((place, error));
                }
                return;
            }
        }
    };
    let bytes = files.iter().fold(0_u64, |sum, (_, node)| sum.saturating_add(node.entry.size + FILE_BYTES));
    let worth = usize::try_from(bytes / WORTH_A_WORKER_BYTES).unwrap_or(usize::MAX);
    thread::scope(|scope| {
        for _ in 1..worth.min(parallelism()) {
            // A thread that cannot be had is a thread that does not help.
            let _ = thread::Builder::new().name("drylambda-unpack".into()).spawn_scoped(scope, work);
        }
        work();
    });
    trouble.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), |(_, error)| Err(error))
}

fn write_file(path: &Path, entry: &Entry<'_>, access: Access, inflater: &mut Inflater) -> io::Result<()> {
    let mut file = new_file(path)?;
    inflater.give(entry, &mut file)?;
    set_mode_of(&file, mode(entry, What::File, access))
}

/// What may be done with an entry once it is unpacked.
fn mode(entry: &Entry<'_>, what: What, access: Access) -> u32 {
    let runs = what == What::Folder || entry.permissions().is_some_and(|mode| mode & RUN_BY_OTHERS != 0);
    bits(access, runs)
}

fn bits(access: Access, runs: bool) -> u32 {
    match (access, runs) {
        (Access::Writable, false) => 0o644,
        (Access::Writable, true) => 0o755,
        (Access::ReadOnly, false) => 0o444,
        (Access::ReadOnly, true) => 0o555,
    }
}

#[cfg(unix)]
mod system {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _, symlink};

    use super::{File, Path, fs, io};

    /// A folder that only we can use as long as it is not done.
    pub(super) fn make_folder(path: &Path) -> io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(path)
    }

    /// A file that was not there: the system follows no link for it either.
    pub(super) fn new_file(path: &Path) -> io::Result<File> {
        File::options().write(true).create_new(true).mode(0o600).open(path)
    }

    pub(super) fn link(target: &Path, path: &Path) -> io::Result<()> {
        symlink(target, path)
    }

    pub(super) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    }

    pub(super) fn set_mode_of(file: &File, mode: u32) -> io::Result<()> {
        file.set_permissions(fs::Permissions::from_mode(mode))
    }
}

/// Without modes, and without links, which Windows lets administrators make.
#[cfg(not(unix))]
mod system {
    use super::{File, Path, fs, io};

    pub(super) fn make_folder(path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    pub(super) fn new_file(path: &Path) -> io::Result<File> {
        File::options().write(true).create_new(true).open(path)
    }

    pub(super) fn link(_: &Path, _: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn set_mode(_: &Path, _: u32) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn set_mode_of(_: &File, _: u32) -> io::Result<()> {
        Ok(())
    }
}

use self::system::{link, make_folder, new_file, set_mode, set_mode_of};
