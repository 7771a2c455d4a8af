//! Zips byte by byte, so that every statement in them can be a lie.

use std::io::Write as _;

use flate2::{Compression, write::DeflateEncoder};

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATE: u16 = 8;
pub(super) const STREAMED: u16 = 1 << 3;
pub(super) const ENTRY_SIGNATURE: &[u8; 4] = b"PK\x03\x04";
const END_BYTES: u32 = 22;

/// What one of an entry's two headers says.
#[derive(Clone)]
pub(super) struct Stated {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc32: u32,
    pub(super) compressed: u32,
    pub(super) size: u32,
    pub(super) extra: Vec<u8>,
}

/// An entry: both headers, the data between, and what follows the data.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) local: Stated,
    pub(super) central: Stated,
    pub(super) data: Vec<u8>,
    pub(super) descriptor: Vec<u8>,
    pub(super) mode: u32,
    /// Where the directory says the local header is, if not where it is.
    pub(super) offset: Option<u32>,
}

/// A zip in its parts.
#[derive(Clone, Default)]
pub(super) struct Parts {
    pub(super) entries: Vec<u8>,
    pub(super) directory: Vec<u8>,
    pub(super) count: u16,
}

pub(super) fn stored(name: &str, contents: &[u8]) -> Item {
    item(name, contents, STORED, contents.to_vec())
}

pub(super) fn deflated(name: &str, contents: &[u8]) -> Item {
    item(name, contents, DEFLATE, deflate(contents))
}

pub(super) fn deflate(contents: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(contents).unwrap();
    encoder.finish().unwrap()
}

fn item(name: &str, contents: &[u8], method: u16, data: Vec<u8>) -> Item {
    let stated = Stated {
        name: name.into(),
        flags: 0,
        method,
        crc32: crc32fast::hash(contents),
        compressed: data.len().try_into().unwrap(),
        size: contents.len().try_into().unwrap(),
        extra: Vec::new(),
    };
    Item { local: stated.clone(), central: stated, data, descriptor: Vec::new(), mode: 0o100_644, offset: None }
}

impl Item {
    /// Changes what both headers say.
    pub(super) fn stating(mut self, change: impl Fn(&mut Stated)) -> Self {
        change(&mut self.local);
        change(&mut self.central);
        self
    }

    /// Changes what the local header says.
    pub(super) fn locally(mut self, change: impl Fn(&mut Stated)) -> Self {
        change(&mut self.local);
        self
    }

    pub(super) fn with_mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// As a streaming writer leaves it: no sizes and no CRC in the local header, a descriptor after the data.
    pub(super) fn streamed(self, signature: bool) -> Self {
        let mut item = self.stating(|stated| stated.flags |= STREAMED).locally(|stated| {
            (stated.crc32, stated.compressed, stated.size) = (0, 0, 0);
        });
        if signature {
            item.descriptor.extend(b"PK\x07\x08");
        }
        for field in [item.central.crc32, item.central.compressed, item.central.size] {
            item.descriptor.extend(field.to_le_bytes());
        }
        item
    }

    /// With all sizes in ZIP64 extra fields, as writers do that cannot know whether they will need them.
    pub(super) fn zip64(self) -> Self {
        self.stating(|stated| {
            let values = [u64::from(stated.size), u64::from(stated.compressed)];
            stated.extra.extend([1, 0, 16, 0]);
            stated.extra.extend(values.into_iter().flat_map(u64::to_le_bytes));
            (stated.compressed, stated.size) = (u32::MAX, u32::MAX);
        })
    }
}

impl Stated {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend([self.flags, self.method, 0, 0x21].into_iter().flat_map(u16::to_le_bytes));
        bytes.extend([self.crc32, self.compressed, self.size].into_iter().flat_map(u32::to_le_bytes));
        let lengths = [self.name.len(), self.extra.len()].map(|length| u16::try_from(length).unwrap());
        bytes.extend(lengths.into_iter().flat_map(u16::to_le_bytes));
    }
}

impl Parts {
    pub(super) fn new(items: &[Item]) -> Self {
        let mut parts = Self::default();
        for item in items {
            parts.add(item);
        }
        parts
    }

    fn add(&mut self, item: &Item) {
        let offset = item.offset.unwrap_or(self.entries.len().try_into().unwrap());
        self.entries.extend(ENTRY_SIGNATURE);
        self.entries.extend(20u16.to_le_bytes());
        item.local.write(&mut self.entries);
        for part in [&item.local.name, &item.local.extra, &item.data, &item.descriptor] {
            self.entries.extend(part);
        }
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend([20, 3, 20, 0]);
        item.central.write(&mut self.directory);
        self.directory.extend([0; 6]);
        self.directory.extend((item.mode << 16).to_le_bytes());
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(&item.central.name);
        self.directory.extend(&item.central.extra);
        self.count += 1;
    }

    /// The whole, with the classic end record.
    pub(super) fn finish(&self) -> Vec<u8> {
        self.finish_with(&[], &end(self.count, self.directory_bytes(), self.entries_bytes()))
    }

    /// The whole, with ZIP64 end record and locator; `count` is what the ZIP64 record announces.
    pub(super) fn finish_zip64(&self, count: u64) -> Vec<u8> {
        let end64_at = u64::from(self.entries_bytes() + self.directory_bytes());
        let mut between = Vec::from(b"PK\x06\x06");
        between.extend(44u64.to_le_bytes());
        between.extend([45, 3, 45, 0]);
        between.extend([0; 8]);
        let values = [count, count, self.directory_bytes().into(), self.entries_bytes().into()];
        between.extend(values.into_iter().flat_map(u64::to_le_bytes));
        between.extend(b"PK\x06\x07");
        between.extend([0; 4]);
        between.extend(end64_at.to_le_bytes());
        between.extend([1, 0, 0, 0]);
        self.finish_with(&between, &end(u16::MAX, u32::MAX, u32::MAX))
    }

    pub(super) fn finish_with(&self, between: &[u8], end: &[u8]) -> Vec<u8> {
        [&self.entries, &self.directory, between, end].concat()
    }

    pub(super) fn entries_bytes(&self) -> u32 {
        self.entries.len().try_into().unwrap()
    }

    pub(super) fn directory_bytes(&self) -> u32 {
        self.directory.len().try_into().unwrap()
    }
}

/// An end record without comment.
pub(super) fn end(count: u16, directory_bytes: u32, directory_offset: u32) -> Vec<u8> {
    let mut bytes = Vec::from(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].into_iter().flat_map(u16::to_le_bytes));
    bytes.extend([directory_bytes, directory_offset].into_iter().flat_map(u32::to_le_bytes));
    bytes.extend([0, 0]);
    assert_eq!(bytes.len(), END_BYTES as usize);
    bytes
}

/// The zip with these entries, all of it true.
pub(super) fn zip(items: &[Item]) -> Vec<u8> {
    Parts::new(items).finish()
}
