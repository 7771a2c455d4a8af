//! What the processes of an execution environment write, kept until the call that it belongs to is over.
//!
//! The one idea to hold: what was written before an answer is in the pipe when the answer is here, so whoever takes the log
//! empties the pipe first; waiting is a thread's, reading is whoever's turn it is.

use std::io::{self, PipeReader, PipeWriter, Read, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// How much is kept for one call, in bytes; the rest is let go.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// How much is read at once, in bytes: no pipe holds more, so what was written by now is read then, and who writes without
/// end keeps nobody from going on.
const PIPE_BYTES: usize = 1024 * 1024;

/// What is written, and what is known of its end.
#[derive(Debug)]
pub(super) struct Output {
    shared: Arc<Shared>,
    /// Written to when nobody wants it any more, which wakes the thread. To close it would not: a process that was forked off
    /// has it, too.
    end: PipeWriter,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    kept: Mutex<Kept>,
    /// Never waits.
    pipe: PipeReader,
}

#[derive(Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    is_over: bool,
}

impl Output {
    /// A place for what is written, and the end of the pipe to write to.
    ///
    /// # Errors
    /// Without descriptors or threads left.
    pub(super) fn new() -> io::Result<(Self, PipeWriter)> {
        let (pipe, writer) = io::pipe()?;
        let (ended, end) = io::pipe()?;
        fcntl_setfl(&pipe, fcntl_getfl(&pipe)? | OFlags::NONBLOCK)?;
        let shared = Arc::new(Shared { kept: Mutex::default(), pipe });
        let thread = {
            let shared = Arc::clone(&shared);
            Builder::new()
                .name(super::THREAD_NAME.into())
                .stack_size(128 * 1024)
                .spawn(move || shared.listen(&ended))?
        };
        Ok((Self { shared, end, thread: Some(thread) }, writer))
    }

    /// Everything that was written so far and not taken.
    pub(super) fn take(&self) -> Vec<u8> {
        self.shared.read();
        std::mem::take(&mut self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner).bytes)
    }
}

impl Shared {
    fn listen(&self, ended: &PipeReader) {
        loop {
            let mut both = [PollFd::new(&self.pipe, PollFlags::IN), PollFd::new(ended, PollFlags::IN)];
            let polled = poll(&mut both, None);
            let is_ended = !both[1].revents().is_empty();
            if is_ended || polled.is_err_and(|error| error != rustix::io::Errno::INTR) || self.read() {
                return;
            }
        }
    }

    /// Reads what there is now; whether nobody is left to write.
    fn read(&self) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut piece = [0; 16 * 1024];
        let mut bytes = 0;
        while !kept.is_over && bytes < PIPE_BYTES {
            match (&self.pipe).read(&mut piece) {
                Ok(0) => kept.is_over = true,
                Ok(count) => {
                    bytes += count;
                    let room = MOST_BYTES.saturating_sub(kept.bytes.len());
                    kept.bytes.extend_from_slice(piece.get(..count.min(room)).unwrap_or_default());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => kept.is_over = true,
            }
        }
        kept.is_over
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let _ = self.end.write(&[0]);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
