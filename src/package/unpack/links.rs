//! Which symbolic links may be made: those that lead nowhere but inside.
//!
//! The one idea: a link is followed through the plan as the system would follow it on the disk, through other links, too.
//! Whatever on the way is not certain ends it: an absolute target, `..` above the root or after what is no folder here, a
//! loop. A link that is left out takes with it those that lead through it, as they go the same way.

use std::path::PathBuf;

use super::super::archive::Inflater;
use super::plan::{Node, Plan, ROOT, What, as_path, parts};
use super::{LONGEST_NAME_BYTES, UnpackError};

/// How many links Linux follows in one path.
const MOST_HOPS: usize = 40;
/// How many parts of paths are looked up for all links together: a moment, and more than any
/// package needs.
const MOST_STEPS: usize = 2_000_000;

/// The links that stay inside, and their targets.
pub(super) fn inside(plan: &Plan<'_>) -> Result<Vec<(usize, PathBuf)>, UnpackError> {
    let mut follower = Follower { plan, inflater: Inflater::default(), steps: 0 };
    let mut kept = Vec::new();
    for at in plan.left() {
        let Some(link) = plan.node(at).filter(|node| node.what == What::Link) else { continue };
        let Some(target) = follower.target(link) else { continue };
        let stays = follower.stays_inside(link, &target);
        if follower.steps > MOST_STEPS {
            return Err(UnpackError::Tangled { entry: link.entry.place() });
        }
        if let Some(path) = as_path(&target).filter(|_| stays) {
            kept.push((at, path.to_owned()));
        }
    }
    Ok(kept)
}

struct Follower<'p, 'a> {
    plan: &'p Plan<'a>,
    inflater: Inflater,
    steps: usize,
}

impl Follower<'_, '_> {
    /// Where a link leads, if that is a path that can be inside at all.
    fn target(&mut self, link: &Node<'_>) -> Option<Vec<u8>> {
        if link.entry.size == 0 || link.entry.size > LONGEST_NAME_BYTES as u64 {
            return None;
        }
        let mut target = Vec::new();
        self.inflater.give(&link.entry, &mut target).ok()?;
        // A backslash leads elsewhere on other systems.
        let odd = target.starts_with(b"/") || target.contains(&0) || (cfg!(not(unix)) && target.contains(&b'\\'));
        (!odd).then_some(target)
    }

    fn stays_inside(&mut self, link: &Node<'_>, target: &[u8]) -> bool {
        let mut at = link.folder;
        let mut is_folder = true;
        let mut hops = 1;
        // The parts that are still to go, the next one last.
        let mut ahead = Vec::new();
        self.go(&mut ahead, target);
        while let Some(part) = ahead.pop() {
            if self.steps > MOST_STEPS {
                return false;
            }
            if part == b".." {
                if !is_folder || at == ROOT {
                    return false;
                }
                at = self.plan.node(at).map_or(ROOT, |node| node.folder);
                continue;
            }
            let found = if is_folder { self.plan.find(at, &part) } else { None };
            let Some((found, node)) = found.and_then(|found| Some((found, self.plan.node(found)?))) else {
                is_folder = false;
                continue;
            };
            if node.what == What::Link {
                hops += 1;
                let next = if hops > MOST_HOPS { None } else { self.target(node) };
                let Some(next) = next else { return false };
                self.go(&mut ahead, &next);
            } else {
                is_folder = node.what == What::Folder;
                at = found;
            }
        }
        true
    }

    /// Puts the parts of a target before what is to go.
    fn go(&mut self, ahead: &mut Vec<Vec<u8>>, target: &[u8]) {
        let before = ahead.len();
        ahead.extend(parts(target).map(<[u8]>::to_vec));
        let new = ahead.get_mut(before..).unwrap_or_default();
        new.reverse();
        self.steps += new.len();
    }
}
