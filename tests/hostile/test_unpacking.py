"""No hostile package writes outside of the folder that it is unpacked into."""

from __future__ import annotations

import stat

import corpus
import pytest
from test_hostile import REFUSALS, each, made

import drylambda

# A hundred thousand entries stand for all that fit.
TAKEN = [kind for kind in corpus.KINDS if kind.rule not in REFUSALS and kind.name not in corpus.ONCE]
# What cannot be unpacked, and what is said of it.
SAYS = {
    "name_up": "leads up",
    "name_up_and_down": "leads up",
    "name_of_two_dots": "leads up",
    "count_of_a_hundred_thousand": "is a file without a name",
    "name_of_nothing": "is a file without a name",
    "name_of_a_dot": "is a file without a name",
    "name_with_nul": "has a name that no file can have here",
    "name_of_65535_bytes": "has a name of more than 4096 bytes, 255 in a part, or 256 parts",
    "name_of_32767_folders": "has a name of more than 4096 bytes, 255 in a part, or 256 parts",
}


def tree(root):
    """What is below a folder: mode, moment of the last change, and contents or target."""
    found = {}
    for path in root.rglob("*"):
        about = path.lstat()
        data = None
        if stat.S_ISLNK(about.st_mode):
            data = path.readlink()
        elif stat.S_ISREG(about.st_mode):
            data = path.read_bytes()
        found[path.relative_to(root)] = about.st_mode, about.st_mtime_ns, data
    return found


@pytest.fixture
def around(tmp_path, monkeypatch):
    """A folder beside which a package is unpacked, in the working directory, with something to be left alone in it."""
    for name in ("evil", "b", "etc/passwd", "tmp/canary"):
        path = tmp_path / "outside" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("sings")
    monkeypatch.chdir(tmp_path / "outside")
    return tmp_path


def leads_inside(root, link):
    """Whether a link leads to something in a folder, to nothing there, or in a circle."""
    try:
        return link.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return True


@pytest.mark.parametrize("kind", each(TAKEN))
def test_a_hostile_package_is_unpacked_into_its_folder_or_not_at_all(around, kind):
    root, before = around / "root", tree(around)
    package = drylambda.Package(made(kind))
    if kind.name in SAYS:
        with pytest.raises(ValueError, match=SAYS[kind.name]):
            package.unpack(root)
        assert tree(around) == before
        return
    package.unpack(root)
    after = tree(around)
    assert {path: about for path, about in after.items() if path.parts[0] != "root"} == before
    assert after.keys() > before.keys()
    for path, (mode, _, _) in after.items():
        assert not stat.S_ISLNK(mode) or leads_inside(root, around / path), path
        assert stat.S_ISLNK(mode) or mode & 0o7022 == 0, path


def test_what_cannot_be_unpacked_is_in_the_corpus():
    assert set(SAYS) <= {kind.name for kind in TAKEN}
