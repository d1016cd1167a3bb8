"""Whether a terminal still owns its lane, told from the register's files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Desk = Callable[..., list[Any]]

pytestmark = pytest.mark.pi_versions("1.5.2")  # nothing of pi takes part


def _version(log: Path, number: int, owner: str | None, epoch: int) -> None:
    folder = log / f"{number:016d}"
    folder.mkdir(parents=True)
    state = {"owner": {"instanceId": owner} if owner else None, "leaseEpoch": epoch}
    (folder / "state.json").write_text(json.dumps(state))


def _ask(desk: Desk, log: Path) -> Any:
    return desk(["fence", {"log": str(log), "version": 5, "epoch": 5, "instance": "me"}])[0]


def test_without_a_newer_version_it_holds(desk: Desk, tmp_path: Path) -> None:
    assert _ask(desk, tmp_path) == {"holds": True, "version": 5}


def test_it_holds_through_versions_that_leave_us_the_owner(desk: Desk, tmp_path: Path) -> None:
    _version(tmp_path, 6, "me", 5)
    _version(tmp_path, 7, "me", 5)
    assert _ask(desk, tmp_path) == {"holds": True, "version": 7}


@pytest.mark.parametrize(("owner", "epoch"), [("other", 6), (None, 5), ("me", 6)])
def test_another_owner_none_or_another_lease_of_our_own_breaks_it(
    desk: Desk, tmp_path: Path, owner: str | None, epoch: int
) -> None:
    _version(tmp_path, 6, owner, epoch)
    assert _ask(desk, tmp_path)["holds"] is False


def test_it_stays_broken_when_the_lane_is_free_again(desk: Desk, tmp_path: Path) -> None:
    _version(tmp_path, 6, "other", 6)
    _version(tmp_path, 7, "me", 5)
    assert _ask(desk, tmp_path)["holds"] is False


def test_a_damaged_version_counts_as_absent(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / f"{6:016d}").mkdir()
    assert _ask(desk, tmp_path)["holds"] is True
    _version(tmp_path, 7, "other", 7)
    assert _ask(desk, tmp_path)["holds"] is False
