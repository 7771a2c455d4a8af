//! A place where calls wait until a test lets them go on.

use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::Error;

/// How long a call waits until it asks whether to wait on.
const BEAT: Duration = Duration::from_millis(100);

/// Where calls wait: closed until it is released, and open from then on.
pub struct Gate {
    state: Mutex<State>,
    changed: Condvar,
    /// How long a call waits at most, in the system's time.
    patience: Duration,
    /// Whether the thread that waits is to wait no longer.
    is_over: Box<dyn Fn() -> bool + Send + Sync>,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    /// Calls that wait now.
    waiting: u32,
}

impl Gate {
    /// A closed gate, at which no call waits longer than `patience`; `is_over` is asked on the thread that waits, a few
    /// times in a second.
    #[must_use]
    pub fn new(patience: Duration, is_over: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), patience, is_over: Box::new(is_over) }
    }

    /// Waits until the gate is open.
    ///
    /// # Errors
    /// [`Error::NotReleased`] if nobody opens it in time.
    pub fn pass(&self) -> Result<(), Error> {
        self.state().waiting += 1;
        self.changed.notify_all();
        let mut left = self.patience;
        let mut open = self.wait_until(left.min(BEAT), |state| state.open);
        while !open && left > BEAT && !(self.is_over)() {
            left -= BEAT;
            open = self.wait_until(left.min(BEAT), |state| state.open);
        }
        self.state().waiting -= 1;
        if open { Ok(()) } else { Err(Error::NotReleased { seconds: self.patience.as_secs() }) }
    }

    fn wait_until(&self, patience: Duration, is_so: impl Fn(&State) -> bool) -> bool {
        let waited = self.changed.wait_timeout_while(self.state(), patience, |state| !is_so(state));
        is_so(&waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    /// Opens the gate for good.
    pub fn release(&self) {
        self.state().open = true;
        self.changed.notify_all();
    }

    /// Waits until so many calls wait here, `patience` at most; tells whether they do.
    #[must_use]
    pub fn await_calls(&self, calls: u32, patience: Duration) -> bool {
        self.wait_until(patience, |state| state.waiting >= calls)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Gate")
            .field("state", &self.state)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
