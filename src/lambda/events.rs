//! Calls that nobody waits for and executions that are due, worked off.

use std::sync::Arc;
use std::time::Duration;

use super::Lambda;
use crate::arn::Scope;
use crate::error::Error;
use crate::iam::Caller;
pub use crate::invocation::Watcher;
use crate::operations::Context;
use crate::operations::work_off;
pub use crate::operations::work_off::Work;

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
        self.working(|cx| work_off::work_off(cx, None))
    }

    /// The same for a call, which is told of its own event only.
    pub(super) fn work_off_for(&self, request_id: &str) -> Result<usize, Error> {
        self.working(|cx| work_off::work_off(cx, Some(request_id)))
    }

    /// Tells somebody whenever something may be due, from now on and as long as it is there.
    pub fn watch(&self, watcher: &Arc<dyn Watcher>) {
        self.invoker.watch(watcher);
    }

    /// Takes the first thing that is due by now, for [`act`](Self::act). Executions wait for each other, as one may be due
    /// again while it is being looked after: whoever has one at hand asks for events alone.
    #[must_use]
    pub fn take_due(&self, with_executions: bool) -> Option<Work> {
        work_off::take(&self.invoker, self.clock.now(), (true, with_executions))
    }

    /// Does what was taken.
    ///
    /// # Errors
    /// [`Error::CannotRun`], which the function's log says, too. Faults of ours.
    pub fn act(&self, work: Work) -> Result<(), Error> {
        self.working(|cx| work_off::act(cx, work).map(|()| 1)).map(|_| ())
    }

    fn working(&self, act: impl FnOnce(&Context<'_>) -> Result<usize, Error>) -> Result<usize, Error> {
        let nowhere = Scope::new("", "");
        let caller = Caller::new(None, &nowhere.account);
        act(&self.context(&nowhere, &caller, self.clock.now()))
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
