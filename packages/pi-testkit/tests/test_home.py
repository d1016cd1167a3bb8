from __future__ import annotations

from typing import TYPE_CHECKING

from pi_testkit import PiHome, Say

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pi_testkit import Pi


def test_keys_and_proxies_are_not_inherited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ANTHROPIC_API_KEY", "HTTPS_PROXY", "PI_CODING_AGENT_SESSION_DIR", "NODE_OPTIONS"):
        monkeypatch.setenv(name, "secret")
    env = PiHome(tmp_path).env()
    assert "secret" not in env.values()
    assert (env["PI_OFFLINE"], env["PI_TELEMETRY"]) == ("1", "0")


def test_every_folder_of_the_user_is_inside_the_root(tmp_path: Path) -> None:
    home = PiHome(tmp_path / "root")
    env = home.env()
    folders = [name for name in env if name.startswith("XDG_") or name in {"HOME", "PI_CODING_AGENT_DIR"}]
    assert len(folders) == 7
    assert all(env[name].startswith(str(tmp_path / "root")) for name in folders)
    assert list(home.cwd.iterdir()) == []


def test_variables_can_be_added_and_replaced(tmp_path: Path) -> None:
    env = PiHome(tmp_path).env({"PI_OFFLINE": "0", "EXTRA": "1"})
    assert (env["PI_OFFLINE"], env["EXTRA"]) == ("0", "1")


def test_two_homes_do_not_meet() -> None:
    assert PiHome().root != PiHome().root


def test_pi_writes_its_sessions_into_the_home(pi: Pi) -> None:
    pi.model.add(Say("hello"))
    pi.print("hi")
    assert [path.is_relative_to(pi.home.root) for path in pi.home.sessions()] == [True]
