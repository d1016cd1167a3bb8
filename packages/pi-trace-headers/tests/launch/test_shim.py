"""The `pi` that tools of a launched pi find."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from pi_trace_headers.launch import EXTENSION, SHIM_DIR

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A pi that prints what it is given, in a folder with a space."""
    path = tmp_path / "my programs" / "pi"
    path.parent.mkdir()
    path.write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')
    path.chmod(0o755)
    return path


def run(real: Path, *words: str) -> str:
    env = {"PATH": "/usr/bin:/bin", "PI_TRACE_PI": str(real), "PI_TRACE_BRIDGE": "/a b/bridge.js"}
    env["PI_TRACE_EXTENSION"] = str(EXTENSION)
    done = subprocess.run([SHIM_DIR / "pi", *words], env=env, capture_output=True, text=True, check=True)
    return done.stdout


def test_it_adds_the_extensions(real: Path) -> None:
    given = run(real, "-p", "two words", "")
    assert given == f"<-e></a b/bridge.js><-e><{EXTENSION}><-p><two words><>"


@pytest.mark.parametrize("command", ["install", "remove", "update", "list", "auth", "mcp"])
def test_it_leaves_commands_alone(real: Path, command: str) -> None:
    assert run(real, command, "x") == f"<{command}><x>"
