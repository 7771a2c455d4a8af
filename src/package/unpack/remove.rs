//! Removing what was unpacked, be it read-only.

use std::fs;
use std::io;
use std::path::Path;

/// Removes a folder with everything in it, also where nobody may write. It follows no symbolic link. A folder that is not
/// there is removed already.
///
/// # Errors
///
/// The system's, of the first thing that cannot be removed.
pub fn remove_tree(root: &Path) -> io::Result<()> {
    let removed = unlock(root).and_then(|()| fs::remove_dir_all(root));
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Removes what is in a folder.
pub(super) fn remove_contents(root: &Path) -> io::Result<()> {
    for found in fs::read_dir(root)? {
        let found = found?;
        if found.file_type()?.is_dir() { remove_tree(&found.path())? } else { fs::remove_file(found.path())? }
    }
    Ok(())
}

/// Lets the owner of folders change what is in them: that is what removing takes.
#[cfg(unix)]
fn unlock(root: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if !fs::symlink_metadata(root)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        for found in fs::read_dir(&folder)? {
            let found = found?;
            if found.file_type()?.is_dir() {
                folders.push(found.path());
            }
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn unlock(_: &Path) -> io::Result<()> {
    Ok(())
}
