//! What is on the disk once a package is unpacked, and what is not.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::builder::{Item, deflated, stored, zip};
use super::{TEXT, usual};
use crate::package::{Access, Limits, Package, UnpackError, remove_tree, unpack};

const LINK: u32 = 0o120_777;

/// A folder with something to be left alone in it, and the root beside that.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let place = std::env::temp_dir().join(format!("drylambda-unpacking-{}-{number}", std::process::id()));
        fs::create_dir_all(place.join("outside")).unwrap();
        fs::write(place.join("outside/canary"), "sings").unwrap();
        Self(place)
    }

    fn root(&self) -> PathBuf {
        self.0.join("root")
    }

    /// Unpacks the entries, and gives what is there then; nothing outside has changed.
    fn unpacked(&self, items: &[Item]) -> Result<BTreeMap<String, String>, UnpackError> {
        let before = tree(&self.0);
        let unpacked = package(items).unpack_into(&self.root());
        let mut outside = tree(&self.0);
        let inside = outside.split_off("root");
        assert_eq!(outside, before);
        assert_eq!(inside.is_empty(), unpacked.is_err(), "{inside:?}");
        unpacked?;
        let inside = inside.into_iter().filter_map(|(name, is)| Some((name.strip_prefix("root/")?.to_owned(), is)));
        Ok(inside.collect())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        remove_tree(&self.0).unwrap();
    }
}

fn package(items: &[Item]) -> Package {
    Package::accept(zip(items).into(), &Limits::default()).unwrap()
}

/// Everything below a folder: mode and contents, or where a link leads. Each link resolves to something below, or nothing.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let (mut folders, mut found) = (vec![folder.to_owned()], BTreeMap::new());
    let whole = fs::canonicalize(folder).unwrap();
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            let about = fs::symlink_metadata(&path).unwrap();
            let mode = about.permissions().mode() & 0o7777;
            let is = if about.is_symlink() {
                let leads_out = |to: PathBuf| !to.starts_with(whole.join("root"));
                assert!(!fs::canonicalize(&path).is_ok_and(leads_out), "{name} leads out");
                format!("-> {}", fs::read_link(&path).unwrap().display())
            } else if about.is_dir() {
                folders.push(path);
                format!("folder {mode:o}")
            } else {
                format!("{mode:o} {}", String::from_utf8_lossy(&fs::read(&path).unwrap()))
            };
            found.insert(name, is);
        }
    }
    found
}

fn file(name: &str) -> Item {
    stored(name, name.as_bytes())
}

fn link(name: &str, target: &str) -> Item {
    stored(name, target.as_bytes()).with_mode(LINK)
}

