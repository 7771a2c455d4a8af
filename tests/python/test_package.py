"""What was deployed: names, sizes, contents, and what changed."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from pathlib import Path

import pytest

import drylambda

ROLE = "arn:aws:iam::123456789012:role/lambda"
OLD = drylambda.make_zip({"app.py": "one\ntwo\nthree\n", "gone.py": "gone\n", "lib/same.py": "same\n"})
NEW = drylambda.make_zip({"app.py": "one\n2\nthree\n", "new.bin": b"\0\1", "lib/same.py": "same\n"})


def written(*files):
    """A zip of (name, contents, mode) as `zipfile` writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents, mode in files:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3 if mode else 0
            info.external_attr = mode << 16
            archive.writestr(info, contents)
    return out.getvalue()


@pytest.fixture
def emulator():
    emulator = drylambda.Lambda(seed=1)
    function = {"FunctionName": "fn", "Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE}
    emulator.create_function(**function, Code={"ZipFile": OLD}, Publish=True)
    emulator.get_function(FunctionName="fn")
    emulator.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    emulator.update_function_code(FunctionName="fn", ZipFile=NEW)
    return emulator


@pytest.mark.parametrize(("qualifier", "package"), [(None, NEW), ("$LATEST", NEW), ("1", OLD), ("live", OLD)])
def test_the_package_of_a_qualifier_is_what_was_deployed(emulator, qualifier, package):
    found = emulator.package("fn", qualifier)
    assert bytes(found) == package
    assert found == drylambda.Package(package)
    configuration = emulator.get_function_configuration(FunctionName="fn", Qualifier=qualifier or "$LATEST")
    assert (found.sha256, found.size) == (configuration["CodeSha256"], configuration["CodeSize"])


def test_looking_at_a_package_settles_nothing_and_is_no_call(emulator):
    calls = len(emulator.journal)
    emulator.package("fn")
    assert len(emulator.journal) == calls
    with pytest.raises(drylambda.ClientError, match="An update is in progress"):
        emulator.update_function_code(FunctionName="fn", ZipFile=OLD)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("nobody",), "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody"),
        (("fn", "2"), "Function not found: arn:aws:lambda:us-east-1:123456789012:function:fn:2"),
        (("fn", "dead"), "Function not found: .*:fn:dead"),
        (("fn:2",), "Function not found: arn:aws:lambda:us-east-1:123456789012:function:fn:2"),
        (("fn:1", "live"), "The derived qualifier from the function name does not match the specified qualifier"),
        (("a function",), "Function not found: arn:aws:lambda:us-east-1:123456789012:function:a function"),
        (("arn:aws:lambda:eu-west-1:123456789012:function:fn",), "eu-west-1"),
    ],
)
def test_what_is_not_there_is_named(emulator, arguments, text):
    with pytest.raises(ValueError, match=text):
        emulator.package(*arguments)


