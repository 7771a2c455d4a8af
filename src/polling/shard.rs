//! What is read of a shard next, and what is behind.
//!
//! The one idea to hold: a shard is read in order, so all that has to be kept is the last record that is behind, and how
//! those after it were cut into batches that failed. Records that filters drop are counted, too: they are behind with
//! their neighbours.

use std::ops::Range;

use super::answer::Verdict;
use crate::state::event_source::{MappingSettings, Retry, ShardProgress};

/// How often and how long a mapping tries.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most records of a batch.
    pub batch_size: u32,
    /// How often a batch is tried again; for ever, without.
    pub retries: Option<u32>,
    /// The seconds after which a record is given up; never, without.
    pub age_seconds: Option<u32>,
    /// Whether a batch that failed is cut in two.
    pub bisects: bool,
}

/// What an answer makes of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Where it is now.
    pub progress: ShardProgress,
    /// The records that are given up, by their places among those that were read.
    pub discarded: Option<Range<usize>>,
    /// How often those were tried.
    pub attempts: u32,
    /// Whether trying again leads anywhere: it ends some time, whatever the function does.
    pub ends: bool,
}

impl Limits {
    /// Those of a mapping.
    #[must_use]
    pub fn new(settings: &MappingSettings) -> Self {
        let limit = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
        Self {
            batch_size: settings.batch_size.unwrap_or(100),
            retries: limit(settings.maximum_retry_attempts),
            age_seconds: limit(settings.maximum_record_age_in_seconds),
            bisects: settings.bisect_batch_on_function_error == Some(true),
        }
    }

    /// How many of the first records are too old, by when they were written.
    #[must_use]
    pub fn too_old(&self, now_seconds: f64, arrivals: impl Iterator<Item = Option<f64>>) -> usize {
        let Some(age_seconds) = self.age_seconds.map(f64::from) else { return 0 };
        arrivals.take_while(|arrival| arrival.is_some_and(|arrival| now_seconds - arrival > age_seconds)).count()
    }

    /// How many records are read next.
    #[must_use]
    pub fn wanted(&self, progress: &ShardProgress) -> u32 {
        progress.retries.first().map_or(self.batch_size, |retry| retry.records)
    }

    /// What a verdict makes of the records `ids`, of which the function was given those at the places `kept`.
    #[must_use]
    pub fn settle(&self, progress: &ShardProgress, ids: &[String], kept: &[usize], verdict: &Verdict) -> Settled {
        let first = match verdict {
            Verdict::Done => ids.len(),
            Verdict::Failed => 0,
            Verdict::But(failed) => failed.first().and_then(|place| kept.get(*place)).copied().unwrap_or_default(),
        };
        let attempts = progress.retries.first().map_or(0, |retry| retry.attempts) + 1;
        let mut after = behind(progress, ids, first);
        let rest = u32::try_from(ids.len() - first).unwrap_or(u32::MAX);
        let settled = |progress, discarded, ends| Settled { progress, discarded, attempts, ends };
        if rest == 0 {
            return settled(after, None, true);
        }
        if !after.retries.is_empty() {
            after.retries.remove(0);
        }
        if self.bisects && rest > 1 && *verdict == Verdict::Failed {
            let cut = |records| Retry { records, attempts: attempts - 1 };
            after.retries.splice(0..0, [cut(rest / 2), cut(rest - rest / 2)]);
            return settled(after, None, true);
        }
        if self.retries.is_some_and(|retries| attempts > retries) {
            // There is nothing left of the batch to be behind of.
            let all = ShardProgress { after: ids.last().cloned(), ..after };
            return settled(all, Some(first..ids.len()), true);
        }
        after.retries.insert(0, Retry { records: rest, attempts });
        settled(after, None, first > 0 || self.retries.is_some())
    }
}

