//! What holds of every package, however it was made.
//!
//! The first byte says how the others are read: as the package itself, or as choices by which a zip is written that is
//! sound but for a few lies. A fuzzer alone finds no checksum.

use bytes::Bytes;
use drylambda::package::{Digest, Kind, Limits, Package, Packages, check};

use super::builder::{DEFLATE, Item, Parts, STORED, Stated, deflated, end, stored};
use super::choices::Choices;

/// Packages from here on are checked by several threads.
const SEVERAL_THREADS_BYTES: usize = 256 * 1024;
/// The least that an entry takes: both headers, no name, no data.
const ENTRY_BYTES: u64 = 76;

/// Requires of the package behind `data` what is true of all of them.
///
/// # Panics
/// If it is not.
pub(crate) fn run(data: &[u8]) {
    let Some((mode, data)) = data.split_first() else { return };
    let mut bytes = if mode & 1 == 0 { data.to_vec() } else { written(&mut Choices::new(data)) };
    if mode & 0xf0 == 0xf0 {
        // A stub before the zip, long enough for several threads. It takes time, so few have one.
        bytes.splice(0..0, std::iter::repeat_n(0, SEVERAL_THREADS_BYTES));
    }
    let bytes = Bytes::from(bytes);
    let limits = if mode & 2 == 0 { Limits::default() } else { Limits { unzipped_bytes: 1000 } };
    require_one_answer(&bytes, limits);
    require_the_limit_to_decide(&bytes, limits);
}

/// Whoever asks, and however often, gets the same answer; a refused package is not kept.
fn require_one_answer(bytes: &Bytes, limits: Limits) {
    let alone = check(bytes, &limits);
    let together = Package::accept(bytes.clone(), &limits);
    assert_eq!(together.as_ref().map(Package::contents).map_err(Clone::clone), alone);
    let (packages, digest) = (Packages::new(), Digest::of(bytes));
    for _ in 0..2 {
        let kept = packages.accept(Bytes::copy_from_slice(bytes), &limits);
        assert_eq!(kept.as_ref().map(|package| package.contents()).map_err(Clone::clone), alone);
        assert_eq!(packages.get(&digest).is_some(), kept.is_ok());
    }
    match alone {
        Ok(contents) => {
            let package = together.expect("what check accepts");
            assert_eq!((package.digest(), package.bytes(), package.size_bytes()), (digest, bytes, bytes.len() as u64));
            assert!(0 < contents.files && contents.files <= contents.entries);
            // No entry shares its bytes, so they are as many as there is room for.
            assert!(contents.entries * ENTRY_BYTES < bytes.len() as u64);
        }
        Err(refusal) => assert!(refusal.to_string().len() < 2000),
    }
}

/// Z13: what unzips to a size is accepted below it and refused at it, and nothing else depends on the limit.
fn require_the_limit_to_decide(bytes: &[u8], limits: Limits) {
    let Ok(contents) = check(bytes, &limits) else { return };
    let size = contents.unzipped_bytes;
    assert!(size < limits.unzipped_bytes);
    assert_eq!(check(bytes, &Limits { unzipped_bytes: size + 1 }), Ok(contents));
    let refusal = check(bytes, &Limits { unzipped_bytes: size }).expect_err("the limit itself");
    assert_eq!(refusal.kind(), Kind::TooLarge);
}

/// A zip with up to eight entries, some of which lie.
fn written(choices: &mut Choices<'_>) -> Vec<u8> {
    let items: Vec<Item> = (0..=choices.below(8)).map(|_| item(choices)).collect();
    let mut parts = Parts::new(&items);
    if choices.once_in(8) {
        let at = choices.below(parts.directory.len());
        parts.directory.rotate_left(at);
    }
    let mut bytes = ended(&parts, choices);
    for _ in 0..choices.below(4) {
        let at = usize::from(choices.short()) % bytes.len().max(1);
        match choices.below(4) {
            0 => {}
            1 => bytes.truncate(at),
            2 => drop(bytes.splice(at..at, choices.bytes().iter().copied())),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= choices.byte();
                }
            }
        }
    }
    bytes
}

fn ended(parts: &Parts, choices: &mut Choices<'_>) -> Vec<u8> {
    match choices.below(6) {
        0 => parts.finish(),
        1 => parts.finish_zip64(parts.count.into()),
        2 => parts.finish_zip64(choices.number()),
        3 => parts.finish_with(choices.bytes(), &end(parts.count, parts.directory_bytes(), parts.entries_bytes())),
        4 => [choices.bytes(), &parts.finish(), choices.bytes()].concat(),
        _ => {
            let (count, [size, offset]) = (choices.short(), [(); 2].map(|()| choices.word()));
            parts.finish_with(&[], &end(count, size, offset))
        }
    }
}

fn item(choices: &mut Choices<'_>) -> Item {
    let name = choices.of(&["a", "b", "a/", "a/b", "", "../x"]);
    let contents = contents(choices);
    let mut item = if choices.byte() & 1 == 0 { stored(name, &contents) } else { deflated(name, &contents) };
    match choices.below(4) {
        1 => item = item.streamed(choices.byte() & 1 == 0),
        2 => item = item.zip64(),
        _ => {}
    }
    for _ in 0..choices.below(3) {
        lie(&mut item, choices);
    }
    item
}

fn contents(choices: &mut Choices<'_>) -> Vec<u8> {
    match choices.below(5) {
        0 => choices.bytes().to_vec(),
        1 => choices.bytes().repeat(choices.below(64)),
        2 => vec![0; 100 * choices.below(256)],
        3 => b"def handler(event, context): return event\n".repeat(choices.below(20)),
        // Entries of 64 KiB and more are looked at before the others.
        _ => vec![choices.byte(); 64 * 1024 + choices.below(256)],
    }
}

fn lie(item: &mut Item, choices: &mut Choices<'_>) {
    match choices.below(4) {
        0 => item.offset = Some(choices.word()),
        1 => item.data.truncate(choices.below(item.data.len() + 1)),
        2 => item.descriptor = choices.bytes().to_vec(),
        _ => {
            let (field, short, word, number) = (choices.below(7), choices.short(), choices.word(), choices.number());
            let (method, text) = (choices.of(&[STORED, DEFLATE, short]), choices.bytes());
            let change = |stated: &mut Stated| match field {
                0 => stated.flags = short,
                1 => stated.method = method,
                2 => stated.crc32 = word,
                3 => stated.compressed = word,
                4 => stated.size = word,
                5 => stated.extra = [&[1, 0, 8, 0][..], &number.to_le_bytes(), text].concat(),
                _ => stated.name = text.to_vec(),
            };
            match choices.below(3) {
                0 => change(&mut item.local),
                1 => change(&mut item.central),
                _ => [&mut item.local, &mut item.central].into_iter().for_each(change),
            }
        }
    }
}