#[track_caller]
fn assert_unpacked(items: &[Item], expected: &[(&str, &str)]) {
    let found = Place::new().unpacked(items).unwrap();
    let expected: BTreeMap<_, _> = expected.iter().map(|(name, is)| ((*name).to_owned(), (*is).to_owned())).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_a_package_has_is_on_the_disk() {
    let text = format!("644 {}", String::from_utf8_lossy(TEXT));
    let expected = [("lib", "folder 755"), ("lib/app.py", &text), ("data.bin", "644 \0\u{1}\u{2}"), ("empty", "644 ")];
    assert_unpacked(&usual(), &expected);
    // More than is inflated at once.
    let long = "0123456789".repeat(100_000);
    assert_unpacked(&[deflated("long", long.as_bytes()).streamed(true)], &[("long", &format!("644 {long}"))]);
}

// Z21
#[test]
fn who_may_run_a_file_is_as_the_zip_says_and_everything_can_be_read() {
    let modes = [0, 0o100_000, 0o100_600, 0o100_644, 0o100_744, 0o100_755, 0o104_777, 0o020_666, 0o060_001];
    for mode in modes {
        let expected = if mode & 1 == 1 { "755 a" } else { "644 a" };
        assert_unpacked(&[file("a").with_mode(mode)], &[("a", expected)]);
    }
    let folders = [stored("a/", b"").with_mode(0o040_000), file("a/b")];
    assert_unpacked(&folders, &[("a", "folder 755"), ("a/b", "644 a/b")]);
}

// Z8, Z9
#[test]
fn names_mean_what_they_mean_to_unzippers() {
    let (absolute, drive) = (file("/x"), file("C:\\x"));
    assert_unpacked(&[absolute], &[("x", "644 /x")]);
    assert_unpacked(&[drive], &[("C:\\x", "644 C:\\x")]);
    assert_unpacked(&[file("..\\..\\x")], &[("..\\..\\x", "644 ..\\..\\x")]);
    assert_unpacked(&[file("//a/.//./b")], &[("a", "folder 755"), ("a/b", "644 //a/.//./b")]);
    assert_unpacked(&[stored("./", b"ignored"), stored("/", b""), file("...")], &[("...", "644 ...")]);
    assert_unpacked(&[file("a"), file("A")], &[("a", "644 a"), ("A", "644 A")]);
    let longest = format!("{}n", "d/".repeat(255));
    assert_eq!(Place::new().unpacked(&[file(&longest), file(&"n".repeat(255))]).unwrap().len(), 257);
}

// Z9
#[test]
fn the_last_entry_of_a_name_wins_whatever_it_is() {
    assert_unpacked(&[stored("a", b"1"), stored("./a", b"2")], &[("a", "644 2")]);
    assert_unpacked(&[file("a/b/c"), stored("a/", b""), file("a/d"), file("a")], &[("a", "644 a")]);
    assert_unpacked(&[file("a"), file("a/b")], &[("a", "folder 755"), ("a/b", "644 a/b")]);
    assert_unpacked(&[file("a/b"), link("a", "c"), file("c")], &[("a", "-> c"), ("c", "644 c")]);
    let through = [link("a", "b"), file("a/x"), file("b/y")];
    let expected = [("a", "folder 755"), ("a/x", "644 a/x"), ("b", "folder 755"), ("b/y", "644 b/y")];
    assert_unpacked(&through, &expected);
    assert_unpacked(&[link("a", "/etc"), file("a/x")], &[("a", "folder 755"), ("a/x", "644 a/x")]);
    assert_unpacked(&[file("a/x"), file("a"), stored("a/", b"")], &[("a", "folder 755")]);
}

// Z8
#[test]
fn a_name_that_cannot_be_is_told_before_anything_is_written() {
    let long = ["n".repeat(256), "a/".repeat(256) + "b", format!("{}/n", "n".repeat(250)).repeat(17)];
    let [part, parts, whole] = long.each_ref().map(String::as_str);
    for (name, says) in [
        ("../x", "entry \"../x\" (header at byte 34) leads up, and may so lead out of"),
        ("a/../../x", "leads up"),
        ("a/../b", "leads up"),
        ("a/..", "leads up"),
        ("..", "leads up"),
        ("../", "leads up"),
        ("/../x", "leads up"),
        ("", "entry \"\" (header at byte 34) is a file without a name"),
        (".", "is a file without a name"),
        ("a/.", "is a file without a name"),
        ("x\0y", "entry \"x\\0y\" (header at byte 34) has a name that no file can have here"),
        (part, "has a name of more than 4096 bytes, 255 in a part, or 256 parts"),
        (parts, "has a name of more than"),
        (whole, "has a name of more than"),
    ] {
        let error = Place::new().unpacked(&[stored("ok", b"12"), stored(name, b"")]).unwrap_err();
        assert!(error.to_string().contains(says), "{name:?}: {error}");
    }
}

// Z20
#[test]
fn links_stay_links_if_everything_on_their_way_is_inside() {
    let around = || vec![file("d/e/f"), link("up", "d/.."), link("deep", "d/e"), link("d/root", "..")];
    let kept = |target: &str, at: &str| {
        let items = [around(), vec![link(at, target)]].concat();
        let found = Place::new().unpacked(&items).unwrap();
        found.get(at).is_some_and(|is| *is == format!("-> {target}"))
    };
    let inside = [
        "d/e/f",
        "d",
        ".",
        "./d//e/",
        "deep/f",
        "deep/../e",
        "d/../d/root/d",
        "up/up/up/d",
        "nothing",
        "no/thing",
        "d/e/f/none",
        "d/root/deep/f",
        "C:\\x",
    ];
    for target in inside {
        assert!(kept(target, "l"), "{target}");
    }
    let outside = [
        "/etc",
        "/",
        "..",
        "../root",
        "d/../..",
        "d/root/..",
        "up/..",
        "deep/../../..",
        "d/root/d/root/../x",
        "",
        "nothing/..",
        "nothing/../d",
        "d/e/f/..",
        "d\0",
        "l",
        "l/x",
        "./l/..",
    ];
    for target in outside {
        assert!(!kept(target, "l"), "{target}");
    }
    assert!(kept("../../d/e", "d/e/l") && !kept("../../../d/e", "d/e/l"));
    assert!(!kept(&"d/".repeat(2049), "l"));
}

#[test]
fn links_that_lead_to_each_other_are_followed_to_their_end() {
    assert_unpacked(&[link("a", "b"), link("b", "a"), file("c")], &[("c", "644 c")]);
    assert_unpacked(&[link("a", "b/x"), link("b", "c"), link("c", "../out"), file("d")], &[("d", "644 d")]);
    let chain = |length: usize| (0..length).map(|at| link(&format!("{at:03}"), &format!("{:03}", at + 1)));
    let found = Place::new().unpacked(&chain(50).chain([file("050")]).collect::<Vec<_>>()).unwrap();
    // Linux follows forty.
    assert_eq!(found.len(), 41);
    let winding = "d/../".repeat(800);
    let tangled: Vec<_> = (0..100).map(|at| link(&at.to_string(), &format!("{winding}{}", at + 1))).collect();
    let error = Place::new().unpacked(&[tangled, vec![file("d/f")]].concat()).unwrap_err();
    assert!(error.to_string().ends_with("is a symbolic link that takes too long to follow"), "{error}");
}

#[test]
fn a_million_folders_are_too_many() {
    let items: Vec<_> = (0..2000).map(|at| file(&format!("{at}/{}", "d/".repeat(254)))).collect();
    let items = [items, vec![file("last")]].concat();
    let error = Place::new().unpacked(&items).map(|found| found.len()).unwrap_err();
    assert!(error.to_string().ends_with("is one too many: there are more than 500000 files and folders"), "{error}");
}

#[test]
fn what_cannot_be_written_is_told_and_nothing_is_left() {
    let long = [&"n".repeat(255); 16].map(String::as_str).join("/");
    let place = Place::new();
    let error = place.unpacked(&[file("a/b"), file(&long)]).map(|found| found.len()).unwrap_err();
    let says = format!("cannot be written to {}/nnn", place.root().display());
    assert!(error.to_string().starts_with("entry \"nnn") && error.to_string().contains(&says), "{error}");
}

#[test]
fn nothing_is_unpacked_over_what_is_there() {
    let place = Place::new();
    let error = package(&usual()).unpack_into(&place.0).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} is not empty, and packages are unpacked into empty folders", place.0.display())
    );
    let error = package(&usual()).unpack_into(&place.0.join("outside/canary")).unwrap_err();
    assert!(matches!(error, UnpackError::Folder { .. }), "{error}");
    fs::create_dir(place.root()).unwrap();
    package(&usual()).unpack_into(&place.root()).unwrap();
}

