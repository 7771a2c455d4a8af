//! Events: the records that a function is given at once.
//!
//! The one idea to hold: a batch ends with the size that the mapping names, or before the event would be larger than a
//! call's payload may be; a record that is too large alone is a batch of its own, and the call says so.

use serde_json::{Value, json};

/// The most bytes of an event, as of every payload of a call that waits (facts 19).
const EVENT_BYTES: usize = 6_291_456;
/// The bytes of an event beside its records.
const FRAME_BYTES: usize = 14;

/// The event of some records.
#[must_use]
pub fn text(records: &[&Value]) -> String {
    json!({ "Records": records }).to_string()
}

/// How many of the first records go into one event, of at most `most`; of some there is at least one.
#[must_use]
pub fn first<'a>(records: impl Iterator<Item = &'a Value>, most: usize) -> usize {
    let mut bytes = FRAME_BYTES;
    let fitting = records.take(most.max(1)).take_while(|record| {
        bytes += record.to_string().len() + 1;
        bytes <= EVENT_BYTES
    });
    fitting.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_ends_by_number_or_by_size() {
        let small = json!({"body": "a"});
        let large = json!({"body": "a".repeat(3_200_000)});
        let too_large = json!({"body": "a".repeat(7_000_000)});
        for (records, most, fitting) in [
            (vec![&small, &small, &small], 2, 2),
            (vec![&small], 10, 1),
            (vec![&large, &large, &small], 10, 1),
            (vec![&small, &large, &large], 10, 2),
            (vec![&too_large, &small], 10, 1),
        ] {
            assert_eq!(first(records.into_iter(), most), fitting);
        }
        assert_eq!(text(&[&small, &small]), r#"{"Records":[{"body":"a"},{"body":"a"}]}"#);
    }
}
