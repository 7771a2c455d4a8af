//! One entry: its directory record, its local header, and the data both of them are about.
//!
//! The one idea: the directory record is what counts, the local header has to agree with it wherever it says something.

use super::end::{Directory, RECORD_SIGNATURE};
use super::fields::Fields;
use super::place::{EntryName, Field, Place};
use super::refusal::Refusal;

pub(super) const HEADER_SIGNATURE: [u8; 4] = *b"PK\x03\x04";
/// Local header without name and extra field.
const HEADER_BYTES: u64 = 30;
/// Flag bits 0 (encrypted), 5 (patch data), 6 (strong encryption) and 13 (masked headers): nothing an unzipper reads.
const UNREADABLE_FLAGS: u16 = 1 | 1 << 5 | 1 << 6 | 1 << 13;
/// Flag bit 3: sizes and CRC follow the data, the local header leaves them out.
const STREAMED_FLAG: u16 = 1 << 3;
/// A 32-bit field with this value has its value in the ZIP64 extra field.
const LOOK_THERE: u32 = u32::MAX;
const ZIP64_EXTRA: u16 = 1;
/// Who wrote the entry, where its attributes are those of Unix.
const UNIX: u8 = 3;
/// The bits of a Unix mode that say what kind of file it is.
const KIND_BITS: u16 = 0o170_000;
const SYMBOLIC_LINK: u16 = 0o120_000;
const PERMISSION_BITS: u16 = 0o7777;

/// How an entry's data is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Method {
    Stored,
    Deflate,
}

/// An entry whose headers agree.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Entry<'a> {
    pub(in super::super) name: &'a [u8],
    pub(super) method: Method,
    pub(super) crc32: u32,
    /// Uncompressed, as both headers say it: still to be compared with what the data gives.
    pub(in super::super) size: u64,
    pub(super) data: &'a [u8],
    /// Of the local header, from the start of the package.
    pub(super) offset: u64,
    /// First byte after the data.
    pub(super) end: u64,
    /// Permissions and kind as Unix has them, where a Unix wrote the entry.
    pub(super) unix_mode: Option<u16>,
}

impl Entry<'_> {
    pub(in super::super) fn is_directory(&self) -> bool {
        self.name.ends_with(b"/")
    }

    /// Whether it is a symbolic link, whose contents are where it leads.
    pub(in super::super) fn is_link(&self) -> bool {
        self.unix_mode.is_some_and(|mode| mode & KIND_BITS == SYMBOLIC_LINK)
    }

    /// Its permissions, where it says anything of them.
    pub(in super::super) fn permissions(&self) -> Option<u16> {
        self.unix_mode.map(|mode| mode & PERMISSION_BITS).filter(|mode| *mode != 0)
    }

    pub(in super::super) fn place(&self) -> Place {
        Place { name: EntryName::new(self.name), offset: self.offset }
    }
}

/// What either header says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    crc32: u32,
    compressed: u64,
    size: u64,
}

impl Header<'_> {
    /// How the data after a local header is compressed, and how long it is where the header says so; `None` for what
    /// no unzipper reads. Nothing is compared: it may all be lies.
    pub(super) fn data(&self) -> Option<(Method, Option<usize>)> {
        let length = usize::try_from(self.compressed).ok()?;
        match (self.flags & UNREADABLE_FLAGS, self.method) {
            (0, 0) => Some((Method::Stored, Some(length))),
            (0, 8) => Some((Method::Deflate, (!left_out(self.flags, self.compressed)).then_some(length))),
            _ => None,
        }
    }
}

/// The part that both kinds of header share, from the flags to the uncompressed size.
struct Shared {
    flags: u16,
    method: u16,
    crc32: u32,
    compressed: u32,
    size: u32,
}

impl Shared {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let [flags, method] = [fields.u16()?, fields.u16()?];
        let _time = fields.u32()?;
        Some(Self { flags, method, crc32: fields.u32()?, compressed: fields.u32()?, size: fields.u32()? })
    }

    fn widen<'a>(&self, name: &'a [u8], wide: &mut Fields<'_>) -> Header<'a> {
        let Self { flags, method, crc32, .. } = *self;
        let size = widened(self.size, wide);
        let compressed = widened(self.compressed, wide);
        Header { name, flags, method, crc32, compressed, size }
    }
}

/// Reads the directory record at `at`, then the local header it leads to. Gives the entry and where the next record is;
/// `None` if there is no whole record.
pub(super) fn read<'a>(
    bytes: &'a [u8],
    directory: &Directory,
    at: usize,
) -> Option<(Result<Entry<'a>, Refusal>, usize)> {
    let records = bytes.get(..directory.end)?;
    let mut fields = Fields::at(records, at);
    if fields.array()? != RECORD_SIGNATURE {
        return None;
    }
    let [_version, system] = fields.array()?;
    let _needed = fields.u16()?;
    let shared = Shared::read(&mut fields)?;
    let [name_bytes, extra_bytes, comment_bytes, _disk] = [fields.u16()?, fields.u16()?, fields.u16()?, fields.u16()?];
    let [_, _, _, _, low, high] = fields.array()?;
    let unix_mode = (system == UNIX).then_some(u16::from_le_bytes([low, high]));
    let offset = fields.u32()?;
    let name = fields.slice(name_bytes)?;
    let mut wide = zip64_extra(fields.slice(extra_bytes)?);
    fields.slice(comment_bytes)?;
    let header = shared.widen(name, &mut wide);
    let offset = widened(offset, &mut wide).saturating_add(directory.base);
    let entry = join(bytes.get(..directory.start)?, &header, offset).map(|entry| Entry { unix_mode, ..entry });
    Some((entry, directory.end - fields.left()))
}

