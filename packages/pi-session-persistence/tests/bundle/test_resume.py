"""A session goes on with real pi, on another machine and in another folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from launcher_support import Caller

from pi_session_persistence import Registry
from pi_session_persistence.bundle import bundle, unbundle
from pi_testkit import Say

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pi_testkit import Pi


def test_it_goes_on_elsewhere_and_the_model_sees_all_turns(
    pi: Pi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Caller(pi, tmp_path)
    for name, value in here.env.items():
        monkeypatch.setenv(name, value)
    pi.model.add(Say("one"), Say("two"), Say("three"))
    here.run("task", "first")
    here.run("task", "second")
    bundle(here.file("task"), tmp_path / "task.zip")

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    registry = Registry(tmp_path / "other ids")
    unbundle(tmp_path / "task.zip", registry=registry, cwd=elsewhere)
    here.file("task").unlink()
    pi.home.cwd.rename(tmp_path / "gone")
    env = here.env | {"PI_SESSION_HOME": str(tmp_path / "other ids")}
    result = here.run("task", "third", registry=registry, env=env, cwd=elsewhere)

    assert result.text == "three"
    assert result.repair is None
    assert pi.model.requests[-1].texts("user") == ["first", "second", "third"]
    assert pi.model.requests[-1].texts("assistant") == ["one", "two"]
    assert str(elsewhere) in "".join(pi.model.requests[-1].texts("system"))
