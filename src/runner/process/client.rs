//! A container engine's client at work: a command that somebody waits for, as long as they like.
//!
//! The one idea to hold: a thread waits for its end, so whoever wants to know may give up waiting at any time.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::{THREAD_NAME, group};
use crate::unpacked::Reaper;

/// A client that runs; dropped, it ends.
#[derive(Debug)]
pub(super) struct Client {
    group: u32,
    ended: Receiver<io::Result<Output>>,
    thread: Option<JoinHandle<()>>,
    reaper: Option<Arc<Reaper>>,
    is_over: bool,
}

impl Client {
    /// Starts it.
    ///
    /// # Errors
    /// Of the system.
    pub(super) fn start(command: &mut Command, reaper: Option<Arc<Reaper>>) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let child = command.spawn()?;
        let group = child.id();
        if let Some(reaper) = &reaper {
            reaper.tell(group, true);
        }
        let (sender, ended) = channel();
        let mut client = Self { group, ended, thread: None, reaper, is_over: false };
        let wait = move || {
            // Nobody may be there any more.
            let _ = sender.send(child.wait_with_output());
        };
        client.thread = Some(Builder::new().name(THREAD_NAME.into()).stack_size(128 * 1024).spawn(wait)?);
        Ok(client)
    }

    /// Waits so long for its end, and says what came of it if it is there.
    pub(super) fn wait(&mut self, most: Duration) -> Option<io::Result<Output>> {
        let ended = self.ended.recv_timeout(most).ok()?;
        self.is_over = true;
        Some(ended)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if !self.is_over {
            group::kill(self.group);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if let Some(reaper) = &self.reaper {
            reaper.tell(self.group, false);
        }
    }
}
