//! Digests, and packages known by them.

use std::sync::Arc;

use bytes::Bytes;

use super::builder::{deflated, stored, zip};
use super::{TEXT, usual};
use crate::package::{Digest, Hasher, Kind, Limits, Package, Packages};

#[test]
fn a_digest_is_spelled_as_base64_and_as_hexadecimal() {
    let digest = Digest::of(b"");
    assert_eq!(digest.to_base64(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(digest.to_hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn bytes_in_pieces_have_the_digest_of_the_whole() {
    let whole: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let mut by_reader = Hasher::new();
    by_reader.update_from(&mut whole.as_slice()).unwrap();
    assert_eq!(by_reader.length_bytes(), 300_000);
    assert_eq!(by_reader.finish(), Digest::of(&whole));
    let mut by_piece = Hasher::new();
    whole.chunks(777).for_each(|piece| by_piece.update(piece));
    assert_eq!(by_piece.finish(), Digest::of(&whole));
}

#[test]
fn packages_go_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Packages>();
    shared::<Package>();
}

/// Small, and large enough for a second thread.
fn sizes() -> [Bytes; 2] {
    let noise: Vec<u8> = std::iter::repeat_with({
        let mut random = fastrand::Rng::with_seed(1);
        move || random.u8(..)
    })
    .take(400_000)
    .collect();
    [zip(&usual()).into(), zip(&[stored("noise", &noise)]).into()]
}

#[test]
fn the_same_bytes_are_held_once() {
    for bytes in sizes() {
        let packages = Packages::new();
        let first = packages.accept(bytes.clone(), &Limits::default()).unwrap();
        let second = packages.accept(Bytes::copy_from_slice(&bytes), &Limits::default()).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(second.bytes(), &bytes);
        assert!(Arc::ptr_eq(&packages.get(&first.digest()).unwrap(), &first));
    }
}

#[test]
fn a_package_that_nobody_uses_is_not_held() {
    let packages = Packages::new();
    let [bytes, _] = sizes();
    let digest = packages.accept(bytes.clone(), &Limits::default()).unwrap().digest();
    assert_eq!(packages.get(&digest), None);
    assert_eq!(packages.accept(bytes, &Limits::default()).unwrap().digest(), digest);
}

#[test]
fn verdicts_are_the_same_remembered_as_new() {
    let packages = Packages::new();
    let wrong = zip(&[deflated("a", TEXT).stating(|stated| stated.crc32 ^= 1)]);
    for bytes in sizes().into_iter().chain([wrong.into(), Bytes::from_static(b"no zip"), Bytes::new()]) {
        let expected = Package::accept(bytes.clone(), &Limits::default());
        for _ in 0..3 {
            let verdict = packages.accept(bytes.clone(), &Limits::default()).map(|package| Package::clone(&package));
            assert_eq!(verdict, expected);
        }
    }
}

#[test]
fn a_verdict_holds_only_under_its_limits() {
    for bytes in sizes() {
        let packages = Packages::new();
        let narrow = Limits { unzipped_bytes: 10 };
        for _ in 0..2 {
            let held = packages.accept(bytes.clone(), &Limits::default()).unwrap();
            let refusal = packages.accept(bytes.clone(), &narrow).unwrap_err();
            assert_eq!(refusal.kind(), Kind::TooLarge);
            drop(held);
            assert!(packages.accept(bytes.clone(), &narrow).is_err());
        }
    }
}

#[test]
fn old_verdicts_and_dead_packages_make_room() {
    let packages = Packages::new();
    for number in 0..5000u32 {
        let bytes = zip(&[stored("n", &number.to_le_bytes())]);
        packages.accept(bytes.into(), &Limits::default()).unwrap();
    }
    let (held, verdicts) = packages.remembered();
    assert!(held <= 64, "{held}");
    assert_eq!(verdicts, 4096);
}

#[test]
fn many_threads_get_one_package() {
    let packages = Packages::new();
    let [_, bytes] = sizes();
    let all: Vec<Arc<Package>> = std::thread::scope(|scope| {
        let accept = || packages.accept(bytes.clone(), &Limits::default()).unwrap();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(accept)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.windows(2).all(|pair| Arc::ptr_eq(&pair[0], &pair[1])));
}

#[test]
fn the_same_object_is_known_by_its_address_and_a_part_of_it_is_not() {
    let packages = Packages::new();
    for bytes in sizes() {
        let held = packages.accept(bytes.clone(), &Limits::default()).unwrap();
        assert!(Arc::ptr_eq(&held, &packages.accept(bytes.clone(), &Limits::default()).unwrap()));
        let cut = packages.accept(bytes.slice(..bytes.len() - 1), &Limits::default());
        assert_eq!(cut.unwrap_err().kind(), Kind::NotAZip);
        let narrow = packages.accept(bytes, &Limits { unzipped_bytes: 10 });
        assert_eq!(narrow.unwrap_err().kind(), Kind::TooLarge);
    }
}

#[test]
fn emulators_share_verdicts_and_not_packages() {
    let bytes: Bytes = zip(&[stored("shared", b"verdict")]).into();
    let (one, two) = (Packages::remembering(), Packages::remembering());
    let held = one.accept(bytes.clone(), &Limits::default()).unwrap();
    assert_eq!(two.get(&held.digest()), None);
    assert_eq!(two.accept(bytes, &Limits::default()).unwrap(), held);
}
