//! Pages of a sorted map: prefix, delimiter, marker, limit.
//!
//! The one idea to hold: every list of S3's is the same walk. Keys that share what stands before the delimiter count as
//! one entry, a *common prefix*, and the walk then goes on behind all of them at once.

use std::collections::BTreeMap;
use std::ops::Bound;

/// The most entries of a page.
pub(super) const MOST_ENTRIES: usize = 1000;

/// What a list was asked for.
#[derive(Debug, Default)]
pub(super) struct Query<'a> {
    pub(super) prefix: &'a str,
    /// Empty: none.
    pub(super) delimiter: &'a str,
    /// Only what comes after it; and the versions (or uploads) of this key itself after the one that is named.
    pub(super) after: &'a str,
    pub(super) after_id: Option<&'a str>,
    pub(super) limit: usize,
}

/// One page of a list.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) entries: Vec<T>,
    pub(super) common_prefixes: Vec<String>,
    /// Whether there is more, and after what: a key or a common prefix, and the id of an entry of that key.
    pub(super) next: Option<(String, Option<String>)>,
}

/// One entry of a key, and the id that a marker names it by.
pub(super) type Entry<T> = (T, Option<String>);

/// Walks `keys`; `entries` gives what a key holds, in order.
pub(super) fn page<V, T>(
    keys: &BTreeMap<String, V>,
    query: &Query<'_>,
    entries: impl Fn(&str, &V) -> Vec<Entry<T>>,
) -> Page<T> {
    let mut page = Page { entries: Vec::new(), common_prefixes: Vec::new(), next: None };
    let mut last = None;
    let mut from = first(query);
    while let Some((key, value)) = keys.range::<str, _>((as_bound(&from), Bound::Unbounded)).next() {
        if !key.starts_with(query.prefix) {
            break;
        }
        from = Bound::Excluded(key.clone());
        let common = common_prefix(key, query);
        if let Some(common) = common {
            from = behind(common);
            if common > query.after {
                if page.is_full(query.limit, &mut last) {
                    break;
                }
                page.common_prefixes.push(common.to_owned());
                last = Some((common.to_owned(), None));
            }
            continue;
        }
        let all = entries(key, value);
        let passed = if key == query.after { passed(&all, query.after_id) } else { 0 };
        for (entry, id) in all.into_iter().skip(passed) {
            if page.is_full(query.limit, &mut last) {
                return page;
            }
            page.entries.push(entry);
            last = Some((key.clone(), id));
        }
    }
    page
}

impl<T> Page<T> {
    /// How many entries it has, common prefixes included.
    pub(super) fn len(&self) -> usize {
        self.entries.len() + self.common_prefixes.len()
    }

    /// Whether there is no room for one more; if so, the next page begins after the last entry of this one.
    fn is_full(&mut self, limit: usize, last: &mut Option<(String, Option<String>)>) -> bool {
        let full = self.len() >= limit;
        if full {
            self.next = last.take();
        }
        full
    }
}

/// Where the walk begins.
fn first(query: &Query<'_>) -> Bound<String> {
    if query.after < query.prefix || query.after.is_empty() {
        Bound::Included(query.prefix.to_owned())
    } else if query.after_id.is_some() {
        Bound::Included(query.after.to_owned())
    } else {
        Bound::Excluded(query.after.to_owned())
    }
}

/// How many entries of the marker's own key come before the next page: all, if the one that is named is gone.
fn passed<T>(all: &[Entry<T>], id: Option<&str>) -> usize {
    let place = all.iter().position(|(_, other)| other.as_deref() == id);
    place.map_or(all.len(), |place| place + 1)
}

/// What stands of a key up to the first delimiter behind the prefix.
fn common_prefix<'a>(key: &'a str, query: &Query<'_>) -> Option<&'a str> {
    if query.delimiter.is_empty() {
        return None;
    }
    let rest = key.get(query.prefix.len()..)?;
    let place = rest.find(query.delimiter)?;
    key.get(..query.prefix.len() + place + query.delimiter.len())
}

