"""``drylambda completion``: real shells are asked what they would offer."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from drylambda.cli import COMMANDS, main

#: What is typed, and something that is offered then, and something that is not.
TYPED = [
    ("", "check", "--handler"),
    ("--v", "--version", "check"),
    ("c", "call", "zip"),
    ("check --arch", "--architecture", "--layer"),
    ("check --architecture ", "arm64", "app.zip"),
    ("check ", "app.zip", "check"),
    ("check --layer ", "app.zip", "arm64"),
    ("check --layer app.zip --str", "--strict", "--layer"),
    ("zip -o ", "app.zip", "--output"),
    ("zip ", "folder", "app.zip"),
    ("call Update", "UpdateFunctionCode", "update-function-code"),
    ("call update-function-", "update-function-code", "UpdateFunctionCode"),
    ("call UpdateFunctionCode --zip-file ", "app.zip", "UpdateFunctionCode"),
    ("completion ", "fish", "app.zip"),
    ("operations --mis", "--missing", "--built"),
    ("serve --log ", "json", "--log"),
]
BASH = """
source "$1"
read -ra COMP_WORDS <<< "drylambda $2"
if [[ -z $2 || $2 == *" " ]]; then COMP_WORDS+=(""); fi
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
"$(complete -p drylambda | sed 's/.*-F //; s/ .*//')"
printf '%s\n' "${COMPREPLY[@]}"
"""
#: zsh shows what it offers on a terminal only, so what its own functions are asked for is shown.
ZSH = """
compdef() { :; }
_describe() { print -rl -- "${(@P)2}"; }
_arguments() { print -rl -- "$@"; }
source "$1"
words=(drylambda "${(@s: :)2}")
CURRENT=${#words}
_drylambda
"""


@pytest.fixture
def script(tmp_path, monkeypatch, capfd):
    """Write the script of a shell; return its path. The folder has a file and a folder."""

    def script(shell):
        with pytest.raises(SystemExit) as left:
            main(["completion", shell])
        assert left.value.code == 0
        path = tmp_path / "script"
        path.write_text(capfd.readouterr().out, encoding="utf-8")
        return path

    here = tmp_path / "here"
    (here / "folder").mkdir(parents=True)
    (here / "app.zip").touch()
    monkeypatch.chdir(here)
    return script


def needs(shell):
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


def lines(*command):
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return [line.split("\t")[0] for line in done.stdout.splitlines()]


@needs("bash")
@pytest.mark.parametrize(("typed", "offered", "other"), TYPED)
def test_bash_offers_what_may_come_next(script, typed, offered, other):
    found = lines("bash", "--norc", "-c", BASH, "bash", script("bash"), typed)
    assert offered in found
    assert other not in found


@needs("bash")
def test_names_of_files_may_have_blanks(script, tmp_path):
    (tmp_path / "here" / "my app.zip").touch()
    assert "my app.zip" in lines("bash", "--norc", "-c", BASH, "bash", script("bash"), "check my")


@needs("fish")
@pytest.mark.parametrize(("typed", "offered", "other"), TYPED)
def test_fish_offers_what_may_come_next(script, typed, offered, other):
    found = lines("fish", "--no-config", "-c", f"source {script('fish')}; complete -C 'drylambda {typed}'")
    assert offered in [line.rstrip("/") for line in found]
    assert other not in found


@needs("zsh")
def test_zsh_is_told_commands_and_arguments(script):
    path = script("zsh")
    told = lines("zsh", "-f", "-c", ZSH, "zsh", path, "")
    assert [line.partition(":")[0] for line in told] == list(COMMANDS)
    told = lines("zsh", "-f", "-c", ZSH, "zsh", path, "check --arch")
    assert "*--architecture[the function's architecture]:ARCHITECTURE:(x86_64 arm64)" in told
    assert "1:FILE:_files" in told
    assert "*--strict[exit with 3 if there are warnings]" in told
    assert "1:DIR:_files -/" in lines("zsh", "-f", "-c", ZSH, "zsh", path, "zip ")


def test_another_shell_is_a_mistake(capfd):
    with pytest.raises(SystemExit) as left:
        main(["completion", "tcsh"])
    assert (left.value.code, "bash" in capfd.readouterr().err) == (2, True)
