//! Hashing and checking packages.
//!
//! `cargo bench --bench package`. The 48 MiB packages are made here from a fixed seed: text-like, so that it deflates to
//! about a third, which is harder on the inflater than zeros and noise are.

use std::hint::black_box;
use std::io::{Cursor, Write as _};
use std::time::Duration;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use drylambda::package::{Digest, Limits, Mode, Package, Packages, check, make_zip};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const LARGE_BYTES: usize = 48 * 1024 * 1024;

/// Words of a small vocabulary in random order.
fn text(length_bytes: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(1);
    let word = |random: &mut fastrand::Rng| (0..random.usize(2..9)).map(|_| random.lowercase() as u8).collect();
    let words: Vec<Vec<u8>> = (0..4096).map(|_| word(&mut random)).collect();
    let mut text = Vec::with_capacity(length_bytes + 16);
    while text.len() < length_bytes {
        text.extend(&words[random.usize(..words.len())]);
        text.push(b" \n(.,="[random.usize(..6)]);
    }
    text.truncate(length_bytes);
    text
}

fn stored(contents: &[u8]) -> Bytes {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored);
    writer.start_file("data.bin", options).expect("a name that fits");
    writer.write_all(contents).expect("memory");
    writer.finish().expect("memory").into_inner().into()
}

fn deflated<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Bytes {
    let files = pieces.enumerate().map(|(number, piece)| (format!("{number:05}.txt"), piece, Mode::File));
    make_zip(files).expect("names that differ").into()
}

/// So many empty entries without names: each takes 76 bytes, the fewest there can be.
fn empty(count: u32) -> Bytes {
    let local = [b"PK\x03\x04\x14\0".as_slice(), &[0; 24]].concat();
    let mut bytes = local.repeat(usize::try_from(count).expect("a number of entries"));
    let start = bytes.len();
    for at in 0..count {
        bytes.extend_from_slice(b"PK\x01\x02\x14\0\x14\0");
        bytes.extend_from_slice(&[0; 34]);
        bytes.extend_from_slice(&(at * 30).to_le_bytes());
    }
    let (count, size, start) = (u64::from(count), (bytes.len() - start) as u64, start as u64);
    bytes.extend_from_slice(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0");
    bytes.extend([count, count, size, start].into_iter().flat_map(u64::to_le_bytes));
    bytes.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    bytes.extend_from_slice(&(start + size).to_le_bytes());
    bytes.extend_from_slice(b"\x01\0\0\0PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&[0xff; 12]);
    bytes.extend_from_slice(&[0; 2]);
    bytes.into()
}

fn accept(bytes: &Bytes) -> Package {
    Package::accept(bytes.clone(), &Limits::default()).expect("a zip")
}

fn large(criterion: &mut Criterion) {
    let text = text(LARGE_BYTES);
    let mut group = criterion.benchmark_group("48 MiB");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Bytes(LARGE_BYTES as u64));
    group.bench_function("digest", |bencher| bencher.iter(|| Digest::of(black_box(&text))));
    let packages = [
        ("stored", stored(&text)),
        ("deflated, one entry", deflated(std::iter::once(text.as_slice()))),
        ("deflated, many entries", deflated(text.chunks(40_000))),
    ];
    for (name, bytes) in &packages {
        group.bench_function(format!("accept {name}"), |bencher| bencher.iter(|| accept(black_box(bytes))));
    }
    let known = Packages::new();
    let (_, bytes) = &packages[0];
    let _held = known.accept(bytes.clone(), &Limits::default());
    group.bench_function("accept again", |bencher| {
        bencher.iter(|| known.accept(black_box(bytes).clone(), &Limits::default()));
    });
    group.finish();
}

/// What a table of its entries would make slow, beside what hashing it takes.
fn many(criterion: &mut Criterion) {
    let bytes = empty(1_000_000);
    let mut group = criterion.benchmark_group("a million entries, 76 MB");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    group.bench_function("digest", |bencher| bencher.iter(|| Digest::of(black_box(&bytes))));
    group.bench_function("check", |bencher| bencher.iter(|| check(black_box(&bytes), &Limits::default())));
    group.bench_function("accept", |bencher| bencher.iter(|| accept(black_box(&bytes))));
    group.finish();
}

fn small(criterion: &mut Criterion) {
    let bytes = deflated(std::iter::once(text(1700).as_slice()));
    let mut group = criterion.benchmark_group("1 KiB");
    group.bench_function("check", |bencher| bencher.iter(|| check(black_box(&bytes), &Limits::default())));
    group.bench_function("accept", |bencher| bencher.iter(|| accept(black_box(&bytes))));
    group.bench_function("accept into packages", |bencher| {
        let accept = |packages: Packages| packages.accept(black_box(&bytes).clone(), &Limits::default());
        bencher.iter_batched(Packages::new, accept, BatchSize::SmallInput);
    });
    group.finish();
}

criterion_group!(benches, large, many, small);
criterion_main!(benches);
