from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_host.sessionfile import read_header
from pi_session_persistence import WorkingDirectoryError
from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pathlib import Path

    from launcher_support import Caller

NEWEST = pytest.mark.pi_versions("1.5.2")


@pytest.fixture
def two(caller: Caller, tmp_path: Path) -> tuple[Path, Path]:
    """The folder in which a session was begun, and another one."""
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        folder.mkdir()
    caller.pi.model.add(Say("ok"))
    caller.run("task", "hi", cwd=folders[0])
    return folders


def where(caller: Caller, **settings: object) -> str:
    """The folder in which a tool of the next run runs."""
    caller.pi.model.add(Call("bash", command="pwd"), Say("ok"))
    caller.run("task", "where?", **settings)  # type: ignore[arg-type]  # settings of this test
    return caller.pi.model.requests[-1].texts("tool")[-1].strip()


@NEWEST
def test_the_tools_go_on_where_they_were(caller: Caller, two: tuple[Path, Path]) -> None:
    one, _ = two
    assert where(caller) == str(one)
    assert where(caller, cwd=one) == str(one)


@NEWEST
def test_another_folder_is_an_error_unless_somebody_says_what_it_means(caller: Caller, two: tuple[Path, Path]) -> None:
    one, other = two
    with pytest.raises(WorkingDirectoryError, match="belongs to the folder"):
        caller.run("task", "x", cwd=other)
    assert where(caller, cwd=other, cwd_policy="header") == str(one)


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_a_session_can_be_moved_to_another_folder(caller: Caller, two: tuple[Path, Path]) -> None:
    _, other = two
    file = caller.file("task")
    rest = file.read_bytes().partition(b"\n")[2]
    assert where(caller, cwd=other, cwd_policy="rewrite") == str(other)
    assert where(caller) == str(other)
    assert caller.file("task") == file
    assert file.read_bytes().partition(b"\n")[2].startswith(rest)


@NEWEST
def test_a_session_can_go_on_elsewhere_in_a_new_file(caller: Caller, two: tuple[Path, Path]) -> None:
    _, other = two
    file = caller.file("task")
    before = file.read_bytes()
    assert where(caller, cwd=other, cwd_policy="fork") == str(other)
    header = read_header(caller.file("task"))
    assert header is not None
    assert header.parent_session == str(file)
    assert file.read_bytes() == before
    assert caller.history("task")[:2] == ["hi", "ok"]


@NEWEST
def test_a_folder_that_is_gone_is_told_and_can_be_replaced(caller: Caller, two: tuple[Path, Path]) -> None:
    one, other = two
    one.rmdir()
    for settings in ({}, {"cwd": one}, {"cwd": other, "cwd_policy": "header"}):
        with pytest.raises(WorkingDirectoryError, match=r"is gone|is no folder"):
            caller.run("task", "x", **settings)
    assert where(caller, cwd=other, cwd_policy="rewrite") == str(other)
