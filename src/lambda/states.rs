//! The state of an emulator, written and read.
//!
//! The one idea to hold: what is read is a whole new state before the first of the old one goes, so nothing can go wrong
//! half-way. It is what [`Lambda::reset`] forgets, but for faults and calls; whoever adds to the one adds to the other.

use std::sync::{Arc, PoisonError};

use super::Lambda;
use crate::dump::{self, Mistake, State};
use crate::package::Digest;
use crate::state::{DurableExecution, Key, Record, RecordKind};
use crate::store::Store as _;

impl Lambda {
    /// Everything that [`reset`](Self::reset) forgets but for faults and calls, as JSON: the functions of all accounts and
    /// Regions with their packages, what was declared, and S3 without uploads in parts that are under way. Download links
    /// are not in it. The same state is the same text.
    ///
    /// ```
    /// use drylambda::lambda::{Lambda, Options};
    /// use drylambda::s3::Content;
    ///
    /// let options = Options { seed: Some(1), ..Options::default() };
    /// let (one, other) = (Lambda::new(&options), Lambda::new(&options));
    /// let scope = drylambda::arn::Scope::new("123456789012", "eu-central-1");
    /// one.s3().create_bucket(&scope, "deployments", "eu-central-1").unwrap();
    /// one.s3().put("deployments", "app.zip", Content::plain("PK".into())).unwrap();
    /// other.load(one.dump().as_bytes())?;
    /// assert_eq!(other.s3().get("deployments", "app.zip", None).unwrap().bytes, "PK");
    /// assert_eq!(other.dump(), one.dump());
    ///
    /// let mistake = other.load(b"{\"drylambda\": {\"state\": 1, \"now\": -1}}").unwrap_err();
    /// assert_eq!(mistake.place, "drylambda.now");
    /// assert_eq!(other.dump(), one.dump());
    /// # Ok::<(), drylambda::dump::Mistake>(())
    /// ```
    #[must_use]
    pub fn dump(&self) -> String {
        // Named one by one, so that nobody adds a part without a thought for the text.
        let Self {
            clock,
            store,
            images,
            signatures,
            layers,
            s3,
            // Of this emulator alone.
            options: _,
            sources: _,
            ids: _,
            request_ids: _,
            states,
            journal: _,
            faults: _,
            invoker: _,
            // What follows from the rest, or expires.
            packages: _,
            due: _,
            links: _,
        } = self;
        let _alone = states.lock().unwrap_or_else(PoisonError::into_inner);
        dump::write(&State {
            now: clock.now(),
            records: store.records(),
            repositories: images.declared(),
            signatures: signatures.declared(),
            layers: layers.declared(),
            buckets: s3.all(),
        })
    }

    /// Puts what [`dump`](Self::dump) wrote in the place of everything that is here but for faults and calls. Options are
    /// those of this emulator. A call at the same time may meet functions that are new and buckets
    /// that are old; another load, dump or reset waits.
    ///
    /// Moments stay what they are: a change that was to end at a moment is over once this clock has come to it. A frozen
    /// clock that stands earlier is moved on to where the other one stood, so that nothing lies ahead of it that did not; a
    /// running one is left alone. With a seed, ids follow from the seed and the text from here on: the state may have those
    /// that would have come, and an id that comes twice is none.
    ///
    /// # Errors
    /// [`Mistake`]: what is wrong with the text, and where; then nothing has changed.
    pub fn load(&self, json: &[u8]) -> Result<(), Mistake> {
        let State { now, records, repositories, signatures, layers, buckets } = dump::read(json, &self.packages)?;
        let _alone = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        self.links.clear();
        self.due.clear();
        self.invoker.wakes().clear();
        self.store.replace(records.clone());
        for (key, record) in &records {
            match record {
                Record::Function(function) => self.due.add(key, function),
                Record::DurableExecution(execution) => self.invoker.wake(key, execution),
                _ => {}
            }
        }
        self.images.replace(repositories);
        self.signatures.replace(signatures);
        self.layers.replace(layers);
        self.s3.replace(buckets);
        self.clock.catch_up(now);
        if self.options.seed.is_some() {
            let salt = Digest::of(json).to_u64();
            self.ids.stir(salt);
            self.s3.stir(salt);
        }
        Ok(())
    }

    /// Lets code that another emulator runs run here again: nobody here would see it end.
    pub(super) fn leave_running(&self) {
        // A store in memory has no faults.
        for scope in self.store.worlds().unwrap_or_default() {
            let all = self.store.list(&scope, RecordKind::DurableExecution, "", usize::MAX).unwrap_or_default();
            for record in all {
                let Record::DurableExecution(execution) = record else { continue };
                if !execution.is_running_code() {
                    continue;
                }
                let key = Key::new(&scope, RecordKind::DurableExecution, &execution.key_name());
                let mut left = DurableExecution::clone(&execution);
                left.leave_running();
                let left = Arc::new(left);
                self.invoker.wake(&key, &left);
                let version = self.store.get(&key).ok().flatten().map(|(version, _)| version);
                let _ = self.store.put(&key, Record::DurableExecution(left), version, u64::MAX);
            }
        }
    }
}
