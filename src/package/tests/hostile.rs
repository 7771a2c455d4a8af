//! Zips that lie: each lie is found, named, and costs no more than the truth.

use flate2::{Compress, Compression, FlushCompress};

use super::builder::{DEFLATE, Item, Parts, STORED, deflate, deflated, end, stored, zip};
use super::{TEXT, TEXT_BYTES, assert_refused, check, kind, usual, verdict};
use crate::package::{Field, Kind, Limits, Refusal};

type Lie = fn(Item) -> Item;

const OVER_BYTES: u64 = 300_000_000;

// Z5
#[test]
fn a_wrong_crc_is_refused() {
    for item in [stored("a", TEXT), deflated("a", TEXT)] {
        assert_refused(&zip(&[item.stating(|stated| stated.crc32 ^= 1)]), "the CRC-32 of entry \"a\"");
    }
}

// Z5
#[test]
fn a_size_that_is_not_what_inflating_gives_is_refused() {
    for (size, found) in
        [(1, TEXT_BYTES), (TEXT_BYTES - 1, TEXT_BYTES), (TEXT_BYTES + 1, TEXT_BYTES), (9999, TEXT_BYTES)]
    {
        let size = u32::try_from(size).unwrap();
        for item in [stored("a", TEXT), deflated("a", TEXT)] {
            let refusal = verdict(&zip(&[item.stating(|stated| stated.size = size)])).unwrap_err();
            let Refusal::Size { expected, found: given, .. } = refusal else { panic!("{refusal}") };
            assert_eq!(expected, u64::from(size));
            assert!(given <= found && given.min(expected) < given.max(expected), "{refusal}");
        }
    }
}

// Z5
#[test]
fn a_local_header_that_contradicts_the_directory_is_refused() {
    let lies: [(Lie, &str); 5] = [
        (|item| item.locally(|stated| stated.crc32 ^= 1), "disagree on the CRC-32"),
        (|item| item.locally(|stated| stated.size += 1), "disagree on the uncompressed size"),
        (|item| item.locally(|stated| stated.compressed += 1), "disagree on the compressed size"),
        (|item| item.locally(|stated| stated.method = STORED), "disagree on the method"),
        (|item| item.locally(|stated| stated.name = b"b".into()), "names \"b\""),
    ];
    for (lie, says) in lies {
        assert_refused(&zip(&[lie(deflated("a", TEXT))]), says);
    }
}

// Z5
#[test]
fn a_local_header_may_be_silent_only_where_a_descriptor_follows() {
    let silent = |item: Item| item.locally(|stated| stated.size = 0);
    assert_refused(&zip(&[silent(deflated("a", TEXT))]), "disagree on the uncompressed size");
    let streamed = deflated("a", TEXT).streamed(true).locally(|stated| stated.size = 7);
    assert_refused(&zip(&[streamed]), "disagree on the uncompressed size");
}

// Z5
#[test]
fn data_that_is_cut_or_left_over_or_not_deflate_is_refused() {
    let whole = deflate(TEXT);
    let with = |data: Vec<u8>| {
        let compressed = u32::try_from(data.len()).unwrap();
        zip(&[Item { data, ..deflated("a", TEXT) }.stating(|stated| stated.compressed = compressed)])
    };
    assert_refused(&with(whole[..whole.len() - 1].into()), "stops before its end");
    assert_refused(&with(Vec::new()), "stops before its end");
    assert_refused(&with([&whole[..], b"\0"].concat()), "of which inflating used");
    assert_refused(&with(vec![0xff; whole.len()]), "cannot be inflated");
}

// Z5
#[test]
fn an_entry_without_a_local_header_or_without_all_its_data_is_refused() {
    for offset in [1, 1_000_000, u32::MAX] {
        assert_refused(&zip(&[Item { offset: Some(offset), ..stored("a", b"1") }]), "no local header");
    }
    let long = stored("a", b"1").stating(|stated| (stated.compressed, stated.size) = (2, 2));
    assert_refused(&zip(&[long]), "has only 1 before the directory");
}

// Z5
#[test]
fn a_count_that_is_not_the_number_of_entries_is_refused() {
    let parts = Parts::new(&usual());
    for count in [0, 3, 5, 4 + 0x100] {
        let end = end(count, parts.directory_bytes(), parts.entries_bytes());
        assert_refused(&parts.finish_with(&[], &end), &format!("announces {count} entries"));
    }
}

#[test]
fn two_to_the_64_entries_are_announced_in_vain() {
    let bytes = Parts::new(&usual()).finish_zip64(u64::MAX);
    assert_eq!(verdict(&bytes), Err(Refusal::EntryCount { expected: u64::MAX, found: 4 }));
}

