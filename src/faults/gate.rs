//! A place where calls wait until a test lets them go on.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::Error;

/// Where calls wait: closed until it is released, and open from then on.
#[derive(Debug)]
pub struct Gate {
    state: Mutex<State>,
    changed: Condvar,
    /// How long a call waits at most, in the system's time.
    patience: Duration,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    /// Calls that wait now.
    waiting: u32,
}

impl Gate {
    /// A closed gate, at which no call waits longer than `patience`.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), patience }
    }

    /// Waits until the gate is open.
    ///
    /// # Errors
    /// [`Error::NotReleased`] if nobody opens it in time.
    pub fn pass(&self) -> Result<(), Error> {
        let mut state = self.state();
        state.waiting += 1;
        self.changed.notify_all();
        let waited = self.changed.wait_timeout_while(state, self.patience, |state| !state.open);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        if state.open { Ok(()) } else { Err(Error::NotReleased { seconds: self.patience.as_secs() }) }
    }

    /// Opens the gate for good.
    pub fn release(&self) {
        self.state().open = true;
        self.changed.notify_all();
    }

    /// Waits until so many calls wait here, `patience` at most; tells whether they do.
    #[must_use]
    pub fn await_calls(&self, calls: u32, patience: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.state(), patience, |state| state.waiting < calls);
        waited.unwrap_or_else(PoisonError::into_inner).0.waiting >= calls
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