/// Joins a directory record with the local header at `offset`. `bytes` end where the directory starts.
fn join<'a>(bytes: &'a [u8], record: &Header<'a>, offset: u64) -> Result<Entry<'a>, Refusal> {
    let place = || Place { name: EntryName::new(record.name), offset };
    let (local, data_at) = local_header(bytes, offset).ok_or_else(|| Refusal::NoLocalHeader { entry: place() })?;
    let method = readable(record, &local, place)?;
    agree(record, &local, place)?;
    let rest = bytes.get(data_at..).unwrap_or_default();
    let data = usize::try_from(record.compressed).ok().and_then(|length| rest.get(..length));
    let data =
        data.ok_or_else(|| Refusal::DataCut { entry: place(), expected: record.compressed, found: rest.len() as u64 })?;
    let end = (data_at + data.len()) as u64;
    Ok(Entry { name: record.name, method, crc32: record.crc32, size: record.size, data, offset, end, unix_mode: None })
}

/// The local header at `offset` and where the data after it begins; `None` if there is none, or not all of it.
pub(super) fn local_header(bytes: &[u8], offset: u64) -> Option<(Header<'_>, usize)> {
    let at = usize::try_from(offset).ok()?;
    let mut fields = Fields::at(bytes, at);
    if fields.array()? != HEADER_SIGNATURE {
        return None;
    }
    let _version = fields.u16()?;
    let shared = Shared::read(&mut fields)?;
    let [name_bytes, extra_bytes] = [fields.u16()?, fields.u16()?];
    let name = fields.slice(name_bytes)?;
    let header = shared.widen(name, &mut zip64_extra(fields.slice(extra_bytes)?));
    let length = HEADER_BYTES + u64::from(name_bytes) + u64::from(extra_bytes);
    Some((header, usize::try_from(offset.checked_add(length)?).ok()?))
}

/// Rule Z7.
fn readable(record: &Header<'_>, local: &Header<'_>, place: impl Fn() -> Place) -> Result<Method, Refusal> {
    let flags = (record.flags | local.flags) & UNREADABLE_FLAGS;
    if flags != 0 {
        return Err(Refusal::Encrypted { entry: place(), flags });
    }
    match record.method {
        0 => Ok(Method::Stored),
        8 => Ok(Method::Deflate),
        method => Err(Refusal::Method { entry: place(), method }),
    }
}

/// Rule Z5.
fn agree(record: &Header<'_>, local: &Header<'_>, place: impl Fn() -> Place) -> Result<(), Refusal> {
    if local.name != record.name {
        return Err(Refusal::NamesDisagree { entry: place(), found: EntryName::new(local.name) });
    }
    let left_out = |found| left_out(local.flags | record.flags, found);
    let pairs = [
        (Field::Method, u64::from(record.method), u64::from(local.method), false),
        (Field::Crc32, u64::from(record.crc32), u64::from(local.crc32), left_out(local.crc32.into())),
        (Field::CompressedSize, record.compressed, local.compressed, left_out(local.compressed)),
        (Field::UncompressedSize, record.size, local.size, left_out(local.size)),
    ];
    match pairs.into_iter().find(|(_, expected, found, left_out)| expected != found && !left_out) {
        Some((field, expected, found, _)) => Err(Refusal::HeadersDisagree { entry: place(), field, expected, found }),
        None => Ok(()),
    }
}

/// Whether a field of a local header is one that a streaming writer left out, as it did not know the value yet: zero, or
/// the ZIP64 placeholder without its value.
fn left_out(flags: u16, found: u64) -> bool {
    flags & STREAMED_FLAG != 0 && (found == 0 || found == u64::from(LOOK_THERE))
}

/// The next 64-bit value if the 32-bit field refers to it and it is there, else the field's own.
fn widened(field: u32, wide: &mut Fields<'_>) -> u64 {
    if field == LOOK_THERE { wide.u64().unwrap_or(field.into()) } else { field.into() }
}

/// The ZIP64 values among the extra fields; nothing if there are none. What follows a broken extra field is padding.
fn zip64_extra(extra: &[u8]) -> Fields<'_> {
    let mut fields = Fields::at(extra, 0);
    while let (Some(id), Some(length)) = (fields.u16(), fields.u16()) {
        let Some(body) = fields.slice(length) else { break };
        if id == ZIP64_EXTRA {
            return Fields::at(body, 0);
        }
    }
    Fields::at(&[], 0)
}