#[test]
fn a_directory_that_is_not_there_is_refused() {
    let parts = Parts::new(&usual());
    for (size, offset) in [(u32::MAX, 0), (parts.directory_bytes() + 1, parts.entries_bytes()), (1, u32::MAX)] {
        assert_refused(&parts.finish_with(&[], &end(4, size, offset)), "where there is none");
    }
    let mut cut = parts.clone();
    cut.directory.truncate(cut.directory.len() - 1);
    assert_refused(&cut.finish(), "no whole directory record");
}

#[test]
fn end_records_that_disagree_are_refused() {
    let mut bytes = Parts::new(&usual()).finish_zip64(4);
    let count_at = bytes.len() - 14;
    bytes[count_at..count_at + 4].copy_from_slice(&[3, 0, 3, 0]);
    let refusal = verdict(&bytes).unwrap_err();
    assert!(matches!(refusal, Refusal::EndRecordsDisagree { field: Field::EntryCount, expected: 4, found: 3, .. }));
}

#[test]
fn a_locator_that_leads_nowhere_is_refused() {
    let mut bytes = Parts::new(&usual()).finish_zip64(4);
    let end64_at = bytes.len() - 22 - 20 - 56;
    bytes[end64_at] = b'Q';
    assert_refused(&bytes, "there is no ZIP64 end record");
}

#[test]
fn one_part_of_a_split_archive_is_refused() {
    let mut bytes = zip(&usual());
    let disk_at = bytes.len() - 18;
    bytes[disk_at] = 1;
    assert_refused(&bytes, "several parts");
}

// Z7, case 27
#[test]
fn encrypted_entries_are_refused() {
    for flag in [1, 1 << 5, 1 << 6, 1 << 13] {
        assert_refused(&zip(&[stored("a", TEXT).stating(|stated| stated.flags |= flag)]), "is encrypted");
        assert_refused(&zip(&[stored("a", TEXT).locally(|stated| stated.flags |= flag)]), "is encrypted");
    }
}

// Z7, case 28
#[test]
fn other_methods_than_stored_and_deflate_are_refused() {
    for method in [1, 6, 9, 12, 14, 93, 95, 99, u16::MAX] {
        let item = stored("a", TEXT).stating(|stated| stated.method = method);
        assert_refused(&zip(&[item]), &format!("by method {method}"));
    }
}

/// Less than a megabyte of deflate data that gives [`OVER_BYTES`]: one block, again and again. Its CRC is never reached.
fn bomb(claimed: u32) -> Item {
    let zeros = vec![0; 1_000_000];
    let mut block = Vec::with_capacity(10_000);
    let mut compressor = Compress::new(Compression::best(), false);
    compressor.compress_vec(&zeros, &mut block, FlushCompress::Full).unwrap();
    let mut data = block.repeat(usize::try_from(OVER_BYTES / 1_000_000).unwrap());
    data.extend(deflate(b""));
    let compressed = u32::try_from(data.len()).unwrap();
    Item { data, ..stored("bomb", b"") }.stating(|stated| {
        (stated.method, stated.crc32, stated.compressed, stated.size) = (DEFLATE, 0, compressed, claimed);
    })
}

// Z13, case 43
#[test]
fn a_bomb_is_too_large_if_it_says_so_and_a_lie_if_it_does_not() {
    let truthful = bomb(u32::try_from(OVER_BYTES).unwrap());
    let lying = truthful.clone().stating(|stated| stated.size = 10);
    let bytes = zip(&[truthful]);
    assert!(bytes.len() < 1_000_000);
    assert_eq!(kind(&bytes), Some(Kind::TooLarge));
    assert_refused(&zip(&[lying]), "is 10 bytes by the directory");
}

// Z13
#[test]
fn a_size_beyond_the_limit_is_too_large_true_or_not() {
    for size in [262_144_000, 400_000_000, u32::MAX] {
        assert_eq!(kind(&zip(&[deflated("a", TEXT).stating(|stated| stated.size = size)])), Some(Kind::TooLarge));
    }
    let most = deflated("a", TEXT).stating(|stated| {
        stated.size = u32::MAX;
        stated.extra = [&[1, 0, 8, 0][..], &[0xff; 8]].concat();
    });
    assert_eq!(kind(&zip(&[most.clone(), most])), Some(Kind::TooLarge));
}

#[test]
fn entries_that_share_data_are_refused() {
    let quoted = Parts::new(&[Item { offset: Some(0), ..stored("a", TEXT) }]);
    let twice = Parts { directory: quoted.directory.repeat(2), count: 2, ..quoted.clone() };
    assert_refused(&twice.finish(), "starts inside entry \"a\"");

    let (mut parts, inner) = outer_and_inner(&[]);
    parts.directory.extend(inner);
    parts.count = 2;
    assert_refused(&parts.finish(), "entry \"inner\" (header at byte 35) starts inside entry \"outer\"");
}

