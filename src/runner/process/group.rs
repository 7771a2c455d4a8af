//! A process of an execution environment with all that it starts.
//!
//! The one idea to hold: they are one process group, and what they write comes to one place; so they end together, when this
//! is dropped or when the emulator's process is no longer there.

use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, ChildStdin, Command, ExitStatus};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::container::Container;
use super::memory;
use super::output::Output;
use crate::unpacked::Reaper;

/// How long nothing may come of what a container has written until it counts as all, and how often something may.
const QUIET: Duration = Duration::from_millis(10);
const MOST_PIECES: usize = 50;
/// What an engine's client adds to the number of the signal that its container ended by.
const SIGNALS: i32 = 128;

/// The processes, from their start to their end.
#[derive(Debug)]
pub(super) struct Group {
    child: Child,
    output: Output,
    reaper: Option<Arc<Reaper>>,
    /// What the first process is the client of; gone once this is dropped.
    container: Option<Container>,
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
        Ok(Self { child, output, reaper, container: None })
    }

    /// Has a container end with them.
    pub(super) fn with(mut self, container: Container) -> Self {
        self.container = Some(container);
        self
    }

    /// Whether a container does the work, and the first process only hands on.
    pub(super) fn is_contained(&self) -> bool {
        self.container.is_some()
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

    /// How its first process has ended, or what that one is the client of, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten()?;
        let signal = status.code().filter(|_| self.is_contained()).map(|code| code - SIGNALS);
        // 137 is what comes of too much memory. What a program may as well end with by itself stays what it is.
        Some(signal.filter(|signal| [4, 6, 8, 9, 11].contains(signal)).map_or(status, ExitStatus::from_raw))
    }

    /// The most memory that its first process has had, in MB; `None` where nobody tells.
    pub(super) fn peak_mb(&self) -> Option<u32> {
        memory::peak_mb(self.id())
    }

    /// What was written and not taken yet.
    pub(super) fn written(&self) -> Vec<u8> {
        let mut written = self.output.take();
        for _ in (0..MOST_PIECES).take_while(|_| self.is_contained()) {
            pause();
            let more = self.output.take();
            if more.is_empty() {
                break;
            }
            written.extend(more);
        }
        written
    }

    /// Ends all of them; a container begins to end.
    pub(super) fn kill(&mut self) {
        kill(self.id());
        let _ = self.child.wait();
        if let Some(container) = &mut self.container {
            container.remove();
        }
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

/// Lets an engine and its client hand on what they have.
#[expect(
    clippy::disallowed_methods,
    reason = "nobody tells that nothing more is on its way, which may take longer than the answer"
)]
fn pause() {
    thread::sleep(QUIET);
}

/// Ends the processes of a group; of one that is gone there is nothing to end.
pub(super) fn kill(group: u32) {
    if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}
