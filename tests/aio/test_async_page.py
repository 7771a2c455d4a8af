"""The page on async clients runs, where they are: in an environment of its own, like everything in this folder."""

from __future__ import annotations

import pages
import pytest

pytest.importorskip("aiobotocore", reason="aiobotocore has an environment of its own, in tasks.py test-wheel")


def test_every_block_runs(tmp_path):
    assert pages.blocks(pages.ASYNC)
    pages.play(pages.ASYNC, tmp_path)
