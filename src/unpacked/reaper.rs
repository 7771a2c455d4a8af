//! Who cleans up when the emulator's process is no longer there to do it: a shell that waits for that.
//!
//! The one idea to hold: the shell reads a pipe whose other end this process holds. However the process ends, the pipe is
//! closed then; so the shell kills the process groups and removes the directory that it was told of, and ends. The
//! signal that Linux can send when a parent dies is no use here: it comes when the thread ends that started the child.
//!
//! A process that was forked off has that end of the pipe too. It tells nothing, and the shell is told when to end, as the
//! pipe is not closed as long as such a process lives.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{self, Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// `+ GROUP` and `- GROUP` are process groups that are there and no longer there, and `.` is the end. The first argument is
/// the directory.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM
groups=
while read -r sign group; do
    case $sign in
    +) groups="$groups $group" ;;
    -)
        rest=
        for other in $groups; do [ "$other" = "$group" ] || rest="$rest $other"; done
        groups=$rest
        ;;
    .) break ;;
    esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
if [ -d "$1" ]; then
    chmod -R u+rwX "$1" 2>/dev/null
    # What was killed may still have been writing.
    rm -rf "$1" 2>/dev/null || { sleep 1; rm -rf "$1"; }
fi
"#;

/// The shell, as long as this is held; dropped, it ends.
#[derive(Debug)]
pub struct Reaper {
    shell: Child,
    told: Mutex<Option<ChildStdin>>,
    /// Whose shell it is.
    pid: u32,
}

impl Reaper {
    /// Starts the shell, which is to remove a directory in the end.
    ///
    /// # Errors
    /// Where there is no `/bin/sh`, or no process is to be had.
    pub(super) fn start(directory: &Path) -> io::Result<Self> {
        let mut shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "drylambda-reaper"])
            .arg(directory)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What a terminal sends to its foreground is not for it.
            .process_group(0)
            .spawn()?;
        let told = Mutex::new(shell.stdin.take());
        Ok(Self { shell, told, pid: process::id() })
    }

    /// Tells of a process group that is there, or no longer there.
    pub fn tell(&self, group: u32, is_there: bool) {
        let sign = if is_there { '+' } else { '-' };
        self.write(&format!("{sign} {group}\n"));
    }

    fn write(&self, line: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = told.as_mut().filter(|_| self.pid == process::id()) {
            // A shell that somebody has killed reaps nothing; nothing else depends on it.
            let _ = told.write_all(line.as_bytes());
        }
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        self.write(".\n");
        drop(self.told.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        if self.pid == process::id() {
            let _ = self.shell.wait();
        }
    }
}
