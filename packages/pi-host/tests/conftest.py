"""Installed distributions and agent dirs, made on the spot."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from core_support import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A folder on the import path for distributions with plugins; what is imported from it is forgotten afterwards."""
    site = Site(tmp_path / "site")
    monkeypatch.setattr(sys, "path", [*sys.path, str(site.folder)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = set(sys.modules)
    yield site
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]
