//! The package layer against zips as writers make them, as they break, and as attackers make them.

mod arriving;
mod builder;
mod hashing;
mod hostile;
mod mutations;
mod unpacking;

use std::io::Write as _;

use base64::Engine as _;
use flate2::{Compression, write::GzEncoder};

use self::builder::{DEFLATE, Item, Parts, deflated, end, stored, zip};
use super::{Contents, Kind, Limits, Mode, Package, Refusal, make_zip};

const TEXT: &[u8] = b"def handler(event, context):\n    return {'statusCode': 200, 'body': 'statusCode'}\n";
const TEXT_BYTES: u64 = TEXT.len() as u64;

fn verdict(bytes: &[u8]) -> Result<Contents, Refusal> {
    check(bytes, &Limits::default())
}

/// The check, which every test of it goes through once with bytes that are all there and once with bytes that arrive.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "called as the function that it stands for")]
fn check(bytes: &[u8], limits: &Limits) -> Result<Contents, Refusal> {
    let whole = super::check(bytes, limits);
    let arriving = arriving::in_random_pieces(bytes, *limits).map(|package| package.contents());
    assert_eq!(arriving, whole);
    whole
}

fn kind(bytes: &[u8]) -> Option<Kind> {
    verdict(bytes).err().map(|refusal| refusal.kind())
}

#[track_caller]
fn assert_accepted(bytes: &[u8], entries: u64, unzipped_bytes: u64) {
    let contents = verdict(bytes).unwrap();
    assert_eq!((contents.entries, contents.unzipped_bytes), (entries, unzipped_bytes));
}

#[track_caller]
fn assert_refused(bytes: &[u8], says: &str) {
    let refusal = verdict(bytes).unwrap_err();
    assert_eq!(refusal.kind(), Kind::NotAZip, "{refusal}");
    assert!(refusal.to_string().contains(says), "{refusal}");
}

/// One entry of each sort, as most zips have them.
fn usual() -> Vec<Item> {
    vec![stored("lib/", b""), deflated("lib/app.py", TEXT), stored("data.bin", b"\x00\x01\x02"), deflated("empty", b"")]
}

#[test]
fn usual_entries_are_counted_and_measured() {
    let contents = verdict(&zip(&usual())).unwrap();
    assert_eq!(contents, Contents { unzipped_bytes: TEXT_BYTES + 3, entries: 4, files: 3 });
}

// Z1
#[test]
fn what_is_not_a_zip_is_refused() {
    let mut tarball = GzEncoder::new(Vec::new(), Compression::default());
    tarball.write_all(&[0; 10_240]).unwrap();
    let base64 = base64::engine::general_purpose::STANDARD.encode(zip(&usual()));
    let html = b"<html><body>404 Not Found</body></html>".to_vec();
    for bytes in
        [b"not a zip".to_vec(), html, tarball.finish().unwrap(), base64.into(), vec![0; 100_000], b"PK".to_vec()]
    {
        assert_refused(&bytes, "no end record");
    }
}

// Z1, case 22
#[test]
fn a_zip_cut_anywhere_is_refused() {
    for whole in [zip(&usual()), Parts::new(&usual()).finish_zip64(4), with_comment(&zip(&usual()), b"a comment")] {
        assert_eq!(kind(&whole), None);
        for length in 1..whole.len() {
            assert_eq!(kind(&whole[..length]), Some(Kind::NotAZip), "{length} of {} bytes", whole.len());
        }
    }
}

fn with_comment(zip: &[u8], comment: &[u8]) -> Vec<u8> {
    let mut bytes = zip.to_vec();
    let length_at = bytes.len() - 2;
    bytes[length_at..].copy_from_slice(&u16::try_from(comment.len()).unwrap().to_le_bytes());
    bytes.extend(comment);
    bytes
}

// Z2
#[test]
fn a_zip_without_entries_is_empty() {
    assert_eq!(kind(&end(0, 0, 0)), Some(Kind::Empty));
    assert_eq!(kind(&Parts::default().finish_zip64(0)), Some(Kind::Empty));
}

// R55
#[test]
fn no_bytes_are_an_empty_zip() {
    assert_eq!(verdict(b""), Err(Refusal::NoBytes));
    assert_eq!(Refusal::NoBytes.kind(), Kind::Empty);
}

// Z3
#[test]
fn only_directories_are_an_empty_zip() {
    let bytes = zip(&[stored("a/", b""), deflated("a/b/", b"")]);
    assert_eq!(verdict(&bytes), Err(Refusal::OnlyDirectories { entries: 2 }));
    assert_eq!(kind(&bytes), Some(Kind::Empty));
}