/// The shard once the first records of those that were read are behind.
#[must_use]
pub fn behind(progress: &ShardProgress, ids: &[String], records: usize) -> ShardProgress {
    let Some(last) = records.checked_sub(1).and_then(|place| ids.get(place)) else { return progress.clone() };
    let mut retries = progress.retries.clone();
    if let Some(retry) = retries.first_mut() {
        retry.records = retry.records.saturating_sub(u32::try_from(records).unwrap_or(u32::MAX));
        // Fewer were left in the shard than there had been.
        if retry.records == 0 || records == ids.len() {
            retries.remove(0);
        }
    }
    ShardProgress { after: Some(last.clone()), retries }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { batch_size: 4, retries: None, age_seconds: None, bisects: false };

    fn ids(range: Range<u32>) -> Vec<String> {
        range.map(|id| id.to_string()).collect()
    }

    fn at(after: Option<u32>, retries: &[(u32, u32)]) -> ShardProgress {
        let retries = retries.iter().map(|(records, attempts)| Retry { records: *records, attempts: *attempts });
        ShardProgress { after: after.map(|id| id.to_string()), retries: retries.collect() }
    }

    #[test]
    fn what_is_done_is_behind_and_what_is_not_is_read_again() {
        let begun = at(None, &[]);
        for (verdict, progress, ends) in [
            (Verdict::Done, at(Some(3), &[]), true),
            (Verdict::Failed, at(None, &[(4, 1)]), false),
            (Verdict::But(vec![0, 1]), at(None, &[(4, 1)]), false),
            // The function was not given the first.
            (Verdict::But(vec![1, 2]), at(Some(1), &[(2, 1)]), true),
        ] {
            let kept: &[usize] =
                if matches!(verdict, Verdict::But(ref failed) if failed[0] == 1) { &[1, 2, 3] } else { &[0, 1, 2, 3] };
            let settled = LIMITS.settle(&begun, &ids(0..4), kept, &verdict);
            assert_eq!((settled.progress, settled.discarded, settled.ends), (progress, None, ends), "{verdict:?}");
        }
        assert_eq!(LIMITS.wanted(&at(None, &[(2, 1)])), 2);
        assert_eq!(LIMITS.wanted(&begun), 4);
    }

    #[test]
    fn a_batch_is_given_up_after_its_last_try() {
        let limits = Limits { retries: Some(1), ..LIMITS };
        let once = limits.settle(&at(Some(9), &[]), &ids(10..14), &[0, 1, 2, 3], &Verdict::But(vec![2]));
        assert_eq!((&once.progress, once.discarded, once.ends), (&at(Some(11), &[(2, 1)]), None, true));
        let twice = limits.settle(&once.progress, &ids(12..14), &[0, 1], &Verdict::Failed);
        assert_eq!((twice.progress, twice.discarded, twice.attempts), (at(Some(13), &[]), Some(0..2), 2));
    }

    #[test]
    fn a_bisected_batch_isolates_the_record_that_fails() {
        let limits = Limits { retries: Some(0), bisects: true, ..LIMITS };
        let (mut progress, mut next, mut given_up, mut batches) = (at(None, &[]), 0, Vec::new(), Vec::new());
        while next < 4 {
            let read = ids(next..4.min(next + limits.wanted(&progress)));
            let kept: Vec<_> = (0..read.len()).collect();
            let verdict = if read.contains(&"2".to_owned()) { Verdict::Failed } else { Verdict::Done };
            let settled = limits.settle(&progress, &read, &kept, &verdict);
            given_up.extend(settled.discarded.into_iter().flatten().map(|place| read[place].clone()));
            batches.push(read.join(","));
            progress = settled.progress;
            next = progress.after.as_ref().map_or(0, |after| after.parse::<u32>().unwrap() + 1);
        }
        assert_eq!((batches.join(" "), given_up.join(",")), ("0,1,2,3 0,1 2,3 2 3".to_owned(), "2".to_owned()));
        assert_eq!(progress, at(Some(3), &[]));
    }

    #[test]
    fn old_records_at_the_beginning_are_too_old() {
        let limits = Limits { age_seconds: Some(60), ..LIMITS };
        let arrivals = [Some(10.0), Some(39.0), Some(40.0), Some(0.0)];
        assert_eq!(limits.too_old(100.0, arrivals.into_iter()), 2);
        assert_eq!(LIMITS.too_old(100.0, arrivals.into_iter()), 0);
        assert_eq!(behind(&at(None, &[(4, 1)]), &ids(0..4), 2), at(Some(1), &[(2, 1)]));
        assert_eq!(behind(&at(None, &[(4, 1), (4, 0)]), &ids(0..4), 4), at(Some(3), &[(4, 0)]));
        assert_eq!(behind(&at(None, &[(4, 1)]), &ids(0..3), 3), at(Some(2), &[]));
    }
}