/// An entry that is a zip, `more` after it, and a record for the entry inside.
fn outer_and_inner(more: &[Item]) -> (Parts, Vec<u8>) {
    let outer = stored("outer", &zip(&[stored("inner", b"1")]));
    let inside = u32::try_from(30 + "outer".len()).unwrap();
    let inner = Parts::new(&[Item { offset: Some(inside), ..stored("inner", b"1") }]).directory;
    (Parts::new(&[&[outer], more].concat()), inner)
}

/// Fifield's bomb: every local header but the last is also quoted by the entry before it, all share one kernel.
#[test]
fn a_quoted_bomb_is_refused_without_inflating() {
    let kernel = deflate(&vec![0; 100_000]);
    let mut items: Vec<Item> = Vec::new();
    let mut quoted = kernel;
    for number in 0..200 {
        let compressed = u32::try_from(quoted.len()).unwrap();
        let item = Item { data: quoted.clone(), ..stored(&format!("{number:03}"), b"") }.stating(|stated| {
            (stated.method, stated.compressed, stated.size) = (DEFLATE, compressed, 100_000);
        });
        let header = Parts::new(std::slice::from_ref(&item)).entries;
        let length = u16::try_from(header.len() - quoted.len()).unwrap();
        quoted = [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), &header].concat();
        items.push(item);
    }
    let outermost = Parts::new(&items[199..]);
    let mut parts = Parts { entries: outermost.entries, ..Parts::default() };
    for (depth, item) in items.iter().rev().enumerate() {
        let offset = u32::try_from(depth * (33 + 5)).unwrap();
        parts.directory.extend(Parts::new(&[Item { offset: Some(offset), ..item.clone() }]).directory);
        parts.count += 1;
    }
    assert_refused(&parts.finish(), "starts inside");
}

#[test]
fn headers_count_before_sizes_and_sizes_before_contents() {
    let cut = || stored("cut", TEXT).stating(|stated| (stated.compressed, stated.size) = (9999, 9999));
    let large = || stored("large", &[0; 1000]);
    let wrong = || deflated("wrong", TEXT).stating(|stated| stated.crc32 ^= 1);
    let limits = Limits { unzipped_bytes: 1000 };
    for items in [[large(), cut()], [cut(), large()]] {
        assert!(matches!(check(&zip(&items), &limits), Err(Refusal::DataCut { .. })));
    }
    for items in [[large(), wrong()], [wrong(), large()]] {
        assert!(matches!(check(&zip(&items), &limits), Err(Refusal::TooLarge { .. })));
    }
}

#[test]
fn the_first_trouble_in_the_directory_counts_whatever_comes_after() {
    let wrong = || deflated("wrong", TEXT).stating(|stated| stated.crc32 ^= 1);
    // Long entries are looked at before short ones, and still the first one counts.
    let long = || stored("long", &vec![0; 100_000]).stating(|stated| stated.crc32 ^= 1);
    assert_refused(&zip(&[wrong(), long()]), "entry \"wrong\"");
    assert_refused(&zip(&[long(), wrong()]), "entry \"long\"");
}

#[test]
fn entries_that_share_data_are_refused_in_whatever_order_they_are_listed() {
    let parts = Parts::new(&[stored("a", TEXT), stored("b", TEXT), stored("c", TEXT)]);
    let record = parts.directory.len() / 3;
    let listed = |order: &[usize]| {
        let records = order.iter().flat_map(|at| parts.directory[at * record..(at + 1) * record].to_vec());
        let count = u16::try_from(order.len()).unwrap();
        Parts { directory: records.collect(), count, ..parts.clone() }.finish()
    };
    assert_eq!(kind(&listed(&[2, 1, 0])), None);
    assert_refused(&listed(&[2, 0, 1, 0]), "entry \"a\" (header at byte 0) starts inside entry \"a\"");

    let (outer, inner) = outer_and_inner(&[stored("last", b"1")]);
    let scattered = Parts { directory: [inner, outer.directory.clone()].concat(), count: 3, ..outer };
    assert_refused(&scattered.finish(), "entry \"inner\" (header at byte 35) starts inside entry \"outer\"");
}

#[test]
fn refusals_keep_only_the_start_of_long_names() {
    let item = stored(&"n".repeat(60_000), TEXT).stating(|stated| stated.crc32 ^= 1);
    assert!(verdict(&zip(&[item])).unwrap_err().to_string().len() < 300);
}
