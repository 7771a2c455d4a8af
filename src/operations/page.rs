//! Pages of lists: markers and limits.
//!
//! A marker is opaque to callers; ours is the key of the first entry of the next page, in URL-safe base64.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::context::Context;
use crate::error::Error;
use crate::state::{Key, Record, RecordKind};

/// The most entries of a page, whatever `MaxItems` asks for (Q4).
pub(super) const LIMIT: usize = 50;

/// A page of records by their keys, and the marker of the next.
pub(super) type Records<T> = (Vec<(Key, T)>, Option<String>);

/// What a caller asks of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// The key at which the page begins; empty for the first page.
    pub from: String,
    /// The most entries, 1 to [`LIMIT`].
    pub limit: usize,
}

impl Page {
    /// The page that `Marker` and `MaxItems` ask for. An empty marker is none.
    ///
    /// # Errors
    /// [`Error::InvalidMarker`] for a marker that is not of our form.
    pub(super) fn new(marker: Option<&str>, max_items: Option<u32>) -> Result<Self, Error> {
        let from = match marker {
            None | Some("") => String::new(),
            Some(marker) => URL_SAFE_NO_PAD
                .decode(marker)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or(Error::InvalidMarker)?,
        };
        let limit = max_items.and_then(|items| usize::try_from(items).ok()).unwrap_or(LIMIT).clamp(1, LIMIT);
        Ok(Self { from, limit })
    }

    /// Cuts the page out of entries that come in the order of their keys, and gives the marker of the next.
    pub(super) fn cut<T>(&self, entries: impl Iterator<Item = (String, T)>) -> (Vec<T>, Option<String>) {
        let mut entries = entries.skip_while(|(key, _)| *key < self.from);
        let page = entries.by_ref().take(self.limit).map(|(_, entry)| entry).collect();
        (page, entries.next().map(|(key, _)| marker(&key)))
    }

    /// Reads the page out of the records of a kind, and the marker of the next: those of which `wanted` makes an entry once
    /// they are settled. Only what is on the page is settled, or gone from it.
    ///
    /// # Errors
    /// A fault of the store.
    pub(super) fn read<T>(
        &self,
        cx: &Context<'_>,
        kind: RecordKind,
        wanted: impl Fn(Record) -> Option<(Key, T)>,
    ) -> Result<Records<T>, Error> {
        let mut page = Vec::new();
        for record in cx.store.list(cx.scope, kind, &self.from, usize::MAX)? {
            let settled = cx.left(record.clone(), true);
            let is_there = settled.is_some();
            let Some((key, _)) = wanted(settled.unwrap_or(record)) else { continue };
            if page.len() < self.limit {
                page.extend(cx.record(&key, true)?.and_then(&wanted));
            } else if is_there {
                return Ok((page, Some(marker(&key.name))));
            }
        }
        Ok((page, None))
    }
}

fn marker(from: &str) -> String {
    URL_SAFE_NO_PAD.encode(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_gap_or_repeat() {
        let keys = ["a", "b", "c", "d", "e"];
        let mut marker = None;
        let mut seen = Vec::new();
        loop {
            let page = Page::new(marker.as_deref(), Some(2)).unwrap();
            let (entries, next) = page.cut(keys.iter().map(|key| ((*key).to_owned(), *key)));
            seen.push(entries);
            marker = next;
            if marker.is_none() {
                break;
            }
        }
        assert_eq!(seen, [vec!["a", "b"], vec!["c", "d"], vec!["e"]]);
    }

    #[test]
    fn a_page_holds_fifty_at_most() {
        assert_eq!(Page::new(None, Some(10_000)).unwrap().limit, 50);
        assert_eq!(Page::new(None, None).unwrap().limit, 50);
    }

    #[test]
    fn a_marker_of_another_form_is_refused() {
        assert_eq!(Page::new(Some("no marker!"), None), Err(Error::InvalidMarker));
    }
}