// Z4
#[test]
fn bytes_before_the_first_entry_are_accepted_with_offsets_shifted_or_corrected() {
    let stub = b"#!/bin/sh\nexec unzip $0\n";
    for whole in [zip(&usual()), Parts::new(&usual()).finish_zip64(4)] {
        assert_accepted(&[stub, whole.as_slice()].concat(), 4, TEXT_BYTES + 3);
    }
    let mut corrected = Parts { entries: stub.to_vec(), ..Parts::default() };
    let shift = u32::try_from(stub.len()).unwrap();
    let parts = Parts::new(&[Item { offset: Some(shift), ..deflated("app.py", TEXT) }]);
    corrected.entries.extend(&parts.entries);
    let bytes = Parts { entries: corrected.entries, ..parts }.finish();
    assert_accepted(&bytes, 1, TEXT_BYTES);
}

// Z4, case 31
#[test]
fn bytes_after_the_end_record_are_accepted_and_hashed() {
    for suffix in [&b"\0"[..], b"trailing", b"PK\x05\x06", b"PK\x05\x06 is not the end of this, it leads nowhere"] {
        let bytes = [zip(&usual()).as_slice(), suffix].concat();
        assert_accepted(&bytes, 4, TEXT_BYTES + 3);
        let package = Package::accept(bytes.clone().into(), &Limits::default()).unwrap();
        assert_eq!(package.digest(), super::Digest::of(&bytes));
        assert_eq!(package.size_bytes(), bytes.len() as u64);
    }
}

#[test]
fn a_comment_may_contain_the_signature_of_an_end_record() {
    assert_accepted(&with_comment(&zip(&usual()), b"PK\x05\x06"), 4, TEXT_BYTES + 3);
    assert_accepted(&with_comment(&zip(&usual()), &b"PK\x05\x06".repeat(16_000)), 4, TEXT_BYTES + 3);
}

#[test]
fn a_directory_that_is_not_right_before_the_end_record_is_found_by_its_offset() {
    let parts = Parts::new(&usual());
    let end = end(parts.count, parts.directory_bytes(), parts.entries_bytes());
    assert_accepted(&parts.finish_with(b"a digital signature", &end), 4, TEXT_BYTES + 3);
}

// Z6, case 26
#[test]
fn zip64_structures_are_accepted() {
    let wide: Vec<Item> = usual().into_iter().map(Item::zip64).collect();
    assert_accepted(&Parts::new(&wide).finish(), 4, TEXT_BYTES + 3);
    assert_accepted(&Parts::new(&wide).finish_zip64(4), 4, TEXT_BYTES + 3);
    assert_accepted(&Parts::new(&usual()).finish_zip64(4), 4, TEXT_BYTES + 3);
}

// Z6
#[test]
fn streamed_entries_are_accepted_with_and_without_descriptor_signature() {
    for signature in [true, false] {
        let streamed: Vec<Item> = usual().into_iter().map(|item| item.streamed(signature)).collect();
        assert_accepted(&zip(&streamed), 4, TEXT_BYTES + 3);
    }
}

// Z6
#[test]
fn streamed_entries_may_leave_their_sizes_to_zip64_fields_that_say_nothing() {
    let item = deflated("app.py", TEXT).streamed(true).locally(|stated| {
        (stated.compressed, stated.size) = (u32::MAX, u32::MAX);
        stated.extra = [&[1, 0, 16, 0][..], &[0; 16]].concat();
    });
    assert_accepted(&zip(&[item]), 1, TEXT_BYTES);
}

// Z8, case 29
#[test]
fn names_are_accepted_whatever_they_lead_to() {
    for name in ["/etc/passwd", "../evil", "a\0b", "a\\b", "C:\\a", "", "\u{1f980}", "a//b", &"n".repeat(65_535)] {
        assert_accepted(&zip(&[deflated(name, TEXT)]), 1, TEXT_BYTES);
    }
    let not_utf8 = deflated("x", TEXT).stating(|stated| stated.name = vec![0xff, 0xfe]);
    assert_accepted(&zip(&[not_utf8]), 1, TEXT_BYTES);
}

// Z9
#[test]
fn duplicate_names_are_accepted_and_all_count() {
    assert_accepted(&zip(&[stored("a", b"12"), stored("a", b"345")]), 2, 5);
}

// Z13
#[test]
fn the_limit_itself_is_too_large_and_one_byte_less_is_not() {
    for make in [stored, deflated] {
        let bytes = zip(&[make("a", &[0; 600]), make("b", &[0; 400])]);
        for (limit, expected) in [(1001, None), (1000, Some(Kind::TooLarge)), (600, Some(Kind::TooLarge))] {
            let verdict = check(&bytes, &Limits { unzipped_bytes: limit });
            assert_eq!(verdict.err().map(|refusal| refusal.kind()), expected, "limit {limit}");
        }
    }
}

