"""The command line: verdicts, warnings, exit codes."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest

import drylambda
from drylambda.cli import main
from drylambda.cli.progress import Bar
from drylambda.text import printable, size


@pytest.fixture
def run(capfd):
    """Run a command in this process; return its exit code, its output and its errors."""

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        shown = capfd.readouterr()
        return left.value.code, shown.out, shown.err

    return run


@pytest.fixture
def zipped(tmp_path):
    """Write a zip of files; return its path."""

    def write(files, name="app.zip"):
        path = tmp_path / name
        path.write_bytes(drylambda.make_zip(files))
        return path

    return write


APP = {"app.py": "def handler(event, context): ...", "data.txt": "x" * 3_000_000}


def test_what_aws_accepts_is_told_with_its_hash_and_sizes(run, zipped):
    path = zipped(APP)
    code, out, err = run("check", path, "--handler", "app.handler", "--runtime", "python3.13")
    assert (code, err) == (0, "")
    package = drylambda.Package(path.read_bytes())
    assert out.splitlines() == [
        f"{path}: AWS accepts it",
        "",
        f"  CodeSha256  {package.sha256}",
        f"  zipped      {size(package.size)}, 0.0 % of a request's limit",
        "  unzipped    3.0 MB, 1.1 % of a function's limit",
        "  files       2",
        "  largest          3.0 MB  data.txt",
        "                 32 bytes  app.py",
    ]


def test_what_aws_refuses_is_told_in_its_words_and_with_what_is_wrong(run, tmp_path):
    (tmp_path / "app.zip").write_bytes(b"no zip")
    code, out, _ = run("check", tmp_path / "app.zip")
    assert code == 1
    assert out.splitlines()[0].endswith("app.zip: AWS refuses it")
    assert "InvalidParameterValueException: Could not unzip uploaded file." in out
    assert "there is no end record" in out


def test_a_warning_is_no_refusal(run, zipped):
    arguments = ["check", zipped(APP), "--handler", "main.run", "--runtime", "python3.13"]
    code, out, _ = run(*arguments)
    assert code == 0
    assert "  main.run: there is no main.py, main/__init__.py or main.pyc" in out
    assert run(*arguments, "--strict")[0] == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--handler", "missing.handler"], "no runtime finds it (python: there is no missing.py"),
        (["--handler", "app.nope"], "app.py says nothing of nope"),
        (["--handler", "handler"], "a handler is a file and what is called in it, as app.handler"),
        (["--handler", "app.handler", "--runtime", "pyhton3.13"], "Lambda has no such runtime"),
        (["--handler", "app.handler"], None),
        (["--handler", "Assembly::Name.Class::Method"], None),
        (["--handler", "app.handler", "--runtime", "python3.99"], None),
    ],
)
def test_a_handler_is_looked_for_without_a_runtime_and_a_runtime_is_known(run, tmp_path, options, said):
    (tmp_path / "one.zip").write_bytes(drylambda.make_zip({"app.py": "def handler(event, context): ..."}))
    code, shown, _ = run("check", tmp_path / "one.zip", "--strict", *options)
    assert (code, said is None or said in shown) == (0 if said is None else 3, True)


def test_files_with_the_same_warning_stand_together(run, tmp_path, monkeypatch):
    import zipfile

    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        for number in range(5):
            info = zipfile.ZipInfo(f"{number}.py")
            info.create_system, info.external_attr = 3, (stat.S_IFREG | 0o600) << 16
            archive.writestr(info, "")
    code, out, _ = run("check", tmp_path / "app.zip")
    assert code == 0
    assert "  0.py, 1.py, 2.py and 2 more: mode 0600 lets nobody but its owner read it; make it 0644" in out


def test_a_package_over_the_limit_of_a_request_may_come_from_s3(run, tmp_path):
    path = tmp_path / "app.zip"
    path.write_bytes(drylambda.make_zip({"noise": os.urandom(52_500_000)}))
    code, out, _ = run("check", path)
    assert (code, "InvalidParameterValueException" in out or "RequestEntityTooLargeException" in out) == (1, True)
    assert "Zipped size must be smaller than 52428800 bytes" in out
    assert run("check", path, "--s3")[0] == 0


def test_layers_count_with_the_package(run, zipped):
    package = zipped({"app.py": bytes(100_000_000)})
    layer = zipped({"python/data": bytes(170_000_000)}, "layer.zip")
    code, out, _ = run("check", package, "--layer", layer)
    assert code == 1
    assert "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes." in out
    assert "270.0 MB with 1 layer" in out


def test_json_is_for_programs(run, zipped):
    path = zipped(APP)
    code, out, _ = run("check", path, "--json", "--handler", "app.nobody", "--runtime", "python3.13")
    verdict = json.loads(out)
    package = drylambda.Package(path.read_bytes())
    assert code == 0
    assert verdict == {
        "file": str(path),
        "accepted": True,
        "error": None,
        "CodeSha256": package.sha256,
        "CodeSize": package.size,
        "unzipped_size": 3_000_032,
        "unzipped_size_of_layers": 0,
        "files": 2,
        "largest": [{"name": "data.txt", "size": 3_000_000}, {"name": "app.py", "size": 32}],
        "warnings": [{"about": "app.nobody", "text": "app.py says nothing of nobody"}],
    }


def test_json_of_a_refusal_has_its_code(run, tmp_path):
    (tmp_path / "app.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    code, out, _ = run("check", tmp_path / "app.zip", "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (1, "InvalidParameterValueException")
    assert error["message"] == "Uploaded file must be a non-empty zip"


@pytest.mark.parametrize(
    ("name", "text"), [("nothing.zip", "[Errno 2] No such file or directory: "), (".", "Is a directory: ")]
)
def test_a_file_that_cannot_be_read_is_named(run, tmp_path, name, text):
    code, out, err = run("check", tmp_path / name)
    assert (code, out) == (2, "")
    assert text in err
    assert str(tmp_path) in err


def test_a_layer_that_aws_would_refuse_is_named(run, zipped, tmp_path):
    (tmp_path / "layer.zip").write_bytes(b"no zip")
    code, _, err = run("check", zipped(APP), "--layer", tmp_path / "layer.zip")
    assert code == 2
    assert "layer.zip: AWS would refuse it: Could not unzip uploaded file." in err


def test_the_package_of_a_folder_is_the_same_each_time(run, tmp_path):
    folder = tmp_path / "src"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "app.py").write_text("pass")
    (folder / "__pycache__" / "app.pyc").write_text("")
    (folder / "run").write_text("#!/bin/sh")
    (folder / "run").chmod(0o755)
    code, out, _ = run("zip", folder, "-o", tmp_path / "one.zip")
    run("zip", folder, "-o", tmp_path / "other.zip")
    package = drylambda.Package((tmp_path / "one.zip").read_bytes())
    assert code == 0
    assert package.names == ["app.py", "run"]
    assert package.modes["run"] == 0o755
    assert f"CodeSha256 {package.sha256}" in out
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.zip", "other.zip", "src"]


def test_the_package_of_an_empty_folder_is_written_and_told(run, tmp_path):
    (tmp_path / "src").mkdir()
    code, _, err = run("zip", tmp_path / "src", "-o", tmp_path / "app.zip")
    assert code == 1
    assert "AWS would refuse it: Uploaded file must be a non-empty zip" in err


def test_what_is_no_folder_is_named(run, tmp_path):
    code, _, err = run("zip", tmp_path / "nobody", "-o", tmp_path / "app.zip")
    assert (code, "nobody is no folder" in err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_it_runs_as_a_module_and_needs_no_botocore(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("pass")
    command = [sys.executable, "-X", "importtime", "-m", "drylambda", "zip", tmp_path / "src", "-o", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert drylambda.Package(done.stdout).names == ["app.py"]
    assert b"botocore" not in done.stderr


def test_help_names_the_commands(run):
    code, out, _ = run("--help")
    assert code == 0
    assert "what AWS would say of a package" in out
    assert run()[0] == 2
    assert run("--version")[1] == f"drylambda {drylambda.__version__}\n"


def test_sizes_are_written_for_people():
    assert [size(count) for count in (0, 999, 1000, 52_428_800, 3 * 10**12)] == [
        "0 bytes",
        "999 bytes",
        "1.0 kB",
        "52.4 MB",
        "3000.0 GB",
    ]


def test_hostile_names_do_not_move_the_cursor():
    assert printable("a\x1b[2Jb\r\n\u202e.py") == "a\\x1b[2Jb\\r\\n\\u202e.py"


def test_a_bar_is_shown_to_people_and_for_large_files_alone(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    bar = Bar("app.zip")
    bar(1, 10)
    bar.clear()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    bar(25_000_000, 50_000_000)
    bar.clear()
    shown = capsys.readouterr().err
    assert shown == f"\rapp.zip [{'#' * 15}{'.' * 15}] 25.0 MB of 50.0 MB \r\x1b[K"


def test_a_package_is_not_packed_into_itself(run, tmp_path):
    (tmp_path / "app.py").write_text("")
    code, _, err = run("zip", tmp_path, "-o", tmp_path / "app.zip")
    assert (code, "would be packed into itself" in err) == (2, True)
    assert not (tmp_path / "app.zip").exists()


def test_the_target_of_a_link_is_written_and_keeps_its_mode(run, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("")
    (tmp_path / "real.zip").write_bytes(b"")
    (tmp_path / "real.zip").chmod(0o600)
    (tmp_path / "link.zip").symlink_to("real.zip")
    assert run("zip", tmp_path / "src", "-o", tmp_path / "link.zip")[0] == 0
    assert (tmp_path / "link.zip").is_symlink()
    assert drylambda.Package((tmp_path / "real.zip").read_bytes()).names == ["app.py"]
    assert stat.S_IMODE((tmp_path / "real.zip").stat().st_mode) == 0o600


def test_names_that_a_terminal_cannot_write_are_spelled_out(zipped):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "drylambda", "check", zipped({"\u00e4.py": ""})]
    done = subprocess.run(command, capture_output=True, check=False, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\xe4.py" in done.stdout
