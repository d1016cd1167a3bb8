from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest
from memory_store import MemoryStore

from pi_session_persistence.stores import DirectoryStore, StoreError, StoreGoneError, _opening, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from pi_session_persistence.stores import Store


def opener(where: str, *, create: bool) -> Store:
    store = MemoryStore()
    store.operations.append(f"{where} {create}")
    return store


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        EntryPoint("shelf", "test_opening:opener", _opening._GROUP),
        EntryPoint("broken", "no_such_module:opener", _opening._GROUP),
    ]
    monkeypatch.setattr(
        EntryPoint, "load", lambda point: opener if point.name == "shelf" else __import__("no_such_module")
    )
    monkeypatch.setattr(_opening, "entry_points", lambda **_: found)


@pytest.mark.parametrize("kind", ["", "dir:"])
def test_a_folder_is_a_store(tmp_path: Path, kind: str) -> None:
    where = f"{kind}{tmp_path / 'store'}"
    with pytest.raises(StoreGoneError, match="--create"):
        open_store(where)
    made, again = open_store(where, create=True), open_store(where)
    assert isinstance(made, DirectoryStore)
    assert isinstance(again, DirectoryStore)
    assert again.folder == tmp_path / "store"


def test_a_name_with_a_colon_further_on_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_store("./a:b", create=True)
    assert (tmp_path / "a:b").is_dir()


@pytest.mark.usefixtures("points")
def test_packages_bring_other_kinds() -> None:
    store = open_store("shelf://top/left", create=True)
    assert isinstance(store, MemoryStore)
    assert store.operations == ["//top/left True"]


@pytest.mark.usefixtures("points")
@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("ftp://x", "no kind of store called 'ftp'"),
        ("broken:x", "can't be loaded"),
        ("", "no name"),
        ("dir:", "no name"),
    ],
)
def test_what_is_no_store_is_told(where: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        open_store(where)
