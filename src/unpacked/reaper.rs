//! Who cleans up when the emulator's process is no longer there to do it: a shell that waits for that.
//!
//! The one idea to hold: the shell reads a pipe whose other end this process holds. However the process ends, the pipe is
//! closed then; so the shell kills the process groups, runs the commands and removes the directory that it was told of, and
//! ends. A command is what ends something that is nobody's child here, as a container. The
//! signal that Linux can send when a parent dies is no use here: it comes when the thread ends that started the child.
//!
//! A process that was forked off has that end of the pipe too. It tells nothing, and the shell is told when to end, as the
//! pipe is not closed as long as such a process lives.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{self, Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// `+ GROUP` and `- GROUP` are process groups that are there and no longer there, `+ KEY COMMAND` and `- KEY` commands that are
/// to be run and no longer, and `.` is the end. A key has letters and digits, and begins with a letter; a command's words are
/// quoted. The first argument is the directory.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM
groups=
while read -r sign group end; do
    case $sign in
    +)
        groups="$groups $group"
        [ -z "$end" ] || eval "end_$group=\$end"
        ;;
    -)
        rest=
        for other in $groups; do [ "$other" = "$group" ] || rest="$rest $other"; done
        groups=$rest
        ;;
    .) break ;;
    esac
done
for group in $groups; do
    case $group in [0-9]*) kill -s KILL -- "-$group" 2>/dev/null ;; esac
done
# Those that could make it are gone. Nobody waits for it: who is asked may not answer.
for group in $groups; do
    case $group in [!0-9]*) eval "eval \"\$end_$group\"" & ;; esac
done
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
        self.write(format!("{sign} {group}\n").as_bytes());
    }

    /// Tells of a command that ends something; letters and digits, of which a letter is the first, are the `key` to tell by
    /// that it is no longer needed. A command with line breaks cannot be told.
    pub fn tell_command(&self, key: &str, command: &[OsString]) {
        let words: Vec<u8> = command.iter().flat_map(|word| quoted(word)).collect();
        if !words.contains(&b'\n') {
            self.write(&[b"+ ", key.as_bytes(), &words, b"\n"].concat());
        }
    }

    /// Tells that a command is no longer needed.
    pub fn forget_command(&self, key: &str) {
        self.write(format!("- {key}\n").as_bytes());
    }

    fn write(&self, line: &[u8]) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = told.as_mut().filter(|_| self.pid == process::id()) {
            // A shell that somebody has killed reaps nothing; nothing else depends on it.
            let _ = told.write_all(line);
        }
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        self.write(b".\n");
        drop(self.told.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        if self.pid == process::id() {
            let _ = self.shell.wait();
        }
    }
}

/// A blank, and a word as a shell reads it.
fn quoted(word: &OsStr) -> Vec<u8> {
    let mut quoted = b" '".to_vec();
    for byte in word.as_bytes() {
        match byte {
            b'\'' => quoted.extend_from_slice(br"'\''"),
            byte => quoted.push(*byte),
        }
    }
    quoted.push(b'\'');
    quoted
}
