//! Valid zips, changed at random but the same way every time: no panic, and nothing false accepted.

use super::builder::{Item, Parts, deflated, stored, zip};
use super::{TEXT, check, usual, verdict};
use crate::package::Limits;

const ROUNDS: usize = 20_000;

fn seeds() -> Vec<Vec<u8>> {
    let streamed: Vec<Item> = usual().into_iter().map(|item| item.streamed(true)).collect();
    let wide: Vec<Item> = usual().into_iter().map(Item::zip64).collect();
    vec![
        zip(&usual()),
        zip(&streamed),
        Parts::new(&wide).finish_zip64(4),
        [b"#!stub", zip(&[stored("a", TEXT)]).as_slice(), b"trailing"].concat(),
        zip(&[deflated("a", TEXT), deflated("b", TEXT), deflated("c", b"x")]),
    ]
}

/// Changes up to four places, or cuts, or repeats a piece.
fn mutate(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    for _ in 0..random.usize(1..=4) {
        let at = random.usize(..bytes.len());
        match random.u8(..8) {
            0 => bytes.truncate(at.max(1)),
            1 => bytes.insert(at, random.u8(..)),
            2 => drop(bytes.remove(at)),
            3 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.usize(..5)],
            4 => {
                let piece = bytes[at..(at + random.usize(..64)).min(bytes.len())].to_vec();
                let to = random.usize(..bytes.len());
                bytes.splice(to..to, piece);
            }
            5 => bytes[at..].iter_mut().take(4).for_each(|byte| *byte = 0xff),
            _ => bytes[at] ^= 1 << random.u8(..8),
        }
        if bytes.is_empty() {
            return;
        }
    }
}

#[test]
fn changed_zips_are_refused_or_hold_what_they_held() {
    let mut random = fastrand::Rng::with_seed(0x5eed);
    let mut accepted = 0;
    for seed in seeds() {
        let original = verdict(&seed).unwrap();
        for round in 0..ROUNDS {
            let mut bytes = seed.clone();
            mutate(&mut bytes, &mut random);
            // Taking in costs much more than checking a few hundred bytes, so only some arrive in pieces, too.
            let limits = Limits::default();
            let verdict = if round % 20 == 0 { check(&bytes, &limits) } else { crate::package::check(&bytes, &limits) };
            if let Ok(contents) = verdict {
                assert_eq!(contents, original, "{bytes:?}");
                accepted += 1;
            }
        }
    }
    // Times, attributes, unused bytes: much of a zip may change and nobody minds. Otherwise this would test nothing.
    assert!(accepted > 1000, "{accepted}");
}

#[test]
fn refusals_do_not_depend_on_threads() {
    let mut random = fastrand::Rng::with_seed(7);
    let mut noise = vec![0; 8_000];
    random.fill(&mut noise);
    let items: Vec<Item> = (0..100).map(|number| deflated(&number.to_string(), &noise)).collect();
    let whole = zip(&items);
    assert!(whole.len() > 3 * 256 * 1024);
    for round in 0..20 {
        let mut bytes = whole.clone();
        for _ in 0..3 {
            let at = random.usize(..700_000);
            bytes[at] ^= 0x10;
        }
        let limits = Limits { unzipped_bytes: if round % 2 == 0 { 400_000 } else { 262_144_000 } };
        let alone = check(&bytes, &limits);
        let together = crate::package::Package::accept(bytes.into(), &limits).map(|package| package.contents());
        assert_eq!(together, alone);
    }
}
