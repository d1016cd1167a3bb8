"""Which sessions of this user are looked at, and what keeps them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from retention_support import old_session

from pi_session_persistence import Registry, fork_file
from pi_session_persistence.catalogue import Catalogue, Places, places
from pi_session_persistence.retention import Policy, Selection, Trash, prune, survey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD = Policy(older_than_s=3600)


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    with Catalogue() as made:
        yield made


def look(catalogue: Catalogue, where: Places | None = None) -> Selection:
    catalogue.refresh(where or places())
    return survey(catalogue, OLD, where)


def names(found: Selection) -> tuple[list[str], dict[str, str]]:
    return sorted(one.file.name for one in found.goes), {one.file.name: why for one, why in found.stays}


def test_side_files_count(catalogue: Catalogue, tmp_path: Path) -> None:
    file = old_session(tmp_path / "agent" / "sessions" / "s.jsonl")
    (found,) = look(catalogue).goes
    assert found.size == sum(path.stat().st_size for path in file.parent.iterdir())


def test_a_file_of_the_registry_is_looked_at_wherever_it_is(catalogue: Catalogue, tmp_path: Path) -> None:
    old_session(tmp_path / "elsewhere" / "s.jsonl", external_id="TASK")
    assert names(look(catalogue)) == (["s.jsonl"], {})


def test_what_the_catalogue_knows_of_other_places_is_left_alone(catalogue: Catalogue, tmp_path: Path) -> None:
    old_session(tmp_path / "elsewhere" / "s.jsonl")
    catalogue.refresh(Places((tmp_path / "elsewhere",)))
    assert names(look(catalogue)) == ([], {})


def test_a_fork_keeps_its_parent_however_its_folder_is_called(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = tmp_path / "agent" / "sessions"
    parent = old_session(folder / "parent.jsonl")
    (tmp_path / "link").symlink_to(folder)
    fork_file(tmp_path / "link" / parent.name, folder / "fork.jsonl")
    goes, stays = names(look(catalogue))
    assert goes == []
    assert stays["parent.jsonl"] == "a session that stays was forked from it"


def test_a_link_is_not_moved(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = tmp_path / "agent" / "sessions"
    folder.mkdir(parents=True)
    (folder / "link.jsonl").symlink_to(old_session(tmp_path / "elsewhere" / "s.jsonl"))
    assert names(look(catalogue)) == ([], {"link.jsonl": "a link"})


def test_what_was_written_to_since_the_look_stays_and_the_others_go(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = tmp_path / "agent" / "sessions"
    one, other = old_session(folder / "one.jsonl", "one"), old_session(folder / "other.jsonl", "other")
    found = look(catalogue).goes
    os.utime(one)
    done = prune(found)
    assert [trashed.manifest.file for trashed in done.trashed] == [other]
    assert ["written to just now" in why for _, why in done.failed] == [True]
    assert one.exists()


def test_what_a_crash_left_half_done_is_finished_first(catalogue: Catalogue, tmp_path: Path) -> None:
    file = old_session(tmp_path / "agent" / "sessions" / "s.jsonl", external_id="TASK")
    (found,) = look(catalogue).goes
    (trashed,) = prune([found]).trashed
    side = trashed.folder / trashed.manifest.side_files[0]
    side.rename(file.with_name(side.name))
    prune([])
    assert side.exists()
    assert Registry().get("TASK") is None
    assert Trash().entries() == [trashed]
