//! The tree that will be written: what each entry becomes once all of them are known.
//!
//! The one idea: a node comes after its folder, so whoever walks through the nodes in order meets folders first. What is
//! replaced is marked, and takes with it what was inside.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use super::super::archive::Entry;
use super::{DEEPEST, LONGEST_NAME_BYTES, LONGEST_PART_BYTES, MOST_NODES, UnpackError};

/// The folder that everything is unpacked into.
pub(super) const ROOT: usize = 0;

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Folder,
    File,
    Link,
    /// Nothing any more: a later entry took its place.
    Gone,
}

/// A file, folder or link.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) folder: usize,
    name: &'a [u8],
    pub(super) what: What,
    /// What it is made of; of a folder, the entry that needed it first.
    pub(super) entry: Entry<'a>,
}

/// Everything that will be written.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// Those after the root: the first one is number 1.
    nodes: Vec<Node<'a>>,
    places: HashMap<(usize, &'a [u8]), usize>,
}

impl<'a> Plan<'a> {
    pub(super) fn new() -> Self {
        Self { nodes: Vec::new(), places: HashMap::new() }
    }

    /// Puts an entry where its name says, in place of what was there.
    pub(super) fn add(&mut self, entry: Entry<'a>) -> Result<(), UnpackError> {
        let what = match (entry.is_directory(), entry.is_link()) {
            (true, _) => What::Folder,
            (false, true) => What::Link,
            (false, false) => What::File,
        };
        let last = entry.name.rsplit(|byte| *byte == b'/').next();
        if what != What::Folder && matches!(last, Some(b"" | b".")) {
            return Err(UnpackError::Nameless { entry: entry.place() });
        }
        if entry.name.len() > LONGEST_NAME_BYTES {
            return Err(UnpackError::TooLong { entry: entry.place() });
        }
        let (mut at, mut depth) = (ROOT, 0);
        let mut parts = parts(entry.name).peekable();
        while let Some(part) = parts.next() {
            depth += 1;
            check(part, depth, &entry)?;
            let what = if parts.peek().is_some() { What::Folder } else { what };
            at = self.put(at, part, what, entry)?;
        }
        Ok(())
    }

    fn put(&mut self, folder: usize, name: &'a [u8], what: What, entry: Entry<'a>) -> Result<usize, UnpackError> {
        let there = self.find(folder, name);
        if let Some(at) = there
            && let Some(node) = self.node_mut(at)
        {
            if node.what == What::Folder && what == What::Folder {
                return Ok(at);
            }
            if node.what != What::Folder {
                (node.what, node.entry) = (what, entry);
                return Ok(at);
            }
            node.what = What::Gone;
        }
        if self.nodes.len() == MOST_NODES {
            return Err(UnpackError::TooMany { entry: entry.place() });
        }
        self.nodes.push(Node { folder, name, what, entry });
        self.places.insert((folder, name), self.nodes.len());
        Ok(self.nodes.len())
    }

    /// What is in a folder under this name.
    pub(super) fn find(&self, folder: usize, name: &[u8]) -> Option<usize> {
        self.places.get(&(folder, name)).copied()
    }

    /// The node of this number; the root has none.
    pub(super) fn node(&self, at: usize) -> Option<&Node<'a>> {
        self.nodes.get(at.checked_sub(1)?)
    }

    fn node_mut(&mut self, at: usize) -> Option<&mut Node<'a>> {
        self.nodes.get_mut(at.checked_sub(1)?)
    }

    /// What is left of everything: folders before what is in them.
    pub(super) fn left(&self) -> Vec<usize> {
        let mut there = vec![true; self.nodes.len() + 1];
        let mut left = Vec::with_capacity(self.nodes.len());
        for (at, node) in (1..).zip(&self.nodes) {
            let is_there = node.what != What::Gone && there.get(node.folder).copied().unwrap_or(false);
            if is_there {
                left.push(at);
            } else if let Some(there) = there.get_mut(at) {
                *there = false;
            }
        }
        left
    }

    /// Where a node will be.
    pub(super) fn path(&self, root: &Path, at: usize) -> PathBuf {
        let mut names = Vec::new();
        let mut next = self.node(at);
        while let Some(node) = next {
            names.push(node.name);
            next = self.node(node.folder);
        }
        let mut path = root.to_owned();
        path.extend(names.into_iter().rev().filter_map(as_path));
        path
    }
}

/// The parts of a name that mean something.
pub(super) fn parts(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b"."))
}

fn check(part: &[u8], depth: usize, entry: &Entry<'_>) -> Result<(), UnpackError> {
    if part == b".." {
        return Err(UnpackError::LeadsUp { entry: entry.place() });
    }
    if part.len() > LONGEST_PART_BYTES || depth > DEEPEST {
        return Err(UnpackError::TooLong { entry: entry.place() });
    }
    // A part that the system takes for anything but the name of one thing, as `C:` and `a\b` on Windows.
    let one = as_path(part).is_some_and(|path| {
        let mut components = path.components();
        matches!(components.next(), Some(Component::Normal(name)) if name == path) && components.next().is_none()
    });
    if part.contains(&0) || !one {
        return Err(UnpackError::Unnameable { entry: entry.place() });
    }
    Ok(())
}

/// A name as the system has it: any bytes on Unix, elsewhere UTF-8.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there is not one for all bytes")]
pub(super) fn as_path(name: &[u8]) -> Option<&Path> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(Path::new(std::ffi::OsStr::from_bytes(name)))
}

#[cfg(not(unix))]
pub(super) fn as_path(name: &[u8]) -> Option<&Path> {
    std::str::from_utf8(name).ok().map(Path::new)
}
