//! Packages that arrive in pieces. That each verdict is the one on the whole is shown by every test of verdicts, see
//! [`super::check`]; here is what only arriving has.

use std::io::{self, Read};
use std::sync::Arc;

use super::builder::{Item, Parts, deflated, stored, zip};
use super::{TEXT, usual};
use crate::package::{Digest, Kind, Limits, MOST_BYTES, Mode, Package, Packages, Refusal, make_zip};

/// Takes bytes in, cut at random but the same way every time, looking at small steps.
pub(super) fn in_random_pieces(bytes: &[u8], limits: Limits) -> Result<Arc<Package>, Refusal> {
    let mut random = fastrand::Rng::with_seed(bytes.len() as u64 ^ limits.unzipped_bytes);
    let packages = Packages::new();
    let announced = random.bool().then_some(bytes.len() as u64);
    let mut intake = packages.intake(announced, &limits)?.in_steps_of(random.usize(1..=1 + bytes.len() / 3));
    let mut rest = bytes;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(random.usize(1..=1 + rest.len() / 2).min(rest.len()));
        intake.push(piece)?;
        rest = after;
    }
    let package = intake.finish()?;
    assert_eq!((package.bytes().as_ref(), package.digest()), (bytes, Digest::of(bytes)));
    Ok(package)
}

fn noise(bytes: usize) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    fastrand::Rng::with_seed(1).fill(&mut noise);
    noise
}

/// How many entries, and how many bytes of data, are measured before the directory is looked at.
fn measured_ahead(bytes: &[u8], limits: Limits) -> (usize, u64) {
    let packages = Packages::new();
    let mut intake = packages.intake(None, &limits).unwrap().in_steps_of(100);
    bytes.chunks(100).for_each(|piece| intake.push(piece).unwrap());
    intake.found()
}

#[test]
fn entries_are_measured_while_they_arrive_whoever_wrote_them() {
    let items = usual();
    let empty = items.iter().filter(|item| item.data.is_empty()).count();
    let data: usize = items.iter().map(|item| item.data.len()).sum();
    let expected = (items.len() - empty, data as u64);
    assert_eq!(measured_ahead(&zip(&items), Limits::default()), expected);
    let wide: Vec<Item> = items.iter().cloned().map(Item::zip64).collect();
    assert_eq!(measured_ahead(&zip(&wide), Limits::default()), expected);
    // Streaming writers do not say where data ends; deflate data does. Stored data does not, and ends the reading.
    let deflated: Vec<Item> = items.iter().filter(|item| item.central.method == 8).cloned().collect();
    let data: usize = deflated.iter().map(|item| item.data.len()).sum();
    for signature in [true, false] {
        let streamed: Vec<Item> = deflated.iter().cloned().map(|item| item.streamed(signature)).collect();
        assert_eq!(measured_ahead(&zip(&streamed), Limits::default()), (deflated.len(), data as u64));
    }
}

#[test]
fn what_was_measured_counts_only_where_the_directory_claims_just_that() {
    // Every lie stands in both headers or in the directory alone, over data that was measured ahead.
    type Lie = fn(&mut super::builder::Stated);
    let lies: [Lie; 4] = [
        |stated| stated.crc32 ^= 1,
        |stated| stated.size += 1,
        |stated| stated.size -= 1,
        |stated| stated.method = 8 - stated.method,
    ];
    for make in [stored, deflated] {
        for lie in lies {
            let mut centrally = make("a", TEXT).streamed(true);
            lie(&mut centrally.central);
            for item in [make("a", TEXT).stating(lie), centrally] {
                let bytes = zip(&[make("before", TEXT), item, make("after", TEXT)]);
                super::assert_refused(&bytes, "");
            }
        }
    }
}

#[test]
fn reading_ahead_stops_at_the_limit() {
    let items: Vec<Item> = (0..10).map(|number| deflated(&number.to_string(), &[0; 1000])).collect();
    let (entries, _) = measured_ahead(&zip(&items), Limits { unzipped_bytes: 5_001 });
    assert_eq!(entries, 5);
    let bomb = zip(&[deflated("zeros", &vec![0; 3_000_000])]);
    assert_eq!(measured_ahead(&bomb, Limits { unzipped_bytes: 1_000_000 }), (0, 0));
}

#[test]
fn a_reader_is_taken_in_whole_and_large_pieces_are_looked_at_side_by_side() {
    let large = zip(&[stored("noise", &noise(8_380_000)), deflated("zeros", &vec![0; 20_000_000])]);
    let packages = Packages::new();
    let mut intake = packages.intake(Some(large.len() as u64), &Limits::default()).unwrap();
    intake.push_all(large.as_slice()).unwrap().unwrap();
    assert_eq!(intake.found().0, 1);
    let package = intake.finish().unwrap();
    assert_eq!((package.digest(), package.contents().files), (Digest::of(&large), 2));
    assert_eq!(package.bytes().len(), large.len());
}

#[test]
fn a_reader_that_fails_says_why() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the line is dead"))
        }
    }
    let packages = Packages::new();
    let mut intake = packages.intake(None, &Limits::default()).unwrap();
    assert_eq!(intake.push_all(Broken).unwrap_err().to_string(), "the line is dead");
}

#[test]
fn what_is_announced_beyond_all_measure_is_refused_before_it_is_there() {
    let packages = Packages::new();
    for announced in [MOST_BYTES + 1, u64::MAX] {
        let refusal = packages.intake(Some(announced), &Limits::default()).unwrap_err();
        assert_eq!((refusal.kind(), refusal), (Kind::TooLarge, Refusal::TooLong { limit_bytes: MOST_BYTES }));
    }
}

#[test]
fn an_announcement_need_not_be_true() {
    let bytes = make_zip([("app.py", TEXT, Mode::File)]).unwrap();
    for announced in [0, 1, bytes.len() as u64 - 1, MOST_BYTES] {
        let packages = Packages::new();
        let mut intake = packages.intake(Some(announced), &Limits::default()).unwrap();
        intake.push(&bytes).unwrap();
        assert_eq!(intake.finish().unwrap().bytes(), &bytes);
    }
}

#[test]
fn bytes_that_arrive_again_are_the_package_that_is_held() {
    let bytes = Parts::new(&usual()).finish();
    let packages = Packages::new();
    let held = packages.accept(bytes.clone().into(), &Limits::default()).unwrap();
    let mut intake = packages.intake(None, &Limits::default()).unwrap();
    intake.push(&bytes).unwrap();
    assert!(Arc::ptr_eq(&intake.finish().unwrap(), &held));
}
