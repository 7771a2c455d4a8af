"""The example notebook shows what comes out, and so does its page: ``python tests/docs/test_notebook.py --write``.

It is run by IPython's shell, which is what a kernel runs cells with; a kernel's process and sockets add nothing to it.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOK, PAGE = ROOT / "examples" / "notebook.ipynb", ROOT / "docs" / "how-to" / "example-notebook.md"
HEAD = "<!-- made from examples/notebook.ipynb: python tests/docs/test_notebook.py --write -->"


def written(notebook):
    """Run the cells in order and return the notebook with what they show."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    settings = Config()
    # Nothing of the run is left on the machine.
    settings.HistoryManager.enabled = False
    shell = InteractiveShell(config=settings)
    # What a cell ends with is asked for below; the shell need not print it.
    for what in ("write_output_prompt", "write_format_data", "finish_displayhook"):
        setattr(shell.displayhook, what, lambda *_: None)
    cells = [{**cell, **(run(shell, cell) if cell["cell_type"] == "code" else {})} for cell in notebook["cells"]]
    return {**notebook, "cells": cells}


def run(shell, cell):
    """Run a cell; return what changes with a run."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        result = shell.run_cell("".join(cell["source"]))
    result.raise_error()
    outputs = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": lines(printed.getvalue())})
    if result.result is not None:
        data, metadata = shell.display_formatter.format(result.result)
        shown = {kind: lines(text) for kind, text in sorted(data.items())}
        outputs.append({"data": shown, "execution_count": None, "metadata": metadata, "output_type": "execute_result"})
    return {"execution_count": None, "outputs": outputs}


def lines(text):
    return text.splitlines(keepends=True)


def dumped(notebook):
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def page(notebook):
    """Write a notebook as a page, each output below its cell."""
    parts = [HEAD]
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        for output in cell.get("outputs", ()):
            if "text" in output:
                parts.append(f"```text\n{''.join(output['text'])}```")
            else:
                # No line may look like Markdown.
                html = "".join(output["data"]["text/html"]).replace("\n", "&#10;")
                parts.append(f'<div class="notebook-output">{html}</div>')
    return "\n\n".join(parts) + "\n"


def test_it_shows_what_comes_out(tmp_path, monkeypatch):
    pytest.importorskip("IPython")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert text == dumped(written(json.loads(text))), "run: python tests/docs/test_notebook.py --write"


def test_its_page_shows_the_same():
    expected = page(json.loads(NOTEBOOK.read_text(encoding="utf-8")))
    assert PAGE.read_text(encoding="utf-8") == expected, "run: python tests/docs/test_notebook.py --write"


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    ran = written(json.loads(NOTEBOOK.read_text(encoding="utf-8")))
    NOTEBOOK.write_text(dumped(ran), encoding="utf-8")
    PAGE.write_text(page(ran), encoding="utf-8")