// Z17
#[test]
fn there_is_no_limit_on_the_number_of_files() {
    // Without ZIP64 the count wraps, and writers let it.
    let many: Vec<Item> = (0..65_600).map(|number| stored(&number.to_string(), b"")).collect();
    let mut parts = Parts::default();
    for chunk in many.chunks(65_000) {
        let chunk = Parts::new(chunk);
        let shift = parts.entries_bytes();
        parts.directory.extend(shifted(&chunk.directory, shift));
        parts.entries.extend(chunk.entries);
    }
    parts.count = 64;
    assert_accepted(&parts.finish(), 65_600, 0);
}

/// A directory whose records point `shift` bytes further.
fn shifted(directory: &[u8], shift: u32) -> Vec<u8> {
    let mut bytes = directory.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let offset: &mut [u8; 4] = (&mut bytes[at + 42..at + 46]).try_into().unwrap();
        *offset = (u32::from_le_bytes(*offset) + shift).to_le_bytes();
        at += 46 + usize::from(u16::from_le_bytes([bytes[at + 28], bytes[at + 29]]));
    }
    bytes
}

// Z20, case 25
#[test]
fn symbolic_links_are_accepted() {
    assert_accepted(&zip(&[stored("link", b"/etc/passwd").with_mode(0o120_777)]), 1, 11);
}

// Z21, case 24
#[test]
fn modes_are_not_looked_at() {
    for mode in [0, 0o100_000, 0o104_755, 0o040_000, 0o020_644, 0o177_777] {
        assert_accepted(&zip(&[stored("a", b"1").with_mode(mode)]), 1, 1);
    }
}

// Z22, Z23, cases 23 and 30
#[test]
fn a_jar_or_anything_else_without_a_handler_is_accepted() {
    let items = [deflated("META-INF/", b""), deflated("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\r\n\r\n")];
    assert_accepted(&zip(&items.map(|item| item.streamed(true))), 2, 25);
}

#[test]
fn an_empty_entry_called_deflated_may_have_no_data_at_all() {
    let item = stored("dir/", b"").stating(|stated| stated.method = DEFLATE);
    assert_accepted(&zip(&[item, stored("a", b"1")]), 2, 1);
}

#[test]
fn entries_may_lie_in_another_order_than_the_directory_lists_them() {
    let parts = Parts::new(&[stored("a", b"1"), stored("b", b"22")]);
    let (first, second) = parts.directory.split_at(parts.directory.len() / 2);
    let bytes = Parts { directory: [second, first].concat(), ..parts.clone() }.finish();
    assert_accepted(&bytes, 2, 3);
}

#[test]
fn a_made_package_is_the_same_for_the_same_files_in_any_order() {
    let files = [("b.py", "2", Mode::File), ("bootstrap", "#!", Mode::Executable), ("a/c.py", "3", Mode::File)];
    let made = make_zip(files).unwrap();
    let mut reversed = files;
    reversed.reverse();
    assert_eq!(make_zip(reversed).unwrap(), made);
    assert_accepted(&made, 3, 4);
}

#[test]
fn a_made_package_does_not_change_from_day_to_day() {
    let made = make_zip([("app.py", TEXT, Mode::File), ("bootstrap", b"#!/bin/sh\n", Mode::Executable)]).unwrap();
    assert_eq!(super::Digest::of(&made).to_hex(), MADE_SHA256);
}

const MADE_SHA256: &str = "9b6293507c15e9940b9273cd2216781b665dbf6d989965f93c0a6d968f89a442";

#[test]
fn a_package_is_not_made_of_files_that_cannot_be_told_apart() {
    let duplicate = make_zip([("a", "1", Mode::File), ("a", "2", Mode::File)]).unwrap_err();
    assert_eq!(duplicate.to_string(), "two files in the package are called \"a\"");
    let nameless = make_zip([("", "1", Mode::File)]).unwrap_err();
    assert_eq!(nameless.to_string(), "a file in a package needs a name");
    let long = make_zip([("n".repeat(65_536), "1", Mode::File)]).unwrap_err();
    assert_eq!(long.to_string(), "the name of a file in a package may have at most 65535 bytes, this one has 65536");
}

#[test]
fn a_package_made_of_no_files_is_the_empty_zip() {
    let made = make_zip(Vec::<(String, Vec<u8>, Mode)>::new()).unwrap();
    assert_eq!(made, end(0, 0, 0));
}
