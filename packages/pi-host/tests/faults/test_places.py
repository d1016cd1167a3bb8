"""Folders that are missing or can't be written."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from pi_host.launch import BRIDGE
from pi_testkit import Say

if TYPE_CHECKING:
    from host_support import Hosted

GREETER = "@hookimpl\ndef input(event):\n    return {'action': 'transform', 'text': 'from the plugin'}\n"


def test_an_unwritable_cache_costs_time_and_nothing_else(hosted: Hosted) -> None:
    hosted.add("greeter", GREETER)
    blocker = hosted.pi.home.root / "file"
    blocker.write_text("")
    hosted.cache = blocker / "cache"  # below a file no folder can be made, not even by root
    hosted.pi.model.add(Say("fine"))
    finished = hosted.print("hello")
    assert finished.returncode == 0
    assert finished.stdout.strip() == "fine"
    assert "from the plugin" in str(hosted.pi.model.requests[0].body["messages"][-1])


@pytest.mark.pi_versions("1.5.2")
def test_a_missing_agent_dir_has_no_plugins_and_no_problem(hosted: Hosted) -> None:
    finished = hosted.print("hello", PI_CODING_AGENT_DIR=str(hosted.pi.home.root / "nowhere"))
    assert "pi-host" not in finished.stderr
    assert "No API key" in finished.stderr or finished.returncode != 0  # pi itself has no model there


@pytest.mark.pi_versions("1.5.2")
def test_what_the_host_keeps_can_be_read_by_its_owner_only(hosted: Hosted) -> None:
    hosted.add("greeter", GREETER)
    hosted.pi.model.add(Say("fine"))
    hosted.print("hello")
    assert stat.S_IMODE(hosted.cache.stat().st_mode) == 0o700
    kept = list(hosted.cache.iterdir())
    assert {path.suffix for path in kept} == {".json", ".log"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


@pytest.mark.pi_versions("1.5.2")
def test_a_python_that_is_gone_is_told_and_pi_runs(hosted: Hosted) -> None:
    hosted.add("greeter", GREETER)
    hosted.pi.model.add(Say("fine"))
    finished = hosted.print("hello", PI_HOST_PYTHON="/nowhere/bin/python")
    assert finished.returncode == 0
    assert finished.stdout.strip() == "fine"
    assert finished.stderr.count("its Python is gone: /nowhere/bin/python") == 1


@pytest.mark.pi_versions("1.5.2")
def test_a_python_without_pi_host_is_told_and_not_started_again_at_once(hosted: Hosted) -> None:
    hosted.add("greeter", GREETER)
    hosted.pi.model.add(Say("fine"))
    finished = hosted.print("hello", PI_HOST_PYTHON="/usr/bin/false")
    assert finished.stdout.strip() == "fine"
    assert "the Python host is gone (exit code 1)" in finished.stderr


@pytest.mark.pi_versions("1.5.2")
def test_a_bridge_that_was_told_no_python_says_so_and_pi_runs(hosted: Hosted) -> None:
    hosted.pi.model.add(Say("fine"))
    finished = hosted.pi.print("hello", extensions=[str(BRIDGE)])
    assert finished.stdout.strip() == "fine"
    assert "PI_HOST_PYTHON is not set; start pi with `pi-host run`" in finished.stderr
