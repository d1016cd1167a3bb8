"""With real pi: a session that was pruned and restored goes on as if nothing had been."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from launcher_support import Caller
from retention_support import candidate

from pi_session_persistence.retention import Trash
from pi_testkit import Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi


@pytest.mark.pi_versions("1.5.2")
def test_it_goes_on_after_it_came_back_and_its_id_is_free_meanwhile(
    pi: Pi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pi ids").mkdir()
    caller = Caller(pi, tmp_path / "pi ids")
    for name, value in caller.env.items():
        monkeypatch.setenv(name, value)
    pi.model.add(Say("one"), Say("two"), Say("anew"))
    file = caller.run("task", "first").pi_file
    os.utime(file, (1, 1))
    trashed = Trash().put(candidate(file), quiet_s=60)

    caller.run("task", "meanwhile")
    assert pi.model.requests[-1].texts("user") == ["meanwhile"]
    file.rename(tmp_path / "meanwhile.jsonl")
    caller.registry.forget("task")

    Trash().restore(trashed)
    caller.run("task", "second")
    assert pi.model.requests[-1].texts("user") == ["first", "second"]
