//! What stays on the disk, what goes, and who gets what.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Barrier;
use std::thread;

use super::*;
use crate::package::{Limits, Mode, make_zip};

fn package(files: &[(&str, &str)]) -> Arc<Package> {
    let zip = make_zip(files.iter().map(|(name, contents)| (*name, *contents, Mode::File))).unwrap();
    Arc::new(Package::accept(zip.into(), &Limits::default()).unwrap())
}

fn numbered(number: usize) -> Arc<Package> {
    package(&[("app.py", &number.to_string())])
}

fn read(directory: &Directory, name: &str) -> String {
    fs::read_to_string(directory.path().join(name)).unwrap()
}

/// How many folders there are in the root, with those that are on their way in or out.
fn count(unpacked: &Unpacked, part: &str) -> usize {
    fs::read_dir(unpacked.root().unwrap().join(part)).unwrap().count()
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_package_is_unpacked_once_where_its_digest_says_and_nobody_may_write() {
    let unpacked = Unpacked::new(std::env::temp_dir());
    let app = package(&[("app.py", "pass"), ("lib/a", "a")]);
    let code = unpacked.code(&app).unwrap();
    let root = unpacked.root().unwrap();
    assert_eq!(code.path(), root.join("code").join(app.digest().to_hex()));
    assert!(root.file_name().unwrap().to_string_lossy().starts_with(&format!("drylambda-{}-", process::id())));
    assert_eq!([&root, &root.join("code")].map(|path| mode(path)), [0o700; 2]);
    assert_eq!(["", "lib"].map(|name| mode(&code.path().join(name))), [0o555; 2]);
    assert_eq!(["app.py", "lib/a"].map(|name| mode(&code.path().join(name))), [0o444; 2]);
    // Another object with the same bytes.
    assert!(Arc::ptr_eq(&code, &unpacked.code(&package(&[("app.py", "pass"), ("lib/a", "a")])).unwrap()));
}

#[test]
fn threads_that_ask_together_wait_for_one_that_unpacks() {
    let unpacked = Unpacked::new(std::env::temp_dir());
    let app = package(&[("app.py", &"pass\n".repeat(100_000)), ("z", "last")]);
    let barrier = Barrier::new(8);
    let asked = || {
        barrier.wait();
        let code = unpacked.code(&app).unwrap();
        assert_eq!(read(&code, "z"), "last");
        code
    };
    let all: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(asked)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.iter().all(|code| Arc::ptr_eq(code, &all[0])));
    assert_eq!(count(&unpacked, "code"), 1);
}

#[test]
fn layers_lie_over_each_other_in_their_order() {
    let unpacked = Unpacked::new(std::env::temp_dir());
    let layers = [package(&[("a", "1"), ("b", "1")]), package(&[("b", "2"), ("c", "2")])];
    let reversed = [Arc::clone(&layers[1]), Arc::clone(&layers[0])];
    let [one, other] = [unpacked.layers(&layers).unwrap(), unpacked.layers(&reversed).unwrap()];
    assert_eq!(["a", "b", "c"].map(|name| read(&one, name)), ["1", "2", "2"]);
    assert_eq!(["a", "b", "c"].map(|name| read(&other, name)), ["1", "1", "2"]);
    assert!(Arc::ptr_eq(&one, &unpacked.layers(&layers).unwrap()));
    assert!(Arc::ptr_eq(&unpacked.layers(&layers[..1]).unwrap(), &unpacked.code(&layers[0]).unwrap()));
    let none = unpacked.layers(&[]).unwrap();
    assert_eq!((fs::read_dir(none.path()).unwrap().count(), mode(none.path())), (0, 0o555));
    assert_eq!((count(&unpacked, "code"), count(&unpacked, "layers")), (1, 3));
}

