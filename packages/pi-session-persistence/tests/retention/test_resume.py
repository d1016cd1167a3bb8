"""With real pi: a session that was pruned and restored goes on as if nothing had been."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from launcher_support import Caller
from retention_support import candidate

from pi_session_persistence import TrashedSessionError
from pi_session_persistence.retention import Trash, Trashed
from pi_testkit import Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi


@pytest.fixture
def caller(pi: Pi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    (tmp_path / "pi ids").mkdir()
    caller = Caller(pi, tmp_path / "pi ids")
    for name, value in caller.env.items():
        monkeypatch.setenv(name, value)
    return caller


def pruned(caller: Caller) -> Trashed:
    """A session with one prompt, in the trash."""
    file = caller.run("task", "first").pi_file
    os.utime(file, (1, 1))
    return Trash().put(candidate(file), quiet_s=60)


@pytest.mark.pi_versions("1.5.2")
def test_a_run_does_not_begin_anew_in_silence_and_goes_on_once_it_is_back(caller: Caller) -> None:
    caller.pi.model.add(Say("one"), Say("two"))
    trashed = pruned(caller)

    with pytest.raises(TrashedSessionError, match=r"`pi-session trash restore task` brings it back"):
        caller.run("task", "meanwhile")

    Trash().restore(trashed)
    caller.run("task", "second")
    assert caller.pi.model.requests[-1].texts("user") == ["first", "second"]


@pytest.mark.pi_versions("1.5.2")
def test_a_run_begins_anew_once_it_was_deleted(caller: Caller) -> None:
    caller.pi.model.add(Say("one"), Say("anew"))
    Trash().delete(pruned(caller))

    caller.run("task", "again")
    assert caller.pi.model.requests[-1].texts("user") == ["again"]
