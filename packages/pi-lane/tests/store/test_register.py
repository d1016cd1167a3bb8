"""The versions of a lane's state on disk, whole, broken, cleared away and removed."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from pi_lane._errors import StoreError, StoreGoneError
from pi_lane.store import LaneState, _register
from pi_lane.store._register import Register

if TYPE_CHECKING:
    from pathlib import Path


def state(head: str) -> LaneState:
    return LaneState(lane="main", head=head)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "main.reg" / "log"


def filled(log: Path, count: int) -> Register:
    """Return a register that has made ``count`` versions with heads ``h1``, ``h2`` and so on."""
    register = Register(log, "main")
    for number in range(1, count + 1):
        register.read()
        assert register.cas(number - 1, state(f"h{number}"))
    return register


def broken(log: Path, version: int, content: bytes | None) -> None:
    path = log / f"{version:016d}" / "state.json"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


def test_a_version_is_a_folder_with_the_state_that_names_the_version_before(log: Path) -> None:
    filled(log, 2)
    one, two = (json.loads((log / f"{number:016d}" / "state.json").read_text()) for number in (1, 2))
    assert list(two) == [
        *("lane", "baseLeafId", "head", "headEpoch", "tail", "leaseEpoch", "owner", "queue", "abort"),
        *("title", "reason", "updatedAt", "v", "nonce", "prevNonce"),
    ]
    assert (one["v"], one["prevNonce"]) == (1, "")
    assert (two["v"], two["prevNonce"], two["head"]) == (2, one["nonce"], "h2")


def test_only_the_owner_may_look(log: Path) -> None:
    filled(log, 1)
    folders = [log.parent, log, log / f"{1:016d}"]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert (log / f"{1:016d}" / "state.json").stat().st_mode & 0o777 == 0o600


def test_a_version_that_another_made_is_not_made_again_even_between_look_and_step(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(log, 1)
    slow, quick = Register(log, "main"), Register(log, "main")
    slow.read()
    quick.read()
    assert quick.cas(1, state("quick"))
    monkeypatch.setattr(slow, "_has", lambda version: version == 1)
    assert not slow.cas(1, state("slow"))
    monkeypatch.undo()
    assert slow.read() == (2, state("quick"))
    slow.close()
    assert sorted(path.name for path in log.iterdir()) == [f"{1:016d}", f"{2:016d}"]


def test_a_draft_that_was_refused_and_cleared_away_since_is_made_anew(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(log, 1)
    slow = Register(log, "main")
    slow.read()
    assert filled_further(log, 1).read()[0] == 2
    monkeypatch.setattr(slow, "_has", lambda version: version == 1)
    assert not slow.cas(1, state("slow"))
    monkeypatch.undo()
    (draft,) = log.glob(".*")
    shutil.rmtree(draft)
    version, _state = slow.read()
    assert slow.cas(version, state("slow"))
    slow.close()
    assert not list(log.glob(".*"))


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"lane": "main"}', b"\x00" * 500, b"[]", b"[" * 100_000])
def test_l_s15_a_broken_newest_version_lends_its_place_to_the_last_sound_one(log: Path, content: bytes | None) -> None:
    filled(log, 3)
    broken(log, 3, content)
    reader = Register(log, "main")
    assert reader.read() == (3, state("h2"))
    assert reader.cas(3, state("next"))
    assert Register(log, "main").read() == (4, state("next"))


def test_versions_that_are_all_broken_are_an_empty_lane_whose_numbers_go_on(log: Path) -> None:
    filled(log, 2)
    broken(log, 1, b"")
    broken(log, 2, b"")
    reader = Register(log, "main")
    assert reader.read() == (2, LaneState(lane="main"))
    assert reader.cas(2, state("next"))
    assert Register(log, "main").read() == (3, state("next"))


def test_a_version_that_breaks_behind_its_maker_is_not_granted_twice(log: Path) -> None:
    maker = filled(log, 2)
    broken(log, 2, b"")
    other = Register(log, "main")
    assert other.read() == (2, state("h1"))
    assert other.cas(2, state("other"))
    assert not maker.cas(2, state("maker"))
    assert maker.read() == (3, state("other"))


def test_a_maker_goes_on_from_its_own_version_when_that_broke(log: Path) -> None:
    maker = filled(log, 2)
    broken(log, 2, b"")
    assert maker.cas(2, state("h3"))
    assert Register(log, "main").read() == (3, state("h3"))


def test_what_else_lies_in_the_folder_is_not_a_version(log: Path) -> None:
    filled(log, 2)
    (log / "README").write_text("x")
    (log / ".7.abc").mkdir()
    (log / "12").mkdir()
    assert Register(log, "main").read() == (2, state("h2"))


def test_a_file_in_the_place_of_a_version_is_a_broken_one(log: Path) -> None:
    filled(log, 2)
    (log / f"{3:016d}").write_text("{}")
    register = Register(log, "main")
    assert register.read() == (3, state("h2"))
    assert register.cas(3, state("next"))


def test_an_empty_folder_in_the_place_of_the_newest_version_keeps_its_number(log: Path) -> None:
    filled(log, 2)
    (log / f"{3:016d}").mkdir()
    register = Register(log, "main")
    assert register.read() == (3, state("h2"))
    assert register.cas(3, state("next"))
    assert Register(log, "main").read() == (4, state("next"))


def test_a_foreign_file_in_the_place_of_the_register_is_told(log: Path) -> None:
    log.parent.parent.mkdir(exist_ok=True)
    log.parent.write_text("not ours")
    with pytest.raises(StoreError, match="a folder above it is a file: move it away"):
        Register(log, "main").read()
    with pytest.raises(StoreError, match="a folder above it is a file: move it away"):
        Register(log, "main").cas(0, state("x"))


def test_a_writer_that_slept_until_its_number_was_cleared_away_is_refused(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(log, 3)
    sleeper = Register(log, "main")
    assert sleeper.read()[0] == 3
    others = Register(log, "main")
    for _ in range(10):
        version, _state = others.read()
        others.cas(version, state("others"))
    for version in range(1, 8):
        shutil.rmtree(log / f"{version:016d}")
    monkeypatch.setattr(sleeper, "_has", lambda _version: False)
    assert not sleeper.cas(3, state("late"))
    monkeypatch.undo()
    assert (log / f"{4:016d}").exists(), "the late writer really made the number again"
    assert sleeper.read() == (13, state("others"))
    assert others.read() == (13, state("others"))
    assert Register(log, "main").read() == (13, state("others"))


def test_a_writer_that_slept_since_the_lane_was_new_is_refused(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.mkdir(parents=True)
    sleeper = Register(log, "main")
    assert sleeper.read()[0] == 0
    filled(log, 5)
    for version in (1, 2):
        shutil.rmtree(log / f"{version:016d}")
    monkeypatch.setattr(sleeper, "_has", lambda _version: False)
    assert not sleeper.cas(0, state("late"))
    monkeypatch.undo()
    assert sleeper.read() == (5, state("h5"))


def test_a_reader_that_slept_finds_the_newest_even_behind_a_void_version(log: Path) -> None:
    reader = filled(log, 3)
    others = filled_further(log, 10)
    for version in range(1, 8):
        shutil.rmtree(log / f"{version:016d}")
    # A late writer made number 4 anew.
    shutil.copytree(log / f"{9:016d}", log / f"{4:016d}")
    assert reader.read() == others.read()


def filled_further(log: Path, count: int) -> Register:
    register = Register(log, "main")
    for _ in range(count):
        version, _state = register.read()
        assert register.cas(version, state("later"))
    return register


def test_old_versions_are_cleared_away_and_young_or_recent_ones_kept(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_register, "KEPT_VERSIONS", 10)
    register = filled(log, 31)
    (log / ".9.killed").mkdir()
    day_ago = (log / f"{31:016d}").stat().st_mtime - _register.KEPT_S - 60
    for path in (*(log / f"{version:016d}" for version in (1, 2, 3, *range(20, 31))), log / ".9.killed"):
        os.utime(path, (day_ago, day_ago))
    assert register.cas(31, state("h32"))
    # Number 4 is younger than a day, so nothing after it goes.
    assert sorted(path.name for path in log.iterdir()) == [f"{version:016d}" for version in range(4, 33)]


def test_a_removed_register_is_told_to_who_writes_on_and_is_empty_to_who_reads(log: Path) -> None:
    register = filled(log, 3)
    shutil.rmtree(log)
    with pytest.raises(StoreGoneError, match="was removed while in use"):
        register.cas(3, state("late"))
    assert register.read() == (0, LaneState(lane="main"))


def test_a_writer_cannot_write_into_a_register_that_was_made_anew(log: Path) -> None:
    old = filled(log, 5)
    shutil.rmtree(log.parent)
    fresh = filled(log, 2)
    assert not old.cas(5, state("late"))
    assert old.read() == fresh.read() == (2, state("h2"))


def test_text_that_is_not_unicode_can_be_kept(log: Path) -> None:
    register = Register(log, "main")
    odd = replace(state("h"), title="caf\udce9")
    assert register.cas(0, odd)
    assert Register(log, "main").read() == (1, odd)


def test_a_version_of_a_newer_program_with_more_fields_can_be_read(log: Path) -> None:
    filled(log, 1)
    path = log / f"{1:016d}" / "state.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "future": {"a": 1}}))
    assert Register(log, "main").read() == (1, state("h1"))
