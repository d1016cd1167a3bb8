from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host import Transform, hookimpl
from pi_testkit import Say

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pi_testkit import Pi, PluginWriter


SHOUTS = """
    from pi_host import Transform, hookimpl

    @hookimpl
    def input(event):
        return Transform(event.text.upper())
"""


@hookimpl
def input() -> Transform:  # noqa: A001 - pi's name of the event
    return Transform("from this module")


def prompt_seen(pi: Pi) -> str:
    pi.model.add(Say("hello"))
    assert pi.print("hi").stdout == "hello\n"
    return pi.model.requests[-1].texts("user")[0]


def test_real_pi_runs_an_installed_plugin(hosted_pi: Pi, plugin: PluginWriter) -> None:
    path = plugin("shouts", SHOUTS)
    assert path == hosted_pi.home.agent_dir / "python" / "shouts.py"
    assert prompt_seen(hosted_pi) == "HI"


def test_a_plugin_may_be_a_file(hosted_pi: Pi, plugin: PluginWriter, tmp_path: Path) -> None:
    path = tmp_path / "source.py"
    path.write_text("import pi_host\n@pi_host.hookimpl\ndef input():\n    return pi_host.Transform('from a file')")
    plugin("shouts", path)
    assert prompt_seen(hosted_pi) == "from a file"


def test_a_plugin_may_be_a_module(hosted_pi: Pi, plugin: PluginWriter, request: pytest.FixtureRequest) -> None:
    plugin("shouts", request.module)
    assert prompt_seen(hosted_pi) == "from this module"


def test_pi_without_the_bridge_has_no_plugins(pi: Pi, hosted_pi: Pi, plugin: PluginWriter) -> None:
    plugin("shouts", SHOUTS)
    assert prompt_seen(pi) == "hi"
    assert prompt_seen(hosted_pi) == "HI"


def test_what_a_run_is_given_is_added(hosted_pi: Pi, plugin: PluginWriter, extensions: Path) -> None:
    plugin("shows", "import os, pi_host\n@pi_host.command\ndef show(): return os.environ.get('EXTRA')")
    rpc = hosted_pi.rpc(extensions=[extensions / "dialogs.js"], env={"EXTRA": "here"})
    assert {"ask", "show"} <= {command["name"] for command in rpc.get_commands()}
    rpc.prompt("/show")
    assert [request["message"] for request in rpc.ui_requests] == ["here"]