def test_a_function_from_an_image_has_no_zip(emulator):
    image = {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"}
    emulator.create_function(FunctionName="image", Role=ROLE, PackageType="Image", Code=image)
    with pytest.raises(ValueError, match="image is a function from a container image, which has no zip"):
        emulator.package("image")


def test_names_sizes_and_contents(emulator):
    package = emulator.package("fn")
    assert package.names == list(package) == ["app.py", "lib/same.py", "new.bin"]
    assert package.sizes == {"app.py": 12, "lib/same.py": 5, "new.bin": 2}
    assert package.unzipped_size == 19
    assert len(package) == 3
    assert package.read("new.bin") == b"\0\1"
    assert "app.py" in package
    assert "App.py" not in package


@pytest.mark.parametrize("name", ["fn:1", "arn:aws:lambda:us-east-1:123456789012:function:fn:1", "function:fn:1"])
def test_a_name_may_say_which_version(emulator, name):
    assert emulator.package(name) == emulator.package("fn", "1") != emulator.package("fn")


def test_other_helpers_take_names_as_calls_do(emulator):
    arn = "arn:aws:lambda:us-east-1:123456789012:function:fn"
    assert emulator.function(arn).name == "fn"
    emulator.get_function(FunctionName="fn")
    emulator.deactivate(f"{arn}:$LATEST")
    assert emulator.function("fn").state == "Inactive"
    with pytest.raises(ValueError, match=r"Please set the version to \$LATEST"):
        emulator.fail_update("fn:1")


def test_a_folder_is_no_file():
    package = drylambda.Package(written(("folder/", "", 0), ("folder/app.py", "", 0)))
    assert (package.names, "folder/" in package) == (["folder/app.py"], False)
    with pytest.raises(KeyError, match=r"folder/.* is a folder"):
        package.read("folder/")


@pytest.mark.parametrize("other", ["a text", None, bytearray(b"PK")])
def test_a_diff_is_with_a_package(other):
    with pytest.raises(TypeError, match="other is a Package or the bytes of a zip, not"):
        drylambda.Package(OLD).diff(other)


def test_a_name_that_is_not_there_is_answered_with_near_ones(emulator):
    with pytest.raises(KeyError, match=r"the package has no file .*ap\.py.*; did you mean app\.py"):
        emulator.package("fn").read("ap.py")


def test_modes_are_those_of_unix_where_there_are_any():
    files = [("run", b"x", stat.S_IFREG | 0o755), ("link", b"run", stat.S_IFLNK | 0o777), ("none", b"", 0)]
    assert drylambda.Package(written(*files)).modes == {"run": 0o755, "link": 0o777, "none": None}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_files_with_one_name_the_last_one_counts():
    package = drylambda.Package(written(("a", b"first", 0), ("b/", b"", 0), ("a", b"other one", 0)))
    assert (package.names, package.sizes, package.read("a")) == (["a"], {"a": 9}, b"other one")


def test_large_contents_come_whole():
    contents = bytes(range(256)) * 40_000
    assert drylambda.Package(drylambda.make_zip({"large": contents})).read("large") == contents


def test_bytes_that_aws_refuses_are_refused_and_say_why():
    with pytest.raises(ValueError, match=r"Could not unzip uploaded file.* \(.+\)"):
        drylambda.Package(b"no zip")


def test_a_diff_names_what_was_added_removed_and_changed(emulator):
    diff = emulator.package("fn", "1").diff(emulator.package("fn"))
    assert (diff.added, diff.removed, diff.changed) == (["new.bin"], ["gone.py"], ["app.py"])
    assert diff
    assert repr(diff) == "<drylambda.PackageDiff added new.bin; removed gone.py; changed app.py>"


def test_the_diff_of_a_text_is_that_of_diff_u():
    diff = drylambda.Package(OLD).diff(NEW)
    assert diff.text("app.py") == "--- app.py\n+++ app.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three"
    assert diff.text("gone.py") == "--- gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone"
    assert diff.text("new.bin") == "--- /dev/null\n+++ new.bin\n0 -> 2 bytes that are no text"
    assert str(diff) == "\n".join(map(diff.text, ["app.py", "gone.py", "new.bin"]))
    with pytest.raises(KeyError):
        diff.text("nobody")


def test_equal_packages_have_no_diff():
    diff = drylambda.Package(OLD).diff(OLD)
    assert not diff
    assert (str(diff), repr(diff)) == ("", "<drylambda.PackageDiff nothing>")
    assert len({drylambda.Package(OLD), drylambda.Package(bytes(bytearray(OLD)))}) == 1


def test_another_mode_is_a_change():
    one, other = (drylambda.Package(written(("run", b"x", stat.S_IFREG | mode))) for mode in (0o644, 0o755))
    diff = one.diff(other)
    assert diff.changed == ["run"]
    assert diff.text("run") == "--- run\n+++ run\nmode 0644 -> 0755"


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("x\ny\n", "x\r\ny\n", ["-x", "+x\r", " y"]),
        ("x\n", "x", ["-x", "+x", "\\ No newline at end of file"]),
        ("a\x0cb\n", "a\nb\n", ["-a\x0cb", "+a", "+b"]),
        ("", "x\n", ["+x"]),
    ],
)
def test_a_change_of_line_ends_is_shown(old, new, lines):
    one, other = (drylambda.Package(drylambda.make_zip({"a": text})) for text in (old, new))
    text = one.diff(other).text("a")
    assert text.split("\n")[3:] == lines


def test_a_package_of_many_files_is_compared_in_one_walk():
    package = drylambda.Package(drylambda.make_zip({f"{number}.py": str(number) for number in range(20_000)}))
    assert not package.diff(package)


def test_hostile_names_do_not_move_the_cursor():
    package = drylambda.Package(drylambda.make_zip({"a\x1b[2J\nb": "x"}))
    diff = drylambda.Package(OLD).diff(package)
    assert "\x1b" not in repr(diff) + str(diff)
    assert diff.text("a\x1b[2J\nb").split("\n")[1] == "+++ a\\x1b[2J\\nb"


def test_a_package_is_unpacked_into_a_folder_as_the_zip_has_it(tmp_path):
    files = [("lib/a.txt", "a", 0o100644), ("run.sh", "#!", 0o100755), ("link", "lib/a.txt", 0o120777), ("n", "", 0)]
    root = tmp_path / "new" / "root"
    drylambda.Package(written(*files, ("away", "/etc/passwd", 0o120777))).unpack(root)
    assert sorted(path.name for path in root.iterdir()) == ["lib", "link", "n", "run.sh"]
    assert (root / "link").readlink() == Path("lib/a.txt")
    assert [(root / name).stat().st_mode & 0o777 for name in ("lib", "lib/a.txt", "run.sh", "n")] == [
        0o755,
        0o644,
        0o755,
        0o644,
    ]
    with pytest.raises(FileExistsError, match="packages are unpacked into empty folders"):
        drylambda.Package(OLD).unpack(root)
    with pytest.raises(NotADirectoryError, match=re.escape(str(root / "n"))):
        drylambda.Package(OLD).unpack(str(root / "n"))
    with pytest.raises(ValueError, match=r'entry "\.\./x" \(header at byte 0\) leads up'):
        drylambda.Package(written(("../x", "", 0))).unpack(tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
