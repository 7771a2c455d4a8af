"""Every block of every page runs, and every link leads somewhere; how is in `pages.py`."""

from __future__ import annotations

import re
from pathlib import Path

import pages
import pytest

import drylambda.exceptions
import drylambda.moto
import drylambda.pytest_plugin


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.relative_to(pages.ROOT).as_posix())
def test_every_block_runs(page, tmp_path):
    if pages.blocks(page):
        pytest.importorskip("boto3")
        if "mock_aws" in page.read_text(encoding="utf-8"):
            pytest.importorskip("moto.core", reason="some of its examples are inside of moto")
        if 'drylambda[invoke]"\n' in page.read_text(encoding="utf-8"):
            pytest.importorskip("awslambdaric", reason="functions in processes are run by AWS's client")
        if "aws_durable_execution_sdk_python" in page.read_text(encoding="utf-8"):
            pytest.importorskip("aws_durable_execution_sdk_python", reason="AWS's SDK is for Python 3.11 and later")
    pages.play(page, tmp_path)


def test_every_link_leads_to_a_file():
    for document in [*pages.PAGES, pages.ASYNC, pages.ROOT / "CONTRIBUTING.md", pages.ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def played(tmp_path, text):
    """Play a page of this text."""
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    pages.play(page, tmp_path)


FALSE = {
    "an-exception": "```python\n1 / 0\n```\n",
    "another-output": "```python\nprint(1)\n```\n\n```text\n2\n```\n",
    "an-output-of-nothing": "```text\n2\n```\n",
    "a-failure-that-does-not": "<!-- fails -->\n```python\n1\n```\n",
    "a-test-that-fails": "```python\ndef test_it(lambda_client):\n    assert not lambda_client\n```\n",
    "a-test-that-returns": "```python\ndef test_it():\n    return 1\n```\n",
    "another-output-of-a-command": "```console\n$ echo 1\n2\n```\n",
    "a-command-that-fails": "```console\n$ false\n```\n",
    "a-command-that-fails-before-another": "```console\n$ false\n$ true\n```\n",
    "another-exit-code": "```console\n$ false\n$ echo $?\n0\n```\n",
    "an-unknown-kind": "```yaml\na: 1\n```\n",
    "no-kind": "```\na\n```\n",
    "an-unknown-option": "```python hl\n1\n```\n",
    "an-indented-fence": "- item\n\n  ```python\n  1\n  ```\n",
    "a-comment-above-none": "<!-- not run: it is long -->\n\ntext\n",
    "a-file-for-nothing": '```python title="app.py"\n1\n```\n',
    "an-option-that-is-none": "```toml\n[tool.pytest.ini_options]\ndrylambda_regoin = 1\n```\n",
}


@pytest.mark.parametrize("text", FALSE.values(), ids=FALSE)
def test_a_page_that_is_not_true_fails(tmp_path, text):
    with pytest.raises((pages.PageError, ArithmeticError, AssertionError)):
        played(tmp_path, text)


def test_a_page_that_is_true_passes(tmp_path):
    played(
        tmp_path,
        """
```python title="lib/app.py"
print("hello, you")
```

```console
$ python lib/app.py
hello, ...
$ false
$ echo $?
1
```

```python
def test_it(tmp_path):
    print("it ran")
```

```text
it ran
```

<!-- fails -->
```python
1 / 0
```

```text
ZeroDivisionError: division by zero
```

<!-- not run: there is no such program -->
```console
$ no-such-program
```

```ini
[pytest]
drylambda_region = eu-west-1
```
""",
    )


def test_everything_public_is_in_the_reference():
    text = "".join(page.read_text(encoding="utf-8") for page in (pages.DOCS / "reference").glob("*.md"))
    named = set(re.findall(r"^::: (\S+)$", text, re.MULTILINE))
    members = {name for found in re.findall(r"members: \[(.*)\]", text) for name in found.split(", ")}
    for module in (drylambda, drylambda.moto, drylambda.exceptions):
        for name in module.__all__:
            shown = {f"{module.__name__}.{name}", f"drylambda.boto.errors.{name}"} & named
            assert shown or name in members, f"{module.__name__}.{name} is not in docs/reference"
    plugin = Path(drylambda.pytest_plugin.__file__).read_text(encoding="utf-8")
    for name in re.findall(r"^@pytest\.fixture\ndef ([a-z]\w+)", plugin, re.MULTILINE):
        assert f"drylambda.pytest_plugin.{name}" in named, f"the fixture {name} is not in docs/reference/pytest.md"


def test_every_page_is_in_the_navigation():
    listed = re.findall(r"^ +- .*: (\S+\.md)$", (pages.ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(page.relative_to(pages.DOCS).as_posix() for page in pages.DOCS.rglob("*.md"))
