"""A home with sessions, for whatever looks for some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from catalogue_support import Shelf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A home without sessions."""
    return Shelf(tmp_path, monkeypatch)
