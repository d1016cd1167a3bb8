"""Programs that are run: without a shell, with a time limit, in an environment that tells them nothing by accident."""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pi_devkit._errors import EnvironmentMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Done", "needs", "run", "run_tool"]

#: Variables of the environment that would let a checkout or a user's setup into what is to be proved clean.
_DROPPED: Final = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTEST_ADDOPTS", "NO_COLOR")
_DROPPED_PREFIXES: Final = ("PI_", "COV_", "PYTEST_")

_SHOWN_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class Done:
    """A program that ended.

    Attributes:
        argv: its command line.
        code: its exit code; negative for a signal, 124 when it took too long.
        out: what it wrote to stdout.
        err: what it wrote to stderr.
    """

    argv: Sequence[str]
    code: int
    out: str
    err: str

    @property
    def ok(self) -> bool:
        """Whether it ended with 0."""
        return self.code == 0

    def tail(self, lines: int = _SHOWN_LINES) -> str:
        """The end of what it said, for messages.

        Args:
            lines: how much at most.
        """
        said = [line for line in (self.out + "\n" + self.err).splitlines() if line.strip()]
        return "\n".join(said[-lines:]) or f"it said nothing and ended with {self.code}"


def run(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 300.0,
    stdin: str | None = None,
) -> Done:
    """Run a program to its end.

    Args:
        argv: its command line.
        cwd: where it runs.
        env: variables added to the cleaned environment.
        timeout: seconds until it is killed.
        stdin: what it reads; nothing by default.

    Returns:
        What it wrote and how it ended.

    Raises:
        EnvironmentMissingError: there is no such program.
    """
    words = [os.fspath(word) for word in argv]
    try:
        done = subprocess.run(  # noqa: S603  # a list, no shell
            words,
            cwd=cwd,
            env=_environment() | dict(env or {}),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout,
            input=stdin if stdin is not None else "",
        )
    except FileNotFoundError as error:
        raise EnvironmentMissingError(f"there is no program {words[0]!r} here; install it and try again") from error
    except subprocess.TimeoutExpired as error:
        said = (error.stdout or b"").decode(errors="replace")
        return Done(words, 124, said, f"{shlex.join(words)} did not end within {timeout:g} s")
    return Done(words, done.returncode, done.stdout, done.stderr)


def run_tool(module: str, *words: str | os.PathLike[str], cwd: Path | None = None) -> Done:
    """Run a tool that the extra ``release`` brings, with this Python.

    Args:
        module: the tool.
        words: its arguments.
        cwd: where it runs.

    Raises:
        EnvironmentMissingError: it is not installed.
    """
    needs(module)
    return run([sys.executable, "-m", module, *words], cwd=cwd)


def needs(module: str) -> None:
    """Make sure that something of the extra ``release`` is installed.

    Args:
        module: what is needed.

    Raises:
        EnvironmentMissingError: it is not installed.
    """
    if importlib.util.find_spec(module) is None:
        raise EnvironmentMissingError(
            f"the module {module!r} is not installed; `pip install 'pi-devkit[release]'` brings it"
        )


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _DROPPED and not name.startswith(_DROPPED_PREFIXES)
    }
    # A Python that is not here is a fact to report, nothing to download on the side.
    return kept | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