#[test]
fn packages_are_unpacked_over_each_other_and_nobody_may_write() {
    let place = Place::new();
    let layers = [&[file("a/x"), file("b"), link("l", "a")][..], &[file("a/y"), stored("b", b"2"), file("l/z")]];
    unpack(layers.map(package).iter(), &place.root(), Access::ReadOnly).unwrap();
    let mut found = tree(&place.root());
    let expected = [
        ("a", "folder 555"),
        ("a/x", "444 a/x"),
        ("a/y", "444 a/y"),
        ("b", "444 2"),
        ("l", "folder 555"),
        ("l/z", "444 l/z"),
    ];
    found.retain(|name, is| !expected.contains(&(name, is)));
    assert_eq!((found.len(), tree(&place.root()).len()), (0, 6), "{found:?}");
    remove_tree(&place.root()).unwrap();
    remove_tree(&place.root()).unwrap();
    assert!(!place.root().exists());
}

/// A name is a path, and setting one removes what was below it and what stood above it in its way.
#[test]
fn any_tree_is_what_a_model_says_it_is() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..150 {
        let mut model: BTreeMap<String, String> = BTreeMap::new();
        let mut items = Vec::new();
        for number in 0..random.usize(1..16) {
            let parts: Vec<_> = (0..random.usize(1..5)).map(|_| ["a", "b", "c"][random.usize(..3)]).collect();
            let name = parts.join(["/", "//", "/./"][random.usize(..3)]);
            let contents = number.to_string();
            let (item, is) = match random.u8(..4) {
                0 => (stored(&format!("{name}/"), b""), "folder 755".to_owned()),
                1 => (link(&name, "nothing"), "-> nothing".to_owned()),
                2 => (deflated(&name, contents.as_bytes()).with_mode(0o100_755), format!("755 {contents}")),
                _ => (stored(&name, contents.as_bytes()), format!("644 {contents}")),
            };
            for above in 1..parts.len() {
                model.insert(parts[..above].join("/"), "folder 755".to_owned());
            }
            let name = parts.join("/");
            if !is.starts_with("folder") {
                model.retain(|other, _| !other.starts_with(&format!("{name}/")));
            }
            model.insert(name, is);
            items.push(item);
        }
        items.push(file("d"));
        model.insert("d".to_owned(), "644 d".to_owned());
        assert_eq!(Place::new().unpacked(&items).unwrap(), model);
    }
}
