"""A call for help is shown, and handed to the user's own command."""

from __future__ import annotations

import asyncio
import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from pi_autonomous_session_control.actions import call_for_help
from pi_autonomous_session_control.mirror import Asked

if TYPE_CHECKING:
    from pathlib import Path

ASKED = Asked(at=1, topic="a; rm -rf $HOME", urgency="high", context="stuck")


def call(command: list[str], cwd: Path) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    ui = SimpleNamespace(notify=lambda text, level="info": told.append((text, level)))
    ctx: Any = SimpleNamespace(ui=ui, cwd=str(cwd))
    asyncio.run(call_for_help(ASKED, command, ctx, "s1"))
    return told


def test_the_user_is_told_by_urgency(tmp_path: Path) -> None:
    assert call([], tmp_path) == [("The agent asks for help with a; rm -rf $HOME (stuck)", "error")]


def test_the_command_gets_the_call_as_json_and_no_shell_sees_it(tmp_path: Path) -> None:
    script = "import sys; open('got', 'w').write(sys.stdin.read())"
    assert len(call([sys.executable, "-c", script], tmp_path)) == 1
    got = json.loads((tmp_path / "got").read_text())
    assert (got["topic"], got["urgency"], got["session"]) == (ASKED.topic, "high", "s1")


def test_a_command_that_is_not_there_or_fails_is_told(tmp_path: Path) -> None:
    assert "could not be started" in call([str(tmp_path / "nowhere")], tmp_path)[-1][0]
    assert "ended with 3" in call([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)[-1][0]