/// Behind every key that begins with `prefix`.
fn behind(prefix: &str) -> Bound<String> {
    let mut letters: Vec<char> = prefix.chars().collect();
    while let Some(last) = letters.pop() {
        // Surrogates are no letters; the next one after them is.
        let next = char::from_u32(last as u32 + 1).or(if last < '\u{e000}' { Some('\u{e000}') } else { None });
        if let Some(next) = next {
            letters.push(next);
            return Bound::Included(letters.into_iter().collect());
        }
    }
    // Nothing but the last of all letters: every key behind it begins with it.
    Bound::Excluded(char::MAX.to_string().repeat(super::object::KEY_BYTES))
}

fn as_bound(bound: &Bound<String>) -> Bound<&str> {
    match bound {
        Bound::Included(text) => Bound::Included(text),
        Bound::Excluded(text) => Bound::Excluded(text),
        Bound::Unbounded => Bound::Unbounded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(keys: &[&str], query: &Query<'_>) -> (Vec<String>, Vec<String>, Option<String>) {
        let map: BTreeMap<String, usize> = keys.iter().map(|key| ((*key).to_owned(), key.len())).collect();
        let page = page(&map, query, |key, _| vec![(key.to_owned(), None)]);
        (page.entries, page.common_prefixes, page.next.map(|(key, _)| key))
    }

    #[test]
    fn keys_are_walked_by_prefix_and_delimiter() {
        let keys = ["a", "b/1", "b/2", "b/c/3", "b0", "\u{fc}/x", "\u{10ffff}/y"];
        for (prefix, delimiter, entries, prefixes) in [
            ("", "", &keys[..], &[][..]),
            ("", "/", &["a", "b0"], &["b/", "\u{fc}/", "\u{10ffff}/"]),
            ("b", "/", &["b0"], &["b/"]),
            ("b/", "/", &["b/1", "b/2"], &["b/c/"]),
            ("b/", "", &["b/1", "b/2", "b/c/3"], &[]),
            ("", "b/", &["a", "b0", "\u{fc}/x", "\u{10ffff}/y"], &["b/"]),
            ("c", "/", &[], &[]),
        ] {
            let found = listed(&keys, &Query { prefix, delimiter, limit: 9, ..Query::default() });
            let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            assert_eq!(found, (texts(entries), texts(prefixes), None), "{prefix:?} {delimiter:?}");
        }
    }

    #[test]
    fn pages_together_are_the_whole() {
        let keys = ["a", "b/1", "b/2", "c", "d/1", "e"];
        for limit in 1..=7 {
            let (mut after, mut found) = (String::new(), Vec::new());
            loop {
                let query = Query { delimiter: "/", after: &after, limit, ..Query::default() };
                let (entries, prefixes, next) = listed(&keys, &query);
                assert!(entries.len() + prefixes.len() <= limit);
                found.extend(entries.into_iter().chain(prefixes));
                let Some(next) = next else { break };
                after = next;
            }
            found.sort();
            assert_eq!(found, ["a", "b/", "c", "d/", "e"], "{limit}");
        }
    }

    #[test]
    fn a_page_of_nothing_has_no_next() {
        assert_eq!(listed(&["a"], &Query::default()), (vec![], vec![], None));
    }

    #[test]
    fn the_entries_of_a_key_go_on_where_the_page_ended() {
        let map = BTreeMap::from([("a".to_owned(), 3), ("b".to_owned(), 1)]);
        let all = |key: &str, count: &i32| (0..*count).map(|it| ((key.to_owned(), it), Some(it.to_string()))).collect();
        let query = |after_id| Query { after: "a", after_id, limit: 2, ..Query::default() };
        let page = |after_id| page(&map, &query(after_id), all);
        assert_eq!(page(Some("0")).entries, [("a".to_owned(), 1), ("a".to_owned(), 2)]);
        assert_eq!(page(Some("0")).next, Some(("a".to_owned(), Some("2".to_owned()))));
        assert_eq!(page(Some("gone")).entries, [("b".to_owned(), 0)]);
        assert_eq!(page(None).entries, [("b".to_owned(), 0)]);
    }
}
