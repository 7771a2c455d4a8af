//! A process of an execution environment with all that it starts.
//!
//! The one idea to hold: they are one process group, and what they write comes to one place; so they end together, when this
//! is dropped or when the emulator's process is no longer there.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, Command, ExitStatus};
use std::sync::Arc;

use rustix::process::{Pid, Signal, kill_process_group};

use super::memory;
use super::output::Output;
use crate::unpacked::Reaper;

/// The processes, from their start to their end.
#[derive(Debug)]
pub(super) struct Group {
    child: Child,
    output: Output,
    reaper: Option<Arc<Reaper>>,
}

impl Group {
    /// Starts a program, which has to be told all but where it writes to.
    ///
    /// # Errors
    /// Of the system.
    pub(super) fn start(command: &mut Command, reaper: Option<Arc<Reaper>>) -> io::Result<Self> {
        let (output, writer) = Output::new()?;
        let child = command.stdout(writer.try_clone()?).stderr(writer).process_group(0).spawn()?;
        if let Some(reaper) = &reaper {
            reaper.tell(child.id(), true);
        }
        Ok(Self { child, output, reaper })
    }

    /// The group's id, which is its first process's.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What its first process reads, if it was started with a pipe and nobody has taken it.
    pub(super) fn input(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Whether its first process is still there.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// How its first process has ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The most memory that its first process has had, in MB; `None` where nobody tells.
    pub(super) fn peak_mb(&self) -> Option<u32> {
        memory::peak_mb(self.id())
    }

    /// What was written and not taken yet.
    pub(super) fn written(&self) -> Vec<u8> {
        self.output.take()
    }

    /// Ends all of them.
    pub(super) fn kill(&mut self) {
        kill(self.id());
        let _ = self.child.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
        if let Some(reaper) = &self.reaper {
            reaper.tell(self.id(), false);
        }
    }
}

/// Ends the processes of a group; of one that is gone there is nothing to end.
pub(super) fn kill(group: u32) {
    if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}
