from __future__ import annotations

import sys

import pytest

from pi_devkit._commands import run, run_tool
from pi_devkit._errors import EnvironmentMissingError


def test_a_program_that_is_not_here_is_no_verdict() -> None:
    with pytest.raises(EnvironmentMissingError, match="there is no program 'no-such-program' here"):
        run(["no-such-program"])


def test_a_program_that_hangs_is_killed() -> None:
    done = run([sys.executable, "-c", "import time; print('begun', flush=True); time.sleep(60)"], timeout=1)
    assert (done.ok, done.code, done.out.strip()) == (False, 124, "begun")
    assert "did not end within 1 s" in done.tail()


def test_the_checkout_does_not_get_in_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PI_HOST_PLUGINS", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "/somewhere")
    done = run([sys.executable, "-c", "import os; print([v for v in os.environ.values() if v == '/somewhere'])"])
    assert done.out.strip() == "[]"


def test_the_end_of_what_was_said_is_kept() -> None:
    done = run([sys.executable, "-c", "print(*range(100), sep='\\n')"])
    assert done.tail(2) == "98\n99"


def test_a_tool_that_is_not_installed_is_no_verdict() -> None:
    with pytest.raises(EnvironmentMissingError, match=r"'no_such_tool' is not installed; `pip install 'pi-devkit"):
        run_tool("no_such_tool", "--version")


def test_a_tool_runs_with_this_python() -> None:
    assert run_tool("json.tool", "--help").ok
