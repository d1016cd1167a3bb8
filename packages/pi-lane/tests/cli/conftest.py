"""A desk with a session on it, far from the machine's own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from pil_support import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """Somebody at a shell who has a session; nothing of this machine's environment is about pi."""
    for name in [name for name in os.environ if name.startswith(("PI_", "PBB_"))]:
        monkeypatch.delenv(name)
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    desk = Desk(tmp_path, monkeypatch, capsys)
    yield desk
    desk.leave()
