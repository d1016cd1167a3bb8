"""A catalogue, and sessions in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from session_stage import BEGIN_MS, DAY_MS, Tale

from pi_session_persistence.catalogue import Catalogue, Places

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "sessions"
    place.mkdir()
    return place


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "cache" / "catalogue.sqlite3") as made:
        yield made


@pytest.fixture
def three(catalogue: Catalogue, folder: Path) -> Catalogue:
    """Three sessions, a day apart."""
    one = Tale("one", cwd="/work/proj", at=BEGIN_MS)
    one.turn("first pear", "yes", calls={"bash": {"command": "ls -l /tmp"}}, cost=0.1)
    one.tool("listing of pears", "bash")
    two = Tale("two", cwd="/work/proj/sub", at=BEGIN_MS + DAY_MS)
    two.turn("second", "no", provider="anthropic", model="claude-sonnet", cost=2)
    two.assistant(error="overloaded")
    two.back_to("e1")
    two.user("another pear")
    three = Tale("three", cwd="/work/projection", at=BEGIN_MS + 2 * DAY_MS)
    three.turn("third", "maybe", thinking="hmm pear")
    for tale in (one, two, three):
        tale.write(folder / f"{tale.session_id}.jsonl")
    catalogue.refresh(Places((folder,)))
    return catalogue
