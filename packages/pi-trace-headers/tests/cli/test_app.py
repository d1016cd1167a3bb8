from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]


def test_the_version_is_told(pi_trace: Run) -> None:
    assert pi_trace("--version") == (0, f"pi-trace {version('pi-trace-headers')}\n", "")


def test_every_command_has_help(pi_trace: Run) -> None:
    for words in (("run",), ("show",), ("stats",), ("rules", "check"), ("rules", "variables"), ("presets", "list")):
        code, out, _ = pi_trace(*words, "--help")
        assert code == 0
        assert "Usage" in out


def test_importing_the_package_brings_no_command_line() -> None:
    code = "import sys, pi_trace_headers, pi_trace_headers.cli; print({'typer', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