#[test]
fn what_nobody_has_goes_when_there_is_too_much_and_what_somebody_has_stays() {
    let unpacked = Unpacked::new(std::env::temp_dir()).keeping(2);
    let held: Vec<_> = (0..3).map(|number| unpacked.code(&numbered(number)).unwrap()).collect();
    let paths: Vec<_> = (3..7).map(|number| unpacked.code(&numbered(number)).unwrap().path().to_owned()).collect();
    // The last one was held when the others were looked at.
    assert_eq!(paths.iter().map(|path| path.exists()).collect::<Vec<_>>(), [false, true, true, true]);
    assert_eq!(held.iter().map(|code| read(code, "app.py")).collect::<Vec<_>>(), ["0", "1", "2"]);
    // Used again, it is not the oldest any more.
    unpacked.code(&numbered(4)).unwrap();
    unpacked.code(&numbered(3)).unwrap();
    assert_eq!(paths.iter().map(|path| path.exists()).collect::<Vec<_>>(), [true, true, false, true]);
    assert_eq!(count(&unpacked, "code"), 6);
}

#[test]
fn threads_that_use_and_drop_never_lose_what_they_have() {
    let unpacked = Unpacked::new(std::env::temp_dir()).keeping(1);
    let packages: Vec<_> = (0..6).map(numbered).collect();
    thread::scope(|scope| {
        for seed in 0..4 {
            let (unpacked, packages) = (&unpacked, &packages);
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(seed);
                for _ in 0..100 {
                    let number = random.usize(..packages.len());
                    let code = unpacked.code(&packages[number]).unwrap();
                    assert_eq!(read(&code, "app.py"), number.to_string());
                }
            });
        }
    });
    assert!(count(&unpacked, "code") <= 2 + 4);
}

#[test]
fn a_package_that_cannot_be_unpacked_is_told_each_time_and_leaves_nothing() {
    let unpacked = Unpacked::new(std::env::temp_dir());
    let evil = package(&[("../evil", "1")]);
    for _ in 0..2 {
        assert!(matches!(unpacked.code(&evil).unwrap_err(), UnpackError::LeadsUp { .. }));
    }
    assert_eq!(count(&unpacked, "code"), 0);
    let nowhere = Unpacked::new("/nowhere/at/all").code(&evil).unwrap_err();
    assert!(nowhere.to_string().starts_with("/nowhere/at/all/drylambda-"), "{nowhere}");
}

#[test]
fn nothing_is_made_before_it_is_needed_and_nothing_is_left() {
    let base = std::env::temp_dir().join(format!("drylambda-unpacked-{}", process::id()));
    fs::create_dir(&base).unwrap();
    let left = || fs::read_dir(&base).unwrap().count();
    let unpacked = Unpacked::new(&base);
    assert_eq!(left(), 0);
    let held = unpacked.code(&package(&[("a/b/c", "1")])).unwrap();
    assert_eq!(left(), 1);
    unpacked.remove().unwrap();
    assert_eq!((left(), held.path().exists()), (0, false));
    assert_eq!(read(&unpacked.code(&numbered(1)).unwrap(), "app.py"), "1");
    drop(unpacked);
    assert_eq!(left(), 0);
    fs::remove_dir(&base).unwrap();
}

#[test]
fn the_root_of_another_process_is_left_alone() {
    let unpacked = Unpacked::new(std::env::temp_dir());
    let theirs = unpacked.code(&numbered(1)).unwrap();
    let root = unpacked.root().unwrap();
    // As after a fork: the memory of the one process, and the number of the other.
    unpacked.state().root.as_mut().unwrap().pid = 0;
    // That one's shell goes on as long as that one does.
    let reaper = unpacked.state().root.as_mut().unwrap().reaper.take();
    let ours = unpacked.code(&numbered(1)).unwrap();
    assert_ne!(ours.path(), theirs.path());
    drop(unpacked);
    assert!(theirs.path().exists() && !ours.path().exists());
    let removed = process::Command::new("sh").args(["-c", "chmod -R u+w $0; rm -rf $0"]).arg(&root).status();
    assert!(removed.unwrap().success() && !root.exists());
    drop(reaper);
}

#[test]
fn what_a_killed_process_leaves_is_removed_by_its_reaper() {
    let unpacked = Unpacked::new(std::env::temp_dir());
    let code = unpacked.code(&package(&[("a/b", "1")])).unwrap();
    let reaper = unpacked.reaper().unwrap();
    drop(unpacked.state().root.take());
    assert!(code.path().exists());
    // The end of the process closes its pipe; dropping waits until all is done.
    drop(reaper);
    assert!(!code.path().parent().unwrap().parent().unwrap().exists());
}
