"""Handlers that run in the test's own process: their modules, apart from those of the test and of each other."""

from __future__ import annotations

import builtins
import gc
import importlib
import sys
import sysconfig
import weakref
from pathlib import Path
from unittest import mock

import pytest
from sources import returning

CASES = {
    "a package with relative imports": (
        {
            "pkg/__init__.py": "",
            "pkg/sub/__init__.py": "",
            "pkg/one.py": "VALUE = 1",
            "pkg/sub/app.py": "from ..one import VALUE\n" + returning("VALUE"),
        },
        "pkg/sub/app.handler",
        1,
    ),
    "a handler in a directory that is no package": (
        {"src/app.py": returning("__name__")},
        "src.app.handler",
        "src.app",
    ),
    "a module that is imported in the call": (
        {"app.py": "def handler(event, context):\n    import late\n    return late.VALUE", "late.py": "VALUE = 2"},
        "app.handler",
        2,
    ),
    "importlib": (
        {"app.py": returning("importlib.import_module('late').VALUE", "import importlib"), "late.py": "VALUE = 3"},
        "app.handler",
        3,
    ),
    "a thread that imports": (
        {
            "app.py": returning(
                "ThreadPoolExecutor().submit(late).result()",
                "from concurrent.futures import ThreadPoolExecutor\ndef late():\n    import late\n    return late.VALUE",
            ),
            "late.py": "VALUE = 4",
        },
        "app.handler",
        4,
    ),
    "pickle and dataclasses": (
        {
            "app.py": returning(
                "pickle.loads(pickle.dumps(Point(5))).x",
                "from __future__ import annotations\nimport pickle\nfrom dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int",
            )
        },
        "app.handler",
        5,
    ),
    "hints of types": (
        {
            "app.py": returning(
                "typing.get_type_hints(One)['other'].__name__",
                "import typing\nclass One:\n    other: 'Two'\nclass Two: ...",
            )
        },
        "app.handler",
        "Two",
    ),
    "itself in sys.modules": (
        {"app.py": returning("sys.modules[__name__].VALUE", "import sys\nVALUE = 7")},
        "app.handler",
        7,
    ),
    "a module that puts something in its place": (
        {
            "app.py": returning("settings.VALUE", "import settings"),
            "settings.py": "import sys, types\nsys.modules[__name__] = types.SimpleNamespace(VALUE=8)",
        },
        "app.handler",
        8,
    ),
    "a module that puts something in its place that has no attributes": (
        {
            "app.py": returning("settings is sys.modules['settings']", "import sys, settings"),
            "settings.py": "import sys\nclass Lazy:\n    def __getattr__(self, name): raise KeyError(name)\nsys.modules[__name__] = Lazy()",
        },
        "app.handler",
        True,
    ),
    "files beside the handler and in the working directory": (
        {
            "app.py": returning(
                "[pathlib.Path(__file__).with_name('a.txt').read_text(), pathlib.Path('a.txt').read_text()]",
                "import pathlib",
            ),
            "a.txt": "9",
        },
        "app.handler",
        ["9", "9"],
    ),
    "a directory that the function adds": (
        {
            "app.py": returning(
                "dep.VALUE",
                "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'vendor'))\nimport dep",
            ),
            "vendor/dep.py": "VALUE = 10",
        },
        "app.handler",
        10,
    ),
    "a name of the standard library": (
        {"app.py": returning("sched.VALUE", "import sched"), "sched.py": "VALUE = 11"},
        "app.handler",
        11,
    ),
    "data in a directory of a module's name": (
        {"app.py": returning("colorsys.rgb_to_hsv(0, 0, 0)[0]", "import colorsys"), "colorsys/a.txt": ""},
        "app.handler",
        0.0,
    ),
    "data in a directory of a module's name, in a directory that the function adds": (
        {
            "app.py": returning(
                "colorsys.rgb_to_hsv(0, 0, 0)[0]", "import sys\nsys.path.insert(0, 'vendor')\nimport colorsys"
            ),
            "vendor/colorsys/a.txt": "",
        },
        "app.handler",
        0.0,
    ),
    "what Lambda's runtime has already": (
        {"app.py": returning("json.dumps(12)", "import json"), "json.py": "1 / 0"},
        "app.handler",
        "12",
    ),
    "no bytecode beside the code": (
        {"app.py": returning("sorted(os.listdir())", "import os")},
        "app.handler",
        ["app.py"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_modules_of_a_package_are_what_they_are_on_aws(deployed, name):
    files, handler, expected = CASES[name]
    function = deployed(files, Handler=handler)
    assert [function(), function()] == [expected, expected]


def test_functions_and_versions_have_modules_of_their_own(deployed):
    one, other = (
        deployed({"app.py": returning("helper.NAME", "import helper"), "helper.py": f"NAME = {name!r}"}, name=name)
        for name in ("one", "other")
    )
    assert (one(), other(), one()) == ("one", "other", "one")
    one.publish()
    one.update({"app.py": returning("'new'")})
    assert (one(), one(Qualifier="1"), one(), other()) == ("new", "one", "new", "other")
    assert not {"app", "helper"} & sys.modules.keys()


def test_globals_stay_warm_until_an_update_and_are_gone_after_it(deployed):
    counting = returning("calls.append(0) or len(calls)", "calls = []")
    function = deployed({"app.py": counting})
    assert [function(), function(), function()] == [1, 2, 3]
    module = weakref.ref(function.module())
    function.update({"app.py": counting + "\n"})
    assert function() == 1
    gc.collect()
    assert module() is None


def test_layers_are_found_where_lambda_looks(deployed):
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    layer = {
        "python/one.py": "VALUE = 1",
        "python/both.py": "VALUE = 'layer'",
        f"python/lib/python{version}/site-packages/two.py": "VALUE = 2",
    }
    files = {
        "app.py": returning("[one.VALUE, two.VALUE, both.VALUE]", "import one, two, both"),
        "both.py": "VALUE = 'package'",
    }
    assert deployed(files, layer=layer)() == [1, 2, "package"]


def test_patches_of_the_test_reach_the_handler(deployed):
    function = deployed({"app.py": returning("[str(uuid.uuid4()), open('x'), table]", "import uuid\ntable = 'real'")})
    with (
        mock.patch("uuid.uuid4", return_value=1),
        mock.patch.object(builtins, "open", return_value=2),
        mock.patch.object(function.module(), "table", 3),
    ):
        assert function() == ["1", 2, 3]
    with mock.patch.object(builtins, "open", return_value=2):
        assert function()[1:] == [2, "real"]


def test_motos_mock_reaches_the_handler(deployed):
    moto = pytest.importorskip("moto", reason="it is moto's mock")
    pytest.importorskip("moto.core", reason="a folder of tests has that name, too")
    import boto3

    # A copy of the SDK in the package would pass moto by.
    files = {
        "app.py": returning("[it['Name'] for it in boto3.client('s3').list_buckets()['Buckets']]", "import boto3"),
        "boto3/__init__.py": "1 / 0",
    }
    function = deployed(files)
    with moto.mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="theirs")
        assert function() == ["theirs"]


def test_a_module_of_the_process_never_sees_those_of_a_package(deployed, tmp_path, monkeypatch):
    (tmp_path / "helper.py").write_text("NAME = 'test'")
    (tmp_path / "shared.py").write_text("import helper\nNAME = helper.NAME")
    monkeypatch.syspath_prepend(tmp_path)
    function = deployed(
        {"app.py": returning("[helper.NAME, shared.NAME]", "import helper, shared"), "helper.py": "NAME = 'package'"}
    )
    try:
        assert [function(), function()] == [["package", "test"]] * 2
        import helper
        import shared

        assert (helper.NAME, shared.helper) == ("test", helper)
        # It is there now before the handler is called, too.
        assert function() == ["package", "test"]
        assert sys.modules["helper"] is helper
    finally:
        for name in ("helper", "shared"):
            sys.modules.pop(name, None)


@pytest.mark.parametrize("is_imported", [False, True])
@pytest.mark.parametrize("beside", ["folder/__init__.py", "folder.py"])
@pytest.mark.parametrize("handler", ["folder/app.handler", "folder.app.handler", "main.handler"])
def test_folders_of_a_package_win_over_what_lies_beside_the_tests(
    deployed, tmp_path, monkeypatch, handler, beside, is_imported
):
    (tmp_path / "folder").mkdir()
    (tmp_path / beside).write_text("NAME = 'test'")
    monkeypatch.syspath_prepend(tmp_path)
    if is_imported:
        importlib.import_module("folder")
    function = deployed(
        {"folder/app.py": returning("__name__"), "main.py": "from folder.app import handler"}, Handler=handler
    )
    try:
        assert [function(), function()] == ["folder.app"] * 2
        assert importlib.import_module("folder").NAME == "test"
    finally:
        sys.modules.pop("folder", None)


def test_folders_of_data_give_way_to_what_is_installed(deployed, tmp_path, monkeypatch):
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages/folder.py").write_text("NAME = 'installed'")
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    function = deployed({"app.py": returning("folder.NAME", "import folder"), "folder/a.txt": ""})
    try:
        assert function() == "installed"
    finally:
        sys.modules.pop("folder", None)


def extension():
    """Any module in C of the standard library, as the name and the bytes of a file."""
    places = Path(sysconfig.get_config_var("DESTSHARED") or "").glob("_queue.*")
    return next(((place.name, place.read_bytes()) for place in places), None)


@pytest.mark.skipif(extension() is None, reason="this Python has its modules in C built in")
def test_packages_with_c_extensions_are_loaded_once(deployed, tmp_path, monkeypatch):
    name, contents = extension()
    code = {"app.py": returning("[fast.NAME, fast._queue.Empty.__name__]", "import fast, fast._queue")}
    one, other = ({**code, "fast/__init__.py": f"NAME = {who!r}", f"fast/{name}": contents} for who in ("one", "other"))
    # The first that is loaded stays, for those who have none of their own.
    assert deployed(one, name="one")() == ["one", "Empty"]
    assert deployed(other, name="other")() == ["one", "Empty"]
    assert "fast" not in sys.modules
    # What the tests have is theirs.
    (tmp_path / "swift").mkdir()
    (tmp_path / "swift/__init__.py").write_text("NAME = 'test'")
    monkeypatch.syspath_prepend(tmp_path)
    third = {"app.py": returning("swift.NAME", "import swift"), "swift/__init__.py": "NAME = 'package'"}
    assert deployed(third, name="third")() == "package"
    assert deployed({**third, f"swift/{name}": contents}, name="fourth")() == "test"
    sys.modules.pop("swift", None)
