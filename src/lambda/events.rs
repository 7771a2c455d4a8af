//! Calls that nobody waits for and executions that are due, worked off.

use std::time::Duration;

use super::Lambda;
use crate::arn::Scope;
use crate::error::Error;
use crate::iam::Caller;
use crate::operations::work_off;

impl Lambda {
    /// In how long the next event or execution is due, by the emulator's clock; `None` if none waits.
    #[must_use]
    pub fn event_due_in(&self) -> Option<Duration> {
        let due = self.invoker.next_due()?;
        let millis = due.as_millis().saturating_sub(self.clock.now().as_millis());
        Some(Duration::from_millis(u64::try_from(millis).unwrap_or_default()))
    }

    /// Has every event tried and every execution go on that is due by now, and those that come of it: how many it were. A
    /// thread that is in the middle of one already does nothing, and comes to the others in its turn.
    ///
    /// # Errors
    /// [`Error::CannotRun`], where nobody can run a function: that event is lost, the others wait. Faults of ours.
    pub fn work_off(&self) -> Result<usize, Error> {
        if self.invoker.next_due().is_none_or(|due| due > self.clock.now()) {
            return Ok(0);
        }
        let nowhere = Scope::new("", "");
        let caller = Caller::new(None, &nowhere.account);
        work_off::work_off(&self.context(&nowhere, &caller, self.clock.now()))
    }

    /// Moves the clock on by so many milliseconds, and stops on the way wherever something is due.
    ///
    /// # Errors
    /// As [`work_off`](Self::work_off); then the clock stands where that was due.
    pub fn advance(&self, millis: i64) -> Result<(), Error> {
        let mut left = millis;
        while let Some(due) = self.invoker.next_due() {
            let step = due.as_millis().saturating_sub(self.clock.now().as_millis()).max(0);
            if step > left {
                break;
            }
            self.clock.advance(step);
            left -= step;
            if self.work_off()? == 0 {
                break;
            }
        }
        self.clock.advance(left);
        Ok(())
    }
}
