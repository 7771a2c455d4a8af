//! Calls that nobody waits for, worked off.

use std::time::Duration;

use super::Lambda;
use crate::error::Error;
use crate::iam::Caller;
use crate::operations::invoke::event;

impl Lambda {
    /// In how long the next event is due, by the emulator's clock; `None` if none waits.
    #[must_use]
    pub fn event_due_in(&self) -> Option<Duration> {
        let due = self.invoker.events().next_due()?;
        let millis = due.as_millis().saturating_sub(self.clock.now().as_millis());
        Some(Duration::from_millis(u64::try_from(millis).unwrap_or_default()))
    }

    /// Has every event tried that is due by now, and those that come of it: how many it were. A thread that is in the middle
    /// of one already does nothing, and comes to the others in its turn.
    ///
    /// # Errors
    /// [`Error::CannotRun`], where nobody can run a function: that event is lost, the others wait. Faults of ours.
    pub fn work_off(&self) -> Result<usize, Error> {
        let mut count = 0;
        while !event::is_busy() {
            let now = self.clock.now();
            let Some(event) = self.invoker.events().take(now) else { break };
            count += 1;
            let scope = event.scope.clone();
            let caller = Caller::new(None, &scope.account);
            event::attempt(&self.context(&scope, &caller, now), event)?;
        }
        Ok(count)
    }
}
