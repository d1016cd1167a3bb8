from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from session_stage import Tale

from pi_session_persistence.catalogue import AmbiguousSessionError, Catalogue, Places, UnknownSessionError, find_session
from pi_session_persistence.catalogue._naming import beginning

if TYPE_CHECKING:
    from pathlib import Path

    from catalogue_support import Shelf


def found(shelf: Shelf, name: str) -> Path:
    with Catalogue() as catalogue:
        catalogue.refresh(Places((shelf.sessions,)))
        return find_session(name, catalogue.sessions)


@pytest.fixture
def two(shelf: Shelf) -> Shelf:
    """Two sessions whose ids begin alike."""
    for name in ("0199aaaa-1", "0199aaaa-22"):
        tale = Tale(name)
        tale.add("session_info", name=f"The {name[-1]}")
        shelf.add(tale)
    return shelf


def test_a_file_an_id_its_beginning_or_a_name_will_do(two: Shelf) -> None:
    file = two.sessions / "0199aaaa-1.jsonl"
    for name in (str(file), "~/.pi/agent/sessions/0199aaaa-1.jsonl", "0199aaaa-1", "The 1"):
        assert found(two, name) == file
    assert found(two, "0199aaaa-2").name == "0199aaaa-22.jsonl"


def test_an_external_id_goes_before_pis(two: Shelf) -> None:
    assert found(two, "0199aaaa-1").parent == two.sessions
    record = two.registry.claim("0199aaaa-1")
    assert found(two, "0199aaaa-1") == record.pi_file


def test_what_several_sessions_are_called_is_refused(two: Shelf) -> None:
    with pytest.raises(AmbiguousSessionError, match=r"0199aaaa-1\.jsonl.*; name the file"):
        found(two, "0199")


@pytest.mark.parametrize("name", ["nobody", "", "x" * 5000, "a\0b", "~nobody/x", "\udcff"])
def test_what_no_session_is_called_is_told(two: Shelf, name: str) -> None:
    with pytest.raises(UnknownSessionError, match="`pi-session list` shows those there are"):
        found(two, name)


def test_an_id_is_shortened_as_far_as_it_tells_a_session_from_all_others(two: Shelf) -> None:
    two.add(Tale("0199aaaa-1x"))
    two.add(Tale("zzzzzzzzzzzz"))
    with Catalogue() as catalogue:
        catalogue.refresh(Places((two.sessions,)))
        ids = ("0199aaaa-1", "0199aaaa-1x", "0199aaaa-22", "zzzzzzzzzzzz")
        short = {name: catalogue.short_id(name) for name in ids}
    assert short == {
        "0199aaaa-1": "0199aaaa-1",
        "0199aaaa-1x": "0199aaaa-1x",
        "0199aaaa-22": "0199aaaa-2",
        "zzzzzzzzzzzz": "zzzzzzzz",
    }
    assert beginning("0199", []) == "0199"


def test_what_is_there_and_is_no_file_is_told_as_that(two: Shelf, tmp_path: Path) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "dangling.jsonl").symlink_to("nowhere")
    for name in ("folder.jsonl", "dangling.jsonl"):
        with pytest.raises(UnknownSessionError, match="is no regular file, and no session is called so"):
            found(two, str(tmp_path / name))
